"""One function that makes the records of a table: written down as Python, once, and then run for each resource.

What is written is what one would write by hand: a loop, the question whether it is a record, the steps, and the record
with a call of a maker for each field. So no resource costs a look-up or a loop over the fields.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from textwrap import indent
from typing import Any

from connectors.fhir.bundle import Meta
from connectors.fhir.datatypes import Reference
from connectors.fhir.mapping.around import Around
from connectors.fhir.mapping.elements import Unreadable
from connectors.fhir.mapping.inlining import Names, called
from connectors.fhir.mapping.table import AROUND, POINTERS, Maker, Table, parameters_of
from connectors.fhir.mapping.times import moment
from connectors.records import Provenance, Record

Gatherer = Callable[[Iterable[Any]], list[Reference]]
"""From resources to the references in them whose targets are needed."""
Builder = Callable[[Iterable[Any], Around], tuple[dict[str, Record], int]]
"""From resources to the records by their ids, and how many could not be read."""

_BUILDER = """
def build(resources, around):
    stamp = around.stamp
    source, retrieved_at, begin, hashed = stamp.source, stamp.retrieved_at, stamp.begin(about) + kind, stamp.hashed
    records, dropped = {{}}, 0
    for resource in resources:
        try:
            {made}
            records[resource.id] = {record}
        except Unreadable:
            dropped += 1
    return records, dropped
"""


def builder_of(
    table: Table,
    fields: Mapping[str, Maker],
    provenance: Mapping[str, Maker | None],
    *,
    named: bool,
    inline: bool = True,
) -> Builder:
    """The function for a table.

    Args:
        table: of the resource type.
        fields: of the record, those that are made.
        provenance: of its provenance, those that are made.
        named: whether anybody will look at the ids of the records.
        inline: whether the lines of the makers are taken over (see ``inlining``).
    """
    text = _Text(table, inline=inline)
    if table.is_one is not None:
        text.add(f"if not ({text.value(table.is_one)}):\n    continue")
    values = [f"{name}={text.value(maker)}" for name, maker in fields.items()]
    values += [f"{name}={text.names.of(name, value)}" for name, value in table.always.items()]
    stamped = ", ".join(_provenance(text, table, provenance))
    id_ = "hashed(begin + resource.id)" if named else "begin + resource.id"
    record = f"Record(id={id_}, provenance=(Provenance({stamped}),), {', '.join(values)})"
    names = {"Record": table.record, "Provenance": Provenance, "Unreadable": Unreadable, "about": table.record}
    names |= {"kind": f"{table.kind}/" if table.kind else "", **text.names.values}
    build: Builder = _function(
        "build", _BUILDER.format(made=indent(text.lines, " " * 12).lstrip(), record=record), names
    )
    return build


def _provenance(text: "_Text", table: Table, provenance: Mapping[str, Maker | None]) -> Iterable[str]:
    yield from ("source=source", "retrieved_at=retrieved_at")
    yield "source_record_id=kind + resource.id" if table.kind else "source_record_id=resource.id"
    if "recorded_at" in provenance:
        yield f"recorded_at={text.value(_changed, text.argument(provenance['recorded_at']), 'resource.meta')}"
    author = provenance.get("author")
    if author is not None:
        yield f"author={text.value(author)}"


def _changed(recorded: str | None, meta: Meta | None) -> datetime | None:
    """When it was written down, as the resource says; else its last change."""
    if recorded is not None:
        at = moment(recorded)
        if at is not None:
            return at
    if meta is not None:
        return moment(meta.last_updated)
    return None


_GATHERER = """
def gather(resources):
    pointers = []
    for resource in resources:
        {lines}
    return pointers
"""


def gatherer_of(table: Table, of: Callable[..., None]) -> Gatherer:
    """The function that gives what resources point to (see ``Points.of``)."""
    text = _Text(table, inline=True)
    text.add(text.value(of))
    lines = indent(text.lines, " " * 8).lstrip()
    gather: Gatherer = _function("gather", _GATHERER.format(lines=lines), text.names.values)
    return gather


class _Text:
    """The inside of a function as it is written, with the values that its names stand for."""

    def __init__(self, table: Table, *, inline: bool) -> None:
        self.names = Names()
        self.lines = "pass"
        """What comes before the expressions."""
        self._steps = table.steps
        self._taken: set[str] = set()
        self._inline = inline

    def add(self, lines: str) -> None:
        """Write further lines."""
        self.lines += f"\n{lines}" if lines else ""

    def value(self, maker: Maker, *arguments: str) -> str:
        """What a maker gives, as an expression.

        Args:
            maker: of the table.
            arguments: what it is given, where that is not what its parameters name.
        """
        given = arguments or [self._argument(name) for name in parameters_of(maker)]
        if isinstance(maker, str):
            return given[0]
        lines, value = called(maker, given, self.names, inline=self._inline)
        self.add(lines)
        return value

    def argument(self, maker: Maker | None) -> str:
        """The same, for another maker to be given."""
        return "None" if maker is None else self.value(maker)

    def _argument(self, name: str) -> str:
        if name in (AROUND, POINTERS):
            return name
        if name not in self._steps:
            return f"resource.{name}"
        if name not in self._taken:
            self._taken.add(name)
            value = self.value(self._steps[name])
            self.add(f"step_{name} = {value}")
        return f"step_{name}"


def _function(name: str, source: str, names: dict[str, object]) -> Any:
    """The function that a text of ours defines: nothing in it comes from outside."""
    exec(compile(source, f"<{name}>", "exec"), names)  # noqa: S102 - written here, from tables of this kind
    return names[name]
