"""The policies as tables: what a lawyer reads, made of the same judgements by which requests are decided."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from connectors.contract import Basis, Purpose
from connectors.records import RepresentationScope
from resolvers.access.ages import Step
from resolvers.access.caller import CallerKind
from resolvers.access.consents import Sensitivity
from resolvers.access.policy import POLICIES, SINGLE_RECORD, Action, Facts
from resolvers.sections import Section

YES, NAMED, NO = "yes", "if named", "-"
_CHILD = frozenset({Step.E_ID, Step.DATA_CONSENT})


class Way(Struct, frozen=True, kw_only=True):
    """One way to come to a record: who, why, and by which fact."""

    title: str
    role: CallerKind
    purpose: Purpose
    basis: Basis
    scope: RepresentationScope = RepresentationScope.FULL
    reached: frozenset[Step] = frozenset(Step)


WAYS = (
    Way(title="self from 14", role=CallerKind.CITIZEN, purpose=Purpose.SELF, basis=Basis.SELF),
    Way(title="self under 14", role=CallerKind.CITIZEN, purpose=Purpose.SELF, basis=Basis.SELF, reached=_CHILD),
    Way(
        title="parent of a child",
        role=CallerKind.CITIZEN,
        purpose=Purpose.REPRESENTATION,
        basis=Basis.PARENT,
        reached=_CHILD,
    ),
    Way(
        title="parent, 15 to 17",
        role=CallerKind.CITIZEN,
        purpose=Purpose.REPRESENTATION,
        basis=Basis.PARENT,
        reached=frozenset(Step) - {Step.ADULT},
    ),
    Way(title="parent of an adult", role=CallerKind.CITIZEN, purpose=Purpose.REPRESENTATION, basis=Basis.PARENT),
    Way(title="guardian", role=CallerKind.CITIZEN, purpose=Purpose.REPRESENTATION, basis=Basis.GUARDIAN),
    Way(title="court", role=CallerKind.CITIZEN, purpose=Purpose.REPRESENTATION, basis=Basis.COURT_APPOINTED),
    Way(title="authorised", role=CallerKind.CITIZEN, purpose=Purpose.REPRESENTATION, basis=Basis.AUTHORISED),
    Way(
        title="authorised, summary",
        role=CallerKind.CITIZEN,
        purpose=Purpose.REPRESENTATION,
        basis=Basis.AUTHORISED,
        scope=RepresentationScope.SUMMARY,
    ),
    Way(title="person by consent", role=CallerKind.CITIZEN, purpose=Purpose.REPRESENTATION, basis=Basis.CONSENT),
    Way(title="clinician", role=CallerKind.CLINICIAN, purpose=Purpose.TREATMENT, basis=Basis.CONSENT),
    Way(title="emergency", role=CallerKind.CLINICIAN, purpose=Purpose.EMERGENCY, basis=Basis.BREAK_GLASS),
    Way(title="station, care", role=CallerKind.HEALTH_STATION, purpose=Purpose.TREATMENT, basis=Basis.CONSENT),
    Way(title="station, ward", role=CallerKind.HEALTH_STATION, purpose=Purpose.PUBLIC_HEALTH, basis=Basis.AGREEMENT),
    Way(title="insurer", role=CallerKind.INSURER, purpose=Purpose.PAYMENT, basis=Basis.CONSENT),
    Way(title="operator", role=CallerKind.OPERATOR, purpose=Purpose.ADMINISTRATION, basis=Basis.OPERATOR),
)
"""Every way by which a policy opens something, and the ones that people ask about."""


def facts(way: Way, action: Action, resource: str, section: Section | None = None, *, named: bool = False) -> Facts:
    """The facts of that way about something."""
    return Facts(
        role=way.role,
        action=action,
        resource=resource,
        purpose=way.purpose,
        basis=way.basis,
        scope=way.scope,
        reached=way.reached,
        section=section,
        named=named,
    )


def sections_table() -> str:
    """Which sections each way opens."""
    return _table(
        ["section", *(way.title for way in WAYS)],
        ([section.value, *(_cell(way, Action.READ, section.value, section) for way in WAYS)] for section in Section),
    )


def categories_table() -> str:
    """Which special categories are shown on each way, in a section that may hold any."""
    ways = [way for way in WAYS if _cell(way, Action.READ, Section.CONDITIONS.value, Section.CONDITIONS) != NO]
    return _table(
        ["special category", *(way.title for way in ways)],
        ([one.value, *(_cell(way, Action.SHOW, one.value, Section.CONDITIONS) for way in ways)] for one in Sensitivity),
    )


def refusals_table() -> str:
    """What a citizen can keep from those who represent them by law, by the step of age that is reached."""
    by_law = [way for way in WAYS if way.title in ("parent of a child", "parent, 15 to 17", "guardian")]
    return _table(
        ["can be refused", *(way.title for way in by_law)],
        (
            [matter, *(_cell(way, Action.REFUSE, matter, None) for way in by_law)]
            for matter in (*(one.value for one in Sensitivity), SINGLE_RECORD)
        ),
    )


def policies_table(language: str) -> str:
    """Every policy in words, with what it rests on."""
    return _table(
        ["policy", "effect", "says", "rests on", "confirmed by counsel"],
        (
            [row.id, row.effect, row.sentences[language], row.law, "yes" if row.verified else "not yet"]
            for row in POLICIES.rows
        ),
    )


def _cell(way: Way, action: Action, resource: str, section: Section | None) -> str:
    if POLICIES.judge(facts(way, action, resource, section)).permitted:
        return YES
    return NAMED if POLICIES.judge(facts(way, action, resource, section, named=True)).permitted else NO


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
