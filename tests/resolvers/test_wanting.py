"""What an operation looks at: nothing that is read between a source and the answer may be left out of it."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Any

import pytest
from graphql import FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode, get_named_type, parse
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from connectors.contract import Question
from connectors.records import (
    RECORD_CLASSES,
    Allergy,
    Claim,
    Condition,
    ConditionStatus,
    Encounter,
    Observation,
    Record,
    Relation,
    Report,
    Representative,
)
from resolvers import merging, wanting
from resolvers.access import rules
from resolvers.deviations import fits
from resolvers.federation import Federation
from resolvers.joining import join, legal, linking, visits
from resolvers.joining.rule import Choice
from resolvers.joining.table import RULES
from resolvers.locating import Directory
from resolvers.moments import MOMENTS
from resolvers.schema import build_schema
from resolvers.wanting import Wanted, read_of, wanted_of
from tests.resolvers.samples import defaults, hints_of, sample, values, variants, watched, without
from tests.resolvers.world import FalseSource, condition, grant, inquiry

TODAY = date(2026, 3, 1)
KEY = "k" * 32
CITIZEN = build_schema()._schema.get_type("Citizen")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def wanted(document: str) -> Wanted:
    """What the only operation of a document looks at, in the graph as it is."""
    definitions = parse(document).definitions
    fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
    (operation,) = (one for one in definitions if isinstance(one, OperationDefinitionNode))
    assert isinstance(CITIZEN, GraphQLObjectType)
    return wanted_of(operation, fragments, frozenset(CITIZEN.fields))


def test_of_plain_lists_it_is_known_which_fields_are_looked_at() -> None:
    """Wherever they stand, in the words of records; a field of one list counts for all."""
    document = (
        "{me{observations{nodes{...A}} all: conditions{nodes{code{text}}}}} fragment A on Observation{performedBy}"
    )
    names = frozenset({"me", "observations", "nodes", "performed_by", "conditions", "code", "text"})
    assert wanted(document).names == names


@pytest.mark.parametrize(
    ("document", "about", "fields", "others"),
    [
        (
            "{me{observations{nodes{...A}} conditions{nodes{note}}}} fragment A on Observation{at}",
            Observation,
            "at",
            "note",
        ),
        (
            "{me{observations{nodes{...A}} conditions{nodes{note}}}} fragment A on Observation{at}",
            Condition,
            "note",
            "at",
        ),
        (
            "{me{observations{nodes{...A}} reports{nodes{...A code{text}}}}} fragment A on Node{status}",
            Report,
            "status",
            "",
        ),
        (
            "{me{observations{nodes{...A}} reports{nodes{...A code{text}}}}} fragment A on Node{status}",
            Observation,
            "status",
            "text",
        ),
        ("{me{dependants{citizen{claims{nodes{total}}}} coverage{nodes{insurer}}}}", Claim, "total", "insurer"),
        ("{me{encounters{nodes{medications{dosage}}} conditions{nodes{note}}}}", Condition, "note dosage", ""),
        ("{me{encounters{nodes{reason{text}}} conditions{nodes{note}}}}", Condition, "note", "reason"),
        ("{me{encounters{nodes{legalState{state}}} claims{nodes{total}}}}", Claim, "total steps", "legal_state"),
        (
            "{me{conditions{nodes{note}}} node(id: 1){... on Observation{performedBy{name}}}}",
            Condition,
            "performed_by",
            "",
        ),
        ("{me{conditions{nodes{note}}}}", Allergy, "note", ""),
    ],
)
def test_a_name_below_a_list_of_one_class_is_meant_of_that_class(
    document: str, about: type[Record], fields: str, others: str
) -> None:
    """Below visits it counts for all where they show other records; a class without an own list has every name."""
    names = wanted(document).of(about, meeting=False)
    assert names is not None
    assert set(fields.split()) <= names
    assert names.isdisjoint(others.split())


def test_no_record_but_a_visit_shows_records_of_another_class() -> None:
    """Where a list of one class showed another class, that one would have to be told of in ``wanting``."""
    schema = build_schema()._schema
    told = {*wanting._OF_VISITS, *wanting._ALL_OF_IT, "visits"}
    classes = {about.__name__ for about in RECORD_CLASSES}
    for name in classes & schema.type_map.keys():
        waiting, met = [schema.type_map[name]], set()
        while waiting:
            one = waiting.pop()
            if not isinstance(one, GraphQLObjectType) or one.name in met:
                continue
            met.add(one.name)
            for field, definition in one.fields.items():
                below = get_named_type(definition.type)
                assert below.name not in classes or below.name == name or field in told, (name, field)
                waiting += [below] if below.name not in classes else []


@pytest.mark.parametrize(
    "document",
    [
        "{me{observations{nodes{id}} indicators{__typename}}}",
        "{me{...A}} fragment A on Citizen{summary{__typename}}",
        "{me{observations{nodes{conflicts{field}}}}}",
        "{me{encounters{nodes{claim{id}}}}}",
        "{me{reports{nodes{results{id}}}}}",
        "mutation{refresh{__typename}}",
        "subscription{recordChanged{__typename}}",
    ],
)
def test_of_whatever_is_made_of_records_nobody_can_tell(document: str) -> None:
    """Also of a field that is new in the graph: it is made of everything until somebody says otherwise."""
    assert wanted(document).of(Observation, meeting=False) is None


@pytest.mark.parametrize(
    ("document", "tells"),
    [
        ("{me{conditions{nodes{id}}}}", True),
        ("{me{conditions{edges{cursor}}}}", True),
        ("{me{conditions{pageInfo{hasNextPage}}}}", True),
        ("{me{conditions(first: 3){nodes{status}}}}", True),
        ("{me{conditions(after: $it){nodes{status}}}}", True),
        ("{me{documents{nodes{url}}}}", True),
        ("{me{conditions{nodes{...A}}}} fragment A on Record{id}", True),
        ("{node(id: 1){id}}", True),
        ("{citizen(id: 1){conditions{nodes{status}}}}", False),
        ("{citizen(id: 1){id conditions{nodes{provenance{source{id}}}}}}", False),
        ("{me{...A}} fragment A on Citizen{id sources{source{id}}}", False),
        ("{me{conditions{completeness{sources{source{...{id}}}}}}}", False),
    ],
)
def test_the_id_of_a_citizen_or_a_source_is_not_that_of_a_record(document: str, *, tells: bool) -> None:
    """Ids of records cost more than all else; they are made where somebody sees one, or where a page is cut by them."""
    assert wanted(document).tells_ids is tells


@pytest.mark.parametrize(
    ("document", "about", "fields"),
    [
        ("{me{encounters{nodes{medications{status}}}}}", Record, {"encounter_id"}),
        ("{me{encounters{nodes{...A}}}} fragment A on Encounter{diagnoses{role}}", Record, {"encounter_id", "refuted"}),
        ("{me{encounters{nodes{legalState{state}}}}}", Record, {"steps", "recorded_at"}),
        ("{me{documents{nodes{url}}}}", Record, {"location"}),
        ("{me{observations(codes: []){nodes{at}}}}", Record, {"code"}),
        ("{me{observations(category: LABORATORY){nodes{at}}}}", Record, {"category"}),
        ("{me{medications(status: ACTIVE){nodes{start}}}}", Record, {"status"}),
    ],
)
def test_what_a_field_is_made_of_is_looked_at(document: str, about: type[Record], fields: set[str]) -> None:
    """A field that reads beside its own name, and an argument by which a list is filtered."""
    names = wanted(document).names
    assert names is not None
    assert fields <= names
    assert "encounter_id" not in (wanted("{me{encounters{nodes{kind}} medications{nodes{status}}}}").names or ())


def read(about: type[Record], look: Callable[[Any], object]) -> set[str]:
    """Names of the fields that may be left out of a record and are looked at, whatever the record says."""
    seen: set[str] = set()
    for record in variants(about):
        look(watched(record, seen))
    return seen & {*defaults(about), "recorded_at", "author"}


def consumed(found: Iterable[object]) -> None:
    for _ in found:
        pass


@pytest.mark.parametrize("about", RECORD_CLASSES)
def test_no_rule_of_joining_reads_what_it_does_not_say(about: type[Record]) -> None:
    """Where records may be one fact, all that their rule looks at is wanted, whatever the caller selects."""
    rule, told = RULES[about], read_of(about, joined=True)

    def look(record: Any) -> None:
        for marks in rule.evidence:
            consumed(marks(record))
        consumed(rule.needs(record) or () if rule.needs else ())
        consumed(rule.facts(record))
        for each in rule.groups([record, sample(about, "b", "2")]) if rule.groups else ():
            consumed(each)

    assert read(about, look) <= told
    for name, choice in rule.choices.items():
        for others in ([], [sample(about, "b", "2")]):
            assert read(about, partial(_picked, choice, others)) <= told | {name}


def _picked(choice: Choice[Any], others: list[Any], record: Any) -> object:
    return choice.pick([record, *others])


@pytest.mark.parametrize("about", [one for one in RECORD_CLASSES if one in MOMENTS])
def test_no_order_and_no_slice_reads_what_is_not_wanted(about: type[Record]) -> None:
    """Not even where all is one source's word, and nobody looks at a date."""
    told = read_of(about, joined=False)
    question: Question[Any] = Question(about=about, since=FIRST, until=LAST)
    assert read(about, MOMENTS[about]) <= told
    assert read(about, fits(question, MOMENTS[about])) <= told
    assert (
        read(about, lambda one: merging.page([one, sample(about)], when=MOMENTS[about], first=None, after=None)) <= told
    )
    if RULES[about].once_per_source or not RULES[about].evidence:
        assert read(about, lambda one: join(about, [one, sample(about, number="2")], key=KEY, ids=False)) <= told


