"""Payloads to records: people, visits, conditions, allergies. What is odd in the world is written out here."""

from datetime import UTC, datetime

import pytest

from connectors.fhir.mapping.elements import Unreadable
from connectors.records import (
    Allergy,
    Condition,
    ConditionStatus,
    Demographics,
    DiagnosisRole,
    Encounter,
    EncounterKind,
    Facility,
    Sex,
)
from tests.connectors.fhir.reading import ME, OWN, around, concept, linked, maybe, read


def test_the_official_name_is_shown_family_name_first() -> None:
    names = [
        {"use": "nickname", "text": "Bé Mẫu"},
        {"use": "official", "family": "Đặng", "given": ["Thị Mẫu", "Hạnh"]},
        {"use": "old", "text": "Tên Mẫu Cũ"},
    ]
    assert read(Demographics, name=names, birthDate="1990").full_name == "Đặng Thị Mẫu Hạnh"


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"gender": "female"}, Sex.FEMALE),
        ({"gender": "male"}, Sex.MALE),
        ({"gender": "other"}, Sex.OTHER),
        ({"gender": "nữ"}, Sex.UNKNOWN),
        ({}, Sex.UNKNOWN),
    ],
)
def test_sex_is_what_r4_calls_it_or_unknown(fields: dict[str, str], wanted: Sex) -> None:
    assert read(Demographics, name=[{"text": "Mẫu"}], birthDate="1990-01", **fields).sex is wanted


@pytest.mark.parametrize(
    ("fields", "dead"),
    [
        ({}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2025"}, True),
        ({"deceasedBoolean": False}, False),
    ],
)
def test_both_ways_of_being_deceased_are_read(fields: dict[str, object], dead: bool) -> None:
    assert read(Demographics, name=[{"text": "Mẫu"}], birthDate="1990", **fields).deceased is dead


def test_the_home_address_and_the_mobile_telephone_are_preferred() -> None:
    record = read(
        Demographics,
        name=[{"text": "Mẫu"}],
        birthDate="1990-03-02",
        address=[
            {"use": "old", "text": "Cũ"},
            {"use": "home", "line": ["12 Lê Mẫu"], "city": "Phường Mẫu", "state": "HCM"},
        ],
        telecom=[
            {"system": "email", "value": "mau@mau.test"},
            {"system": "phone", "value": "0900000001", "use": "old"},
            {"system": "phone", "value": "0900000002", "use": "home"},
            {"system": "phone", "value": "0900000003", "use": "mobile"},
        ],
    )
    assert record.current_address is not None
    assert record.current_address.text == "12 Lê Mẫu, Phường Mẫu, HCM"
    assert record.phone == "0900000003"


@pytest.mark.parametrize("fields", [{"name": [{"text": "Mẫu"}]}, {"birthDate": "1990"}, {"name": [], "birthDate": "x"}])
def test_a_patient_without_name_or_birth_date_is_unreadable(fields: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        read(Demographics, **fields)


def test_a_visit_is_read_whole() -> None:
    """Every field of an Encounter that is met has its place."""
    record = read(
        Encounter,
        around(included=linked({"resourceType": "Condition", "id": "c1", "code": concept("Viêm phổi", "J18.9")})),
        status="finished",
        class_={"code": "IMP"},
        subject=ME,
        meta={"lastUpdated": "2026-05-05T10:00:00+07:00"},
        period={"start": "2026-05-04T07:45:00", "end": "2026-05-05"},
        serviceType=concept("Khoa Nội"),
        serviceProvider={"reference": "Organization/o1", "display": "Bệnh viện Mẫu A"},
        reasonCode=[concept("Ho, sốt")],
        participant=[
            {"individual": {"reference": "RelatedPerson/r", "display": "Người nhà"}},
            {"individual": {"reference": "Practitioner/1", "display": "BS. Mẫu Một"}},
            {"type": [concept(None, "ATND")], "individual": {"reference": "Practitioner/2", "display": "BS. Mẫu Hai"}},
        ],
        diagnosis=[
            {"condition": {"reference": "Condition/c1"}, "use": concept(None, "DD"), "rank": 1},
            {"condition": {"display": "Tăng huyết áp"}, "use": concept(None, "CM"), "rank": 2},
            {"condition": {"reference": "Condition/nowhere"}},
        ],
        hospitalization={"dischargeDisposition": concept("Ra viện", "home")},
    )
    assert (record.kind, record.facility, record.department) == (EncounterKind.INPATIENT, OWN, "Khoa Nội")
    assert record.start is not None
    assert record.start.isoformat() == "2026-05-04T07:45:00+07:00"
    assert record.end is not None
    assert record.end.isoformat() == "2026-05-05T00:00:00+07:00"
    assert record.practitioner is not None
    assert record.practitioner.name == "BS. Mẫu Hai"
    assert [(line.code.text, line.role) for line in record.diagnoses] == [
        ("Viêm phổi", DiagnosisRole.MAIN),
        ("Tăng huyết áp", DiagnosisRole.SECONDARY),
    ]
    assert record.diagnoses[0].code.codings[0].code == "J18.9"
    assert (record.reason and record.reason.text, record.outcome and record.outcome.text) == ("Ho, sốt", "Ra viện")
    assert record.provenance[0].recorded_at == datetime(2026, 5, 5, 3, 0, tzinfo=UTC)
    assert record.provenance[0].source_record_id == "x1"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AMB", EncounterKind.OUTPATIENT),
        ("SS", EncounterKind.INPATIENT),
        ("EMER", EncounterKind.EMERGENCY),
        ("HH", EncounterKind.HOME),
        ("VR", EncounterKind.VIRTUAL),
        ("NT", EncounterKind.OTHER),
    ],
)
def test_the_setting_of_a_visit(code: str, kind: EncounterKind) -> None:
    assert read(Encounter, class_={"code": code}).kind is kind


