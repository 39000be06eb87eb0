"""What the explorer remembers, and for how long."""

import weakref
from datetime import timedelta

from gateway.portal.sessions import Sessions
from gateway.portal.sign_in import SignedIn
from tests.sandbox.eid.held_clock import NOON, HeldClock

HOUR = timedelta(hours=1)


class Thing:
    """Something that can be seen to be forgotten."""


def test_a_value_is_found_under_the_name_it_was_given_and_under_no_other() -> None:
    sessions: Sessions[str] = Sessions(HeldClock())
    first, second = sessions.keep("first", until=NOON + HOUR), sessions.keep("second", until=NOON + HOUR)
    assert (sessions.get(first), sessions.get(second)) == ("first", "second")
    assert [sessions.get(name) for name in ("", first[:-1], first + "A", "second")] == [None] * 4


def test_names_are_long_and_never_the_same() -> None:
    """256 bits, in letters that a cookie carries as they are."""
    sessions: Sessions[int] = Sessions(HeldClock())
    names = {sessions.keep(0, until=NOON + HOUR) for _ in range(100)}
    assert len(names) == 100
    assert all(len(name) == 43 and name.replace("-", "").replace("_", "").isalnum() for name in names)


def test_the_time_ends_a_value_on_the_second() -> None:
    clock = HeldClock()
    sessions: Sessions[str] = Sessions(clock)
    name = sessions.keep("value", until=NOON + timedelta(seconds=60))
    clock.pass_seconds(59)
    assert sessions.get(name) == "value"
    clock.pass_seconds(1)
    assert sessions.get(name) is None
    assert sessions.take(name) is None


def test_a_value_can_be_taken_once() -> None:
    sessions: Sessions[str] = Sessions(HeldClock())
    name = sessions.keep("value", until=NOON + HOUR)
    assert [sessions.take(name), sessions.take(name), sessions.get(name)] == ["value", None, None]


def test_the_oldest_goes_when_there_are_too_many() -> None:
    """However many strangers press the button, memory stays what it is."""
    sessions: Sessions[int] = Sessions(HeldClock(), most=3)
    names = [sessions.keep(number, until=NOON + HOUR) for number in range(5)]
    assert [sessions.get(name) for name in names] == [None, None, 2, 3, 4]


def test_what_has_ended_does_not_stay_in_memory() -> None:
    """An access token past its time is let go when the next one comes, also when nobody asks for it again."""
    clock = HeldClock()
    sessions: Sessions[Thing] = Sessions(clock)
    thing = Thing()
    kept = weakref.ref(thing)
    sessions.keep(thing, until=NOON + HOUR)
    del thing
    sessions.keep(Thing(), until=NOON + 3 * HOUR)
    assert kept() is not None
    clock.pass_seconds(2 * HOUR.total_seconds())
    sessions.keep(Thing(), until=NOON + 3 * HOUR)
    assert kept() is None


def test_the_text_form_of_a_session_shows_neither_name_nor_token() -> None:
    shown = repr(SignedIn(name="Lương Thị Mẫu Ân", access_token="secret-token", expires_at=NOON))
    assert shown == "SignedIn(…)"
