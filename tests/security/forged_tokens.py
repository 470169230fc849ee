"""Tokens that must not be believed: a table of ways to forge, change and age them, and an issuer whose keys come over real HTTP."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.functions.api.conftest import SECRET

CURVE, LARGE = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
FOREIGN = ec.generate_private_key(ec.SECP256R1())
"""Another project's, or an attacker's."""


class Issuer:
    """A sign-in service's JWKS on a port of its own; remembers what was asked for."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        asked: list[str] = []
        body = json.dumps({"keys": keys}).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.asked = asked
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def row(key: Any, kid: str) -> dict[str, Any]:
    kind: Any = jwt.algorithms.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else jwt.algorithms.RSAAlgorithm
    return json.loads(kind.to_jwk(key.public_key())) | {"kid": kid}


Make = Callable[[dict[str, Any], Issuer], str]


def signed(key: Any = CURVE, algorithm: str = "ES256", headers: dict[str, Any] | None = None, **changes: Any) -> Make:
    """A token as the issuer makes it, but for the changes; None takes a claim away."""

    def make(claims: dict[str, Any], _: Issuer) -> str:
        values = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(values, key, algorithm, headers={"kid": "curve"} | (headers or {}))

    return make


def by_hand(header: dict[str, Any], sign: Callable[[bytes], bytes] = lambda text: b"", **changes: Any) -> Make:
    """Put together byte for byte, because no library signs such a thing."""

    def make(claims: dict[str, Any], _: Issuer) -> str:
        head, body = (_part(json.dumps(part).encode()) for part in (header, claims | changes))
        return f"{head}.{body}.{_part(sign(f'{head}.{body}'.encode()))}"

    return make


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_secret(secret: bytes, digest: str = "sha256") -> Callable[[bytes], bytes]:
    return lambda text: hmac.new(secret, text, digest).digest()


PEM = CURVE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER = CURVE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
RSA_PEM = LARGE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def changed(where: int, make: Make | None = None) -> Make:
    """One part of a right token replaced after it was signed."""

    def spoil(claims: dict[str, Any], issuer: Issuer) -> str:
        parts = (make or signed())(claims, issuer).split(".")
        if where == 1:
            body = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
            parts[1] = _part(json.dumps(body | {"sub": str(uuid4())}).encode())
        else:
            parts[where] = parts[where][::-1]
        return ".".join(parts)

    return spoil


def pointing(name: str) -> Make:
    """Says itself where its key is to be found."""

    def make(claims: dict[str, Any], attackers: Issuer) -> str:
        return jwt.encode(claims, FOREIGN, "ES256", headers={"kid": str(uuid4()), name: f"{attackers.url}/.well-known/jwks.json"})

    return make


