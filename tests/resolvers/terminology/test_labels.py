"""Labels reach every coded text of an answer, however deep, and touch nothing else."""

import time
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from connectors import records
from connectors.records import CodedText, Coding
from resolvers.terminology.labels import Labelled, labelled
from resolvers.visit import Visit
from tests.resolvers.world import NOW, condition, info

TETANUS = CodedText(text="Uốn ván", codings=(Coding(system="http://hl7.org/fhir/sid/icd-10", code="A35"),))
SAID = Labelled(text=TETANUS.text, codings=TETANUS.codings, label="Tetanus")
PLACE = (records.Provenance(source=info("a"), retrieved_at=NOW, source_record_id="1"),)


class Mixed(Struct, frozen=True):
    """A derived node that quotes records of any class, and others of its own kind."""

    of: tuple[records.Record, ...]
    within: "Mixed | None" = None


def visit() -> Visit:
    """A visit with a claim: coded texts three levels down."""
    here = records.Facility(code="79991", name="Mẫu")
    diagnosis = records.Diagnosis(code=TETANUS)
    claim = records.Claim(id="c", provenance=PLACE, facility=here, diagnoses=(diagnosis,))
    return Visit(
        id="v",
        provenance=PLACE,
        kind=records.EncounterKind.OUTPATIENT,
        status="finished",
        facility=here,
        diagnoses=(diagnosis,),
        reason=TETANUS,
        claim=claim,
    )


def test_every_coded_text_gets_its_label() -> None:
    """In fields, in lists, in parts and in records within records."""
    before = visit()
    after = labelled([before], "en")[0]

    assert after.reason == after.diagnoses[0].code == after.claim.diagnoses[0].code == SAID
    assert (before.reason, before.provenance) == (TETANUS, after.provenance)
    assert type(after) is Visit


def test_values_of_observations_get_labels_too() -> None:
    """Also where the type is a union."""
    part = records.ObservationComponent(code=TETANUS, value=records.CodedValue(coded=TETANUS))
    assert labelled(part, "en") == records.ObservationComponent(code=SAID, value=records.CodedValue(coded=SAID))


def test_records_of_any_class_get_labels() -> None:
    """A field of the widest class holds narrower ones; a node of its own kind lies within."""
    inner = Mixed(of=(visit(),))
    after = labelled(Mixed(of=(), within=inner), "en")

    assert after.within.of[0].reason == SAID


def test_what_has_no_coded_text_stays_the_same_object() -> None:
    """Nothing is copied for nothing."""
    for value in (None, "text", (), info("a"), PLACE[0], records.Quantity(value=Decimal(1))):
        assert labelled(value, "en") is value


def test_a_thousand_labels_take_milliseconds() -> None:
    """A bound an order of magnitude above what is measured, so that a slow machine does not matter."""
    many: Sequence[records.Condition] = [condition(str(number)) for number in range(1000)]
    begun = time.perf_counter()
    labelled(many, "en")
    assert time.perf_counter() - begun < 0.1
