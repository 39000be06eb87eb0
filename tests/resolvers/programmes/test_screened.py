"""What counts for a screening programme, and when the next one is due: by dated rules, after a normal result alone."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connectors.records import (
    CodedText,
    CodedValue,
    Observation,
    ObservationCategory,
    PartialDate,
    Procedure,
    QuantityValue,
    Report,
    ReportKind,
    Screening,
)
from resolvers.programmes.screened import due_again, screenings
from resolvers.programmes.screening import PROGRAMMES, SYSTEM, load
from tests.resolvers.joining.facts import LOINC, SNOMED, coded, told

HPV, FIT, TSH = (coded("x", (LOINC, code)) for code in ("82675-0", "29771-3", "29575-8"))
NEGATIVE, POSITIVE = coded("Âm tính", (SNOMED, "260385009")), coded("Dương tính", (SNOMED, "10828004"))
AT = datetime(2026, 1, 4, 20, tzinfo=UTC)
BORN = PartialDate("1987-02-14")


def result(code: CodedText = HPV, value: Any = None, number: str = "1", **more: Any) -> Observation:
    given = {"category": ObservationCategory.LABORATORY, "at": AT, "status": "final", **more}
    return Observation(**told("a", number), code=code, value=value or CodedValue(coded=NEGATIVE), **given)


def only(*observations: Observation) -> Screening:
    (found,) = screenings(observations, (), ())
    return found


def due(*items: Screening, born: PartialDate | None = BORN) -> list[date | None]:
    found = due_again(items, born)
    return [found[item.id].on if item.id in found else None for item in items]


def test_a_result_counts_with_its_day_in_the_city() -> None:
    found = only(result())
    assert (found.programme.text, found.on, found.result) == ("CERVICAL_CANCER", "2026-01-05", NEGATIVE)
    assert found.test == HPV


def test_reports_and_procedures_count_by_code() -> None:
    report = Report(
        **told("a", "2"), kind=ReportKind.IMAGING, code=coded("x", (LOINC, "24606-6")), issued=AT, status="final"
    )
    done = Procedure(
        **told("a", "3"), code=coded("x", (SNOMED, "73761001")), performed=PartialDate("2020-05"), status="completed"
    )
    assert [one.programme.text for one in screenings((), [report], [done])] == ["BREAST_CANCER", "COLORECTAL_CANCER"]


@pytest.mark.parametrize(
    "said",
    [
        {"code": coded("Xét nghiệm HPV")},
        {"code": coded("x", ("urn:own", "82675-0"))},
        {"code": coded("x", (LOINC, "82675-0"), (LOINC, "29771-3"))},
        {"status": "cancelled"},
        {"status": "entered-in-error"},
        {"at": None},
    ],
)
def test_what_is_not_for_certain_a_screening_is_none(said: dict[str, Any]) -> None:
    """Words are not read, nor a code of another system; two programmes at once are none."""
    assert list(screenings([result(**said)], (), ())) == []


def test_what_was_ordered_and_gave_nothing_is_no_screening() -> None:
    empty = msgspec.structs.replace(result(), value=None)
    assert list(screenings([empty], (), ())) == []


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        (HPV, CodedValue(coded=NEGATIVE), date(2029, 1, 4)),
        (FIT, CodedValue(coded=NEGATIVE), date(2027, 1, 5)),
        (HPV, CodedValue(coded=POSITIVE), None),
        (HPV, CodedValue(coded=coded("Âm tính")), None),
        (HPV, CodedValue(coded=coded("?", (SNOMED, "260385009"), (SNOMED, "10828004"))), None),
        (TSH, CodedValue(coded=NEGATIVE), None),
    ],
    ids=["HPV", "FIT", "positive", "in words only", "negative and positive", "once in a life"],
)
def test_the_next_is_due_after_a_result_that_is_normal_by_code(
    code: CodedText, value: Any, expected: date | None
) -> None:
    """Anything else is for whoever treats: no day is worth more than a wrong one."""
    assert due(only(result(code, value))) == [expected]


def test_a_number_is_normal_by_its_interpretation() -> None:
    judged = coded("Bình thường", ("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "N"))
    amount = QuantityValue(value=Decimal(12), unit="ug/g")
    assert due(only(result(FIT, amount, interpretation=judged))) == [date(2027, 1, 5)]
    assert due(only(result(FIT, amount))) == [None]


def test_only_the_newest_of_a_programme_tells_the_next() -> None:
    """The one before is done with, however its day was reckoned."""
    before = only(result(number="1", at=datetime(2022, 1, 4, tzinfo=UTC)))
    newest = only(result(number="2"))
    assert due(before, newest) == [None, date(2029, 1, 4)]


def test_beyond_the_age_of_the_programme_none_is_due() -> None:
    """Nobody is called who is too old for it by then."""
    assert due(only(result()), born=PartialDate("1963-01-04")) == [None]
    assert due(only(result()), born=PartialDate("1963-01-05")) == [date(2029, 1, 4)]


def test_the_day_that_a_source_says_goes_first() -> None:
    """A register knows its own calls; a programme that only it knows is shown as it wrote it."""
    own = Screening(
        **told("register"), programme=coded("Khám sàng lọc"), on=PartialDate("2026"), next_due=date(2027, 3, 1)
    )
    assert due(own) == [date(2027, 3, 1)]


def test_every_rule_names_where_it_is_written_and_is_marked_as_unverified() -> None:
    """Clinical data taken from general knowledge is not passed off as signed."""
    assert all(one.source and not one.verified for one in PROGRAMMES.programmes)
    assert {one.text.codings[0].system for one in PROGRAMMES.programmes} == {SYSTEM}


def test_a_code_that_counts_twice_is_refused() -> None:
    programme = '[[programmes]]\nid = "{}"\nsource = "x"\nverified = false\ntests = [{{ loinc = ["1-8"] }}]\n'
    with pytest.raises(msgspec.ValidationError, match="one test"):
        load('version = "x"\nnormal = []\n' + programme.format("A") + programme.format("B"))
