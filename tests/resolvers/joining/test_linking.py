"""Which item belongs to which: ids mean something at their own source only, and what is missing is counted."""

from typing import Any

from connectors.records import Document, Observation, Procedure, Report, ReportKind
from resolvers.joining.linking import named, of_visits
from tests.resolvers.joining.facts import HOSPITAL, amount, coded, joined, result, told, visit
from tests.resolvers.world import NOW


def procedure(source: str, number: str, encounter: str | None) -> Procedure:
    return Procedure(**told(source, number), code=coded(f"Mổ {number}"), status="completed", encounter_id=encounter)


def report(source: str, *results: str, **more: Any) -> Report:
    given = {
        "kind": ReportKind.LABORATORY,
        "code": coded("Máu"),
        "issued": NOW,
        "status": "final",
        "facility": HOSPITAL,
        **more,
    }
    return Report(**told(source, "r"), result_ids=results, **given)


def linked(visits: Any, records: Any) -> dict[str, list[str]]:
    """The records of each visit, by what they are called."""
    found = of_visits(visits, joined(*records), records)
    return {id_: [item.code.text for item in items] for id_, items in found.items()}


def test_each_visit_has_its_own() -> None:
    visits = joined(visit("a", NOW, number="v1"), visit("a", None, number="v2"))
    first, second = sorted(visits, key=lambda one: one.provenance[0].source_record_id)
    records = [procedure("a", "1", "v1"), procedure("a", "2", "v2"), procedure("a", "3", "v1")]
    assert linked(visits, records) == {first.id: ["Mổ 1", "Mổ 3"], second.id: ["Mổ 2"]}


def test_the_same_id_at_another_source_is_another_visit() -> None:
    visits = joined(visit("a", NOW, number="v1"))
    assert linked(visits, [procedure("b", "1", "v1"), procedure("a", "2", None), procedure("a", "3", "v9")]) == {}


def test_a_visit_that_stands_in_two_systems_has_what_each_links_to_it() -> None:
    visits = joined(visit("a", NOW, number="v1"), visit("b", NOW, number="x"))
    assert len(visits) == 1
    records = [procedure("a", "1", "v1"), procedure("b", "2", "x")]
    assert linked(visits, records) == {visits[0].id: ["Mổ 1", "Mổ 2"]}


def test_what_two_systems_link_to_one_visit_is_there_once() -> None:
    visits = joined(visit("a", NOW, number="v1"), visit("b", NOW, number="x"))
    records = [result("a", amount(5), encounter_id="v1"), result("b", amount(5), encounter_id="x")]
    items = joined(*records)
    assert len(items) == 1
    assert of_visits(visits, items, records) == {visits[0].id: items}


def test_a_document_is_never_joined_and_still_linked() -> None:
    visits = joined(visit("a", NOW, number="v1"))
    papers = [
        Document(**told("a", number), kind=coded("Giấy"), content_type="text/plain", encounter_id="v1")
        for number in ("1", "2")
    ]
    assert len(of_visits(visits, joined(*papers), papers)[visits[0].id]) == 2


def results(reports: list[Report], observations: list[Observation]) -> list[tuple[int, int]]:
    """How many results each report has, and how many it misses."""
    items = joined(*reports)
    found = named(items, reports, lambda one: one.result_ids, joined(*observations))
    return [(len(found[item.id][0]), found[item.id][1]) for item in items]


def test_a_report_has_its_results_and_says_how_many_are_missing() -> None:
    observations = [result("a", amount(5), number="o1"), result("b", amount(7), number="o2")]
    assert results([report("a", "o1", "o2", "o1")], observations) == [(1, 1)]


def test_a_report_in_two_systems_has_the_results_of_both() -> None:
    observations = [result("a", amount(5), number="o1"), result("b", amount(7), number="p1")]
    assert results([report("a", "o1"), report("b", "p1", "p2")], observations) == [(2, 1)]
