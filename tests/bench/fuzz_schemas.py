"""Random schemas, with objects to read that are often not what their types promise."""

import asyncio
import enum
import math
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from random import Random
from typing import Annotated, Any, NewType, Optional, Union

import msgspec
import strawberry
from graphql import Undefined
from msgspec import Struct
from strawberry.extensions import FieldExtension
from strawberry.schema.config import StrawberryConfig

from resolvers.shown import instances_of

Stamp = NewType("Stamp", str)


class Colour(enum.Enum):
    """An enumeration whose values are not its names."""

    RED = "r"
    GREEN = "g"


class Other(enum.Enum):
    """Is no colour."""

    RED = "r"


strawberry.enum(Colour, description="A colour.")


@strawberry.input
class Box:
    """An argument with parts."""

    size: int
    name: str | None = None


def _stamped(value: Any) -> str | None:
    if value == "refused":
        raise ValueError("refused")
    return None if value == "nothing" else f"<{value}>"


SCALARS: Mapping[str, Callable[[Random], Any]] = {
    "Int": lambda rng: rng.choice((7, rng.randrange(-5, 100))) if rng.random() < 0.3 else rng.randrange(-5, 100),
    "String": lambda rng: rng.choice(("", "a", "ấm")),
    "Boolean": lambda rng: rng.random() < 0.5,
    "Float": lambda rng: rng.choice((0.5, 2, -1.25)),
    "ID": lambda rng: rng.choice(("x", "17")),
    "Stamp": lambda rng: rng.choice(("s", "t")),
}

_LEAVES: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (str, ("", "a", "được")),
    (int, (0, -1, 2**31 - 1)),
    (float, (0.5, -2.25, 3)),
    (bool, (True, False)),
    (strawberry.ID, ("x", "7", 7)),
    (Stamp, ("s", 12)),
    (Colour, (Colour.RED, Colour.GREEN)),
)


class Kind(Struct, frozen=True):
    """What a field promises: a leaf, an object, or a list of such, each perhaps null."""

    of: "Kind | str | int"
    """Of a list, its items; a name of a composite type; or the index of a leaf."""
    optional: bool


class Later:
    """Something to wait for, which can be waited for more than once."""

    def __init__(self, value: Any, turns: int) -> None:
        self._value = value
        self._turns = turns

    def __await__(self) -> Generator[Any, None, Any]:
        for _ in range(self._turns):
            yield from asyncio.sleep(0).__await__()
        if isinstance(self._value, Raised):
            raise self._value.error
        return self._value


class Raised(Struct, frozen=True):
    """What a resolver raises instead of returning."""

    error: Exception


class Iterated:
    """Neither a list nor a tuple."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)


class Followed(Iterated):
    """What can only be followed over time."""

    async def __aiter__(self) -> AsyncIterator[Any]:
        for item in self._items:
            yield item


class Text(str):
    """A narrower text."""

    __slots__ = ()


class Plain:
    """An object with attributes of its own."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def __repr__(self) -> str:
        return "Plain()"


class Data(Struct):
    """What stands behind the top of a schema."""

    roots: dict[str, Any]
    calls: list[Any] = msgspec.field(default_factory=list)
    """Of functions, with their arguments."""


class Passing(FieldExtension):
    """Does nothing, and yet is in the way."""

    def resolve(self, next_: Callable[..., Any], source: Any, info: Any, **kwargs: Any) -> Any:
        """Pass it on."""
        return next_(source, info, **kwargs)

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Any, **kwargs: Any) -> Any:
        """Pass it on."""
        return await next_(source, info, **kwargs)


