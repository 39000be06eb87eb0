"""The resources of one FHIR server in memory, with the three ways in: type and id, patient, citizen number."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tests.sandbox.faults import somebody_else
from tests.sandbox.servers.parameters import PARAMETERS

IDENTIFIER_SYSTEM = "urn:citizen-graph:sandbox:cccd"
"""Identifier system of the citizen number in the sandbox; real hospitals each have their own."""

Resource = dict[str, Any]


class Store:
    """The resources of one server; what is added later is what callers create (``intake``).

    Args:
        resources: R4 resources as JSON objects, each with ``resourceType`` and ``id``.
        base_url: where this server stands, for absolute references.

    Raises:
        ValueError: a type this server does not know, or an id that is given twice.
    """

    def __init__(self, resources: Iterable[Resource], base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._by_type: dict[str, dict[str, Resource]] = {kind: {} for kind in PARAMETERS}
        self._by_patient: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        self._citizen_of_patient: dict[str, str] = {}
        for resource in resources:
            self.add(resource)

    def add(self, resource: Resource) -> None:
        """Take in a resource.

        Raises:
            ValueError: a type this server does not know, or an id that is given twice.
        """
        kind, id_ = resource["resourceType"], resource["id"]
        if kind not in self._by_type or id_ in self._by_type[kind]:
            raise ValueError(f"{kind} is no type of this server, or has an id twice")
        self._by_type[kind][id_] = resource
        if patient := self.patient_of(resource):
            self._by_patient[kind, patient].append(resource)
        if kind == "Patient" and (number := _citizen_number(resource)):
            self._citizen_of_patient[id_] = number

    def remove(self, resource: Resource) -> None:
        """Take a resource out again that is no Patient."""
        kind = resource["resourceType"]
        del self._by_type[kind][resource["id"]]
        if patient := self.patient_of(resource):
            self._by_patient[kind, patient].remove(resource)

    def get(self, kind: str, id_: str) -> Resource | None:
        """One resource, or None."""
        return self._by_type[kind].get(id_)

    def all(self, kind: str) -> Iterable[Resource]:
        """Every resource of a type, in the order they were given."""
        return self._by_type[kind].values()

    def of_patients(self, kind: str, patients: Iterable[str]) -> list[Resource]:
        """The resources of a type whose patient has one of these ids."""
        return [resource for id_ in sorted(patients) for resource in self._by_patient[kind, id_]]

    def patient_of(self, resource: Resource) -> str | None:
        """Id of the patient a resource is about; a Patient is about itself."""
        if resource["resourceType"] == "Patient":
            return str(resource["id"])
        about = next(filter(None, map(resource.get, ("subject", "patient", "securityContext"))), None) or _who_comes(
            resource
        )
        return self.patient_id(about.get("reference", ""))

    def patient_id(self, reference: str) -> str | None:
        """The id in ``7``, ``Patient/7`` or ``<this server>/Patient/7``; None for another server or type."""
        match reference.removeprefix(f"{self.base_url}/").split("/"):
            case ["Patient", id_] | [id_]:
                return id_ or None
        return None

    def citizen(self, word: str) -> str | None:
        """The citizen number meant by a number, ``system|number`` or any reference to a Patient."""
        number = word.rpartition("|")[2]
        if number in self._citizen_of_patient.values():
            return number
        return self._citizen_of_patient.get(self.patient_id(word) or "")

    def swapped(self, word: str) -> str:
        """The same word about the next citizen; a word about nobody stays as it is."""
        citizen = self.citizen(word)
        if citizen is None:
            return word
        other = somebody_else(self._citizen_of_patient.values(), citizen)
        patients = {number: id_ for id_, number in self._citizen_of_patient.items()}
        if citizen in word:
            return word.replace(citizen, other)
        return f"Patient/{patients[other]}" if "/" in word else patients[other]


def _who_comes(appointment: Resource) -> Resource:
    """An Appointment of R4 is about whoever takes part."""
    actors: list[Resource] = [part.get("actor", {}) for part in appointment.get("participant", ())]
    return next((actor for actor in actors if "Patient/" in actor.get("reference", "")), {})


def _citizen_number(patient: Resource) -> str | None:
    for identifier in patient.get("identifier", ()):
        if identifier.get("system") == IDENTIFIER_SYSTEM:
            return str(identifier["value"])
    return None
