"""F12: whose a dossier is. The number decides, the birth date can contradict it, a name proves nothing."""

import msgspec
import pytest

from connectors.errors import WrongPerson
from connectors.records import Encounter
from tests.connectors.hospital_xml.dossiers import AN, BINH, Station, ask, dossier

SECOND = "79983.2611.000002"


async def test_f12_a_dossier_of_another_number_withholds_the_answer() -> None:
    """Whole: a service that mixes two people up cannot be believed about either."""
    with pytest.raises(WrongPerson) as caught:
        await Station([dossier(), dossier(MA_LK=SECOND, SO_CCCD=BINH.personal_id)]).ask(Encounter)
    assert BINH.personal_id not in str(caught.value)


@pytest.mark.parametrize("birth", ["198602030000", "19850204", "198600000000", "198503000000"])
async def test_f12_a_birth_date_that_contradicts_withholds_the_answer(birth: str) -> None:
    """Then the number was mistyped, and the dossier is somebody else's."""
    with pytest.raises(WrongPerson):
        await Station(dossier(NGAY_SINH=birth)).ask(Encounter)


@pytest.mark.parametrize("birth", ["198500000000", "198502000000", "198502030520", "19850203", "", "không rõ"])
async def test_a_birth_date_that_is_not_known_contradicts_nothing(birth: str) -> None:
    assert len((await Station(dossier(NGAY_SINH=birth)).ask(Encounter)).records) == 1


async def test_a_newborn_under_the_mothers_name_is_nobodys() -> None:
    """No number, a temporary card, her name: not hers and, for lack of a number, not the child's. It is counted."""
    newborn = dossier(
        MA_LK=SECOND, SO_CCCD="", NGAY_SINH="202610150520", MA_THE_BHYT="TE1790000001515", HO_TEN="TRẦN THỊ MẪU ÂN"
    )
    answer = await Station([dossier(), newborn]).ask(Encounter)
    assert ([visit.provenance[0].source_record_id[-6:] for visit in answer.records], answer.dropped) == (["000001"], 1)


@pytest.mark.parametrize("number", ["020998101", "P1234567", "79185998101", "0791859981010", "٠٧٩١٨٥٩٩٨١٠١"])
async def test_another_document_proves_nothing(number: str) -> None:
    """An old card, a passport, a number that is not twelve digits: neither hers nor proven to be another's."""
    answer = await Station([dossier(), dossier(MA_LK=SECOND, SO_CCCD=number)]).ask(Encounter)
    assert (len(answer.records), answer.dropped) == (1, 1)


async def test_the_number_stands_in_the_body_and_nowhere_else() -> None:
    station = Station(dossier())
    source = station.source()
    await ask(source, Encounter)
    await source.close()
    (call,) = station.calls
    assert (call.method, call.url.path, call.url.query) == ("POST", "/ho-so/tra-cuu", b"")
    assert msgspec.json.decode(call.content) == {"SO_CCCD": AN.personal_id, "MA_YEU_CAU": "conformance"}
    assert AN.personal_id not in str(call.headers)


async def test_a_visit_that_is_sent_again_replaces_the_earlier_one() -> None:
    """By the day of the envelope, then the time of payment, then the place in the answer."""
    by_day = [dossier(made="20261115", LY_DO_VV="mới"), dossier(made="20261102", LY_DO_VV="cũ")]
    by_payment = [dossier(LY_DO_VV="mới", NGAY_TTOAN="202611021031"), dossier(LY_DO_VV="cũ", NGAY_TTOAN="")]
    by_place = [dossier(LY_DO_VV="cũ"), dossier(LY_DO_VV="mới")]
    garbled_day = [dossier(LY_DO_VV="mới"), dossier(LY_DO_VV="cũ", made="mai")]
    for sent in (by_day, by_payment, by_place, garbled_day):
        answer = await Station(sent).ask(Encounter)
        assert [visit.reason and visit.reason.text for visit in answer.records] == ["mới"]
        assert answer.dropped == 0


async def test_a_visit_belongs_to_the_number_of_its_newest_version() -> None:
    """Hers where the number was corrected to hers, nobody's where it was taken away, another's where it was theirs."""
    was_his = [dossier(SO_CCCD=BINH.personal_id, made="20261101"), dossier()]
    assert len((await Station(was_his).ask(Encounter)).records) == 1
    is_nobodys = await Station([dossier(), dossier(SO_CCCD="", made="20261103")]).ask(Encounter)
    assert (is_nobodys.records, is_nobodys.dropped) == ((), 1)
    with pytest.raises(WrongPerson):
        await Station([dossier(), dossier(SO_CCCD=BINH.personal_id, made="20261103")]).ask(Encounter)


async def test_the_same_key_at_another_facility_is_another_visit() -> None:
    """Keys are the facility's own."""
    assert len((await Station([dossier(), dossier(MA_CSKCB="79984")]).ask(Encounter)).records) == 2


async def test_endless_visits_are_cut_off() -> None:
    """A98: more than a bound are not shown, and the answer says so."""
    many = [dossier(MA_LK=f"v{number}") for number in range(2001)]
    answer = await Station(many).ask(Encounter, max_body=50_000_000)
    assert (len(answer.records), answer.truncated) == (2000, True)
