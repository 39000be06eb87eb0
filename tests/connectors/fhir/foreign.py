"""Patients made by others, as files that are no part of this repository: where they lie, and what to expect of them.

The folder is named by ``CITIZEN_GRAPH_FHIR_DATA``.
"""

import gzip
import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from connectors.contract import Answer, Subject
from connectors.fhir.held import HELD
from connectors.records import (
    CarePlan,
    Coverage,
    Immunization,
    PartialDate,
    Pregnancy,
    PrimaryCare,
    Procedure,
    Record,
    Referral,
)
from tests.connectors.fhir.shelf import ids

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("CITIZEN_GRAPH_FHIR_DATA") or ROOT.parent / "shared" / "data" / "fhir")

UNREADABLE: dict[tuple[type[Record], str], str] = {
    (Immunization, "historical"): "its only date is 'January 2012', in words",
    (Procedure, "appendectomy-narrative"): "nothing but a narrative: no code",
    (CarePlan, "obesity-narrative"): "nothing but a narrative: no title, no category, no activity",
}
"""Resources that are counted as dropped, and why. Beside them: cards without any number."""

Resource = dict[str, Any]


@cache
def manifest() -> Resource:
    path = FOLDER / "manifest.json"
    return dict(orjson.loads(path.read_bytes())) if path.is_file() else {"patients": []}


def copies() -> list[tuple[Resource, Resource]]:
    """Every patient with every file about them: a person may be known to two hospitals."""
    return [(patient, file) for patient in manifest()["patients"] for file in patient["files"] if file["site"] != "ips"]


def subject_of(patient: Resource) -> Subject:
    """Whom to ask for."""
    born = PartialDate(patient["birthDate"])
    return Subject(
        ref=f"ref-{patient['cccd'][-3:]}", personal_id=patient["cccd"], name=patient["name"], birth_date=born
    )


def resources_of(file: Resource) -> list[Resource]:
    content = orjson.loads(gzip.decompress((FOLDER / file["file"]).read_bytes()))
    return [entry["resource"] for entry in content["entry"]]


def unreadable(about: type[Record], resource: Resource) -> bool:
    no_number = about is Coverage and not resource.get("subscriberId") and not resource.get("identifier")
    return no_number or (about, resource["id"]) in UNREADABLE


def stood_for(resource: Resource, resources: list[Resource]) -> bool:
    """Whether it is a Claim about which an ExplanationOfBenefit says more."""
    told = {benefit.get("claim", {}).get("reference") for benefit in resources if "claim" in benefit}
    return f"{resource['resourceType']}/{resource['id']}" in told


def strangers(resource: Resource) -> bool:
    """Whether it is about somebody who is only named ("Jane Doe"): no search by Patient finds it."""
    return "reference" not in resource.get("subject", {"reference": ""})


def withdrawn(resource: Resource) -> bool:
    verification = resource.get("verificationStatus", {}).get("coding", [{}])[0].get("code")
    return "entered-in-error" in (resource.get("status"), verification)


def expect_whole(answer: Answer[Record], about: type[Record], resources: list[Resource]) -> None:
    """Every resource of the type has become a record, once; what could not be read is counted and has a reason."""
    first, *others = (held.type for held in HELD[about])
    mine = [r for r in resources if r["resourceType"] in (first, *others) and not withdrawn(r) and not strangers(r)]
    if about in (Referral, PrimaryCare, Pregnancy):
        # Their requests are orders, no team has the part of a family doctor, no episode is a pregnancy.
        mine = []
    lost = [r["id"] for r in mine if unreadable(about, r)]
    kept = [r for r in mine if r["id"] not in lost and not stood_for(r, resources)]
    names = [r["id"] if r["resourceType"] == first else f"{r['resourceType']}/{r['id']}" for r in kept]
    assert Counter(ids(answer)) == Counter(names), about
    assert (answer.dropped, answer.truncated) == (len(lost), False), about
