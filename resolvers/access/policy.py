"""The policies: files that a lawyer can read, judged by Cedar. Facts in, a verdict out, with the policies that decided.

Cedar (``cedarpy``) answers in a fifth of a millisecond; the same facts are therefore judged once and remembered. There
are few of them: no citizen, no record and no moment is a fact here, only kinds of them.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any

import cedarpy
import msgspec
from msgspec import Struct

from connectors.contract import Basis, Purpose
from connectors.records import RepresentationScope
from resolvers.access.ages import Step
from resolvers.access.caller import CallerKind
from resolvers.sections import Section

_REMEMBERED = 16_384
_ANNOTATIONS = ("id", "vi", "en", "law")


class Action(StrEnum):
    """What a policy is asked about."""

    READ = "read"
    """May this section be asked for?"""
    SHOW = "show"
    """May records of this special category be shown?"""
    REFUSE = "refuse"
    """Does a block of the citizen hold, for records of this special category or for a single one?"""
    WRITE = "write"
    """May this be written?"""


_RESOURCES = {Action.READ: "Section", Action.SHOW: "Matter", Action.REFUSE: "Matter", Action.WRITE: "Entry"}

SINGLE_RECORD = "RECORD"
"""The matter that stands for any single record at which the citizen points."""


class Facts(Struct, frozen=True, kw_only=True):
    """All that a policy may know. Established by the gateway, never taken from the caller."""

    role: CallerKind
    action: Action
    resource: str
    purpose: Purpose
    basis: Basis
    scope: RepresentationScope = RepresentationScope.FULL
    reached: frozenset[Step] = frozenset()
    section: Section | None = None
    named: bool = False
    blocked: bool = False
    blocked_in_emergency: bool = False


class Verdict(Struct, frozen=True):
    """What the policies say, and which of them decided. None decided where nothing permits it."""

    permitted: bool
    policies: tuple[str, ...]


class Policy(Struct, frozen=True, kw_only=True):
    """One policy as a lawyer reads it."""

    id: str
    effect: str
    """``permit`` or ``forbid``."""
    sentences: Mapping[str, str]
    """By language."""
    law: str
    """The law or agreement that it rests on."""
    verified: bool
    """Whether counsel confirmed the reading; a house rule or an unconfirmed one says no."""


class BadPolicy(ValueError):
    """The policies cannot be used: they do not parse, do not fit their schema, or do not say what they rest on."""


class Policies:
    """One edition of the policies, checked."""

    def __init__(self, text: str, *, schema: str, groups: str) -> None:
        """Read them.

        Args:
            text: all policies.
            schema: the words in which they speak.
            groups: the sections and what they lie in, as Cedar entities.

        Raises:
            BadPolicy: they cannot be used.
        """
        checked = cedarpy.validate_policies(text, schema)
        if not checked:
            raise BadPolicy("; ".join(str(error) for error in checked.errors))
        self._schema = cedarpy.Schema.from_str(schema)
        self._policies = cedarpy.PolicySet.from_str(text)
        self._entities = cedarpy.Entities.from_json_str(groups, self._schema)
        self.rows = _rows(text)
        self.judge = lru_cache(maxsize=_REMEMBERED)(self._judged)

    def _judged(self, facts: Facts) -> Verdict:
        """What the policies say of these facts."""
        result = cedarpy.is_authorized(_request(facts), self._policies, self._entities, self._schema)
        if result.diagnostics.errors:
            # A policy that cannot be evaluated could be the one that forbids.
            raise BadPolicy("; ".join(result.diagnostics.errors))
        names = result.diagnostics.id_annotations_by_reason
        return Verdict(result.allowed, tuple(sorted(names[reason] for reason in result.diagnostics.reasons)))


def _request(facts: Facts) -> dict[str, Any]:
    context: dict[str, Any] = {
        "purpose": _named("Purpose", facts.purpose.value),
        "basis": _named("Basis", facts.basis.value),
        "scope": _named("Scope", facts.scope.value),
        "reached": [_named("Step", step) for step in sorted(facts.reached)],
        "named": facts.named,
        "blocked": facts.blocked,
        "blockedInEmergency": facts.blocked_in_emergency,
    }
    if facts.section is not None:
        context["section"] = _named("Section", facts.section.value)
    return {
        "principal": _entity("Role", facts.role.value),
        "action": _entity("Action", facts.action.value),
        "resource": _entity(_RESOURCES[facts.action], facts.resource),
        "context": context,
    }


def _entity(kind: str, name: str) -> dict[str, str]:
    return {"type": f"CitizenGraph::{kind}", "id": name}


def _named(kind: str, name: str) -> dict[str, Any]:
    return {"__entity": _entity(kind, name)}


def _rows(text: str) -> tuple[Policy, ...]:
    written = msgspec.json.decode(cedarpy.policies_to_json_str(text))["staticPolicies"]
    rows = []
    for policy in written.values():
        told = policy.get("annotations", {})
        missing = [name for name in _ANNOTATIONS if not told.get(name)]
        if missing:
            raise BadPolicy(f"policy {told.get('id') or '?'} lacks @{', @'.join(missing)}")
        rows.append(
            Policy(
                id=told["id"],
                effect=policy["effect"],
                sentences={"vi": told["vi"], "en": told["en"]},
                law=told["law"],
                verified=told.get("verified") != "false",
            )
        )
    if len({row.id for row in rows}) < len(rows):
        raise BadPolicy("two policies have the same id")
    return tuple(sorted(rows, key=lambda row: row.id))


def _read() -> Policies:
    folder = resources.files(__package__).joinpath("policies")
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    return Policies(
        "\n".join(texts[name] for name in sorted(texts) if name.endswith(".cedar")),
        schema=texts["citizen_graph.cedarschema"],
        groups=texts["groups.json"],
    )


POLICIES = _read()
"""Those that are in force: read, validated against their schema and complete, or nothing starts."""
