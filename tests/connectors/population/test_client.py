"""What the kind says to the register, and what it makes of the answers."""

from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from connectors.contract import Answer, Deadline, Inquiry, Question, Subject
from connectors.errors import Denied, Garbled, WrongPerson
from connectors.options import BadOptions, Secret, read
from connectors.population.client import PopulationSource
from connectors.population.options import PopulationOptions
from connectors.records import Demographics, Record, Relation, Representative
from tests.connectors.conformance import grant_for
from tests.connectors.population.register import AN, API_KEY, CHILD, citizen, dependant, options
from tests.sandbox.eid.held_clock import HeldClock


class Register:
    """A register that says what it is told to say, and notes what it was asked."""

    def __init__(self, answer: Any, *, status: int = 200) -> None:
        self._content = msgspec.json.encode(answer)
        self._status = status
        self.calls: list[httpx.Request] = []

    async def ask(self, about: type[Record], subject: Subject = AN, **fields: Any) -> Answer[Record]:
        """One question by a source in front of this register."""
        clock = HeldClock()
        source = PopulationSource(
            "population", options(**fields), clock=clock, transport=httpx.MockTransport(self._answer)
        )
        request = Inquiry(request_id="request-1", deadline=Deadline.after(5, clock), clock=clock)
        return await source.ask(Question(about=about), grant_for(subject, about), request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        headers = {"content-type": "application/json; charset=utf-8"}
        return httpx.Response(self._status, headers=headers, stream=httpx.ByteStream(self._content))


def found(**fields: Any) -> dict[str, Any]:
    return {"MaKetQua": "00", "CongDan": citizen(**fields)}


def listed(*dependants: Any, **fields: Any) -> dict[str, Any]:
    return {"MaKetQua": "00", "SoDinhDanh": AN.personal_id, "DanhSach": list(dependants), **fields}


async def test_the_number_travels_in_the_body_alone() -> None:
    """With the id of the request, by which the register's log and ours are joined."""
    register = Register(found())
    await register.ask(Demographics)
    (request,) = register.calls
    assert str(request.url) == "http://register.invalid/congdan/tra-cuu"
    assert msgspec.json.decode(request.content) == {"SoDinhDanh": AN.personal_id, "MaYeuCau": "request-1"}
    assert request.headers["x-api-key"] == API_KEY
    assert AN.personal_id not in str(request.headers)


async def test_options_change_what_is_said() -> None:
    """Other paths, and the codes by which the platform knows this gateway."""
    table = {
        "kind": "population",
        "name": "Mẫu",
        "category": "POPULATION_REGISTER",
        "url": "http://register.invalid",
        "agency": "1.000001",
        "officer": "env:OFFICER",
        "integration": "env:INTEGRATION",
        "endpoints": {"dependants": "/d"},
    }
    known = {"OFFICER": "CB-MAU", "INTEGRATION": "TH-MAU"}
    made = read(PopulationOptions, table, where="sources.x", folder=Path(), environment=known.get)
    register = Register(listed(dependant()))
    await register.ask(Relation, **{name: getattr(made, name) for name in PopulationOptions.__struct_fields__})
    (request,) = register.calls
    assert request.url.path == "/d"
    sent = msgspec.json.decode(request.content)
    assert (sent["MaDVC"], sent["MaCanBo"], sent["MaTichHop"]) == ("1.000001", "CB-MAU", "TH-MAU")
    assert not [secret for secret in known.values() if secret in repr(made)]


@pytest.mark.parametrize("about", [Demographics, Relation])
async def test_f08_whom_the_register_does_not_know_has_an_empty_answer(about: type[Record]) -> None:
    """Code 01 is an answer, and a whole one."""
    answer = await Register({"MaKetQua": "01"}).ask(about)
    assert (answer.records, answer.dropped) == ((), 0)


@pytest.mark.parametrize("nothing", [{}, {"DanhSach": None}, {"DanhSach": []}])
async def test_nobody_to_act_for_is_an_ordinary_answer(nothing: dict[str, Any]) -> None:
    """Null, empty and missing lists all mean none."""
    answer = await Register({"MaKetQua": "00", "SoDinhDanh": AN.personal_id, **nothing}).ask(Relation)
    assert (answer.records, answer.dropped) == ((), 0)


@pytest.mark.parametrize("code", ["02", "99", "", "0"])
@pytest.mark.parametrize("about", [Demographics, Relation])
async def test_an_unknown_code_is_never_an_answer(code: str, about: type[Record]) -> None:
    """Even when data comes with it."""
    with pytest.raises(Garbled):
        await Register({**found(), **listed(dependant()), "MaKetQua": code}).ask(about)


@pytest.mark.parametrize(
    "fields",
    [
        {"SoDinhDanh": "079080998102"},
        {"SoDinhDanh": ""},
        {"SoDinhDanh": " 079185998101"},
        {"NgayThangNamSinh": {"Nam": "1986", "NgayThangNam": ""}},
    ],
)
async def test_f12_another_citizen_is_withheld(fields: dict[str, Any]) -> None:
    """Another number, or a birth date that contradicts the proven one."""
    with pytest.raises(WrongPerson) as caught:
        await Register(found(**fields)).ask(Demographics)
    assert AN.personal_id not in str(caught.value)


@pytest.mark.parametrize("whose", ["079080998102", "", None])
async def test_f12_a_list_of_dependants_that_does_not_say_that_it_is_hers_is_withheld(whose: str | None) -> None:
    """It would give power over somebody else's child."""
    with pytest.raises(WrongPerson):
        await Register(listed(dependant(), SoDinhDanh=whose)).ask(Relation)


@pytest.mark.parametrize("answer", [{"MaKetQua": "00"}, {"MaKetQua": "00", "CongDan": {"GioiTinh": "1"}}, [], 7, {}])
async def test_a96_an_answer_of_another_shape_is_garbled(answer: Any) -> None:
    """A citizen was promised, with a number."""
    with pytest.raises(Garbled):
        await Register(answer).ask(Demographics)


async def test_a_citizen_that_cannot_be_read_is_missing_not_absent() -> None:
    """Without a name there is no record, and the answer says that it is not complete."""
    answer = await Register(found(HoVaTen=None)).ask(Demographics)
    assert (answer.records, answer.dropped) == ((), 1)


async def test_a_dependant_that_cannot_be_read_spoils_no_other() -> None:
    """It is counted."""
    answer = await Register(listed(dependant(QuanHe="CHAU"), dependant())).ask(Relation)
    assert [record.personal_id for record in answer.records if isinstance(record, Relation)] == [CHILD]
    assert answer.dropped == 1


async def test_a98_endless_dependants_are_cut_off() -> None:
    """More than a bound is not read, and the answer says so."""
    many = [dependant(f"079317{number:06}") for number in range(201)]
    answer = await Register(listed(*many)).ask(Relation)
    assert (len(answer.records), answer.truncated) == (200, True)


async def test_f07_a_wrong_key_is_a_refusal_of_the_gateway() -> None:
    """Not the citizen's fault."""
    with pytest.raises(Denied):
        await Register({"MaKetQua": "03"}, status=401).ask(Demographics)


def test_holds_must_name_what_the_kind_can_do() -> None:
    """The error names the block and what would be right."""
    with pytest.raises(BadOptions, match=r"sources\.population\.holds.*did you mean 'Relation'"):
        PopulationSource("population", options(holds=("Relations",)), clock=HeldClock())


def test_options_show_no_secret() -> None:
    """They may be printed by whoever debugs a configuration."""
    assert "CB-MAU" not in repr(options(officer=Secret("CB-MAU")))


async def test_a_list_of_representatives_must_say_whose_it_is() -> None:
    """Somebody else's would name the wrong people."""
    for whose in ({}, {"SoDinhDanh": "079080998102"}):
        with pytest.raises(WrongPerson):
            await Register({"MaKetQua": "00", "DanhSachDaiDien": [dependant()], **whose}).ask(Representative)


async def test_representatives_are_read_as_strictly_as_dependants() -> None:
    """Unknown words, silence on a bar, and a right that cannot be judged for want of a birth date are counted."""
    entries = [dependant(), dependant(QuanHe="BAN"), dependant(HanChe=None), dependant(TuNgay="20179999"), 7]
    answer = await Register({"MaKetQua": "00", "SoDinhDanh": AN.personal_id, "DanhSachDaiDien": entries}).ask(
        Representative
    )
    assert (len(answer.records), answer.dropped) == (1, 4)
    unborn = Subject(ref="x", personal_id=AN.personal_id)
    answer = await Register({"MaKetQua": "00", "SoDinhDanh": AN.personal_id, "DanhSachDaiDien": [dependant()]}).ask(
        Representative, unborn
    )
    assert (answer.records, answer.dropped) == ((), 1)
