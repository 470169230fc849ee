"""Sign-in on this machine, through the unmodified client of browsers: auth-js under Node.

It is fetched once, by npm and as its lock file says, into a folder of .lianghu; without Node there is nothing to try.
"""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.infra.conftest import SignInService, email

SOURCE = Path(__file__).parent / "auth_js"
CACHE = Path(__file__).parents[2] / ".lianghu" / "npm"
PASSWORD = "correct horse"

pytestmark = pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="there is no Node with npm on this machine")


@pytest.fixture(scope="module")
def package() -> Path:
    """The installed package, beside the script that uses it."""
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in ("package.json", "package-lock.json"))).hexdigest()
    folder = CACHE / digest[:16]
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(SOURCE / name, folder)
        made = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert made.returncode == 0, f"auth-js could not be installed: {made.stderr[-2000:]}"
        (folder / "installed").touch()
    shutil.copy(SOURCE / "sign_in.mjs", folder)
    return folder


@pytest.fixture(scope="module")
def told(package: Path, service: SignInService) -> dict[str, Any]:
    """What came of each step."""
    words = ["node", "sign_in.mjs", service.url, email(), PASSWORD, service.service_key]
    answer = subprocess.run(words, cwd=package, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 0, answer.stderr
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def test_signing_up_in_and_out(told: dict[str, Any]) -> None:
    assert told["sign_up"]["user"]["user_metadata"] == {"nickname": "湖"}
    assert told["sign_up"]["session"]["access_token"]
    assert told["sign_in"]["user"]["id"] == told["sign_up"]["user"]["id"]
    assert told["user"]["user"]["email"] == told["sign_up"]["user"]["email"]
    assert told["sign_out"] is None
    assert told["after_sign_out"] == {"session": None}
    assert told["events"][:2] == ["INITIAL_SESSION", "SIGNED_IN"]


@pytest.mark.parametrize(
    ("step", "code", "status"),
    [
        ("sign_up_again", "user_already_exists", 422),
        ("weak", "weak_password", 422),
        ("wrong", "invalid_credentials", 400),
        ("same_password", "same_password", 422),
        ("no_mail", "email_provider_disabled", 422),
        ("refresh_after_sign_out", "refresh_token_not_found", 400),
    ],
)
def test_refusals_have_the_codes_that_pages_tell_apart(told: dict[str, Any], step: str, code: str, status: int) -> None:
    assert told[step] == {"error": code, "status": status}


def test_tokens_are_checked_by_the_published_keys_and_rotate(told: dict[str, Any]) -> None:
    assert told["claims"]["header"]["alg"] == "ES256"
    assert told["claims"]["claims"]["sub"] == told["sign_up"]["user"]["id"]
    assert told["rotated"] is True
    assert told["set_session"]["session"]["user"]["id"] == told["sign_up"]["user"]["id"]


def test_a_new_password_leaves_only_the_place_where_it_was_set(told: dict[str, Any]) -> None:
    assert told["update"]["user"]["user_metadata"] == {"nickname": "山"}
    assert told["new_password"]["user"]["id"] == told["sign_up"]["user"]["id"]
    assert told["elsewhere_after_new_password"]["status"] in (400, 403)


def test_somebody_who_was_invited_sets_a_password(told: dict[str, Any]) -> None:
    assert told["verify"]["user"]["email"].startswith("invited-")
    assert told["guest_signs_in"]["user"]["id"] == told["verify"]["user"]["id"]
    assert len(told["list"]["users"]) == 2


def test_the_lock_names_no_registry() -> None:
    assert "resolved" not in (SOURCE / "package-lock.json").read_text()
    assert "registry" not in (SOURCE / ".npmrc").read_text().replace("omit-lockfile-registry-resolved", "")
