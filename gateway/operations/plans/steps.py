"""How one field of an object is executed, found out once: what its resolver is called with, or how it is read.

A step stands for what the library and Strawberry do around a resolver each time: finding the field, reading its
arguments, turning them into what the function takes. Where that is not plain, there is no step.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLOutputType
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails
from graphql.execution.values import VariableValues, get_argument_values
from msgspec import Struct
from strawberry.schema.schema_converter import GraphQLCoreConverter, get_arguments
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from gateway.operations.plans.arguments import Written, written
from gateway.operations.plans.reading import NotPlannable, Reading, definition
from gateway.operations.plans.selections import Unit
from resolvers.wanting import names_below


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
    defined: StrawberryField
    function: Callable[..., Any]
    info_class: type[Info[Any, Any]]
    given: Callable[[Any, Any, VariableValues], tuple[Any, Mapping[str, Any]]]
    """The arguments of the function, for an object, its information and the values of variables: as the library finds
    them."""
    written: Written | None
    """The call of the function, where what is given to it is known already."""
    below: frozenset[str]
    """Names of the field and of all fields that are read anywhere below it."""


def call(
    converter: GraphQLCoreConverter,
    field: GraphQLField,
    fields: FieldDetailsList,
    *,
    fragments: Mapping[str, FragmentDetails],
    certain: frozenset[str],
    hide_suggestions: bool,
) -> Call:
    """The call of a field that has a resolver and nothing around it.

    Args:
        converter: Strawberry's, of the schema.
        field: that is resolved.
        fields: all places of the document that select it.
        fragments: of the document, by name.
        certain: variables that always have a value, and never null.
        hide_suggestions: in what the library says of arguments.

    Raises:
        NotPlannable: there is something around it.
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

    def given(source: Any, info: Any, variables: VariableValues | None) -> tuple[Any, Mapping[str, Any]]:
        coerced = get_argument_values(field, node, variables, None, hide_suggestions) if field.args else {}
        return get_arguments(
            field=defined, source=source, info=info, kwargs=coerced, config=config, scalar_registry=registry
        )

    try:
        direct = written(converter, field, defined, node, certain)
    except Exception:  # noqa: BLE001 - whatever is wrong with an argument, the library finds it each time
        direct = None
    nodes = [details.node for details in fields]
    below = names_below(nodes, {name: details.definition for name, details in fragments.items()})
    return Call(field, field.type, nodes, defined, function, config.info_class, given, direct, below)


Step = Read | Call
