"""Access tokens that somebody made up, changed, kept too long or got elsewhere, at the whole API with the issuer's keys over real HTTP."""

import base64
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import jwt
import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from functions.api.app import create_app
from functions.settings import Settings
from functions.wiring import House
from tests.functions.api.conftest import SECRET, Bells
from tests.security.forged_tokens import CURVE, FOREIGN, FORGED, LARGE, Issuer, row, signed
from tests.security.people import Person
from tests.security.snapshots import of_people


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """Of our project; somebody has put a symmetric key among the public ones."""
    secret = base64.urlsafe_b64encode(b"everybody-can-read-this-shared-key").decode()
    made = Issuer(row(CURVE, "curve"), row(LARGE, "large"), {"kty": "oct", "kid": "shared", "k": secret, "alg": "HS256"})
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Issuer]:
    """Of another project: its key has the same name as one of ours."""
    made = Issuer(row(FOREIGN, "curve"))
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def guarded(house: House, issuer: Issuer) -> Iterator[TestClient]:
    """The platform with that issuer, which also still signs with the shared secret."""
    told = house.settings.model_dump() | {"supabase_url": issuer.url, "supabase_jwt_secret": SecretStr(SECRET)}
    other = House(Settings(**told))
    vars(other)["queue"] = Bells()
    yield TestClient(create_app(lambda: other), raise_server_exceptions=False)
    other.database.close()


def claims_for(user: str, issuer: Issuer) -> dict[str, Any]:
    return {"sub": user, "aud": "authenticated", "iss": f"{issuer.url}/auth/v1", "exp": int(time.time()) + 600, "role": "authenticated"}


def test_the_right_tokens_are_let_in(guarded: TestClient, issuer: Issuer, victim: Person) -> None:
    """Else the refusals below would prove nothing."""
    claims = claims_for(victim.user, issuer)
    for token in (signed()(claims, issuer), signed(LARGE, "RS256", {"kid": "large"})(claims, issuer), jwt.encode(claims, SECRET, "HS256")):
        answer = guarded.get("/api/backtests", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200 and answer.json()["items"], answer.text


@pytest.mark.parametrize("name", list(FORGED))
def test_a_forged_token_is_a_401_that_tells_nothing(
    guarded: TestClient, issuer: Issuer, elsewhere: Issuer, victim: Person, admin: psycopg.Connection, name: str
) -> None:
    before = of_people(admin, [victim.user])
    token = FORGED[name](claims_for(victim.user, issuer), elsewhere)
    began = time.perf_counter()
    for method, address in (("GET", f"/api/backtests/{victim.ids['backtest_id']}"), ("POST", "/api/backtests")):
        answer = guarded.request(method, address, headers={"Authorization": f"Bearer {token}".encode("latin-1", "replace")})
        assert answer.status_code == 401 or ("huge" in name and answer.status_code == 431), (answer.status_code, answer.text)
        assert answer.json()["error"]["code"] == ("UNAUTHORIZED" if answer.status_code == 401 else "INVALID_INPUT")
        assert victim.user not in answer.text and token not in answer.text
    assert time.perf_counter() - began < 3
    assert elsewhere.asked == [], "a token must not say where its key is fetched"
    assert of_people(admin, [victim.user]) == before


def test_another_projects_users_are_nobody_here(guarded: TestClient, issuer: Issuer, elsewhere: Issuer, victim: Person) -> None:
    """A right token of another project, for somebody with the same id, whatever it says of its issuer."""
    for claims in (claims_for(victim.user, elsewhere), claims_for(victim.user, issuer)):
        token = jwt.encode(claims, FOREIGN, "ES256", headers={"kid": "curve"})
        assert guarded.get("/api/backtests", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_anywhere_else_than_in_its_header_is_none(guarded: TestClient, issuer: Issuer, victim: Person) -> None:
    token = signed()(claims_for(victim.user, issuer), issuer)
    for request in (
        {"params": {"access_token": token}},
        {"params": {"token": token}},
        {"headers": {"Cookie": f"access_token={token}; sb-access-token={token}"}},
        {"headers": {"X-Authorization": f"Bearer {token}"}},
        {"headers": {"apikey": token}},
        {"headers": {"Authorization": token}},
        {"headers": {"Authorization": f"Basic {token}"}},
        {"headers": {"Authorization": f"Bearer{token}"}},
        {"headers": {"Authorization": f"Bearer x {token}"}},
        {"headers": {"Authorization": f"Bearer x, Bearer {token}"}},
        {"headers": {"X-User-Id": victim.user, "X-Forwarded-User": victim.user}},
    ):
        assert guarded.get("/api/backtests", **request).status_code == 401, request  # type: ignore[arg-type]


def test_unknown_key_names_do_not_make_us_ask_the_issuer_every_time(guarded: TestClient, issuer: Issuer, victim: Person) -> None:
    """Or a stranger could make us knock at the sign-in service as often as they like."""
    before = len(issuer.asked)
    for _ in range(30):
        token = jwt.encode(claims_for(victim.user, issuer), FOREIGN, "ES256", headers={"kid": str(uuid4())})
        assert guarded.get("/api/backtests", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert len(issuer.asked) - before <= 1
    assert set(issuer.asked) <= {"/auth/v1/.well-known/jwks.json"}
