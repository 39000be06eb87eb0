"""What is read where some fields are wanted is, for those fields, what is read where all are."""

import inspect
import types
import typing
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from connectors.fhir.bundle import Bundle
from connectors.fhir.held import HELD, Held
from connectors.fhir.joining import told
from connectors.fhir.mapping.around import Around
from connectors.fhir.mapping.reading import WORTH, Reading, Readings
from connectors.fhir.mapping.table import (
    AROUND,
    PROVENANCE,
    Of,
    Table,
    parameters_of,
    reads_resource,
)
from connectors.fhir.pages import Found
from connectors.records import Demographics, Observation, Record
from connectors.reply import Reply
from tests.connectors.fhir.any_resource import TYPES, any_resource
from tests.connectors.fhir.filled import HELDS, filled, without_each
from tests.connectors.fhir.reading import around, linked
from tests.connectors.fhir.samples import HOA, Resource, patient, weight
from tests.connectors.fhir.shelf import Shelf, bundle

INCLUDED = linked(
    {"resourceType": "Organization", "id": "o1", "name": "Bệnh viện Mẫu B", "identifier": [{"system": "urn:facility"}]},
    {"resourceType": "Condition", "id": "c1", "code": {"text": "Bệnh Mẫu"}},
)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = {"content-type": "application/fhir+json"}
EACH = pytest.mark.parametrize("held", HELDS, ids=lambda held: f"{held.table.record.__name__}-{held.type}")


STAMP = around().stamp


def near() -> Around:
    """What is known around every resource here."""
    return around(included=INCLUDED, stamp=STAMP)


def made(reading: Reading, resource: Resource) -> tuple[Record | None, int]:
    """The record of one resource, if it is one, and whether it could not be read."""
    try:
        decoded = reading.one.decode(msgspec.json.encode(resource))
    except msgspec.ValidationError:
        return None, 1
    records, dropped = reading.build((decoded,), near())
    return next(iter(records), None), dropped


def shown(record: Record, names: Iterable[str]) -> dict[str, Any]:
    """Those fields of a record and its provenance; what stands there always is among them."""
    (provenance,) = record.provenance
    told = {name: getattr(provenance, name) for name in ("source_record_id", "retrieved_at", *names) if name in SAID}
    return told | {name: getattr(record, name) for name in names if hasattr(record, name)}


SAID = frozenset({"source_record_id", "retrieved_at"}) | PROVENANCE


def same(held: Held, resource: Resource, wanted: frozenset[str]) -> bool:
    """Whether the fields come out alike, and whether it was a record at all."""
    whole, dropped = made(held.readings.whole, resource)
    narrow, _ = made(held.readings.narrowed(wanted), resource)
    if whole is None:
        # What is not wanted cannot make a resource unreadable; and what was left out by decision stays so.
        assert narrow is None or dropped
        return False
    assert narrow is not None
    names = wanted | held.table.needed
    assert shown(narrow, names) == shown(whole, names)
    return True


@EACH
@pytest.mark.parametrize("form", range(2))
def test_each_field_alone_is_what_it_is_beside_the_others(held: Held, form: int) -> None:
    """With every element there, and with each missing in turn, so that another one has to speak for it."""
    fields = {*held.table.fields, *PROVENANCE}
    assert same(held, filled(held, form=form), frozenset(fields))
    for resource in without_each(filled(held, form=form)):
        for field in fields:
            same(held, resource, frozenset({field}))


@UNHURRIED
@given(st.sampled_from(TYPES).flatmap(lambda held: st.tuples(st.just(held), any_resource(held, "r0"))), st.data())
def test_any_fields_of_any_resource_are_what_they_are_beside_the_others(
    one: tuple[Held, Resource], data: st.DataObject
) -> None:
    held, resource = one
    wanted = data.draw(st.frozensets(st.sampled_from(sorted({*held.table.fields, *PROVENANCE, "id"}))))
    same(held, resource, wanted)


@st.composite
def a_page(draw: st.DrawFn) -> tuple[Held, list[Resource], frozenset[str]]:
    """Resources that may share any element, some of them unreadable or under one id, and some fields."""
    held = draw(st.sampled_from(TYPES))
    some = [draw(any_resource(held, f"r{number}")) for number in range(2)]
    names = sorted({name for one in some for name in one} - {"id", "resourceType"})
    mixed = st.lists(st.sampled_from(some), min_size=len(names), max_size=len(names)).map(
        lambda chosen: {name: one[name] for name, one in zip(names, chosen, strict=True) if name in one}
    )
    page = [
        draw(mixed) | {"resourceType": held.type, "id": draw(st.sampled_from(["r0", "r1", "r2", "r3", ""]))}
        for _ in range(draw(st.integers(1, 5)))
    ]
    return held, page, draw(st.frozensets(st.sampled_from(sorted({*held.table.fields, *PROVENANCE}))))


