"""Writes the call of a resolver with its arguments, where these are known beforehand or are variables as they are.

What stands in the code is ours: names of parameters, and quoted names of variables. All values are given by names.
"""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast

from graphql import FieldNode, GraphQLArgument, GraphQLField, GraphQLNonNull, VariableNode, get_named_type, is_leaf_type
from graphql.execution.values import get_argument_values
from graphql.type import GraphQLList
from msgspec import Struct
from strawberry.relay import GlobalID
from strawberry.schema.schema_converter import GraphQLCoreConverter, get_arguments
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryContainer
from strawberry.types.field import StrawberryField

from gateway.operations.plans.reading import NotPlannable
from gateway.operations.plans.selecting import variables_in
from gateway.operations.plans.values import UNCHANGING

_SILENT = cast("FieldNode", SimpleNamespace(arguments=()))
"""A field of a document that says nothing of its arguments."""

Resolver = Callable[[Any, Any, Mapping[str, Any]], Any]
"""Calls the function of a field, for an object, the field's information and the values of the variables."""


class Written(Struct, frozen=True):
    """The call of a resolver."""

    resolver: Resolver
    needed: tuple[str, ...]
    """Variables without whose values the library has to say what the arguments are."""
    certain: tuple[str, ...]
    """Variables whose values are needed as well, and which the operation demands."""

    def fits(self, values: Mapping[str, Any]) -> bool:
        """Whether those values are all that is needed."""
        return all(values.get(name) is not None for name in (*self.needed, *self.certain))


def written(
    converter: GraphQLCoreConverter,
    field: GraphQLField,
    defined: StrawberryField,
    node: FieldNode,
    certain: frozenset[str],
) -> Written:
    """The call of the function that resolves the field.

    Args:
        converter: Strawberry's, of the schema.
        field: that is resolved.
        defined: what Strawberry made it of.
        node: of the document.
        certain: variables that always have a value, and never null.

    Raises:
        NotPlannable: the library must convert its arguments each time.
    """
    return _Writer(converter, field, defined, node, certain).written()


class _Writer:
    def __init__(
        self,
        converter: GraphQLCoreConverter,
        field: GraphQLField,
        defined: StrawberryField,
        node: FieldNode,
        certain: frozenset[str],
    ) -> None:
        self._converter = converter
        self._field = field
        self._defined = defined
        self._node = node
        self._certain = certain
        self._given: dict[str, Any] = {"copied": _copied}
        """What the code calls by name."""
        self._needed: list[str] = []
        self._used: list[str] = []

    def written(self) -> Written:
        resolver = self._defined.base_resolver
        if resolver is None:
            raise NotPlannable
        self._given["f"] = resolver.wrapped_func
        parts = ["s"] if resolver.self_parameter else []
        own = (resolver.parent_parameter, "s"), (resolver.root_parameter, "s"), (resolver.info_parameter, "i")
        named = {parameter.name: value for parameter, value in own if parameter}
        parts += [f"{name}={value}" for name, value in (self._arguments() | named).items()]
        exec(compile(f"def call(s, i, x): return f({', '.join(parts)})", "<plan>", "exec"), self._given)  # noqa: S102 - see above
        return Written(cast("Resolver", self._given["call"]), tuple(self._needed), tuple(self._used))

    def _arguments(self) -> dict[str, str]:
        """What is written for each argument, by the name of its parameter."""
        nodes = {argument.name.value: argument.value for argument in self._node.arguments or ()}
        asked = {name: value for name, value in nodes.items() if variables_in(value)}
        constant = self._converted(
            {name: arg for name, arg in self._field.args.items() if name not in asked}, self._node
        )
        found = {name: self._constant(value) for name, value in constant.items()}
        for name, value in asked.items():
            if not isinstance(value, VariableNode):
                raise NotPlannable
            argument = self._strawberry_argument(name)
            found[argument.python_name] = self._variable(name, argument, value.name.value)
        return found

    def _variable(self, name: str, argument: StrawberryArgument, variable: str) -> str:
        arg = self._field.args[name]
        kind = arg.type.of_type if isinstance(arg.type, GraphQLNonNull) else arg.type
        if not _is_taken_as_it_is(kind, argument):
            raise NotPlannable
        read = f"x[{variable!r}]"
        if variable in self._certain:
            self._used.append(variable)
        else:
            default = {} if isinstance(arg.type, GraphQLNonNull) else self._converted({name: arg}, _SILENT)
            if argument.python_name in default:
                read = f"x.get({variable!r}, {self._constant(default[argument.python_name])})"
            else:
                self._needed.append(variable)
        return f"copied({read})" if isinstance(kind, GraphQLList) else read

    def _converted(self, args: Mapping[str, GraphQLArgument], node: FieldNode) -> dict[str, Any]:
        """Arguments without variables, as the library and Strawberry convert them."""
        if not args:
            return {}
        coerced = get_argument_values(cast("GraphQLField", SimpleNamespace(args=args)), node, None, None)
        _, named = get_arguments(
            field=self._defined,
            source=None,
            info=cast("Any", None),
            kwargs=coerced,
            config=self._converter.config,
            scalar_registry=self._converter.scalar_registry,
        )
        return {name: value for name, value in named.items() if name in self._python_names()}

    def _constant(self, value: Any) -> str:
        if isinstance(value, list) and all(isinstance(item, UNCHANGING) for item in value):
            return f"[*{self._give(tuple(value))}]"
        if not isinstance(value, UNCHANGING):
            raise NotPlannable
        return self._give(value)

    def _give(self, value: Any) -> str:
        name = f"k{len(self._given)}"
        self._given[name] = value
        return name

    def _python_names(self) -> set[str]:
        return {argument.python_name for argument in self._defined.arguments}

    def _strawberry_argument(self, name: str) -> StrawberryArgument:
        named = self._converter.config.name_converter.from_argument
        return next(argument for argument in self._defined.arguments if named(argument) == name)


def _is_taken_as_it_is(kind: Any, argument: StrawberryArgument) -> bool:
    """Whether Strawberry passes a coerced value of that nullable type on to the function."""
    items = kind.of_type if isinstance(kind, GraphQLList) else kind
    items = items.of_type if isinstance(items, GraphQLNonNull) else items
    own: Any = argument.type
    while isinstance(own, StrawberryContainer):
        own = own.of_type
    return is_leaf_type(items) and get_named_type(kind) is items and not argument.is_maybe and own is not GlobalID


def _copied(values: list[Any] | None) -> list[Any] | None:
    return None if values is None else [*values]
