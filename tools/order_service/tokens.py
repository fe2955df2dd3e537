"""Access tokens of the service's user pool, got as browsers and partners' systems get them."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tools.local_aws.server import Server

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class NoTokenError(Exception):
    """The user pool gave no token; the message is what it said."""


class _Fields(HTMLParser):
    """The fields of a page's form with their values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        field = dict(attrs)
        if tag == "input" and (name := field.get("name")):
            self.values[name] = field.get("value") or ""


def of_user(  # noqa: PLR0913  a sign-in has these parts
    server: Server,
    identity: Mapping[str, Any],
    name: str,
    password: str,
    scopes: Sequence[str],
    *,
    kind: str = "access_token",
) -> str:
    """Sign in on the user pool's page, as a browser does (authorization code with PKCE).

    Parameters
    ----------
    server
        The local AWS.
    identity
        The output of the same name.
    name, password
        Who signs in.
    scopes
        What the token is to be good for.
    kind
        Which of the tokens to return: access_token, id_token or refresh_token.

    Raises
    ------
    NoTokenError
        The user pool refused.
    """
    browser = _Browser(server)
    verifier = secrets.token_urlsafe(48)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    client_id, back_to = identity["client_id"], identity["redirect_uris"][0]
    asked = {
        "client_id": client_id,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "redirect_uri": back_to,
        "response_type": "code",
        "scope": " ".join(["openid", *scopes]),
        "state": secrets.token_urlsafe(16),
    }
    page = browser.get(f"/oauth2/authorize?{urlencode(asked)}")
    fields = _Fields(page.data.decode()).values | {"username": name, "password": password}
    sent_back = parse_qs(urlsplit(browser.post("/login", fields).headers.get("location", "")).query)
    if sent_back.get("state") != [asked["state"]] or "code" not in sent_back:
        raise NoTokenError(f"{name} could not sign in: {sent_back or page.data[:200]!r}")
    return browser.token(
        {
            "client_id": client_id,
            "code": sent_back["code"][0],
            "code_verifier": verifier,
            "grant_type": "authorization_code",
            "redirect_uri": back_to,
        },
        kind,
    )


def of_client(server: Server, client_id: str, secret: str, scopes: Sequence[str]) -> str:
    """Get a token as a partner's system does (client credentials).

    Raises
    ------
    NoTokenError
        The user pool refused.
    """
    return _Browser(server).token(
        {
            "client_id": client_id,
            "client_secret": secret,
            "grant_type": "client_credentials",
            "scope": " ".join(scopes),
        }
    )


class _Browser:
    """Asks the user pool's pages, and follows nothing by itself."""

    def __init__(self, server: Server) -> None:
        self._base = server.endpoint
        self._pool = urllib3.PoolManager(ca_certs=str(server.ca_bundle))

    def get(self, target: str) -> urllib3.BaseHTTPResponse:
        return self._pool.request("GET", self._base + target, redirect=False)

    def post(self, target: str, fields: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        body = urlencode(fields)
        return self._pool.request(
            "POST", self._base + target, body=body, headers=FORM, redirect=False
        )

    def token(self, fields: Mapping[str, str], kind: str = "access_token") -> str:
        answer = self.post("/oauth2/token", fields)
        if answer.status != 200:
            raise NoTokenError(answer.data[:200].decode(errors="replace"))
        return str(json.loads(answer.data)[kind])
