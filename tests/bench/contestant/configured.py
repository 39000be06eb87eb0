"""The settings of a gateway that is measured, and the FHIR sources that it asks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

_GATEWAY = """\
version = 1
identifier_key = "env:BENCH_IDENTIFIER_KEY"
sources = "sources.toml"
development = true

[rates]
# Counted as ever, and never reached: a load generator is one address and one citizen.
per_citizen = 1_000_000_000
per_client = 1_000_000_000
per_address = 1_000_000_000
refusals = 1_000_000_000

[server]
listen = "127.0.0.1:{port}"
admin = "127.0.0.1:0"
shared = true
deadline = "60s"

[[authentication.issuers]]
issuer = "{issuer}"
audiences = ["citizen-graph"]
assurance = {{ LoA2 = 2 }}
allow_http = true
"""
_NOBODY = "http://127.0.0.1:9"

_SOURCE = """
[sources.{key}]
kind = "fhir"
category = "{category}"
name = "{name}"
url = "{url}"
holds = [{holds}]
found_by = "{found_by}"
patient_search = "direct"
search = "get"
capabilities = "ignore"
lacks = ["Claim"]
deadline = "{deadline}"
connect = "30s"
concurrency = 512
queue = 4096
max_body = "64MB"
"""
"""The upstreams know citizens by number alone and hold no statement of what they can do. Deadlines and turns are those
of a measurement: nothing is to be cut off because a load generator opens more connections than one core can serve."""


class Placed(Struct, frozen=True, kw_only=True):
    """One source of a measurement."""

    key: str
    category: str
    url: str
    holds: tuple[str, ...]
    always: bool = True
    """Whether it is asked about everybody; else within the bound for those to which nothing points."""
    deadline: str = "60s"


def of_the_harness(environment: Mapping[str, str]) -> list[Placed]:
    """The three sources at the addresses that the harness names."""
    each = (
        ("hospital", ("Demographics", "Encounter", "Condition", "Observation")),
        ("vaccination", ("Immunization",)),
        ("insurance", ("Coverage", "Claim")),
    )
    return [Placed(key=key, category=key.upper(), url=environment[key.upper()], holds=classes) for key, classes in each]


def written(folder: Path, *, port: int, sources: Sequence[Placed], issuer: str | None = None) -> Path:
    """Write both files into that folder; the path of the settings.

    Args:
        folder: made if need be.
        port: to listen at.
        sources: whom to ask.
        issuer: whose tokens are believed; by default nobody's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    blocks = [
        _SOURCE.format(
            key=source.key,
            category=source.category,
            name=source.key.capitalize(),
            url=source.url,
            holds=", ".join(f'"{name}"' for name in source.holds),
            found_by="always" if source.always else "probing",
            deadline=source.deadline,
        )
        for source in sources
    ]
    (folder / "sources.toml").write_text("".join(blocks), encoding="utf-8")
    settings = folder / "gateway.toml"
    settings.write_text(_GATEWAY.format(port=port, issuer=issuer or _NOBODY), encoding="utf-8")
    return settings
