"""Writes the Python that completes a leaf: a test for what its type promises, and what is written for it."""

from graphql import GraphQLEnumType, GraphQLLeafType, GraphQLScalarType

from gateway.operations.plans.naming import Names
from gateway.operations.plans.reading import NotPlannable
from gateway.operations.plans.values import exact_class, leaf, names


class Leaves:
    """The leaves of one unit."""

    def __init__(self, named: Names, *, in_json: bool) -> None:
        """None is written yet.

        Args:
            named: what the unit calls by name.
            in_json: as for ``writing.unit``.
        """
        self._named = named
        self._in_json = in_json
        self._scalars: dict[str, str] = {}

    def lines(self, v: str, kind: GraphQLLeafType, *, nullable: bool) -> list[str]:
        """What turns the variable into its completed value.

        Raises:
            NotPlannable: the library must complete it.
        """
        something = f"{v} is not None"
        if isinstance(kind, GraphQLEnumType):
            members, written = self._enum(v, kind)
            return (
                [f"if type({v}) is {members}: {v} = {written}", f"elif {something}: raise Unusual"]
                if nullable
                else [f"if type({v}) is not {members}: raise Unusual", f"{v} = {written}"]
            )
        odd = f"{v} = {self._coercion(kind)}({v})"
        exact = exact_class(kind)
        if exact is None:
            return [f"if {something}: {odd}" if nullable else odd]
        test = exact.odd.format(v)
        if exact.written is None or self._in_json:
            return [f"if ({test}) and {something}: {odd}" if nullable else f"if {test}: {odd}"]
        written = f"else: {v} = {exact.written.format(v)}"
        if not nullable:
            return [f"if {test}: {odd}", written]
        return [f"if {test}:", f"    if {something}: {odd}", written]

    def _enum(self, v: str, kind: GraphQLEnumType) -> tuple[str, str]:
        """Names of the class of members, and of what is written for one."""
        found = names(kind)
        if found is None:
            raise NotPlannable
        members, graph_names = found
        as_named = len(graph_names) == len(members.__members__) and all(
            own == name for own, name in graph_names.items()
        )
        give = self._named.give
        return give("e", members), f"{v}._name_" if as_named else f"{give('n', graph_names)}[{v}._name_]"

    def _coercion(self, kind: GraphQLScalarType) -> str:
        if kind.name not in self._scalars:
            self._scalars[kind.name] = self._named.give("s", leaf(kind))
        return self._scalars[kind.name]
