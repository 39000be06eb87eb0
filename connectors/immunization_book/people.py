"""Whose entries of the book these are: the number decides, name and birth date are held against it.

The register was asked by number. Where its answer repeats the number, it must be the same. Where it does not, the
answer must prove itself by name and birth date, both of them: never would these two alone find anybody.
"""

import contextlib
import re
from collections.abc import Iterable

import msgspec
from msgspec import Raw

from connectors.contract import Subject
from connectors.errors import Garbled, SourceError, WrongPerson
from connectors.immunization_book import dates
from connectors.immunization_book.wire import Code, Member
from connectors.person import require_same_person
from connectors.records import PartialDate
from connectors.records.agreement import names_agree

_MEMBER = msgspec.json.Decoder(Member)
_ENTRY = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_MOST_ENTRIES = 3
"""A child may have been entered twice; nobody has been more often."""


def entries(found: Iterable[Raw], subject: Subject) -> tuple[str, ...]:
    """The ids under which the book knows the citizen, each once.

    Args:
        found: what the lookup by number gave.
        subject: the citizen.

    Raises:
        WrongPerson: one of them is somebody else's.
        Garbled: one of them cannot be read, does not say whose it is, or there are too many.
        SourceError: the answer does not repeat the number, and there is nothing else to hold against it.
    """
    ids = dict.fromkeys(_entry(raw, subject) for raw in found)
    if len(ids) > _MOST_ENTRIES:
        raise Garbled("more entries than one citizen can have")
    return tuple(ids)


def _entry(raw: Raw, subject: Subject) -> str:
    try:
        member = _MEMBER.decode(raw)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Garbled("an entry of the book cannot be read") from None
    _require(member, _born(member), subject)
    return _opaque(member.entry, subject)


def _born(member: Member) -> PartialDate | None:
    """The birth date; one that cannot be read proves nothing and contradicts nothing."""
    with contextlib.suppress(ValueError):
        return dates.birth_date(member.birth_date)
    return None


def _require(member: Member, born: PartialDate | None, subject: Subject) -> None:
    number = (member.personal_id or "").strip()
    require_same_person(subject, personal_ids=frozenset({number}) if number else None, birth_date=born)
    if number:
        return
    if not subject.name or not subject.birth_date:
        raise SourceError("the citizen's name or birth date is not known")
    if not member.name or not born:
        raise Garbled("an entry does not say whose it is")
    if not names_agree(subject.name, member.name):
        # Elsewhere a name alone refuses nothing; here it is half of all that the entry says about the person.
        raise WrongPerson("the entry carries another name")


def _opaque(entry: Code, subject: Subject) -> str:
    """The id, which will stand in a URL: it must be one, and not the citizen's number."""
    text = str(entry)
    if entry is None or not _ENTRY.fullmatch(text) or subject.personal_id in text:
        raise Garbled("an entry without a usable id")
    return text
