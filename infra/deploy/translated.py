"""template.yaml as CloudFormation gets it: SAM's translation, made here, so that what only it shows is seen without an account.

python -m infra.deploy.translated full > translated.json
"""

import json
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samtranslator.metrics.metrics import DummyMetricsPublisher, Metrics
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from infra.local.template import TEMPLATE, tree_of

REGION = "ap-east-1"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"
STAGES: Mapping[str, Mapping[str, str]] = {
    "plain": {"SupabaseUrl": "https://project.supabase.co"},
    "full": {
        "Stage": "prod",
        "SupabaseUrl": "https://project.supabase.co",
        "TablesImage": "123456789012.dkr.ecr.ap-east-1.amazonaws.com/lianghu@sha256:" + "0" * 64,
        "Release": "1700000000",
        "ApiProvisioned": "2",
        "WorkerProvisioned": "4",
        "WebDomain": "lianghu.example.com",
        "WebCertificateArn": CERTIFICATE,
        "AlarmEmail": "people@example.com",
        "DeploymentType": "Canary10Percent5Minutes",
        "RollbackOnAlarms": "false",
    },
}
"""Values by name: all defaults, and everything that can be switched switched over."""
CODE = ("CodeUri", "ContentUri")


def translated(parameters: Mapping[str, str], path: Path = TEMPLATE) -> dict[str, Any]:
    """The template of plain CloudFormation. InvalidDocumentException: SAM refuses it, and says all of why."""
    tree = tree_of(path.read_text(), path.name)
    for resource in tree["Resources"].values():
        properties = resource.get("Properties", {})
        properties |= {key: f"s3://packages/{properties[key]}" for key in CODE if key in properties}  # where a deployment puts them
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of switches of its own service
    metrics = Metrics("translated", DummyMetricsPublisher())
    translator = Translator(_ManagedPolicies(), Parser(), metrics=metrics)
    try:
        made: dict[str, Any] = translator.translate(tree, dict(parameters))
    finally:
        metrics.publish()
    return made


class _ManagedPolicies(dict[str, str]):
    """Policies of AWS by their names, as a session with an account would list them."""

    def __contains__(self, name: object) -> bool:
        return str(name).startswith("AWS")

    def __missing__(self, name: str) -> str:
        return f"arn:aws:iam::aws:policy/service-role/{name}"


if __name__ == "__main__":
    json.dump(translated(STAGES[sys.argv[1]]), sys.stdout, indent=1)
