"""Whatever stands in a resource: it is a record, counted, or left out by decision, and harms none beside it."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.clock import HO_CHI_MINH
from connectors.contract import Answer
from connectors.errors import SourceError
from connectors.fhir.held import HELD, Held
from connectors.records import (
    Allergy,
    CarePlan,
    Claim,
    Condition,
    Demographics,
    Immunization,
    Medication,
    Observation,
    Procedure,
    QuantityValue,
    Record,
)
from tests.connectors.fhir.any_resource import GOOD, TYPES, any_resource, good
from tests.connectors.fhir.reading import maybe, read
from tests.connectors.fhir.samples import HOA, Resource, patient
from tests.connectors.fhir.shelf import Shelf, bundle, reply

CLASS_OF: Mapping[str, type[Record]] = {held.type: about for about, types in HELD.items() for held in types}
CODE = {"text": "Mẫu"}
NOT_YET, NO_ORDER = ("preauthorization", "predetermination"), ("proposal", "plan", "option")


def _code(found: Any) -> Any:
    codes = [coding.get("code") for coding in (found or {}).get("coding") or []]
    return next(filter(None, codes), None)


def _is_no_order(one: Resource) -> bool:
    return one.get("status") == "draft" or one.get("intent") in NO_ORDER or one.get("doNotPerform") is True


DECISIONS: Mapping[str, Callable[[Resource], bool]] = {
    "Condition": lambda one: _code(one.get("verificationStatus")) == "entered-in-error",
    "AllergyIntolerance": lambda one: _code(one.get("verificationStatus")) == "entered-in-error",
    "MedicationRequest": _is_no_order,
    "MedicationDispense": lambda one: one.get("status") == "draft",
    "MedicationStatement": lambda one: one.get("status") in ("draft", "intended"),
    "Immunization": lambda one: one.get("status") == "not-done",
    "ExplanationOfBenefit": lambda one: one.get("use") in NOT_YET,
    "Claim": lambda one: one.get("status") == "draft" or one.get("use") in NOT_YET,
    "DocumentReference": lambda one: one.get("docStatus") == "entered-in-error",
    "ServiceRequest": lambda one: _is_no_order(one) or "3457005" not in str(one),
    "Appointment": lambda one: one.get("status") in ("proposed", "waitlist", "cancelled"),
    "CarePlan": lambda one: one.get("status") == "draft" or one.get("intent") in ("proposal", "option"),
    # What was made of the part or the type may be another team, another episode.
    "CareTeam": lambda one: (
        one.get("status") in ("proposed", "inactive") or one.get("participant") != GOOD["CareTeam"]["participant"]
    ),
    "EpisodeOfCare": lambda one: (
        one.get("status") in ("planned", "waitlist", "cancelled") or one.get("type") != GOOD["EpisodeOfCare"]["type"]
    ),
}
"""Why a resource of that type is no record, besides that it should never have been."""


def left_out(one: Resource) -> bool:
    """Whether a decision says that it is no record. Conditions and allergies have no status of their own."""
    mistaken = one.get("status") == "entered-in-error" and one["resourceType"] not in (
        "Condition",
        "AllergyIntolerance",
    )
    decision = DECISIONS.get(one["resourceType"])
    return mistaken or (decision is not None and decision(one))


def asked(about: type[Record], *resources: Resource) -> Answer[Record]:
    """The answer of a server that holds these, and her Patient."""
    return asyncio.run(Shelf([patient("p1", HOA), *resources]).ask(about, HOA))


def as_set(records: Any) -> set[bytes]:
    return {msgspec.json.encode(record) for record in records}


@cache
def several(held: Held) -> st.SearchStrategy[list[Resource]]:
    return st.tuples(*(any_resource(held, f"r{number}") for number in range(3))).map(list)


ENTRIES = st.sampled_from(TYPES).flatmap(several)


PERHAPS = ("Immunization", "Appointment", "ServiceRequest", "CareTeam", "EpisodeOfCare")
"""Types of which the decision here is wider than the mapping's."""
UNHURRIED = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Whole answers through the whole source: on a busy machine one may take its time."""


@UNHURRIED
@given(ENTRIES, st.randoms(use_true_random=False))
def test_f10_every_entry_is_a_record_counted_or_left_out_by_decision(entries: list[Resource], chance: Any) -> None:
    """Exactly one of the three, the same beside others as alone, in any order; and a good one is always read."""
    kind = entries[0]["resourceType"]
    about = CLASS_OF[kind]
    alone = [(one, asked(about, one)) for one in entries]
    for one, answer in alone:
        assert len(answer.records) + answer.dropped == 1 or (left_out(one) and not answer.records)
        assert not (answer.records and left_out(one) and kind not in PERHAPS)
    fine = good(next(held for held in TYPES if held.type == kind), "good")
    alone.append((fine, asked(about, fine)))
    assert len(alone[-1][1].records) == 1
    together = [*entries, fine]
    chance.shuffle(together)
    answer = asked(about, *together)
    assert as_set(answer.records) == as_set(record for _, one in alone for record in one.records)
    assert len(answer.records) + answer.dropped == sum(len(one.records) + one.dropped for _, one in alone)
    assert len({record.id for record in answer.records}) == len(answer.records)


@UNHURRIED
@given(st.sampled_from(TYPES).flatmap(lambda held: any_resource(held, "r0")), st.data())
def test_f10_nothing_but_a_failure_of_the_source_is_raised(one: Resource, data: st.DataObject) -> None:
    """Also where whom it is about, its id or its type is anything."""
    name = data.draw(st.sampled_from([*one, "contained", "meta"]))
    wrong = {**one, name: data.draw(st.sampled_from([None, 7, "", [], {}, [None], {"reference": 7}, {"id": []}]))}
    shelf = Shelf([patient("p1", HOA)])
    shelf.says[one["resourceType"]] = lambda _: reply(bundle([wrong]))
    try:
        answer = asyncio.run(shelf.ask(CLASS_OF[one["resourceType"]], HOA))
    except SourceError:
        return
    assert len(answer.records) + answer.dropped <= 1


@UNHURRIED
@given(st.dictionaries(st.sampled_from(["name", "birthDate", "address", "telecom", "deceasedBoolean"]), st.text()))
def test_any_patient_is_a_record_counted_or_refused(fields: Resource) -> None:
    try:
        answer = asyncio.run(Shelf([patient("p1", HOA, **fields)]).ask(Demographics, HOA))
    except SourceError:
        return
    assert len(answer.records) + answer.dropped == 1


def test_f10_a_neighbour_that_is_no_text_harms_nothing() -> None:
    """Bytes that are no UTF-8 in what a resource contains: the medicine that it points to is read all the same."""
    broken = {"resourceType": "Medication", "id": "XX"}
    product = {"resourceType": "Medication", "id": "q", "code": {"text": "Thuốc Mẫu"}}
    order = good(next(held for held in TYPES if held.type == "MedicationRequest"), "m")
    del order["medicationCodeableConcept"]
    order |= {"contained": [broken, product], "medicationReference": {"reference": "#q"}}
    shelf = Shelf([patient("p1", HOA)])
    shelf.says["MedicationRequest"] = lambda _: reply(orjson.dumps(bundle([order])).replace(b"XX", b"\xff"))
    (record,) = asyncio.run(shelf.ask(Medication, HOA)).records
    assert isinstance(record, Medication)
    assert record.code.text == "Thuốc Mẫu"


@pytest.mark.parametrize("target", ["ExplanationOfBenefit/a", "ExplanationOfBenefit/b"])
def test_a_decision_of_the_insurer_hides_no_other_and_not_itself(target: str) -> None:
    """It stands for a Claim alone, wherever its pointer leads by mistake."""
    held = next(held for held in TYPES if held.type == "ExplanationOfBenefit")
    answer = asked(Claim, {**good(held, "a"), "claim": {"reference": target}}, good(held, "b"))
    assert len(answer.records) == 2


CODES = st.from_regex(r"0[0-9]{0,6}(\.0)?", fullmatch=True)


@given(CODES)
def test_codes_stay_text_with_their_zeros(code: str) -> None:
    said = {"coding": [{"system": "urn:s", "code": code}]}
    for about, name in ((Condition, "code"), (Procedure, "code"), (Immunization, "vaccineCode"), (Allergy, "code")):
        more = {"status": "completed", "occurrenceDateTime": "2020"} if about is Immunization else {}
        record: Any = read(about, None, **{name: said, **more})
        meaning = record.vaccine if about is Immunization else record.substance if about is Allergy else record.code
        assert [coding.code for coding in meaning.codings] == [code]


DAYS = st.dates(date(1000, 1, 1), date(2999, 12, 31))


def days_of(text: str) -> set[str | None]:
    """The date in every record that knows one as far as it is known."""
    code = {"text": "Mẫu"}
    return {
        read(Condition, None, code=code, onsetDateTime=text).onset,
        read(Condition, None, code=code, abatementPeriod={"end": text}).abated,
        read(Allergy, None, code=code, onsetPeriod={"start": text}).onset,
        read(Immunization, None, status="completed", vaccineCode=code, occurrenceDateTime=text).on,
        read(Medication, None, status="active", medicationCodeableConcept=code, authoredOn=text).start,
        read(Procedure, None, code=code, performedDateTime=text).performed,
        read(CarePlan, None, title="Mẫu", period={"start": text}).start,
    }


@given(DAYS, st.sampled_from([4, 7, 10]))
def test_a_date_keeps_its_day_and_its_precision(day: date, length: int) -> None:
    assert days_of(day.isoformat()[:length]) == {day.isoformat()[:length]}


@given(
    st.datetimes(datetime(1976, 1, 1), datetime(2199, 12, 31)),  # noqa: DTZ001 - the zone is added
    st.integers(-12 * 60, 14 * 60),
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
)
def test_an_instant_falls_on_its_day_in_the_city(at: datetime, offset: int, precision: str) -> None:
    """Whatever the offset in which it is written."""
    zoned = at.replace(tzinfo=timezone(timedelta(minutes=offset)))
    assert days_of(zoned.isoformat(timespec=precision)) == {
        (at - timedelta(minutes=offset) + timedelta(hours=7)).date().isoformat()
    }
    found = read(Observation, None, code={"text": "Mẫu"}, effectiveDateTime=zoned.isoformat(timespec=precision)).at
    assert found
    assert abs(found - zoned) < timedelta(seconds=1)


@given(DAYS)
def test_a_day_begins_at_midnight_in_the_city(day: date) -> None:
    found = read(Observation, None, code={"text": "Mẫu"}, effectiveDateTime=day.isoformat()).at
    assert found == datetime(day.year, day.month, day.day, tzinfo=HO_CHI_MINH)


@pytest.mark.parametrize("text", ["2026-05-04", "2026-05-04T08:00:00.5+07:00", "2026-05-04T08:00+07:00"])
def test_moments_of_the_citys_zone_share_it(text: str) -> None:
    """However they are written: what is of one zone object is compared as it stands."""
    usual = read(Observation, status="final", code=CODE, effectiveDateTime="2026-05-04T08:00:00+07:00").at
    other = read(Observation, status="final", code=CODE, effectiveDateTime=text).at
    assert usual is not None
    assert other is not None
    assert other.tzinfo is usual.tzinfo
    assert (usual.isoformat(), other.date()) == ("2026-05-04T08:00:00+07:00", date(2026, 5, 4))


def test_a_leap_second_is_a_time() -> None:
    """R4 allows one; it counts as the second before it, so that the day stays."""
    assert days_of("2016-12-31T23:59:60+07:00") == {"2016-12-31"}
    assert days_of("2016-12-31T23:59:60Z") == {"2017-01-01"}


@pytest.mark.parametrize(
    "text", ["2０２６", "2０26-05", "２026-05-04", "2026-5", "26-05-04", "0999", "3000", "2026-02-30"]
)
def test_what_is_no_date_of_r4_is_none(text: str) -> None:
    """Digits of another script among others."""
    assert read(Condition, None, code={"text": "Mẫu"}, onsetDateTime=text).onset is None


@given(st.decimals(0, 10**12, allow_nan=False, allow_infinity=False, places=6), st.integers(0, 6))
def test_a_number_keeps_its_digits(number: Decimal, places: int) -> None:
    """Written as a number of JSON or, as some servers do, as text."""
    written = f"{number:.{places}f}"
    for value in (msgspec.Raw(written.encode()), written):
        record = maybe(Observation, None, code={"text": "Mẫu"}, valueQuantity={"value": value})
        assert record
        assert isinstance(record.value, QuantityValue)
        assert str(record.value.value) == written
