"""What the kind says to the book, and what it makes of the answers."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import msgspec
import pytest

from connectors.errors import Denied, Garbled, TooSlow, Unavailable, WrongPerson
from connectors.immunization_book.client import ImmunizationBookSource
from connectors.immunization_book.options import ImmunizationBookOptions
from connectors.options import BadOptions, read
from tests.connectors.immunization_book.book import (
    ENTRY,
    NA,
    PASSWORD,
    PHONE,
    TI,
    Book,
    antigen,
    ask,
    member,
    options,
    product,
    said,
    source,
    token,
)
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.servers.immunization_book import AUTH, BY_ANTIGEN, BY_PRODUCT, LOOKUP


async def test_the_number_travels_in_the_body_of_the_lookup_alone() -> None:
    """The histories are asked for with the book's own id."""
    book = Book()
    assert len((await ask(source(book))).records) == 1
    sign_in, lookup, *histories = book.calls
    assert msgspec.json.decode(sign_in.content) == {
        "phoneNumber": PHONE,
        "pass": PASSWORD,
        "osType": "",
        "osVersion": "",
        "deviceId": "citizen-graph",
        "notificationToken": "",
    }
    assert (lookup.method, lookup.url.path) == ("POST", LOOKUP)
    assert msgspec.json.decode(lookup.content) == {"dinh_danh": NA.personal_id}
    assert {(call.method, call.url.path, call.url.query.decode()) for call in histories} == {
        ("GET", path, f"doi_tuong_id={ENTRY}") for path in (BY_ANTIGEN, BY_PRODUCT)
    }
    assert {call.headers["authorization"] for call in book.calls[1:]} == {f"Bearer {token(None, 1)}"}
    for call in book.calls:
        assert NA.personal_id not in f"{call.url}{call.headers}"


async def test_options_change_what_is_said() -> None:
    """Other paths, another name of the number, a form instead of JSON."""
    table = {
        "kind": "immunization_book",
        "name": "Mẫu",
        "category": "VACCINATION",
        "url": "http://book.invalid/api",
        "phone": "env:PHONE",
        "password": "env:PASS",
        "device": "may-mau",
        "lookup": {"path": "/tim", "field": "so", "encoding": "form"},
        "endpoints": {"auth": "/vao", "antigens": "/kn", "products": "/vx"},
    }
    known = {"PHONE": PHONE, "PASS": PASSWORD}
    made = read(ImmunizationBookOptions, table, where="sources.x", folder=Path(), environment=known.get)
    book = Book()
    book.answers |= {
        "/api/vao": said({"token": "t"}),
        "/api/tim": book.answers[LOOKUP],
        "/api/kn": book.answers[BY_ANTIGEN],
        "/api/vx": book.answers[BY_PRODUCT],
    }
    asked = ImmunizationBookSource("book", made, clock=HeldClock(), transport=httpx.MockTransport(_open(book)))
    assert (await ask(asked)).records
    assert parse_qs(book.calls[1].content.decode()) == {"so": [NA.personal_id]}
    assert msgspec.json.decode(book.calls[0].content)["deviceId"] == "may-mau"
    assert not [secret for secret in known.values() if secret in repr(made)]


def _open(book: Book) -> Any:
    """The book without a look at the token."""

    def answer(request: httpx.Request) -> httpx.Response:
        request.headers.setdefault("authorization", "")
        return book.answer(request)

    return answer


@pytest.mark.parametrize("nothing", [None, []])
async def test_f08_whom_the_book_does_not_know_has_an_empty_answer(nothing: Any) -> None:
    """And no history is asked for."""
    book = Book()
    book.answers[LOOKUP] = said(nothing)
    answer = await ask(source(book))
    assert (answer.records, answer.dropped) == ((), 0)
    assert book.counts == {AUTH: 1, LOOKUP: 1}


async def test_an_entry_without_doses_is_an_ordinary_answer() -> None:
    book = Book(by_antigen=[], by_product=[])
    answer = await ask(source(book))
    assert (answer.records, answer.dropped) == ((), 0)


async def test_f12_another_childs_entry_is_withheld_before_its_history_is_asked_for() -> None:
    book = Book(member(ma_dinh_danh=TI.personal_id))
    with pytest.raises(WrongPerson):
        await ask(source(book))
    assert book.counts == {AUTH: 1, LOOKUP: 1}


async def test_two_entries_of_one_child_are_read_together() -> None:
    """What stands in both is there once; each entry has its own two histories."""
    book = Book(member(), member(doi_tuong_id=5))
    answer = await ask(source(book))
    assert len(answer.records) == 1
    assert book.counts == {AUTH: 1, LOOKUP: 1, BY_ANTIGEN: 2, BY_PRODUCT: 2}


@pytest.mark.parametrize("path", [LOOKUP, BY_ANTIGEN, BY_PRODUCT])
@pytest.mark.parametrize("answer", [said([], 0), said([], "1"), said([], 2), said({}), said("x"), {"data": []}, [], 7])
async def test_a96_an_answer_of_another_shape_or_code_is_garbled(path: str, answer: Any) -> None:
    """One view without the other is no answer either."""
    book = Book()
    book.answers[path] = answer
    with pytest.raises(Garbled):
        await ask(source(book))


@pytest.mark.parametrize("path", [BY_ANTIGEN, BY_PRODUCT])
async def test_f06_one_history_that_fails_is_one_plain_error(path: str) -> None:
    """Both are asked for together; what comes out is no group of errors, and names nobody."""
    book = Book()
    book.answers[path] = httpx.Response(500)
    with pytest.raises(Unavailable) as caught:
        await ask(source(book, retries=0))
    assert NA.personal_id not in repr(caught.value)
    book.answers[path] = httpx.Response(302, headers={"location": "http://elsewhere.invalid/"})
    with pytest.raises(Garbled):
        await ask(source(book))


async def test_a98_endless_histories_are_cut_off() -> None:
    """More than a bound is not read, and the answer says so."""
    book = Book(by_antigen=[], by_product=[product(number) for number in range(2001)])
    answer = await ask(source(book))
    assert (len(answer.records), answer.truncated) == (2000, True)


async def test_unreadable_rows_are_counted() -> None:
    book = Book(by_antigen=[7, antigen(trang_thai=9)], by_product=[product(), product(8, ngay_tiem="hôm qua")])
    answer = await ask(source(book))
    assert (len(answer.records), answer.dropped) == (1, 3)


async def test_no_time_left_asks_nobody() -> None:
    book = Book()
    with pytest.raises(TooSlow):
        await ask(source(book, deadline=0))
    assert not book.calls


async def test_f07_a_book_that_refuses_after_a_sign_in_refuses_us() -> None:
    book = Book()
    book.answers[LOOKUP] = httpx.Response(403)
    with pytest.raises(Denied):
        await ask(source(book))


def test_holds_must_name_what_the_kind_can_do() -> None:
    with pytest.raises(BadOptions, match=r"sources\.book\.holds.*did you mean 'Immunization'"):
        ImmunizationBookSource("book", options(holds=("Immunizations",)), clock=HeldClock())
