"""References to the places and people that they mean. Pure."""

from collections.abc import Iterable

from connectors.fhir.datatypes import HumanName, Identifier, Reference
from connectors.fhir.mapping.around import Around, Contained
from connectors.records import Facility, Practitioner


def facility(reference: Reference | None, around: Around, contained: Contained) -> Facility | None:
    """The place that a reference means.

    The server's own facility is known by its configured code or name, and is meant where a hospital's server gives
    neither. Any other place keeps the code that the server has for it.
    """
    if reference is None:
        return None
    name, own = reference.display, around.own
    if not name or around.facility_system is not None:
        return _facility(reference, around, contained)
    if own is not None and name == own.name:
        return own
    target = around.target(reference)
    return Facility(code=target[1] if target else name, name=name)


def _facility(reference: Reference, around: Around, contained: Contained) -> Facility | None:
    """The same where what stands behind the reference matters."""
    if reference in around.places:
        return around.places[reference]
    inner = around.linked(reference, contained)
    name = reference.display or (inner.name if inner and isinstance(inner.name, str) else None)
    code = None
    if around.facility_system is not None:
        code = _facility_code((*(inner.identifier if inner else ()), reference.identifier), around.facility_system)
    own, target = around.own, around.target(reference)
    if own and (code == own.code or (code is None and name in (None, own.name))):
        place: Facility | None = own
    else:
        code = code or (target[1] if target else name)
        place = Facility(code=code, name=name or code) if code else None
    if not (reference.reference or "").startswith("#"):  # an anchor means another place in each resource
        around.places[reference] = place
    return place


def _facility_code(identifiers: Iterable[Identifier | None], system: str) -> str | None:
    return next((item.value for item in identifiers if item and item.system == system), None)


def practitioner(reference: Reference | None, around: Around, contained: Contained) -> Practitioner | None:
    """The professional that a reference means; None for patients, relatives, devices and the nameless."""
    if reference is None:
        return None
    target = around.target(reference)
    kind = target[0] if target else reference.type
    if kind not in (None, "Practitioner", "PractitionerRole"):
        return None
    inner = around.linked(reference, contained)
    name = reference.display or (person_name(inner.name) if inner and isinstance(inner.name, tuple) else None)
    return Practitioner(name=name) if name else None


def person_name(names: tuple[HumanName, ...]) -> str | None:
    """The name by which a person is registered: the official one first, family name first."""
    known, rank = None, _NO_NAME
    for name in names:
        its_rank = _USES.get(name.use or "", 1)
        if its_rank < rank and (
            text := name.text or " ".join((name.family, *name.given) if name.family else name.given)
        ):
            known, rank = text, its_rank
    return known


_USES = {"official": 0, "usual": 1, "nickname": 3, "anonymous": 3, "old": 4, "maiden": 4}
_NO_NAME = 5
