"""The one address of the local stack: Supabase Auth's calls under /auth/v1, the API's under /api, the web terminal's pages elsewhere.
Run by the supervisor as a process of its own."""

import sys
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from functions.api.app import create_app
from functions.invocations import begin
from functions.needs import start_or_end
from functions.settings import settings
from infra.local import postgres
from infra.local.accounts import DEMO_EMAIL, DEMO_PASSWORD
from infra.local.auth import auth_app, refuse_remote
from infra.local.web import Front, pages

SERVING: dict[str, Any] = {
    "host": "127.0.0.1", "log_level": "warning", "lifespan": "off", "timeout_graceful_shutdown": 1, "proxy_headers": False,
}  # fmt: skip
"""Nobody stands in front of it, so who connects is who calls: an X-Forwarded-For would be the caller's own invention, another address for
each wrong password."""


def application(home: Path, port: int, postgres_port: int, api: ASGIApp) -> Starlette:
    refuse_remote(settings().supabase_url)
    auth = auth_app(
        postgres.url(home / "postgres", "supabase_auth_admin", postgres_port), f"http://127.0.0.1:{port}/auth/v1", home / "auth"
    )
    config = {
        "supabaseUrl": "",
        "supabaseAnonKey": "local",
        "demo": {"email": DEMO_EMAIL, "password": DEMO_PASSWORD},
        "signUp": True,
    }
    front = Front(api, pages(config, f"http://127.0.0.1:{port}"))
    return Starlette(routes=[Mount("/auth/v1", auth), Mount("/", front)])


def main(home: str, port: str, postgres_port: str) -> None:
    start_or_end("api")
    app = application(Path(home), int(port), int(postgres_port), create_app())
    begin("api")
    uvicorn.run(app, port=int(port), **SERVING)


if __name__ == "__main__":
    main(*sys.argv[1:])