class World:
    """One random schema, and a maker of data for it."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)  # noqa: S311 - chance, not secrecy
        self._kinds: dict[str, dict[str, Kind]] = {}
        self._types: dict[str, Any] = {}
        self._classes: dict[str, list[Any]] = {}
        self._possible: dict[str, list[str]] = {}
        self._made: dict[str, list[Any]] = {}
        """Objects of the data that is being made: some stand in several places."""
        self._interface()
        for number in range(self._rng.randrange(3, 6)):
            self._object(f"O{number}")
            if number == 2:
                self._union()
        self._possible = {name: found for name, found in self._possible.items() if found}
        self.schema = strawberry.Schema(
            query=self._root("Query"),
            mutation=self._root("Mutation"),
            types=[self._types[name] for name in self._possible.get("Face", ())],
            config=StrawberryConfig(
                scalar_map={Stamp: strawberry.scalar(name="Stamp", serialize=_stamped)},
                enable_experimental_incremental_execution=True,
            ),
        )

    def data(self, seed: int, bad: float) -> Data:
        """Data, of which so much is not as promised."""
        rng = Random(seed)  # noqa: S311 - chance, not secrecy
        self._made = {}
        roots = {**self._kinds["Query"], **self._kinds["Mutation"]}
        return Data({name: self._value(kind, rng, bad, 4, resolved=True) for name, kind in roots.items()})

    def _interface(self) -> None:
        name = "Face"
        self._kinds[name] = {"face_text": Kind(0, optional=False), "face_colour": Kind(6, optional=True)}
        body = {"__annotations__": {field: _annotated(kind, self._types) for field, kind in self._kinds[name].items()}}
        self._types[name] = strawberry.interface(type(name, (), body))
        self._possible[name] = []

    def _union(self) -> None:
        members = self._rng.sample(["O0", "O1", "O2"], self._rng.randrange(2, 4))
        parts = tuple(self._types[name] for name in members)
        self._types["Either"] = Annotated[Union[parts], strawberry.union("Either")]  # noqa: UP007 - made at run time
        self._possible["Either"] = members

    def _object(self, name: str) -> None:
        faced = self._rng.random() < 0.6 or name == "O0"
        fields = {f"f{number}_{name.lower()}": self._kind() for number in range(self._rng.randrange(3, 9))}
        fields |= {f"same{number}": Kind(number, optional=False) for number in range(2)}
        own = dict(fields)
        if faced:
            fields |= self._kinds["Face"]
            self._possible["Face"].append(name)
        self._kinds[name] = fields
        attributes = [(field, Any, None) for field in fields]
        struct = msgspec.defstruct(f"{name}Record", [*attributes, ("held", Any, None)], frozen=True)
        wider = msgspec.defstruct(f"{name}Wider", [("more", int, 0)], bases=(struct,), frozen=True)
        body: dict[str, Any] = {"__annotations__": {}}
        for field, kind in own.items():
            body["__annotations__"][field] = _annotated(kind, self._types)
            if made := self._maker(field, body["__annotations__"][field]):
                body[field] = made
        known = (struct, Plain) if self._rng.random() < 0.4 else (struct,)
        if faced or self._rng.random() < 0.7:
            shared = self._rng.random() < 0.5
            told = instances_of(*known, shared=shared)
            body["is_type_of"] = staticmethod(
                told if self._rng.random() < 0.8 else lambda value, _info: isinstance(value, known)
            )
        bases = (self._types["Face"],) if faced else ()
        self._types[name] = strawberry.type(type(name, bases, body))
        self._classes[name] = [struct, struct, struct, wider, Plain]

    def _kind(self) -> Kind:
        optional = self._rng.random() < 0.5
        chance = self._rng.random()
        if chance < 0.25:
            return Kind(self._kind(), optional=optional)
        composite = [name for name in self._types if name != "Face" or self._possible["Face"]]
        if chance < 0.6 and composite:
            return Kind(self._rng.choice(composite), optional=optional)
        return Kind(self._rng.randrange(len(_LEAVES)), optional=optional)

    def _maker(self, field: str, annotation: Any) -> Any:
        """A field that is more than an attribute, now and then."""
        chance = self._rng.random()
        extensions: list[FieldExtension] = [Passing()] if self._rng.random() < 0.2 else []
        if chance < 0.1:
            turns = self._rng.randrange(1, 4)
            return strawberry.field(resolver=_resolver(field, annotation, turns=turns), extensions=extensions)
        if chance < 0.16:
            return strawberry.field(resolver=_resolver(field, annotation), extensions=extensions)
        if chance < 0.22:
            return strawberry.field(resolver=_with_arguments(annotation))
        return strawberry.field(extensions=extensions) if chance < 0.26 else None

    def _root(self, name: str) -> Any:
        of: list[str | int] = [*self._types, *self._types, 0, 6]
        self._kinds[name] = {
            f"{name.lower()}_{number}": Kind(chosen, optional=self._rng.random() < 0.85)
            for number, chosen in enumerate(of)
            if chosen != "Face" or self._possible.get("Face")
        }
        body: dict[str, Any] = {"__annotations__": {}}
        for field, kind in self._kinds[name].items():
            listed: Kind = Kind(kind, optional=kind.optional) if self._rng.random() < 0.4 else kind
            self._kinds[name] = {**self._kinds[name], field: listed}
            annotation = _annotated(listed, self._types)
            body["__annotations__"][field] = annotation
            turns = self._rng.choice((0, 0, 0, 1, 2, 3))
            made = _asked if self._rng.random() < 0.4 else _root_resolver
            body[field] = strawberry.field(resolver=made(field, annotation, turns=turns))
        return strawberry.type(type(name, (), body))

    def _value(self, kind: Kind, rng: Random, bad: float, depth: int, *, resolved: bool = False) -> Any:
        if rng.random() < bad:
            return self._bad(kind, rng, depth, resolved=resolved)
        if kind.optional and rng.random() < 0.15:
            return None
        if isinstance(kind.of, Kind):
            items = [self._value(kind.of, rng, bad, depth - 1) for _ in range(rng.choice((0, 1, 2, 3)))]
            return tuple(items) if rng.random() < 0.5 else items
        if isinstance(kind.of, int):
            return rng.choice(_LEAVES[kind.of][1])
        return self._instance(rng.choice(self._possible.get(kind.of, [kind.of])), rng, bad, depth)

    def _instance(self, name: str, rng: Random, bad: float, depth: int) -> Any:
        if depth < 0:
            return None
        same = self._made.setdefault(name, [])
        if same and rng.random() < 0.3:
            return rng.choice(same)
        made = {field: self._value(kind, rng, bad, depth - 1) for field, kind in self._kinds[name].items()}
        cls = rng.choice(self._classes[name])
        same.append(cls(**made, held={field: made[field] for field in made}))
        return same[-1]

    def _bad(self, kind: Kind, rng: Random, depth: int, *, resolved: bool) -> Any:
        good = self._value(kind, rng, 0, depth - 1)
        nonsense: tuple[Any, ...] = (
            None, Undefined, ValueError("as a value"), 2**40, math.nan, math.inf, b"bytes", "text", Text("x"), True,
            1.5, [], [None], {"a": 1}, "refused", "nothing", Other.RED, Plain(), [[1]], Colour, "7", -0.0, 10**400,
        )  # fmt: skip
        chance = rng.random()
        if chance < 0.5:
            return rng.choice(nonsense)
        if chance < 0.65:
            return Later(good, rng.randrange(3))
        if chance < 0.72:
            return Later(Raised(RuntimeError("later")), rng.randrange(2))
        if chance < 0.8 and resolved:
            return Raised(KeyError("raised"))
        if chance < 0.9 and isinstance(good, list | tuple):
            return rng.choice((Iterated, Followed))(list(good))
        return self._instance(rng.choice(list(self._classes)), rng, 0.05, depth - 2)


def _annotated(kind: Kind, types: Mapping[str, Any]) -> Any:
    if isinstance(kind.of, Kind):
        made: Any = list[_annotated(kind.of, types)]  # type: ignore[misc]
    elif isinstance(kind.of, int):
        made = _LEAVES[kind.of][0]
    else:
        made = types[kind.of]
    return Optional[made] if kind.optional else made  # noqa: UP045 - made at run time


def _given(value: Any) -> Any:
    if isinstance(value, Raised):
        raise value.error
    return value


async def _later(value: Any, turns: int) -> Any:
    for _ in range(turns):
        await asyncio.sleep(0)
    return _given(value)


def _resolver(field: str, annotation: Any, *, turns: int = 0) -> Any:
    def held(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
        info.context.calls.append(field)
        return _given(root.held[field])

    async def waited(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
        info.context.calls.append(field)
        return await _later(root.held[field], turns)

    found = waited if turns else held
    found.__annotations__["return"] = annotation
    return found


def _with_arguments(annotation: Any) -> Any:
    def told(
        root: strawberry.Parent[Any],
        info: strawberry.Info,
        number: int = 3,
        name: str | None = None,
        boxes: list[Box] | None = None,
        colour: Colour = Colour.RED,
        box: Box | None = strawberry.UNSET,
    ) -> Any:
        if name == "ấm":
            raise LookupError(f"{number} {name} {info.path.key} {len(info.selected_fields)}")
        shown = f"{number!r} {name!r} {boxes!r} {colour!r} {box!r} {info.field_name} {type(root).__name__}"
        return shown if annotation in (str, str | None) else None

    told.__annotations__["return"] = annotation
    return told


def _root_resolver(field: str, annotation: Any, *, turns: int) -> Any:
    def held(info: strawberry.Info) -> Any:
        info.context.calls.append(field)
        return _given(info.context.roots[field])

    async def waited(info: strawberry.Info) -> Any:
        info.context.calls.append(field)
        return await _later(info.context.roots[field], turns)

    found = waited if turns else held
    found.__annotations__["return"] = annotation
    return found


def _asked(field: str, annotation: Any, *, turns: int) -> Any:
    """At the top as well, with arguments; some begin when they are called, and are waited for afterwards."""

    def asked(
        info: strawberry.Info,
        number: int = 3,
        names: list[str] | None = None,
        colour: Colour | None = Colour.RED,
        key: strawberry.ID | None = strawberry.UNSET,
        stamp: Stamp | None = None,
        perhaps: strawberry.Maybe[int] = None,
    ) -> Any:
        given = (number, names, colour, key, stamp, repr(perhaps))
        info.context.calls.append((field, *given))
        if names is not None:
            names.append("changed")  # is this function's own
        if number == 7:
            raise LookupError(f"{given} {info.path.key} {len(info.selected_fields)} {info.variable_values}")
        value = info.context.roots[field]
        return _later(value, turns) if turns else _given(value)

    asked.__annotations__["return"] = annotation
    return asked
