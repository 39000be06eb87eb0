"""Who represents whom on which day: the table that a lawyer can read."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Basis
from connectors.records import PartialDate, Provenance, Relation, RepresentationBasis
from resolvers.access.ages import AGES, Step, anniversary
from resolvers.access.rules import last_day, represents, standing_ones
from tests.resolvers.world import NOW, info

PARENT, GUARDIAN = RepresentationBasis.PARENT, RepresentationBasis.GUARDIAN
COURT, BY_CITIZEN = RepresentationBasis.COURT_APPOINTED, RepresentationBasis.AUTHORISED_BY_CITIZEN


def relation(basis: RepresentationBasis, born: str, **other: Any) -> Relation:
    """What the register says."""
    return Relation(
        id="1",
        provenance=(Provenance(source=info("register"), retrieved_at=NOW, source_record_id="1"),),
        personal_id="079217998103",
        full_name="Mẫu",
        birth_date=PartialDate(born),
        basis=basis,
        **other,
    )


@pytest.mark.parametrize(
    ("basis", "born", "other", "today", "expected"),
    [
        (PARENT, "2008-11-24", {}, "2026-11-23", Basis.PARENT),
        (PARENT, "2008-11-23", {}, "2026-11-23", None),
        (PARENT, "2008-02-29", {}, "2026-02-28", Basis.PARENT),
        (PARENT, "2008-02-29", {}, "2026-03-01", None),
        (PARENT, "2008", {}, "2025-12-31", Basis.PARENT),
        (PARENT, "2008", {}, "2026-01-01", None),
        (PARENT, "2008-06", {}, "2026-05-31", Basis.PARENT),
        (PARENT, "2008-06", {}, "2026-06-01", None),
        (PARENT, "2017-04-18", {"barred": True}, "2026-11-23", None),
        (PARENT, "2017-04-18", {"valid_from": date(2026, 11, 24)}, "2026-11-23", None),
        (PARENT, "2017-04-18", {"valid_from": date(2026, 11, 23)}, "2026-11-23", Basis.PARENT),
        (PARENT, "2017-04-18", {"valid_until": date(2026, 11, 23)}, "2026-11-23", Basis.PARENT),
        (PARENT, "2017-04-18", {"valid_until": date(2026, 11, 22)}, "2026-11-23", None),
        (PARENT, "2008-01-01", {"valid_until": date(2030, 1, 1)}, "2026-11-23", None),
        (GUARDIAN, "1970-01-01", {}, "2026-11-23", Basis.GUARDIAN),
        (COURT, "1996-03-17", {"valid_until": date(2026, 11, 22)}, "2026-11-23", None),
        (COURT, "1996-03-17", {}, "2026-11-23", Basis.COURT_APPOINTED),
        (COURT, "1996-03-17", {"barred": True}, "2026-11-23", None),
        (BY_CITIZEN, "1996-03-17", {}, "2026-11-23", Basis.AUTHORISED),
        (BY_CITIZEN, "1996-03-17", {"valid_until": date(2026, 11, 22)}, "2026-11-23", None),
        (PARENT, "2017-04-18", {"deceased": True}, "2026-11-23", None),
        (PARENT, "2017-04-18", {"barred": True, "barred_from": date(2026, 11, 24)}, "2026-11-23", Basis.PARENT),
        (PARENT, "2017-04-18", {"barred": True, "barred_from": date(2026, 11, 23)}, "2026-11-23", None),
        (PARENT, "2017-04-18", {"barred": True, "barred_until": date(2026, 11, 23)}, "2026-11-23", None),
        (PARENT, "2017-04-18", {"barred": True, "barred_until": date(2026, 11, 22)}, "2026-11-23", Basis.PARENT),
    ],
)
def test_what_a_relation_allows_today(
    basis: RepresentationBasis, born: str, other: dict[str, Any], today: str, expected: Basis | None
) -> None:
    """The day before and the day itself, for every rule that has one."""
    assert represents(relation(basis, born, **other), date.fromisoformat(today)) is expected


@pytest.mark.parametrize(
    ("born", "today", "alone"),
    [
        ("2012-11-23", "2026-11-23", True),
        ("2012-11-24", "2026-11-23", False),
        ("2012", "2026-12-30", False),
        ("2012", "2026-12-31", True),
        ("2012-11", "2026-11-29", False),
        ("2012-11", "2026-11-30", True),
    ],
)
def test_from_fourteen_an_account_of_ones_own_opens_health_data(born: str, today: str, *, alone: bool) -> None:
    """A date known in part is read against the caller."""
    assert (Step.OWN_ACCOUNT in AGES.reached(PartialDate(born), date.fromisoformat(today))) is alone


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)))
def test_a_parents_right_never_outlives_the_eighteenth_birthday(born: date) -> None:
    """Whatever the register wrote as its end."""
    last = last_day(relation(PARENT, born.isoformat(), valid_until=date(9999, 1, 1)), date(2026, 11, 23))

    assert last is not None
    assert last < anniversary(born, 18)


def test_a32_a_courts_bar_holds_whatever_else_the_register_says_of_the_two() -> None:
    """An entry that was left standing, or one of another kind, gives nothing back; the citizen's own word does."""
    today = date(2026, 11, 23)
    barred = relation(PARENT, "2017-04-18", barred=True)
    left = [relation(kind, "2017-04-18") for kind in (PARENT, GUARDIAN, COURT)]
    authorised = relation(BY_CITIZEN, "2017-04-18")

    assert standing_ones([*left, barred], today) == []
    assert standing_ones([*left, authorised, barred], today) == [authorised]
    assert standing_ones(left, today) == left


@pytest.mark.parametrize("born", ["9999-12-31", "9999-12", "9999", "0001"])
def test_a_date_at_the_end_of_time_breaks_nothing(born: str) -> None:
    """A source may write any date; the others' records must not be lost over it."""
    assert represents(relation(PARENT, born), date(2026, 11, 23)) in (Basis.PARENT, None)
    assert (Step.OWN_ACCOUNT in AGES.reached(PartialDate(born), date(2026, 11, 23))) is (born == "0001")
