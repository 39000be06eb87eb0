"""The statements that empty a whole section."""

import pytest

from connectors.records import CodedText, Coding
from resolvers.summarising.codes import CODES

IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
SNOMED = "http://snomed.info/sct"


@pytest.mark.parametrize(
    ("system", "code", "nothing"),
    [
        (IPS, "no-known-allergies", True),
        (SNOMED, "716186003", True),
        (IPS, "no-known-food-allergies", False),
        (SNOMED, "409137002", False),
        (IPS, "no-allergy-info", False),
        ("unknown", "716186003", False),
    ],
)
def test_no_known_food_allergy_is_not_no_known_allergy(system: str, code: str, nothing: bool) -> None:
    """Only a statement about everything empties the section; 'no information' states nothing."""
    assert CODES.states_none(CodedText(text="x", codings=(Coding(system=system, code=code),))) is nothing
