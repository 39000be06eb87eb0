"""The mapping report of every kind: each field with something in it is read, not understood, or left alone."""

import gzip
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw, Struct

from connectors.errors import Garbled
from connectors.registry import KINDS, mapping_reports
from connectors.reports import Each, MappingReport, Promise, Shape, counted
from tests.connectors import samples
from tests.connectors.fhir import foreign
from tests.connectors.reported import answers_of_the_city, options_of, reported, said


class Row(Struct):
    name: str | None = None
    day: Annotated[str | int | None, Promise(int)] = None


class Inner(Struct):
    number: int = 0


class Outer(Struct):
    code: str = ""
    inner: Inner | None = None
    either: Inner | list[Inner] | str | None = None
    rows: Annotated[list[Raw] | None, Each(Row)] = None


SHAPE = Shape(name="answer", wire=Outer, left_alone={"nobody needs it": "words inner.note *.extension"})


@pytest.mark.parametrize(
    ("document", "read", "not_understood", "ignored"),
    [
        ({"code": "00", "words": "CANARY"}, {"answer.code": 1}, {}, {"answer.words": 1}),
        ({"code": 7}, {}, {"answer.code": 1}, {}),
        ({"code": "", "inner": None, "rows": [], "either": {}}, {}, {}, {}),
        ({"inner": {"number": 1, "note": {"a": ["b", 2]}}}, {"answer.inner.number": 1}, {}, {"answer.inner.note.a": 2}),
        ({"inner": [{"number": 1}]}, {}, {"answer.inner.number": 1}, {}),
        ({"inner": "CANARY"}, {}, {"answer.inner": 1}, {}),
        ({"either": "words"}, {"answer.either": 1}, {}, {}),
        (
            {"either": [{"number": 1}, {"number": "CANARY"}]},
            {"answer.either.number": 1}, {"answer.either.number": 1}, {},
        ),
        (
            {"rows": [{"name": "a", "day": "CANARY"}, {"day": 5}, "CANARY"]},
            {"answer.rows.name": 1, "answer.rows.day": 1}, {"answer.rows.day": 1, "answer.rows": 1}, {},
        ),
        ({"rows": [[{"name": "a"}]]}, {}, {"answer.rows.name": 1}, {}),
        ({"new": {"extension": {"url": "x"}, "more": 1}}, {}, {"answer.new.more": 1}, {"answer.new.extension.url": 1}),
        ({"079185998101": "x", "a b": 1}, {}, {"answer.?": 2}, {}),
    ],
)  # fmt: skip
def test_every_field_ends_in_one_of_the_three(document: Any, read: Any, not_understood: Any, ignored: Any) -> None:
    """Wanted and as promised; unknown, misplaced or of another type; left alone with everything below it."""
    report = counted(document, SHAPE)
    assert (dict(report.read), dict(report.not_understood), dict(report.ignored)) == (read, not_understood, ignored)
    assert "CANARY" not in str(report)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["code", "rows", "inner", "number", "x"]), inner),
)


@given(st.dictionaries(st.sampled_from(["code", "rows", "inner", "either", "x"]), JSON))
def test_no_field_is_outside_the_three(document: Any) -> None:
    """Whatever the document, the three together have every field with something in it, counted by another reader."""
    assert counted(document, SHAPE).total() == said(msgspec.json.encode(document))


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("document", [b"", b"\xff\xfe", b"{", b"<", b"7", b"[" * 5000, b'{"a":' * 5000])
def test_a_document_of_no_kind_has_no_report(kind: str, document: bytes) -> None:
    """A file that is no answer at all is an error of its own, and the only one there is."""
    try:
        report = reported(kind, document)
    except Garbled:
        return
    assert not report.read


@given(document=JSON, kind=st.sampled_from(sorted(KINDS)))
def test_any_json_is_counted_or_refused(document: Any, kind: str) -> None:
    """Nothing but ``Garbled`` comes out of a report, and never a field that is lost."""
    content = msgspec.json.encode(document)
    try:
        report = reported(kind, content)
    except Garbled:
        return
    assert report.total() == said(content)


