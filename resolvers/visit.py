"""A visit with what belongs to it: its claim, and what its own system links to it. Asked only where it is read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import structs

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import Beside, Brought, asked_beside
from resolvers.context import Info
from resolvers.document import located
from resolvers.insurance import stated
from resolvers.joining.codes import codes, words
from resolvers.joining.legal import Reached, in_order, reached
from resolvers.joining.linking import of_visits
from resolvers.joining.visits import claimed
from resolvers.report import ABOUT_RESULTS, RESULTS, explained
from resolvers.selection import reads

Visits = Sequence[records.Encounter]


class Visit(records.Encounter, frozen=True, kw_only=True):
    """A visit with what other systems and other questions tell of it."""

    claim: records.Claim | None = None
    legal_state: tuple[Reached, ...] = ()
    medications: tuple[records.Medication, ...] = ()
    procedures: tuple[records.Procedure, ...] = ()
    observations: tuple[records.Observation, ...] = ()
    reports: tuple[records.Report, ...] = ()
    documents: tuple[records.Document, ...] = ()


_LINKED: Mapping[str, type[records.Record]] = {
    "medications": records.Medication,
    "procedures": records.Procedure,
    "observations": records.Observation,
    "reports": records.Report,
    "documents": records.Document,
}
"""Fields of a visit, and the class of record that each is made of: asked whole, for a visit may be long."""


def beside(info: Info, chart: Chart, since: date | None) -> tuple[Beside[records.Encounter], ...]:
    """What to ask beside a list of visits, by what the caller reads of them."""
    wanted = reads(info, "claim", "legalState", "lines", "diagnoses", "url", *_LINKED, *ABOUT_RESULTS)
    each: list[Beside[records.Encounter]] = []
    if not wanted.isdisjoint(("claim", "legalState")):
        claims = Question(about=records.Claim, since=since, in_detail="lines" in wanted)
        attach = _with_legal_state if "legalState" in wanted else _with_claims
        each.append(asked_beside(info, chart, claims, attach=attach))
    if "diagnoses" in wanted:
        each.append(asked_beside(info, chart, Question(about=records.Condition), attach=_with_conditions))
    for name, about in _LINKED.items():
        if name in wanted:
            results = [RESULTS] if name == "reports" and not wanted.isdisjoint(ABOUT_RESULTS) else []
            each.append(asked_beside(info, chart, Question(about=about), *results, attach=_with_linked(name, about)))
    if {"documents", "url"} <= wanted:
        each.append(asked_beside(info, chart, attach=_with_addresses(info, chart)))
    return tuple(each)


def _visit(visit: records.Encounter, **more: Any) -> Visit:
    return Visit(**{**structs.asdict(visit), **more})


def _with_claims(visits: Visits, brought: Brought) -> Visits:
    found = claimed(visits, brought.items[records.Claim])
    return [_visit(visit, claim=found.get(visit.id)) for visit in visits]


def _with_legal_state(visits: Visits, brought: Brought) -> Visits:
    """The visits and their claims with how far their paper has come, by what every source says of either."""
    own = reached(visits, brought.told[records.Encounter])
    claims = stated(brought.items[records.Claim], brought)
    found = claimed(visits, claims)
    state_of = {visit_id: claim.legal_state for visit_id, claim in found.items()}
    return [
        _visit(
            visit,
            claim=found.get(visit.id),
            legal_state=in_order(own.get(visit.id, ()), state_of.get(visit.id, ())),
        )
        for visit in visits
    ]


def _with_linked(name: str, about: type[records.Record]) -> Callable[[Visits, Brought], Visits]:
    def attach(visits: Visits, brought: Brought) -> Visits:
        items = brought.items[about]
        if about is records.Report and records.Observation in brought.items:
            items = explained(items, brought)
        found = of_visits(visits, items, brought.told[about])
        return [_visit(visit, **{name: found.get(visit.id, ())}) for visit in visits]

    return attach


def _with_addresses(info: Info, chart: Chart) -> Callable[[Visits, Brought], Visits]:
    def attach(visits: Visits, _brought: Brought) -> Visits:
        return [
            structs.replace(visit, documents=tuple(located(info, chart, visit.documents)))
            if isinstance(visit, Visit)
            else visit
            for visit in visits
        ]

    return attach


def _with_conditions(visits: Visits, brought: Brought) -> Visits:
    """The diagnoses that a visit names, and the problems that name the visit; not one that was refuted."""
    found = of_visits(visits, brought.items[records.Condition], brought.told[records.Condition])
    return [structs.replace(visit, diagnoses=_diagnoses(visit, found.get(visit.id, ()))) for visit in visits]


def _diagnoses(visit: records.Encounter, linked: Sequence[records.Condition]) -> tuple[records.Diagnosis, ...]:
    named = list(visit.diagnoses)
    for condition in linked:
        if not condition.refuted and not any(_same(condition.code, known.code) for known in named):
            named.append(records.Diagnosis(code=condition.code))
    return tuple(named)


def _same(one: records.CodedText, other: records.CodedText) -> bool:
    mine, others = set(codes(one)), set(codes(other))
    return bool(mine & others) or (words(one.text) == words(other.text) and not (mine and others))