@pytest.mark.parametrize(
    ("use", "rank", "role"),
    [
        ("DD", 1, DiagnosisRole.MAIN),
        (None, 1, DiagnosisRole.MAIN),
        (None, 2, DiagnosisRole.SECONDARY),
        ("CM", 1, DiagnosisRole.SECONDARY),
        ("AD", 1, DiagnosisRole.UNSPECIFIED),
        (None, None, DiagnosisRole.UNSPECIFIED),
    ],
)
def test_only_the_first_diagnosis_of_the_end_is_the_main_one(
    use: str | None, rank: int | None, role: DiagnosisRole
) -> None:
    line = {"condition": {"display": "Mẫu"}, "rank": rank, "use": concept(None, use) if use else None}
    assert read(Encounter, diagnosis=[line]).diagnoses[0].role is role


@pytest.mark.parametrize(
    ("provider", "wanted"),
    [
        (None, OWN),
        ({"reference": "Organization/o1"}, OWN),
        ({"reference": "Organization/o1", "display": OWN.name}, OWN),
        ({"identifier": {"system": "urn:facility", "value": "79981"}, "display": "BV Mẫu"}, OWN),
        ({"reference": "Organization/o2", "display": "Trạm Mẫu"}, Facility(code="o2", name="Trạm Mẫu")),
        (
            {"identifier": {"system": "urn:facility", "value": "79983"}, "display": "Trạm Mẫu"},
            Facility(code="79983", name="Trạm Mẫu"),
        ),
        ({"reference": "Organization/known"}, Facility(code="79984", name="Trạm Biết Mẫu")),
        ({"reference": "#in"}, Facility(code="Trong Mẫu", name="Trong Mẫu")),
        ({"identifier": {"system": "urn:tax", "value": "0300"}, "display": "Trạm"}, Facility(code="Trạm", name="Trạm")),
    ],
)
def test_where_it_was(provider: dict[str, object] | None, wanted: Facility) -> None:
    """A hospital's own place is known by code, by name and by silence; any other keeps the code it has."""
    known = {
        "resourceType": "Organization",
        "id": "known",
        "name": "Trạm Biết Mẫu",
        "identifier": [{"system": "urn:tax", "value": "0301"}, {"system": "urn:facility", "value": "79984"}],
    }
    inside = [{"resourceType": "Organization", "id": "in", "name": "Trong Mẫu"}]
    record = read(Encounter, around(included=linked(known)), contained=inside, serviceProvider=provider)
    assert record.facility == wanted


