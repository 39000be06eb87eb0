"""Answers in the portal's form that somebody else wrote, where they lie beside this repository."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.contract import Subject
from connectors.errors import SourceError
from connectors.records import CoverageStatus, SourceInfo, SourceKind
from connectors.stamping import Stamp
from connectors.vss import mapping
from connectors.vss.business_codes import Finding, finding
from connectors.vss.wire import CardAnswer, HistoryAnswer, TokenAnswer

FOLDER = Path(__file__).parents[3].parent / "shared" / "data" / "vn" / "vss"
TODAY = date(2026, 11, 23)

if not FOLDER.is_dir():
    pytest.skip("There are no answers of other authors beside this repository.", allow_module_level=True)

PEOPLE = sorted(path.name for path in FOLDER.iterdir() if path.name.isdigit())


def stamp(number: str) -> Stamp:
    info = SourceInfo(id="insurance", name="Mẫu", kind=SourceKind.INSURANCE, protocol="vss")
    return Stamp(info, Subject(ref=number[-3:], personal_id=number), datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize("number", PEOPLE)
def test_every_card_is_read(number: str) -> None:
    """As many cards as numbers in the answer, each with a status that is known."""
    text = (FOLDER / number / "KQNhanLichSuKCB2024.json").read_bytes()
    answer, said = msgspec.json.decode(text, type=CardAnswer), json.loads(text)
    records, dropped = mapping.coverages(answer, finding(answer.code), stamp(number), today=TODAY)
    numbers = {said[name] for name in ("maThe", "maTheCu", "maTheMoi") if said[name]}
    assert ({record.card_number for record in records}, dropped) == (numbers, 0)
    assert all(record.status is not CoverageStatus.UNKNOWN for record in records)
    assert all(record.benefit_percent for record in records)


@pytest.mark.parametrize("number", PEOPLE)
def test_every_visit_is_read(number: str) -> None:
    """Each visit with its times and a diagnosis that has a code."""
    text = (FOLDER / number / "Lskcb2025.json").read_bytes()
    visits: list[Any] = json.loads(text)["dsLichSuKCB2025"] or []
    answer = msgspec.json.decode(text, type=HistoryAnswer)
    visited, dropped = mapping.visits(answer.visits or [], stamp(number))
    records = [visit.claim for visit in visited]
    assert (len(records), dropped) == (len(visits), 0)
    for record in records:
        assert record.admitted
        assert record.discharged
        assert record.diagnoses[0].code.codings


@pytest.mark.parametrize("path", sorted((FOLDER / "errors").iterdir()), ids=lambda path: str(path.stem))
def test_every_error_is_understood(path: Path) -> None:
    """No code is unknown, and none of these answers shows a card."""
    answer = msgspec.json.decode(path.read_bytes(), type=CardAnswer)
    try:
        found = finding(answer.code)
    except SourceError as error:
        assert "unknown" not in str(error)  # noqa: PT017 - the other way out of this test is below
        return
    records, dropped = mapping.coverages(answer, found, stamp("000"), today=TODAY)
    assert (records, dropped) == ((), 0 if found is Finding.NO_CARD else 1)


def test_both_token_answers_are_understood() -> None:
    """One with a token and one without."""
    taken, refused = (
        msgspec.json.decode((FOLDER / name).read_bytes(), type=TokenAnswer)
        for name in ("token-take.json", "token-take-401.json")
    )
    assert taken.key
    assert (taken.code, refused.code, refused.key) == ("200", "401", None)
