"""Who the client is: an API key or a token that stays, or a sign-in whose token is renewed when it has expired."""

import threading
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class SignIn:
    """Where tokens come from, and what the next one costs."""

    auth_url: str
    """Of Supabase Auth; empty: the API's own address."""
    api_key: str
    """The project's public key for Auth; empty: none is asked for."""
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"apikey": self.api_key} if self.api_key else {}


class Session:
    """The token that calls carry. Threads may share it: one of them renews it, the others take what that one got."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.renewing = threading.Lock()
        self.sign_in: SignIn | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def take(self, answer: httpx.Response, auth_url: str, api_key: str) -> None:
        """The tokens of an answer of Auth. Raises ValueError or KeyError for an answer that has none."""
        tokens = answer.json()
        self.token = str(tokens["access_token"])
        self.sign_in = SignIn(auth_url.rstrip("/"), api_key, str(tokens["refresh_token"])) if tokens.get("refresh_token") else None

    def forget(self) -> None:
        self.token, self.sign_in = "", None
