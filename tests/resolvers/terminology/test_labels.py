"""Labels reach every coded text of an answer, however deep, whether the operation is compiled or not."""

from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult
from strawberry.schema.config import StrawberryConfig

from connectors import records
from connectors.records import CodedText, Coding
from gateway.operations.execution import Executor
from gateway.operations.plans.tally import Mode
from gateway.operations.request import GraphQLRequest
from gateway.operations.trusted import Chosen
from gateway.settings import Execution, Limits
from resolvers.encounter import Encounter
from resolvers.language import LANGUAGES
from resolvers.observation import Observation
from resolvers.scalars import SCALARS
from resolvers.visit import Visit
from tests.resolvers.world import NOW, info

TETANUS = CodedText(text="TT", codings=(Coding(system="http://hl7.org/fhir/sid/icd-10", code="A35"),))
PLACE = (records.Provenance(source=info("a"), retrieved_at=NOW, source_record_id="1"),)
TEXT = """{
  visits { reason { text label } diagnoses { code { label } } claim { diagnoses { code { label } } } }
  observations { code { label } value { ... on CodedValue { coded { label } } } }
}"""


@strawberry.type
class Query:
    """A visit, and an observation whose value is a code."""

    @strawberry.field
    def visits(self) -> list[Encounter]:
        """One, with a claim: coded texts three levels down."""
        here = records.Facility(code="79991", name="Mẫu")
        diagnosis = records.Diagnosis(code=TETANUS)
        claim = records.Claim(id="c", provenance=PLACE, facility=here, diagnoses=(diagnosis,))
        visit: Any = Visit(
            id="v",
            provenance=PLACE,
            kind=records.EncounterKind.OUTPATIENT,
            status="finished",
            facility=here,
            diagnoses=(diagnosis,),
            reason=TETANUS,
            claim=claim,
        )
        return [visit]

    @strawberry.field
    def observations(self) -> list[Observation]:
        """One."""
        found: Any = records.Observation(
            id="o",
            provenance=PLACE,
            category=records.ObservationCategory.LABORATORY,
            code=TETANUS,
            status="final",
            value=records.CodedValue(coded=TETANUS),
        )
        return [found]


SCHEMA = strawberry.Schema(query=Query, config=StrawberryConfig(scalar_map=SCALARS))


@pytest.mark.parametrize("plans", ["on", "off"])
@pytest.mark.parametrize(("language", "word"), [("en", "Tetanus"), ("vi", "Uốn ván")])
async def test_every_coded_text_has_its_label(plans: Mode, language: str, word: str) -> None:
    """In fields, in lists, in parts, in records within records, and where the type is a union."""
    by = Executor(SCHEMA, Limits(), introspection=False, execution=Execution(plans=plans), differs=print)
    context: Any = SimpleNamespace(language=LANGUAGES[language])
    labelled = {"label": word}
    for _ in range(2):
        found = await by.run(by.prepare(GraphQLRequest(query=TEXT), Chosen(TEXT, None)), {}, context)

        assert isinstance(found, ExecutionResult)
        assert (found.errors, found.data) == (
            None,
            {
                "visits": [
                    {
                        "reason": {"text": "TT", **labelled},
                        "diagnoses": [{"code": labelled}],
                        "claim": {"diagnoses": [{"code": labelled}]},
                    }
                ],
                "observations": [{"code": labelled, "value": {"coded": labelled}}],
            },
        )
    assert bool(by.plans.tally.fields) == (plans == "on")
    assert by.plans.tally.given_up == 0