@UNHURRIED
@given(a_page())
def test_a_page_is_what_its_resources_are_one_by_one(one: tuple[Held, list[Resource], frozenset[str]]) -> None:
    """Read in one go or not, whole or narrowly: what was made of one resource is never taken for another's."""
    held, page, wanted = one
    for reading in (held.readings.whole, held.readings.narrowed(wanted)):
        in_one_go, one_by_one = Found(reading), Found(reading)
        in_one_go.read(Reply(status=200, headers=JSON, body=msgspec.json.encode(bundle(page))))
        one_by_one.take(msgspec.json.decode(msgspec.json.encode(bundle(page)), type=Bundle))
        together = told(in_one_go, near())
        assert together == told(one_by_one, near())
        readable = [resource for resource in page if can_be_read(reading, resource)]
        first = {resource["id"]: resource for resource in reversed(readable)}
        alone = [made(reading, first[id_]) for id_ in dict.fromkeys(resource["id"] for resource in readable)]
        assert list(together.records) == [record for record, _ in alone if record is not None]
        assert together.dropped == sum(dropped for _, dropped in alone) + len(page) - len(readable)


def can_be_read(reading: Reading, resource: Resource) -> bool:
    """Whether a resource can be decoded."""
    try:
        reading.one.decode(msgspec.json.encode(resource))
    except msgspec.ValidationError:
        return False
    return True


def test_what_was_made_of_an_element_is_not_taken_for_what_others_say() -> None:
    """Between two of one kind stand another kind, none at all, and one that cannot be read: it costs itself alone."""
    laboratory, vital = ([{"coding": [{"code": code}]}] for code in ("laboratory", "vital-signs"))
    said: list[Any] = [laboratory, vital, 5, laboratory, None, 5, 5, vital, laboratory]
    page = [filled(HELD[Observation][0]) | {"id": f"r{n}", "category": category} for n, category in enumerate(said)]
    del page[4]["category"]
    reading = HELD[Observation][0].readings.narrowed(frozenset({"category"}))
    found = Found(reading)
    found.read(Reply(status=200, headers=JSON, body=msgspec.json.encode(bundle(page))))
    answer = told(found, around())
    kinds = [(one.provenance[0].source_record_id, one.category.value) for one in answer.records]
    expected = ["laboratory", "vital-signs", None, "laboratory", "other", None, None, "vital-signs", "laboratory"]
    assert kinds == [(f"r{number}", kind) for number, kind in enumerate(expected) if kind is not None]
    assert answer.dropped == 3


@EACH
def test_a_resource_is_judged_whichever_fields_are_wanted(held: Held) -> None:
    """What should never have been is nobody's record, also for somebody who looks at nothing of it."""
    mistaken = {"status": "entered-in-error", "verificationStatus": {"coding": [{"code": "entered-in-error"}]}}
    if held.type == "Patient":
        return  # has no such word
    assert made(held.readings.narrowed(frozenset()), filled(held) | mistaken) == (None, 0)


@EACH
def test_nothing_is_read_that_no_wanted_field_needs(held: Held) -> None:
    """An element that is not read is not there: a look at it fails, and is never taken for nothing."""
    reading = held.readings.narrowed(frozenset())
    resource = reading.one.decode(msgspec.json.encode(filled(held)))
    left_out = {one.name for one in structs.fields(held.wire)} - {one.name for one in structs.fields(reading.wire)}
    assert left_out
    for name in left_out:
        with pytest.raises(AttributeError):
            getattr(resource, name)


