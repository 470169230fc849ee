"""Sign-in on this machine: as much of Supabase Auth as unmodified supabase-py and auth-js need.

Passwords, rotating refresh tokens, links that sign in once, tokens signed with ES256 and a JWKS to check them, administration by a
service key; no mail, no phone, no other providers.
"""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import psycopg
from fastapi import APIRouter, Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from infra.local import auth_answers
from infra.local.accounts import Accounts
from infra.local.administration import Administration
from infra.local.attempts import Attempts
from infra.local.auth_admin import admin_routes
from infra.local.errors import StackError
from infra.local.refusals import API_VERSION, AuthError, malformed, refused, unstorable
from infra.local.tokens import Signer, bearer

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EXPOSED = [*API_VERSION, "X-Total-Count", "Link"]


class Credentials(BaseModel):
    email: str
    password: str
    data: dict[str, Any] | None = None


class Refresh(BaseModel):
    refresh_token: str


class Changes(BaseModel):
    password: str | None = None
    email: str | None = None
    data: dict[str, Any] | None = None


class OneTime(BaseModel):
    type: str
    token_hash: str


def refuse_remote(url: str) -> None:
    """This service signs tokens that nobody but this machine may believe."""
    if url and urlsplit(url).hostname not in LOOPBACK:
        raise StackError(
            f"SUPABASE_URL names a real project ({url}), which has its own sign-in",
            "unset SUPABASE_URL for the stack on this machine, or set LIANGHU_URL to use the deployed API",
        )


def auth_app(database_url: str, issuer: str, folder: Path) -> FastAPI:
    """The service for `issuer` (http://127.0.0.1:<port>/auth/v1), mounted at its path; its signing key stays in `folder`."""
    refuse_remote(issuer)
    accounts, signer = Accounts(database_url), Signer(issuer, folder)
    app = FastAPI(title="Auth", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=EXPOSED)
    app.add_exception_handler(AuthError, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    for unfit in (psycopg.DataError, UnicodeError):
        app.add_exception_handler(unfit, unstorable)
    app.include_router(_entering(accounts, signer))
    app.include_router(_signed_in(accounts, signer))
    app.include_router(_telling(signer))
    app.include_router(admin_routes(Administration(accounts), signer))
    return app


def _entering(accounts: Accounts, signer: Signer) -> APIRouter:
    """What somebody does who has no access token, or an expired one."""
    router, attempts = APIRouter(), Attempts()

    @router.post("/signup")
    def sign_up(given: Credentials) -> dict[str, Any]:
        return auth_answers.session(signer, accounts.sign_up(given.email, given.password, given.data or {}))

    @router.post("/token")
    def token(given: Credentials | Refresh, grant_type: str, request: Request) -> dict[str, Any]:
        match grant_type, given:
            case "password", Credentials():
                return password(given, request.client.host if request.client else "")
            case "refresh_token", Refresh():
                return auth_answers.session(signer, accounts.refresh(given.refresh_token))
        raise AuthError(400, "validation_failed", "unsupported_grant_type")

    def password(given: Credentials, address: str) -> dict[str, Any]:
        name = given.email.strip().lower()
        attempts.check(address, name)
        try:
            entered = accounts.sign_in(given.email, given.password)
        except AuthError as error:
            if error.code == "invalid_credentials":
                attempts.wrong(address, name)
            raise
        attempts.right(address, name)
        return auth_answers.session(signer, entered)

    @router.post("/verify")
    def verify(given: OneTime) -> dict[str, Any]:
        return auth_answers.session(signer, accounts.redeem(given.token_hash, given.type))

    @router.get("/verify")
    def follow(token: str, type: str, redirect_to: str = "") -> Response:
        """A link: the page that it leads to finds the sign-in behind the #, which no server sees."""
        page = redirect_to if urlsplit(redirect_to).hostname in LOOPBACK else signer.issuer.removesuffix("/auth/v1")
        try:
            entered = auth_answers.session(signer, accounts.redeem(token, type))
        except AuthError as error:
            told = {"error": "access_denied", "error_code": error.code, "error_description": error.message}
        else:
            told = {**{key: value for key, value in entered.items() if key != "user"}, "type": type}
        return RedirectResponse(f"{page}#{urlencode(told)}", 303)

    for path in ("/recover", "/otp", "/magiclink", "/resend"):

        @router.post(path)
        def mail() -> None:
            raise AuthError(
                422, "email_provider_disabled", "no mail leaves this machine: `lianghu admin link EMAIL` gives a link that signs in once"
            )

    return router


def _signed_in(accounts: Accounts, signer: Signer) -> APIRouter:
    router = APIRouter()

    def claims_of(authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
        claims = signer.read(bearer(authorization))
        if claims is None or "session_id" not in claims:
            raise AuthError(403, "bad_jwt", "invalid JWT: unable to parse or verify signature")
        return claims

    Claims = Annotated[dict[str, Any], Depends(claims_of)]  # noqa: N806  a type

    @router.get("/user")
    def user(claims: Claims) -> dict[str, Any]:
        return auth_answers.user(accounts.user(claims["sub"], claims["session_id"]))

    @router.put("/user")
    def change(given: Changes, claims: Claims) -> dict[str, Any]:
        changed = accounts.change(claims["sub"], claims["session_id"], password=given.password, email=given.email, data=given.data)
        return auth_answers.user(changed)

    @router.post("/logout", status_code=204)
    def sign_out(claims: Claims, scope: str = "global") -> Response:
        accounts.sign_out(claims["sub"], claims["session_id"], scope)
        return Response(status_code=204)

    return router


def _telling(signer: Signer) -> APIRouter:
    router = APIRouter()

    @router.get("/.well-known/jwks.json")
    def jwks() -> dict[str, Any]:
        return signer.jwks

    @router.get("/health")
    def health() -> dict[str, str]:
        return {"name": "GoTrue", "version": "local", "description": "stands in for Supabase Auth on this machine"}

    @router.get("/settings")
    def settings() -> dict[str, Any]:
        return {"external": {"email": True, "phone": False}, "disable_signup": False, "mailer_autoconfirm": True}

    return router
