"""What a request to AWS asks for, in IAM's words: actions and the resources that they are about.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

ACCOUNT = "123456789012"
"""Moto's."""


class Asked(NamedTuple):
    action: str
    resource: str


class Scope(NamedTuple):
    """Of a signature: who signed, and for what."""

    caller: str
    region: str
    service: str


def scope_of(authorization: str) -> Scope:
    found = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request", authorization)
    assert found, f"a call that is not signed: {authorization!r}"
    return Scope(*found.groups())


def asked_of(scope: Scope, method: str, path: str, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str]) -> list[Asked]:
    """`secrets`: ARNs by name. AssertionError: a call that nobody has thought of."""
    if scope.service == "s3":
        return _of_bucket(method, path, headers, body)
    operation, said = headers.get("x-amz-target", "").rpartition(".")[2], json.loads(body or b"{}")
    return _of_service(scope, operation, said, secrets)


def _of_service(scope: Scope, operation: str, said: Mapping[str, Any], secrets: Mapping[str, str]) -> list[Asked]:
    here = f"{scope.region}:{ACCOUNT}"
    match scope.service:
        case "sqs":
            account, queue = urlsplit(said["QueueUrl"]).path.strip("/").split("/")
            return [Asked(f"sqs:{operation.removesuffix('Batch')}", f"arn:aws:sqs:{scope.region}:{account}:{queue}")]
        case "events":
            buses = {entry["EventBusName"].rpartition("/")[2] for entry in said["Entries"]}
            return [Asked(f"events:{operation}", f"arn:aws:events:{here}:event-bus/{bus}") for bus in sorted(buses)]
        case "secretsmanager":
            return [Asked(f"secretsmanager:{operation}", secrets.get(said["SecretId"], f"arn:aws:secretsmanager:{here}:secret:?"))]
    raise AssertionError(f"{scope.service}:{operation} is in no table here")


def _of_bucket(method: str, path: str, headers: Mapping[str, str], body: bytes) -> list[Asked]:
    parts = urlsplit(path)
    bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
    query, arn = parse_qs(parts.query, keep_blank_values=True), f"arn:aws:s3:::{bucket}"
    if not key:
        if method == "POST" and "delete" in query:
            keys = re.findall(r"<Key>(.*?)</Key>", body.decode())
            return [Asked("s3:DeleteObject", f"{arn}/{each}") for each in keys]
        assert method in ("GET", "HEAD"), (method, path)
        return [Asked("s3:ListBucket", arn)]
    assert "x-amz-copy-source" not in headers, path
    if method == "DELETE" and "uploadId" in query:
        return [Asked("s3:AbortMultipartUpload", f"{arn}/{key}")]
    action = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "POST": "PutObject", "DELETE": "DeleteObject"}[method]
    return [Asked(f"s3:{action}", f"{arn}/{key}")]
