"""What the tests of mapping reports share: options of every kind, the sandbox's answers, and another way to count."""

import json
from collections.abc import Iterator
from typing import Any

import orjson

from connectors.options import Secret, SourceOptions
from connectors.records import SourceKind
from connectors.registry import KINDS, mapping_reports
from connectors.reports import MappingReport
from tests.connectors.rest.described import APPOINTMENT
from tests.sandbox.people import everyone
from tests.sandbox.populate import contents_of

_NEEDED: dict[str, dict[str, Any]] = {
    "immunization_book": {"phone": Secret("0"), "password": Secret("x")},
    "rest": {"records": {"Appointment": APPOINTMENT}},
    "vss": {"username": "u", "password": Secret("x"), "staff_name": "Mẫu", "staff_id": Secret("0")},
    "fhir": {"identifier_system": "urn:x"},
}


def options_of(kind: str, **fields: Any) -> SourceOptions:
    """The block of a source of that kind."""
    given = {"kind": kind, "name": "Mẫu", "category": SourceKind.HOSPITAL, "url": "http://source.invalid"}
    made: SourceOptions = KINDS[kind].options(**given, **_NEEDED.get(kind, {}), **fields)
    return made


def reported(kind: str, *documents: bytes, **fields: Any) -> MappingReport:
    """One report on all these documents."""
    whole = MappingReport()
    for document in documents:
        for report in mapping_reports(options_of(kind, **fields), document):
            whole.add(report)
    return whole


def said(document: bytes) -> int:
    """Number of fields with something in them in a JSON document, counted by another reader."""

    def count(found: Any) -> int:
        if isinstance(found, dict | list):
            return sum(map(count, found.values() if isinstance(found, dict) else found))
        return found is not None and str(found).strip() != ""

    return count(json.loads(document.decode("utf-8-sig")))


def answers_of_the_city() -> Iterator[tuple[str, bytes]]:
    """Every answer in JSON that the sandbox's systems could give, with the kind that reads it."""
    contents = contents_of(everyone())
    for resources in contents.resources.values():
        bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}
        yield "fhir", orjson.dumps(bundle)
    for answer in (
        *contents.cards.values(),
        *contents.histories.values(),
        *contents.files.values(),
        *contents.co_payments.values(),
    ):
        yield "vss", orjson.dumps(answer)
    for number, citizen in contents.citizens.items():
        yield "population", orjson.dumps({"MaKetQua": "00", "CongDan": citizen})
        listed = {"MaKetQua": "00", "SoDinhDanh": number, "DanhSach": contents.dependants[number]}
        yield "population", orjson.dumps(listed)
    for entry in contents.book.values():
        for rows in ([entry["thanh_vien"]], entry["khang_nguyen"], entry["vacxin"]):
            yield "immunization_book", orjson.dumps({"code": 1, "message": "Thành công", "data": rows})
    for booked in contents.appointments.values():
        yield "rest", orjson.dumps({"danh_sach": booked, "tong_so": len(booked)})
