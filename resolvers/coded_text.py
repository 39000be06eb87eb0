"""How the graph shows a coded text: what the source wrote, and words for it in the caller's language."""

from connectors import records
from connectors.records import lasting
from resolvers.context import Context
from resolvers.shown import pure, shown
from resolvers.terminology.wording import label


def _label(text: records.CodedText, context: Context) -> str:
    return label(text, context.language.tag)


@shown(records.CodedText, shared=True, lasts=lasting.lasts)
class CodedText:
    """A meaning in words, with the codes that the source gave for it (FHIR CodeableConcept)."""

    label: str = pure(
        _label,
        "Words in the language of the answer (Accept-Language) where its codes have words, else 'text'. "
        "It says what the codes say; 'text' may say more: show both where it matters, as for an allergy.",
    )
