"""ID tokens: whose they are, made out to whom, signed with what; by an issuer on the loopback address."""

import asyncio
import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from cluster.settings import Oidc
from deployments.oidc import IdTokens, TokenError
from scoring.errors import SettingsError, UnreachableError
from tests.conftest import settings_at
from tests.deployments.front import Front


class Issuer:
    """A small OpenID provider: discovery, keys, tokens."""

    def __init__(self):
        self.keys = [RSAKey.generate_key(2048, {"kid": "rsa"}), ECKey.generate_key("P-256", {"kid": "ec"})]
        self.asked = []
        self.down = False
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                if issuer.down:
                    self.send_error(503)
                    return
                body = json.dumps(issuer.page(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def page(self, path):
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        return KeySet(self.keys).as_dict(private=False)

    def claims(self, **changes):
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "counterfoil",
            "sub": "ada",
            "iat": now,
            "exp": now + 300,
            "counterfoil_tenant": "acme",
            "counterfoil_role": "reviewer",
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, *, key=None, header=None, **changes):
        key = key or self.keys[0]
        head = {"alg": "RS256" if key.key_type == "RSA" else "ES256", "kid": key.kid} | (header or {})
        return jwt.encode(head, self.claims(**changes), key, algorithms=[head["alg"]])

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="module")
def running():
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture
def issuer(running):
    keys = list(running.keys)
    running.asked.clear()
    yield running
    running.keys[:], running.down = keys, False


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def read(issuer, *tokens, clock=None, pause=0.0, **settings):
    """What one reader makes of tokens, `pause` seconds of its clock apart: claims, or why there are none."""
    clock = clock or Clock()

    async def all_of_them():
        told = []
        async with httpx.AsyncClient() as client:
            reader = IdTokens(Oidc(issuer=issuer.url, **settings), client=client, clock=clock)
            for token in tokens:
                try:
                    told.append(await reader.read(token() if callable(token) else token))
                except (TokenError, UnreachableError) as error:
                    told.append(error)
                clock.now += pause
        return told

    return asyncio.run(all_of_them())


def test_who_a_token_is_about(issuer):
    (claims,) = read(issuer, issuer.token())
    assert (claims.subject, claims.tenant, claims.role) == ("ada", "acme", "reviewer")
    (by_curve,) = read(issuer, issuer.token(key=issuer.keys[1]))
    assert by_curve == claims
    (operator,) = read(issuer, issuer.token(counterfoil_tenant="*", counterfoil_role="admin"))
    assert operator.tenant is None


STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
UNSIGNED = "eyJhbGciOiJub25lIiwia2lkIjoicnNhIn0.e30."


def by_the_public_key(issuer):
    """The old trick: HS256, keyed with the public key that everybody may have."""
    parts = ({"alg": "HS256", "kid": "rsa"}, issuer.claims())
    signed = b".".join(urlsafe_b64encode(json.dumps(it).encode()).rstrip(b"=") for it in parts)
    mac = hmac.digest(issuer.keys[0].as_pem(private=False), signed, "sha256")
    return (signed + b"." + urlsafe_b64encode(mac).rstrip(b"=")).decode()


NOBODY = [
    (lambda it: it.token(iss="https://another.example"), "iss", "another issuer"),
    (lambda it: it.token(aud="another"), "aud", "made out to another"),
    (lambda it: it.token(aud=["counterfoil", "x"], azp="x"), "another application", "used by another"),
    (lambda it: it.token(exp=int(time.time()) - 31), "expired", "expired, past the leeway"),
    (lambda it: it.token(exp=None), "exp", "without an end"),
    (lambda it: it.token(sub=None), "sub", "about nobody"),
    (lambda it: it.token(nbf=int(time.time()) + 60), "", "not valid yet"),
    (lambda it: it.token(key=STRANGER), "not valid", "signed by a stranger under a known name"),
    (lambda it: it.token(counterfoil_role="root"), "is none of", "an unknown role"),
    (lambda it: it.token(counterfoil_role=None), "is none of", "no role"),
    (lambda it: it.token(counterfoil_tenant="../acme"), "names no tenant", "no name of a tenant"),
    (lambda it: it.token(counterfoil_tenant=None), "names no tenant", "no tenant"),
    (lambda it: it.token(counterfoil_tenant="*"), "names no tenant", "all tenants for a reviewer"),
    (lambda it: UNSIGNED, "not RS256 or ES256", "unsigned"),
    (by_the_public_key, "not RS256 or ES256", "signed with the public key as a secret"),
    (lambda it: it.token(key=it.keys[1], header={"kid": "rsa"}), "", "one key's name on another's"),
    (lambda it: "a.b.c", "is none", "three words"),
    (lambda it: it.token(sub="x" * 20_000), "too long", "endless"),
]


