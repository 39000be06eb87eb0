"""A description is right, or the error names the place and the word: before anybody is asked."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import connectors.rest
from connectors.options import BadOptions, read
from connectors.records import RECORD_CLASSES, Appointment, Claim, Relation, Representative
from connectors.rest.client import RestSource
from connectors.rest.options import RestOptions
from connectors.rest.readers import published, required
from connectors.rest.recipes import CAN_HOLD, plans
from tests.connectors.rest.described import described, options
from tests.sandbox.eid.held_clock import HeldClock

README = Path(connectors.rest.__file__).with_name("README.md")
ABOUT: dict[str, Any] = {"path": "/x", "body": {"n": "{personal_id}"}, "person": ["/n"], "id": "/i"}


def refused(records: Any) -> str:
    with pytest.raises(BadOptions) as caught:
        plans("lich-hen", records)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lst": "/x"}, ": unknown key 'lst'; did you mean 'list'?"),
        ({"path": None}, ": Object missing required field `path`"),
        ({"path": "lich-hen"}, ".path: "),
        ({"path": "/a?b=1"}, ".path: "),
        ({"method": "DELETE"}, ".method: "),
        ({"empty": [500]}, ".empty"),
        ({"list": "danh_sach"}, ".list: a JSON pointer"),
        ({"total": "tong"}, ".total: a JSON pointer"),
        ({"id": "ma"}, ".id: a JSON pointer"),
        ({"id": None}, ": Object missing required field `id`"),
        ({"recorded_at": "x"}, ".recorded_at: a JSON pointer"),
        ({"person": ["/~"]}, ".person: a JSON pointer"),
        ({"person_of_answer": ["x"]}, ".person_of_answer: a JSON pointer"),
        ({"person": None}, ": 'person' or 'person_of_answer' must say where"),
        ({"body": None}, ": the question does not say about whom"),
        ({"body": {"n": "079185998101"}}, ": the question does not say about whom"),
        ({"body": {"n": ["{personalid}"]}}, ".body.n: unknown placeholder 'personalid'; did you mean 'personal_id'?"),
        ({"body": {"n": "{}"}}, ".body.n: unknown placeholder ''"),
        ({"method": "GET"}, ".body: a GET has none"),
        ({"path": "/lich-hen/{personal_id}"}, ".path: the number must not stand in a path"),
        ({"query": {"n": "{personal_id}"}}, ".query: the number would reach every log"),
        ({"fields": {}}, ".fields: expected a table"),
        ({"fields__tim": "/t"}, ".fields: unknown key 'tim'"),
        ({"fields__reson": "/t"}, ".fields: unknown key 'reson'; did you mean 'reason'?"),
        ({"fields__id": "/t"}, ".fields: unknown key 'id'"),
        ({"fields__provenance": "/t"}, ".fields: unknown key 'provenance'"),
        ({"fields__at": None}, ".fields: missing at"),
        ({"fields__at": "thoi_gian"}, ".fields.at: a JSON pointer"),
        ({"fields__at": 7}, ".fields.at: expected a table"),
        ({"fields__at": {"frm": "/t"}}, ".fields.at: unknown key 'frm'; did you mean 'from'?"),
        ({"fields__at": {"format": "%d/%m/%Y"}}, ".fields.at: missing from"),
        ({"fields__at": {"from": 7}}, ".fields.at: expected a JSON pointer"),
        (
            {"fields__at": {"from": "/t", "format": "%d/%m"}},
            ".fields.at.format: expected a form that tells a whole day",
        ),
        (
            {"fields__at": {"from": "/t", "format": "%m/%Y"}},
            ".fields.at.format: expected a form that tells a whole day",
        ),
        ({"fields__at": {"from": "/t", "format": 5}}, ".fields.at.format: expected a form that tells a whole day"),
        ({"fields__at": {"from": "/t", "format": "dd/MM/yyyy"}}, ".fields.at.format: expected a form"),
        ({"fields__reason": {"from": "/t", "format": "%d/%m/%Y"}}, ".fields.reason.format: only a date has one"),
        ({"fields__at": {"value": "tomorrow"}}, ".fields.at.value: "),
        ({"fields__at": {"value": "2026-01-01", "from": "/t"}}, ".fields.at: unknown key 'from'"),
        ({"fields__status": {"value": " "}}, ".fields.status.value: expected a value"),
        ({"fields__status": {"from": "/s", "otherwise": "x"}}, ".fields.status: 'otherwise' needs a 'map'"),
        ({"fields__status": {"from": "/s", "map": {}}}, ".fields.status.map: expected a table"),
        ({"fields__status": {"from": "/s", "map": "x"}}, ".fields.status.map: expected a table"),
        ({"fields__status": {"from": "/s", "map": {"A": []}}}, ".fields.status.map.A: not a text"),
        ({"fields__status": {"from": "/s", "map": {"A": "a"}, "format": "%d"}}, ".fields.status: a 'map' has no"),
        ({"fields__facility": {"cod": "/c"}}, ".fields.facility: unknown key 'cod'; did you mean 'code'?"),
        ({"fields__facility": {"address": "/a"}}, ".fields.facility: expected code or name"),
        ({"fields__facility": {"code": "c"}}, ".fields.facility.code: a JSON pointer"),
    ],
)
def test_a_mistake_is_named_with_its_place(changes: dict[str, Any], told: str) -> None:
    """The block, the key, and what would be right."""
    assert refused({"Appointment": described(**changes)}).startswith(f"sources.lich-hen.records.Appointment{told}")


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ({}, "sources.lich-hen.records: expected a table"),
        ({"Apointment": {}}, "sources.lich-hen.records: unknown key 'Apointment'; did you mean 'Appointment'?"),
        ({"Relation": {}}, "sources.lich-hen.records.Relation: kind 'rest' cannot hold it; it can hold: Allergy, "),
        (
            {"Observation": {**ABOUT, "fields": {"code": "/c", "status": "/s", "category": {"value": "labor"}}}},
            "sources.lich-hen.records.Observation.fields.category.value: expected one of vital-signs, laboratory, ",
        ),
        (
            {"Document": {**ABOUT, "fields": {"kind": "/k", "content_type": "/c", "location": "/u"}}},
            "sources.lich-hen.records.Document.fields: unknown key 'location'",
        ),
        (
            {
                "Immunization": {
                    **ABOUT,
                    "fields": {"vaccine": "/v", "on": "/o", "status": "/s", "dose_number": {"value": "một"}},
                }
            },
            "sources.lich-hen.records.Immunization.fields.dose_number.value: not a number",
        ),
        (
            {"Allergy": {**ABOUT, "fields": {"substance": {"system": "/s"}, "status": "/s", "verified": "/v"}}},
            "sources.lich-hen.records.Allergy.fields.substance: expected text or code",
        ),
        (
            {"Claim": {**ABOUT, "fields": {"facility": "/f", "diagnoses": {"list": "/d"}}}},
            "sources.lich-hen.records.Claim.fields.diagnoses: missing of",
        ),
        (
            {"Claim": {**ABOUT, "fields": {"facility": "/f", "diagnoses": {"list": "/d", "of": {"role": "/r"}}}}},
            "sources.lich-hen.records.Claim.fields.diagnoses.of: missing code",
        ),
        (
            {"Claim": {**ABOUT, "fields": {"facility": "/f", "diagnoses": "/d"}}},
            "sources.lich-hen.records.Claim.fields.diagnoses: expected a table with some of code, role",
        ),
        (
            {
                "Observation": {
                    **ABOUT,
                    "fields": {
                        "code": "/c",
                        "status": "/s",
                        "category": {"value": "laboratory"},
                        "value": {"value": "/v", "text": "/t"},
                    },
                }
            },
            "sources.lich-hen.records.Observation.fields.value: expected the fields of one of QuantityValue: ",
        ),
    ],
)
def test_a_mistake_in_any_class_is_named_with_its_place(records: Any, told: str) -> None:
    assert refused(records).startswith(told)


def test_the_number_may_stand_in_the_query_of_whoever_accepts_what_it_costs() -> None:
    table = described(method="GET", body=None, query={"n": "{personal_id}"}, number_may_reach_logs=True)
    (plan,) = plans("x", {"Appointment": table}).values()
    assert plan.query("079185998101") == {"n": "079185998101"}
    assert plan.body("079185998101") is None


def test_every_class_but_rights_can_be_described() -> None:
    """With every field that is shown in the graph: each has a type that the kind can read."""
    assert frozenset(RECORD_CLASSES) - {Relation, Representative} == CAN_HOLD
    for about in CAN_HOLD:
        fields = {name: shortest(kind) for name, kind in published(about).items()}
        assert required(about) <= set(fields)
        (plan,) = plans("x", {about.__name__: {**ABOUT, "fields": fields}}).values()
        assert set(plan.fields) == set(fields)


def shortest(kind: Any) -> Any:
    """A right description of a field of that type, found as a person would: by what the errors say."""
    text = str(kind)
    if "Quantity" in text and "|" in text and "TextValue" in text:
        return {"text": "/t"}
    for name, said in {
        "Attachment": {"content_type": {"value": "application/pdf"}, "title": "/t"},
        "ObservationComponent": {"code": "/c", "value": {"low": "/l", "high": "/h"}},
        "Diagnosis": {"list": "/d", "of": {"code": "", "role": {"value": "MAIN"}}},
        "ClaimLine": {"list": "/l", "of": {"kind": {"value": "SERVICE"}, "name": "/n"}},
        "Practitioner": {"name": "/n"},
        "Address": {"text": "/a"},
        "Quantity": {"value": "/v", "unit": {"value": "viên"}},
    }.items():
        if name in text:
            return said
    return "/x"


def test_holds_chooses_among_what_is_described() -> None:
    claim = {**ABOUT, "fields": {"facility": "/f"}}
    records = {"Appointment": described(), "Claim": claim}
    clock = HeldClock()
    assert RestSource("x", options(records), clock=clock).holds == {Appointment, Claim}
    assert RestSource("x", options(records, holds=("Claim",)), clock=clock).holds == {Claim}
    with pytest.raises(BadOptions, match="cannot hold 'Encounter'"):
        RestSource("x", options(records, holds=("Encounter",)), clock=clock)


def test_the_example_of_the_readme_is_right() -> None:
    """Letter by letter, read as the configuration is."""
    (example,) = re.findall(r"^```toml\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    ((key, table),) = tomllib.loads(example)["sources"].items()
    table["bearer"] = "env:TOKEN"
    made = read(RestOptions, table, where=key, folder=Path(), environment=lambda _: "the-token")
    assert RestSource(key, made, clock=HeldClock()).holds == {Appointment}
    assert "the-token" not in repr(made)
