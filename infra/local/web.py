"""The web terminal beside the API, as the CDN serves it: the same addresses, the same headers, and what pages ask for at /config.json."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.local import template

OUT = Path(__file__).parents[2] / "web" / "out"
"""Where `make web` builds the pages."""
API_PATHS = ("/api", "/docs", "/openapi.json")
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
UNCHANGING = "_next/static/"
"""Below it files are named after their content."""
MISSING = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>量湖 LiangHu</title>
<p>网页还没有构建：需要 Node 20 以上，然后运行 <code>make web</code>。API 和 HTML 报告照常可用。</p>
<p>The web terminal is not built: it needs Node 20 or newer and <code>make web</code>. The API and HTML reports work without it.</p>
<p><a href="/docs">API</a></p></html>"""


def are_built(folder: Path = OUT) -> bool:
    return (folder / "index.html").is_file()


class Front:
    """What is the API's goes to the API, everything else to the pages."""

    def __init__(self, api: ASGIApp, pages: ASGIApp) -> None:
        self._api, self._pages = api, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        ours = any(path == each or path.startswith(f"{each}/") or path.startswith(f"{each}:") for each in API_PATHS)
        await (self._api if ours else self._pages)(scope, receive, send)


def pages(config: Mapping[str, Any], supabase_url: str, folder: Path = OUT) -> Starlette:
    """`config` is what /config.json says."""

    def configured(request: Request) -> Response:
        return JSONResponse(dict(config), headers=headers | {"cache-control": ASK_AGAIN})

    def unbuilt(request: Request) -> Response:
        return HTMLResponse(MISSING, 503, headers | {"cache-control": ASK_AGAIN})

    headers = template.page_headers({"SupabaseUrl": supabase_url, "AWS::Region": "local", "AWS::URLSuffix": "invalid"})
    rest = Mount("/", _Files(folder, headers)) if are_built(folder) else Route("/{path:path}", unbuilt)
    return Starlette(routes=[Route("/config.json", configured), rest])


class _Files(StaticFiles):
    """As the bucket has them: what is named after its content never changes."""

    def __init__(self, folder: Path, headers: Mapping[str, str]) -> None:
        super().__init__(directory=folder, html=True)
        self._headers = headers

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(self._headers)
        response.headers["cache-control"] = FOREVER if path.startswith(UNCHANGING) else ASK_AGAIN
        return response
