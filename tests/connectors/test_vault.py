"""The vault: what comes out is what went in, and nobody without its secret learns anything from what lies there."""

from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from connectors.backends import BoundedMemory
from connectors.contract import Basis, Purpose, Question
from connectors.records import RECORD_CLASSES, Allergy, Condition, PartialDate, Record, SourceInfo
from connectors.vault import Found, Kept, Vault
from tests.connectors.any_record import any_record
from tests.connectors.false_source import AN, BINH, NOW, allergy, grant, info
from tests.sandbox.eid.held_clock import HeldClock

SECRET = b"s" * 32
QUESTION: Question[Allergy] = Question(about=Allergy)
SECONDS = 30.0
SOURCE = info()


class Bench:
    """A vault over memory, and its backend."""

    def __init__(self, secret: bytes = SECRET, memory: BoundedMemory | None = None) -> None:
        self.clock = HeldClock()
        self.memory = memory or BoundedMemory(1_000_000)
        self.vault = Vault(self.memory, secret=secret, clock=self.clock)
        self.place = self.vault.place("hospital", QUESTION, grant())

    async def keep(self, *records: Record, about: type[Record] = Allergy) -> Found[Record]:
        """Keep an answer as it would be kept after a look that found nothing; then look again."""
        before = await self.vault.find(self.place, about, seconds=SECONDS)
        assert before.kept is None
        await self.vault.keep(self.place, before.generation, Kept(NOW, records), seconds=SECONDS)
        return await self.look(about)

    async def look(self, about: type[Record] = Allergy) -> Found[Record]:
        return await self.vault.find(self.place, about, seconds=SECONDS)

    def values(self) -> list[bytes]:
        """All values that lie in the backend."""
        return [self.memory._cache[key] for key in list(self.memory._cache)]

    def everything(self) -> bytes:
        """All names and values that lie in the backend."""
        return b"\0".join([*(key.encode() for key in self.memory._cache), *self.values()])


def without_source(value: Any) -> Any:
    """A source is compared by identity, and what was kept names another one, however deep it is named."""
    if isinstance(value, SourceInfo):
        return SOURCE
    if isinstance(value, tuple):
        return tuple(map(without_source, value))
    if isinstance(value, Struct):
        return structs.replace(
            value, **{name: without_source(getattr(value, name)) for name in value.__struct_fields__}
        )
    return value


