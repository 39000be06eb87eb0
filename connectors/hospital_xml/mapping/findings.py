"""Results (XML4), notes with vital signs (XML5) and the weight (XML1) as Observation; results in words as Report."""

import re
from collections.abc import Mapping
from decimal import Decimal

from connectors.hospital_xml import codes
from connectors.hospital_xml.desk import Desk, practitioner, visit_of
from connectors.hospital_xml.envelope import Dossier
from connectors.hospital_xml.mapping.treatment import codings
from connectors.hospital_xml.mapping.visits import moment
from connectors.hospital_xml.tables import FINDINGS, NOTES, SERVICES, VISIT
from connectors.hospital_xml.values import Unreadable, number
from connectors.hospital_xml.vital_signs import MEASURES, PRESSURE, PRESSURE_PARTS, Measure, Sign, signs
from connectors.hospital_xml.wire import Finding, Note
from connectors.records import (
    CodedText,
    Observation,
    ObservationCategory,
    ObservationComponent,
    ObservationValue,
    QuantityValue,
    Report,
    ReportKind,
    TextValue,
)

_BOUND = re.compile(r"(?P<comparator>[<>]=?)?\s*(?P<value>-?\d{1,15}(?:\.\d{1,6})?)", re.ASCII)
_OTHER = (ObservationCategory.OTHER, ReportKind.OTHER)
_Groups = Mapping[str, tuple[ObservationCategory, ReportKind]]


def observations(dossier: Dossier, desk: Desk[Observation]) -> None:
    """The results with a value, or with nothing yet; the notes and the vital signs in them; the weight."""
    groups = _groups(dossier, desk)
    for finding in desk.rows(dossier, FINDINGS):
        if not _is_report(finding):
            desk.put(_observation, finding, groups, dossier)
    for note in desk.rows(dossier, NOTES):
        _observe(note, dossier, desk)
    if dossier.visit.weight:
        desk.put(_weight, dossier)


def reports(dossier: Dossier, desk: Desk[Report]) -> None:
    """The results in words: a description, a conclusion, no value."""
    groups = _groups(dossier, desk)
    for finding in desk.rows(dossier, FINDINGS):
        if _is_report(finding):
            desk.put(_report, finding, groups, dossier)


def _is_report(finding: Finding) -> bool:
    return finding.value is None and bool(finding.description or finding.conclusion)


def _groups(dossier: Dossier, desk: Desk[Observation] | Desk[Report]) -> _Groups:
    """What sort of result each service of the visit gives: a result names its service, and the service its group.

    A service that cannot be read is no result that is missing, so it is not counted here.
    """
    services = desk.aside().rows(dossier, SERVICES)
    return {row.service: codes.COST_GROUPS.get(row.group or "", _OTHER) for row in services if row.service}


def _code(finding: Finding) -> CodedText:
    text = finding.name or finding.index or finding.service
    if not text:
        raise Unreadable("a result of nothing")
    return CodedText(text=text, codings=codings((finding.index, "MA_CHI_SO"), (finding.service, "MA_DICH_VU")))


def _words(finding: Finding, between: str) -> str | None:
    return between.join(text for text in (finding.description, finding.conclusion) if text) or None


def _observation(finding: Finding, groups: _Groups, dossier: Dossier, desk: Desk[Observation]) -> Observation:
    words = _words(finding, "; ")
    return Observation(
        **desk.stamped(Observation, dossier, FINDINGS.kind, finding.service, finding.index, finding.name, finding.at),
        encounter_id=visit_of(dossier),
        code=_code(finding),
        category=groups.get(finding.service or "", _OTHER)[0],
        at=moment(finding.at),
        value=_value(finding),
        interpretation=CodedText(text=words) if words else None,
        status="final" if finding.value else "unknown",
        facility=desk.facility(dossier.facility),
        performed_by=practitioner(finding.reader),
    )


