"""Is it about the citizen who was asked for? The check of every Patient and of every reference to one."""

from collections.abc import Iterable

from msgspec import Struct

from connectors.contract import Subject
from connectors.errors import Garbled, WrongPerson
from connectors.fhir import wire
from connectors.fhir.base import Base, is_id
from connectors.fhir.bundle import Linked, Resource
from connectors.fhir.datatypes import Identifier, Reference
from connectors.fhir.mapping.elements import partial
from connectors.person import require_same_person


class Whose(Struct, frozen=True, kw_only=True):
    """How references of one server are held against one citizen."""

    subject: Subject
    base: Base
    identifier_system: str | None
    ids: frozenset[str] | None
    """Ids of the citizen's Patients; None where the server was asked by number and its ids are unknown."""

    def require(self, resources: Iterable[Resource]) -> None:
        """Refuse the whole answer when one resource is about somebody else, or does not say about whom.

        Raises:
            WrongPerson: and nothing of the answer may be shown.
        """
        met: set[tuple[str, str]] = set()
        judged: dict[Reference, bool] = {}
        for resource in resources:
            fits = False
            for reference in resource.about:
                if reference is None:
                    continue
                if reference not in judged:
                    # Most resources of an answer refer to their citizen in the very same words.
                    judged[reference] = self._fits(reference)
                    if judged[reference] and (target := self.base.target(reference)):
                        met.add(target)
                fits = fits or judged[reference]
            if not fits:
                raise WrongPerson("a resource is not about the citizen asked for")
        if self.ids is None and len(met) > 1:
            raise WrongPerson("an answer about several people")

    def require_linked(self, resources: Iterable[Linked]) -> None:
        """The same for resources that came along; those that are about nobody may be anybody's.

        Raises:
            WrongPerson: as above.
        """
        about = (resource.subject or resource.patient or resource.beneficiary for resource in resources)
        self.require(Resource(subject=reference) for reference in about if reference)

    def _fits(self, reference: Reference) -> bool:
        number = reference.identifier
        proven = number is not None and _is(number, self.identifier_system, self.subject.personal_id)
        if number is not None and not proven and number.system == self.identifier_system:
            return False
        if reference.reference:
            target = self.base.target(reference)
            return target is not None and target[0] == "Patient" and (self.ids is None or target[1] in self.ids)
        return proven


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
        numbers = frozenset(
            number.value for number in patient.identifier if number.value and identifier_system in (None, number.system)
        )
        require_same_person(subject, personal_ids=numbers, birth_date=partial(patient.birth_date))
        if not is_id(patient.id):
            raise Garbled("a Patient without a usable id")
        ids.append(str(patient.id))
    return tuple(ids)
