"""Properties of joining, whatever the sources say: nothing lost, one answer, steady ids, bounded work."""

import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import RECORD_CLASSES, PartialDate, Record, Report
from resolvers.joining import join
from resolvers.joining.grouping import grouped
from resolvers.joining.items import _fields, stand_alone
from resolvers.joining.table import RULES
from resolvers.merging import page
from tests.resolvers.joining import facts
from tests.resolvers.joining.facts import ATC, CVX, KEY, SNOMED, coded, joined, partition, places
from tests.resolvers.world import NOW

CODES = [(SNOMED, "1"), (SNOMED, "2"), (ATC, "1"), (ATC, "2"), ("unknown", "1")]
some_codes = st.lists(st.sampled_from(CODES), max_size=3, unique=True)
texts = st.sampled_from(["Aspirin", "ASPIRIN", "Cá", "Cà"])
sources = st.sampled_from(["a", "b", "register"])


def numbered(records: list[Any]) -> list[Any]:
    """The records, each with an id of its own at its source; now and then a source gives an id twice."""
    return [
        facts.changed(record, **facts.told(record.provenance[0].source.id, str(number % 11)))
        for number, record in enumerate(records)
    ]


allergies = st.builds(
    lambda source, text, codes, **more: facts.allergy(source, text, *codes, **more),
    sources,
    texts,
    some_codes,
    status=st.sampled_from(["active", "unknown", "refuted"]),
    criticality=st.sampled_from([None, "low", "high"]),
    none_known=st.booleans(),
    recorded=st.sampled_from([None, "2016", "2016-09-20", "2025"]),
)
doses = st.builds(
    lambda source, cvx, **more: facts.dose(source, coded("Vắc xin", *cvx), **more),
    sources,
    st.sampled_from([(), ((CVX, "10"),), ((CVX, "11"),)]),
    on=st.sampled_from(["2026-01-05", "2026-01-06", "2026"]),
    dose_number=st.sampled_from([None, 1, 2]),
    lot=st.sampled_from([None, "M-1"]),
)
results = st.builds(
    facts.result,
    sources,
    st.sampled_from([None, facts.amount(Decimal("5.6")), facts.amount(Decimal("5.60")), facts.amount(Decimal(7))]),
    at=st.sampled_from([None, NOW]),
)
lists: st.SearchStrategy[list[Any]] = st.one_of(
    *(st.lists(kind, min_size=1, max_size=14).map(numbered) for kind in (allergies, doses, results))
)


def shown(records: Any) -> bytes:
    """All items in the order of a list, as bytes."""
    listed = page(joined(*records), when=lambda _: None, first=None, after=None)
    return msgspec.json.encode(listed.nodes)


@given(lists, st.randoms(use_true_random=False))
def test_the_order_of_sources_and_records_never_changes_a_byte(records: list[Any], random: Any) -> None:
    """Metamorphic: whoever answers first."""
    shuffled = list(records)
    random.shuffle(shuffled)

    assert shown(shuffled) == shown(records)


@given(lists)
def test_every_record_stands_in_an_item_and_every_item_has_an_id_of_its_own(records: list[Any]) -> None:
    """Nothing is dropped; two items under one id would be one to a client's cache."""
    items = joined(*records)

    assert {place for item in items for place in places(item)} == {place for one in records for place in places(one)}
    assert len({item.id for item in items}) == len(items)
    distinct = {record.id for record in records}
    if len(distinct) == len(records):
        assert sum(len(item.provenance) for item in items) == len(records), "a record stands in one item only"


@given(lists)
def test_the_same_answer_twice_is_the_same_answer(records: list[Any]) -> None:
    """A record that moved from one page to the next comes twice."""
    assert shown(records * 2) == shown(records)


SUBSTANCES = {"Aspirin": ((SNOMED, "1"), (ATC, "1")), "Cá": ((SNOMED, "2"),), "Cà": (), "Tôm": ((ATC, "9"),)}
unanimous = st.lists(
    st.builds(
        lambda source, text, mask: facts.allergy(
            source, text, *(code for code, kept in zip(SUBSTANCES[text], mask, strict=False) if kept)
        ),
        sources,
        st.sampled_from(sorted(SUBSTANCES)),
        st.tuples(st.booleans(), st.booleans()),
    ),
    min_size=2,
    max_size=12,
).map(
    lambda records: [
        facts.changed(one, **facts.told(one.provenance[0].source.id, f"n{n}")) for n, one in enumerate(records)
    ]
)


@given(unanimous, st.integers(1, 11))
def test_where_nobody_contradicts_the_joining_is_associative(records: list[Any], cut: int) -> None:
    """First these and then those, or all together: the same items."""
    some, rest = records[:cut], records[cut:]

    assert partition(joined(*joined(*some), *rest)) == partition(joined(*records))


@given(unanimous)
def test_joining_joined_items_changes_nothing(records: list[Any]) -> None:
    """Idempotent."""
    once = joined(*records)

    assert partition(joined(*once)) == partition(once)


@given(st.lists(st.sampled_from(sorted(SUBSTANCES)), min_size=1, unique=True), st.sampled_from("abc"))
def test_an_item_keeps_its_id_while_a_source_is_silent(substances: list[str], silent: str) -> None:
    """As long as one of its sources answers, a client finds the same item."""
    records = [facts.allergy(source, text, *SUBSTANCES[text], number=text) for text in substances for source in "abc"]
    whole = joined(*records)
    partial = joined(*(record for record in records if record.provenance[0].source.id != silent))

    assert {item.id for item in partial} == {item.id for item in whole}
    assert len(whole) == len(substances)


