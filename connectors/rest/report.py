"""What becomes of every field of a described system's answers: read by the description, or not understood."""

from typing import Any

from connectors.errors import Garbled
from connectors.reports import MappingReport, json_document, leaves, printable
from connectors.rest.mapping import entries_of
from connectors.rest.options import RestOptions
from connectors.rest.readers import required, values
from connectors.rest.recipes import Plan, plans


class _Watched(dict[str, Any]):
    """An object that notes which of its members were looked at."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__({name: _watched(value) for name, value in found.items()})
        self.looked_at: set[str] = set()
        self.is_readable = True

    def get(self, name: str, default: Any = None) -> Any:
        """As ``dict.get``: what a description reads by."""
        self.looked_at.add(name)
        return super().get(name, default)


def reports_of(options: RestOptions, document: bytes) -> tuple[MappingReport, ...]:
    """The report on one answer, after the description that reads most of it.

    Raises:
        Garbled: it is no JSON, or nested too deep.
    """
    found = json_document(document, fraction=str)
    try:
        reports = [_report(plan, found) for plan in plans(options.name, options.records).values()]
    except RecursionError as error:
        raise Garbled(type(error).__name__) from None
    return (max(reports, key=lambda report: report.read.total()),)


def _report(plan: Plan, document: Any) -> MappingReport:
    answer = _watched(document)
    for pointer in (*plan.person_of_answer, *([plan.total] if plan.total else [])):
        pointer.find(answer)
    try:
        entries = entries_of(plan, answer)
    except Garbled:
        entries = []
    for entry in entries:
        if isinstance(entry, _Watched):
            entry.is_readable = _is_readable(plan, entry)
    report = MappingReport()
    _count(answer, (plan.about.__name__,), report)
    return report


def _is_readable(plan: Plan, entry: _Watched) -> bool:
    """Whether a record can be made of the entry; everything that the description names is looked at meanwhile."""
    for pointer in plan.person:
        pointer.find(entry)
    try:
        if plan.recorded_at:
            plan.recorded_at.read(entry)
        return bool(plan.id.read(entry)) and required(plan.about) <= set(values(plan.fields, entry))
    except (ValueError, OverflowError):
        return False


def _watched(found: Any) -> Any:
    if isinstance(found, dict):
        return _Watched(found)
    return [_watched(item) for item in found] if isinstance(found, list) else found


def _count(found: Any, path: tuple[str, ...], report: MappingReport, *, is_readable: bool = True) -> None:
    """Count what was looked at as read, unless it belongs to an entry that no record can be made of."""
    if isinstance(found, list):
        for item in found:
            _count(item, path, report, is_readable=is_readable)
    elif isinstance(found, _Watched):
        is_readable = is_readable and found.is_readable
        for name, value in found.items():
            if isinstance(value, dict | list):
                _count(value, (*path, name), report, is_readable=is_readable)
            else:
                fate = report.read if is_readable and name in found.looked_at else report.not_understood
                fate.update(printable(*path, *place) for place, _ in leaves({name: value}))
    else:
        report.not_understood.update(printable(*path) for _ in leaves(found))
