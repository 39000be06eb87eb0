"""What a client of the e-ID sends and reads while somebody signs in."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc.jwk import KeySet

from tests.sandbox.eid.visitor import _PENDING, _s256

CALLBACK = "http://127.0.0.1:1/callback"
EXPLORER = "http://127.0.0.1:1/sign-in/callback"
GOODBYE = "http://127.0.0.1:1/bye"
VERIFIER = "v" * 43


@dataclass(frozen=True)
class Someone:
    key: str
    personal_id: str
    name: str
    birth_date: date
    story: str


PEOPLE = (
    Someone("an", "079175998001", "Nguyễn Thị Mẫu Ân", date(1975, 3, 2), "Two hospitals know her."),
    Someone("bao", "079085998002", "Trần Mẫu <b>Bảo</b>", date(1985, 7, 9), 'A father & "tester".'),
)


def asked(**other: str | None) -> dict[str, str]:
    usual: dict[str, str | None] = {
        "response_type": "code",
        "client_id": "citizen-app",
        "redirect_uri": CALLBACK,
        "scope": "openid profile health.read",
        "state": "st",
        "nonce": "no",
        "code_challenge": _s256(VERIFIER),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in {**usual, **other}.items() if value is not None}


async def choose(http: httpx.AsyncClient, level: str = "LoA2", **other: str | None) -> str:
    """Sign in and give the code."""
    shown = await http.get("/authorize", params=asked(**other))
    found = _PENDING.search(shown.text)
    assert found is not None, shown.text
    form = {"pending": found.group(1), "person": "an", "level": level}
    return back_at(await http.post("/authorize/choice", data=form))["code"]


def back_at(answer: httpx.Response) -> dict[str, str]:
    """Give the parameters with which the client was called back."""
    assert answer.status_code == 303, answer.text
    location = answer.headers["location"]
    assert location.startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def exchange(granted: str, **other: str) -> dict[str, str]:
    usual = {
        "grant_type": "authorization_code",
        "client_id": "citizen-app",
        "code": granted,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    return {**usual, **other}


async def keys_of(http: httpx.AsyncClient) -> KeySet:
    return KeySet.import_key_set((await http.get("/jwks")).json())
