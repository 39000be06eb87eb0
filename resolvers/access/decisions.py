"""The decision: may this party see this section of the record, and what of it is withheld. Pure.

A section is decided as a whole before any source is asked. What depends on the record itself (its special categories,
where and when it arose, whether it is the very record that the citizen blocked) becomes a ``Withholding``, with which
the door filters what sources bring.
"""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct, structs

from connectors.contract import Basis, SourceState
from resolvers.access.consents import Consent, Extent, Sensitivity
from resolvers.access.labelling.labeller import LABELS
from resolvers.access.policy import POLICIES, SINGLE_RECORD, Action, Facts, Verdict
from resolvers.access.standing import Standing
from resolvers.access.withholding import Opening, Withholding, is_whole
from resolvers.sections import Section

_ALL = frozenset(Sensitivity)
_BY_LAW = frozenset({Basis.PARENT, Basis.GUARDIAN, Basis.COURT_APPOINTED})
_WHO = frozenset({Section.DEMOGRAPHICS})
"""Who the citizen is: a consent that is narrowed to a period or a place still says whose records those are."""
_REMEMBERED = 4096


class Decision(Struct, frozen=True, kw_only=True):
    """What was decided about one section, and by what."""

    section: Section
    permitted: bool
    policies: tuple[str, ...]
    """Ids of the policies that decided. None where nothing permits it."""
    consents: tuple[str, ...] = ()
    """Ids of the consents that it rests on."""
    withholding: Withholding | None = None
    """What of the section is withheld all the same; ``None`` where nothing can be."""

    @property
    def state(self) -> SourceState:
        """How a refusal is told."""
        blocked = any(policy.startswith("blocked") for policy in self.policies)
        return SourceState.BLOCKED_BY_CITIZEN if blocked else SourceState.NOT_PERMITTED

    @property
    def restricted(self) -> bool:
        """Whether anything of the section may be withheld."""
        return self.withholding is not None


def decide(standing: Standing, section: Section) -> Decision:
    """The decision about that section. Decisions that rest on no consent are remembered: there are few of them."""
    if standing.permits or standing.denies:
        return _judged(standing, section)
    return _remembered(standing, section)


def may_write(standing: Standing, entry: str) -> bool:
    """Whether such an entry may be written."""
    return standing.verified and POLICIES.judge(_facts(standing, Action.WRITE, entry, None, named=False)).permitted


def refusable(standing: Standing) -> frozenset[Sensitivity]:
    """The special categories that the citizen can refuse to this party."""
    return frozenset(one for one in Sensitivity if may_refuse(standing, one.value))


def may_refuse(standing: Standing, matter: str) -> bool:
    """Whether the citizen can refuse that matter to this party."""
    return POLICIES.judge(_facts(standing, Action.REFUSE, matter, None, named=False)).permitted


def _judged(standing: Standing, section: Section) -> Decision:
    if not standing.verified:
        return Decision(section=section, permitted=False, policies=())
    permits = [one for one in standing.permits if _covers(one.extent, section)]
    blocks = list(_blocks(standing, section))
    whole = [block for block in blocks if is_whole(block.extent)]
    verdict = _may_read(
        standing,
        section,
        named=bool(permits),
        blocked=bool(whole),
        blocked_in_emergency=any(block.even_in_emergency for block in whole),
    )
    if not verdict.permitted:
        return Decision(
            section=section,
            permitted=False,
            policies=verdict.policies,
            consents=tuple(block.id for block in whole),
        )
    # Who the citizen is comes from no visit and no day: what narrows a consent or a block does not narrow it.
    narrowed = section is not Section.DEMOGRAPHICS
    partial = [block.extent for block in blocks if narrowed and not is_whole(block.extent)]
    openings = _openings(standing, section, permits if narrowed else ())
    told = _ALL if section in LABELS.telling else frozenset()
    open_to_all = any(is_whole(one.extent) and one.shown >= told for one in openings)
    note = standing.basis in _BY_LAW and LABELS.can_tell(section, refusable(standing))
    withholding = None
    if partial or not open_to_all or note:
        # Representatives by law see what the law lets them, and who relies on it treats nobody: it may be complete.
        strict = standing.basis not in _BY_LAW
        withholding = Withholding(openings=openings, blocks=tuple(partial), strict=strict)
    return Decision(
        section=section,
        permitted=True,
        policies=verdict.policies,
        consents=tuple(one.id for one in (*permits, *(block for block in blocks))),
        withholding=withholding,
    )


_remembered = lru_cache(maxsize=_REMEMBERED)(_judged)


def _may_read(
    standing: Standing, section: Section, *, named: bool, blocked: bool = False, blocked_in_emergency: bool = False
) -> Verdict:
    facts = _facts(standing, Action.READ, section.value, section, named=named)
    return POLICIES.judge(
        structs.replace(facts, blocked=blocked, blocked_in_emergency=blocked_in_emergency)
        if blocked or blocked_in_emergency
        else facts
    )


def _facts(standing: Standing, action: Action, resource: str, section: Section | None, *, named: bool) -> Facts:
    return Facts(
        role=standing.party.role,
        action=action,
        resource=resource,
        purpose=standing.purpose,
        basis=standing.basis,
        scope=standing.scope,
        reached=standing.reached,
        section=section,
        named=named,
    )


def _openings(standing: Standing, section: Section, permits: Iterable[Consent]) -> tuple[Opening, ...]:
    """What is open: with a consent as the basis each consent opens its extent, else all of it is open."""
    by_consent = [
        Opening(extent=_bare(one.extent), shown=_shown(standing, section, one.extent.sensitivities)) for one in permits
    ]
    if standing.basis is Basis.CONSENT and by_consent and section not in _WHO:
        return tuple(by_consent)
    return (Opening(extent=Extent(), shown=_shown(standing, section, frozenset())), *by_consent)


def _bare(extent: Extent) -> Extent:
    """Without what has been judged: the sections, and the categories that a consent includes by name."""
    return structs.replace(extent, sections=frozenset(), sensitivities=frozenset())


def _shown(standing: Standing, section: Section, named: frozenset[Sensitivity]) -> frozenset[Sensitivity]:
    return frozenset(
        one
        for one in Sensitivity
        if POLICIES.judge(_facts(standing, Action.SHOW, one.value, section, named=one in named)).permitted
    )


def _blocks(standing: Standing, section: Section) -> Iterable[Consent]:
    """The blocks that hold against this party in this section, each with the extent in which it holds."""
    for deny in standing.denies:
        if not _covers(deny.extent, section):
            continue
        # Asked as if something were allowed and blocked: where that is permitted all the same, the block does not hold.
        holds = _may_read(standing, section, named=True, blocked=True, blocked_in_emergency=deny.even_in_emergency)
        if holds.permitted:
            continue
        extent = structs.replace(deny.extent, sections=frozenset())
        if standing.basis in _BY_LAW:
            extent_by_law = _refused(standing, deny, extent)
            if extent_by_law is None:
                continue
            extent = extent_by_law
        yield structs.replace(deny, extent=extent)


def _refused(standing: Standing, deny: Consent, extent: Extent) -> Extent | None:
    """The part of a block that holds against who represents the citizen by law."""
    by_representative = deny.granted_by != standing.citizen
    if extent.record is not None and not by_representative and may_refuse(standing, SINGLE_RECORD):
        return extent
    can_be = {Sensitivity.VIOLENCE} if by_representative else refusable(standing)
    held = (extent.sensitivities or _ALL) & can_be
    return structs.replace(extent, sensitivities=frozenset(held)) if held else None


def _covers(extent: Extent, section: Section) -> bool:
    return not extent.sections or section in extent.sections
