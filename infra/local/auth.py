"""Sign-in on this machine: as much of Supabase Auth as unmodified supabase-py and auth-js need.

Passwords, rotating refresh tokens, tokens signed with ES256 and a JWKS to check them; no mail, no phone, no other providers.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from infra.local.accounts import Accounts, AuthError, Row, SignIn
from infra.local.errors import StackError
from infra.local.tokens import AUDIENCE, LIFE_SECONDS, Signer

API_VERSION = {"X-Supabase-Api-Version": "2024-01-01"}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Credentials(BaseModel):
    email: str
    password: str
    data: dict[str, Any] | None = None


class Refresh(BaseModel):
    refresh_token: str


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
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=list(API_VERSION))
    app.add_exception_handler(AuthError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)

    def claims_of(authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
        claims = signer.read(authorization.removeprefix("Bearer ").strip())
        if claims is None:
            raise AuthError(403, "bad_jwt", "invalid JWT: unable to parse or verify signature")
        return claims

    Claims = Annotated[dict[str, Any], Depends(claims_of)]  # noqa: N806  a type

    @app.post("/signup")
    def sign_up(given: Credentials) -> dict[str, Any]:
        return _session(signer, accounts.sign_up(given.email, given.password, given.data or {}))

    @app.post("/token")
    def token(given: Credentials | Refresh, grant_type: str) -> dict[str, Any]:
        match grant_type, given:
            case "password", Credentials():
                return _session(signer, accounts.sign_in(given.email, given.password))
            case "refresh_token", Refresh():
                return _session(signer, accounts.refresh(given.refresh_token))
        raise AuthError(400, "validation_failed", "unsupported_grant_type")

    @app.get("/user")
    def user(claims: Claims) -> dict[str, Any]:
        return _user(accounts.user(claims["sub"], claims["session_id"]))

    @app.post("/logout", status_code=204)
    def sign_out(claims: Claims, scope: str = "global") -> Response:
        accounts.sign_out(claims["sub"], claims["session_id"], scope)
        return Response(status_code=204)

    @app.get("/.well-known/jwks.json")
    def jwks() -> dict[str, Any]:
        return signer.jwks

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"name": "GoTrue", "version": "local", "description": "stands in for Supabase Auth on this machine"}

    @app.get("/settings")
    def settings() -> dict[str, Any]:
        return {"external": {"email": True, "phone": False}, "disable_signup": False, "mailer_autoconfirm": True}

    return app


def _session(signer: Signer, entered: SignIn) -> dict[str, Any]:
    user = _user(entered.user)
    claims = {
        "sub": user["id"],
        "email": user["email"],
        "phone": "",
        "app_metadata": user["app_metadata"],
        "user_metadata": user["user_metadata"],
        "aal": "aal1",
        "session_id": entered.session_id,
        "is_anonymous": False,
    }
    token, expires_at = signer.sign(claims)
    return {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": LIFE_SECONDS,
        "expires_at": expires_at,
        "refresh_token": entered.refresh_token,
        "user": user,
    }


def _user(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "aud": AUDIENCE,
        "role": row["role"],
        "email": row["email"],
        "phone": "",
        "email_confirmed_at": _time(row["email_confirmed_at"]),
        "confirmed_at": _time(row["email_confirmed_at"]),
        "last_sign_in_at": _time(row["last_sign_in_at"]),
        "app_metadata": row["raw_app_meta_data"],
        "user_metadata": row["raw_user_meta_data"],
        "identities": [],
        "created_at": _time(row["created_at"]),
        "updated_at": _time(row["updated_at"]),
        "is_anonymous": False,
    }


def _time(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AuthError)  # noqa: S101  it is registered for nothing else
    words: dict[str, Any] = {"code": error.code, "message": error.message, "error_code": error.code, "msg": error.message}
    if error.code == "weak_password":
        words["weak_password"] = {"reasons": ["length"]}
    return JSONResponse(words, error.status, headers=API_VERSION)


def _malformed(request: Request, _error: Exception) -> JSONResponse:
    return _refused(request, AuthError(400, "validation_failed", "Could not parse request body as JSON, or something is missing in it"))
