"""The graph as each audience has it: what an audience may never see does not exist for it."""

from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, parse, validate
from graphql import build_schema as built

from gateway.errors import InvalidDocument, RequestError
from gateway.operations.execution import Executor
from gateway.operations.request import GraphQLRequest
from gateway.operations.trusted import Chosen
from gateway.settings import Execution, Limits
from resolvers.access import audiences
from resolvers.access.audiences import VIEWS, Audience, View, audience_of, schema_for, schema_text
from resolvers.access.caller import CallerKind
from resolvers.publishing import published
from resolvers.schema import build_schema

WHOLE = published(build_schema())
FOLDER = Path(audiences.__file__).parent / "schemas"
CLINICAL = (
    *("encounters", "conditions", "allergies", "medications", "observations", "immunizations", "reports", "procedures"),
    *("documents", "referrals", "appointments", "carePlans", "summary", "timeline", "indicators", "careReminders"),
    *("pregnancies", "screenings", "growth", "duplicateTests", "immunizationForecast", "certificates", "consents"),
)


@pytest.mark.parametrize("audience", sorted(VIEWS))
def test_the_published_files_are_what_the_code_says(audience: Audience) -> None:
    """`make schema` prints them anew."""
    assert (FOLDER / f"{audience}.graphql").read_text(encoding="utf-8") == schema_text(WHOLE, audience)


def executor() -> Executor:
    """As the gateway has it, with introspection allowed to citizens."""
    return Executor(
        build_schema(), Limits(), introspection=True, execution=Execution(), differs=lambda _: None, audiences=VIEWS
    )


def prepared(by: Executor, text: str, audience: Audience) -> object:
    """The operation for that audience."""
    return by.prepare(GraphQLRequest(query=text), Chosen(text, None), audience)


@pytest.mark.parametrize("field", CLINICAL)
def test_for_an_insurer_a_clinical_field_is_an_unknown_one(field: str) -> None:
    """The same words as for a field that never was; also after a citizen has sent the very same document."""
    by = executor()
    text, other = (f'{{ citizen(id: "079187998112") {{ {name} {{ __typename }} }} }}' for name in (field, "nonsense"))
    if field not in ("growth", "duplicateTests", "consents"):
        assert prepared(by, text, Audience.CITIZEN)
    with pytest.raises(InvalidDocument) as said:
        prepared(by, text, Audience.INSURER)
    with pytest.raises(InvalidDocument) as of_nonsense:
        prepared(by, other, Audience.INSURER)
    expected = of_nonsense.value._errors[0].message.replace("nonsense", field)
    assert [error.message for error in said.value._errors] == [expected]


@pytest.mark.parametrize("field", ["diagnoses { role }", "lines { name }", "discharge { text }", "result { text }"])
def test_an_insurer_sees_what_a_claim_cost_and_not_what_it_was_for(field: str) -> None:
    """Amounts, places and days; no diagnosis, no line, no result."""
    by = executor()
    for inner, fine in (("total insurerPays citizenPays", True), (field, False)):
        text = f'{{ citizen(id: "079187998112") {{ claims {{ nodes {{ {inner} }} }} }} }}'
        if fine:
            assert prepared(by, text, Audience.INSURER)
        else:
            with pytest.raises(InvalidDocument):
                prepared(by, text, Audience.INSURER)


@pytest.mark.parametrize("audience", sorted(VIEWS))
def test_no_partner_asks_the_gateway_for_the_whole_schema(audience: Audience) -> None:
    """It would tell what does not exist for them; their own is published as a file."""
    by = executor()
    assert prepared(by, "{ __schema { types { name } } }", Audience.CITIZEN)
    with pytest.raises(RequestError) as refused:
        prepared(by, "{ __schema { types { name } } }", audience)
    assert refused.value.code == "INTROSPECTION_DISABLED"


@pytest.mark.parametrize("audience", sorted(VIEWS))
def test_what_an_audience_has_is_part_of_the_whole(audience: Audience) -> None:
    """Every field with the same type and arguments: so a document that is valid for it means the same."""
    whole, part = built(WHOLE), schema_for(WHOLE, audience)
    for name, known in part.type_map.items():
        if isinstance(known, GraphQLObjectType) and not name.startswith("__"):
            fields = fields_of(whole, name)
            for field, it in known.fields.items():
                assert str(it.type) == str(fields[field].type)
                assert set(it.args) == set(fields[field].args)


def fields_of(schema: GraphQLSchema, name: str) -> dict[str, Any]:
    """The fields of a type."""
    known = schema.type_map[name]
    assert isinstance(known, GraphQLObjectType)
    return dict(known.fields)


@pytest.mark.parametrize("audience", sorted(VIEWS))
def test_no_partner_has_a_record_of_its_own_or_writes_one(audience: Audience) -> None:
    """Neither `me`, nor what a citizen allows, nor measurements, nor subscriptions."""
    part = schema_for(WHOLE, audience)
    for text in ("{ me { id } }", "mutation { recordMeasurement { __typename } }", "mutation { grantConsent { a } }"):
        assert validate(part, parse(text))
    assert part.subscription_type is None


def test_who_belongs_to_which_audience() -> None:
    """Every kind of caller to one."""
    assert {kind: audience_of(kind) for kind in CallerKind} == {
        CallerKind.CITIZEN: Audience.CITIZEN,
        CallerKind.CLINICIAN: Audience.CLINICIAN,
        CallerKind.HEALTH_STATION: Audience.HEALTH_STATION,
        CallerKind.INSURER: Audience.INSURER,
        CallerKind.OPERATOR: Audience.CITIZEN,
        CallerKind.ORGANISATION: Audience.CITIZEN,
    }


@pytest.mark.parametrize("only", [{"Nobody": ("id",)}, {"Query": ("nothing",)}])
def test_a_view_that_names_what_is_not_there_is_refused(only: dict[str, tuple[str, ...]]) -> None:
    """A field that was renamed is noticed, and not lost in silence."""
    document = parse(WHOLE)
    with pytest.raises(ValueError, match="has no"):
        audiences._seen(document, View(only=only))
