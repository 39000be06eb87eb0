"""The permit office: a caller, facts and rules give a chart, or a refusal."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec import structs

from connectors.contract import Basis, Grant, Purpose, Refused, SourceState
from connectors.errors import Unavailable
from connectors.records import (
    Condition,
    Demographics,
    PartialDate,
    Provenance,
    Record,
    Relation,
    RepresentationBasis,
    Sex,
)
from connectors.writing import Measurement
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.consents import NothingAgreed
from resolvers.access.permit import Access
from resolvers.access.standing import Party, Standing
from resolvers.federation import Federation
from resolvers.identifiers import Identifiers
from resolvers.locating import Directory
from resolvers.refusals import Forbidden, StepUpRequired, Unverifiable
from tests.resolvers.world import NOW, FalseSource, info, inquiry

MOTHER, CHILD, STRANGER = "079192998102", "079217998103", "079051998105"
OPERATORS = Standing(party=Party(role=CallerKind.OPERATOR), purpose=Purpose.ADMINISTRATION, basis=Basis.OPERATOR)
IDENTIFIERS = Identifiers(b"k" * 32)


def caller(**other: Any) -> Caller:
    """A mother, well signed in."""
    known: dict[str, Any] = {
        "kind": CallerKind.CITIZEN,
        "issuer": "https://e-id.example",
        "subject": "mai",
        "client_id": "citizen-app",
        "assurance": 2,
        "personal_id": MOTHER,
        "name": "Đỗ Thanh Mẫu Mai",
        "birth_date": date(1992, 8, 21),
        "expires_at": NOW,
        **other,
    }
    number = known["personal_id"]
    return Caller(**known, ref=None if number is None else IDENTIFIERS.reference(number))


def stamped() -> dict[str, Any]:
    """The beginning of a record of the register."""
    provenance = Provenance(source=info("register"), retrieved_at=NOW, source_record_id="1")
    return {"id": "1", "provenance": (provenance,)}


def mother_of(child: str) -> Relation:
    """What the register says of her."""
    return Relation(
        **stamped(),
        personal_id=child,
        full_name="Hoàng Minh Mẫu An",
        birth_date=PartialDate("2017-04-18"),
        basis=RepresentationBasis.PARENT,
    )


def access(who: Caller, *, longest_sign_in: float = 0, **says: Any) -> tuple[Access, FalseSource]:
    """The office, and the register that it asks."""
    known: dict[type[Record], Any] = {Relation: says.get("relations", []), Demographics: says.get("demographics", [])}
    register = FalseSource("register", known)
    office = Access(
        who,
        federation=Federation(Directory([register]), inquiry()),
        identifiers=IDENTIFIERS,
        trust=says.get("trust", NothingAgreed()),
        today=date(2026, 11, 23),
        required_assurance=2,
        longest_sign_in=longest_sign_in,
        acr_values=("LoA2",),
    )
    return office, register


async def test_a_mandate_covers_what_its_basis_may_write_and_nothing_else() -> None:
    """Citizens and those who act for them write measurements; who operates the gateway writes nothing."""
    office, _ = access(caller(), relations=[mother_of(CHILD)])
    for chart in (await office.me(), await office.citizen(CHILD)):
        mandate = office.mandate(chart, Measurement)
        assert (mandate.subject, mandate.basis) == (chart.subject, chart.basis)
        assert chart.personal_id not in repr(mandate)
        with pytest.raises(PermissionError):
            mandate.require(object())  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        office.mandate(structs.replace(chart, standing=OPERATORS), Measurement)


async def test_the_caller_opens_their_own_chart_without_asking_anybody() -> None:
    """The token says all that is needed."""
    office, register = access(caller())
    chart = await office.me()

    assert (chart.basis, chart.purpose) == (Basis.SELF, Purpose.SELF)
    assert (chart.subject.name, chart.subject.birth_date) == ("Đỗ Thanh Mẫu Mai", "1992-08-21")
    assert not register.asked


async def test_what_the_token_does_not_say_comes_from_the_register() -> None:
    """The insurance wants name and birth date; a token may have neither."""
    known = Demographics(
        **stamped(), full_name="ĐỖ THANH MẪU MAI", birth_date=PartialDate("1992-08-21"), sex=Sex.FEMALE
    )
    office, _ = access(caller(name=None, birth_date=None), demographics=[known])
    chart = await office.me()

    assert (chart.subject.name, chart.subject.birth_date) == ("ĐỖ THANH MẪU MAI", "1992-08-21")


async def test_when_nobody_knows_the_birth_date_the_number_itself_tells_who_is_a_child() -> None:
    """The register is down: an adult goes on, a child does not."""
    adult, _ = access(caller(birth_date=None), demographics=Unavailable("x"))
    assert (await adult.me()).subject.birth_date is None

    child, _ = access(caller(birth_date=None, personal_id=CHILD), demographics=Unavailable("x"))
    with pytest.raises(Forbidden):
        await child.me()


@pytest.mark.parametrize(("minutes", "enters"), [(0, True), (59, True), (60, True), (61, False), (None, False)])
async def test_a28_a_sign_in_that_is_too_old_is_to_be_done_again(minutes: int | None, *, enters: bool) -> None:
    """Where a bound is set; one that does not say when it was is old. The client is told which age would do."""
    at = None if minutes is None else NOW - timedelta(minutes=minutes)
    office, _ = access(caller(authenticated_at=at), longest_sign_in=3600)
    free, _ = access(caller(authenticated_at=at))

    assert (await free.me()).basis is Basis.SELF
    if enters:
        assert (await office.me()).basis is Basis.SELF
        return
    with pytest.raises(StepUpRequired) as refused:
        await office.me()
    assert refused.value.extensions["maxAge"] == 3600


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"kind": CallerKind.ORGANISATION, "personal_id": None}, Forbidden),
        ({"kind": CallerKind.ORGANISATION}, Forbidden),
        ({"personal_id": None}, Forbidden),
        ({"assurance": 1}, StepUpRequired),
        ({"assurance": 0}, StepUpRequired),
        ({"birth_date": date(2012, 11, 24)}, Forbidden),
    ],
)
async def test_a28_a33_who_does_not_get_in_at_all(other: dict[str, Any], refusal: type[Exception]) -> None:
    """Neither to an own record nor to anybody else's; and the register hears nothing of it."""
    office, register = access(caller(**other), relations=[mother_of(CHILD)])
    with pytest.raises(refusal):
        await office.me()
    with pytest.raises(refusal):
        await office.citizen(CHILD)
    assert not register.asked


