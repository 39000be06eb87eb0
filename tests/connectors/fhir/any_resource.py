"""Any resource of the types that are read, for property tests: good ones, and what chance makes of them.

The fields come from the wire's own types, so that a field that is added is tried as well.
"""

import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import Raw, Struct

from connectors.fhir.held import HELD, Held
from connectors.fhir.wire import Patient
from tests.connectors.fhir.reading import ME, concept
from tests.connectors.fhir.samples import Resource

TYPES: tuple[Held, ...] = tuple(held for types_ in HELD.values() for held in types_ if held.wire is not Patient)
"""All but Patient, of which one that cannot be read makes the whole answer unusable."""

_CODE = concept("Mẫu", "007")
_AT = "2026-05-04T08:00:00+07:00"
_SNOMED_REFERRAL = concept("Chuyển tuyến", "3457005", system="http://snomed.info/sct")
_FAMILY = concept("Bác sĩ gia đình", "446050000", system="http://snomed.info/sct")
_DOCTOR = {"type": "Practitioner", "display": "Bác sĩ Mẫu"}
_ANTENATAL = concept("Quản lý thai", "424525001", system="http://snomed.info/sct")
GOOD: Mapping[str, Resource] = {
    "Encounter": {"status": "finished", "class": {"code": "AMB"}, "period": {"start": _AT}},
    "Condition": {"code": _CODE, "onsetDateTime": "2019-04"},
    "AllergyIntolerance": {"code": _CODE, "clinicalStatus": concept(None, "active")},
    "MedicationRequest": {"status": "active", "intent": "order", "medicationCodeableConcept": _CODE},
    "MedicationDispense": {"status": "completed", "medicationCodeableConcept": _CODE, "whenHandedOver": _AT},
    "MedicationStatement": {"status": "active", "medicationCodeableConcept": _CODE},
    "Observation": {"status": "final", "code": _CODE, "valueQuantity": {"value": 5.10}, "effectiveDateTime": _AT},
    "Immunization": {"status": "completed", "vaccineCode": _CODE, "occurrenceDateTime": "2020-05-04"},
    "Coverage": {"status": "active", "subscriberId": "DN4797999998101"},
    "ExplanationOfBenefit": {"status": "active", "use": "claim", "claim": {"reference": "Claim/none"}},
    "Claim": {"status": "active", "use": "claim", "total": {"value": 100, "currency": "VND"}},
    "DiagnosticReport": {"status": "final", "code": _CODE, "issued": _AT},
    "Procedure": {"status": "completed", "code": _CODE, "performedDateTime": "2020"},
    "DocumentReference": {"status": "current", "type": _CODE, "content": [{"attachment": {"title": "Mẫu"}}]},
    "ServiceRequest": {"status": "active", "intent": "order", "category": [_SNOMED_REFERRAL]},
    "Appointment": {"status": "booked", "start": _AT, "participant": [{"actor": ME}]},
    "CarePlan": {"status": "active", "intent": "order", "title": "Mẫu"},
    "CareTeam": {"status": "active", "participant": [{"role": [_FAMILY], "member": _DOCTOR}]},
    "EpisodeOfCare": {"status": "active", "type": [_ANTENATAL]},
}
"""Of each type one resource that becomes a record, without its id and whom it is about."""

_TEXTS = st.sampled_from(
    [
        *("", "Mẫu", "007", "active", "final", "draft", "proposal", "entered-in-error", "not-done", "referral"),
        *("2026", "2026-05", "2026-05-04", "2026-05-04T23:30:00Z", _AT, "31/02/2026", "9999-12-31", "0000"),
        *("Claim/r0", "ExplanationOfBenefit/r1", "Organization/o", "Condition/c", "#c", "http://[", "1e999"),
    ]
) | st.text(max_size=5)
_NUMBERS = st.sampled_from([0, 1, -3, 2**60, 1.5, 1e300, "5.10", "NaN", "Infinity", "1e999999"])
_ANYTHING = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXTS, inner, max_size=2),
    max_leaves=4,
)
_PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: _TEXTS,
    Decimal: _NUMBERS,
    int: st.integers(-1, 3),
    bool: st.booleans(),
    type(None): st.none(),
    Raw: st.fixed_dictionaries({"resourceType": st.just("Medication"), "id": st.just("c"), "code": st.just(_CODE)}),
}


@cache
def any_resource(held: Held, id_: str) -> st.SearchStrategy[Resource]:
    """A good one of that type in which some fields are missing, different, or not of their type. It is about her."""
    about = _about(held)
    fields = {field.encode_name: _any(field.type) | _ANYTHING for field in msgspec.structs.fields(held.wire)}
    wild = {name: found for name, found in fields.items() if name not in ("resourceType", "id", *about)}

    def made(missing: set[str], other: Resource) -> Resource:
        kept = {name: value for name, value in GOOD[held.type].items() if name not in missing}
        return {"resourceType": held.type, "id": id_, **kept, **other, **about}

    missing = st.sets(st.sampled_from(sorted(GOOD[held.type])), max_size=1)
    names = st.lists(st.sampled_from(sorted(wild)), max_size=3, unique=True)
    other = names.flatmap(lambda chosen: st.fixed_dictionaries({name: wild[name] for name in chosen}))
    return st.builds(made, missing, other)


def good(held: Held, id_: str) -> Resource:
    """The good one of that type."""
    return {"resourceType": held.type, "id": id_, **GOOD[held.type], **_about(held)}


def _about(held: Held) -> Resource:
    if held.type == "Appointment":
        return {"participant": [{"actor": ME}]}
    (subject,) = (field for field in msgspec.structs.fields(held.wire) if field.name == "subject")
    return {subject.encode_name: ME}


@cache
def _any(kind: Any) -> st.SearchStrategy[Any]:
    """Values of that type, as JSON has them."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(_any, parts))
    if origin is tuple:
        return st.lists(_any(parts[0]), max_size=2)
    assert issubclass(kind, Struct), kind
    fields = {field.encode_name: _any(field.type) for field in msgspec.structs.fields(kind)}
    names = st.lists(st.sampled_from(sorted(fields)), max_size=2, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: fields[name] for name in chosen}))
