"""A citizen whose record is split over three systems is told the same as if one held it all, provenance apart."""

import asyncio
import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.golden.answering import golden_gateway
from tests.golden.everything import everything
from tests.running import CityClock
from tests.sandbox.city import running_city
from tests.sandbox.contents import Contents, Json
from tests.sandbox.people import everyone
from tests.sandbox.populate import contents_of

PEOPLE = ("phuc", "an", "mai", "ngoc")
ALL_IN = "hospital-a"
PLACES: Mapping[str, tuple[str, frozenset[str]]] = {
    "hospital-a": (
        "visits",
        frozenset({"Encounter", "Condition", "AllergyIntolerance", "EpisodeOfCare", "Appointment", "ServiceRequest"}),
    ),
    "hospital-b": ("results", frozenset({"Observation", "DiagnosticReport"})),
    "vaccination": ("all else", frozenset()),
}
"""What each of the three systems holds. Whom and what records point to (people, places, medicines) stands in all."""
BESIDE = frozenset({"Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "Medication"})
LINKS = frozenset({"encounter", "context"})
"""References that hold within one system alone: in both cities they are left out."""
APART = frozenset({"id", "facility", "provenance", "completeness", "sources", "notAsked"})
"""Of an answer: where it stands, who was asked, ids, which are made from that, and the place that a source serves."""
HOLDS = 'holds = ["Immunization"]\n'
AS_HOSPITAL = (
    'holds = ["Encounter", "Condition", "Allergy", "Medication", "Observation", "Immunization", "Report", "Procedure", '
    '"Document", "Referral", "Appointment", "CarePlan"]\n'
)


def in_one() -> Contents:
    """The city in which one hospital holds all that it knows in the stories, and nobody else anything clinical."""
    return _with({ALL_IN: _resources()})


def in_three() -> Contents:
    """The city in which the same resources lie in three systems, by their type."""
    split: dict[str, list[Json]] = {place: [] for place in PLACES}
    for resource in _resources():
        kind = resource["resourceType"]
        own = [place for place, (_, kinds) in PLACES.items() if kind in kinds]
        for place in PLACES if kind in BESIDE else own or ["vaccination"]:
            split[place].append(resource)
    return _with(split)


def _with(resources: Mapping[str, Sequence[Json]]) -> Contents:
    contents = contents_of(everyone())
    empty: dict[str, Any] = {"dossiers": {}, "histories": {}, "files": {}, "book": {}, "appointments": {}, "faults": {}}
    return dataclasses.replace(contents, resources=resources, **empty)


def _resources() -> list[Json]:
    held = contents_of(everyone()).resources[ALL_IN]
    return [{name: value for name, value in resource.items() if name not in LINKS} for resource in held]


def told_by(contents: Contents, folder: Path) -> dict[str, Any]:
    """Everything about those people in that city, in no order."""
    clock = CityClock()
    with (
        running_city(contents, clock=clock) as city,
        golden_gateway(city, folder, clock, hold=f"{HOLDS} -> {AS_HOSPITAL}") as gateway,
    ):

        async def one(key: str) -> Any:
            answer = await gateway.ask(f"{{ me {everything(first=200)} }}", token=city.eid.token_for(key))
            return _bare(answer.data["me"])

        return {key: asyncio.run(one(key)) for key in PEOPLE}


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(inner) for name, inner in value.items() if name not in APART}
    if isinstance(value, list):
        return sorted((_bare(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is told in the one city, and in the other."""
    return told_by(in_one(), tmp_path_factory.mktemp("one")), told_by(in_three(), tmp_path_factory.mktemp("three"))


@pytest.mark.parametrize("person", PEOPLE)
def test_a_record_in_three_systems_is_told_as_in_one(both: tuple[dict[str, Any], dict[str, Any]], person: str) -> None:
    """Section by section: lists, counts, joined facts, and all that is derived from them."""
    one, three = both[0][person], both[1][person]

    assert len(one["observations"]["nodes"]) > 10
    assert one.keys() == three.keys()
    for section in one:
        assert three[section] == one[section], section


def test_the_three_systems_hold_different_things() -> None:
    """Otherwise nothing would be proved."""
    held = {
        place: {resource["resourceType"] for resource in resources} - BESIDE
        for place, resources in in_three().resources.items()
    }

    assert all(held.values())
    assert sum(map(len, held.values())) == len(set().union(*held.values()))
