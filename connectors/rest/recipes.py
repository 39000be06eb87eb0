"""A description of one class of record, checked whole when the configuration is read: after that it cannot be wrong."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from connectors.options import BadOptions, read
from connectors.records import RECORD_CLASSES, Record, Right
from connectors.rest import wrong
from connectors.rest.options import Recipe
from connectors.rest.pointer import Pointer
from connectors.rest.readers import parts
from connectors.rest.scalars import Reader, scalar

CAN_HOLD: frozenset[type[Record]] = frozenset(about for about in RECORD_CLASSES if not issubclass(about, Right))
"""A right gives power over another person's record: it is read by code that was written for its source."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NUMBER = "personal_id"


class Plan(Struct, frozen=True, kw_only=True):
    """How one class of record is asked for and read."""

    about: type[Record]
    recipe: Recipe
    entries: Pointer
    total: Pointer | None
    person: tuple[Pointer, ...]
    person_of_answer: tuple[Pointer, ...]
    id: Reader
    recorded_at: Reader | None
    fields: Mapping[str, Reader]

    def query(self, number: str) -> dict[str, str]:
        """The query string of a question about that citizen."""
        return {name: _filled(text, number) for name, text in self.recipe.query.items()}

    def body(self, number: str) -> Any:
        """The JSON body of a question about that citizen; none where nothing is sent."""
        return _filled(self.recipe.body, number)


def plans(key: str, records: Mapping[str, Mapping[str, Any]]) -> dict[type[Record], Plan]:
    """The plan for each class of record that a source holds.

    Raises:
        BadOptions: an unknown class, one that cannot be described, or a wrong description.
    """
    where = f"sources.{key}.records"
    classes = {about.__name__: about for about in CAN_HOLD}
    for name in wrong.table(where, records, {about.__name__ for about in RECORD_CLASSES}):
        if name not in classes:
            raise BadOptions(f"{where}.{name}: kind 'rest' cannot hold it; it can hold: {', '.join(sorted(classes))}")
    return {classes[name]: _plan(classes[name], table, f"{where}.{name}") for name, table in records.items()}


def _plan(about: type[Record], table: Mapping[str, Any], where: str) -> Plan:
    recipe = read(Recipe, table, where=where, folder=Path(), environment=lambda _: None)
    _check_question(recipe, where)
    if not recipe.person and not recipe.person_of_answer:
        raise BadOptions(
            f"{where}: 'person' or 'person_of_answer' must say where the answer repeats the citizen's number"
        )
    return Plan(
        about=about,
        recipe=recipe,
        entries=wrong.pointer(f"{where}.list", recipe.entries),
        total=None if recipe.total is None else wrong.pointer(f"{where}.total", recipe.total),
        person=tuple(wrong.pointer(f"{where}.person", text) for text in recipe.person),
        person_of_answer=tuple(wrong.pointer(f"{where}.person_of_answer", text) for text in recipe.person_of_answer),
        id=scalar(str, recipe.id, f"{where}.id"),
        recorded_at=None
        if recipe.recorded_at is None
        else scalar(datetime, recipe.recorded_at, f"{where}.recorded_at"),
        fields=parts(about, recipe.fields, f"{where}.fields"),
    )


def _check_question(recipe: Recipe, where: str) -> None:
    """The number must stand in the question, and nowhere where it would be written down unasked.

    Raises:
        BadOptions: it does not, or does.
    """
    if recipe.method == "GET" and recipe.body is not None:
        raise BadOptions(f"{where}.body: a GET has none")
    if _words(recipe.path, f"{where}.path"):
        raise BadOptions(f"{where}.path: the number must not stand in a path; send it in 'body'")
    in_query = _words(recipe.query, f"{where}.query")
    if in_query and not recipe.number_may_reach_logs:
        raise BadOptions(
            f"{where}.query: the number would reach every log on the way; send it in 'body', or accept that "
            "with number_may_reach_logs = true"
        )
    if not in_query and not _words(recipe.body, f"{where}.body"):
        raise BadOptions(f"{where}: the question does not say about whom: put '{{{_NUMBER}}}' into 'body'")


def _words(said: Any, where: str) -> set[str]:
    """The placeholders in it.

    Raises:
        BadOptions: one of them means nothing.
    """
    if isinstance(said, Mapping):
        return set().union(*(_words(inner, f"{where}.{name}") for name, inner in said.items()))
    if isinstance(said, list):
        return set().union(*(_words(inner, where) for inner in said))
    found = set(_PLACEHOLDER.findall(said)) if isinstance(said, str) else set()
    for word in found - {_NUMBER}:
        raise wrong.unknown(where, "placeholder", word, {_NUMBER})
    return found


def _filled(said: Any, number: str) -> Any:
    match said:
        case str():
            return said.replace(f"{{{_NUMBER}}}", number)
        case dict():
            return {name: _filled(inner, number) for name, inner in said.items()}
        case list():
            return [_filled(inner, number) for inner in said]
    return said
