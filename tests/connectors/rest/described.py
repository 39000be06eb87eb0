"""What the tests of kind `rest` share: invented citizens, a description, and a system that says what it is told."""

import copy
from typing import Any

import httpx
import msgspec

from connectors.contract import Answer, Deadline, Inquiry, Question, Subject
from connectors.options import Secret
from connectors.records import Appointment, PartialDate, Record, SourceKind
from connectors.rest.client import RestSource
from connectors.rest.options import RestOptions
from tests.connectors.conformance import grant_for
from tests.sandbox.eid.held_clock import HeldClock

Json = dict[str, Any]

AN = Subject(ref="ref-an", personal_id="079185998101", name="Trần Thị Mẫu Ân", birth_date=PartialDate("1985-02-03"))
BINH = Subject(ref="ref-binh", personal_id="079080998102", name="Lê Văn Mẫu Bình")
NOBODY = Subject(ref="ref-nobody", personal_id="079090998103", name="Võ Mẫu Không")

APPOINTMENT: Json = {
    "path": "/lich-hen/tra-cuu",
    "body": {"so_dinh_danh": "{personal_id}"},
    "list": "/danh_sach",
    "total": "/tong_so",
    "person": ["/so_dinh_danh"],
    "id": "/ma_lich_hen",
    "fields": {
        "at": {"from": "/thoi_gian", "format": "%d/%m/%Y %H:%M"},
        "facility": {"code": "/co_so/ma", "name": "/co_so/ten"},
        "department": "/khoa",
        "reason": "/ly_do",
        "status": {"from": "/trang_thai", "map": {"DA_DAT": "booked", "DA_HUY": "cancelled"}},
    },
}


def described(**changes: Any) -> Json:
    """The description, with other keys where the test says so; ``fields__at`` is a field of it, None takes it away."""
    table = copy.deepcopy(APPOINTMENT)
    for name, value in changes.items():
        where, _, field = name.partition("__")
        target, key = (table[where], field) if field else (table, name)
        target.pop(key, None)
        if value is not None:
            target[key] = value
    return table


def entry(**fields: Any) -> Json:
    """An appointment of Ân, with other fields where the test says so."""
    return {
        "ma_lich_hen": "LH-1",
        "so_dinh_danh": AN.personal_id,
        "thoi_gian": "02/12/2026 14:30",
        "co_so": {"ma": "79981", "ten": "Bệnh viện Mẫu A"},
        "khoa": "Khoa Nội",
        "ly_do": "Khám lại",
        "trang_thai": "DA_DAT",
        **fields,
    }


def listed(*entries: Any, **fields: Any) -> Json:
    return {"tong_so": len(entries), "danh_sach": list(entries), **fields}


def options(records: Any = None, **fields: Any) -> RestOptions:
    """Options of a source of this kind."""
    given: Json = {
        "kind": "rest",
        "name": "Lịch hẹn Mẫu",
        "category": SourceKind.HEALTH_STATION,
        "url": "http://described.invalid",
        "bearer": Secret("the-token"),
        "records": {"Appointment": APPOINTMENT} if records is None else records,
    }
    return RestOptions(**{**given, **fields})


class System:
    """A system that says what it is told to say, and notes what it was asked."""

    def __init__(self, answer: Any, *, status: int = 200, media_type: str = "application/json") -> None:
        self._content = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
        self._status = status
        self._media_type = media_type
        self.calls: list[httpx.Request] = []

    async def ask(
        self, records: Any = None, about: type[Record] = Appointment, subject: Subject = AN, **fields: Any
    ) -> Answer[Record]:
        """One question by a source in front of this system."""
        clock, transport = HeldClock(), httpx.MockTransport(self._answer)
        source = RestSource("described", options(records, **fields), clock=clock, transport=transport)
        inquiry = Inquiry(request_id="request-1", deadline=Deadline.after(5, clock), clock=clock)
        return await source.ask(Question(about=about), grant_for(subject, about), inquiry)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        headers = {"content-type": self._media_type}
        return httpx.Response(self._status, headers=headers, stream=httpx.ByteStream(self._content))