def about_each(source: Callable[[int], str]) -> list[Any]:
    """Facts of three classes, none of them twice, each told by the source that the function gives for its number."""
    told: list[Callable[..., Any]] = [
        *(partial(facts.allergy, text=text) for text in SUBSTANCES),
        *(partial(facts.dose, vaccine=coded("V", (CVX, lot)), lot=lot) for lot in "123"),
        *(partial(facts.result, value=facts.amount(Decimal(value))) for value in range(4)),
    ]
    return [make(source(number), number=str(number)) for number, make in enumerate(told)]


@given(st.lists(st.sampled_from("abc"), min_size=11, max_size=11))
def test_a_record_spread_over_three_systems_is_the_graph_of_the_same_in_one(spread: list[str]) -> None:
    """Differential: the items are equal in every field, provenance and ids apart."""

    def items(records: list[Any]) -> list[bytes]:
        classes = {type(record): [one for one in records if type(one) is type(record)] for record in records}
        found = [item for of_class in classes.values() for item in joined(*of_class)]
        return sorted(msgspec.json.encode(facts.changed(item, id="", provenance=())) for item in found)

    assert items(about_each(lambda number: spread[number])) == items(about_each(lambda _: "a"))


def test_what_the_graph_does_not_show_is_no_conflict() -> None:
    """A path at a source, or another id of its own, is never told as a disagreement."""
    fields = dict(_fields(Report))

    assert fields["conclusion"]
    assert not fields["result_ids"]


def test_an_id_is_another_one_for_another_citizen() -> None:
    """It is made with the citizen's reference: it tells nothing, and nobody can compute it."""
    record = facts.allergy("a", "Aspirin", (SNOMED, "1"))
    one, other = (join(type(record), [record], key=key)[0].id for key in (KEY, "s" * 32))

    assert one != other
    assert len(one) == 32


def test_one_id_for_two_facts_at_a_source_makes_two_items() -> None:
    """A source that mixes its ids up joins nothing by that."""
    items = joined(facts.allergy("a", "Cá"), facts.allergy("a", "Tôm"))

    assert len({item.id for item in items}) == 2


@pytest.mark.parametrize("about", RECORD_CLASSES)
def test_every_class_of_record_has_a_rule(about: type[Record]) -> None:
    """No noun can forget it: a list without a rule is none."""
    assert about in RULES


def test_every_choice_is_about_a_field_that_exists() -> None:
    """A slip of the pen would silently show the leading record's word."""
    for about, rule in RULES.items():
        assert set(rule.choices) <= {field.name for field in msgspec.structs.fields(about)}, about.__name__


def calls(work: Callable[[], object]) -> int:
    """How many functions the work calls: a measure of cost that no other process disturbs."""
    counted = 0

    def count(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


MANY: dict[str, Callable[[int], Any]] = {
    "all different": lambda n: facts.allergy("a", f"Chất {n}", number=str(n)),
    "all the same": lambda n: facts.allergy("a", "A", (SNOMED, "1"), number=str(n), reactions=(coded(f"R{n}"),)),
    "a chain": lambda n: facts.allergy("a", "A", (SNOMED, str(n)), (SNOMED, str(n + 1)), number=str(n)),
    "all contradict": lambda n: facts.allergy("a", "A", (SNOMED, str(n)), number=str(n)),
    "one minute, many values": lambda n: facts.result("ab"[n % 2], facts.amount(Decimal(n // 2)), number=str(n)),
    "one minute, one value": lambda n: facts.result("ab"[n % 2], facts.amount(Decimal(5)), number=str(n)),
    "one day, many lots": lambda n: facts.dose(f"s{n}", coded("V"), on=PartialDate("2026-01-05"), lot=str(n % 7)),
    "one id": lambda n: facts.allergy("a", f"Chất {n}"),
}


@pytest.mark.parametrize("make", MANY.values(), ids=MANY.keys())
def test_f20_cost_grows_with_the_list_and_not_with_its_square(make: Callable[[int], Any]) -> None:
    """Four times the records are four times the work, whatever a source does to make them meet."""
    few, many = ([make(number) for number in range(size)] for size in (400, 1600))

    assert calls(lambda: joined(*many)) < 6 * calls(lambda: joined(*few))


@given(lists, st.sampled_from(["a", "register"]))
def test_what_one_source_tells_stands_alone_as_grouping_would_leave_it(records: list[Any], source: str) -> None:
    """The short way gives what the long one does."""
    about = type(records[0])
    told = [facts.changed(one, **facts.told(source, f"n{n}")) for n, one in enumerate(records)]
    if stand_alone(told, RULES[about]):
        assert sorted(map(len, grouped(told, RULES[about]))) == [1] * len(told)
    else:
        assert not RULES[about].once_per_source


@given(lists)
def test_without_ids_the_items_are_the_same(records: list[Any]) -> None:
    """Nobody looks at them: a source that gives two things one id has them told apart only where somebody does."""
    about = type(records[0])
    plain = join(about, records, key=KEY, ids=False)
    whole = join(about, records, key=KEY)

    def said(items: Any) -> list[bytes]:
        return sorted(msgspec.json.encode(facts.changed(one, id="")) for one in items)

    assert said(plain) == said(whole)
