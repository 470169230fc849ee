"""Writes the OpenAPI document to standard output: `make openapi` renews docs/openapi.json with it."""

import json
import sys

from functions.api.app import create_app


def written() -> str:
    """The document as the repository keeps it: one value a line, so that a change is seen as what it is."""
    return json.dumps(create_app().openapi(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written())