def test_codes_and_categories_are_always_there() -> None:
    """A list of observations can be cut by them."""
    sliced = Question(about=Observation, codes=("79981",), category="laboratory", since=FIRST, until=LAST)
    assert read(Observation, fits(sliced, MOMENTS[Observation])) <= read_of(Observation, joined=False)


@pytest.mark.parametrize("about", [Relation, Representative])
def test_no_right_is_judged_by_what_is_not_wanted(about: type[Relation]) -> None:
    """A bar of a court that was left out would open a record."""

    def look(record: Any) -> None:
        rules.represents(record, TODAY)
        rules.is_barred(record, TODAY)
        rules.last_day(record, TODAY)
        consumed(rules.standing_ones([record], TODAY) if about is Relation else ())

    assert read(about, look) <= read_of(Relation, joined=False)


@pytest.mark.parametrize("about", [one for one in RECORD_CLASSES if "encounter_id" in hints_of(one)])
def test_what_belongs_to_a_visit_says_so_in_a_field_that_is_wanted(about: type[Record]) -> None:
    told = [sample(Encounter), sample(Encounter, number="2")]
    assert read(about, lambda one: linking.of_visits(told, [one], [one])) <= linking.READS


def test_what_a_paper_has_reached_is_read_from_what_is_wanted() -> None:
    for about in (Encounter, Claim):
        looked = read(about, lambda one: legal.in_order(legal.reached([one], [one]).get(one.id, ())))
        assert looked <= legal.READS
    wanted_of_visits = read_of(Encounter, joined=False)
    assert read(Encounter, lambda one: visits.claimed([one], [sample(Claim)])) <= wanted_of_visits
    assert read(Claim, lambda one: visits.claimed([sample(Encounter)], [one])) <= read_of(Claim, joined=False)


