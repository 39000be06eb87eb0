"""That an answer is about the right person: by name and birth date, for the portal repeats no number."""

from typing import Any

import pytest
from msgspec import structs

from connectors.errors import Garbled, SourceError, WrongPerson
from connectors.records import Claim, Coverage
from tests.connectors.vss.portal import AN, HISTORY, Portal, ask, card, source


@pytest.mark.parametrize(
    "fields",
    [
        {"hoTen": "LÊ VĂN MẪU BÌNH"},
        {"hoTen": "TRẦN THỊ MẪU ÂN EM"},
        {"hoTen": "   "},
        {"ngaySinh": "04/02/1985"},
        {"ngaySinh": "1986"},
        {"maKetQua": "010", "hoTen": "LÊ VĂN MẪU BÌNH"},
    ],
)
@pytest.mark.parametrize("about", [Coverage, Claim])
async def test_f12_another_holder_is_withheld(fields: dict[str, str], about: Any) -> None:
    """An answer about another name or birth date is refused, and the history is not asked for."""
    portal = Portal(card(**fields))
    with pytest.raises(WrongPerson):
        await ask(source(portal), about)
    assert portal.counts[HISTORY] == 0


@pytest.mark.parametrize("fields", [{"hoTen": None}, {"ngaySinh": ""}, {"ngaySinh": None}, {"ngaySinh": "31/02/1985"}])
@pytest.mark.parametrize("about", [Coverage, Claim])
async def test_f12_a_card_of_nobody_is_withheld(fields: dict[str, Any], about: Any) -> None:
    """Name and birth date are all the proof there is: without them a card shows nothing."""
    with pytest.raises(Garbled):
        await ask(source(Portal(card(**fields))), about)


@pytest.mark.parametrize(
    "fields",
    [{"hoTen": "tran thi  mau an"}, {"hoTen": "TRẦN THỊ MẪU ÂN"}, {"ngaySinh": "1985"}],
)
async def test_the_same_person_is_written_in_many_ways(fields: dict[str, str]) -> None:
    """Marks, case, Unicode form (here decomposed), spaces; a birth date known only by its year."""
    assert (await ask(source(Portal(card(**fields))), Coverage)).records


async def test_nulls_about_an_expired_card_are_no_proof_and_no_silence() -> None:
    """The card is missing from the answer; the visits stay closed, for nobody is named."""
    nulls = {"maKetQua": "010", "ghiChu": "Thẻ hết giá trị sử dụng", "maThe": None, "hoTen": None}
    portal = Portal(nulls)
    answer = await ask(source(portal), Coverage)
    assert (answer.records, answer.dropped) == ((), 1)
    with pytest.raises(Garbled):
        await ask(source(portal), Claim)
    assert portal.counts[HISTORY] == 0


async def test_wrong_names_and_wrong_dates_look_alike() -> None:
    """The three codes are an oracle for guessing names: outside, they are one."""
    said = set()
    for code in ("060", "061", "070"):
        with pytest.raises(WrongPerson) as caught:
            await ask(source(Portal({"maKetQua": code})), Coverage)
        said.add((type(caught.value), caught.value.code, str(caught.value)))
    assert len(said) == 1


@pytest.mark.parametrize("missing", ["name", "birth_date"])
@pytest.mark.parametrize("about", [Coverage, Claim])
async def test_without_name_or_birth_date_nothing_is_asked(missing: str, about: Any) -> None:
    """The portal would refuse; not even a token is taken."""
    portal = Portal()
    with pytest.raises(SourceError, match="not known"):
        await ask(source(portal), about, structs.replace(AN, **{missing: None}))
    assert not portal.calls
