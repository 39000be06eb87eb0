"""Which special categories a record tells: by codes, departments and words, with their marks and without."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from connectors.records import (
    RECORD_CLASSES,
    Allergy,
    Claim,
    ClaimLine,
    ClaimLineKind,
    CodedText,
    Coding,
    Condition,
    ConditionStatus,
    Encounter,
    EncounterKind,
    Facility,
    Medication,
    MedicationStatus,
    PartialDate,
    Practitioner,
    Pregnancy,
    PregnancyStatus,
    PrimaryCare,
    Procedure,
    Provenance,
    Record,
    Referral,
    RepresentationBasis,
    Representative,
    Screening,
)
from resolvers.access.consents import Sensitivity
from resolvers.access.labelling.labeller import _GATEWAYS_OWN, LABELS, _read_aloud, load
from tests.resolvers.samples import variants
from tests.resolvers.world import NOW, info

S = Sensitivity


def stamped(source: str = "h") -> dict[str, Any]:
    """The beginning of a record."""
    return {"id": "1", "provenance": (Provenance(source=info(source), retrieved_at=NOW, source_record_id="1"),)}


def coded(text: str, *codes: str) -> CodedText:
    """Words and codes."""
    return CodedText(text=text, codings=tuple(Coding(system="unknown", code=code) for code in codes))


def problem(code: CodedText, **other: Any) -> Condition:
    """A problem."""
    return Condition(**stamped(), code=code, status=ConditionStatus.ACTIVE, verified=True, **other)


def medicine(code: CodedText, **other: Any) -> Medication:
    """A medicine."""
    return Medication(**stamped(), code=code, status=MedicationStatus.ACTIVE, **other)


@pytest.mark.parametrize(
    ("code", "tells"),
    [
        ("B20", S.HIV),
        ("B24", S.HIV),
        ("B20.1", S.HIV),
        ("B201", S.HIV),
        ("Z21", S.HIV),
        ("F32.1", S.MENTAL_HEALTH),
        ("F00*", S.MENTAL_HEALTH),
        ("F11", S.SUBSTANCE_USE),
        ("O04", S.REPRODUCTIVE_HEALTH),
        ("A51.0", S.SEXUAL_HEALTH),
        ("T74.1", S.VIOLENCE),
        ("T74.02XA", S.VIOLENCE),
        ("Q90", S.GENETICS),
        ("Z94.0", S.TRANSPLANT),
        ("I10;B20;E11", S.HIV),
        ("86406008", S.HIV),
        ("25836-8", S.HIV),
        ("b20", S.HIV),
    ],
)
def test_codes_tell_whatever_system_they_are_said_to_be_of(code: str, tells: Sensitivity) -> None:
    """Systems name them wrongly, in small letters, without the dot, or several in one field."""
    assert LABELS.of(problem(coded("Theo dõi", code))) == {tells}


@pytest.mark.parametrize("code", ["B19", "B25", "Z20", "F17", "E11.9", "I10", "O10", "Z93", "4548-4", "C20", ""])
def test_codes_beside_them_tell_nothing(code: str) -> None:
    """The edges of the ranges; tobacco is no special category."""
    assert LABELS.of(problem(coded("Theo dõi", code))) == frozenset()


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("Nhiễm HIV giai đoạn 2", S.HIV),
        ("HIV/AIDS", S.HIV),
        ("Phòng khám ngoại trú OPC", S.HIV),
        ("Suy giảm miễn dịch mắc phải", S.HIV),
        ("SUY GIAM MIEN DICH MAC PHAI", S.HIV),
        ("Rối loạn trầm cảm tái diễn", S.MENTAL_HEALTH),
        ("roi loan tram cam", S.MENTAL_HEALTH),
        ("Major depression, recurrent", S.MENTAL_HEALTH),
        ("Nghiện ma tuý", S.SUBSTANCE_USE),
        ("nghien ma tuy", S.SUBSTANCE_USE),
        ("Điều trị Methadone", S.SUBSTANCE_USE),
        ("Phá thai nội khoa", S.REPRODUCTIVE_HEALTH),
        ("Khoa Hiếm muộn", S.REPRODUCTIVE_HEALTH),
        ("Bệnh lậu", S.SEXUAL_HEALTH),
        ("benh lau", S.SEXUAL_HEALTH),
        ("Bị chồng bạo hành", S.VIOLENCE),
        ("domestic violence, counselled", S.VIOLENCE),
        ("Xét nghiệm gen BRCA1", S.GENETICS),
        ("Sau ghép thận", S.TRANSPLANT),
        ("F32 - theo dõi", S.MENTAL_HEALTH),
        ("Viêm phổi (B20)", S.HIV),
    ],
)
def test_words_tell_with_their_marks_and_without(text: str, tells: Sensitivity) -> None:
    """In a diagnosis, in a note, in the name of a department: anywhere a person would read them."""
    assert LABELS.of(problem(coded(text))) == {tells}
    assert LABELS.of(problem(coded("Theo dõi"), note=text)) == {tells}
    assert LABELS.of(Referral(**stamped(), reason=coded(text), status="active")) == {tells}


@pytest.mark.parametrize(
    "text", ["Bệnh lâu năm", "Nghiên cứu", "Sonde Foley F16", "Vitamin B12", "Đau bao tử", "Thiếu máu", "Ho kéo dài"]
)
def test_words_that_look_like_them_tell_nothing(text: str) -> None:
    """*lâu* (long) is not *lậu*, and the size of a catheter is no diagnosis."""
    assert LABELS.of(problem(coded(text))) == frozenset()


def test_a_medicine_tells_by_itself() -> None:
    """By its code, its name, or an ingredient."""
    assert LABELS.of(medicine(coded("Acriptega"))) == {S.HIV}
    assert LABELS.of(medicine(coded("Viên", "J05AR27"))) == {S.HIV}
    assert LABELS.of(medicine(coded("Viên"), ingredients=(coded("Dolutegravir 50 mg"),))) == {S.HIV}
    assert LABELS.of(medicine(coded("Viên", "N06AB06"))) == {S.MENTAL_HEALTH}
    assert LABELS.of(medicine(coded("Paracetamol 500 mg", "N02BE01"))) == frozenset()


def visit(department: str, facility: str = "Bệnh viện Mẫu", source: str = "h") -> Encounter:
    """A visit."""
    return Encounter(
        **stamped(source),
        kind=EncounterKind.OUTPATIENT,
        status="finished",
        start=datetime(2026, 1, 1, tzinfo=UTC),
        facility=Facility(code="79001", name=facility),
        department=department,
    )


def test_where_somebody_was_tells() -> None:
    """The department, the facility, and the name of the system; and the role of a professional, not the name."""
    assert LABELS.of(visit("Khoa Tâm thần")) == {S.MENTAL_HEALTH}
    assert LABELS.of(visit("Khoa Nội", facility="BENH VIEN TAM THAN")) == {S.MENTAL_HEALTH}
    assert LABELS.of(visit("Khoa Nội", source="Cơ sở Methadone Mẫu")) == {S.SUBSTANCE_USE}
    assert LABELS.of(visit("Khoa Nội")) == frozenset()
    done: dict[str, Any] = {"code": coded("Tư vấn"), "status": "completed"}
    role, name = Practitioner(role="Bác sĩ tâm thần"), Practitioner(name="Nguyễn Hiv")
    assert LABELS.of(Procedure(**stamped(), **done, performer=role)) == {S.MENTAL_HEALTH}
    assert LABELS.of(Procedure(**stamped(), **done, performer=name)) == frozenset()


def test_a_line_of_a_claim_tells_of_the_whole_claim() -> None:
    """And a procedure by its code, which elsewhere is a code of something else."""
    line = ClaimLine(kind=ClaimLineKind.SERVICE, name="Đo tải lượng HIV")
    claim = Claim(**stamped(), facility=Facility(code="79001", name="Bệnh viện Mẫu"), lines=(line,))
    assert LABELS.of(claim) == {S.HIV}
    assert LABELS.of(Procedure(**stamped(), code=coded("Thủ thuật", "69.7"), status="x")) == {S.REPRODUCTIVE_HEALTH}
    assert LABELS.of(problem(coded("Thủ thuật", "69.7"))) == frozenset()


def test_every_pregnancy_is_reproductive_health() -> None:
    """Whatever it says; with the name of the section itself."""
    assert LABELS.of(Pregnancy(**stamped(), status=PregnancyStatus.ACTIVE)) == {S.REPRODUCTIVE_HEALTH}


@pytest.mark.parametrize(
    ("programme", "test", "tells"),
    [
        (coded("Sàng lọc HIV"), None, {S.HIV}),
        (coded("Sàng lọc", "Z11.4"), None, {S.HIV}),
        (coded("Sàng lọc thai kỳ"), coded("Xét nghiệm", "75622-1"), {S.HIV}),
        (coded("Sàng lọc giang mai"), None, {S.SEXUAL_HEALTH}),
        (coded("Sàng lọc", "Z11.3"), None, {S.SEXUAL_HEALTH}),
        (coded("Sàng lọc thai kỳ"), coded("Xét nghiệm", "24110-9"), {S.SEXUAL_HEALTH}),
        (coded("Sàng lọc trầm cảm"), None, {S.MENTAL_HEALTH}),
        (coded("BREAST_CANCER", "BREAST_CANCER"), coded("Chụp nhũ ảnh", "24606-6"), set()),
    ],
)
def test_a_screening_tells_what_its_programme_or_its_test_tells(
    programme: CodedText, test: CodedText | None, tells: set[Sensitivity]
) -> None:
    """Whatever was found: to have been tested for it tells enough. Most programmes tell nothing."""
    screening = Screening(**stamped(), programme=programme, test=test, on=PartialDate("2026-03-01"))
    assert LABELS.of(screening) == tells


def test_who_looks_after_somebody_can_tell_and_who_may_act_for_them_cannot() -> None:
    """By the place and the role; names of people are never read for it."""
    clinic = Facility(code="79001", name="Phòng khám ngoại trú OPC")
    assert LABELS.of(PrimaryCare(**stamped(), health_station=clinic)) == {S.HIV}
    doctor = Practitioner(name="Nguyễn Hiv", role="Bác sĩ gia đình")
    assert LABELS.of(PrimaryCare(**stamped(), family_doctor=doctor)) == frozenset()
    born, basis = PartialDate("1980"), RepresentationBasis.PARENT
    mother = Representative(**stamped(), full_name="Trần Hiv Mẫu", birth_date=born, basis=basis)
    assert LABELS.of(mother) == frozenset()


def test_a_record_can_tell_several() -> None:
    """Each has to be named."""
    record: Record = problem(coded("Trầm cảm", "B20"))
    assert LABELS.of(record) == {S.HIV, S.MENTAL_HEALTH}


@pytest.mark.parametrize("text", ["", "version = 1", 'version="x"\nverified=true\ntelling=[]\n[categories]\n'])
def test_a_file_that_forgets_a_category_is_none(text: str) -> None:
    """Nothing starts with it."""
    with pytest.raises(ValueError, match=r"."):
        load(text)


def _everything(part: Any) -> Iterator[tuple[str, bool]]:
    """Every text of a part, found without knowing any class: each of its fields is looked into."""
    if isinstance(part, str):
        yield part, False
    elif isinstance(part, tuple):
        for each in part:
            yield from _everything(each)
    elif isinstance(part, Struct) and not isinstance(part, Provenance):
        for name in part.__struct_fields__:
            value = getattr(part, name)
            if isinstance(part, Practitioner) and name != "role":
                continue
            if isinstance(part, Coding) and name == "system":
                continue
            if name in _GATEWAYS_OWN or value is None:
                continue
            yield from ((value, True),) if name == "code" and isinstance(value, str) else _everything(value)


@pytest.mark.parametrize("about", RECORD_CLASSES)
def test_nothing_that_a_record_says_is_left_unread(about: type[Record]) -> None:
    """Which fields can hold a text is known beforehand by their types; not one of them is missed."""
    for record in variants(about):
        said: list[str] = []
        coded: list[str] = []
        _read_aloud(record, said, coded)
        found = sorted([(text, False) for text in said] + [(text, True) for text in coded])
        assert found == sorted(_everything(record))


def test_what_one_record_tells_is_not_told_of_another() -> None:
    """Words are looked at once for all records of an answer; each still tells its own."""
    records = [problem(coded(text)) for text in ("Nhiễm HIV", "Cúm", "Nhiễm HIV", "Giang mai")]
    assert LABELS.of_each(records) == [LABELS.of(record) for record in records]
    assert LABELS.of_each(records)[1] == frozenset()
    assert LABELS.of_each(records)[0] == LABELS.of_each(records)[2] == {S.HIV}


def _labelled(*codes: str) -> Condition:
    """A record whose words and codes tell nothing, under such labels of its source."""
    place = Provenance(source=info("h"), retrieved_at=NOW, source_record_id="1", security=codes)
    return Condition(
        id="1", provenance=(place,), code=coded("Khám", "J00"), status=ConditionStatus.ACTIVE, verified=True
    )


@pytest.mark.parametrize(
    ("codes", "tells"),
    [
        ((), set()),
        (("N",), set()),
        (("L", "M", "U", "NORELINK"), set()),
        (("HIV",), {S.HIV}),
        (("psy",), {S.MENTAL_HEALTH}),
        (("N", "ETH"), {S.SUBSTANCE_USE}),
        (("SEX",), {S.SEXUAL_HEALTH, S.REPRODUCTIVE_HEALTH}),
        (("SDV", "GDIS"), {S.VIOLENCE, S.GENETICS}),
        (("R",), set(S)),
        (("V",), set(S)),
        (("R", "PSY"), {S.MENTAL_HEALTH}),
    ],
)
def test_a_record_tells_what_its_source_has_labelled_it_as(codes: tuple[str, ...], tells: set[S]) -> None:
    """Where the label names no category, it may be any: whoever is to see one category less does not see the record."""
    assert LABELS.of(_labelled(*codes)) == tells


def test_what_is_secret_for_a_reason_that_can_be_read_is_secret_for_that_reason() -> None:
    """Who consented to the category shows it: a label that says no more than the diagnosis takes nothing back."""
    labelled = msgspec.structs.replace(_labelled("R"), code=coded("Trầm cảm", "F32.1"))
    assert LABELS.of(labelled) == {S.MENTAL_HEALTH}


def test_a_reason_that_does_not_count_in_its_section_takes_no_label_away() -> None:
    """Of violence an allergy never tells; that its source calls it secret still does."""
    place = Provenance(source=info("h"), retrieved_at=NOW, source_record_id="1", security=("SDV", "R"))
    allergy = Allergy(
        id="1", provenance=(place,), substance=coded("Penicillin", "J01C"), status="active", verified=True
    )
    assert S.HIV in LABELS.of(allergy)
    assert S.VIOLENCE not in LABELS.of(allergy)


def test_a_label_of_one_source_counts_where_another_has_none() -> None:
    """Two systems hold one fact: it tells what either says."""
    labelled, plain = _labelled("HIV"), _labelled()
    both = msgspec.structs.replace(plain, provenance=(*plain.provenance, *labelled.provenance))
    assert LABELS.of(both) == {S.HIV}


def test_a_label_hides_no_allergy_to_a_medicine_that_has_nothing_to_do_with_it() -> None:
    """Of violence and of genes an allergy never tells: a doctor has to know it."""
    place = Provenance(source=info("h"), retrieved_at=NOW, source_record_id="1", security=("SDV", "GDIS"))
    allergy = Allergy(
        id="1", provenance=(place,), substance=coded("Penicillin", "J01C"), status="active", verified=True
    )
    assert LABELS.of(allergy) == frozenset()
