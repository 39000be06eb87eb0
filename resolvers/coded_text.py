"""How the graph shows a coded text: what the source wrote, and words for it in the caller's language."""

import strawberry

from connectors import records
from resolvers.shown import shown


@shown(records.CodedText)
class CodedText:
    """A meaning in words, with the codes that the source gave for it (FHIR CodeableConcept)."""

    label: str = strawberry.field(
        description="Words in the language of the answer (Accept-Language) where its codes have words, else 'text'. "
        "It says what the codes say; 'text' may say more: show both where it matters, as for an allergy."
    )
