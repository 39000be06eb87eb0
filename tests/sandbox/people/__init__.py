"""The people of the sandbox city: invented citizens with a coherent story over every system."""

from functools import cache

from tests.sandbox.people import (
    adults,
    children,
    family_hoang,
    family_hoang_children,
    family_hoang_elders,
    family_law,
    family_trinh,
    oddities,
)
from tests.sandbox.people.model import Person
from tests.sandbox.people.places import REFERENCE_DATE

__all__ = ["REFERENCE_DATE", "Person", "by_key", "everyone"]


@cache
def everyone() -> tuple[Person, ...]:
    """All people, always in the same order."""
    return assemble()


def assemble() -> tuple[Person, ...]:
    """The stories told anew: equal to ``everyone()`` in every run."""
    return (
        *family_hoang.parents(),
        *family_hoang_children.children(),
        *family_hoang_elders.elders(),
        *family_trinh.family(),
        *adults.adults(),
        *family_law.people(),
        *children.families(),
        *oddities.odd(),
        *oddities.faulty(),
    )


@cache
def _keys() -> dict[str, Person]:
    return {person.key: person for person in everyone()}


def by_key(key: str) -> Person:
    """The person of this slug.

    Raises:
        KeyError: nobody in the city has it.
    """
    return _keys()[key]