@st.composite
def told_by_two(draw: st.DrawFn) -> tuple[type[Record], list[Any], frozenset[str]]:
    """Records of one class from two sources that say nearly the same, and some fields that a caller selects."""
    about = draw(st.sampled_from(RECORD_CLASSES))
    hints, may_lack = hints_of(about), defaults(about)
    changing = draw(st.lists(st.sampled_from(sorted(hints)), max_size=3, unique=True))
    records = []
    for source, number in draw(
        st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("123")), min_size=2, max_size=5, unique=True)
    ):
        other = {
            name: draw(st.sampled_from([*values(hints[name]), *([may_lack[name]] if name in may_lack else [])]))
            for name in changing
        }
        records.append(sample(about, source, number, **other))
    return about, records, frozenset(draw(st.lists(st.sampled_from(sorted(hints)), max_size=3)))


@given(told_by_two())
def test_what_is_left_out_changes_nothing_that_is_looked_at(
    told: tuple[type[Record], list[Any], frozenset[str]],
) -> None:
    """The same items with the same ids in the same order, and the same in every field that is selected."""
    about, records, selected = told
    for ids in (True, False):
        names = Wanted(selected | ({"id"} if ids else frozenset()), is_all=True).of(about, meeting=True)
        assert names is not None
        left = [without(record, names) for record in records]
        full, bare = join(about, records, key=KEY, ids=ids), join(about, left, key=KEY, ids=ids, wanted=names)
        if about in MOMENTS:
            full, bare = (
                merging.page(items, when=MOMENTS[about], first=None, after=None).nodes for items in (full, bare)
            )
        looked_at = {"id", *(name for name in selected if name in about.__struct_fields__)}
        for one, other in zip(full, bare, strict=True):
            assert {name: getattr(one, name) for name in looked_at} == {
                name: getattr(other, name) for name in looked_at
            }
            assert [linking.place(place) for place in one.provenance] == [
                linking.place(place) for place in other.provenance
            ]


async def test_what_is_wanted_of_a_class_depends_on_whether_records_can_come_together() -> None:
    """One hospital's word is joined with nobody's; with a second hospital all that their rule reads is wanted."""
    for keys, joined in (("a", frozenset()), ("ab", RULES[Observation].reads | {"recorded_at"})):
        sources = [FalseSource(key, {Condition: [condition("1")], Observation: []}) for key in keys]
        federation = Federation(Directory(sources), inquiry())
        federation.wanted = Wanted(frozenset({"status"}), is_all=True)
        for _ in range(2):
            await federation.ask(Question(about=Observation), grant(Observation))
        assert [len(source.asked) for source in sources] == [1] * len(keys)
        (asked,) = sources[0].asked
        assert asked.wanted is federation.wanted.of(Observation, meeting=len(keys) > 1)
        assert asked.wanted == frozenset({"status", "at"}) | joined


def test_what_is_wanted_is_the_same_object_each_time() -> None:
    """Equal questions are found equal without a look at every name."""
    looked = Wanted(frozenset({"status"}), is_all=True)
    assert looked.of(Observation, meeting=True) is looked.of(Observation, meeting=True)
    assert looked.of(Observation, meeting=True) != looked.of(Observation, meeting=False)
    assert looked.of(Observation, meeting=False) == frozenset({"status", "at"})


def test_a_record_without_what_is_not_wanted_still_says_where_it_stands() -> None:
    """The tests above leave out what they think they do."""
    left = without(sample(Condition), frozenset({"onset"}))
    assert left.onset and not left.recorded and left.status is ConditionStatus.ACTIVE
    assert left.provenance[0].source_record_id == "1" and left.provenance[0].recorded_at is None
    assert structs.replace(left, onset=None) == without(left, frozenset())
