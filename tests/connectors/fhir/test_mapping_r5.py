"""The elements that R5 renamed or gave another form: each reads as R4's does."""

from typing import Any

import pytest

from connectors.records import (
    Allergy,
    Condition,
    Coverage,
    DiagnosisRole,
    Encounter,
    EncounterKind,
    Immunization,
    Medication,
    MedicationKind,
    MedicationStatus,
)
from tests.connectors.fhir.reading import around, concept, linked, maybe, read

CAUSE = {"resourceType": "Condition", "id": "c1", "code": concept("Viêm phổi", "J18.9")}
NEAR = around(included=linked(CAUSE))


def visit(**fields: Any) -> Encounter:
    return read(Encounter, NEAR, **fields)


def test_a_visit_of_r5_reads_as_one_of_r4() -> None:
    old = visit(
        status="finished",
        class_={"code": "IMP"},
        period={"start": "2026-05-04", "end": "2026-05-06"},
        serviceType=concept("Khoa Nội"),
        reasonCode=[concept("Sốt")],
        diagnosis=[{"condition": {"reference": "Condition/c1"}, "use": concept(None, "DD")}],
        hospitalization={"dischargeDisposition": concept("Về nhà")},
        participant=[{"individual": {"reference": "Practitioner/1", "display": "BS. Mẫu"}}],
    )
    new = visit(
        status="finished",
        class_=[concept(None, "IMP")],
        actualPeriod={"start": "2026-05-04", "end": "2026-05-06"},
        serviceType=[{"concept": concept("Khoa Nội")}],
        reason=[{"value": [{"concept": concept("Sốt")}]}],
        diagnosis=[{"condition": [{"reference": {"reference": "Condition/c1"}}], "use": [concept(None, "DD")]}],
        admission={"dischargeDisposition": concept("Về nhà")},
        participant=[{"actor": {"reference": "Practitioner/1", "display": "BS. Mẫu"}}],
    )
    assert old == new
    assert (new.kind, new.department) == (EncounterKind.INPATIENT, "Khoa Nội")
    assert [found.code.text for found in new.diagnoses] == ["Viêm phổi"]


def test_a_diagnosis_of_r5_may_be_a_code_alone() -> None:
    (found,) = visit(diagnosis=[{"condition": [{"concept": concept("Sởi", "B05")}]}]).diagnoses
    assert (found.code.text, found.role) == ("Sởi", DiagnosisRole.UNSPECIFIED)


PRODUCT = {"resourceType": "Medication", "id": "m1", "code": concept("Augmentin"), "ingredient": [
    {"item": {"concept": concept("Amoxicillin")}, "strengthRatio": {"numerator": {"value": 875, "unit": "mg"}}}
]}  # fmt: skip


@pytest.mark.parametrize(
    ("medication", "name"),
    [
        ({"concept": concept("Amlodipin")}, "Amlodipin"),
        ({"reference": {"reference": "Medication/m1"}}, "Augmentin"),
        ({"reference": {"reference": "Medication/elsewhere", "display": "Thuốc ho"}}, "Thuốc ho"),
    ],
)
@pytest.mark.parametrize("type_", ["MedicationRequest", "MedicationDispense", "MedicationStatement"])
def test_the_medicine_of_r5(type_: str, medication: dict[str, Any], name: str) -> None:
    record = read(Medication, around(included=linked(PRODUCT)), resourceType=type_, medication=medication)
    assert record.code.text == name
    if name == "Augmentin":
        assert (record.strength, [part.text for part in record.ingredients]) == ("875 mg", ["Amoxicillin"])


DRUG = {"medicationCodeableConcept": concept("Amlodipin")}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "active"}, MedicationStatus.ACTIVE),
        ({"status": "not-taken"}, MedicationStatus.NOT_TAKEN),
        ({"status": "recorded"}, MedicationStatus.UNKNOWN),
        ({"status": "recorded", "adherence": {"code": concept(None, "taking")}}, MedicationStatus.ACTIVE),
        ({"status": "recorded", "adherence": {"code": concept(None, "not-taking")}}, MedicationStatus.NOT_TAKEN),
        ({"status": "recorded", "adherence": {"code": concept(None, "stopped")}}, MedicationStatus.STOPPED),
    ],
)
def test_what_is_said_of_taking_a_medicine(fields: dict[str, Any], status: MedicationStatus) -> None:
    """Above all what is not taken: R4 says it by status, R5 by adherence."""
    record = read(Medication, resourceType="MedicationStatement", **DRUG, **fields)
    assert (record.kind, record.status) == (MedicationKind.STATEMENT, status)


