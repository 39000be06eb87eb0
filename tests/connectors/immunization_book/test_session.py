"""One token for everybody: when it is taken, when it is renewed, and when the book is left alone."""

import asyncio
from typing import Any

import httpx
import pytest

from connectors.errors import Denied, Garbled, SourceError
from tests.connectors.immunization_book.book import Book, ask, said, source, token
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.servers.immunization_book import AUTH, LOOKUP


async def test_a_token_is_taken_once_for_everybody() -> None:
    """Twenty questions at once, one sign-in; the next ones use it until shortly before its end."""
    book, clock = Book(), HeldClock()
    book.ends = clock.now().timestamp() + 600
    asked = source(book, clock)
    await asyncio.gather(*(ask(asked) for _ in range(20)))
    assert (book.counts[AUTH], book.counts[LOOKUP]) == (1, 20)
    clock.pass_seconds(569)
    await ask(asked)
    assert book.counts[AUTH] == 1
    clock.pass_seconds(2)
    await ask(asked)
    assert book.counts[AUTH] == 2


@pytest.mark.parametrize("ends", [0, -5, 1, 1.5, -(10**30)])
async def test_f18_a_book_whose_clock_is_off_is_not_signed_into_each_time(ends: Any) -> None:
    """An end in the past: the token is used for a minute."""
    book, clock = Book(), HeldClock()
    book.ends = ends
    asked = source(book, clock)
    await ask(asked)
    clock.pass_seconds(59)
    await ask(asked)
    assert book.counts[AUTH] == 1
    clock.pass_seconds(2)
    await ask(asked)
    assert book.counts[AUTH] == 2


@pytest.mark.parametrize(
    "given", [token(None), token(10**15), token("soon"), "x", "a.b.c", "a.é.c", "...", "e30.W10.x"]
)
async def test_a_token_without_an_end_that_can_be_read_is_renewed_hourly(given: str) -> None:
    """Also one that is no JWT at all. What no header can carry is no token."""
    book, clock = Book(), HeldClock()
    book.answers[AUTH] = said({"token": given})
    asked = source(book, clock)
    if not given.isascii():
        with pytest.raises(Garbled):
            await ask(asked)
        return
    await ask(asked)
    clock.pass_seconds(3599)
    await ask(asked)
    assert book.counts[AUTH] == 1
    clock.pass_seconds(2)
    await ask(asked)
    assert book.counts[AUTH] == 2


async def test_f07_a_forgotten_session_is_renewed_once_for_everybody() -> None:
    """Ten questions meet the end of the session together: one sign-in more, and ten answers."""
    book = Book()
    asked = source(book)
    await ask(asked)
    book.forgotten.add(token(None, 1))
    answers = await asyncio.gather(*(ask(asked) for _ in range(10)))
    assert all(answer.records for answer in answers)
    assert book.counts[AUTH] == 2


async def test_f07_a_book_that_accepts_no_token_is_denied_after_one_renewal() -> None:
    """No storm of sign-ins."""
    book = Book()
    book.answers[LOOKUP] = httpx.Response(401)
    with pytest.raises(Denied):
        await ask(source(book))
    assert (book.counts[AUTH], book.counts[LOOKUP]) == (2, 2)


async def test_f07_a_wrong_password_is_not_tried_again_and_again() -> None:
    """A refused account is left alone for half a minute, lest the book lock it."""
    book, clock = Book(), HeldClock()
    book.answers[AUTH] = said(None, 0)
    asked = source(book, clock)
    for _ in range(3):
        with pytest.raises(Denied):
            await ask(asked)
    assert book.counts == {AUTH: 1}
    clock.pass_seconds(31)
    del book.answers[AUTH]
    assert (await ask(asked)).records


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said(None), Garbled),
        (said({"token": ""}), Garbled),
        (said({"token": "a b"}), Garbled),
        (said({"token": "a\r\nx-y: z"}), Garbled),
        (said({"token": 7}), Garbled),
        (said({"user_info": {}}), Garbled),
        ({}, Garbled),
        ([], Garbled),
        (httpx.Response(401), Denied),
    ],
)
async def test_a_sign_in_without_a_token_is_none(answer: Any, error: type[SourceError]) -> None:
    """And nothing is asked."""
    book = Book()
    book.answers[AUTH] = answer
    with pytest.raises(error):
        await ask(source(book))
    assert book.counts == {AUTH: 1}
