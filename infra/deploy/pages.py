"""`make deploy-pages STAGE=dev`: the built pages of the web terminal into the bucket that the CDN serves; docs/deployment.md says when.

What pages refer to goes first and the pages go last, so that nobody is ever shown a page whose files are not there yet. Nothing is deleted:
whoever has a page of the version before open still finds its files.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.errors import StackError
from infra.local.web import ASK_AGAIN, FOREVER, OUT, UNCHANGING

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".woff2": "font/woff2",
}
"""By the end of a file's name. The CDN forbids browsers to guess."""
CONFIG = "config.json"


class Page(NamedTuple):
    """One object of the bucket."""

    key: str
    body: bytes
    type: str
    cache_control: str


def problems(environment: Mapping[str, str], folder: Path = OUT) -> Iterator[str]:
    """What must be mended before anything is uploaded."""
    for name, pattern, example in (
        ("AWS_REGION", r"[a-z]{2}(-[a-z]+)+-\d", "ap-southeast-1"),
        ("SUPABASE_URL", r"https://[\w.-]+", "https://<project>.supabase.co"),
        ("SUPABASE_PUBLISHABLE_KEY", r"[\w.-]+", "sb_publishable_..."),
        ("SIGN_UP", r"|true|false", "false"),
    ):
        if not re.fullmatch(pattern, environment.get(name, "")):
            yield f"{name} is missing or wrong; write it like {example}"
    if environment.get("SUPABASE_PUBLISHABLE_KEY", "").startswith("sb_secret_"):
        yield "SUPABASE_PUBLISHABLE_KEY is a secret key, which everybody would read: take the publishable one"
    if not (folder / "index.html").is_file():
        yield "the pages are not built: `make web` builds them"
    else:
        unknown = sorted(file.name for file in _files(folder) if file.suffix not in TYPES)
        if unknown:
            yield f"nobody says what kind of file these are: {', '.join(unknown)}; enter it in TYPES of infra/deploy/pages.py"


def config(environment: Mapping[str, str]) -> dict[str, Any]:
    """What pages read when they start (web/src/session/config.ts), so that one build is good for every stage."""
    return {
        "supabaseUrl": environment["SUPABASE_URL"],
        "supabaseAnonKey": environment["SUPABASE_PUBLISHABLE_KEY"],
        "demo": None,
        "signUp": environment.get("SIGN_UP") != "false",
    }


def pages(folder: Path, settings: Mapping[str, Any]) -> list[Page]:
    """In the order in which they go: files named after their content, then what else pages ask for, then the pages, the first one last."""
    found = [Page(CONFIG, json.dumps(settings).encode(), TYPES[".json"], ASK_AGAIN)]
    for file in _files(folder):
        key = file.relative_to(folder).as_posix()
        kept = FOREVER if key.startswith(UNCHANGING) else ASK_AGAIN
        if key != CONFIG:
            found.append(Page(key, file.read_bytes(), TYPES[file.suffix], kept))
    return sorted(found, key=lambda page: (_turn(page.key), page.key))


def upload(s3: Any, bucket: str, rows: list[Page]) -> None:
    for row in rows:
        s3.put_object(Bucket=bucket, Key=row.key, Body=row.body, ContentType=row.type, CacheControl=row.cache_control)


def bucket_of(stage: str, region: str) -> str:
    """StackError: the stage was never deployed."""
    client = boto3.client("cloudformation", region_name=region)
    (stack,) = client.describe_stacks(StackName=f"lianghu-{stage}")["Stacks"]
    told = {row["OutputKey"]: row["OutputValue"] for row in stack.get("Outputs", ())}
    if "WebBucket" not in told:
        raise StackError(f"lianghu-{stage} names no bucket for pages", f"make deploy STAGE={stage}")
    return str(told["WebBucket"])


def main(stage: str, folder: Path = OUT) -> int:
    found = list(problems(os.environ, folder))
    if found:
        sys.stderr.write("".join(f"{problem}\n" for problem in found))
        return 2
    region = os.environ["AWS_REGION"]
    rows = pages(folder, config(os.environ))
    try:
        bucket = bucket_of(stage, region)
        upload(boto3.client("s3", region_name=region), bucket, rows)
    except (BotoCoreError, ClientError, StackError) as error:
        sys.stderr.write(f"the pages were not uploaded: {error}\n")
        return 1
    sys.stdout.write(f"{len(rows)} files, {sum(len(row.body) for row in rows) / 1e6:.1f} MB, are in {bucket}\n")
    return 0


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def _turn(key: str) -> int:
    if key.startswith(UNCHANGING):
        return 0
    return 3 if key == "index.html" else 2 if key.endswith(".html") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
