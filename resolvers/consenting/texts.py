"""The words that are agreed to: one text per purpose and language. Its id is its digest, so nobody agrees unread.

Luật 91/2025/QH15 Đ9 and NĐ 356/2025/NĐ-CP Đ6: consent is given per purpose, explicitly, and the text says that the
data are sensitive.
"""

from hashlib import sha256
from typing import Annotated

from msgspec import Struct

from connectors.contract import Purpose
from connectors.records import doc
from resolvers.language import LANGUAGES, Language

PURPOSES = (Purpose.TREATMENT, Purpose.PAYMENT, Purpose.PUBLIC_HEALTH)
"""What can be allowed. An emergency asks nobody, and nobody needs leave for their own record."""


class ConsentTextOf(Struct, frozen=True, kw_only=True):
    """What is agreed to."""

    id: Annotated[str, doc("SHA-256 of the text. Whoever agrees sends it, as proof of what was shown.")]
    purpose: Annotated[Purpose, doc("For which purpose.")]
    text: Annotated[str, doc("The text, in the language of the answer. Show all of it; tick no box beforehand.")]


def text_of(purpose: Purpose, language: Language) -> ConsentTextOf:
    """The text for that purpose in that language."""
    text = language.say("consent_texts", purpose.name)
    return ConsentTextOf(id=_digest(language.tag, purpose, text), purpose=purpose, text=text)


def is_text_of(purpose: Purpose, digest: str) -> bool:
    """Whether that is a text for this purpose, as it stands now in any language."""
    return purpose in PURPOSES and any(text_of(purpose, language).id == digest for language in LANGUAGES.values())


def _digest(tag: str, purpose: Purpose, text: str) -> str:
    return sha256(f"{tag}\n{purpose.name}\n{text}".encode()).hexdigest()
