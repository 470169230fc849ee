"""Accounts of Supabase Auth, as whoever holds the service key sees and makes them."""

from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

import httpx
from supabase import create_client
from supabase_auth.errors import AuthError
from supabase_auth.types import User

from functions.commands.failures import BAD_INPUT, PLATFORM, CommandError

Answer = TypeVar("Answer")
PAGE = 200
MOST_PAGES = 500
TRANSIENT = (429, 500, 502, 503, 504)


class AuthAccounts:
    def __init__(self, url: str, service_key: str) -> None:
        self.url, self.key = url, service_key
        self._admin = create_client(url, service_key).auth.admin

    def all(self) -> Iterator[User]:
        """Page by page; each is asked for when it is wanted."""
        for page in range(1, MOST_PAGES + 1):
            users = self._asked(lambda page=page: self._admin.list_users(page=page, per_page=PAGE))  # type: ignore[misc]
            yield from users
            if len(users) < PAGE:
                return

    def find(self, email: str) -> User:
        """Supabase Auth looks nobody up by address: the lists are read until it comes."""
        for user in self.all():
            if (user.email or "").lower() == email.strip().lower():
                return user
        raise CommandError(f"nobody has the address {email}", "lianghu admin users lists everybody")

    def create(self, email: str, password: str, words: dict[str, Any]) -> User:
        """Confirmed: may sign in at once."""
        given: Any = {"email": email, "password": password, "email_confirm": True, "app_metadata": words}
        return self._asked(lambda: self._admin.create_user(given)).user

    def set_password(self, user_id: str, password: str) -> None:
        self._asked(lambda: self._admin.update_user_by_id(user_id, {"password": password, "email_confirm": True}))

    def invite(self, email: str) -> None:
        """By mail of the project."""
        self._asked(lambda: self._admin.invite_user_by_email(email))

    def link(self, kind: Literal["invite", "recovery"], email: str) -> str:
        """A link that signs in once; no mail is sent."""
        given: Any = {"type": kind, "email": email}
        return self._asked(lambda: self._admin.generate_link(given)).properties.action_link

    def _asked(self, call: Callable[[], Answer]) -> Answer:
        try:
            return call()
        except AuthError as error:
            status = getattr(error, "status", None)
            code = PLATFORM if not status or status in TRANSIENT else BAD_INPUT
            raise CommandError(f"the sign-in service of {self.url} refused: {error.message}", "", code) from error
        except httpx.HTTPError as error:
            raise CommandError(f"the sign-in service of {self.url} does not answer ({type(error).__name__})", "", PLATFORM) from error