FORGED: dict[str, Make] = {
    **{f"alg {name}": by_hand({"alg": name, "typ": "JWT"}) for name in ("none", "None", "NONE", "nOnE", "", "HS256", "ES256", "null")},
    "alg null": by_hand({"alg": None}),
    "no alg": by_hand({"typ": "JWT"}),
    "alg list": by_hand({"alg": ["none"]}),
    "alg number": by_hand({"alg": 0}),
    "HS256 with the public key as PEM": by_hand({"alg": "HS256", "kid": "curve"}, with_secret(PEM)),
    "HS256 with the public key as DER": by_hand({"alg": "HS256", "kid": "curve"}, with_secret(DER)),
    "HS256 with the RSA key as PEM": by_hand({"alg": "HS256", "kid": "large"}, with_secret(RSA_PEM)),
    "HS256 with the JWKS' own symmetric key": by_hand(
        {"alg": "HS256", "kid": "shared"}, with_secret(b"everybody-can-read-this-shared-key")
    ),
    "HS256 with nothing": by_hand({"alg": "HS256"}, with_secret(b"")),
    "HS256 with a guess": by_hand({"alg": "HS256"}, with_secret(b"super-secret-jwt-token-with-at-least-32-characters-long")),
    "HS512 with the right secret": by_hand({"alg": "HS512"}, with_secret(SECRET.encode(), "sha512")),
    "HS384 with the right secret": by_hand({"alg": "HS384"}, with_secret(SECRET.encode(), "sha384")),
    "PS256 with our RSA key": signed(LARGE, "PS256", {"kid": "large"}),
    "RS512 with our RSA key": signed(LARGE, "RS512", {"kid": "large"}),
    "another's key under our name": signed(FOREIGN),
    "RS256 that names the curve": signed(LARGE, "RS256", {"kid": "curve"}),
    "ES256 that names the RSA key": signed(CURVE, "ES256", {"kid": "large"}),
    "no kid": by_hand({"alg": "ES256"}, lambda text: b"x" * 64),
    **{
        f"kid {str(kid)[:24]}": by_hand({"alg": "ES256", "kid": kid}, lambda text: b"x" * 64)
        for kid in (
            "../../../../../../dev/null",
            "/dev/null",
            "file:///etc/passwd",
            "' or 1=1 --",
            "curve\0",
            "",
            " curve",
            "x" * 20_000,
            ["curve"],
            {"curve": 1},
            0,
            None,
            "http://127.0.0.1:1/jwks.json",
        )
    },
    "jku": pointing("jku"),
    "x5u": pointing("x5u"),
    "jwk inside": signed(FOREIGN, "ES256", {"kid": "mine", "jwk": row(FOREIGN, "mine")}),
    "crit": signed(headers={"crit": ["made-up"], "made-up": 1}),
    "signature changed": changed(2),
    "claims changed": changed(1),
    "header changed": changed(0),
    "expired": signed(exp=1),
    "no exp": signed(exp=None),
    "exp a text": signed(exp="never"),
    "exp a list": signed(exp=[2**40]),
    "exp infinite": signed(exp=float("inf")),
    "exp not a number": signed(exp=float("nan")),
    "exp zero": signed(exp=0),
    "exp negative": signed(exp=-(2**40)),
    "not yet": signed(nbf=2**40),
    "nbf a text": signed(nbf="x"),
    "issued in the future": signed(iat=2**40),
    "aud anon": signed(aud="anon"),
    "no aud": signed(aud=None),
    "aud empty": signed(aud=""),
    "aud list": signed(aud=["anon", "service_role"]),
    "aud prefix": signed(aud="authenticated2"),
    "aud nested": signed(aud=[["authenticated"]]),
    "aud object": signed(aud={"authenticated": 1}),
    "iss elsewhere": signed(iss="https://elsewhere.example/auth/v1"),
    "no iss": signed(iss=None),
    "iss supabase": signed(iss="supabase"),
    "iss number": lambda claims, _: _hs256(json.dumps(claims | {"iss": 1}).encode()),
    "service_role key": signed(aud=None, iss="supabase", sub=None, role="service_role"),
    "no sub": signed(sub=None),
    "sub SQL": signed(sub="' or true --"),
    "sub list": signed(sub=["x"]),
    "sub number": signed(sub=1),
    "sub empty": signed(sub=""),
    "nobody's sub": signed(sub=str(uuid4())),
    "five parts": lambda claims, _: "a.b.c.d.e",
    "one part": lambda claims, _: "abc",
    "dots": lambda claims, _: "..",
    "huge": lambda claims, _: "x" * 50_000,
    "huge header": signed(headers={"x": "x" * 50_000}, exp=1),
    "not base64": lambda claims, _: "é.é.é".encode().decode("latin-1"),
    "claims no object": lambda claims, _: _hs256(b"[1]"),
    "claims deep": lambda claims, _: _hs256(b"[" * 20_000),
    "claims with NaN": lambda claims, _: _hs256(b'{"sub": NaN}'),
}


def _hs256(body: bytes) -> str:
    """Signed with the right secret, around claims that are none."""
    text = f"{_part(json.dumps({'alg': 'HS256'}).encode())}.{_part(body)}"
    return f"{text}.{_part(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest())}"
