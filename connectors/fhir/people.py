"""Is it about the citizen who was asked for? The check of every Patient and of every reference to one."""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from connectors.contract import Subject
from connectors.errors import Garbled, WrongPerson
from connectors.fhir import wire
from connectors.fhir.base import Base, is_id
from connectors.fhir.bundle import Linked, Resource
from connectors.fhir.datatypes import Identifier, Reference
from connectors.fhir.mapping.times import partial
from connectors.person import require_same_person


class _About(Protocol):
    """A resource, read whole or in part."""

    @property
    def about(self) -> tuple[Reference | None, ...]:
        """Whom it is about."""


class Whose(Struct, eq=False):
    """How the references of one answer of a server are held against one citizen."""

    subject: Subject
    base: Base
    """Of the server."""
    system: str | None
    """Under which it has the citizen's number."""
    ids: frozenset[str] | None
    """Of the citizen's Patients; None where the server was asked by number and its ids are unknown."""
    met: tuple[str, str] | None = None
    """Of which Patient it spoke, where its ids are unknown."""
    fitting: Reference | None = None
    """The last reference that meant the citizen: most resources refer to theirs in the very same words."""

    def __repr__(self) -> str:
        return f"Whose({self.subject!r})"

    def require(self, resource: _About) -> None:
        """Refuse the whole answer when a resource is about somebody else, or does not say about whom.

        Raises:
            WrongPerson: and nothing of the answer may be shown.
        """
        fits = False
        for reference in resource.about:
            if reference is not None and (reference == self.fitting or self._fits(reference)):
                self.fitting = reference
                fits = True
        if not fits:
            raise WrongPerson("a resource is not about the citizen asked for")

    def require_linked(self, resources: Iterable[Linked]) -> None:
        """The same for resources that came along; those that are about nobody may be anybody's.

        Raises:
            WrongPerson: as above.
        """
        for resource in resources:
            if about := resource.subject or resource.patient or resource.beneficiary:
                self.require(Resource(subject=about))

    def _fits(self, reference: Reference) -> bool:
        """Whether a reference means the citizen.

        Raises:
            WrongPerson: the server was asked by number, and another reference meant another Patient.
        """
        number = reference.identifier
        proven = number is not None and _is(number, self.system, self.subject.personal_id)
        if number is not None and not proven and number.system == self.system:
            return False
        if not reference.reference:
            return proven
        target = self.base.target(reference)
        if target is None or target[0] != "Patient":
            return False
        if self.ids is not None:
            return target[1] in self.ids
        if self.met not in (None, target):
            raise WrongPerson("an answer about several people")
        self.met = target
        return True


def _is(identifier: Identifier, system: str | None, personal_id: str) -> bool:
    return identifier.value == personal_id and system in (None, identifier.system)


def checked(patients: Iterable[wire.Patient], subject: Subject, identifier_system: str | None) -> tuple[str, ...]:
    """Ids of the Patients that a search by number gave, each held against the citizen.

    Args:
        patients: as the server gave them.
        subject: who was asked for.
        identifier_system: under which the number must stand; any where it is None.

    Raises:
        WrongPerson: one of them carries another number, or another birth date.
        Garbled: one of them has no id that could be searched by.
    """
    ids: list[str] = []
    for patient in patients:
        numbers = {
            number.value for number in patient.identifier if number.value and identifier_system in (None, number.system)
        }
        require_same_person(subject, personal_ids=frozenset(numbers), birth_date=partial(patient.birth_date))
        if not is_id(patient.id):
            raise Garbled("a Patient without a usable id")
        ids.append(str(patient.id))
    return tuple(ids)
