"""Drugs (XML2) as Medication, operations and procedures (XML3, XML1) as Procedure."""

from collections.abc import Iterable

from connectors.hospital_xml import codes, dates
from connectors.hospital_xml.desk import Desk, practitioner, visit_of
from connectors.hospital_xml.envelope import Dossier
from connectors.hospital_xml.mapping.visits import amount
from connectors.hospital_xml.tables import DRUGS, SERVICES
from connectors.hospital_xml.values import Unreadable, listed
from connectors.hospital_xml.wire import Drug, Service
from connectors.records import CodedText, Coding, Medication, MedicationStatus, PartialDate, Procedure, Quantity


def medications(dossier: Dossier, desk: Desk[Medication]) -> None:
    """The drugs that were ordered during the visit."""
    for drug in desk.rows(dossier, DRUGS):
        desk.put(_medication, drug, dossier)


def procedures(dossier: Dossier, desk: Desk[Procedure]) -> None:
    """The operations and procedures of the visit.

    The visit lists its international codes too (``MA_PTTT_QT`` of XML1). They belong to the rows; one that no row
    has goes to the only row there is, else it is all that is known of a procedure.
    """
    rows = [row for row in desk.rows(dossier, SERVICES) if _is_procedure(row)]
    known = {code for row in rows for code in listed(row.procedure)}
    rest = tuple(dict.fromkeys(code for code in listed(dossier.visit.procedures) if code not in known))
    only = rest if len(rows) == 1 else ()
    for row in rows:
        desk.put(_procedure, row, (*listed(row.procedure), *only), dossier)
    for code in rest if len(rows) != 1 else ():
        desk.put(_coded_procedure, code, dossier)


def _medication(drug: Drug, dossier: Dossier, desk: Desk[Medication]) -> Medication:
    name = drug.name or drug.ingredient
    if not name:
        raise Unreadable("a drug without a name or code")
    quantity = amount(drug.quantity)
    dose = "; ".join(text for text in (drug.dose, drug.directions) if text)
    return Medication(
        **desk.stamped(Medication, dossier, DRUGS.kind, drug.ingredient, drug.name, drug.ordered, drug.dose),
        encounter_id=visit_of(dossier),
        code=CodedText(text=name, codings=codings((drug.ingredient, "MA_THUOC"), (drug.registration, "SO_DANG_KY"))),
        strength=drug.strength,
        dosage=dose or None,
        route=codes.from_list(drug.route, "DUONG_DUNG", {}),
        quantity=None if quantity is None else Quantity(value=quantity, unit=drug.unit),
        start=_day(drug.ordered),
        status=MedicationStatus.UNKNOWN,
        prescriber=practitioner(drug.prescriber),
        facility=desk.facility(dossier.facility),
        insurance_paid=amount(drug.insurer_pays),
    )


def _is_procedure(row: Service) -> bool:
    return row.supply is None and (row.group in codes.PROCEDURES or row.procedure is not None)


def _procedure(row: Service, international: Iterable[str], dossier: Dossier, desk: Desk[Procedure]) -> Procedure:
    name = row.name or row.service or row.procedure
    if not name:
        raise Unreadable("a procedure without a name or code")
    return Procedure(
        **desk.stamped(Procedure, dossier, SERVICES.kind, row.service, row.name, row.performed or row.ordered),
        encounter_id=visit_of(dossier),
        code=CodedText(
            text=name,
            codings=(*codings((row.service, "MA_DICH_VU")), *map(_icd9, international)),
        ),
        performed=_day(row.performed or row.ordered),
        performer=practitioner(row.performer or row.doctor),
        facility=desk.facility(dossier.facility),
        status="completed",
    )


def _coded_procedure(code: str, dossier: Dossier, desk: Desk[Procedure]) -> Procedure:
    return Procedure(
        **desk.stamped(Procedure, dossier, "MA_PTTT_QT", code),
        encounter_id=visit_of(dossier),
        code=CodedText(text=code, codings=(_icd9(code),)),
        facility=desk.facility(dossier.facility),
        status="completed",
    )


def codings(*coded: tuple[str | None, str]) -> tuple[Coding, ...]:
    """A coding for each code that is there, in the system of its field."""
    return tuple(Coding(system=codes.SYSTEM + field, code=code) for code, field in coded if code)


def _icd9(code: str) -> Coding:
    return Coding(system=codes.ICD9_CM, code=code)


def _day(text: str | None) -> PartialDate | None:
    return None if text is None else PartialDate(dates.moment(text).date().isoformat())
