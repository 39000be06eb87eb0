"""The citizen as Patient. Pure. The only place of a document where the personal number stands."""

from connectors.records import Address, Demographics, Sex
from gateway.fhir_out.elements import Json, absent, day_of, made, text_of
from resolvers.chart import Chart

PERSONAL_ID = "urn:citizen-graph:personal-id"
"""Names the number (số định danh cá nhân, NĐ 70/2024); the country has published no URI for it."""

_GENDERS = {Sex.MALE: "male", Sex.FEMALE: "female", Sex.OTHER: "other", Sex.UNKNOWN: "unknown"}


def fhir_id(node_id: str) -> str:
    """The citizen's opaque id as R4 can write it: ids there have no underscore."""
    return node_id.replace("_", ".")


def node_id(id_: str) -> str:
    """The way back; an id as the graph writes it is taken as well."""
    return id_.replace(".", "_")


def patient(chart: Chart, known: Demographics | None) -> Json:
    """Who the citizen is: as registered, else as far as the caller's proof tells."""
    name = text_of(known.full_name if known else chart.subject.name)
    born = day_of(known.birth_date if known else chart.subject.birth_date)
    addresses = [] if known is None else [_address(known.current_address, "home"), _address(known.permanent_address)]
    phone = text_of(known.phone) if known else None
    return {
        "resourceType": "Patient",
        "id": fhir_id(chart.id),
        **made(
            identifier=[{"use": "official", "system": PERSONAL_ID, "value": chart.personal_id}],
            name=[{"use": "official", "text": name} if name else absent()],
            telecom=[{"system": "phone", "value": phone}] if phone else None,
            gender=_GENDERS[known.sex] if known else None,
            birthDate=born,
            _birthDate=None if born else absent(),
            deceasedBoolean=True if known and known.deceased else None,
            address=[one for one in addresses if one],
        ),
    }


def _address(found: Address | None, use: str | None = None) -> Json | None:
    if found is None:
        return None
    line = text_of(found.line)
    said = made(text=text_of(found.text), line=[line] if line else None, state=text_of(found.province))
    return made(use=use, **said) if said else None
