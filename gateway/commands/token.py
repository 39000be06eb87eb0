"""``token inspect``: why a token is taken or refused, step by step, by the code that serves.

The token is read from standard input, never from an argument, which every user of the machine can list. Shown are names
of claims and words of the settings: no number, no name, nothing of the token itself.
"""

import asyncio
import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from connectors.clock import Clock, SystemClock
from gateway.commands.common import complain, config_option, echo_json, json_option, settings_of
from gateway.identity.claims import is_moment
from gateway.identity.credentials import MOST_BYTES
from gateway.identity.errors import IdentityError, InvalidToken
from gateway.identity.fetching import open_client
from gateway.identity.partners import Partners
from gateway.identity.possession import Binding, binding_of
from gateway.identity.signed import is_signed, read_signed
from gateway.judging import verifier_of
from gateway.settings import Settings, partners_of
from resolvers.access.caller import Caller

_SCHEMES = ("bearer", "dpop")


class Step(Struct, frozen=True):
    """One thing that is looked at."""

    about: str
    says: str


@click.group()
def token() -> None:
    """Look at access tokens."""


@token.command()
@config_option
@json_option
def inspect(config: Path, *, as_json: bool) -> None:
    """Say step by step what would be decided about the token on standard input."""
    settings = settings_of(config)
    shown = _read()
    with contextlib.redirect_stdout(sys.stderr):  # what the code that serves writes into its log
        judged = asyncio.run(_judged(shown, settings))
    steps = [*_told(shown, settings, SystemClock()), *judged]
    if as_json:
        echo_json({step.about: step.says for step in steps})
    else:
        for step in steps:
            click.echo(f"{step.about:<14}{step.says}")
    sys.exit(0 if steps[-1].about == "needs" else 1)


def _read() -> bytes:
    words = sys.stdin.readline(2 * MOST_BYTES).split()
    if words and words[0].lower() in _SCHEMES:
        words.pop(0)
    if len(words) != 1 or not words[0].isascii():
        complain("expected a token on standard input")
    return words[0].encode()


def _told(shown: bytes, settings: Settings, clock: Clock) -> Iterator[Step]:
    """What the token says of itself. Nothing of it is proved."""
    if not is_signed(shown):
        yield Step("form", "opaque: only its issuer knows what it says")
        return
    try:
        signed = read_signed(shown)
    except InvalidToken as error:
        yield Step("form", error.cause)
        return
    yield Step("form", "signed (JWS), as it says of itself and not proved yet:")
    issuers = {issuer.issuer: issuer for issuer in settings.authentication.issuers}
    issuer = signed.claims.get("iss")
    known = issuers.get(issuer) if isinstance(issuer, str) else None
    yield Step("issuer", known.issuer if known else "none of authentication.issuers")
    if known is None:
        return
    algorithm = signed.header.get("alg")
    fine = isinstance(algorithm, str) and algorithm in known.algorithms
    yield Step("algorithm", f"{algorithm}" if fine else f"none of {', '.join(known.algorithms)}")
    audience = signed.claims.get("aud")
    named = set(audience if isinstance(audience, list) else [audience]) & set(known.audiences)
    yield Step("audience", "this service" if named else "another service, or none")
    yield Step("ends", _ends(signed.claims, clock))
    yield Step("bound", _bound(signed.claims))
    yield Step("partner", _partner(signed.claims, known.issuer, known.claims.client_id, partners_of(settings)))
    ours = [name for names in _names(known.claims) for name in names if name in signed.claims]
    yield Step("claims", ", ".join(sorted(set(ours))) or "none that is looked for")


async def _judged(shown: bytes, settings: Settings) -> list[Step]:
    """What is decided, by the code that serves: it asks the issuer for its keys, and about the token if so agreed."""
    async with open_client() as http:
        verifier = verifier_of(settings, http=http, clock=SystemClock())
        try:
            verified = await verifier.judge(shown)
        except IdentityError as error:
            return [Step("decided", f"{error.status} {error.code}: {error.description}"), Step("because", error.cause)]
        finally:
            await verifier.aclose()
    return [Step("decided", _caller(verified.caller, settings)), Step("needs", _needs(verified.binding))]


def _ends(claims: Mapping[str, Any], clock: Clock) -> str:
    if not is_moment(claims.get("exp")):
        return "without a usable end"
    left = round(claims["exp"] - clock.now().timestamp())
    return f"in {left} s" if left > 0 else f"{-left} s ago"


def _bound(claims: Mapping[str, Any]) -> str:
    try:
        binding = binding_of(claims)
    except InvalidToken as error:
        return error.cause
    kinds = [name for name, value in (("a key", binding.key), ("a certificate", binding.certificate)) if value]
    return f"to {' and '.join(kinds)}" if kinds else "to nothing: a bearer token"


def _partner(claims: Mapping[str, Any], issuer: str, names: tuple[str, ...], partners: Partners) -> str:
    client = next((claims[name] for name in names if name in claims), None)
    registered = partners.of(issuer, client) if isinstance(client, str) else None
    if registered is None:
        return "no client of a partner"
    partner = registered.partner
    purposes = ", ".join(purpose.value for purpose in partner.purposes)
    return f"{registered.organisation}, {partner.role}, for {purposes}; bound: {partner.bound}"


def _names(claims: Struct) -> Iterator[tuple[str, ...]]:
    return (getattr(claims, name) for name in claims.__struct_fields__ if name != "birth_date_formats")


def _caller(caller: Caller, settings: Settings) -> str:
    needed = settings.authentication.required_assurance
    told = [f"taken: {caller.kind.value}", f"assurance {caller.assurance} ({needed} is needed for health data)"]
    if caller.organisation:
        told.append(f"organisation {caller.organisation}")
    if caller.purpose:
        told.append(f"purpose {caller.purpose.value}")
    told.append("a professional is named" if caller.professional else "no professional is named")
    told.append("a citizen's number is there" if caller.personal_id else "no citizen's number")
    told.append("time of sign-in known" if caller.authenticated_at else "time of sign-in unknown")
    return "; ".join(told)


def _needs(binding: Binding) -> str:
    needs = [
        sentence
        for sentence, value in (
            ("a DPoP proof of its key with every request", binding.key),
            ("a connection that proves its certificate", binding.certificate),
        )
        if value
    ]
    return " and ".join(needs) or "nothing else"
