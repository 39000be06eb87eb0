"""Vaccinations in register, book and hospital."""

import pytest

from connectors.records import Immunization
from tests.resolvers.joining.facts import CVX, ICD10, SNOMED, coded, dose, joined, together

FIVE = coded("Vắc xin 5 trong 1", (CVX, "198"))
OWN = coded("5 in 1", ("urn:citizen-graph:immunization_book:vacxin", "102"))
MEASLES = (coded("Sởi", (SNOMED, "14189004"), (ICD10, "B05.9")),)
MEASLES_IN_BOOK = (coded("sởi", ("urn:book", "8"), (ICD10, "B05.9")),)
MR = (*MEASLES, coded("Rubella", (ICD10, "B06.9")))
VAT = coded("VAT")

TABLE: list[tuple[str, Immunization, Immunization, bool]] = [
    ("same vaccine, same day", dose("register", FIVE), dose("a", FIVE), True),
    (
        "same antigens, products of two catalogues",
        dose("register", coded("A", (CVX, "05")), target_diseases=MEASLES),
        dose("b", OWN, target_diseases=MEASLES_IN_BOOK),
        True,
    ),
    ("same words, no code", dose("register", VAT), dose("a", coded("vat")), True),
    ("another day", dose("register", FIVE), dose("a", FIVE, on="2026-01-06"), False),
    ("a month is no day", dose("register", FIVE, on="2026-01"), dose("a", FIVE, on="2026-01"), False),
    ("one antigen more", dose("register", VAT, target_diseases=MEASLES), dose("a", OWN, target_diseases=MR), False),
    (
        "another vaccine against the same",
        dose("register", coded("A", (CVX, "05")), target_diseases=MEASLES),
        dose("a", coded("B", (CVX, "03")), target_diseases=MEASLES),
        False,
    ),
    ("given, and not given", dose("register", FIVE), dose("a", FIVE, status="not-done"), False),
    ("another lot", dose("register", FIVE, lot="M-1"), dose("a", FIVE, lot="M-2"), False),
    ("the lot in another case", dose("register", FIVE, lot="M-1"), dose("a", FIVE, lot="m-1"), True),
    ("another number of a single vaccine", dose("register", VAT, dose_number=1), dose("a", VAT, dose_number=2), False),
    ("a number that one does not know", dose("register", VAT, dose_number=1), dose("a", VAT), True),
    (
        "numbers of two antigens of one product",
        dose("register", VAT, target_diseases=MR, dose_number=1),
        dose("a", VAT, target_diseases=MR, dose_number=2),
        True,
    ),
    ("two in one register", dose("register", FIVE), dose("register", FIVE, number="2"), False),
]


@pytest.mark.parametrize(("one", "other", "same"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_is_the_same_dose(one: Immunization, other: Immunization, same: bool) -> None:
    """The rule as a table."""
    assert together(one, other) is same


def test_a_dose_without_a_number_goes_to_none_of_two() -> None:
    """It could be either: three items."""
    assert len(joined(dose("a", VAT, dose_number=1), dose("b", VAT, dose_number=2), dose("c", VAT))) == 3


def test_two_doses_of_one_day_in_one_source_are_not_paired_with_anything() -> None:
    """Rabies vaccine is given at two sites on the first day: nobody knows which of them the hospital wrote down."""
    assert len(joined(dose("register", VAT), dose("register", VAT, number="2"), dose("a", VAT))) == 3


def test_the_register_leads() -> None:
    """Its words are shown, the hospital's number beside it; what it does not know comes from the hospital."""
    (item,) = joined(
        dose("a", FIVE, site="tay trái", dose_number=2, target_diseases=MR),
        dose("register", coded("VX", (CVX, "198")), dose_number=1, target_diseases=MR),
    )

    assert (item.vaccine.text, item.dose_number, item.site) == ("VX", 1, "tay trái")
    (conflict,) = item.conflicts
    assert (conflict.field, [each.value for each in conflict.values]) == ("doseNumber", ["2", "1"])
