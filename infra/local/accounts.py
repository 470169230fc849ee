"""Users and their sign-ins, in schema auth of Postgres. Only hashes of passwords, of refresh tokens and of links are kept."""

import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from infra.local.passwords import fits, hash_password
from infra.local.refusals import AuthError

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
LinkKind = Literal["signup", "invite", "recovery", "magiclink"]
DEMO_EMAIL, DEMO_PASSWORD = "demo@lianghu.local", "lianghu-demo"
"""The first account of a stack on one machine, which nobody else can reach."""
REUSE_SECONDS = 10
"""How long a used refresh token still works: two tabs of one browser may use it at the same moment."""
LINK_SECONDS = 24 * 3600
ADDRESS = re.compile(r"[^@\s\0]{1,64}@[^@\s\0]{1,190}")


class SignIn(NamedTuple):
    user: Row
    session_id: str
    refresh_token: str


class Accounts:
    """What people do with their own account; infra/local/administration.py has what is done to it."""

    def __init__(self, database_url: str) -> None:
        """As the owner of schema auth."""
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            database_url,
            min_size=0,
            max_size=4,
            open=False,
            timeout=10,
            kwargs={"row_factory": dict_row},
            connection_class=psycopg.Connection[Row],
            check=ConnectionPool.check_connection,
        )

    def close(self) -> None:
        self._pool.close()

    def sign_up(self, email: str, password: str, data: Mapping[str, Any]) -> SignIn:
        with self.connection() as connection:
            user = connection.execute(
                "insert into auth.users (email, encrypted_password, raw_user_meta_data) values (%s, %s, %s) "
                "on conflict (email) do nothing returning *",
                (checked_email(email), hash_password(checked_password(password)), json.dumps(dict(data))),
            ).fetchone()
            if user is None:
                raise AuthError(422, "user_already_exists", "User already registered")
            return _sign_in(connection, user)

    def sign_in(self, email: str, password: str) -> SignIn:
        """An unknown address is refused as a wrong password is, and as slowly."""
        with self.connection() as connection:
            user = connection.execute("select * from auth.users where email = %s", (email.strip().lower(),)).fetchone()
            if not fits(password, user["encrypted_password"] if user else "") or user is None:
                raise AuthError(400, "invalid_credentials", "Invalid login credentials")
            _check_welcome(user)
            return _sign_in(connection, user)

    def refresh(self, token: str) -> SignIn:
        """Takes a refresh token for a new one. One that comes again later was stolen: its whole sign-in ends."""
        with self.connection() as connection:
            row = connection.execute(
                "select session_id, user_id, used_at is null or used_at > now() - make_interval(secs => %s) as usable "
                "from auth.refresh_tokens t join auth.sessions s on s.id = t.session_id where token_hash = %s for update of t",
                (REUSE_SECONDS, digest(token)),
            ).fetchone()
            if row is None:
                raise AuthError(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
            if row["usable"]:
                connection.execute("update auth.refresh_tokens set used_at = now() where token_hash = %s", (digest(token),))
                user = one(connection, "select * from auth.users where id = %s", row["user_id"])
                _check_welcome(user)
                return SignIn(user, str(row["session_id"]), _new_token(connection, row["session_id"]))
            connection.execute("delete from auth.sessions where id = %s", (row["session_id"],))
        # After the transaction, which an exception inside would undo.
        raise AuthError(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")

    def redeem(self, token: str, kind: str) -> SignIn:
        """Signs in with a link, which works once; whoever holds it has read the mail, so the address is theirs."""
        with self.connection() as connection:
            row = connection.execute(
                "delete from auth.one_time_tokens where token_hash = %s and kind = %s returning user_id, "
                "created_at > now() - make_interval(secs => %s) as fresh",
                (digest(token), "magiclink" if kind == "email" else kind, LINK_SECONDS),
            ).fetchone()
            if row is not None and row["fresh"]:
                user = one(
                    connection,
                    "update auth.users set email_confirmed_at = coalesce(email_confirmed_at, now()) where id = %s returning *",
                    row["user_id"],
                )
                _check_welcome(user)
                return _sign_in(connection, user)
        raise AuthError(403, "otp_expired", "Email link is invalid or has expired")

    def user(self, user_id: str, session_id: str) -> Row:
        """The user of a sign-in that has not ended."""
        with self.connection() as connection:
            return _of_session(connection, user_id, session_id)

    def change(self, user_id: str, session_id: str, *, password: str | None, email: str | None, data: Mapping[str, Any] | None) -> Row:
        """A new password ends every other sign-in: whoever knew the old one is out. Keys of `data` that are null are taken away."""
        with self.connection() as connection:
            user = _of_session(connection, user_id, session_id)
            if password is not None:
                if fits(checked_password(password), user["encrypted_password"]):
                    raise AuthError(422, "same_password", "New password should be different from the old password.")
                connection.execute("delete from auth.sessions where user_id = %s and id <> %s", (user_id, session_id))
            return changed(connection, user, password=password, email=email, data=data)

    def sign_out(self, user_id: str, session_id: str, scope: str) -> None:
        """scope: global (everywhere), local (here), others."""
        which = {"global": "true", "local": "id = %(session)s", "others": "id <> %(session)s"}.get(scope)
        if which is None:
            raise AuthError(400, "validation_failed", f"Unsupported logout scope {scope}")
        with self.connection() as connection:
            connection.execute(
                f"delete from auth.sessions where user_id = %(user)s and {which}",  # noqa: S608  one of the three texts above
                {"user": user_id, "session": session_id},
            )

    def ensure(self, email: str, password: str) -> str:
        """Makes a user of this name if there is none; the id."""
        with self.connection() as connection:
            found = connection.execute("select id from auth.users where email = %s", (email,)).fetchone()
            if found is None:
                query = "insert into auth.users (email, encrypted_password) values (%s, %s) returning id"
                found = one(connection, query, email, hash_password(password))
        return str(found["id"])

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """One transaction."""
        self._pool.open()
        with self._pool.connection() as connection:
            yield connection


def changed(
    connection: Connection, user: Row, *, password: str | None = None, email: str | None = None, data: Mapping[str, Any] | None = None
) -> Row:
    """A user with another password, another address or other words about them; None leaves what there is."""
    words = {**user["raw_user_meta_data"], **(data or {})}
    try:
        return one(
            connection,
            "update auth.users set encrypted_password = %s, email = %s, raw_user_meta_data = %s, updated_at = now() "
            "where id = %s returning *",
            user["encrypted_password"] if password is None else hash_password(password),
            user["email"] if email is None else checked_email(email),
            json.dumps({key: value for key, value in words.items() if value is not None}),
            user["id"],
        )
    except psycopg.errors.UniqueViolation:
        raise AuthError(422, "email_exists", "A user with this email address has already been registered") from None


def checked_email(email: str) -> str:
    if not ADDRESS.fullmatch(email.strip()):
        raise AuthError(400, "validation_failed", "Unable to validate email address: invalid format")
    return email.strip().lower()


def checked_password(password: str) -> str:
    if not 6 <= len(password) <= 256:
        raise AuthError(422, "weak_password", "Password should be at least 6 characters.")
    return password


def one(connection: Connection, query: str, *values: Any) -> Row:
    """The row of a query that always has one."""
    row = connection.execute(query.encode(), values).fetchone()
    if row is None:
        raise RuntimeError(f"the database answered nothing to: {query}")
    return row


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _check_welcome(user: Row) -> None:
    if user["email_confirmed_at"] is None:
        raise AuthError(400, "email_not_confirmed", "Email not confirmed")
    if user["banned_until"] and user["banned_until"] > datetime.now(UTC):
        raise AuthError(400, "user_banned", "User is banned")


def _of_session(connection: Connection, user_id: str, session_id: str) -> Row:
    user = connection.execute(
        "select u.* from auth.users u join auth.sessions s on s.user_id = u.id where u.id = %s and s.id = %s", (user_id, session_id)
    ).fetchone()
    if user is None:
        raise AuthError(403, "session_not_found", "Session from session_id claim in JWT does not exist")
    return user


def _sign_in(connection: Connection, user: Row) -> SignIn:
    session = one(connection, "insert into auth.sessions (user_id) values (%s) returning id", user["id"])
    entered = one(connection, "update auth.users set last_sign_in_at = now() where id = %s returning *", user["id"])
    return SignIn(entered, str(session["id"]), _new_token(connection, session["id"]))


def _new_token(connection: Connection, session_id: UUID) -> str:
    token = secrets.token_urlsafe(24)
    connection.execute("insert into auth.refresh_tokens (token_hash, session_id) values (%s, %s)", (digest(token), session_id))
    return token
