"""A user and a sign-in, in the shapes that auth-js and supabase-py read."""

from datetime import datetime
from typing import Any

from infra.local.accounts import Row, SignIn
from infra.local.tokens import AUDIENCE, LIFE_SECONDS, Signer


def session(signer: Signer, entered: SignIn) -> dict[str, Any]:
    shown = user(entered.user)
    claims = {
        "sub": shown["id"],
        "email": shown["email"],
        "phone": "",
        "app_metadata": shown["app_metadata"],
        "user_metadata": shown["user_metadata"],
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
        "user": shown,
    }


def user(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "aud": AUDIENCE,
        "role": row["role"],
        "email": row["email"],
        "phone": "",
        "email_confirmed_at": _time(row["email_confirmed_at"]),
        "confirmed_at": _time(row["email_confirmed_at"]),
        "invited_at": _time(row["invited_at"]),
        "last_sign_in_at": _time(row["last_sign_in_at"]),
        "banned_until": _time(row["banned_until"]),
        "app_metadata": row["raw_app_meta_data"],
        "user_metadata": row["raw_user_meta_data"],
        "identities": [],
        "created_at": _time(row["created_at"]),
        "updated_at": _time(row["updated_at"]),
        "is_anonymous": False,
    }


def _time(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None
