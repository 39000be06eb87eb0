"""A maker whose lines were taken over gives what a call of it gives."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from connectors.fhir.held import Held
from connectors.fhir.mapping import elements
from connectors.fhir.mapping.building import builder_of
from connectors.fhir.mapping.inlining import Names, called, inlined
from connectors.fhir.mapping.reading import Reading
from connectors.fhir.mapping.table import Maker
from tests.connectors.fhir.any_resource import TYPES, any_resource
from tests.connectors.fhir.filled import HELDS, filled, without_each
from tests.connectors.fhir.reading import around
from tests.connectors.fhir.samples import Resource
from tests.connectors.fhir.test_reading import EACH, INCLUDED

Numbers = tuple[int, ...]


@inlined
def halved(number: int) -> int | None:
    if number % 2:
        return None
    return number // 2


@inlined
def first_even(numbers: Numbers) -> int | None:
    for number in numbers:
        half = halved(number)
        if half is not None:
            return half
    return None


def one_line(numbers: Numbers) -> int:
    return sum(numbers) + len(numbers)


def with_a_name_of_its_own(numbers: Numbers) -> int:
    """The same name means something else in another function that stands in the same text."""
    half = len(numbers)
    numbers = (*numbers, half)
    return sum(numbers) + half


def within_another(numbers: Numbers) -> int | None:
    half = first_even(numbers[1:])
    other = halved(len(numbers))
    return half if half is not None else other


def loop_after_loop(numbers: Numbers) -> str:
    for number in numbers:
        if number > 10:
            return "large"
        if number > 5:
            continue
        number += 1  # noqa: PLW2901 - what is meant
    for number in numbers:
        try:
            return str(1 // number)
        except ZeroDivisionError:
            pass
    return "none"


def within_two_loops(numbers: Numbers) -> int | None:
    for number in numbers:
        for other in numbers:
            if number == -other != 0:
                return number
    return None


def without_an_end(numbers: Numbers) -> str | None:
    if numbers:
        text = "some"
        if len(numbers) > 2:
            text = "many"
        return text
    return None


def that_raises(numbers: Numbers) -> int:
    if not numbers:
        raise elements.Unreadable("none")
    return numbers[0]


def with_a_function_inside(numbers: Numbers) -> int:
    return max(numbers, key=lambda one: -one, default=0)


def nothing(numbers: Numbers) -> None:
    if numbers:
        return


ALL: tuple[Callable[[Numbers], Any], ...] = (
    *(first_even, one_line, with_a_name_of_its_own, within_another, loop_after_loop, within_two_loops, without_an_end),
    *(that_raises, with_a_function_inside, nothing),
)


def together(functions: tuple[Callable[[Numbers], Any], ...]) -> tuple[Callable[[Numbers], list[Any]], str]:
    """One function with the lines of all, one after the other, and its text."""
    names, text, values = Names(), "pass", []
    for function in functions:
        lines, value = called(function, ["given.numbers"], names, inline=True)
        text += f"\n{lines}"
        values.append(value)
    source = f"def all_of(given):\n{indent(text, '    ')}\n    return [{', '.join(values)}]\n"
    known = dict(names.values)
    exec(source, known)  # noqa: S102 - written above
    run: Any = known["all_of"]
    return (lambda numbers: run(Given(numbers=numbers))), source


class Given(msgspec.Struct):
    numbers: Numbers


TOGETHER, TEXT = together(ALL)


@given(st.lists(st.integers(-12, 12), max_size=5).map(tuple))
def test_the_lines_give_what_the_call_gives(numbers: Numbers) -> None:
    """Of functions of every form that may be taken over, and of such that may not, in one text."""
    if not numbers:
        with pytest.raises(elements.Unreadable):
            TOGETHER(numbers)
        return
    assert TOGETHER(numbers) == [function(numbers) for function in ALL]


def test_only_what_is_plain_is_taken_over() -> None:
    for function in ALL:
        is_call = function in (within_two_loops, with_a_function_inside)
        assert (f"{function.__name__}_" in TEXT) is is_call, function
    assert "halved" not in TEXT


def test_what_runs_is_what_is_taken_over(tmp_path: Path) -> None:
    """Not what a file says that was replaced after it was loaded; nor is a source needed at all."""
    file = tmp_path / "module.py"
    text = "def answer(numbers):\n    return len(numbers) + {}\n"
    for number, replaced, is_call in ((1, None, False), (2, text.format(3), True), (4, "", True), (5, "(", True)):
        path = file.with_stem(f"module_{number}")
        known: dict[str, Any] = {}
        exec(compile(text.format(number), str(path), "exec"), known)  # noqa: S102 - written above
        path.write_text(text.format(number) if replaced is None else replaced)
        _, value = called(known["answer"], ["numbers"], Names(), inline=True)
        assert value.startswith("answer_") is is_call, (number, value)
    _, value = called(known["answer"], ["numbers"], Names(), inline=False)
    assert value.startswith("answer_")


def plainly(reading: Reading, held: Held) -> Any:
    """The same without any lines taken over."""
    table = held.table
    provenance: Mapping[str, Maker | None] = {"recorded_at": table.recorded, "author": table.author}
    return builder_of(table, table.fields, provenance, named=reading is held.readings.whole, inline=False)


PLAIN = {held: plainly(held.readings.whole, held) for held in HELDS}


def same(held: Held, resource: Resource) -> None:
    reading = held.readings.whole
    try:
        decoded = reading.one.decode(msgspec.json.encode(resource))
    except msgspec.ValidationError:
        return
    near = around(included=INCLUDED)
    again = structs.replace(near, targets={}, places={})
    assert reading.build([decoded], near) == PLAIN[held]([decoded], again)


@EACH
@pytest.mark.parametrize("form", range(2))
def test_a_record_is_the_same_with_and_without(held: Held, form: int) -> None:
    for resource in without_each(filled(held, form=form)):
        same(held, resource)


@given(st.sampled_from(TYPES).flatmap(lambda held: st.tuples(st.just(held), any_resource(held, "r0"))))
def test_any_resource_is_the_same_record_with_and_without(one: tuple[Held, Resource]) -> None:
    same(*one)
