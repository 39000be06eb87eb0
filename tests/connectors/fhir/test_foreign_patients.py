"""Patients made by others, with every corner that their makers thought of, come through whole.

The files are no part of this repository (see ``foreign``); without them there is nothing to prove here.
"""

import httpx
import pytest

from connectors.clock import SystemClock
from connectors.contract import Question
from connectors.fhir.client import FhirSource
from connectors.fhir.held import HELD
from connectors.records import Claim, Coverage, Record
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir.foreign import Resource, copies, expect_whole, manifest, resources_of, subject_of
from tests.connectors.fhir.samples import options
from tests.connectors.fhir.shelf import BASE, Shelf
from tests.sandbox.servers.fhir import fhir_app
from tests.sandbox.servers.parameters import PARAMETERS

COPIES = [pytest.param(patient, file, id=file["file"]) for patient, file in copies()] or [
    pytest.param({}, {}, marks=pytest.mark.skip(reason="The patients of others are not on this machine."))
]


def source_of(about: type[Record], resources: list[Resource]) -> FhirSource:
    """The sandbox's server; it has no insurance, so that is read from the shelf."""
    more = {"identifier_system": manifest()["identifierSystem"], "max_pages": 200}
    if about in (Claim, Coverage):
        return Shelf(resources).source(**more)
    known = [resource for resource in resources if resource["resourceType"] in PARAMETERS]
    transport = httpx.ASGITransport(fhir_app(known, base_url=BASE))
    return FhirSource("hospital", options(BASE, **more), clock=SystemClock(), transport=transport)


@pytest.mark.parametrize(("patient", "file"), COPIES)
async def test_every_resource_becomes_a_record(patient: Resource, file: Resource) -> None:
    """For each class of record, over real search and paging."""
    resources, subject = resources_of(file), subject_of(patient)
    for about in HELD:
        source, inquiry = source_of(about, resources), inquiry_of(30)
        answer = await source.ask(Question(about=about), grant_for(subject, about), inquiry)
        await inquiry.close()
        await source.close()
        expect_whole(answer, about, resources)
