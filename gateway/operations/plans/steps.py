"""How one field of an object is executed, found out once: what its resolver is called with, or how it is read.

A step stands for what the library and Strawberry do around a resolver each time: finding the field, reading its
arguments, turning them into what the function takes. Where that is not plain, there is no step.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLOutputType, VariableNode, Visitor, visit
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.values import VariableValues, get_argument_values
from msgspec import Struct
from strawberry.schema.schema_converter import GraphQLCoreConverter, get_arguments
from strawberry.types.field import StrawberryField

from gateway.operations.plans.reading import NotPlannable, Reading, definition
from gateway.operations.plans.writing import Unit

_UNCHANGING = (str, int, float, bool, date, datetime, Decimal, Enum, type(None))
"""May be given to every call again: nobody can change it."""


class Read(Struct, frozen=True):
    """A field whose value is read from the object and completed without anything else."""

    how: Reading
    unit: Unit

    def __call__(self, source: Any, context: Any) -> Any:
        """The completed value."""
        if self.how.attribute is not None:
            return self.unit(getattr(source, self.how.attribute), context)
        assert self.how.pure is not None  # noqa: S101 - a reading is one of the two
        return self.unit(self.how.pure(source, context), context)


class Call(Struct, frozen=True):
    """A field whose value comes from a function."""

    field: GraphQLField
    kind: GraphQLOutputType
    nodes: list[FieldNode]
    given: Callable[[Any, Any, VariableValues], tuple[Any, Mapping[str, Any]]]
    """The arguments of the function, for an object, the library's information and the values of variables."""
    function: Callable[..., Any]


def call(
    converter: GraphQLCoreConverter, field: GraphQLField, fields: FieldDetailsList, *, hide_suggestions: bool
) -> Call:
    """The call of a field that has a resolver and nothing around it.

    Raises:
        NotPlannable: there is something around it, or its arguments are wrong.
    """
    defined = definition(field)
    resolver = defined.base_resolver
    function = resolver.wrapped_func if resolver else None
    plain = type(defined).get_result is StrawberryField.get_result and not defined.is_subscription
    known = getattr(field.resolve, "__name__", "") in ("_resolver", "_async_resolver")
    if not callable(function) or defined.extensions or not plain or not known or converter._exception_handler_specs:  # noqa: SLF001 - what is around a field is told nowhere else
        raise NotPlannable
    node = fields[0].node
    config, registry = converter.config, converter.scalar_registry

    def converted(source: Any, info: Any, variables: VariableValues | None) -> tuple[Any, Mapping[str, Any]]:
        coerced = get_argument_values(field, node, variables, None, hide_suggestions) if field.args else {}
        told = config.info_class(_raw_info=info, _field=defined)
        return get_arguments(
            field=defined, source=source, info=told, kwargs=coerced, config=config, scalar_registry=registry
        )

    given = converted if _has_variables(node) else _unchanging(converted, defined, config.info_class)
    return Call(field, field.type, [details.node for details in fields], given or converted, function)


def _unchanging(converted: Callable[..., Any], defined: StrawberryField, info_class: Any) -> Any:
    """The same where no argument can differ between two calls: only the object and the information are put in."""
    resolver = defined.base_resolver
    assert resolver is not None  # noqa: S101 - it was looked at
    _, once = converted(None, None, None)
    own = (resolver.parent_parameter, resolver.root_parameter)
    sources = tuple(parameter.name for parameter in own if parameter)
    infos = (resolver.info_parameter.name,) if resolver.info_parameter else ()
    constant = {name: value for name, value in once.items() if name not in (*sources, *infos)}
    if not all(isinstance(value, _UNCHANGING) for value in constant.values()):
        return None
    takes_self = bool(resolver.self_parameter)

    def given(source: Any, info: Any, _variables: Any) -> tuple[Any, Mapping[str, Any]]:
        named = dict(constant)
        for name in sources:
            named[name] = source
        for name in infos:
            named[name] = info_class(_raw_info=info, _field=defined)
        return (source,) if takes_self else (), named

    return given


def _has_variables(node: FieldNode) -> bool:
    finder = _Variables()
    for argument in node.arguments or ():
        visit(argument, finder)
    return finder.found


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_variable(self, _node: VariableNode, *_: Any) -> None:
        self.found = True


Step = Read | Call
