"""Every entry of the access log is one plain sentence, in both languages, and says as whom somebody came."""

from typing import Any

import pytest

from connectors.contract import Basis, Purpose
from resolvers.access.caller import CallerKind
from resolvers.access.entry import AccessAction, AccessOutcome
from resolvers.access_telling import AccessRole, sentence, who
from resolvers.accessed import is_told
from resolvers.consenting.trusting import OrganisationOf
from resolvers.language import LANGUAGES
from resolvers.sections import Section
from tests.gateway.audit.ledgers import AN, BINH, entry

HOSPITAL = OrganisationOf(
    id="79001", name="Bệnh viện Mẫu", role=CallerKind.CLINICIAN, purposes=(Purpose.EMERGENCY,), declares=True
)
PARTNERS = {"79001": HOSPITAL}


def told(language: str, **more: Any) -> str:
    one = entry(0, **more)
    return sentence(one, who(one, PARTNERS), LANGUAGES[language])


def test_a85_an_emergency_is_told_with_who_declared_it() -> None:
    """The professional by name, the hospital by name, and what was looked at."""
    emergency: dict[str, Any] = {
        "caller": CallerKind.CLINICIAN, "organisation": "79001", "professional": "CCHN-1",
        "professional_name": "Mẫu Bác Sĩ", "purpose": Purpose.EMERGENCY, "basis": Basis.BREAK_GLASS,
        "actions": (AccessAction.READ, AccessAction.EMERGENCY), "sections": (Section.ALLERGIES,), "reason": "ngất",
    }  # fmt: skip
    assert told("vi", **emergency) == (
        "Mẫu Bác Sĩ (Bệnh viện Mẫu) đã xem: Dị ứng; "
        "khai báo cấp cứu để xem những gì bình thường không được xem, vì cấp cứu."
    )
    assert told("en", **emergency).startswith("Mẫu Bác Sĩ (Bệnh viện Mẫu): look at Allergies; declare an emergency")


def test_the_sentence_of_a_trusted_document_goes_before_ours() -> None:
    """In the language that has one; the others are made of sections and purpose."""
    said: dict[str, Any] = {
        "sentence": {"en": "read the vaccinations of a child."},
        "by": AN,
        "sections": (Section.IMMUNIZATIONS,),
    }
    assert told("en", **said) == "The holder of the record: read the vaccinations of a child."
    assert told("vi", **said) == "Chính chủ hồ sơ đã mở hồ sơ."


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("outcome", list(AccessOutcome))
@pytest.mark.parametrize("action", list(AccessAction))
def test_every_action_outcome_and_purpose_has_words(
    language: str, outcome: AccessOutcome, action: AccessAction
) -> None:
    """None is missing, and none leaves a place of a sentence empty."""
    for purpose in (None, *Purpose):
        for kind in CallerKind:
            words = told(language, outcome=outcome, actions=(action,), purpose=purpose, caller=kind)
            assert words.endswith(".") and "{" not in words and "  " not in words


def test_a_citizen_is_told_by_role_alone() -> None:
    """The log knows no names of citizens; a stranger is no representative."""
    roles = [
        who(entry(0, by=AN), PARTNERS).role,
        who(entry(0, by=BINH, basis=Basis.PARENT), PARTNERS).role,
        who(entry(0, by=BINH, outcome=AccessOutcome.REFUSED, refused="FORBIDDEN"), PARTNERS).role,
    ]
    assert roles == [AccessRole.SELF, AccessRole.REPRESENTATIVE, AccessRole.OTHER_PERSON]


def test_reading_the_log_is_not_told_of_without_end() -> None:
    """All else is."""
    assert not is_told(entry(0, actions=(AccessAction.OPEN, AccessAction.READ_LOG)))
    assert is_told(entry(0, actions=(AccessAction.READ, AccessAction.READ_LOG)))
    assert is_told(entry(0, actions=(AccessAction.OPEN,)))
