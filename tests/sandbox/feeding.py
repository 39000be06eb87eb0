"""Hospital B tells a gateway about whom it holds what: as an event source, by HTTP, like a real one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import httpx

from tests.sandbox.contents import Json
from tests.sandbox.eid import Eid

FED = "hospital-b"
"""The one source of the city that feeds pointers; also its client at the e-ID."""
_CLASSES = {
    "Encounter": "Encounter",
    "Condition": "Condition",
    "AllergyIntolerance": "Allergy",
    "MedicationRequest": "Medication",
    "Observation": "Observation",
    "Immunization": "Immunization",
}
_BATCH = 500


def pointer_events(resources: Iterable[Json], *, at: datetime) -> list[Json]:
    """One event per citizen and class of record, then for each class that all were sent."""
    numbers: dict[str, str] = {}
    latest: dict[tuple[str, str], str] = {}
    for resource in resources:
        kind = resource["resourceType"]
        if kind == "Patient":
            numbers[f"Patient/{resource['id']}"] = _number(resource)
        elif about := _CLASSES.get(kind):
            patient = (resource.get("subject") or resource["patient"])["reference"]
            key, day = (patient, about), resource["meta"]["lastUpdated"][:10]
            latest[key] = max(day, latest.get(key, day))
    told: list[Json] = [
        {"class": about, "personalId": numbers[patient], "latest": day} for (patient, about), day in latest.items()
    ]
    told += [{"class": about, "coverage": "complete"} for about in _CLASSES.values()]
    return [{"id": f"{at.isoformat()}/{n}", "at": at.isoformat(), **event} for n, event in enumerate(told)]


async def feed(gateway: str, eid: Eid, events: list[Json]) -> list[Json]:
    """Send the events to that gateway, with a token of the hospital's own. Gives what came of each."""
    token = await eid.organisation_token(FED)
    outcomes: list[Json] = []
    async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
        for begin in range(0, len(events), _BATCH):
            answer = await http.post(
                f"{gateway}/events",
                json={"events": events[begin : begin + _BATCH]},
                headers={"Authorization": f"Bearer {token}"},
            )
            answer.raise_for_status()
            outcomes += answer.json()["events"]
    return outcomes


def _number(patient: dict[str, Any]) -> str:
    return next(str(known["value"]) for known in patient["identifier"] if known["system"].endswith(":cccd"))