def _value(finding: Finding) -> ObservationValue | None:
    """The number with its bound where it is one; otherwise the words, with the unit if there is one."""
    if finding.value is None:
        return None
    match = _BOUND.fullmatch(finding.value)
    if match is None:
        return TextValue(text=" ".join(text for text in (finding.value, finding.unit) if text))
    return QuantityValue(value=Decimal(match["value"]), unit=finding.unit, comparator=match["comparator"])


def _report(finding: Finding, groups: _Groups, dossier: Dossier, desk: Desk[Report]) -> Report:
    return Report(
        **desk.stamped(Report, dossier, FINDINGS.kind, finding.service, finding.index, finding.name, finding.at),
        encounter_id=visit_of(dossier),
        kind=groups.get(finding.service or "", _OTHER)[1],
        code=_code(finding),
        issued=moment(finding.at),
        conclusion=_words(finding, "\n"),
        facility=desk.facility(dossier.facility),
        status="final",
    )


def _observe(note: Note, dossier: Dossier, desk: Desk[Observation]) -> None:
    """The vital signs of a note; and the note itself, unless it is nothing but vital signs."""
    read = signs(note.course or "")
    for sign in read.found:
        desk.put(_vital_sign, sign, note, dossier)
    if read.rest or note.stage or note.consultation or note.operation:
        desk.put(_note, note, dossier)


def _vital_sign(sign: Sign, note: Note, dossier: Dossier, desk: Desk[Observation]) -> Observation:
    text = "Huyết áp" if sign.mark == PRESSURE else MEASURES[sign.mark].text
    single = sign.mark != PRESSURE
    return Observation(
        **desk.stamped(Observation, dossier, NOTES.kind, sign.mark, note.at),
        encounter_id=visit_of(dossier),
        code=CodedText(text=text, codings=codings((sign.mark, "CSST"))),
        category=ObservationCategory.VITAL_SIGNS,
        at=moment(note.at),
        value=_measured(sign.values[0], MEASURES[sign.mark]) if single else None,
        components=() if single else tuple(map(_component, sign.values, PRESSURE_PARTS)),
        status="final",
        facility=desk.facility(dossier.facility),
        performed_by=practitioner(note.performer),
    )


def _measured(value: Decimal, measure: Measure) -> QuantityValue:
    return QuantityValue(value=value, unit=measure.unit, code=measure.ucum)


def _component(value: Decimal, measure: Measure) -> ObservationComponent:
    return ObservationComponent(code=CodedText(text=measure.text), value=_measured(value, measure))


def _note(note: Note, dossier: Dossier, desk: Desk[Observation]) -> Observation:
    further = (
        (note.stage, "Giai đoạn bệnh", "GIAI_DOAN_BENH"),
        (note.consultation, "Hội chẩn", "HOI_CHAN"),
        (note.operation, "Phẫu thuật, thủ thuật", "PHAU_THUAT"),
    )
    return Observation(
        **desk.stamped(Observation, dossier, NOTES.kind, "DIEN_BIEN_LS", note.at),
        encounter_id=visit_of(dossier),
        code=CodedText(text="Diễn biến lâm sàng", codings=codings(("DIEN_BIEN_LS", "XML5"))),
        category=ObservationCategory.EXAM,
        at=moment(note.at),
        value=TextValue(text=note.course) if note.course else None,
        components=tuple(
            ObservationComponent(
                code=CodedText(text=name, codings=codings((field, "XML5"))), value=TextValue(text=text)
            )
            for text, name, field in further
            if text
        ),
        status="final",
        facility=desk.facility(dossier.facility),
        performed_by=practitioner(note.performer),
    )


def _weight(dossier: Dossier, desk: Desk[Observation]) -> Observation:
    visit = dossier.visit
    return Observation(
        **desk.stamped(Observation, dossier, VISIT.kind, "CAN_NANG"),
        encounter_id=visit_of(dossier),
        code=CodedText(text="Cân nặng", codings=codings(("CAN_NANG", "XML1"))),
        category=ObservationCategory.VITAL_SIGNS,
        at=moment(visit.admitted),
        value=QuantityValue(value=number(visit.weight or ""), unit="kg", code="kg"),
        status="final",
        facility=desk.facility(dossier.facility),
    )
