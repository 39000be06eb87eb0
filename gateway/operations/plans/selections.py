"""What whoever writes a unit must know of its document and schema."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from graphql import GraphQLAbstractType, GraphQLObjectType, GraphQLUnionType
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet

Unit = Callable[[Any, Any], Any]
"""Completes a value; takes it and the context. Raises any exception when the library must do it instead."""


class Selections(Protocol):
    """Tells what is selected where."""

    def below(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> GroupedFieldSet:
        """What is selected of an object of that type.

        Raises:
            NotPlannable: not all of it belongs to the same answer.
        """

    def field(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> Any:
        """The definition of that field."""

    def dispatch(
        self, kind: GraphQLAbstractType, fields: FieldDetailsList, *, in_json: bool
    ) -> tuple[dict[type, Unit], Unit]:
        """For objects of an abstract type: the units for classes that were met, and the one for any other class."""

    def members(self, kind: GraphQLUnionType) -> Mapping[type, GraphQLObjectType]:
        """The types of a union by the classes that show them for certain."""

    def spend(self, fields: int) -> None:
        """Count fields that are written.

        Raises:
            NotPlannable: there are too many.
        """
