"""Lists: one order whatever the sources do, and pages that neither lose nor repeat anything."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from connectors.records import Condition
from resolvers.merging import MAX_PAGE, ordered, page
from resolvers.refusals import BadRequest
from tests.resolvers.world import condition

HANOI = timezone(timedelta(hours=7))
moments = st.one_of(
    st.none(),
    st.sampled_from(["2019", "2019-04", "2019-04-30"]),
    st.dates(date(2018, 1, 1), date(2020, 1, 1)),
    st.datetimes(datetime(2018, 1, 1), datetime(2020, 1, 1), timezones=st.sampled_from([UTC, HANOI])),  # noqa: DTZ001 - the zone is given beside
)
lists = st.lists(moments, max_size=12).map(
    lambda found: [condition(f"{number:02}", onset=moment) for number, moment in enumerate(found)]
)


def onset(record: Condition) -> Any:
    """The date of the made-up records."""
    return record.onset


def ids(records: Any) -> list[str]:
    """Their ids, in order."""
    return [record.id for record in records]


@given(lists, st.randoms())
def test_the_order_of_the_sources_never_changes_the_list(records: list[Condition], random: Any) -> None:
    """Metamorphic: shuffled input, same output."""
    shuffled = list(records)
    random.shuffle(shuffled)

    assert ids(page(records, when=onset, first=None, after=None).nodes) == ids(
        page(shuffled, when=onset, first=None, after=None).nodes
    )


@given(st.lists(st.sampled_from([None, "2019", "2019-04-30"]), max_size=12), st.randoms(), st.booleans())
def test_what_is_true_of_one_moment_is_ordered_whether_or_not_there_are_ids(
    found: list[str | None], random: Any, told: bool
) -> None:
    """By the id, or by the place at the source: the same order however it came, also where all moments differ."""
    records = [
        structs.replace(condition(f"{number:02}", onset=moment), id=f"{99 - number}")
        for number, moment in enumerate(found)
    ]
    expected = sorted(
        records,
        key=lambda one: (onset(one) or "", one.id if told else one.provenance[0].source_record_id),
        reverse=True,
    )
    random.shuffle(records)

    assert [*ordered(records, onset, ids=told)] == expected


@given(lists, st.integers(1, 5))
def test_pages_put_together_are_the_whole_list(records: list[Condition], size: int) -> None:
    """No loss, no repeat, whatever the size."""
    whole = page(records, when=onset, first=None, after=None)
    walked, after, more = [], None, True
    while more:
        part = page(records, when=onset, first=size, after=after)
        walked += ids(part.nodes)
        after, more = part.page_info.end_cursor, part.page_info.has_next_page

    assert walked == ids(whole.nodes)
    assert not whole.page_info.has_next_page


@given(lists, st.integers(0, 11))
def test_every_cursor_leads_to_what_follows_its_item(records: list[Condition], place: int) -> None:
    """An edge's cursor is the `after` of the rest."""
    whole = page(records, when=onset, first=None, after=None)
    if place < len(whole.nodes):
        rest = page(records, when=onset, first=None, after=whole.edges[place].cursor)
        assert ids(rest.nodes) == ids(whole.nodes)[place + 1 :]
        assert rest.page_info.has_previous_page


def test_a_page_boundary_survives_a_record_that_vanishes() -> None:
    """The cursor is a place in the order, not the name of an item that must still be there."""
    records = [condition(str(number), onset=f"2019-0{number}") for number in range(1, 6)]
    first = page(records, when=onset, first=2, after=None)
    without = [record for record in records if record.id != first.nodes[-1].id]

    assert ids(page(without, when=onset, first=2, after=first.page_info.end_cursor).nodes) == ["3", "2"]


def test_newest_comes_first_and_the_undated_last() -> None:
    """Instants are compared as instants, whatever their zone."""
    records = [
        condition("undated"),
        condition("morning-in-hanoi", onset=datetime(2019, 1, 2, 6, tzinfo=HANOI)),
        condition("night-in-utc", onset=datetime(2019, 1, 2, 0, tzinfo=UTC)),
        condition("year", onset="2018"),
    ]

    assert ids(page(records, when=onset, first=None, after=None).nodes) == [
        "night-in-utc",
        "morning-in-hanoi",
        "year",
        "undated",
    ]


@pytest.mark.parametrize("first", [0, -1, MAX_PAGE + 1])
def test_a_page_has_bounds(first: int) -> None:
    """A size that makes no sense is the caller's to mend."""
    with pytest.raises(BadRequest):
        page([], when=onset, first=first, after=None)


@pytest.mark.parametrize("after", ["!", "é", "x", "////"])
def test_a_cursor_that_is_none_is_refused(after: str) -> None:
    """Made-up text is no place."""
    with pytest.raises(BadRequest):
        page([], when=onset, first=None, after=after)


def test_a_date_at_either_end_of_the_calendar_costs_no_list() -> None:
    """Some systems write year 1 or 9999 for "unknown"; moved to another zone it would lie outside."""
    records = [
        condition("first", onset=datetime(1, 1, 1, tzinfo=HANOI)),
        condition("last", onset=datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-7)))),
        condition("known", onset="2019"),
    ]

    assert ids(page(records, when=onset, first=None, after=None).nodes) == ["last", "known", "first"]
