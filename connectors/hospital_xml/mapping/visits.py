"""A visit as Encounter and as Claim (XML1)."""

from contextlib import suppress
from datetime import datetime
from decimal import Decimal

from connectors.hospital_xml import codes, dates
from connectors.hospital_xml.desk import Desk
from connectors.hospital_xml.envelope import Dossier
from connectors.hospital_xml.values import listed, number
from connectors.hospital_xml.wire import Visit
from connectors.records import (
    Claim,
    CodedText,
    Coding,
    Diagnosis,
    DiagnosisRole,
    Encounter,
    EncounterKind,
    LegalState,
    LegalStep,
)


def encounters(dossier: Dossier, desk: Desk[Encounter]) -> None:
    """The visit."""
    desk.put(_encounter, dossier)


def claims(dossier: Dossier, desk: Desk[Claim]) -> None:
    """The visit as it is billed, where a health insurance pays a part of it."""
    if dossier.visit.cards and dossier.visit.entitlement != codes.NOT_INSURED:
        desk.put(_claim, dossier)


def _encounter(dossier: Dossier, desk: Desk[Encounter]) -> Encounter:
    visit = dossier.visit
    reason = visit.reason or visit.admission_reason
    return Encounter(
        **desk.stamped(Encounter, dossier),
        kind=codes.VISIT_KINDS.get(visit.kind or "", EncounterKind.OTHER),
        status="finished" if visit.discharged else "in-progress",
        start=moment(visit.admitted),
        end=moment(visit.discharged),
        facility=desk.facility(dossier.facility),
        department=visit.departments,
        reason=CodedText(text=reason) if reason else None,
        diagnoses=_diagnoses(visit),
        outcome=_outcome(visit),
        steps=_steps(visit),
    )


def _claim(dossier: Dossier, desk: Desk[Claim]) -> Claim:
    visit = dossier.visit
    return Claim(
        **desk.stamped(Claim, dossier),
        facility=desk.facility(dossier.facility),
        admitted=moment(visit.admitted),
        discharged=moment(visit.discharged),
        diagnoses=_diagnoses(visit),
        entitlement=visit.entitlement,
        discharge=codes.from_list(visit.discharge, "MA_LOAI_RV", codes.DISCHARGES),
        result=codes.from_list(visit.result, "KET_QUA_DTRI", codes.RESULTS),
        total=amount(visit.total),
        insurer_pays=amount(visit.insurer_pays),
        citizen_pays=_own_share(visit),
        status="paid" if visit.paid else "unpaid",
        steps=_steps(visit),
    )


def moment(text: str | None) -> datetime | None:
    """The instant; none where nothing is written.

    Raises:
        ValueError: something is written, and it is none.
    """
    return None if text is None else dates.moment(text)


def amount(text: str | None) -> Decimal | None:
    """The number; none where nothing is written.

    Raises:
        ValueError: something is written, and it is none.
    """
    return None if text is None else number(text)


def _steps(visit: Visit) -> tuple[LegalStep, ...]:
    """That it was paid at the facility. Whether it was sent to the insurance a dossier does not say.

    A time that cannot be read is none: it costs neither the visit nor its sums.
    """
    with suppress(ValueError):
        if paid := moment(visit.paid):
            return (LegalStep(state=LegalState.PAID, at=paid),)
    return ()


def _own_share(visit: Visit) -> Decimal | None:
    """What the citizen pays inside the scope of the insurance and outside it; unknown where one of them is."""
    inside, outside = amount(visit.co_payment), amount(visit.outside_scope)
    return None if inside is None or outside is None else inside + outside


def _diagnoses(visit: Visit) -> tuple[Diagnosis, ...]:
    """The codes of the visit; the words, which are for all of them at once, stand with the main one."""
    words = visit.diagnosis or visit.first_diagnosis
    main = _diagnosis(visit.main_disease, words, codes.ICD10, DiagnosisRole.MAIN)
    others = [
        *(_diagnosis(code, None, codes.ICD10, DiagnosisRole.SECONDARY) for code in listed(visit.other_diseases)),
        *(
            _diagnosis(code, None, f"{codes.SYSTEM}MA_BENH_YHCT", DiagnosisRole.UNSPECIFIED)
            for code in listed(visit.traditional_diseases)
        ),
    ]
    return tuple(found for found in (main, *others) if found)


def _diagnosis(code: str | None, words: str | None, system: str, role: DiagnosisRole) -> Diagnosis | None:
    text = words or code
    if text is None:
        return None
    codings = (Coding(system=system, code=code),) if code else ()
    return Diagnosis(code=CodedText(text=text, codings=codings), role=role)


def _outcome(visit: Visit) -> CodedText | None:
    """How the visit ended, and with what result: two codes, one meaning."""
    found = [
        told
        for told in (
            codes.from_list(visit.discharge, "MA_LOAI_RV", codes.DISCHARGES),
            codes.from_list(visit.result, "KET_QUA_DTRI", codes.RESULTS),
        )
        if told
    ]
    if not found:
        return None
    codings = tuple(coding for told in found for coding in told.codings)
    return CodedText(text="; ".join(told.text for told in found), codings=codings)
