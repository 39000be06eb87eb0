"""Prescriptions and vaccinations to records."""

from decimal import Decimal
from typing import Any

import pytest

from connectors.fhir.mapping.elements import Unreadable
from connectors.records import Facility, Immunization, Medication, MedicationStatus, Quantity
from tests.connectors.fhir.reading import OWN, around, concept, linked, maybe, read

DRUG = {"medicationCodeableConcept": concept("Amlodipin 5 mg", "C08CA01")}
DOSE = {"vaccineCode": concept("BCG", "19"), "status": "completed", "occurrenceDateTime": "2026-05-04"}


def test_a_prescription_is_read_whole() -> None:
    record = read(
        Medication,
        **DRUG,
        status="active",
        intent="order",
        authoredOn="2026-05-04T09:00:00+07:00",
        requester={"reference": "Practitioner/1", "display": "BS. Mẫu"},
        dosageInstruction=[
            {"text": "Sáng 1 viên", "route": concept("Uống")},
            {"patientInstruction": "sau ăn"},
            {"timing": {"code": concept("mỗi ngày")}},
        ],
        dispenseRequest={
            "quantity": {"value": 30, "unit": "viên"},
            "validityPeriod": {"start": "2026-05-05", "end": "2026-06-03"},
        },
    )
    assert (record.code.text, record.code.codings[0].code) == ("Amlodipin 5 mg", "C08CA01")
    assert record.dosage == "Sáng 1 viên; sau ăn; mỗi ngày"
    assert record.route is not None
    assert record.route.text == "Uống"
    assert record.quantity == Quantity(value=Decimal(30), unit="viên")
    assert (record.start, record.end) == ("2026-05-05", "2026-06-03")
    assert (record.status, record.facility) == (MedicationStatus.ACTIVE, OWN)
    assert record.prescriber is not None
    assert record.prescriber.name == "BS. Mẫu"


def test_the_days_of_taking_go_before_the_days_of_the_paper() -> None:
    record = read(
        Medication,
        **DRUG,
        dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"start": "2026-05-06", "end": "2026-05-10"}}}}],
        dispenseRequest={"validityPeriod": {"start": "2026-05-04", "end": "2026-05-11"}},
    )
    assert (record.start, record.end) == ("2026-05-06", "2026-05-10")


def test_the_day_of_writing_is_the_start_where_nothing_else_is() -> None:
    assert read(Medication, **DRUG, authoredOn="2026-05-04T23:30:00Z").start == "2026-05-05"


PRODUCT = {
    "resourceType": "Medication",
    "id": "m1",
    "code": concept("Augmentin 1 g", "J01CR02"),
    "ingredient": [
        {
            "itemCodeableConcept": concept("Amoxicillin"),
            "strength": {"numerator": {"value": 875, "unit": "mg"}, "denominator": {"value": 1, "unit": "viên"}},
        },
        {"itemCodeableConcept": concept("Acid clavulanic"), "strength": {"numerator": {"value": 125, "unit": "mg"}}},
    ],
}


@pytest.mark.parametrize(
    ("fields", "came"),
    [
        ({"contained": [{"resourceType": "X", "id": 5}, PRODUCT], "medicationReference": {"reference": "#m1"}}, ()),
        ({"medicationReference": {"reference": "Medication/m1", "display": "Thuốc"}}, (PRODUCT,)),
        ({"medicationReference": {"reference": "http://hospital.test/fhir/Medication/m1/_history/2"}}, (PRODUCT,)),
    ],
)
def test_a_product_behind_a_reference_is_found(fields: dict[str, Any], came: tuple[dict[str, Any], ...]) -> None:
    """Contained, included or fetched; an unreadable neighbour does not stand in the way."""
    record = read(Medication, around(included=linked(*came)), **fields)
    assert (record.code.text, record.strength) == ("Augmentin 1 g", "875 mg / 1 viên + 125 mg")
    assert [item.text for item in record.ingredients] == ["Amoxicillin", "Acid clavulanic"]


def test_the_words_of_a_reference_stand_in_for_what_cannot_be_found() -> None:
    fields = {"medicationReference": {"reference": "Medication/elsewhere", "display": "Thuốc ho"}}
    assert read(Medication, **fields).code.text == "Thuốc ho"