@pytest.mark.parametrize(("make", "said", "reason"), NOBODY, ids=[row[2] for row in NOBODY])
def test_a_token_that_is_nobodys(issuer, make, said, reason):
    (error,) = read(issuer, make(issuer))
    assert isinstance(error, TokenError), error
    assert said in str(error)


def test_the_leeway_forgives_a_slow_clock(issuer):
    (claims,) = read(issuer, issuer.token(exp=int(time.time()) - 20))
    assert claims.subject == "ada"


def test_keys_are_fetched_once_and_again_when_they_rotate(issuer):
    def rotated():
        issuer.keys[:] = [RSAKey.generate_key(2048, {"kid": "new"})]
        return issuer.token()

    told = read(issuer, issuer.token(), issuer.token(), rotated, issuer.token, pause=11)
    assert [getattr(it, "subject", it) for it in told] == ["ada"] * 4
    assert issuer.asked.count("/keys") == 2


def test_unknown_keys_do_not_make_us_ask_all_day(issuer):
    made_up = [issuer.token(key=STRANGER, header={"kid": f"made-up-{number}"}) for number in range(20)]
    told = read(issuer, issuer.token(), *made_up)
    assert all(isinstance(it, TokenError) for it in told[1:])
    assert issuer.asked.count("/keys") == 1


def test_known_keys_are_trusted_while_the_issuer_is_away_and_not_for_ever(issuer):
    token = issuer.token()

    def away():
        issuer.down = True
        return token

    clock = Clock()

    def hours_later():
        clock.now += 5000
        return token

    told = read(issuer, token, away, hours_later, clock=clock, pause=700)
    assert [getattr(it, "subject", None) for it in told] == ["ada", "ada", None]
    assert isinstance(told[2], UnreachableError)


def test_an_issuer_that_never_answered_is_no_caller_fault(issuer):
    issuer.down = True
    (error,) = read(issuer, issuer.token())
    assert isinstance(error, UnreachableError)


@pytest.mark.parametrize("url", ["http://login.example", "ftp://127.0.0.1", "login.example"])
def test_an_issuer_that_cannot_be_trusted(url):
    with pytest.raises(SettingsError, match="no address to trust"):
        IdTokens.of(Oidc(issuer=url))
    assert IdTokens.of(Oidc()) is None


def test_over_http_beside_keys(issuer, tmp_path):
    front = Front(settings_at(tmp_path / "home", oidc=Oidc(issuer=issuer.url)), open_access=True)
    assert front.ask("GET", "/v1/usage").status_code == 401, "with an issuer nothing is open"
    answer = front.ask("GET", "/v1/usage", key=issuer.token())
    assert (answer.status_code, answer.json()["tenant"]) == (200, "acme")
    assert front.ask("GET", "/v1/usage", key=front.key()).status_code == 200
    wrong = front.ask("GET", "/v1/usage", key=issuer.token(aud="another"))
    assert (wrong.status_code, "aud" in wrong.json()["detail"]) == (401, True)
    theirs = front.ask("GET", "/v1/usage", key=issuer.token(), params={"tenant": "rival"})
    assert theirs.status_code == 404
    forgotten = front.ask("GET", "/v1/usage", key=issuer.token(counterfoil_tenant="gone"))
    assert forgotten.status_code == 404
    front.close()
