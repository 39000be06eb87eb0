"""What becomes of every field of a dossier: read, not understood, or left alone by decision. Counts, never values.

For whoever connects a hospital: a field that nobody has thought of, or a code outside its list, shows up here.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from connectors.hospital_xml.envelope import Part, parts_of
from connectors.hospital_xml.options import Version
from connectors.hospital_xml.tables import LEFT_ALONE, TABLES, Table, follows
from connectors.hospital_xml.values import Promise, Unreadable
from connectors.xml import Element


class MappingReport(Struct, kw_only=True, eq=False):
    """Fields with something in them, counted by name: ``XML2.MA_THUOC``. Each is in exactly one of the three."""

    read: Counter[str] = field(default_factory=Counter)
    """Wanted, and what was promised: the records are made of these."""
    not_understood: Counter[str] = field(default_factory=Counter)
    """Unknown to this kind, in a place where none belongs, a code outside its list (it stays as text), or no date or
    number where one was promised. A table that cannot be read counts as one, by its name alone."""
    ignored: Counter[str] = field(default_factory=Counter)
    """Known, and not read by decision (``tables``)."""


def mapping_reports(document: bytes, version: Version) -> tuple[MappingReport, ...]:
    """A report for every dossier of a document.

    Args:
        document: an envelope, or several in a wrapper.
        version: the newest decision that the hospital follows.

    Raises:
        Garbled: no such document.
    """
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
        report.ignored.update(f"{part.kind}.{leaf.name}" for leaf in _leaves(root))
    elif table is None or not follows(version, table.since):
        report.not_understood.update(f"{_kind(part)}.{leaf.name}" for leaf in _leaves(root))
    else:
        _count_rows(root, table, version, report)


def _count_rows(root: Element, table: Table[Any], version: Version, report: MappingReport) -> None:
    in_place = {id(leaf) for row in table.rows(root) for leaf in row.children}
    for leaf in _leaves(root):
        fate = _fate(leaf, table, version, report) if id(leaf) in in_place else report.not_understood
        fate[f"{table.kind}.{leaf.name}"] += 1


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
