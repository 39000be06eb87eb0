"""One function that makes the records of a table: written down as Python, once, and then run for each resource.

What is written is what one would write by hand: a loop, the question whether it is a record, the steps, and the record
with a call of a maker for each field. So no resource costs a look-up or a loop over the fields.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connectors.fhir.datatypes import Reference
from connectors.fhir.mapping.elements import Around, Unreadable, moment
from connectors.fhir.mapping.table import AROUND, Maker, Points, Table, parameters_of
from connectors.records import Provenance, Record

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
    table: Table, fields: Mapping[str, Maker], provenance: Mapping[str, Maker | None], *, named: bool
) -> Builder:
    """The function for a table.

    Args:
        table: of the resource type.
        fields: of the record, those that are made.
        provenance: of its provenance, those that are made.
        named: whether anybody will look at the ids of the records.
    """
    text = _Text(table)
    if table.is_one is not None:
        is_one = text.value(table.is_one)
        text.lines += [f"if not {is_one}:", "    continue"]
    values = [f"{name}={text.value(maker)}" for name, maker in fields.items()]
    values += [f"{name}={text.known(name, value)}" for name, value in table.always.items()]
    record = text.known("record", table.record)
    stamped = f"({text.known('provenance', Provenance)}({', '.join(_provenance(text, table, provenance))}),)"
    id_ = "hashed(begin + resource.id)" if named else "begin + resource.id"
    made = f"{record}(id={id_}, provenance={stamped}, {', '.join(values)})"
    names = {
        **text.names,
        "about": table.record,
        "kind": f"{table.kind}/" if table.kind else "",
        "Unreadable": Unreadable,
    }
    build: Builder = _function(
        "build", _BUILDER.format(made="\n            ".join(text.lines or ["pass"]), record=made), names
    )
    return build


def _provenance(text: "_Text", table: Table, provenance: Mapping[str, Maker | None]) -> Iterable[str]:
    name = f"{text.known('kind', f'{table.kind}/')} + resource.id" if table.kind else "resource.id"
    yield from ("source=source", "retrieved_at=retrieved_at", f"source_record_id={name}")
    if "recorded_at" in provenance:
        maker, at = provenance["recorded_at"], text.known("moment", moment)
        said = f"{at}({text.value(maker)}) or " if maker is not None else ""
        yield f"recorded_at={said}({at}(resource.meta.last_updated) if resource.meta else None)"
    author = provenance.get("author")
    if author is not None:
        yield f"author={text.value(author)}"


def pointing(table: Table, points: Sequence[Points]) -> Callable[[Any], Iterable[Reference | None]]:
    """The function that gives what a resource points to."""
    text = _Text(table)
    found = "".join(f"*{text.value(one.of)}, " for one in points)
    pointers: Callable[[Any], Iterable[Reference | None]] = _function(
        "pointers", f"def pointers(resource):\n    return ({found})\n", text.names
    )
    return pointers


class _Text:
    """The inside of a function as it is written, with the values that its names stand for."""

    def __init__(self, table: Table) -> None:
        self.names: dict[str, object] = {}
        self.lines: list[str] = []
        """What comes before the expressions: the steps that they need."""
        self._steps = table.steps
        self._taken: set[str] = set()

    def known(self, name: str, value: object) -> str:
        """A name for a value that is the same for every resource."""
        name = f"{name}_{len(self.names)}"
        self.names[name] = value
        return name

    def value(self, maker: Maker) -> str:
        """What a maker gives, as an expression."""
        arguments = [self._argument(name) for name in parameters_of(maker)]
        return (
            arguments[0] if isinstance(maker, str) else f"{self.known(maker.__name__, maker)}({', '.join(arguments)})"
        )

    def _argument(self, name: str) -> str:
        if name == AROUND:
            return AROUND
        if name not in self._steps:
            return f"resource.{name}"
        if name not in self._taken:
            self._taken.add(name)
            self.lines.append(f"step_{name} = {self.value(self._steps[name])}")
        return f"step_{name}"


def _function(name: str, source: str, names: dict[str, object]) -> Any:
    """The function that a text of ours defines: nothing in it comes from outside."""
    exec(compile(source, f"<{name}>", "exec"), names)  # noqa: S102 - written here, from tables of this kind
    return names[name]
