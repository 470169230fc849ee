"""What is done to accounts by whoever runs the platform: making, changing, banning and removing them, and links that sign in."""

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from infra.local.accounts import Accounts, Connection, LinkKind, Row, changed, checked_email, checked_password, digest, one
from infra.local.passwords import hash_password
from infra.local.refusals import AuthError

LARGEST_PAGE = 1000
DURATION = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")
TAKEN = AuthError(422, "email_exists", "A user with this email address has already been registered")


class Administration:
    """The calls of Supabase Auth under /admin, in schema auth."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def users(self, page: int, per_page: int) -> tuple[list[Row], int]:
        """A page of them, newest first, and how many there are."""
        size = max(1, min(per_page, LARGEST_PAGE))
        with self._accounts.connection() as connection:
            rows = connection.execute(
                "select * from auth.users order by created_at desc, id limit %s offset %s", (size, (max(page, 1) - 1) * size)
            ).fetchall()
            total = one(connection, "select count(*) as users from auth.users")["users"]
        return rows, total

    def user(self, user_id: UUID) -> Row:
        with self._accounts.connection() as connection:
            return _found(connection, user_id)

    def create(self, given: Mapping[str, Any]) -> Row:
        """`given` is Supabase's AdminUserAttributes: email, password, email_confirm, user_metadata, app_metadata, ban_duration."""
        password = given.get("password")
        with self._accounts.connection() as connection:
            user = connection.execute(
                "insert into auth.users (email, encrypted_password, email_confirmed_at) values (%s, %s, case when %s then now() end) "
                "on conflict (email) do nothing returning *",
                (
                    checked_email(str(given.get("email") or "")),
                    hash_password(checked_password(password)) if password else "",
                    bool(given.get("email_confirm")),
                ),
            ).fetchone()
            if user is None:
                raise TAKEN
            return _attributed(connection, user, given)

    def change(self, user_id: UUID, given: Mapping[str, Any]) -> Row:
        """A new password or a ban ends every sign-in."""
        with self._accounts.connection() as connection:
            user = _found(connection, user_id)
            password = given.get("password")
            user = changed(connection, user, password=checked_password(password) if password else None, email=given.get("email") or None)
            if password or given.get("ban_duration", "none") != "none":
                connection.execute("delete from auth.sessions where user_id = %s", (user_id,))
            if given.get("email_confirm"):
                connection.execute(
                    "update auth.users set email_confirmed_at = coalesce(email_confirmed_at, now()) where id = %s", (user_id,)
                )
            return _attributed(connection, user, given)

    def remove(self, user_id: UUID) -> None:
        """With everything that belongs to it."""
        with self._accounts.connection() as connection:
            _found(connection, user_id)
            connection.execute("delete from auth.users where id = %s", (user_id,))

    def link(self, kind: LinkKind, email: str, password: str | None, data: Mapping[str, Any]) -> tuple[Row, str]:
        """The user, and the token of a link that signs in once. An invitation or a sign-up makes the user; the others need one."""
        makes = kind in ("signup", "invite")
        with self._accounts.connection() as connection:
            user = connection.execute("select * from auth.users where email = %s for update", (checked_email(email),)).fetchone()
            if user is None and makes:
                user = one(
                    connection,
                    "insert into auth.users (email, encrypted_password, email_confirmed_at, raw_user_meta_data) values (%s, %s, null, %s) "
                    "returning *",
                    checked_email(email),
                    hash_password(checked_password(password)) if password else "",
                    json.dumps(dict(data)),
                )
            elif user is None:
                raise AuthError(404, "user_not_found", "User with this email not found")
            elif makes and user["email_confirmed_at"] is not None:
                raise TAKEN
            if kind == "invite":
                user = one(connection, "update auth.users set invited_at = now() where id = %s returning *", user["id"])
            token = secrets.token_urlsafe(32)
            # A newer link of a kind takes the place of the one before.
            connection.execute("delete from auth.one_time_tokens where user_id = %s and kind = %s", (user["id"], kind))
            connection.execute(
                "insert into auth.one_time_tokens (token_hash, user_id, kind) values (%s, %s, %s)", (digest(token), user["id"], kind)
            )
        return user, token


def _found(connection: Connection, user_id: UUID) -> Row:
    user = connection.execute("select * from auth.users where id = %s for update", (user_id,)).fetchone()
    if user is None:
        raise AuthError(404, "user_not_found", "User not found")
    return user


def _attributed(connection: Connection, user: Row, given: Mapping[str, Any]) -> Row:
    """With the words about the user that only an administrator changes."""
    return one(
        connection,
        "update auth.users set raw_user_meta_data = raw_user_meta_data || %s::jsonb, raw_app_meta_data = raw_app_meta_data || %s::jsonb, "
        "banned_until = case when %s then now() + make_interval(secs => %s) when %s then null else banned_until end, updated_at = now() "
        "where id = %s returning *",
        json.dumps(given.get("user_metadata") or {}),
        json.dumps(given.get("app_metadata") or {}),
        *_ban(given.get("ban_duration")),
        user["id"],
    )


def _ban(duration: str | None) -> tuple[bool, int, bool]:
    """Whether a ban begins, its seconds ("24h", "1h30m"), and whether one ends ("none")."""
    if duration is None or duration == "none":
        return False, 0, duration == "none"
    match = DURATION.fullmatch(duration)
    if not match or not duration:
        raise AuthError(400, "validation_failed", f"invalid format for ban duration: {duration}")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return True, hours * 3600 + minutes * 60 + seconds, False
