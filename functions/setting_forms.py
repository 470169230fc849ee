"""How settings are written that are more than a number or a word. What is wrong is told without the value: it may be a secret."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

Text = TypeVar("Text", str, SecretStr)

LEAST_SECRET = 32
"""Characters of a secret from which others are made."""
PLACEHOLDER = "[YOUR-PASSWORD]"
"""In the address that Supabase shows."""


@dataclass(frozen=True)
class Address:
    """Addresses of one kind. An empty one is none; whether it may be missing is a matter of who reads it (see functions/needs.py)."""

    schemes: tuple[str, ...]
    like: str

    def __call__(self, value: Text) -> Text:
        text = _plain(value)
        if PLACEHOLDER in text:
            raise ValueError(f"{PLACEHOLDER} in it stands for the password")
        if text and not self._fits(text):
            raise ValueError(f"write it like {self.like}")
        return value

    def _fits(self, text: str) -> bool:
        try:
            parts = urlsplit(text)
            return parts.scheme in self.schemes and _leads_somewhere(parts) and (parts.port or 1) > 0
        except ValueError:  # brackets, or a port that is no number: signs of a password that must be written as %23 and the like
            return False


def _leads_somewhere(parts: SplitResult) -> bool:
    """A folder is on this machine, a database may be, whatever else has a host, or a bucket."""
    path = bool(parts.path.strip("/"))
    if parts.scheme == "file":
        return path and not parts.netloc
    return bool(parts.netloc) or (path and parts.scheme.startswith("postgres"))


DATABASE = Address(("postgresql", "postgres"), "postgresql://user:pass@host:6543/postgres (signs like # or / of the password as %23, %2F)")
WEB = Address(("https", "http"), "https://example.com")
PROJECT = Address(("https", "http"), "https://<project>.supabase.co")
OBJECTS = Address(("s3", "file"), "s3://bucket/prefix or file:///folder")
QUEUE = Address(("https", "http"), "https://sqs.<region>.amazonaws.com/<account>/<queue>")

DatabaseAddress = Annotated[SecretStr, AfterValidator(DATABASE)]
WebAddress = Annotated[str, AfterValidator(WEB)]
ProjectAddress = Annotated[str, AfterValidator(PROJECT)]
ObjectsAddress = Annotated[str, AfterValidator(OBJECTS)]
QueueAddress = Annotated[str, AfterValidator(QUEUE)]


def _has_key_and_project(value: SecretStr) -> SecretStr:
    """As Sentry's library wants it, which would end a function that has another one."""
    parts = urlsplit(value.get_secret_value())
    if parts.scheme and not (parts.username and parts.path.rpartition("/")[2].isdecimal()):
        raise ValueError("write it like https://<key>@<host>/<number of the project>")
    return value


ReportsAddress = Annotated[SecretStr, AfterValidator(WEB), AfterValidator(_has_key_and_project)]


def _long_enough(value: SecretStr) -> SecretStr:
    if 0 < len(value) < LEAST_SECRET:
        raise ValueError(f"at least {LEAST_SECRET} characters are needed; make one with: openssl rand -hex 32")
    return value


LongSecret = Annotated[SecretStr, AfterValidator(_long_enough)]


def _from_json(value: Any) -> Any:
    """Text of the environment; ValueError, which becomes an error of the setting, where it is no JSON."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):  # of a number without end, of lists in lists
        raise ValueError('no JSON; write it like {"daily": 500, "*": 200}') from None


FROM_JSON = BeforeValidator(_from_json)
IN_SMALL_LETTERS = BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)


def form_of(metadata: list[Any]) -> str:
    """What a setting's value looks like, by the notes on its type; empty: any text."""
    found = (note.func for note in metadata if isinstance(note, AfterValidator))
    return next((form.like for form in found if isinstance(form, Address)), "")


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
