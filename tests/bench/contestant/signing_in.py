"""An issuer, and a token for every citizen of a measurement: for the contestant that leaves nothing out."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.gateway.identity.forging import claims, compact, header, public, rsa
from tests.gateway.identity.hostile_issuer import HostileIssuer, Stage
from tests.sandbox.eid.serving import address, free_socket, serving

AUDIENCE = "citizen-graph"
_LASTS = 6 * 3600


def people(folder: Path) -> list[tuple[str, str, str]]:
    """Number, name and birth date of each citizen, as their bundles have them."""
    found = []
    for number in (folder / "ids.txt").read_text(encoding="utf-8").split():
        bundle = json.loads((folder / "hospital" / "Patient" / f"{number}.json").read_text(encoding="utf-8"))
        patient = bundle["entry"][0]["resource"]
        found.append((number, patient["name"][0]["text"], patient["birthDate"]))
    return found


@contextmanager
def signed_in(citizens: Sequence[tuple[str, str, str]], tokens: Path) -> Iterator[str]:
    """The address of an issuer, for as long as the block lasts; the tokens of these citizens stand in that file."""
    bound = free_socket()
    issuer = HostileIssuer(address(bound))
    issuer.publish(public(rsa("k-rsa")))
    now = int(time.time())
    each = [
        compact(
            header("k-rsa"),
            claims(
                issuer.address,
                sub=f"citizen-{place}",
                aud=AUDIENCE,
                iat=now,
                auth_time=now - 5,
                exp=now + _LASTS,
                citizen_pid=number,
                name=name,
                birthdate=born,
                jti=str(place),
            ),
            key=rsa("k-rsa"),
        ).decode()
        for place, (number, name, born) in enumerate(citizens)
    ]
    tokens.write_text("\n".join(each) + "\n", encoding="utf-8")
    with serving(Stage(issuer), bound) as where:
        yield where