UNREAD_OF_FHIR = {
    "the code of a unit is read, and the words for it; UCUM is the system of both": """
        Observation.valueQuantity.system Observation.component.valueQuantity.system
        Observation.referenceRange.high.system Observation.referenceRange.low.system""",
    "the content of a document is handed on as it is, and read by nobody here": """
        Binary.resourceType Binary.id Binary.meta.versionId Binary.meta.lastUpdated Binary.contentType Binary.data
        Binary.securityContext.reference""",
    "the record has no place for it": """
        MedicationRequest.dispenseRequest.expectedSupplyDuration.value
        MedicationRequest.dispenseRequest.expectedSupplyDuration.unit
        MedicationRequest.dispenseRequest.expectedSupplyDuration.system
        MedicationRequest.dispenseRequest.expectedSupplyDuration.code
        Medication.form.text Appointment.end Appointment.participant.status CarePlan.activity.detail.status
        CarePlan.addresses.reference Immunization.reaction.date Patient.address.country
        ServiceRequest.encounter.reference MedicationDispense.authorizingPrescription.reference""",
}
"""Why which field of the sandbox's FHIR resources is unread. One that is in no line is one that nobody thought of."""


UNREAD_OF_ALLERGIES = {
    "the record has no place for it": """
        AllergyIntolerance.encounter.reference AllergyIntolerance.lastOccurrence
        AllergyIntolerance.reaction.onset AllergyIntolerance.reaction.exposureRoute.coding.system
        AllergyIntolerance.reaction.exposureRoute.coding.code
        AllergyIntolerance.reaction.exposureRoute.coding.display""",
    "who asserted it is a pointer without a name": "AllergyIntolerance.asserter.reference",
}
"""The same of allergies in the files of others: what is missed there does the most harm."""


def names_in(reasons: Mapping[str, str]) -> set[str]:
    return {name for names in reasons.values() for name in names.split()}


def test_every_answer_of_the_sandbox_is_accounted_for() -> None:
    """Each field of each answer is in one of the three, and all is understood but what of FHIR is unread on purpose."""
    totals: dict[str, MappingReport] = {}
    for kind, document in answers_of_the_city():
        report = reported(kind, document)
        assert (kind, report.total()) == (kind, said(document))
        totals.setdefault(kind, MappingReport()).add(report)
    assert set(totals) == set(KINDS) - {"hospital_xml"}
    assert all(report.read for report in totals.values())
    unread = totals.pop("fhir").not_understood.keys()
    assert unread <= names_in(UNREAD_OF_FHIR)
    assert not [kind for kind, report in totals.items() if report.not_understood]


def _json_samples(system: str) -> list[Path]:
    return sorted((samples.FOLDER / system).rglob("*.json"))


@samples.needs("vss")
@pytest.mark.parametrize(("kind", "system", "at_least"), [("vss", "vss", 33), ("immunization_book", "immunization", 6)])
def test_every_sample_answer_is_accounted_for(kind: str, system: str, at_least: int) -> None:
    """In answers written by others nothing is not understood."""
    documents = [path.read_bytes() for path in _json_samples(system)]
    assert len(documents) >= at_least
    for document in documents:
        report = reported(kind, document)
        assert report.total() == said(document)
        assert not report.not_understood


@samples.needs("population")
def test_every_sample_of_the_register_is_accounted_for() -> None:
    """Its samples are XML; what is empty in them says nothing."""
    documents = [path.read_bytes() for path in sorted((samples.FOLDER / "population").glob("*.xml"))]
    assert len(documents) >= 7
    report = reported("population", *documents, format="xml")
    assert report.read
    assert not report.not_understood


@pytest.mark.skipif(not foreign.copies(), reason="The patients of others are not on this machine.")
def test_every_field_of_foreign_patients_is_accounted_for(record_property: Any) -> None:
    """Patients made by others say much that no record has a place for; the report tells how much, and loses none."""
    totals = MappingReport()
    for _, file in foreign.copies():
        document = gzip.decompress((foreign.FOLDER / file["file"]).read_bytes())
        report = reported("fhir", document)
        assert report.total() == said(document)
        totals.add(report)
    for name, counts in (("read", totals.read), ("not understood", totals.not_understood), ("ignored", totals.ignored)):
        record_property(name, counts.total())
    assert totals.read.total() > totals.not_understood.total()
    allergies = {name for name in totals.not_understood if name.startswith("AllergyIntolerance.")}
    assert allergies <= names_in(UNREAD_OF_ALLERGIES)


def test_the_kind_of_the_block_decides() -> None:
    """The same answer is understood by its own kind and by no other."""
    answer = msgspec.json.encode({"maKetQua": "000", "maThe": "x"})
    assert mapping_reports(options_of("vss"), answer)[0].read == Counter({"card.maKetQua": 1, "card.maThe": 1})
    assert not mapping_reports(options_of("population"), answer)[0].read
