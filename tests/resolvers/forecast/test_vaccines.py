"""What a recorded vaccination protects against."""

import pytest

from connectors.immunization_book.antigens import known
from connectors.records import CodedText, Coding
from resolvers.forecast.vaccines import antigens
from resolvers.joining.codes import ICD10
from tests.resolvers.forecast.doses import record
from tests.sandbox.people.vaccines import DISEASES, VACCINES

MEASLES = CodedText(text="Sởi", codings=(Coding(system=ICD10, code="B05.9"),))
HIB = CodedText(text="Hib")
STRANGE = CodedText(text="Bệnh lạ")


@pytest.mark.parametrize(
    ("cvx", "diseases", "expected"),
    [
        ("04", (), {"measles", "rubella"}),
        ("04", (MEASLES,), {"measles", "rubella"}),
        (None, (MEASLES, HIB), {"measles", "hib"}),
        ("04", (HIB,), None),
        ("04", (STRANGE,), None),
        (None, (), None),
        ("99999", (), None),
    ],
)
def test_product_and_diseases_together_tell_the_antigens(
    cvx: str | None, diseases: tuple[CodedText, ...], expected: set[str] | None
) -> None:
    """Where neither holds the other, nobody can tell."""
    assert antigens(record("2025-01-01", cvx, target_diseases=diseases)) == expected


@pytest.mark.parametrize("name", sorted(VACCINES))
def test_every_vaccine_of_the_city_is_known_by_code_and_by_disease(name: str) -> None:
    """By its CVX code where it has one, and by the ICD-10 code of its diseases."""
    vaccine = VACCINES[name]
    diseases = tuple(
        CodedText(text="?", codings=(Coding(system=ICD10, code=DISEASES[one].icd10),)) for one in vaccine.against
    )
    assert antigens(record("2025-01-01", target_diseases=diseases)) == frozenset(vaccine.against)
    if vaccine.cvx:
        assert antigens(record("2025-01-01", vaccine.cvx)) == frozenset(vaccine.against)


@pytest.mark.parametrize("number", ["2", "3", "5", "6", "8", "9", "12", "13", "17", "172", "176", "270", "290", "291"])
def test_every_antigen_of_the_vaccination_book_is_known(number: str) -> None:
    """The book's table and this one say the same codes."""
    antigen = known(number, None)
    assert antigen is not None
    coded = CodedText(text="?", codings=(Coding(system=ICD10, code=antigen.icd10),))
    assert antigens(record("2025-01-01", target_diseases=(coded,)))
