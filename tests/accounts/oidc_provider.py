"""A small OpenID provider that speaks as ACM/IDM does, with faults to order; a process of its own.

    python tests/accounts/oidc_provider.py        prints its address and serves until it is stopped

POST /_control (JSON) says who signs in next (`claims`) and what goes wrong (`fault`); GET /_seen
gives what was asked of it.
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET, KID = "pio", "geheim-van-de-proef", "proef-1"


class Provider(ThreadingHTTPServer):
    """Keys, codes that were given out, and what the tests ordered."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}/op"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes: dict[str, dict[str, str]] = {}
        self.seen: list[dict[str, Any]] = []
        self.claims: dict[str, Any] = {}
        self.fault = ""

    def id_token(self, asked: dict[str, str]) -> str:
        """Claims, with what is wrong with them when a fault was ordered."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "sub-1",
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            **self.claims,
        }
        wrong: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "een-andere"},
            "expired": {"iat": now - 900, "exp": now - 600},
            "audience": {"aud": "een-ander-portaal"},
            "issuer": {"iss": "https://boos.example/op"},
            "azp": {"azp": "een-ander-portaal"},
            "not_fresh": {"auth_time": now - 3600},
        }
        claims |= wrong.get(self.fault, {})
        if self.fault == "no_expiry":
            del claims["exp"]
        if self.fault == "alg_none":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": KID})
        if self.fault == "hs256":
            return jwt.encode(claims, SECRET * 2, algorithm="HS256", headers={"kid": KID})
        key = self.other_key if self.fault == "signature" else self.key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": KID})


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def answer(self, status: int, body: Any = None, **headers: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        base = self.server.issuer
        if parts.path == "/op/.well-known/openid-configuration":
            self.answer(
                200,
                {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/v1/auth",
                    "token_endpoint": f"{base}/v1/token",
                    "jwks_uri": f"{base}/v1/keys",
                    "end_session_endpoint": f"{base}/v1/logout",
                },
            )
        elif parts.path == "/op/v1/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key()))
            self.answer(200, {"keys": [{**public, "kid": KID, "alg": "RS256", "use": "sig"}]})
        elif parts.path == "/op/v1/auth":
            self.authorize(asked)
        elif parts.path == "/op/v1/logout":
            self.server.seen.append({"at": "logout", **asked})
            self.answer(302, Location=asked["post_logout_redirect_uri"])
        elif parts.path == "/_seen":
            self.answer(200, self.server.seen)
        else:
            self.answer(404)

    def authorize(self, asked: dict[str, str]) -> None:
        self.server.seen.append({"at": "auth", **asked})
        right = (
            asked.get("client_id") == CLIENT
            and asked.get("response_type") == "code"
            and asked.get("code_challenge_method") == "S256"
            and "rrn" not in asked["scope"].split()
        )
        if not right:
            self.answer(400, {"error": "invalid_request"})
            return
        back: dict[str, str] = {"state": asked["state"]}
        if self.server.fault == "cancel":
            back["error"] = "access_denied"
        elif self.server.fault == "refuse":
            back["error"] = "server_error"
        else:
            back["code"] = secrets.token_urlsafe(16)
            self.server.codes[back["code"]] = asked
        if self.server.fault == "state":
            back["state"] = "een-andere"
        self.answer(302, Location=f"{asked['redirect_uri']}?{urlencode(back)}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/_control":
            ordered = json.loads(body)
            self.server.claims, self.server.fault = ordered["claims"], ordered["fault"]
            if ordered.get("forget"):
                self.server.seen.clear()
            self.answer(200)
        elif self.path == "/op/v1/token":
            self.redeem({name: values[0] for name, values in parse_qs(body).items()})
        else:
            self.answer(404)

    def redeem(self, asked: dict[str, str]) -> None:
        self.server.seen.append({"at": "token", **asked})
        if self.server.fault == "broken":
            self.answer(500)
            return
        given = self.server.codes.pop(asked.get("code", ""), None)
        if not self.is_client(asked) or given is None:
            self.answer(400, {"error": "invalid_grant"})
            return
        digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != given["code_challenge"] or asked["redirect_uri"] != given["redirect_uri"]:
            self.answer(400, {"error": "invalid_grant"})
            return
        if self.server.fault == "no_token":
            self.answer(200, {"access_token": "x"})
            return
        self.answer(200, {"access_token": "x", "id_token": self.server.id_token(given)})

    def is_client(self, asked: dict[str, str]) -> bool:
        """A secret by Basic, or a signature: the tests sign with the provider's own key."""
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if "client_assertion" not in asked:
            return self.headers.get("Authorization") == basic
        signed = jwt.decode(
            asked["client_assertion"],
            self.server.other_key.public_key(),
            algorithms=["RS256"],
            audience=f"{self.server.issuer}/v1/token",
        )
        return signed["iss"] == signed["sub"] == CLIENT


if __name__ == "__main__":
    provider = Provider()
    pem = provider.other_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    told = {"issuer": provider.issuer, "client_key": pem.decode()}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    provider.serve_forever()
