"""DiagnosticReport, Procedure and DocumentReference to records, in the forms of R4 and R5."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.fhir.mapping.elements import Unreadable
from connectors.records import Document, Facility, Procedure, Report, ReportKind
from tests.connectors.fhir.reading import OWN, concept, maybe, read

CODE = {"code": concept("Công thức máu", "58410-2")}
VISIT = {"encounter": {"reference": "Encounter/e1"}}


def test_a_report_is_read_whole() -> None:
    record = read(
        Report,
        **CODE,
        **VISIT,
        status="final",
        category=[concept(None, "LAB")],
        issued="2026-05-04T10:00:00+07:00",
        conclusion="Trong giới hạn bình thường",
        performer=[{"reference": "Organization/l1", "display": "Labo Mẫu"}],
        result=[{"reference": "Observation/o1"}, {"reference": "http://hospital.test/fhir/Observation/o2/_history/3"}],
        presentedForm=[{"contentType": "application/pdf", "url": "Binary/b1", "title": "Phiếu", "size": 1234}],
    )
    assert (record.kind, record.code.text, record.conclusion) == (
        ReportKind.LABORATORY,
        "Công thức máu",
        "Trong giới hạn bình thường",
    )
    assert record.issued == datetime(2026, 5, 4, 3, tzinfo=UTC)
    assert (record.result_ids, record.encounter_id) == (("o1", "o2"), "e1")
    assert record.facility == Facility(code="l1", name="Labo Mẫu")
    (paper,) = record.attachments
    assert (paper.content_type, paper.size_bytes, paper.title) == ("application/pdf", 1234, "Phiếu")
    assert paper.location == "Binary/b1"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("LAB", ReportKind.LABORATORY),
        ("LP29693-6", ReportKind.LABORATORY),
        ("RAD", ReportKind.IMAGING),
        ("CT", ReportKind.IMAGING),
        ("PAT", ReportKind.PATHOLOGY),
        ("EC", ReportKind.FUNCTIONAL),
        ("lạ", ReportKind.OTHER),
    ],
)
def test_the_kind_of_a_report(code: str, kind: ReportKind) -> None:
    assert read(Report, **CODE, category=[concept(None, "x"), concept(None, code)]).kind is kind


@pytest.mark.parametrize(
    ("result", "id_"),
    [
        ({"reference": "#o1"}, "#o1"),
        ({"reference": "https://elsewhere.test/Observation/o1"}, "https://elsewhere.test/Observation/o1"),
        ({"display": "Glucose"}, "Glucose"),
        ({}, "unknown"),
    ],
)
def test_a_result_that_cannot_be_found_is_still_counted(result: dict[str, Any], id_: str) -> None:
    """It keeps a place among the results, so that the graph can say that one is missing."""
    assert read(Report, **CODE, result=[result]).result_ids == (id_,)


def test_the_time_of_the_sample_stands_in_for_the_time_of_issue() -> None:
    assert read(Report, **CODE, effectivePeriod={"start": "2026-05-04"}).issued is not None


def test_a_conclusion_may_be_codes_alone() -> None:
    assert read(Report, **CODE, conclusionCode=[concept("Thiếu máu", "D50.9")]).conclusion == "Thiếu máu"


@pytest.mark.parametrize("about", [Report, Procedure])
def test_what_has_no_code_is_unreadable(about: type[Report | Procedure]) -> None:
    with pytest.raises(Unreadable):
        read(about, status="final")


@pytest.mark.parametrize(
    ("about", "fields"),
    [
        (Report, CODE | {"status": "entered-in-error"}),
        (Procedure, CODE | {"status": "entered-in-error"}),
        (Document, {"type": concept("Giấy"), "status": "entered-in-error"}),
        (Document, {"type": concept("Giấy"), "status": "current", "docStatus": "entered-in-error"}),
    ],
)
def test_what_was_entered_in_error_is_left_out(
    about: type[Report | Procedure | Document], fields: dict[str, Any]
) -> None:
    assert maybe(about, **fields) is None


@pytest.mark.parametrize(
    ("when", "performed"),
    [
        ({"performedDateTime": "2026-05-04T23:30:00Z"}, "2026-05-05"),
        ({"performedPeriod": {"start": "2026-05", "end": "2026-06"}}, "2026-05"),
        ({"performedString": "2019"}, "2019"),
        ({"performedString": "hồi nhỏ"}, None),
        ({"occurrenceDateTime": "2026-05-04"}, "2026-05-04"),
        ({"occurrencePeriod": {"start": "2026-05-04"}}, "2026-05-04"),
        ({"occurrenceString": "2018"}, "2018"),
        ({}, None),
    ],
)
def test_when_a_procedure_was_done_in_the_words_of_r4_and_of_r5(when: dict[str, Any], performed: str | None) -> None:
    assert read(Procedure, **CODE, **when).performed == performed


def test_a_procedure_is_read_whole() -> None:
    record = read(
        Procedure,
        **CODE,
        **VISIT,
        status="not-done",
        performer=[
            {"actor": {"reference": "Device/1", "display": "Máy"}},
            {"actor": {"reference": "Practitioner/1", "display": "BS. Mẫu"}},
        ],
        outcome=concept("Tốt"),
    )
    assert record.performer is not None
    assert (record.performer.name, record.status, record.encounter_id) == ("BS. Mẫu", "not-done", "e1")
    assert (record.facility, record.outcome and record.outcome.text) == (OWN, "Tốt")


def test_a_place_for_which_it_was_done_goes_before_the_source() -> None:
    on_behalf = {"onBehalfOf": {"reference": "Organization/x", "display": "Bệnh viện Mẫu B"}}
    assert read(Procedure, **CODE, performer=[on_behalf]).facility == Facility(code="x", name="Bệnh viện Mẫu B")


@pytest.mark.parametrize(
    "context",
    [{"encounter": [{"reference": "EpisodeOfCare/1"}, {"reference": "Encounter/e1"}]}, [{"reference": "Encounter/e1"}]],
)
def test_a_document_is_read_whole_in_r4_and_r5(context: Any) -> None:
    record = read(
        Document,
        status="current",
        type=concept("Giấy ra viện", "18842-5"),
        date="2026-05-06T09:00:00+07:00",
        author=[{"display": "BS. Mẫu"}],
        content=[
            {"attachment": {"contentType": "application/pdf", "url": "Binary/b1", "size": "2048", "data": "QQ=="}},
            {"attachment": {"contentType": "text/html"}},
        ],
        context=context,
    )
    assert (record.kind.text, record.content_type, record.size_bytes) == ("Giấy ra viện", "application/pdf", 2048)
    assert (record.status, record.encounter_id, record.location) == ("current", "e1", "Binary/b1")
    assert record.provenance[0].author == "BS. Mẫu"


def test_a_document_may_be_known_by_its_category_or_by_words() -> None:
    assert read(Document, category=[concept("Thư")]).kind.text == "Thư"
    assert read(Document, description="Thư giới thiệu").kind.text == "Thư giới thiệu"
    assert read(Document, description="Thư").content_type == "application/octet-stream"
    with pytest.raises(Unreadable):
        read(Document)


@pytest.mark.parametrize("size", ["99999999999", "-1", "1e999999", "NaN"])
def test_a_length_beyond_measure_is_no_length(size: str) -> None:
    """A number that the graph cannot say would cost the whole answer."""
    assert read(Document, type=concept("x"), content=[{"attachment": {"size": size}}]).size_bytes is None
