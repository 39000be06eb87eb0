"""ServiceRequest, Appointment and CarePlan to records, in the forms of R4 and R5."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.fhir.mapping.elements import Unreadable
from connectors.records import Appointment, CarePlan, Facility, Referral
from tests.connectors.fhir.reading import ME, OWN, around, concept, linked, maybe, read

SNOMED = "http://snomed.info/sct"
SENT_ON = {"category": [concept(None, "3457005", system=SNOMED)], "status": "active", "intent": "order"}
TO = {"reference": "Organization/79982", "display": "Bệnh viện Mẫu B"}
PLACE_B = Facility(code="79982", name="Bệnh viện Mẫu B")


def test_a_referral_is_read_whole() -> None:
    record = read(
        Referral,
        **SENT_ON,
        requester={"reference": "Practitioner/1", "display": "BS. Mẫu"},
        performer=[{"reference": "Practitioner/2"}, TO],
        reasonCode=[concept("Tăng huyết áp", "I10")],
        authoredOn="2026-05-04T09:00:00+07:00",
        occurrencePeriod={"start": "2026-05-04", "end": "2026-05-14"},
    )
    assert (record.from_facility, record.to_facility) == (OWN, PLACE_B)
    assert record.reason is not None
    assert (record.reason.text, record.status) == ("Tăng huyết áp", "active")
    assert (record.issued, record.valid_until) == (date(2026, 5, 4), date(2026, 5, 14))


@pytest.mark.parametrize(
    "fields",
    [
        {"category": [concept("Referral")]},
        {"category": [concept(" Giấy chuyển tuyến ")]},
        {"code": concept(None, "306206005", system=SNOMED)},
        {"code": {"concept": concept(None, "306206005", system=SNOMED)}},
    ],
)
def test_what_says_that_it_is_a_referral_is_one(fields: dict[str, Any]) -> None:
    """By code in category or code, or by the category's word; R5 wraps the code."""
    assert maybe(Referral, **fields) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"category": [concept("Xét nghiệm", "108252007", system=SNOMED)], "intent": "order", "performer": [TO]},
        {"category": [concept(None, "3457005", system="urn:other")]},
        {"code": concept("Referral letter printing")},
        {},
        SENT_ON | {"intent": "plan"},
        SENT_ON | {"intent": "proposal"},
        SENT_ON | {"intent": "option"},
        SENT_ON | {"status": "draft"},
        SENT_ON | {"status": "entered-in-error"},
        SENT_ON | {"doNotPerform": True},
    ],
)
def test_every_other_request_is_none(fields: dict[str, Any]) -> None:
    """An order for a test above all, whoever carries it out."""
    assert maybe(Referral, **fields) is None


@pytest.mark.parametrize(
    "fields",
    [{"locationReference": [TO]}, {"location": [{"reference": TO}]}, {"performer": [{"reference": "#x"}, TO]}],
)
def test_the_place_that_it_goes_to(fields: dict[str, Any]) -> None:
    assert read(Referral, **SENT_ON, **fields).to_facility == PLACE_B


@pytest.mark.parametrize(
    "fields",
    [
        {"reasonReference": [{"display": "Sốt"}]},
        {"reason": [{"concept": concept("Sốt")}]},
        {"reason": [{"reference": {"reference": "Condition/1", "display": "Sốt"}}]},
    ],
)
def test_the_reason_in_r4_and_r5(fields: dict[str, Any]) -> None:
    reason = read(Referral, **SENT_ON, **fields).reason
    assert reason is not None
    assert reason.text == "Sốt"


COMES = {"participant": [{"actor": {"reference": "Location/l1", "display": "Phòng 5"}}, {"actor": ME}]}


@pytest.mark.parametrize(
    "words",
    [
        {"serviceType": [concept("Khoa Mắt")], "reasonCode": [concept("Tái khám")]},
        {"serviceType": [{"concept": concept("Khoa Mắt")}], "reason": [{"concept": concept("Tái khám")}]},
        {"specialty": [concept("Khoa Mắt")], "description": "Tái khám"},
        {"specialty": [concept("Khoa Mắt")], "reasonReference": [{"display": "Tái khám"}]},
    ],
)
def test_an_appointment_is_read_whole_in_r4_and_r5(words: dict[str, Any]) -> None:
    record = read(Appointment, **COMES, **words, status="booked", start="2026-12-01T08:30:00+07:00")
    assert record.at == datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
    assert (record.facility, record.department, record.reason) == (OWN, "Khoa Mắt", "Tái khám")
    assert record.status == "booked"


def test_the_place_of_an_appointment_that_a_register_knows() -> None:
    record = read(Appointment, around(own=None), **COMES, status="booked", start="2026-12-01T08:30:00+07:00")
    assert record.facility == Facility(code="l1", name="Phòng 5")


@pytest.mark.parametrize("status", ["proposed", "waitlist", "cancelled", "entered-in-error"])
def test_what_has_no_time_yet_is_no_appointment(status: str) -> None:
    assert maybe(Appointment, **COMES, status=status) is None


def test_a_booked_appointment_without_a_time_is_missed() -> None:
    """Counted, because somebody is expected somewhere."""
    with pytest.raises(Unreadable):
        read(Appointment, **COMES, status="booked")


def test_a_care_plan_is_read_whole() -> None:
    record = read(
        CarePlan,
        status="active",
        intent="plan",
        title="Quản lý đái tháo đường",
        period={"start": "2026-05", "end": "2027-05"},
        author={"reference": "Practitioner/1", "display": "BS. Mẫu"},
        activity=[
            {"detail": {"code": concept("Ăn nhạt"), "description": "không đọc"}},
            {"detail": {"description": "Đi bộ 30 phút"}},
            {"reference": {"reference": "ServiceRequest/1", "display": "Xét nghiệm HbA1c"}},
            {"plannedActivityReference": {"display": "Khám mắt"}},
            {"performedActivity": [{"concept": concept("Đã tư vấn")}]},
            {},
        ],
    )
    assert record.activities == ("Ăn nhạt", "Đi bộ 30 phút", "Xét nghiệm HbA1c", "Khám mắt", "Đã tư vấn")
    assert (record.title, record.start, record.end) == ("Quản lý đái tháo đường", "2026-05", "2027-05")
    assert record.author is not None
    assert (record.author.name, record.facility) == ("BS. Mẫu", OWN)


def test_the_request_behind_an_activity_names_it() -> None:
    request = {"resourceType": "ServiceRequest", "id": "s1", "code": concept("HbA1c")}
    pointer = {"activity": [{"reference": {"reference": "ServiceRequest/s1"}}]}
    assert read(CarePlan, around(included=linked(request)), title="x", **pointer).activities == ("HbA1c",)


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"description": "Tập thở"}, "Tập thở"),
        ({"category": [concept("Hô hấp"), concept("Phục hồi")]}, "Hô hấp; Phục hồi"),
        ({"activity": [{"detail": {"description": "Đi bộ"}}]}, "Đi bộ"),
    ],
)
def test_a_plan_without_a_title_is_named_by_what_is_known(fields: dict[str, Any], title: str) -> None:
    assert read(CarePlan, **fields).title == title


def test_a_plan_that_says_nothing_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read(CarePlan, status="active")


def test_who_keeps_a_plan_in_r5_is_its_author() -> None:
    assert read(CarePlan, title="x", custodian=TO).facility == PLACE_B


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"status": "entered-in-error"}, {"intent": "proposal"}, {"intent": "option"}]
)
def test_what_nobody_means_to_do_is_no_plan(fields: dict[str, Any]) -> None:
    assert maybe(CarePlan, title="x", **fields) is None
