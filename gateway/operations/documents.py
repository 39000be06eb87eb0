"""Documents that were parsed, bounded and validated once, kept by their text."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.validation.rules import overlapping_fields_can_be_merged
from graphql.validation.validate import ValidationAbortedError
from msgspec import Struct
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from gateway.errors import InvalidDocument
from gateway.operations import limits as bounds
from gateway.operations.cost import Price
from gateway.operations.introspection import ENTITIES, SCHEMA_ITSELF, selects
from gateway.operations.plans.store import Uses
from gateway.settings import Limits
from resolvers.wanting import Wanted, wanted_of

_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_MAX_ERRORS = 5

# The one rule that is not linear, and the knob that the library gives for it: a document of 5000 tokens can be made to
# compare every field with every other one for two seconds. A tenth of the default is far above any sensible query.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 50_000


class Document(Struct, frozen=True):
    """A document that may be executed."""

    text: str
    hash: str
    """SHA-256 of its text, hexadecimal."""
    node: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    """By name; ``None`` for the one without."""
    fragments: dict[str, FragmentDetails]
    """By name, as the library's executor takes them."""
    deferring: frozenset[str | None]
    """Names of those of which a part may be delivered later."""
    uses: Uses
    """What was compiled of it."""
    ready: dict[str | None, Any]
    """By the name that a request gives, or none: the operation that it means, as the executor has it ready."""
    introspects: bool
    """Whether it asks for the schema itself."""
    refers: bool
    """Whether it asks for entities, as a router does."""
    prices: dict[str | None, Price]
    """What each costs."""
    wanted: dict[str | None, Wanted]
    """By name: what of records an operation can look at."""


class Documents:
    """The store. Bounded: the document that was not used for the longest time is forgotten first."""

    def __init__(
        self, schema: GraphQLSchema, limits: Limits, *, forgotten: Callable[[Document], None] = lambda _: None
    ) -> None:
        """Nothing is known yet.

        Args:
            schema: to validate against.
            limits: of a document, and of the store.
            forgotten: is told of each document that is known no longer.
        """
        self._schema = schema
        self._limits = limits
        self._forgotten = forgotten
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._trusted: dict[str, Document] = {}

    def get(self, text: str) -> Document:
        """The document with that text.

        Raises:
            InvalidDocument: it does not parse, is over a limit, or does not fit the schema. Such a one is not kept.
        """
        trusted = self._trusted.get(text)
        if trusted is not None:
            return trusted
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
            return known
        document = self._known[text] = self._made(text)
        if len(self._known) > self._limits.documents:
            self._forgotten(self._known.popitem(last=False)[1])
        return document

    def trust(self, texts: Iterable[str]) -> None:
        """Keep these documents for good, in place of those that were kept so before.

        Raises:
            InvalidDocument: as ``get``; then nothing changes.
        """
        trusted = {document.text: document for document in map(self.get, texts)}
        for text in trusted:
            self._known.pop(text, None)
        for text in self._trusted.keys() - trusted.keys():
            self._forgotten(self._trusted[text])
        self._trusted = trusted

    @property
    def trusted(self) -> Iterable[Document]:
        """Those that are kept for good."""
        return self._trusted.values()

    def __len__(self) -> int:
        return len(self._known)

    def _made(self, text: str) -> Document:
        key = sha256(text.encode()).hexdigest()
        node = self._parsed(text)
        weights = bounds.check(node, self._limits)
        self._validate(node)
        operations: dict[str | None, OperationDefinitionNode] = {
            definition.name.value if definition.name else None: definition
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        deferring = frozenset(name for name, weight in zip(operations, weights, strict=True) if weight.deferred)
        fragments = {
            definition.name.value: definition
            for definition in node.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        details = {name: FragmentDetails(fragment) for name, fragment in fragments.items()}
        prices = {name: Price(self._schema, operation, fragments) for name, operation in operations.items()}
        citizen = self._schema.get_type("Citizen")
        fields = frozenset(citizen.fields if isinstance(citizen, GraphQLObjectType) else ())
        wanted = {name: wanted_of(operation, fragments, fields) for name, operation in operations.items()}
        introspects, refers = selects(node, SCHEMA_ITSELF), selects(node, ENTITIES)
        return Document(
            text, key, node, operations, details, deferring, Uses(), {}, introspects, refers, prices, wanted
        )

    def _validate(self, node: DocumentNode) -> None:
        errors = validate(self._schema, node, _RULES, max_errors=_MAX_ERRORS, hide_suggestions=True)
        if not errors:
            return
        if isinstance(errors[0], ValidationAbortedError):
            errors = [GraphQLError("The document repeats the same fields too often to be validated.")]
        raise InvalidDocument("GRAPHQL_VALIDATION_FAILED", errors[:_MAX_ERRORS])

    def _parsed(self, text: str) -> DocumentNode:
        try:
            return parse(text, max_tokens=self._limits.max_tokens)
        except GraphQLSyntaxError as error:
            if not error.message.endswith("Parsing aborted."):
                raise InvalidDocument("GRAPHQL_PARSE_FAILED", [error]) from None
            deep = "nested" in error.message
        if deep:
            raise bounds.over("MAX_DEPTH_LIMIT", "deep", self._limits.max_depth)
        raise bounds.over("MAX_TOKENS_LIMIT", "long", self._limits.max_tokens)