async def test_a_mother_opens_the_chart_of_her_child() -> None:
    """On the basis of the register's word, with the child's name and birth date from there."""
    office, _ = access(caller(), relations=[mother_of(CHILD)])
    chart = await office.citizen(CHILD)

    assert (chart.basis, chart.purpose) == (Basis.PARENT, Purpose.REPRESENTATION)
    assert (chart.subject.name, chart.subject.birth_date) == ("Hoàng Minh Mẫu An", "2017-04-18")
    assert isinstance(office.permit(chart, Condition), Grant)
    assert office.permit(chart, Relation) == Refused(state=SourceState.NOT_PERMITTED)


async def test_a31_only_the_callers_own_relations_are_looked_up() -> None:
    """A stranger and nobody are the same to the register: it is never asked about either."""
    office, register = access(caller(), relations=[mother_of(CHILD)])
    for number in (STRANGER, "079099999999"):
        with pytest.raises(Forbidden):
            await office.citizen(number)

    assert [question.about for question in register.asked] == [Relation]


async def test_f25_an_unverifiable_relation_is_not_a_refusal() -> None:
    """Fail closed, but say that it may be tried again."""
    office, _ = access(caller(), relations=Unavailable("x"))
    with pytest.raises(Unverifiable):
        await office.citizen(CHILD)


async def test_one_asks_for_oneself_by_number_as_well() -> None:
    """`citizen(id: own)` is `me`."""
    office, _ = access(caller())
    assert await office.citizen(MOTHER) == await office.me()


async def test_nothing_that_prints_itself_names_the_citizen() -> None:
    """A traceback or a log line that shows these tells nothing."""
    office, _ = access(caller(), relations=[mother_of(CHILD)])
    chart = await office.citizen(CHILD)
    text = repr([chart, chart.subject, office.permit(chart, Condition), caller(), mother_of(CHILD)])

    for secret in (MOTHER, CHILD, "Mẫu", "1992", "2017"):
        assert secret not in text