def test_a_register_never_claims_that_a_visit_was_at_its_own_place() -> None:
    assert read(Encounter, around(own=None)).facility.code == "unknown"


def test_a_condition_is_read_whole() -> None:
    record = read(
        Condition,
        clinicalStatus=concept(None, "relapse"),
        verificationStatus=concept(None, "confirmed"),
        category=[concept(None, "problem-list-item")],
        code={"coding": [{"code": "E11.9", "display": "ĐTĐ típ 2"}]},
        subject=ME,
        severity=concept("Nặng"),
        onsetPeriod={"start": "2019-04"},
        abatementString="khoảng năm 2021",
        recordedDate="2019-05-02T23:30:00Z",
        recorder={"display": "BS. Mẫu"},
        note=[{"text": "Một"}, {}, {"text": "Hai"}],
    )
    assert (record.status, record.verified, record.refuted, record.chronic) == (
        ConditionStatus.ACTIVE,
        True,
        False,
        True,
    )
    assert (record.code.text, record.code.codings[0].system) == ("ĐTĐ típ 2", "unknown")
    assert (record.onset, record.abated, record.recorded) == ("2019-04", None, "2019-05-03")
    assert record.note == "khoảng năm 2021\nMột\nHai"
    assert record.provenance[0].author == "BS. Mẫu"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("active", ConditionStatus.ACTIVE),
        ("recurrence", ConditionStatus.ACTIVE),
        ("remission", ConditionStatus.INACTIVE),
        ("inactive", ConditionStatus.INACTIVE),
        ("resolved", ConditionStatus.RESOLVED),
        ("kết thúc", ConditionStatus.UNKNOWN),
    ],
)
def test_what_is_not_understood_of_a_status_is_unknown(code: str, status: ConditionStatus) -> None:
    assert read(Condition, code=concept("Mẫu"), clinicalStatus=concept(None, code)).status is status


def test_refuted_is_not_confirmed() -> None:
    record = read(Condition, code=concept("Lao"), verificationStatus=concept(None, "refuted"))
    assert (record.refuted, record.verified) == (True, False)


@pytest.mark.parametrize("about", [Condition, Allergy])
def test_neither_code_nor_text_is_unreadable(about: type[Condition]) -> None:
    with pytest.raises(Unreadable):
        read(about, code={"coding": [{"system": "urn:s"}]})


@pytest.mark.parametrize("about", [Condition, Allergy])
def test_entered_in_error_is_left_out(about: type[Condition]) -> None:
    assert maybe(about, code=concept("Mẫu"), verificationStatus=concept(None, "entered-in-error")) is None


def test_a_visit_entered_in_error_is_left_out() -> None:
    assert maybe(Encounter, status="entered-in-error") is None


def test_an_allergy_is_read_whole() -> None:
    record = read(
        Allergy,
        clinicalStatus=concept(None, "active"),
        verificationStatus=concept(None, "confirmed"),
        category=["medication", "biologic"],
        criticality="high",
        code=concept("Penicillin", "764146007"),
        patient=ME,
        onsetDateTime="2011",
        recordedDate="2011-06-07",
        reaction=[
            {"manifestation": [concept("Phát ban"), concept(None, "39579001")], "severity": "mild"},
            {"description": "Khó thở sau tiêm", "severity": "severe"},
        ],
    )
    assert record.severity == "severe"
    assert (record.substance.text, record.category, record.criticality) == (
        "Penicillin",
        "medication, biologic",
        "high",
    )
    assert [reaction.text for reaction in record.reactions] == ["Phát ban", "39579001", "Khó thở sau tiêm"]
    assert (record.status, record.verified, record.onset, record.recorded) == ("active", True, "2011", "2011-06-07")


