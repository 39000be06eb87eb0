"""What the contestant must answer, read off the bundles without a line of the gateway.

Its queries select as many leaves as those of the other contestants, of the same resources. Most values are the
bundle's own. Where the graph has a word of its own for a code of FHIR, or a date where FHIR has a time, that word is
expected; and where it has no such field, another one of the same record stands for it:

| of the bundle | in the graph |
| --- | --- |
| gender, class, clinicalStatus, verificationStatus, Coverage.status | an enumeration or a truth value |
| occurrenceDateTime | the day |
| billablePeriod.start and created of a claim | midnight in Ho Chi Minh City |
| Patient.active, .address.city | deceased, the address |
| Patient.identifier, twice system and value | fromCache; name, kind and protocol of the source |
| Encounter.type | the department |
| Coverage.type | the benefit level |
| ExplanationOfBenefit.type, .insurer, .payment.amount.currency | the diagnosis, the provider, the total |
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

_KINDS = {"AMB": "OUTPATIENT", "IMP": "INPATIENT", "EMER": "EMERGENCY"}


def expected(folder: Path, personal_id: str, kind: str) -> Counter[str]:
    """The leaves of the answer.

    Args:
        folder: of the bundles, as the upstreams serve them.
        personal_id: of the citizen.
        kind: ``small`` or ``full``.
    """

    def resources(system: str, name: str) -> list[Any]:
        bundle = json.loads((folder / system / name / f"{personal_id}.json").read_text(encoding="utf-8"))
        return [entry["resource"] for entry in bundle["entry"]]

    (patient,) = resources("hospital", "Patient")
    (card,) = resources("insurance", "Coverage")
    doses = resources("vaccination", "Immunization")
    if kind == "small":
        leaves = [*_person(patient), *_card(card)]
        for dose in doses:
            leaves += [_coding(dose["vaccineCode"])["code"], dose["occurrenceDateTime"][:10]]
        return Counter(map(_normal, leaves))
    leaves = [*_person(patient), False, False, "Hospital", "HOSPITAL", "fhir"]
    leaves += [*_card(card), card["id"], card["period"]["start"]]
    for of_one, found in (
        (_visit, resources("hospital", "Encounter")),
        (_condition, resources("hospital", "Condition")),
        (_observation, resources("hospital", "Observation")),
        (_dose, doses),
        (_claim, resources("insurance", "ExplanationOfBenefit")),
    ):
        leaves += [leaf for resource in found for leaf in of_one(resource)]
    return Counter(map(_normal, leaves))


def _person(patient: Any) -> list[Any]:
    return [
        patient["id"],
        patient["gender"].upper(),
        patient["birthDate"],
        patient["name"][0]["text"],
        patient["telecom"][0]["value"],
        patient["address"][0]["text"],
    ]


def _card(card: Any) -> list[Any]:
    number = card["subscriberId"]
    return [card["status"].upper(), int(number[2]), number, card["period"]["end"], card["payor"][0]["display"]]


def _visit(visit: Any) -> list[Any]:
    return [
        visit["id"],
        visit["status"],
        _KINDS[visit["class"]["code"]],
        visit["serviceType"]["text"],
        visit["period"]["start"],
        visit["period"]["end"],
        visit["reasonCode"][0]["text"],
        visit["serviceProvider"]["display"],
    ]


def _condition(condition: Any) -> list[Any]:
    return [
        condition["id"],
        _coding(condition["code"])["code"],
        condition["code"]["text"],
        _coding(condition["clinicalStatus"])["code"].upper(),
        _coding(condition["verificationStatus"])["code"] == "confirmed",
        condition["onsetDateTime"],
        condition["recordedDate"],
    ]


def _observation(found: Any) -> list[Any]:
    code, quantity = _coding(found["code"]), found["valueQuantity"]
    return [
        found["id"],
        found["status"],
        code["code"],
        code["display"],
        found["effectiveDateTime"],
        str(quantity["value"]),
        quantity["unit"],
    ]


def _dose(dose: Any) -> list[Any]:
    code = _coding(dose["vaccineCode"])
    return [
        dose["id"],
        dose["status"],
        code["code"],
        code["display"],
        dose["occurrenceDateTime"][:10],
        dose["lotNumber"],
        dose["protocolApplied"][0]["doseNumberPositiveInt"],
        dose["manufacturer"]["display"],
    ]


def _claim(claim: Any) -> list[Any]:
    return [
        claim["id"],
        claim["status"],
        claim["diagnosis"][0]["diagnosisCodeableConcept"]["text"],
        f"{claim['created']}T00:00:00+07:00",
        f"{claim['billablePeriod']['start']}T00:00:00+07:00",
        str(claim["total"][0]["amount"]["value"]),
        str(claim["payment"]["amount"]["value"]),
        claim["provider"]["display"],
    ]


def _coding(concept: Any) -> Any:
    return concept["coding"][0]


def _normal(leaf: Any) -> str:
    if isinstance(leaf, bool):
        return "true" if leaf else "false"
    return repr(float(leaf)) if isinstance(leaf, int | float) else str(leaf)
