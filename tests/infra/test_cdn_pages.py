"""Which file of the bucket the CDN gives for an address: the function of template.yaml, run as it stands there."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.local.template import TEMPLATE, tree_of

RESOURCES = tree_of(TEMPLATE.read_text(encoding="utf-8"), TEMPLATE.name)["Resources"]
CODE = RESOURCES["WebAddresses"]["Properties"]["FunctionCode"]
PAGES = Path(__file__).parents[2] / "web/src/app"

node = pytest.mark.skipif(not shutil.which("node"), reason="there is no Node on this machine")


def answered(uri: str, **query: str) -> Any:
    """What the function returns for a request."""
    event = {
        "version": "1.0",
        "request": {"method": "GET", "uri": uri, "querystring": {key: {"value": text} for key, text in query.items()}},
    }
    script = f"{CODE}\nprocess.stdout.write(JSON.stringify(handler({json.dumps(event)})));"
    return json.loads(subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout)


@node
@pytest.mark.parametrize(
    ("uri", "file"),
    [
        ("/", "/index.html"),
        ("/runs/", "/runs/index.html"),
        ("/runs", "/runs/index.html"),
        ("/sign-in/", "/sign-in/index.html"),
        ("/404.html", "/404.html"),
        ("/config.json", "/config.json"),
        ("/runs/index.txt", "/runs/index.txt"),
        ("/runs/__next._tree.txt", "/runs/__next._tree.txt"),
        ("/_next/static/chunks/a~b_c.js", "/_next/static/chunks/a~b_c.js"),
    ],
)
def test_an_address_is_a_file(uri: str, file: str) -> None:
    query = {"id": "0c6f5f0e", "tab": "trades"}
    assert answered(uri, **query) == {"method": "GET", "uri": file, "querystring": {key: {"value": text} for key, text in query.items()}}


@node
@pytest.mark.parametrize("uri", ["/nothing/", "/run", "/runs/1", "/runs//", "/_next/static/", "/documents"])
def test_an_address_without_a_page_is_a_404_in_words_that_leads_to_the_page_about_it(uri: str) -> None:
    answer = answered(uri)
    assert answer["statusCode"] == 404 and answer["headers"]["content-type"]["value"].startswith("text/html")
    assert "url=/404.html" in answer["body"] and uri not in answer["body"]


def test_every_page_that_there_is_has_its_address() -> None:
    """The list stands in the template, because a function of the CDN cannot look into a bucket."""
    listed = re.search(r"PAGES = \[(.*?)\]", CODE, re.DOTALL)
    assert listed is not None
    folders = {"" if file.parent == PAGES else str(file.parent.relative_to(PAGES)) for file in PAGES.rglob("page.tsx")}
    assert set(re.findall(r"'([^']*)'", listed[1])) == folders, "enter the page's folder in template.yaml, WebAddresses"


def test_the_function_is_the_cdns_for_pages_and_small_enough() -> None:
    assert len(CODE.encode()) < 10 * 1024, "what CloudFront takes"
    behaviour = RESOURCES["Cdn"]["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]
    assert behaviour["FunctionAssociations"] == [
        {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["WebAddresses", "FunctionARN"]}}
    ]