@pytest.mark.parametrize("fields", [{}, {"medicationReference": {"reference": "Medication/elsewhere"}}])
def test_a_prescription_of_nothing_known_is_unreadable(fields: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read(Medication, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "entered-in-error"},
        {"status": "draft"},
        {"intent": "plan"},
        {"intent": "proposal"},
        {"intent": "option"},
        {"doNotPerform": True},
    ],
)
def test_what_prescribes_nothing_is_left_out(fields: dict[str, Any]) -> None:
    """Above all a prohibition: shown as a prescription it would say the contrary."""
    assert maybe(Medication, **(DRUG | fields)) is None


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("on-hold", MedicationStatus.ON_HOLD),
        ("completed", MedicationStatus.COMPLETED),
        ("stopped", MedicationStatus.STOPPED),
        ("cancelled", MedicationStatus.STOPPED),
        ("lạ", MedicationStatus.UNKNOWN),
    ],
)
def test_the_status_of_a_medicine(code: str, status: MedicationStatus) -> None:
    assert read(Medication, **DRUG, status=code).status is status


def test_a_vaccination_is_read_whole() -> None:
    record = read(
        Immunization,
        around(own=None),
        **DOSE,
        lotNumber="L-1",
        manufacturer={"display": "IVAC"},
        site=concept("cánh tay trái", "LA"),
        performer=[
            {"actor": {"reference": "Practitioner/1", "display": "YS. Mẫu"}},
            {"actor": {"reference": "Organization/t1", "display": "Trạm Mẫu"}},
        ],
        protocolApplied=[
            {"targetDisease": [concept("Lao", "A15")], "doseNumberString": "2"},
            {"targetDisease": [concept("Sởi")], "doseNumberPositiveInt": 3},
        ],
        reaction=[{"detail": {"display": "Sốt nhẹ"}}, {"detail": {"reference": "Observation/1"}}],
    )
    assert (record.vaccine.text, record.on, record.lot, record.manufacturer) == ("BCG", "2026-05-04", "L-1", "IVAC")
    assert [disease.text for disease in record.target_diseases] == ["Lao", "Sởi"]
    assert (record.dose_number, record.site) == (2, "cánh tay trái")
    assert record.facility == Facility(code="t1", name="Trạm Mẫu")
    assert (record.status, [text.text for text in record.reactions]) == ("completed", ["Sốt nhẹ"])


@pytest.mark.parametrize(
    ("written", "on"),
    [
        ("15/01/2012", "2012-01-15"),
        ("01/2012", "2012-01"),
        (" 2012 ", "2012"),
        ("32/01/2012", None),
        ("January 2012", None),
    ],
)
def test_a_date_in_words_is_read_only_when_it_is_plain(written: str, on: str | None) -> None:
    fields = {"vaccineCode": concept("BCG"), "status": "completed", "occurrenceString": written}
    if on is None:
        with pytest.raises(Unreadable):
            read(Immunization, **fields)
    else:
        assert read(Immunization, **fields).on == on


@pytest.mark.parametrize(
    ("on", "is_record"),
    [
        ("2026-11-24", False),
        ("2026-12", False),
        ("2027", False),
        ("2026-11-23", True),
        ("2026-11", True),
        ("2026", True),
    ],
)
def test_what_is_not_done_on_a_day_to_come_is_an_appointment(on: str, is_record: bool) -> None:
    """The day of the reading is 23 November 2026. A dose missed in the past stays, recorded as not given."""
    record = maybe(Immunization, **(DOSE | {"status": "not-done", "occurrenceDateTime": on}))
    assert (record is not None) == is_record
    assert record is None or record.status == "not-done"


@pytest.mark.parametrize("status", ["in-progress", "đã tiêm", None])
def test_an_unknown_status_never_reads_as_given(status: str | None) -> None:
    with pytest.raises(Unreadable):
        read(Immunization, **(DOSE | {"status": status}))


def test_a_vaccination_entered_in_error_is_left_out() -> None:
    assert maybe(Immunization, **(DOSE | {"status": "entered-in-error"})) is None


@pytest.mark.parametrize(("primary", "place"), [(True, OWN), (False, None), (None, None)])
def test_only_who_gave_it_is_its_place(primary: bool | None, place: Facility | None) -> None:
    """A dose that a hospital knows by hearsay was not given there."""
    assert read(Immunization, **DOSE, primarySource=primary).facility == place
