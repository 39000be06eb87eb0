"""What every value that is no free text means, in the caller's language: one round trip when an application starts."""

from collections.abc import Mapping
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors.records import doc
from resolvers.context import Info
from resolvers.refusals import BadRequest
from resolvers.shown import ENUMERATIONS, shown
from resolvers.terminology.catalogues import CATALOGUES, ENUMS, WORDS


class TermOf(Struct, frozen=True, kw_only=True):
    """One value and its words."""

    code: Annotated[str, doc("The value as answers have it.")]
    label: Annotated[str, doc("Its words in the language of the answer (Accept-Language).")]


class VocabularyOf(Struct, frozen=True, kw_only=True):
    """A list of values."""

    name: Annotated[str, doc("Name of the enumeration in this schema, or of the catalogue of codes.")]
    fields: Annotated[tuple[str, ...], doc("Fields that carry its codes as plain text, such as 'Allergy.status'.")] = ()
    systems: Annotated[tuple[str, ...], doc("URIs of its code system in 'Coding.system'; none for plain fields.")] = ()
    version: Annotated[str | None, doc("Edition of the codes; none for an enumeration of this schema.")] = None
    source: Annotated[str | None, doc("Whose codes they are; none for an enumeration of this schema.")] = None
    terms: Annotated[
        tuple[TermOf, ...], doc("Its values. A source may write others: show those as they are, never as nothing.")
    ]


@shown(TermOf)
class Term:
    """One value and its words."""


@shown(VocabularyOf)
class Vocabulary:
    """A list of values with words for people. The same for every caller of one language and one 'schemaHash'."""


Names = Annotated[list[str] | None, strawberry.argument(description="Only the vocabularies of these names.")]


def vocabularies(info: Info, names: Names = None) -> list[VocabularyOf]:
    """Every enumeration of the schema and every catalogue of codes, or those of the names.

    Raises:
        BadRequest: there is no vocabulary of such a name.
    """
    known = {*ENUMERATIONS, *CATALOGUES}
    if names is not None and not known.issuperset(names):
        raise BadRequest("'names' takes names of vocabularies.")
    wanted = known if names is None else set(names)
    tag = info.context.language.tag
    return [_vocabulary(name, tag) for name in (*sorted(ENUMERATIONS), *CATALOGUES) if name in wanted]


def _vocabulary(name: str, tag: str) -> VocabularyOf:
    if name in ENUMERATIONS:
        words = ENUMS[tag].get(name, {})
        members = ENUMERATIONS[name]
        # The schema's own sentence is better than nothing.
        said = {member.name: words.get(member.name, member.description) for member in members}
        return VocabularyOf(name=name, terms=_terms(said))
    catalogue = CATALOGUES[name]
    return VocabularyOf(
        name=name,
        fields=catalogue.fields,
        systems=catalogue.systems,
        version=catalogue.version,
        source=catalogue.source,
        terms=_terms(WORDS[tag][name]),
    )


def _terms(words: Mapping[str, str]) -> tuple[TermOf, ...]:
    return tuple(TermOf(code=code, label=text) for code, text in words.items())
