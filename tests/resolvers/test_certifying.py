"""What is certified: all that is on record, or a reason why not; never a part of it."""

from datetime import date

import pytest
from msgspec import structs

from connectors.records import CodedText, Conflict, ConflictRule, Demographics, Immunization, Provenance, Sex
from resolvers.certifying import Certificate, CertificateKind, Certifier, NotIssued, Statement, TooLong, decide
from tests.resolvers.world import NOW, info

TOLD = (Provenance(source=info("a"), retrieved_at=NOW, source_record_id="1"),)
CONFLICT = Conflict(field="on", values=(), rule=ConflictRule.LEADING_SYSTEM)
PERSON = Demographics(id="p", provenance=TOLD, full_name="Mẫu Ân", birth_date="2019-04-30", sex=Sex.FEMALE)  # type: ignore[arg-type]
DOSE = Immunization(id="d", provenance=TOLD, vaccine=CodedText(text="Mẫu"), on="2026-01-02", status="completed")  # type: ignore[arg-type]


class Scribe:
    """Signs nothing; remembers what it was given."""

    def __init__(self, *, longest: int = 100) -> None:
        self.given: list[Statement] = []
        self._longest = longest

    def certify(self, statement: Statement) -> Certificate:
        self.given.append(statement)
        if len(statement.doses) > self._longest:
            raise TooLong
        return Certificate(
            kind=CertificateKind.VACCINATION_RECORD,
            identifier="URN",
            issuer="VN",
            valid_until=date(2027, 1, 1),
            doses=len(statement.doses),
            payload="HC1:",
            qr_svg="<svg/>",
        )


def decided(
    *, people: tuple[Demographics, ...] = (PERSON,), doses: tuple[Immunization, ...] = (DOSE,), complete: bool = True
) -> Certificate | NotIssued:
    """The decision, with a scribe who can write ten doses."""
    return decide("ref", people, doses, complete=complete, by=Scribe(longest=10))


def test_every_dose_that_was_given_is_stated_from_the_oldest() -> None:
    """A dose that was refused, is only partly dated or disputed is no fact that anybody could sign."""
    scribe: Certifier = Scribe()
    others = (
        structs.replace(DOSE, status="not-done"),
        structs.replace(DOSE, on="2026-01"),
        structs.replace(DOSE, conflicts=(CONFLICT,)),
        structs.replace(DOSE, on="2019-05-01"),
    )
    made = decide("ref", [PERSON], [DOSE, *others], complete=True, by=scribe)

    assert isinstance(made, Certificate)
    (statement,) = scribe.given  # type: ignore[attr-defined]
    assert [dose.on for dose in statement.doses] == [date(2019, 5, 1), date(2026, 1, 2)]
    assert statement.birth_date == date(2019, 4, 30)
    assert "Mẫu" not in repr(statement)


@pytest.mark.parametrize(
    ("because", "why"),
    [
        ({"complete": False}, NotIssued.SOURCE_SILENT),
        ({"people": ()}, NotIssued.PERSON_UNCERTAIN),
        ({"people": (PERSON, PERSON)}, NotIssued.PERSON_UNCERTAIN),
        ({"people": (structs.replace(PERSON, birth_date="2019-04"),)}, NotIssued.PERSON_UNCERTAIN),
        ({"people": (structs.replace(PERSON, conflicts=(CONFLICT,)),)}, NotIssued.PERSON_UNCERTAIN),
        ({"doses": ()}, NotIssued.NOTHING_TO_CERTIFY),
        ({"doses": (structs.replace(DOSE, status="not-done"),)}, NotIssued.NOTHING_TO_CERTIFY),
        ({"doses": (DOSE,) * 11}, NotIssued.TOO_LONG),
    ],
)
def test_there_is_a_certificate_or_a_reason(because: dict[str, object], why: NotIssued) -> None:
    assert decided(**because) is why  # type: ignore[arg-type]


def test_a_gateway_without_a_key_says_so() -> None:
    assert decide("ref", [PERSON], [DOSE], complete=True, by=None) is NotIssued.NOT_OFFERED
