"""What an item says where its records disagree, class by class."""

from decimal import Decimal

from connectors.records import CodedText, CoverageStatus, Diagnosis, DiagnosisRole, Practitioner
from tests.resolvers.joining.facts import ICD10, amount, coded, joined, medicine, result, visit
from tests.resolvers.joining.test_care import card, claim, person
from tests.resolvers.world import NOW


def test_of_two_blood_groups_none_is_shown() -> None:
    """A wrong one could kill. Both stand in the conflict, with the rule that says why there is none."""
    (item,) = joined(person("population", blood_type="A"), person("a", blood_type="O"))

    assert item.blood_type is None
    (conflict,) = item.conflicts
    assert (conflict.field, conflict.rule.name) == ("bloodType", "NONE_WHERE_DISAGREED")
    assert {value.value: value.provenance[0].source.id for value in conflict.values} == {"A": "population", "O": "a"}


def test_one_known_blood_group_is_shown() -> None:
    """A source that does not know it does not disagree."""
    (item,) = joined(person("population"), person("a", blood_type="O"), person("b", blood_type="o "))

    assert item.blood_type in ("O", "o ")
    assert item.conflicts == ()


def test_the_register_says_who_somebody_is() -> None:
    """A name without its marks is the same name; another birth date is shown as one."""
    (item,) = joined(
        person("a", full_name="LUONG THI MAU AN", birth_date="1987-02-15", deceased=True), person("population")
    )

    assert (item.full_name, item.birth_date, item.deceased) == ("Lương Thị Mẫu Ân", "1987-02-14", True)
    assert {conflict.field for conflict in item.conflicts} == {"birthDate"}


def test_the_insurer_says_what_a_card_is_worth() -> None:
    """The other portal's word stands beside it; an unknown state contradicts nothing."""
    (item,) = joined(
        card("a", "DN", status=CoverageStatus.EXPIRED, benefit_percent=80),
        card("insurer", "DN"),
        card("c", "DN", status=CoverageStatus.UNKNOWN),
    )

    assert (item.status, item.benefit_percent) == (CoverageStatus.ACTIVE, 80)
    (conflict,) = item.conflicts
    assert [value.value for value in conflict.values] == ["EXPIRED", "UNKNOWN", "ACTIVE"]


def test_a_visit_has_the_diagnoses_of_all_each_once() -> None:
    """One that names no part of the visit is the same as one that does."""
    codes = [coded(text, (ICD10, code)) for text, code in (("Viêm khớp", "M06.9"), ("Thiếu máu", "D50.9"))]
    main, other = codes
    (item,) = joined(
        visit("a", NOW, diagnoses=(Diagnosis(code=main),), practitioner=Practitioner(name="Bùi Văn Mẫu")),
        visit(
            "b",
            NOW,
            diagnoses=(Diagnosis(code=main, role=DiagnosisRole.MAIN), Diagnosis(code=other)),
            practitioner=Practitioner(name="BUI VAN MAU", licence="0001"),
        ),
    )

    assert [(found.code.codings[0].code, found.role.name) for found in item.diagnoses] == [
        ("M06.9", "MAIN"),
        ("D50.9", "UNSPECIFIED"),
    ]
    assert item.practitioner == Practitioner(name="Bùi Văn Mẫu", licence="0001")
    assert item.conflicts == ()


def test_a_result_keeps_the_digits_of_one_laboratory() -> None:
    """5.6 and 5.60 are the same value; interpretations that differ are shown."""
    (item,) = joined(
        result("a", amount(Decimal("5.6")), interpretation=CodedText(text="Cao")),
        result("b", amount(Decimal("5.60")), interpretation=CodedText(text="Bình thường")),
    )

    assert str(item.value.value) == "5.6"
    assert [conflict.field for conflict in item.conflicts] == ["interpretation"]


def test_what_a_prescription_lacks_comes_from_the_dispensing() -> None:
    """Amount and last day are filled in; nothing is in conflict."""
    (item,) = joined(medicine("a", dosage="sáng 1 viên"), medicine("b", end="2026-02-04"))

    assert (item.dosage, item.end, item.conflicts) == ("sáng 1 viên", "2026-02-04", ())


def test_the_end_of_a_visit_is_that_of_the_leading_record() -> None:
    """Values of every type are shown in words."""
    (item,) = joined(claim("insurer", insurer_pays=Decimal(80000)), claim("b", insurer_pays=Decimal("70000.50")))

    assert item.insurer_pays == 80000
    assert [value.value for value in item.conflicts[0].values] == ["70000.50", "80000"]