@pytest.mark.parametrize("source", [{"display": "Mẹ"}, [{"reference": "Patient/p1"}, {"display": "Mẹ"}]])
def test_who_says_it_in_r4_and_r5(source: Any) -> None:
    record = read(
        Medication,
        resourceType="MedicationStatement",
        **DRUG,
        informationSource=source,
        effectivePeriod={"start": "2026-05", "end": "2026-06"},
        dosage=[{"text": "Sáng 1 viên"}],
        context={"reference": "Encounter/e1"},
    )
    assert record.provenance[0].author == "Mẹ"
    assert (record.start, record.end, record.dosage, record.encounter_id) == ("2026-05", "2026-06", "Sáng 1 viên", "e1")


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        ("completed", MedicationStatus.UNKNOWN),
        ("in-progress", MedicationStatus.UNKNOWN),
        ("declined", MedicationStatus.STOPPED),
        ("on-hold", MedicationStatus.ON_HOLD),
    ],
)
def test_what_was_handed_out_says_nothing_of_taking_it(status: str, wanted: MedicationStatus) -> None:
    """The status "completed" means handed over: the course only begins then."""
    record = read(
        Medication,
        resourceType="MedicationDispense",
        **DRUG,
        status=status,
        whenHandedOver="2026-05-04T09:00:00+07:00",
        quantity={"value": 30, "unit": "viên"},
        performer=[{"actor": {"display": "DS. Mẫu"}}],
        encounter={"reference": "Encounter/e1"},
    )
    assert (record.kind, record.status, record.start) == (MedicationKind.DISPENSE, wanted, "2026-05-04")
    assert record.quantity is not None
    assert (record.provenance[0].author, record.encounter_id) == ("DS. Mẫu", "e1")
    assert record.provenance[0].source_record_id == "MedicationDispense/x1"


@pytest.mark.parametrize(
    ("type_", "status"),
    [
        ("MedicationDispense", "entered-in-error"),
        ("MedicationStatement", "entered-in-error"),
        ("MedicationStatement", "draft"),
        ("MedicationStatement", "intended"),
    ],
)
def test_what_never_was_is_left_out(type_: str, status: str) -> None:
    assert maybe(Medication, resourceType=type_, **DRUG, status=status) is None


def test_two_types_of_one_class_share_no_id() -> None:
    """A prescription and a handing out may carry the same id on their server: in the graph they are two."""
    ids = {read(Medication, resourceType=type_, **DRUG).id for type_ in ("MedicationRequest", "MedicationDispense")}
    assert len(ids) == 2


@pytest.mark.parametrize(
    "maker", [{"display": "IVAC"}, {"concept": concept("IVAC")}, {"reference": {"display": "IVAC"}}]
)
@pytest.mark.parametrize("number", [{"doseNumberString": "2"}, {"doseNumber": "2"}, {"doseNumberPositiveInt": 2}])
@pytest.mark.parametrize("sign", [{"detail": {"display": "Sốt"}}, {"manifestation": {"concept": concept("Sốt")}}])
def test_a_vaccination_in_r4_and_r5(maker: Any, number: Any, sign: Any) -> None:
    record = read(
        Immunization,
        vaccineCode=concept("BCG"),
        status="not-done",
        statusReason=concept("Từ chối"),
        occurrenceDateTime="2026-05-04",
        manufacturer=maker,
        protocolApplied=[number],
        reaction=[sign],
    )
    assert (record.manufacturer, record.dose_number) == ("IVAC", 2)
    assert [text.text for text in record.reactions] == ["Sốt"]
    assert record.not_given_because is not None
    assert record.not_given_because.text == "Từ chối"


@pytest.mark.parametrize("type_", ["allergy", concept(None, "allergy")])
@pytest.mark.parametrize("sign", [concept("Mề đay"), {"concept": concept("Mề đay")}])
@pytest.mark.parametrize(
    "author",
    [{"recorder": {"display": "BS. Mẫu"}}, {"participant": [
        {"actor": {"display": "Mẹ"}}, {"function": concept(None, "author"), "actor": {"display": "BS. Mẫu"}}
    ]}],
)  # fmt: skip
def test_an_allergy_in_r4_and_r5(type_: Any, sign: Any, author: Any) -> None:
    record = read(Allergy, code=concept("Penicillin"), type=type_, reaction=[{"manifestation": [sign]}], **author)
    assert (record.kind, [text.text for text in record.reactions]) == ("allergy", ["Mề đay"])
    assert record.provenance[0].author == "BS. Mẫu"


def test_a_condition_keeps_its_visit_and_its_author_of_r5() -> None:
    who = {"participant": [{"function": concept(None, "author"), "actor": {"display": "BS. Mẫu"}}]}
    record = read(Condition, code=concept("Sởi"), encounter={"reference": "Encounter/e1"}, **who)
    assert (record.encounter_id, record.provenance[0].author) == ("e1", "BS. Mẫu")


@pytest.mark.parametrize("number", ["S-1", [{"value": "S-1"}]])
@pytest.mark.parametrize("insurer", [{"payor": [{"display": "BHXH Mẫu"}]}, {"insurer": {"display": "BHXH Mẫu"}}])
def test_a_card_in_r4_and_r5(number: Any, insurer: Any) -> None:
    record = read(Coverage, status="active", subscriberId=number, **insurer)
    assert (record.card_number, record.insurer) == ("S-1", "BHXH Mẫu")
