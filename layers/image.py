"""The container image of the functions that are too large for a zip: its contents as a folder, and a Dockerfile that copies them."""

import os
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from layers.archive import LONG_AGO, Part
from layers.target import Target

CONTENTS = "contents"
DOCKERFILE = """\
# Everything is in contents/ already: building needs no network but for the base.
ARG BASE=python:{version}-slim-bookworm
FROM ${{BASE}}
COPY {contents}/ /var/task/
WORKDIR /var/task
USER 65534:65534
ENTRYPOINT ["python", "-m", "awslambdaric"]
# What each function calls stands in template.yaml (ImageConfig).
CMD ["functions.planner.handle"]
"""


def write_image(parts: Iterable[Part], folder: Path, target: Target) -> None:
    """Times and modes are the same each time, so that an unchanged image is the same image. Everybody may read all of it, whatever the
    umask: Lambda runs it as a user of its own."""
    fresh, old = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    for part in parts:
        for path, file in part.files():
            copy = fresh / CONTENTS / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    (fresh / "Dockerfile").write_text(DOCKERFILE.format(version=target.python.version, contents=CONTENTS))
    for written in (fresh, *fresh.rglob("*")):
        written.chmod(0o755 if written.is_dir() else 0o644)
        os.utime(written, (SECONDS, SECONDS))
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


SECONDS = datetime(*LONG_AGO, tzinfo=UTC).timestamp()
