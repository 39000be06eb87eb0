"""An OpenID provider that somebody else wrote: its tokens are taken by configuration alone, for what they are worth.

Three tests need such a provider. Any will do that signs its access tokens, writes the citizen's number into ``sub``
and knows the audience ``gateway-test``; tell them its address and a fresh access token of a citizen::

    CITIZEN_GRAPH_OIDC_PEER=http://127.0.0.1:19100 CITIZEN_GRAPH_OIDC_TOKEN=ey... pytest tests/gateway/identity

What was seen of Canaille 0.3.6, which OAuth leaves to each provider: ``typ`` is ``JWT`` and not ``at+jwt``; the
audience is the client; no claim names the client, the scope, the full name, the birth date or the assurance. The ID
token differs by its ``nonce`` and ``at_hash`` alone. The other tests show such a token to the same configuration.
Whether a token is good it tells only to clients with a shared secret (``client_secret_basic``), which this gateway does
not use towards issuers; so its revoked tokens are good until they expire.
"""

import os
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.clock import SystemClock
from connectors.options import read
from gateway.identity import Fault, IssuerSettings, Verifier
from resolvers.access.caller import Caller, CallerKind
from tests.gateway.identity.forging import NUMBER, claims, compact, ec, header, settings_for
from tests.gateway.identity.hostile_issuer import HostileIssuer
from tests.gateway.identity.judging import accepted, fault_of
from tests.sandbox.eid.held_clock import HeldClock

PEER, TOKEN = os.environ.get("CITIZEN_GRAPH_OIDC_PEER"), os.environ.get("CITIZEN_GRAPH_OIDC_TOKEN")
peer = pytest.mark.skipif(
    not (PEER and TOKEN),
    reason="no foreign OpenID provider: CITIZEN_GRAPH_OIDC_PEER and CITIZEN_GRAPH_OIDC_TOKEN are not set",
)

CONFIGURATION = """
issuer = "{issuer}"
audiences = ["gateway-test"]
allow_http = true
token_types = ["JWT"]
assurance = {{ LoA1 = 1, LoA2 = 2 }}

[claims]
citizen_id = ["sub"]
client_id = ["iss"]      # its tokens do not say for which client: the issuer answers for all of them
"""


def configured(issuer: str) -> IssuerSettings:
    """What stands in a gateway's file for such an issuer."""
    table = tomllib.loads(CONFIGURATION.format(issuer=issuer))
    return read(IssuerSettings, table, where="issuers[0]", folder=Path(), environment=lambda _name: None)


def foreign(issuer: str, **other: Any) -> bytes:
    """A token as that provider writes it, signed with ES256."""
    body = claims(
        issuer,
        sub=NUMBER,
        aud=["citizen-app", "gateway-test"],
        given_name="Thị Mẫu Ân",
        family_name="Nguyễn",
        email="an@example.org",
        **dict.fromkeys(("client_id", "scope", "acr", "citizen_pid", "name", "birthdate")),
    )
    return compact(header("k-ec", "ES256", typ="JWT"), {**body, **other}, key=ec("k-ec"), sign="ES256")


def assert_nothing_is_made_up(caller: Caller) -> None:
    """Assurance that nobody stated is the lowest, and what the token does not say stays unsaid."""
    assert (caller.kind, caller.personal_id) == (CallerKind.CITIZEN, caller.subject)
    assert (caller.assurance, caller.scopes) == (0, frozenset())
    assert (caller.name, caller.birth_date) == (None, None)


@pytest.fixture
def at_foreign(lasting_issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock) -> Verifier:
    return Verifier([configured(lasting_issuer.address)], http=http, clock=clock)


@pytest.fixture
async def at_peer(http: httpx.AsyncClient) -> AsyncIterator[Verifier]:
    made = Verifier([configured(PEER or "")], http=http, clock=SystemClock())
    yield made
    await made.aclose()


async def test_such_a_token_is_taken_for_what_it_says(lasting_issuer: HostileIssuer, at_foreign: Verifier) -> None:
    caller = await accepted(at_foreign, foreign(lasting_issuer.address))
    assert caller.personal_id == NUMBER
    assert_nothing_is_made_up(caller)


async def test_such_a_token_states_its_assurance_or_has_none(
    lasting_issuer: HostileIssuer, at_foreign: Verifier
) -> None:
    """There is no default to raise it: a list of methods (``amr``) or an unknown level is no level either."""
    for stated, level in (("LoA2", 2), ("urn:unknown", 0), (["LoA2"], 0)):
        assert (await accepted(at_foreign, foreign(lasting_issuer.address, acr=stated))).assurance == level
    assert (await accepted(at_foreign, foreign(lasting_issuer.address, amr=["hwk"]))).assurance == 0


@pytest.mark.parametrize("mark", [{"nonce": "n"}, {"at_hash": "h"}])
async def test_its_id_token_is_not_mistaken_for_an_access_token(
    lasting_issuer: HostileIssuer, at_foreign: Verifier, mark: dict[str, str]
) -> None:
    """Although type and audience are the same."""
    assert await fault_of(at_foreign, foreign(lasting_issuer.address, **mark)) is Fault.WRONG_TYPE


@peer
async def test_a_real_providers_token_is_taken(at_peer: Verifier) -> None:
    caller = await accepted(at_peer, (TOKEN or "").encode())
    assert caller.issuer == PEER
    assert_nothing_is_made_up(caller)


@peer
async def test_a_real_providers_token_is_not_taken_if_a_letter_of_it_is_changed(at_peer: Verifier) -> None:
    """That is, the keys it publishes were found and used."""
    head, body, signature = (TOKEN or "").split(".")
    other = "B" if signature[0] == "A" else "A"
    assert await fault_of(at_peer, f"{head}.{body}.{other}{signature[1:]}".encode()) is Fault.UNTRUSTED


@peer
async def test_a_real_providers_token_is_not_taken_unless_configured(http: httpx.AsyncClient) -> None:
    """By default only access tokens that say so are; and never one for another service."""
    strict = Verifier([settings_for(PEER or "", audiences=("gateway-test",))], http=http, clock=SystemClock())
    assert await fault_of(strict, (TOKEN or "").encode()) is Fault.WRONG_TYPE
    elsewhere = settings_for(PEER or "", audiences=("urn:another",), token_types=("JWT",))
    other = Verifier([elsewhere], http=http, clock=SystemClock())
    assert await fault_of(other, (TOKEN or "").encode()) is Fault.WRONG_AUDIENCE
    await strict.aclose()
    await other.aclose()
