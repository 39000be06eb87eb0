"""What becomes of every field of a dossier. A table that cannot be read counts as one field, by its name alone."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from connectors.hospital_xml.envelope import Part, parts_of
from connectors.hospital_xml.options import HospitalXmlOptions, Version
from connectors.hospital_xml.tables import LEFT_ALONE, TABLES, Table, follows
from connectors.hospital_xml.values import Unreadable
from connectors.reports import MappingReport, Promise, printable
from connectors.xml import Element


def reports_of(options: HospitalXmlOptions, document: bytes) -> tuple[MappingReport, ...]:
    """A report for every dossier of a document.

    Args:
        options: of the hospital; the version decides what is known.
        document: an envelope, or several in a wrapper.

    Raises:
        Garbled: no such document.
    """
    return mapping_reports(document, options.version)


def mapping_reports(document: bytes, version: Version) -> tuple[MappingReport, ...]:
    """The same for a hospital that is not connected yet, and follows no decision newer than this one."""
    return tuple(_report(parts, version) for parts in parts_of(document))


def _report(parts: tuple[Part, ...], version: Version) -> MappingReport:
    report = MappingReport()
    for part in parts:
        try:
            _count(part, version, report)
        except Unreadable:
            report.not_understood[part.kind if part.kind in LEFT_ALONE or part.kind in TABLES else "?"] += 1
    return report


def _count(part: Part, version: Version, report: MappingReport) -> None:
    root = part.document()
    table = TABLES.get(part.kind)
    if part.kind in LEFT_ALONE:
        report.ignored.update(printable(part.kind, leaf.name) for leaf in _leaves(root))
    elif table is None or not follows(version, table.since):
        report.not_understood.update(printable(_kind(part), leaf.name) for leaf in _leaves(root))
    else:
        _count_rows(root, table, version, report)


def _count_rows(root: Element, table: Table[Any], version: Version, report: MappingReport) -> None:
    in_place = {id(leaf) for row in table.rows(root) for leaf in row.children}
    for leaf in _leaves(root):
        fate = _fate(leaf, table, version, report) if id(leaf) in in_place else report.not_understood
        fate[printable(table.kind, leaf.name)] += 1


def _fate(leaf: Element, table: Table[Any], version: Version, report: MappingReport) -> Counter[str]:
    wanted = table.wanted(version).get(leaf.name)
    if wanted is None:
        known = leaf.name in table.ignored and follows(version, table.newer.get(leaf.name, table.since))
        return report.ignored if known else report.not_understood
    try:
        for promise in getattr(wanted.type, "__metadata__", ()):
            if isinstance(promise, Promise):
                promise.holds(leaf.text)
    except ValueError:
        return report.not_understood
    return report.read


def _leaves(element: Element) -> Iterator[Element]:
    """The elements that hold text and no others."""
    if not element.children:
        if element.text:
            yield element
        return
    for child in element.children:
        yield from _leaves(child)


def _kind(part: Part) -> str:
    """The name of a table that is none of ours, as far as it can be printed."""
    return part.kind if part.kind.isascii() and part.kind.isalnum() and len(part.kind) < 9 else "?"