@pytest.mark.parametrize("about", RECORD_CLASSES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
async def test_every_class_of_record_comes_out_as_it_went_in(about: type[Record], data: st.DataObject) -> None:
    """Every field with its digits, its offset and its kind of value; whatever the source wrote."""
    records = data.draw(st.lists(any_record(about), max_size=2))
    found = await Bench().keep(*records, about=about)
    assert found.kept is not None
    assert found.kept.retrieved_at == NOW
    assert [*map(without_source, found.kept.records)] == [*map(without_source, records)]
    assert _offsets(found.kept.records) == _offsets(records)


def _offsets(records: Any) -> list[str]:
    """Every time as text: equal times may have been written with different offsets."""
    return [value.isoformat() for record in records for value in structs.astuple(record) if hasattr(value, "isoformat")]


async def test_that_nothing_is_on_record_is_kept_too() -> None:
    found = await Bench().keep()
    assert found.kept is not None
    assert found.kept.records == ()


async def test_what_cannot_be_written_is_not_kept_and_harms_nobody() -> None:
    """Half a character, as broken sources send it."""
    assert (await Bench().keep(allergy(info(), text="\ud800"))).kept is None


# ------------------------------------------------------------------------------------------- how long


async def test_an_entry_ends_with_its_seconds_by_our_own_clock() -> None:
    """Also where the backend would keep it for longer."""
    bench = Bench()
    assert (await bench.keep(allergy(info()))).kept
    bench.clock.pass_seconds(SECONDS - 0.1)
    assert (await bench.look()).kept
    bench.clock.pass_seconds(0.1)
    assert (await bench.look()).kept is None


async def test_f18_an_entry_from_the_future_is_none() -> None:
    """A clock that was set back must not prolong anything."""
    bench = Bench()
    await bench.keep(allergy(info()))
    bench.clock.pass_seconds(-1)
    assert (await bench.look()).kept is None


async def test_a_citizen_who_is_purged_has_nothing_left_and_others_keep_theirs() -> None:
    bench, other = Bench(), Bench()
    other.memory = bench.memory
    other.vault = bench.vault
    other.place = bench.vault.place("hospital", QUESTION, grant(BINH))
    assert (await bench.keep(allergy(info()))).kept
    assert (await other.keep(allergy(info()))).kept
    assert await bench.vault.purge(AN.ref)
    assert (await bench.look()).kept is None
    assert (await other.look()).kept


async def test_what_was_asked_before_a_purge_is_not_kept_after_it() -> None:
    """The answer under way when a citizen withdraws must not come back from the cache."""
    bench = Bench()
    before = await bench.look()
    await bench.vault.purge(AN.ref)
    await bench.vault.keep(bench.place, before.generation, Kept(NOW, (allergy(info()),)), seconds=SECONDS)
    assert (await bench.look()).kept is None
    assert (await bench.look()).kept is None


# ------------------------------------------------------------------------------------------- whose


def test_a81_everything_that_a_source_could_see_is_in_the_name() -> None:
    """Two questions that differ in anything lie in two places: slice, citizen, proof of who it is, purpose, basis."""
    vault, said = Bench().vault, Question(about=Allergy)
    questions: list[Question[Any]] = [
        said,
        Question(about=Condition),
        *(structs.replace(said, since=date(2026, 1, day)) for day in (1, 2)),
        structs.replace(said, until=date(2026, 1, 1)),
        structs.replace(said, codes=("a", "b")),
        structs.replace(said, codes=("ab",)),
        structs.replace(said, codes=("a,b",)),
        structs.replace(said, category="a"),
    ]
    subjects = [
        AN,
        BINH,
        structs.replace(AN, ref="ref-other"),
        structs.replace(AN, personal_id="079185998102"),
        structs.replace(AN, name=None),
        structs.replace(AN, birth_date=None),
        structs.replace(AN, birth_date=PartialDate("1985")),
    ]
    grants = [grant(subject) for subject in subjects]
    grants += [grant(AN, Purpose.REPRESENTATION, basis) for basis in (Basis.PARENT, Basis.GUARDIAN)]
    places = [vault.place("a", question, grants[0]) for question in questions]
    places += [vault.place("a", said, granted) for granted in grants[1:]]
    places.append(vault.place("b", said, grants[0]))
    for one, other in combinations(places, 2):
        assert one.answer != other.answer


def test_the_same_question_lies_in_the_same_place() -> None:
    """Whoever asks it, and whatever else that caller may ask."""
    vault = Bench().vault
    wider = structs.replace(grant(), about=frozenset({Allergy}))
    assert vault.place("a", Question(about=Allergy), grant()) == vault.place("a", Question(about=Allergy), wider)


async def test_an_entry_that_was_moved_to_another_place_does_not_open() -> None:
    """Whoever can write into the backend cannot show one citizen another one's record."""
    bench = Bench()
    await bench.keep(allergy(info()))
    stolen = bench.memory._cache[bench.place.answer]
    bench.place = bench.vault.place("hospital", QUESTION, grant(BINH))
    await bench.look()
    await bench.memory.set(bench.place.answer, stolen)
    assert (await bench.look()).kept is None


async def test_an_entry_does_not_open_as_the_answer_to_another_question_about_the_same_citizen() -> None:
    """A slice must not be taken for the whole."""
    bench = Bench()
    await bench.keep(allergy(info()))
    stolen = bench.memory._cache[bench.place.answer]
    bench.place = bench.vault.place("hospital", structs.replace(QUESTION, since=date(2026, 1, 1)), grant())
    await bench.memory.set(bench.place.answer, stolen)
    assert (await bench.look()).kept is None


# ------------------------------------------------------------------------------------------- to whom

CANARIES = ("Penicillin-CANARY", AN.personal_id, "ref-an", "Mẫu Ân", "1985-02-03", "Allergy", "hospital", "J45.CANARY")


async def test_a88_no_canary_lies_in_memory() -> None:
    """Neither values nor names tell who was asked about, what was asked or what was answered."""
    bench = Bench()
    asked = structs.replace(QUESTION, codes=("J45.CANARY",), category="CANARY")
    bench.place = bench.vault.place("hospital", asked, grant())
    assert (await bench.keep(allergy(info(), text="Penicillin-CANARY"))).kept
    everything = bench.everything()
    assert len(everything) > 200
    assert not [canary for canary in CANARIES if canary.encode() in everything]


async def test_without_the_secret_nothing_is_found_and_nothing_opens() -> None:
    """Another process group has other names; and with the right name it could not open what lies there."""
    mine = Bench()
    await mine.keep(allergy(info()))
    other = Bench(b"t" * 32, mine.memory)
    assert other.place.answer != mine.place.answer
    other.place = mine.place
    assert (await other.look()).kept is None


async def test_equal_answers_look_different() -> None:
    """Who watches the backend cannot tell that a citizen's record is like another one's, or unchanged."""
    one, two = Bench(), Bench()
    await one.keep(allergy(info()))
    await two.keep(allergy(info()))
    assert not set(one.values()) & set(two.values())


@settings(max_examples=50, deadline=None)
@given(cut=st.integers(0, 400), flip=st.integers(0, 400), tail=st.binary(max_size=5))
async def test_f21_what_is_not_exactly_what_was_sealed_is_nothing(cut: int, flip: int, tail: bytes) -> None:
    """Cut, changed by one bit, lengthened."""
    bench = Bench()
    await bench.keep(allergy(info()))
    whole = bytearray(bench.memory._cache[bench.place.answer])
    whole[flip % len(whole)] ^= 1
    await bench.memory.set(bench.place.answer, bytes(whole[: len(whole) - cut % len(whole)]) + tail)
    assert (await bench.look()).kept is None


@pytest.mark.parametrize("garbage", [b"", b"x", b"x" * 11, b"x" * 12, b"x" * 1000, "text", 7, None])
async def test_f21_garbage_is_nothing(garbage: Any) -> None:
    """As value and as generation."""
    bench = Bench()
    await bench.keep(allergy(info()))
    good = bench.memory._cache[bench.place.answer]
    bench.memory._cache._values[bench.place.answer] = garbage
    assert (await bench.look()).kept is None
    bench.memory._cache._values[bench.place.answer] = good
    bench.memory._cache._values[bench.place.citizen] = garbage
    assert (await bench.look()).kept is None
