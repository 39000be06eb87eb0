"""One function that makes the records of a table: written down as Python, once, and then run for each resource.

What is written is what one would write by hand: a loop, the question whether it is a record, the steps, and the record
with a call of a maker for each field. So no resource costs a look-up or a loop over the fields.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from textwrap import indent
from typing import Any

from msgspec import structs

from connectors.fhir.bundle import UNDECODABLE, Meta
from connectors.fhir.datatypes import Reference
from connectors.fhir.mapping.around import Around
from connectors.fhir.mapping.elements import Unreadable
from connectors.fhir.mapping.table import AROUND, RESOURCE, Maker, Of, Table, parameters_of, reads_resource
from connectors.fhir.mapping.times import moment
from connectors.fhir.mapping.vocabulary import vocabulary_of
from connectors.records import Provenance, Record

Gatherer = Callable[[Iterable[Any]], list[Reference | None]]
"""From resources to the references in them whose targets are needed."""
Builder = Callable[[Iterable[Any], Around], tuple[list[Record], int]]
"""From resources to the records, and how many could not be read."""

_BUILDER = """
def build(resources, around):
    stamp = around.stamp
    source, retrieved_at, begin, hashed = stamp.source, stamp.retrieved_at, stamp.begin(about) + kind, stamp.hashed
    {begin}
    records, dropped = [], 0
    for resource in resources:
        try:
            {made}
        except unreadable:
            dropped += 1
            {failed}
    return records, dropped
"""


def builder_of(
    table: Table,
    fields: Mapping[str, Maker],
    provenance: Mapping[str, Maker | None],
    *,
    named: bool,
    labelled: bool,
    alike: frozenset[str],
) -> Builder:
    """The function for a table.

    Args:
        table: of the resource type.
        fields: of the record, those that are made.
        provenance: of its provenance, those that are made.
        named: whether anybody will look at the ids of the records.
        labelled: whether anybody will ask for whose eyes they are.
        alike: elements that stand in the resources as they are written (see ``Table.alike``).
    """
    text = _Text(table, alike)
    if table.is_one is not None:
        text.add(f"if not ({text.value(table.is_one)}):\n    continue")
    values = [f"{name}={text.value(maker)}" for name, maker in fields.items()]
    values += [f"{name}={text.name(name, value)}" for name, value in table.always.items()]
    stamped = ", ".join((*_provenance(text, table, provenance), *_security(text, labelled=labelled)))
    id_ = "hashed(begin + resource.id)" if named else "begin + resource.id"
    text.add(f"records.append(Record(id={id_}, provenance=(Provenance({stamped}),), {', '.join(values)}))")
    text.names |= {"Record": table.record, "Provenance": Provenance, "about": table.record}
    text.names |= {"unreadable": (Unreadable, *UNDECODABLE), "kind": f"{table.kind}/" if table.kind else ""}
    build: Builder = text.function("build", _BUILDER)
    return build


def _provenance(text: "_Text", table: Table, provenance: Mapping[str, Maker | None]) -> Iterable[str]:
    yield from ("source=source", "retrieved_at=retrieved_at")
    yield "source_record_id=kind + resource.id" if table.kind else "source_record_id=resource.id"
    if "recorded_at" in provenance:
        recorded = provenance["recorded_at"]
        yield f"recorded_at={text.value((Of(moment, recorded), _changed) if isinstance(recorded, str) else _changed)}"
    author = provenance.get("author")
    if author is not None:
        yield f"author={text.value(author)}"


def _security(text: "_Text", *, labelled: bool) -> Iterable[str]:
    if labelled:
        yield f"security={text.name('labels', _labels)}(resource.meta) if resource.meta else ()"


def _labels(meta: Meta) -> tuple[str, ...]:
    """The codes of the labels, of whatever system: each means one thing in any."""
    return tuple([label.code for label in meta.security if label.code])


def _changed(meta: Meta | None) -> datetime | None:
    """When the server last changed it."""
    return moment(meta.last_updated) if meta is not None else None


_GATHERER = """
def gather(resources):
    {begin}
    pointers = []
    for resource in resources:
        {made}
    return pointers
"""


def gatherer_of(table: Table, of: Maker, alike: frozenset[str]) -> Gatherer:
    """The function that gives what resources point to (see ``Points.of``)."""
    text = _Text(table, alike)
    text.add(f"pointers += {text.value(of)}")
    gather: Gatherer = text.function("gather", _GATHERER)
    return gather


_PLACES = re.compile(r"^( *)\{(\w+)\}$", re.MULTILINE)
"""Where the lines are put in what stands around them."""


class _Text:
    """The inside of a function as it is written, with the values that its names stand for."""

    def __init__(self, table: Table, alike: frozenset[str]) -> None:
        self.names: dict[str, Any] = {}
        self._lines: dict[str, list[str]] = {"begin": [], "made": [], "failed": []}
        self._alike = {one.name: one for one in structs.fields(table.wire) if one.name in alike}
        self._steps = table.steps
        self._taken: set[str] = set()

    def add(self, lines: str) -> None:
        """Write further lines of what is done with each resource."""
        self._lines["made"].append(lines)

    def name(self, name: str, value: object) -> str:
        """A name for a value that is the same for every resource."""
        name = f"{name}_{len(self.names)}"
        self.names[name] = value
        return name

    def value(self, maker: Maker) -> str:
        """What a maker gives, as an expression."""
        if isinstance(maker, tuple):
            return f"({' or '.join(map(self.value, maker))})"
        if isinstance(maker, str):
            return self._argument(maker)
        if isinstance(maker, Of):
            if maker.element in self._alike:
                return self._alike_to(maker.element, maker.make)
            return f"{self.name(maker.make.__name__, maker.make)}({self._argument(maker.element)})"
        names = parameters_of(maker)
        if len(names) == 1 and names[0] in self._alike:
            return self._alike_to(names[0], maker)
        arguments = [RESOURCE] if reads_resource(maker) else map(self._argument, names)
        return f"{self.name(maker.__name__, maker)}({', '.join(arguments)})"

    def function(self, name: str, around: str) -> Any:
        """The function: nothing in it comes from outside."""
        source = _PLACES.sub(lambda place: indent("\n".join(self._lines[place[2]]), place[1]), around)
        exec(compile(source, f"<{name}>", "exec"), self.names)  # noqa: S102 - written here, from tables of this kind
        return self.names[name]

    def _argument(self, name: str) -> str:
        if name == AROUND:
            return name
        if name in self._alike:
            return self._alike_to(name, None)
        if name not in self._steps:
            return f"{RESOURCE}.{name}"
        if name not in self._taken:
            self._taken.add(name)
            self.add(f"step_{name} = {self.value(self._steps[name])}")
        return f"step_{name}"

    def _alike_to(self, name: str, maker: Callable[[Any], Any] | None) -> str:
        """What is made of an element that is like that of the resource before, or of an earlier one: the same as there.

        Where it cannot be made there is no last one.
        """
        number, element = len(self.names), f"{RESOURCE}.{name}"
        words, known, last, made = (f"{what}_{number}" for what in ("words", "known", "last", "made"))
        of = vocabulary_of(self._alike[name].type, self._alike[name].default, maker)
        vocabulary, fresh = self.name("vocabulary", of), self.name("Known", of.known)
        self._lines["begin"].append(f"{words}, {known}, {last} = {vocabulary}.words, {fresh}(), None")
        self._lines["failed"].append(f"{last} = None")
        found = f"{words}[written] if (written := bytes({last} := {element})) in {words} else {known}[written]"
        return f"({made} if {element} == {last} else ({made} := {found}))"
