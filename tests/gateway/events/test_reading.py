"""A batch of events, taken apart: what is meant, or which event is wrong, without a word of what it said."""

from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from connectors.records import Allergy, Encounter
from gateway.errors import RequestError
from gateway.events.reading import MOST_EVENTS, InvalidEvents, read_events
from gateway.store.pointers import Told

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
NUMBER = "079185998101"
GOOD: dict[str, Any] = {
    "id": "1",
    "class": "Allergy",
    "personalId": NUMBER,
    "latest": "2026-11-01",
    "at": "2026-11-23T11:00:00+07:00",
}


def read(*events: Any) -> list[Told]:
    return read_events(orjson.dumps({"events": list(events)}), now=NOW, reference=lambda number: f"ref-{number[-3:]}")


def changed(**members: Any) -> dict[str, Any]:
    """The good event with other members; one that is ``None`` is not there."""
    return {name: value for name, value in {**GOOD, **members}.items() if value is not None}


def test_each_kind_of_event_is_read_and_no_number_gets_further() -> None:
    """There, gone, all sent, not all sent."""
    at = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    told = read(
        GOOD,
        changed(id="2", gone=True, latest=None),
        changed(id="3", personalId=None, latest=None, coverage="complete"),
        changed(id="4", personalId=None, latest=None, coverage="incomplete", **{"class": "Encounter"}),
    )

    assert told == [
        Told(id="1", about=Allergy, at=at, ref="ref-101", latest=date(2026, 11, 1)),
        Told(id="2", about=Allergy, at=at, ref="ref-101", gone=True),
        Told(id="3", about=Allergy, at=at, complete=True),
        Told(id="4", about=Encounter, at=at),
    ]
    assert NUMBER not in repr(told)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("text", id="no object"),
        pytest.param(None, id="null"),
        pytest.param([GOOD], id="a list"),
        pytest.param(changed(id=None), id="no id"),
        pytest.param(changed(id=""), id="empty id"),
        pytest.param(changed(id="x" * 129), id="long id"),
        pytest.param(changed(id=1), id="id is a number"),
        pytest.param(changed(**{"class": None}), id="no class"),
        pytest.param(changed(**{"class": "Secret"}), id="unknown class"),
        pytest.param(changed(**{"class": "x" * 41}), id="long class"),
        pytest.param(changed(at=None), id="no time"),
        pytest.param(changed(at="2026-11-23T11:00:00"), id="time without offset"),
        pytest.param(changed(at="yesterday"), id="time in words"),
        pytest.param(changed(at="2099-01-01T00:00:00Z"), id="f18_time_still_to_come"),
        pytest.param(changed(personalId="07918599810"), id="a30_eleven_digits"),
        pytest.param(changed(personalId="0791859981011"), id="a30_thirteen_digits"),
        pytest.param(changed(personalId=NUMBER + "\n"), id="a30_newline"),
        pytest.param(changed(personalId="٠٧٩١٨٥٩٩٨١٠١"), id="a30_digits_of_another_script"),
        pytest.param(changed(personalId="' OR 1=1 -- "), id="a30_sql"),
        pytest.param(changed(personalId=int(NUMBER)), id="a30_number"),
        pytest.param(changed(latest=None), id="neither latest nor gone"),
        pytest.param(changed(gone=True), id="both latest and gone"),
        pytest.param(changed(latest="2026-13-01"), id="no date"),
        pytest.param(changed(coverage="complete"), id="coverage of a citizen"),
        pytest.param(changed(personalId=None), id="latest of nobody"),
        pytest.param(changed(personalId=None, latest=None), id="nothing told"),
        pytest.param(changed(personalId=None, latest=None, coverage="partly"), id="unknown coverage"),
        pytest.param(changed(diagnosis="J45"), id="a member too many"),
    ],
)
def test_an_event_that_cannot_be_used_is_told_by_its_place_alone(event: Any) -> None:
    """422; what stood there is not repeated; it takes the batch with it."""
    with pytest.raises(InvalidEvents) as refused:
        read(GOOD, event, GOOD)

    (entry,) = refused.value.formatted()
    assert (refused.value.status, entry["extensions"]) == (422, {"code": "INVALID_EVENT", "event": 1})
    assert NUMBER[:8] not in str(refused.value.formatted()) and "J45" not in entry["message"]


def test_several_mistakes_are_told_together_within_a_bound() -> None:
    """The sender mends them in one go; a thousand of them are not a thousand lines."""
    with pytest.raises(InvalidEvents) as refused:
        read(*[{}] * 100)

    assert [entry["extensions"]["event"] for entry in refused.value.formatted()] == list(range(20))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b'{"events": [], "events": []}', 400),
        (b"[" * 100_000, 400),
        (b"null", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"events": {}}', 422),
        (b'{"events": [], "more": 1}', 422),
        (orjson.dumps({"events": [GOOD] * (MOST_EVENTS + 1)}), 413),
    ],
)
def test_a70_a_body_that_is_no_batch_is_refused(body: bytes, status: int) -> None:
    """In our own words."""
    with pytest.raises(RequestError) as refused:
        read_events(body, now=NOW, reference=str)

    assert refused.value.status == status


def test_an_empty_batch_is_one() -> None:
    """Nothing to tell."""
    assert read() == []
