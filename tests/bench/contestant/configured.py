"""The settings of the contestant: three FHIR sources at the addresses that the harness names."""

from collections.abc import Mapping
from pathlib import Path

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
deadline = "60s"

[[authentication.issuers]]
issuer = "{issuer}"
audiences = ["citizen-graph"]
assurance = {{ "2" = 2 }}
allow_http = true
"""

_SOURCE = """
[sources.{key}]
kind = "fhir"
category = "{category}"
name = "{name}"
url = "{url}"
holds = [{holds}]
found_by = "always"
patient_search = "direct"
search = "get"
capabilities = "ignore"
lacks = ["Claim"]
deadline = "60s"
connect = "30s"
concurrency = 512
queue = 4096
"""
"""The upstreams know citizens by number alone and hold no statement of what they can do. Deadlines and turns are those
of a measurement: nothing is to be cut off because a load generator opens more connections than one core can serve."""

_SOURCES = (
    ("hospital", "HOSPITAL", ("Demographics", "Encounter", "Condition", "Observation")),
    ("vaccination", "VACCINATION", ("Immunization",)),
    ("insurance", "INSURANCE", ("Coverage", "Claim")),
)


def written(folder: Path, *, environment: Mapping[str, str]) -> Path:
    """Write both files into that folder; the path of the settings.

    Args:
        folder: made if need be.
        environment: has ``PORT`` and an address for each of the three sources; ``ISSUER`` where tokens are proved.
    """
    folder.mkdir(parents=True, exist_ok=True)
    blocks = [
        _SOURCE.format(
            key=key,
            category=variable,
            name=key.capitalize(),
            url=environment[variable],
            holds=", ".join(f'"{name}"' for name in classes),
        )
        for key, variable, classes in _SOURCES
    ]
    (folder / "sources.toml").write_text("".join(blocks), encoding="utf-8")
    settings = folder / "gateway.toml"
    issuer = environment.get("ISSUER", "http://127.0.0.1:9")
    settings.write_text(_GATEWAY.format(port=environment["PORT"], issuer=issuer), encoding="utf-8")
    return settings