@pytest.mark.parametrize(
    ("told", "gravest"),
    [
        (["mild", "moderate"], "moderate"),
        (["severe", "mild"], "severe"),
        (["severe", "thảm khốc"], "thảm khốc"),
        ([], None),
    ],
)
def test_an_allergy_is_as_grave_as_its_gravest_reaction(told: list[str], gravest: str | None) -> None:
    """A word that R4 does not know may mean the worst: it is shown, not passed over."""
    reactions = [{"manifestation": [concept("Mẫu")], "severity": one} for one in told]
    assert read(Allergy, code=concept("Mẫu"), reaction=[*reactions, {"description": "Mẫu"}]).severity == gravest


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"verificationStatus": concept(None, "refuted"), "clinicalStatus": concept(None, "active")}, "refuted"),
        ({"clinicalStatus": concept(None, "resolved")}, "resolved"),
        ({}, "unknown"),
    ],
)
def test_a_denied_allergy_is_never_active(fields: dict[str, object], status: str) -> None:
    assert read(Allergy, code=concept("Mẫu"), **fields).status == status


@pytest.mark.parametrize(
    ("system", "code", "none_known"),
    [
        ("http://snomed.info/sct", "716186003", True),
        ("http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", "no-known-medication-allergies", True),
        ("http://snomed.info/sct", "764146007", False),
        ("urn:local", "716186003", False),
    ],
)
def test_the_statement_that_there_is_no_allergy_is_told_apart(system: str, code: str, *, none_known: bool) -> None:
    """It stays in the list in the source's own words, and no screen need take it for a substance."""
    assert read(Allergy, code={"coding": [{"system": system, "code": code}]}).none_known is none_known


def test_what_is_written_in_words_about_an_allergy_and_its_reactions_is_kept() -> None:
    """The warning that matters most may stand there alone. A description without a sign is the sign."""
    said = read(
        Allergy,
        code=concept("Penicilin"),
        note=[{"text": "Cấp cứu năm 2019"}],
        reaction=[
            {"manifestation": [concept("Phát ban")], "description": "Sau 10 phút", "note": [{"text": "Cần theo dõi"}]},
            {"description": "Khó thở"},
        ],
    )
    assert said.note == "Cấp cứu năm 2019\nSau 10 phút\nCần theo dõi"
    assert [sign.text for sign in said.reactions] == ["Phát ban", "Khó thở"]
    assert read(Allergy, code=concept("Penicilin")).note is None


def test_the_substance_of_a_reaction_stands_in_for_a_missing_code() -> None:
    assert read(Allergy, reaction=[{"substance": concept("Tôm")}]).substance.text == "Tôm"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2019", None),
        ("2019-04", None),
        ("2019-04-30", "2019-04-30T00:00:00+07:00"),
        ("2019-04-30T23:30:00Z", "2019-04-30T23:30:00+00:00"),
        ("2019-04-30T10:00", "2019-04-30T10:00:00+07:00"),
        ("2019-13-45", None),
        ("30/04/2019", None),
        ("", None),
        ("2019-04-30T10:00:00+99:99", None),
    ],
)
def test_an_instant_is_never_made_up(written: str, wanted: str | None) -> None:
    """A year is no instant; a day is its midnight; no offset is Ho Chi Minh City's."""
    start = read(Encounter, period={"start": written}).start
    assert (start.isoformat() if start else None) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2019", "2019"),
        ("2019-04", "2019-04"),
        ("2019-04-31", None),
        ("2019-00", None),
        ("2019-04-30T20:00:00Z", "2019-05-01"),
        ("9999-12-31T23:59:59Z", None),
        ("trước 2019", None),
    ],
)
def test_a_date_stays_as_exact_as_it_is_known(written: str, wanted: str | None) -> None:
    assert read(Condition, code=concept("Mẫu"), onsetDateTime=written).onset == wanted


@pytest.mark.parametrize(
    ("meta", "codes"),
    [
        ({}, ()),
        ({"security": []}, ()),
        ({"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}, ("R",)),
        ({"security": [{"code": "N"}, {"display": "no code"}, {"system": "urn:s", "code": "HIV"}]}, ("N", "HIV")),
    ],
)
def test_for_whose_eyes_a_resource_is_stays_with_its_record(meta: dict[str, object], codes: tuple[str, ...]) -> None:
    """Whoever decides what is shown has to see the labels of the source, whatever the resource says besides."""
    record = read(
        Condition, code=concept("Mẫu", "J00"), subject=ME, meta={"lastUpdated": "2026-01-01T00:00:00Z", **meta}
    )
    assert record.provenance[0].security == codes
