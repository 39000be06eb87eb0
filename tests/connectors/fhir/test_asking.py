"""A server that sends the elements that are asked for, and nothing else, is read like one that sends everything."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest

from connectors.fhir.asking import elements_of, wording
from connectors.fhir.held import HELD, Held
from connectors.fhir.mapping.elements import Unreadable
from connectors.records import Observation, Record
from tests.connectors.fhir.foreign import Resource, copies, resources_of
from tests.connectors.fhir.reading import around
from tests.connectors.fhir.samples import HOA, options
from tests.connectors.fhir.shelf import shelf
from tests.sandbox.people import everyone
from tests.sandbox.render import fhir

CHOICES = ("onset", "abatement", "value", "effective", "occurrence", "medication", "deceased", "serviced", "performed")


def by_json_name(name: str, wanted: set[str]) -> bool:
    return name in wanted


def by_element(name: str, wanted: set[str]) -> bool:
    """As R4 has it (3.1.1.5.9): a choice has one name, whatever type it takes."""
    return next((choice for choice in CHOICES if name.startswith(choice)), name) in wanted


def held_of(about: type[Record], resource: Resource) -> Held:
    return next(held for held in HELD[about] if held.type == resource["resourceType"])


def read(about: type[Record], resource: Resource) -> Any:
    """Every field of the record, or that there is none."""
    held = held_of(about, resource)
    try:
        record = held.to_record(msgspec.json.decode(msgspec.json.encode(resource), type=held.wire), around())
    except Unreadable:
        return Unreadable
    return msgspec.json.encode(record, enc_hook=str)


def compare(resources: list[Resource], keeps: Callable[[str, set[str]], bool]) -> set[str]:
    """Read each resource whole and cut; give the types that were seen."""
    types = {held.type: about for about, types in HELD.items() for held in types}
    known = [resource for resource in resources if resource["resourceType"] in types]
    for resource in known:
        about = types[resource["resourceType"]]
        wanted = {"resourceType", *elements_of(held_of(about, resource).wire).split(",")}
        cut = {name: value for name, value in resource.items() if keeps(name, wanted)}
        assert read(about, cut) == read(about, resource), resource["resourceType"]
    return {resource["resourceType"] for resource in known}


@pytest.mark.parametrize("keeps", [by_json_name, by_element])
def test_nothing_that_is_read_is_cut_from_the_city(keeps: Callable[[str, set[str]], bool]) -> None:
    seen = compare(fhir.resources(everyone(), "hospital-a") + fhir.resources(everyone(), "hospital-b"), keeps)
    assert seen >= {"Patient", "Encounter", "Condition", "AllergyIntolerance", "MedicationRequest", "Observation"}


@pytest.mark.skipif(not copies(), reason="The patients made by others are not here.")
@pytest.mark.parametrize("keeps", [by_json_name, by_element])
def test_nothing_that_is_read_is_cut_from_foreign_patients(keeps: Callable[[str, set[str]], bool]) -> None:
    _, file = copies()[0]
    assert "ExplanationOfBenefit" in compare(resources_of(file), keeps)


async def test_elements_are_asked_for_only_where_the_block_says_so() -> None:
    """And never together with what is included, which some servers would cut to the same elements."""
    server = shelf()
    await server.ask(Observation, HOA)
    await server.ask(Observation, HOA, elements=True)
    await server.ask(Observation, HOA, elements=True, include=("Observation:performer",))
    searches = [fields for path, fields in server.asked if path.startswith("POST Observation")]
    assert ["_elements" in fields for fields in searches] == [False, True, False]
    (named,) = searches[1]["_elements"]
    assert {"id", "meta", "contained", "subject", "value", "valueQuantity", "code"} <= set(named.split(","))
    assert "resourceType" not in named


@pytest.mark.parametrize(
    ("more", "ids", "asked"),
    [
        ({}, ("1",), {"patient": "1"}),
        ({}, ("a|1", "b&2"), {"patient": "a|1,b&2"}),
        ({"reference_parameter": "subject"}, ("1", "2"), {"subject": "Patient/1,Patient/2"}),
        ({"include": ("Observation:performer",)}, ("1",), {"patient": "1", "_include": "Observation:performer"}),
    ],
)
def test_the_words_of_a_source_serve_for_everybody(more: dict[str, Any], ids: tuple[str, ...], asked: Resource) -> None:
    """Put into words once; whom it is about and the slice are filled in, and cannot say anything else than that."""
    (held,) = HELD[Observation]
    words = wording(held, options("https://his.invalid/fhir", **more), None)
    for slice_ in ({}, {"date": ["ge2026-01-01", "le2026-02-01"]}, {"code": "a&b=c"}):
        query = parse_qsl(words.query(ids, held.wire, slice_))
        wanted = {**asked, "_count": "100"} | slice_
        assert sorted(query) == sorted(
            (name, value)
            for name, values in wanted.items()
            for value in ([values] if isinstance(values, str) else values)
        )
