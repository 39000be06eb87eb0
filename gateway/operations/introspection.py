"""Does a document ask for what not every gateway gives: the schema itself, or entities for a router?"""

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, OperationDefinitionNode

SCHEMA_ITSELF = frozenset({"__schema", "__type", "_service"})
ENTITIES = frozenset({"_entities"})


def selects(document: DocumentNode, names: frozenset[str]) -> bool:
    """Whether any operation or fragment selects a field of one of those names, under whatever alias."""
    stack = [
        definition.selection_set
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while stack:
        for selection in stack.pop().selections:
            if isinstance(selection, FieldNode) and selection.name.value in names:
                return True
            if inner := getattr(selection, "selection_set", None):
                stack.append(inner)
    return False
