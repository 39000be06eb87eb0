"""F28: large bodies of every form are worked through without stopping other requests."""

import threading

import httpx
import msgspec
import pytest

from connectors.contract import Deadline, Question
from connectors.errors import Garbled, TooSlow, WrongPerson
from connectors.population.formats import Format
from connectors.records import Appointment, Observation, Relation
from connectors.reply import MOST_PARTS, Reply
from connectors.rest.client import RestSource
from connectors.work import SMALL, aside, off_loop
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir.samples import HOA, weight
from tests.connectors.fhir.shelf import BASE, bundle, reply, shelf
from tests.connectors.lines import soon
from tests.connectors.population import test_formats as population
from tests.connectors.population.register import AN, dependant
from tests.connectors.rest.described import AN as RESTING
from tests.connectors.rest.described import entry, options
from tests.connectors.stall import unstalled
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.render.register_xml import written

BOUND = 5 * 1024 * 1024


async def test_f28_pages_of_fhir_do_not_stop_other_requests() -> None:
    server = shelf()
    page = (weight(f"first-{number}", "p1") for number in range(8000))
    pages = iter([bundle(page, next_link=f"{BASE}/Observation?page=2"), bundle([weight("last", "p1")])])
    server.says["Observation"] = lambda _: reply(next(pages))
    answer = await unstalled(server.ask(Observation, HOA))
    assert len(answer.records) == 8001


@pytest.mark.parametrize("form", ["xml", "xml-in-json"])
async def test_f28_a_long_list_in_xml_does_not_stop_other_requests(form: Format) -> None:
    listed = {"MaKetQua": "00", "SoDinhDanh": AN.personal_id, "DanhSach": [dependant()] * 6000}
    answer = await unstalled(population.ask(written(listed, form)[0], Relation, form))
    assert answer.truncated


async def test_f28_as_many_elements_as_are_read_do_not_stop_other_requests() -> None:
    body = b"<KetQua><MaKetQua>00</MaKetQua>%b</KetQua>" % (b"<a/>" * 199_000)
    with pytest.raises(WrongPerson):
        await unstalled(population.ask(body, Relation, "xml"))


async def test_f28_a_long_list_in_json_does_not_stop_other_requests() -> None:
    listed = {"tong_so": 24_000, "danh_sach": [{**entry(), "ma_lich_hen": f"L{number}"} for number in range(24_000)]}
    body = msgspec.json.encode(listed)
    assert 0.8 * BOUND < len(body) < BOUND

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "application/json"}, stream=httpx.ByteStream(body))

    source = RestSource("x", options(), clock=HeldClock(), transport=httpx.MockTransport(answer))
    asking = source.ask(Question(about=Appointment), grant_for(RESTING, Appointment), inquiry_of(60))
    assert (await unstalled(asking)).truncated


@pytest.mark.parametrize("part", [b"{}", b"[]", b"[[]]", b'{"a":{}}'])
def test_f28_millions_of_empty_parts_are_not_even_decoded(part: bytes) -> None:
    """A decoder cannot be interrupted, in whichever thread it runs."""
    body = b"[%b]" % b",".join([part] * (BOUND // (len(part) + 1)))
    with pytest.raises(Garbled, match="more objects and lists"):
        Reply(200, httpx.Headers({"content-type": "application/json"}), body).decode(msgspec.json.Decoder())


def test_as_many_parts_as_are_allowed_are_decoded() -> None:
    body = b"[%b]" % b",".join([b"{}"] * (MOST_PARTS - 1))
    found = Reply(200, httpx.Headers({"content-type": "application/json"}), body).decode(msgspec.json.Decoder())
    assert len(found) == MOST_PARTS - 1


async def test_what_is_small_is_worked_through_where_one_is() -> None:
    """A thread's hop costs more than the work."""
    assert await aside(threading.get_ident, soon(), size=SMALL) == threading.get_ident()
    assert await aside(threading.get_ident, soon(), size=SMALL + 1) != threading.get_ident()


async def test_f02_work_that_takes_too_long_is_not_waited_for() -> None:
    go_on = threading.Event()
    clock = HeldClock()
    with pytest.raises(TooSlow):
        await off_loop(go_on.wait, Deadline.after(0.02, clock))
    go_on.set()
