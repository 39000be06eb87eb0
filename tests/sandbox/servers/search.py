"""FHIR search (R4, 3.1.1): from pairs of a query string to a Bundle of type searchset."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.servers.outcome import Refused
from tests.sandbox.servers.parameters import PARAMETERS, Parameter
from tests.sandbox.servers.store import Resource, Store
from tests.sandbox.servers.values import date_test, either, span, token_test

Pairs = Sequence[tuple[str, str]]
Test = Callable[[Resource], bool]

PAGE = 50
MOST_PER_PAGE = 500
_PATIENT_NAME = re.compile(r"(patient|subject)(?::Patient)?(?P<chained>\.identifier)?")
_SHOWABLE = re.compile(r"[A-Za-z_][A-Za-z_.:-]{0,63}")
_ALWAYS = {"resourceType", "id", "meta"}


@dataclass
class Query:
    """A search that was understood, as far as it could be."""

    kind: str
    tests: list[Test] = field(default_factory=list)
    patients: set[str] | None = None
    """Ids of the patients it is limited to; None: not limited."""
    count: int = PAGE
    counted_only: bool = False
    sort: list[tuple[Parameter, bool]] = field(default_factory=list)
    elements: set[str] | None = None
    include: bool = False
    used: list[tuple[str, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def understand(store: Store, kind: str, pairs: Pairs) -> Query:
    """Read the pairs of a search.

    Raises:
        Refused: 400 for a value or modifier that cannot be read (3.1.1.3); an unknown parameter is ignored.
    """
    query = Query(kind)
    for name, value in pairs:
        if value and not (_control(query, name, value) or _criterion(query, store, name, value)):
            query.ignored.append(name if _SHOWABLE.fullmatch(name) else "(unprintable)")
        elif value:
            query.used.append((name, value))
    return query


def _control(query: Query, name: str, value: str) -> bool:
    """Take in a parameter that shapes the answer; False when it is none this server knows."""
    match name:
        case "_count":
            query.count = _page_size(value)
            query.counted_only = query.counted_only or query.count == 0
        case "_summary" if value in {"count", "false"}:
            query.counted_only = query.counted_only or value == "count"
        case "_elements":
            query.elements = (query.elements or set()) | set(value.split(","))
        case "_include" if value in {f"{query.kind}:patient", f"{query.kind}:subject"}:
            query.include = True
        case "_sort":
            return _sort(query, value)
        case "_format" | "_total":
            pass  # always JSON, always counted
        case _:
            return False
    return True


def _page_size(value: str) -> int:
    if not re.fullmatch("[0-9]{1,6}", value):
        raise Refused(400, "value", "_count is a number")
    return min(int(value), MOST_PER_PAGE)


def _sort(query: Query, value: str) -> bool:
    known = PARAMETERS[query.kind]
    wanted = [(known.get(name.removeprefix("-")), name.startswith("-")) for name in value.split(",")]
    keys = [(parameter, down) for parameter, down in wanted if parameter and parameter.way != "reference"]
    query.sort = keys
    return len(keys) == len(wanted)


def _criterion(query: Query, store: Store, name: str, value: str) -> bool:
    """Take in a parameter that limits what is found; False when it is none this server knows."""
    known = PARAMETERS[query.kind]
    about = _PATIENT_NAME.fullmatch(name)
    if about and about[1] in known:
        _limit(query, _patients(store, value, chained=bool(about["chained"])))
        return True
    parameter = known.get(name.partition(":")[0])
    if parameter is None:
        return False
    if ":" in name:
        raise Refused(400, "not-supported", "this server does not know that modifier")
    make = date_test if parameter.way == "date" else token_test
    alternatives = [make(part) for part in either(value)]
    query.tests.append(lambda resource: _any(resource, parameter, alternatives))
    return True


def _patients(store: Store, value: str, *, chained: bool) -> set[str]:
    if not chained:
        return {id_ for part in either(value) if (id_ := store.patient_id(part))}
    tests = [token_test(part) for part in either(value)]
    patients = store.all("Patient")
    return {patient["id"] for patient in patients if any(test(patient.get("identifier")) for test in tests)}


def _limit(query: Query, patients: set[str]) -> None:
    query.patients = patients if query.patients is None else query.patients & patients


def _any(resource: Resource, parameter: Parameter, tests: Sequence[Callable[[Any], bool]]) -> bool:
    values = [value for path in parameter.elements if (value := element(resource, path)) is not None]
    return any(test(value) for value in values for test in tests)


def element(resource: Resource, path: str) -> Any:
    """The element at a dotted path, or None."""
    value: Any = resource
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def matches(store: Store, query: Query) -> list[Resource]:
    """Everything the query finds, sorted, before paging."""
    kind = query.kind
    found = store.all(kind) if query.patients is None else store.of_patients(kind, query.patients)
    kept = [resource for resource in found if all(test(resource) for test in query.tests)]
    for parameter, down in reversed(query.sort):
        kept.sort(key=lambda resource: _sort_key(resource, parameter), reverse=down)
    return kept


def _sort_key(resource: Resource, parameter: Parameter) -> tuple[bool, float, str]:
    """What has no such element comes first, as the least."""
    for path in parameter.elements:
        value = element(resource, path)
        text = value.get("start") if isinstance(value, dict) else value
        if isinstance(text, str):
            covered = span(text) if parameter.way == "date" else None
            return True, covered[0].timestamp() if covered else 0.0, text
    return False, 0.0, ""


def shown(query: Query, resource: Resource) -> Resource:
    """The resource with the elements that were asked for; a part of one says so (SUBSETTED)."""
    if query.elements is None:
        return resource
    part = {name: value for name, value in resource.items() if name in query.elements | _ALWAYS}
    subsetted = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
    meta = resource.get("meta", {})
    return {**part, "meta": {**meta, "tag": [*meta.get("tag", ()), subsetted]}}
