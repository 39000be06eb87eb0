"""What the tests of kind `immunization_book` share: invented citizens, rows, and a book that says what it is told."""

import base64
from collections import Counter
from typing import Any

import httpx
import msgspec

from connectors.contract import Answer, Deadline, Inquiry, Question, Subject
from connectors.immunization_book.client import ImmunizationBookSource
from connectors.immunization_book.options import ImmunizationBookOptions
from connectors.options import Secret
from connectors.records import Immunization, PartialDate, SourceKind
from tests.connectors.conformance import grant_for
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.servers.immunization_book import AUTH, BY_ANTIGEN, BY_PRODUCT, LOOKUP

Json = dict[str, Any]

NA = Subject(ref="ref-na", personal_id="079318998120", name="Kiều Lê Mẫu Na", birth_date=PartialDate("2018-07-23"))
TI = Subject(ref="ref-ti", personal_id="079215998111", name="Trịnh Khánh Mẫu Tí", birth_date=PartialDate("2015-10-30"))
NOBODY = Subject(
    ref="ref-nobody", personal_id="079320998103", name="Võ Mẫu Không", birth_date=PartialDate("2020-01-01")
)
PHONE, PASSWORD = "0900000999", "mat-khau-mau"
FIVE = "Bạch hầu, Ho gà, Uốn ván, Viêm gan B, Hib"
ENTRY = 998_120


def member(**fields: Any) -> Json:
    """The book's entry of Na, with other fields where the test says so."""
    return {
        "doi_tuong_id": ENTRY,
        "ma_doi_tuong": "790001201800120",
        "ma_dinh_danh": NA.personal_id,
        "ho_ten": "KIỀU LÊ MẪU NA",
        "ngay_sinh": "23/07/2018",
        "gioi_tinh": 1,
        "ds_nguoi_cham_soc": [{"cmnd": "079188998119", "quan_he": "Mẹ"}],
        **fields,
    }


def antigen(id_: int = 3, name: str = "Viêm gan B", dose: int | None = 7, **fields: Any) -> Json:
    """A row by antigen."""
    return {
        "lich_su_tiem_id": dose,
        "khang_nguyen_id": id_,
        "ten_khang_nguyen": name,
        "trang_thai": 2,
        "ngay_tiem": "08:30 24/09/2018",
        "thu_tu_mui_tiem": 1,
        **fields,
    }


def five(dose: int | None = 7, **fields: Any) -> list[Json]:
    """The rows by antigen of one five-in-one dose: the second against hepatitis B, the first against the others."""
    names = ((5, "Bạch hầu"), (290, "Ho gà"), (291, "Uốn ván"), (3, "Viêm gan B"), (172, "Hib"))
    return [antigen(id_, name, dose, **{"thu_tu_mui_tiem": 1 + (id_ == 3), **fields}) for id_, name in names]


def product(dose: int | None = 7, **fields: Any) -> Json:
    """A row by product."""
    return {
        "lich_su_tiem_id": dose,
        "vacxin_id": 103,
        "ten_vacxin": "5 trong 1 (Mẫu)",
        "khang_nguyen": FIVE,
        "trang_thai": 2,
        "ngay_tiem": "08:30 24/09/2018",
        "thu_tu_mui_tiem": 1,
        "co_so_tiem_chung": "Trạm y tế phường Mẫu",
        "lo_vacxin": "5IN1-M18",
        "phan_ung_sau_tiem": None,
        **fields,
    }


def said(data: Any, code: Any = 1) -> Json:
    return {"code": code, "message": "Thành công", "data": data}


def token(ends: Any = None, number: int = 1) -> str:
    """A token as far as we look at it."""
    payload = base64.urlsafe_b64encode(msgspec.json.encode({"n": number, "exp": ends})).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


class Book:
    """A book that says what it is told to say, and notes what it was asked."""

    def __init__(self, *members: Json, by_antigen: Any = None, by_product: Any = None) -> None:
        self.answers: dict[str, Any] = {
            LOOKUP: said(list(members or (member(),))),
            BY_ANTIGEN: said(five() if by_antigen is None else by_antigen),
            BY_PRODUCT: said([product()] if by_product is None else by_product),
        }
        self.ends: Any = None
        """``exp`` of the tokens it gives."""
        self.forgotten: set[str] = set()
        self.calls: list[httpx.Request] = []
        self._taken = 0

    @property
    def counts(self) -> Counter[str]:
        return Counter(call.url.path for call in self.calls)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        path = request.url.path
        if path == AUTH and AUTH not in self.answers:
            self._taken += 1
            return _json(said({"user_info": {"ho_ten": "Mẫu"}, "token": token(self.ends, self._taken)}))
        if path != AUTH and request.headers["authorization"].removeprefix("Bearer ") in self.forgotten:
            return _streamed(httpx.Response(401))
        answer = self.answers[path]
        return _streamed(answer) if isinstance(answer, httpx.Response) else _json(answer)


def source(book: Book, clock: HeldClock | None = None, **fields: Any) -> ImmunizationBookSource:
    """A source in front of that book."""
    transport = httpx.MockTransport(book.answer)
    return ImmunizationBookSource("book", options(**fields), clock=clock or HeldClock(), transport=transport)


async def ask(asked: ImmunizationBookSource, subject: Subject = NA) -> Answer[Immunization]:
    """One question in a request of its own."""
    clock = HeldClock()
    inquiry = Inquiry(request_id="request-1", deadline=Deadline.after(5, clock), clock=clock)
    try:
        return await asked.ask(Question(about=Immunization), grant_for(subject, Immunization), inquiry)
    finally:
        await inquiry.close()


def options(**fields: Any) -> ImmunizationBookOptions:
    """Options of a source of this kind."""
    given: Json = {
        "kind": "immunization_book",
        "name": "Sổ tiêm chủng Mẫu",
        "category": SourceKind.VACCINATION,
        "url": "http://book.invalid",
        "phone": Secret(PHONE),
        "password": Secret(PASSWORD),
    }
    return ImmunizationBookOptions(**{**given, **fields})


def _json(answer: Any) -> httpx.Response:
    content = msgspec.json.encode(answer)
    return _streamed(httpx.Response(200, headers={"content-type": "application/json"}, content=content))


def _streamed(response: httpx.Response) -> httpx.Response:
    """The same answer as it comes from a socket: not read yet."""
    return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(response.content))
