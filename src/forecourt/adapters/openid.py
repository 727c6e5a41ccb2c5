"""OpenID Connect, our side: asks a dealer's identity provider who somebody is (authorization code flow with PKCE).

Only what the standard makes sure is believed: the issuer names itself, the ID token is signed by one of its keys with an asymmetric
algorithm, is for us, is fresh and carries our nonce. What is asked goes through `outside`, never to a private address.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import jwt

from forecourt.adapters import outside
from forecourt.kernel.errors import Rejected, TryLater

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_LEEWAY_SECONDS: Final = 60


@dataclass(frozen=True)
class Provider:
    """What a provider says of itself."""

    issuer: str
    authorization: str
    token: str
    keys: str
    takes_basic: bool


@dataclass(frozen=True)
class Question:
    """One attempt to sign in: kept in the session until the browser comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """Who it is, in the provider's words."""

    subject: str
    email: str
    is_verified: bool


def discover(issuer: str) -> Provider:
    """The provider's own description; Rejected if it is none or not of this issuer, TryLater if it does not answer."""
    issuer = issuer.rstrip("/")
    found = _json("GET", f"{issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != issuer:
        raise Rejected("it calls itself something else")
    try:
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return Provider(
            issuer=str(found["issuer"]),
            authorization=_checked(str(found["authorization_endpoint"])),
            token=_checked(str(found["token_endpoint"])),
            keys=_checked(str(found["jwks_uri"])),
            takes_basic="client_secret_basic" in methods,
        )
    except KeyError as error:
        raise Rejected(f"it says nothing of {error}") from error


def question() -> Question:
    return Question(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


def address(provider: Provider, asked: Question, *, client_id: str, back: str, email: str = "", again: bool = False) -> str:
    """Where the browser goes. `again`: the person shows anew that it is them."""
    digest = hashlib.sha256(asked.verifier.encode()).digest()
    values = {
        "response_type": "code", "client_id": client_id, "redirect_uri": back, "scope": "openid email", "state": asked.state,
        "nonce": asked.nonce, "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), "code_challenge_method": "S256",
        **({"login_hint": email} if email else {}), **({"prompt": "login"} if again else {}),
    }  # fmt: skip
    joint = "&" if urlsplit(provider.authorization).query else "?"
    return f"{provider.authorization}{joint}{urlencode(values)}"


def answer(provider: Provider, asked: Question, *, code: str, client_id: str, secret: str, back: str) -> Person:
    """Whom the code stands for; Rejected for anything that does not fit."""
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": asked.verifier}
    headers = {}
    if provider.takes_basic:
        pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        sent |= {"client_id": client_id, "client_secret": secret}
    told = _json("POST", provider.token, form=sent, headers=headers)
    claims = _claims(provider, str(told.get("id_token", "")), client_id)
    if not secrets.compare_digest(str(claims.get("nonce", "")), asked.nonce):
        raise Rejected("the answer is to another question")
    return Person(str(claims["sub"]), str(claims.get("email", "")), claims.get("email_verified") is True)


def _claims(provider: Provider, token: str, client_id: str) -> dict[str, Any]:
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        keys = jwt.PyJWKSet.from_dict(_json("GET", provider.keys)).keys
        key = next(key for key in keys if kid is None or key.key_id == kid)
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=list(ALGORITHMS), audience=client_id, issuer=provider.issuer, leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "sub", "aud", "iss"]},
        )  # fmt: skip
    except (jwt.PyJWTError, StopIteration) as error:
        raise Rejected("its answer is not signed as it should be") from error
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != client_id:
        raise Rejected("its answer is for somebody else too")
    return claims


def _checked(url: str) -> str:
    outside.checked(url)
    return url


def _json(method: str, url: str, *, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    told = {"Accept": "application/json", **({"Content-Type": "application/x-www-form-urlencoded"} if form else {}), **(headers or {})}
    answer = outside.ask(method, url, body=urlencode(form or {}).encode(), headers=told)
    if answer.status >= 500:
        raise TryLater(f"status {answer.status}")
    try:
        found = json.loads(answer.body) if answer.status == 200 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Rejected(f"status {answer.status}")
    return found
