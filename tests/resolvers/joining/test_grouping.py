"""Which records are one fact: what is found out quickly is what is found out by looking at everything."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import RECORD_CLASSES, Record
from resolvers.joining.grouping import _linked, _settled, grouped
from resolvers.joining.rule import Rule
from resolvers.joining.table import RULES
from tests.resolvers.joining.facts import places
from tests.resolvers.samples import defaults, hints_of, sample, values

JOINED = [about for about in RECORD_CLASSES if RULES[about].evidence and RULES[about].groups is None]


@st.composite
def told(draw: st.DrawFn) -> tuple[type[Record], list[Any]]:
    """Records of one class from up to three sources, that say nearly the same."""
    about = draw(st.sampled_from(JOINED))
    hints, may_lack = hints_of(about), defaults(about)
    spots = st.tuples(st.sampled_from("abc"), st.sampled_from("12345"))
    changing = draw(st.lists(st.sampled_from(sorted(hints)), min_size=1, max_size=3, unique=True))
    records = []
    for source, number in draw(st.lists(spots, max_size=8, unique=True)):
        said = {
            name: draw(st.sampled_from([*values(hints[name]), *([may_lack[name]] if name in may_lack else [])]))
            for name in changing
        }
        records.append(sample(about, source, number, **said))
    return about, records


def looked_at_in_full(records: list[Any], rule: Rule[Any]) -> set[frozenset[frozenset[tuple[str, str]]]]:
    """The groups as the rules of joining have them, without a short way."""
    groups = [[record] for record in records]
    for marks in rule.evidence:
        groups = [group for linked in _linked(groups, marks) for group in _settled(linked, marks, rule)]
    return {frozenset(map(places, group)) for group in groups}


@given(told())
def test_the_short_way_leads_to_the_same_groups(told: tuple[type[Record], list[Any]]) -> None:
    """Most records are found to stand alone by one look at what the rule needs; that may hide nothing."""
    about, records = told
    found = grouped(records, RULES[about])
    assert sum(map(len, found)) == len(records)
    assert {frozenset(map(places, group)) for group in found} == looked_at_in_full(records, RULES[about])


@given(told())
def test_what_has_a_mark_in_common_says_alike_what_its_rule_needs(told: tuple[type[Record], list[Any]]) -> None:
    """Else a rule would need something that its evidence does not."""
    about, records = told
    needs = RULES[about].needs
    if needs is None:
        return
    for one, other in combinations(records, 2):
        if any(set(marks(one)) & set(marks(other)) for marks in RULES[about].evidence):
            assert needs(one) is not None
            assert needs(one) == needs(other)


@pytest.mark.parametrize("about", JOINED)
def test_the_samples_do_meet(about: type[Record]) -> None:
    """Of two sources that say the very same one fact comes; else the tests above show nothing."""
    assert len(grouped([sample(about, "a"), sample(about, "b", "2")], RULES[about])) == 1
