"""Records of patients made by others, with every corner that their makers thought of, come through whole.

The files are not part of this repository. Where they lie is said by ``CITIZEN_GRAPH_FHIR_DATA``; without them there is
nothing to prove here.
"""

import gzip
import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from connectors.clock import SystemClock
from connectors.contract import Question, Subject
from connectors.fhir.client import FhirSource
from connectors.fhir.held import HELD
from connectors.records import Claim, Coverage, Demographics, Immunization, PartialDate, Record
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir.samples import options
from tests.connectors.fhir.shelf import BASE, Shelf
from tests.sandbox.servers.fhir import fhir_app
from tests.sandbox.servers.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("CITIZEN_GRAPH_FHIR_DATA") or ROOT.parent / "shared" / "data" / "fhir")

UNREADABLE: dict[tuple[type[Record], str], str] = {
    (Immunization, "historical"): "its only date is 'January 2012', in words",
}
"""Resources that are counted as dropped, and why. Beside them: cards without any number (``_has_no_number``)."""

Resource = dict[str, Any]


@cache
def manifest() -> Resource:
    path = FOLDER / "manifest.json"
    return dict(orjson.loads(path.read_bytes())) if path.is_file() else {"patients": []}


def copies() -> list[Any]:
    """Every patient at every hospital that has a file about them."""
    return [
        pytest.param(patient, file, id=file["file"])
        for patient in manifest()["patients"]
        for file in patient["files"]
        if file["site"] != "ips"
    ] or [pytest.param(None, None, marks=pytest.mark.skip(reason="The patients of others are not on this machine."))]


def resources_of(file: Resource) -> list[Resource]:
    content = orjson.loads(gzip.decompress((FOLDER / file["file"]).read_bytes()))
    return [entry["resource"] for entry in content["entry"]]


def unreadable(about: type[Record], resource: Resource) -> bool:
    no_number = about is Coverage and not resource.get("subscriberId") and not resource.get("identifier")
    return no_number or (about, resource["id"]) in UNREADABLE


def withdrawn(resource: Resource) -> bool:
    verification = resource.get("verificationStatus", {}).get("coding", [{}])[0].get("code")
    return "entered-in-error" in (resource.get("status"), verification)


def source_of(about: type[Record], resources: list[Resource]) -> FhirSource:
    """The sandbox's server; it has no insurance, so that is read from the shelf."""
    more = {"identifier_system": manifest()["identifierSystem"], "max_pages": 200}
    if about in (Claim, Coverage):
        return Shelf(resources).source(**more)
    known = [resource for resource in resources if resource["resourceType"] in PARAMETERS]
    transport = httpx.ASGITransport(fhir_app(known, base_url=BASE))
    return FhirSource("hospital", options(BASE, **more), clock=SystemClock(), transport=transport)


@pytest.mark.parametrize(("patient", "file"), copies())
async def test_every_resource_becomes_a_record(patient: Resource, file: Resource) -> None:
    """For each class: as many records as the file has resources; what is missing is counted, by name of the reason."""
    resources = resources_of(file)
    subject = Subject(
        ref="0123456789abcdef",
        personal_id=patient["cccd"],
        name=patient["name"],
        birth_date=PartialDate(patient["birthDate"]),
    )
    for about, held in HELD.items():
        source, inquiry = source_of(about, resources), inquiry_of(30)
        answer = await source.ask(Question(about=about), grant_for(subject, about), inquiry)
        await inquiry.close()
        await source.close()
        mine = [r for r in resources if r["resourceType"] == held.type and not withdrawn(r)]
        lost = [r["id"] for r in mine if unreadable(about, r)]
        ids = Counter(record.provenance[0].source_record_id for record in answer.records)
        assert (answer.dropped, answer.truncated) == (len(lost), False), about
        assert ids == Counter(r["id"] for r in mine if r["id"] not in lost), about
        assert about is not Demographics or len(answer.records) == 1
