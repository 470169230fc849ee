"""Users, their passwords and their sign-ins, in schema auth of Postgres. Only hashes of passwords and refresh tokens are kept."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

Row = dict[str, Any]
SCRYPT = {"n": 2**14, "r": 8, "p": 1}
REUSE_SECONDS = 10
"""How long a used refresh token still works: two tabs of one browser may use it at the same moment."""


class AuthError(Exception):
    """A refusal, in the words and numbers of Supabase Auth."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class SignIn(NamedTuple):
    user: Row
    session_id: str
    refresh_token: str


class Accounts:
    def __init__(self, database_url: str) -> None:
        """As the owner of schema auth."""
        self._pool: ConnectionPool[psycopg.Connection[Row]] = ConnectionPool(
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
        if "@" not in email.strip("@"):
            raise AuthError(400, "validation_failed", "Unable to validate email address: invalid format")
        if not 6 <= len(password) <= 256:
            raise AuthError(422, "weak_password", "Password should be at least 6 characters.")
        with self._connection() as connection:
            user = connection.execute(
                "insert into auth.users (email, encrypted_password, raw_user_meta_data) values (%s, %s, %s) "
                "on conflict (email) do nothing returning *",
                (email.lower(), hash_password(password), json.dumps(dict(data))),
            ).fetchone()
            if user is None:
                raise AuthError(422, "user_already_exists", "User already registered")
            return _sign_in(connection, user)

    def sign_in(self, email: str, password: str) -> SignIn:
        with self._connection() as connection:
            user = connection.execute("select * from auth.users where email = %s", (email.lower(),)).fetchone()
            # An unknown address takes as long as a wrong password.
            if not fits(password, user["encrypted_password"] if user else hash_password("")) or user is None:
                raise AuthError(400, "invalid_credentials", "Invalid login credentials")
            return _sign_in(connection, user)

    def refresh(self, token: str) -> SignIn:
        """Takes a refresh token for a new one. One that comes again later was stolen: its whole sign-in ends."""
        stolen = False
        with self._connection() as connection:
            row = connection.execute(
                "select session_id, user_id, used_at is null or used_at > now() - make_interval(secs => %s) as usable "
                "from auth.refresh_tokens t join auth.sessions s on s.id = t.session_id where token_hash = %s for update of t",
                (REUSE_SECONDS, _digest(token)),
            ).fetchone()
            if row is None:
                raise AuthError(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
            if row["usable"]:
                connection.execute("update auth.refresh_tokens set used_at = now() where token_hash = %s", (_digest(token),))
                user = connection.execute("select * from auth.users where id = %s", (row["user_id"],)).fetchone()
                if user is not None:
                    return SignIn(user, str(row["session_id"]), _new_token(connection, row["session_id"]))
            else:
                connection.execute("delete from auth.sessions where id = %s", (row["session_id"],))
                stolen = True
        if stolen:
            raise AuthError(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
        raise AuthError(400, "user_not_found", "User from sub claim in JWT does not exist")

    def user(self, user_id: str, session_id: str) -> Row:
        """The user of a sign-in that has not ended."""
        with self._connection() as connection:
            user = connection.execute(
                "select u.* from auth.users u join auth.sessions s on s.user_id = u.id where u.id = %s and s.id = %s", (user_id, session_id)
            ).fetchone()
        if user is None:
            raise AuthError(403, "session_not_found", "Session from session_id claim in JWT does not exist")
        return user

    def sign_out(self, user_id: str, session_id: str, scope: str) -> None:
        """scope: global (everywhere), local (here), others."""
        which = {"global": "true", "local": "id = %(session)s", "others": "id <> %(session)s"}.get(scope)
        if which is None:
            raise AuthError(400, "validation_failed", f"Unsupported logout scope {scope}")
        with self._connection() as connection:
            connection.execute(
                f"delete from auth.sessions where user_id = %(user)s and {which}",  # noqa: S608  one of the three texts above
                {"user": user_id, "session": session_id},
            )

    def ensure(self, email: str, password: str) -> str:
        """Makes a user of this name if there is none; the id."""
        with self._connection() as connection:
            found = connection.execute("select id from auth.users where email = %s", (email,)).fetchone()
            if found is None:
                found = connection.execute(
                    "insert into auth.users (email, encrypted_password) values (%s, %s) returning id", (email, hash_password(password))
                ).fetchone()
        return str(found["id"]) if found else ""

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Row]]:
        self._pool.open()
        with self._pool.connection() as connection:
            yield connection


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(_scrypt(password, salt)).decode()}"


def fits(password: str, kept: str) -> bool:
    _, salt, wanted = kept.split("$")
    return hmac.compare_digest(_scrypt(password, base64.b64decode(salt)), base64.b64decode(wanted))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, dklen=32, **SCRYPT)


def _sign_in(connection: psycopg.Connection[Row], user: Row) -> SignIn:
    session = connection.execute("insert into auth.sessions (user_id) values (%s) returning id", (user["id"],)).fetchone()
    connection.execute("update auth.users set last_sign_in_at = now() where id = %s", (user["id"],))
    session_id: UUID = session["id"] if session else user["id"]
    return SignIn(user, str(session_id), _new_token(connection, session_id))


def _new_token(connection: psycopg.Connection[Row], session_id: UUID) -> str:
    token = secrets.token_urlsafe(24)
    connection.execute("insert into auth.refresh_tokens (token_hash, session_id) values (%s, %s)", (_digest(token), session_id))
    return token


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
