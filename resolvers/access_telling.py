"""An entry of the access log as people read it: who, in which role, and one plain sentence of what was done."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Struct

from connectors.contract import Purpose
from connectors.records import Described, doc
from resolvers.access.caller import CallerKind
from resolvers.access.entry import AccessAction, AccessEntry, AccessOutcome
from resolvers.consenting.trusting import OrganisationOf
from resolvers.language import Language
from resolvers.terminology.catalogues import ENUMS


class AccessRole(Described):
    """As whom somebody came to a record."""

    SELF = "SELF", "The citizen whom the record is about."
    REPRESENTATIVE = "REPRESENTATIVE", "A parent, guardian or other representative of the citizen."
    OTHER_PERSON = "OTHER_PERSON", "Another citizen, who had no right to it."
    CLINICIAN = "CLINICIAN", "A professional of a hospital."
    HEALTH_STATION = "HEALTH_STATION", "A professional of a ward's health station."
    INSURER = "INSURER", "An insurer."
    OPERATOR = "OPERATOR", "Whoever runs this service."
    ORGANISATION = "ORGANISATION", "A system that acts for no person."


_ROLES: Mapping[CallerKind, AccessRole] = {
    CallerKind.CLINICIAN: AccessRole.CLINICIAN,
    CallerKind.HEALTH_STATION: AccessRole.HEALTH_STATION,
    CallerKind.INSURER: AccessRole.INSURER,
    CallerKind.OPERATOR: AccessRole.OPERATOR,
    CallerKind.ORGANISATION: AccessRole.ORGANISATION,
}


class AccessedBy(Struct, frozen=True, kw_only=True):
    """Who it was. Another citizen is told by role alone: the log knows no names of citizens."""

    role: Annotated[AccessRole, doc("As whom they came.")]
    organisation: Annotated[
        OrganisationOf | None, doc("The partner for which they acted; none for a citizen, or for one that is none now.")
    ] = None
    organisation_id: Annotated[str | None, doc("Key of the partner, also when it is none any more.")] = None
    professional: Annotated[str | None, doc("The professional, by the id that they have there.")] = None
    professional_name: Annotated[str | None, doc("The professional's name, where the partner told it.")] = None
    client: Annotated[str, doc("The registered application that was used.")]


def who(entry: AccessEntry, organisations: Mapping[str, OrganisationOf]) -> AccessedBy:
    """Who it was."""
    return AccessedBy(
        role=_role(entry),
        organisation=organisations.get(entry.organisation or ""),
        organisation_id=entry.organisation,
        professional=entry.professional,
        professional_name=entry.professional_name,
        client=entry.client,
    )


def sentence(entry: AccessEntry, by: AccessedBy, language: Language) -> str:
    """What was done: in the words of whoever published the operation, or made from sections and purpose."""
    given = (entry.sentence or {}).get(language.tag)
    what = given.rstrip(".") if given else _what(entry, language)
    parts = {
        "who": _named(by, language),
        "what": what,
        "why": "" if entry.purpose in (None, Purpose.SELF) else language.say("access_log", f"WHY_{entry.purpose.name}"),
    }
    return language.say("access_log", entry.outcome.name, **parts)


def _role(entry: AccessEntry) -> AccessRole:
    if entry.caller is not CallerKind.CITIZEN:
        return _ROLES[entry.caller]
    if entry.by == entry.about:
        return AccessRole.SELF
    return (
        AccessRole.OTHER_PERSON
        if entry.outcome is AccessOutcome.REFUSED and entry.basis is None
        else (AccessRole.REPRESENTATIVE)
    )


def _named(by: AccessedBy, language: Language) -> str:
    named = by.professional_name or language.say("access_log", f"WHO_{by.role.name}")
    place = by.organisation.name if by.organisation else by.organisation_id
    return f"{named} ({place})" if place else named


def _what(entry: AccessEntry, language: Language) -> str:
    """Every action but the opening, which goes without saying where there is another one."""
    actions: list[AccessAction] = list(entry.actions)
    if len(actions) > 1 and AccessAction.OPEN in actions:
        actions.remove(AccessAction.OPEN)
    named = ENUMS[language.tag]["Section"]
    sections = ", ".join(named[section.name] for section in entry.sections)
    told = [language.say("access_log", f"DO_{action.name}", sections=sections) for action in actions]
    return language.say("access_log", "AND").join(told)
