"""The mapping report: every field with something in it is read, not understood, or left alone by decision."""

import ast
import base64
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.errors import Garbled
from connectors.hospital_xml.report import mapping_reports
from connectors.hospital_xml.tables import LEFT_ALONE, TABLES
from connectors.reports import MappingReport
from tests.connectors.hospital_xml.dossiers import dossier, part, summary
from tests.sandbox.people import everyone
from tests.sandbox.render.hospital_xml import dossiers, element

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT.parent / "shared" / "data" / "vn" / "hospital"
LETTER = part("XML13", {"MA_CSKCB_DEN": "79981", "MA_NOI_DEN": "79981"})


def only(document: str, version: Any = "1931") -> MappingReport:
    (report,) = mapping_reports(document.encode(), version)
    return report


def filled(document: bytes) -> list[int]:
    """How many fields with something in them each dossier has, counted by another reader."""
    return [
        sum(bool((leaf.text or "").strip()) for table in tables(hoso) for leaf in table.iter() if not len(leaf))
        for hoso in ET.fromstring(document).iter("HOSO")  # noqa: S314 - as above
    ]


def tables(hoso: ET.Element) -> Iterator[ET.Element]:
    for content in hoso.iter("NOIDUNGFILE"):
        yield ET.fromstring(base64.b64decode(content.text or ""))  # noqa: S314 - as above


def test_every_field_ends_in_one_of_the_three() -> None:
    """Wanted; known and not wanted; a name nobody knows; a code outside its list; a date that is none."""
    report = only(dossier(HO_TEN="CANARY", LA_LAM="CANARY", KET_QUA_DTRI="9", NGAY_VAO="CANARY", NGAY_RA=""))
    assert report.ignored["XML1.HO_TEN"] == 1
    assert dict(report.not_understood) == {"XML1.LA_LAM": 1, "XML1.KET_QUA_DTRI": 1, "XML1.NGAY_VAO": 1}
    assert report.read["XML1.MA_LK"] == 1
    assert "XML1.NGAY_RA" not in report.read, "nothing stands in it"
    assert "CANARY" not in str(report)


def test_a_field_where_none_belongs_is_not_understood() -> None:
    """A known name in the wrong place is read by nobody."""
    document = element("TONG_HOP", element("KHAC", element("MA_LK", "1")) + element("TONG_HOP", summary()))
    report = only(dossier().replace("XML1", "XML16"))
    assert {name.partition(".")[0] for name in report.not_understood} == {"XML16"}
    nested = dossier(("XML2", document.replace("TONG_HOP", "CHITIEU_CHITIET_THUOC")))
    assert only(nested).not_understood["XML2.MA_LK"] == 2


def test_the_version_decides_what_is_known() -> None:
    """Fields and tables of a later decision are none in a hospital that does not follow it."""
    by_version = {version: only(dossier(LETTER), version) for version in ("130", "4750", "3176")}
    found = {
        version: {name for name in report.not_understood if "XML13" in name} for version, report in by_version.items()
    }
    assert found == {
        "130": {"XML13.MA_LK", "XML13.MA_CSKCB_DEN", "XML13.MA_NOI_DEN"},
        "4750": {"XML13.MA_CSKCB_DEN"},
        "3176": set(),
    }
    assert by_version["3176"].read["XML13.MA_CSKCB_DEN"] == 1
    group = dossier(NHOM_MAU="O")
    assert only(group, "130").not_understood["XML1.NHOM_MAU"] == 1
    assert only(group, "4750").ignored["XML1.NHOM_MAU"] == 1


@pytest.mark.parametrize("kind", sorted(LEFT_ALONE))
def test_protected_tables_are_counted_as_left_alone_by_decision(kind: str) -> None:
    """Every field of them, known or not; read into nothing."""
    report = only(dossier((kind, element("x", element("y", {"NGAYKD_HIV": "20240501", "MOI": "1"})))))
    assert {name for name in report.ignored if name.startswith(f"{kind}.")} == {f"{kind}.NGAYKD_HIV", f"{kind}.MOI"}
    assert not report.not_understood


def test_a_table_that_cannot_be_read_is_counted_by_its_name() -> None:
    report = only(dossier(("XML2", "<broken"), ("XML99 script", "<broken")))
    assert dict(report.not_understood) == {"XML2": 1, "?": 1}


def test_no_document_has_no_report() -> None:
    with pytest.raises(Garbled):
        mapping_reports(b"<a/>", "1931")
    assert mapping_reports(b"<CHI_TIEU_TRANG_THAI_KCB/>", "1931") == ()


def test_every_field_that_is_wanted_is_used() -> None:
    """What the report calls read is read: each attribute of each row stands somewhere in the code of the kind."""
    folder = ROOT / "connectors" / "hospital_xml"
    files = [path for path in folder.rglob("*.py") if path.name != "wire.py"]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files]
    used = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    wanted = {field.name for table in TABLES.values() for field in msgspec.structs.fields(table.row)}
    assert wanted <= used


def test_no_field_is_both_wanted_and_left_alone() -> None:
    for table in TABLES.values():
        assert not table.ignored & table.wanted("1931").keys()


def test_every_field_of_the_citys_health_station_is_accounted_for() -> None:
    """Nothing there is not understood."""
    reports = [report for person in everyone() for report in mapping_reports(dossiers(person), "3176")]
    assert reports
    assert not [report.not_understood for report in reports if report.not_understood]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample dossiers are not beside this repository")
def test_every_field_of_the_sample_dossiers_is_accounted_for() -> None:
    """Counted by another reader, no field is outside the three; and in these nothing is not understood."""
    documents = [path.read_bytes() for path in sorted(SAMPLES.rglob("*.xml"))]
    assert len(documents) >= 14
    for document in documents:
        reports = mapping_reports(document, "3176")
        assert [report.total() for report in reports] == filled(document)
        assert not [report.not_understood for report in reports if report.not_understood]
