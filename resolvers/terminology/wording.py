"""The words for a coded text: as much as its codes say, and never less than is known of it."""

from collections.abc import Iterable, Mapping, Sequence

from connectors.records import CodedText, Coding
from resolvers.language import DEFAULT
from resolvers.terminology.catalogues import BY_SYSTEM, WHAT, Known


def label(concept: CodedText, language: str) -> str:
    """The concept's words in that language; the source's text where they are not known in full.

    Codes of different systems say the same thing in different ways, so the first system that is understood gives the
    words. Several codes of one system are all said, and so is everything that only one system says, such as a result
    beside a kind of discharge: a part that has no words leaves the source's text as it is.
    """
    known = BY_SYSTEM[language]
    # Sources write in the country's language: who reads another one is told at least what a code belongs to.
    abroad = language != DEFAULT
    codings = concept.codings
    if len(codings) == 1:
        found = known.get(codings[0].system)
        return (found and _said(concept, codings, found, abroad=abroad)) or concept.text
    said: dict[str, str | None] = {}
    for system, group in _by_system(codings).items():
        found = known.get(system)
        aspect = found.catalogue.says if found else WHAT
        said[aspect] = said.get(aspect) or (_said(concept, group, found, abroad=abroad) if found else None)
    words = [text for text in said.values() if text]
    return "; ".join(dict.fromkeys(words)) if words and len(words) == len(said) else concept.text


def _by_system(codings: Iterable[Coding]) -> Mapping[str, list[Coding]]:
    groups: dict[str, list[Coding]] = {}
    for coding in codings:
        groups.setdefault(coding.system, []).append(coding)
    return groups


def _said(concept: CodedText, codings: Sequence[Coding], known: Known, *, abroad: bool) -> str | None:
    beside = abroad and len(codings) == 1
    words = [_words(coding.code.strip(), known, concept.text, beside=beside) for coding in codings]
    if not all(words):
        return None
    said = "; ".join(dict.fromkeys(text for text in words if text))
    text = concept.text.strip()
    exact = not known.catalogue.less_exact or said.casefold() == text.casefold()
    return said if exact else f"{said} ({text})"


def _words(code: str, known: Known, text: str, *, beside: bool) -> str | None:
    """Its words; those of what it belongs to where the source has no words itself (``E11.5``), or beside those."""
    if code in known.words:
        return known.words[code]
    bare = text.strip() == code
    wider = known.wider(code) if bare or beside else None
    return f"{wider} ({code if bare else text.strip()})" if wider else None
