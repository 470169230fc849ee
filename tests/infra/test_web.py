"""The web terminal's files beside the API: who answers which address, with which headers, and what is said where nothing was built."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from infra.local.web import Front, pages

ADDRESS = "http://127.0.0.1:8000"
CONFIG = {"supabaseUrl": "", "signUp": True}


def api_answers(request: Request) -> Response:
    return PlainTextResponse(f"api {request.url.path}")


API = Starlette(routes=[Route("/{path:path}", api_answers, methods=["GET", "POST"])])


@pytest.fixture
def built(tmp_path: Path) -> TestClient:
    for name, text in {
        "index.html": "welcome",
        "runs/index.html": "a run",
        "404.html": "no such page",
        "_next/static/a.js": "1",
        "secret.txt": "x",
    }.items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_text(text)
    (tmp_path / "beside.txt").write_text("not for anybody")
    return TestClient(Front(API, pages(CONFIG, ADDRESS, tmp_path / "out")))


@pytest.mark.parametrize("path", ["/api/health", "/api/strategies:validate", "/docs", "/docs/oauth2-redirect", "/openapi.json"])
def test_what_is_the_apis_goes_to_the_api(built: TestClient, path: str) -> None:
    assert built.get(path).text == f"api {path}"
    assert built.post(path).text == f"api {path}"


@pytest.mark.parametrize(("path", "text"), [("/", "welcome"), ("/runs/", "a run"), ("/runs/?id=1", "a run"), ("/runs", "a run")])
def test_a_page_is_found_at_its_address(built: TestClient, path: str, text: str) -> None:
    assert built.get(path).text == text


@pytest.mark.parametrize("path", ["/nothing/", "/apis", "/documents", "/..%2fbeside.txt", "/../beside.txt"])
def test_what_there_is_not_is_the_page_that_says_so(built: TestClient, path: str) -> None:
    answer = built.get(path)
    assert (answer.status_code, answer.text) == (404, "no such page")
    assert "content-security-policy" in answer.headers


def test_pages_carry_the_headers_of_the_template_and_their_files_are_kept_by_name(built: TestClient) -> None:
    page, file = built.get("/runs/"), built.get("/_next/static/a.js")
    for answer in (page, file, built.get("/config.json")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy and ADDRESS in policy and "${" not in policy
        assert "script-src" not in policy, "scripts come from this site's files alone"
        assert (answer.headers["x-content-type-options"], answer.headers["x-frame-options"]) == ("nosniff", "DENY")
    assert page.headers["cache-control"] == "no-cache"
    assert "immutable" in file.headers["cache-control"]
    assert built.get("/runs/", headers={"if-none-match": page.headers["etag"]}).status_code == 304


def test_pages_ask_for_what_is_set_here(built: TestClient) -> None:
    assert built.get("/config.json").json() == CONFIG


def test_without_pages_the_api_works_and_the_rest_says_what_is_missing(tmp_path: Path) -> None:
    client = TestClient(Front(API, pages(CONFIG, ADDRESS, tmp_path)))
    assert client.get("/api/health").text == "api /api/health"
    answer = client.get("/runs/")
    assert answer.status_code == 503 and "make web" in answer.text and "Node" in answer.text
