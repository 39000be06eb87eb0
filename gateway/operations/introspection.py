"""Does a document ask for the schema itself?"""

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, OperationDefinitionNode

_META = frozenset({"__schema", "__type"})


def asks_for_the_schema(document: DocumentNode) -> bool:
    """Whether any operation or fragment selects ``__schema`` or ``__type``, under whatever alias."""
    stack = [
        definition.selection_set
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while stack:
        for selection in stack.pop().selections:
            if isinstance(selection, FieldNode) and selection.name.value in _META:
                return True
            if inner := getattr(selection, "selection_set", None):
                stack.append(inner)
    return False