@EACH
def test_a_maker_takes_every_element_as_it_is_read(held: Held) -> None:
    """Its parameter is of the type of the element: whatever form an element may have, the maker knows of it."""
    table = held.table
    elements = {one.name: one.type for one in structs.fields(held.wire)}
    assert table.fields.keys() <= {one.name for one in structs.fields(table.record)}
    assert not table.steps.keys() & elements.keys()
    for maker in makers(table):
        if isinstance(maker, str):
            assert maker in elements or maker in table.steps
            continue
        if isinstance(maker, Of):
            (parameter,) = inspect.signature(maker.make).parameters
            taken = parts(typing.get_type_hints(maker.make)[parameter])
            assert maker.element in table.steps or parts(elements[maker.element]) <= taken, maker
            continue
        hints = typing.get_type_hints(maker)
        if reads_resource(maker):  # of the part of the resource that its parameter is
            (of,) = (hints[name] for name in inspect.signature(maker).parameters)
            assert issubclass(held.wire, of)
            assert set(parameters_of(maker)) <= {one.name for one in structs.fields(of)}
            continue
        for name in inspect.signature(maker).parameters:
            expected = elements.get(name)
            if expected is None:
                assert name == AROUND or name in table.steps, name
            else:
                assert parts(expected) <= parts(hints[name]), (maker, name)


def makers(table: Table) -> list[Callable[..., Any] | Of | str]:
    given = [table.is_one, table.recorded, table.author, *table.fields.values(), *table.steps.values()]
    given += [points.of for points in table.points]
    several = (one if isinstance(one, tuple) else (one,) for one in given if one is not None)
    return [maker for some in several for maker in some]


def parts(kind: Any) -> set[Any]:
    union = typing.get_origin(kind) in (typing.Union, types.UnionType)
    return set(typing.get_args(kind)) if union else {kind}


def test_a_maker_that_names_what_is_not_there_is_found_before_anything_is_read() -> None:
    def _wrong(colour: str) -> str:
        return colour

    table = structs.replace(HELD[Observation][0].table, fields={"code": _wrong})
    with pytest.raises(LookupError, match="Observation has no colour"):
        Readings(table).narrowed(frozenset({"code"}))


def test_a_question_that_is_put_again_and_again_is_worth_a_reading_of_its_own() -> None:
    """And strangers who want ever other fields fill nothing up."""
    readings = Readings(HELD[Observation][0].table)
    wanted = frozenset({"code", "at"})
    assert all(readings.of(wanted) is readings.whole for _ in range(WORTH - 1))
    narrowed = readings.of(wanted)
    assert narrowed is readings.of(frozenset({"at", "colour"})) is not readings.whole
    for number in range(1000):
        readings.of(frozenset({f"field_{number}"}))
    assert readings.of(wanted) is not None
    assert len(readings._known) <= 64
    assert len(readings._met) <= 64


async def test_a_narrow_question_is_answered_with_what_is_wanted_alone() -> None:
    """Asked of the whole source: the fields are there, the others stand at their defaults."""
    shelf = Shelf([patient("p1", HOA), weight("w1", "p1", issued="2026-05-04T09:00:00+07:00")])
    whole = await shelf.ask(Observation, HOA)
    for _ in range(WORTH):
        narrow = await shelf.ask(Observation, HOA, how={"wanted": frozenset({"at"})})
    (one,), (other,) = narrow.records, whole.records
    assert isinstance(one, Observation)
    assert isinstance(other, Observation)
    assert (one.at, one.code) == (other.at, other.code)
    assert (one.value, one.provenance[0].recorded_at) == (None, None)
    assert other.value is not None


async def test_patients_are_read_as_a_whole_whichever_of_their_fields_are_wanted() -> None:
    """The check of who they are needs them so: what is wanted for the hundredth time is told of the same resources."""
    shelf = Shelf([patient("p1", HOA)])
    fields = frozenset(one.name for one in structs.fields(Demographics)) | PROVENANCE
    answers = [await shelf.ask(Demographics, HOA, how={"wanted": fields}) for _ in range(WORTH + 1)]
    (first, *others) = [shown(record, fields - {"provenance"}) for answer in answers for record in answer.records]
    assert all(other | {"retrieved_at": first["retrieved_at"]} == first for other in others)
    assert len(others) == WORTH
    assert not any(held.table.alike for held in HELDS if held.type == "Patient")


async def test_only_the_elements_are_asked_for_that_are_read() -> None:
    """Where the block says that elements are named: those of the fields that are wanted, and whom it is about."""
    shelf = Shelf([patient("p1", HOA), weight("w1", "p1")])
    for wanted in (None, *[frozenset({"status"})] * WORTH):
        await shelf.ask(Observation, HOA, how={"wanted": wanted}, elements=True)
    named = [fields["_elements"][0].split(",") for path, fields in shelf.asked if "Observation" in path]
    assert {"valueQuantity", "issued"} <= set(named[0])
    assert {"id", "subject", "status", "code", "category"} <= set(named[-1])
    assert not {"valueQuantity", "issued", "performer"} & set(named[-1])
