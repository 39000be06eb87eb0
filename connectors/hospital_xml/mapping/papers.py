"""What is to come, and what was handed out: Referral (XML13), Appointment (XML14, XML1), Document (XML7, XML8)."""

from datetime import date, datetime

from connectors.hospital_xml import codes, dates
from connectors.hospital_xml.desk import Desk, visit_of
from connectors.hospital_xml.envelope import Dossier
from connectors.hospital_xml.mapping.treatment import codings
from connectors.hospital_xml.mapping.visits import moment
from connectors.hospital_xml.tables import DISCHARGE_PAPER, REFERRALS, RETURN_VISITS, SUMMARY, Table
from connectors.hospital_xml.values import Unreadable, listed
from connectors.hospital_xml.wire import Paper, ReferralLetter, ReturnVisit
from connectors.records import Appointment, CodedText, Coding, Document, Referral

_PAPERS = ((DISCHARGE_PAPER, "Giấy ra viện"), (SUMMARY, "Tóm tắt hồ sơ bệnh án"))


def referrals(dossier: Dossier, desk: Desk[Referral]) -> None:
    """The referral letters; where there is none, the place to which the visit says that it referred."""
    count = len(desk.records) + desk.dropped
    for letter in desk.rows(dossier, REFERRALS):
        desk.put(_referral, letter, dossier)
    if dossier.visit.referred_to and count == len(desk.records) + desk.dropped:
        desk.put(_referral_of_visit, dossier)


def appointments(dossier: Dossier, desk: Desk[Appointment]) -> None:
    """The appointments on paper, then the days that the visit names and no paper does."""
    days: set[date] = set()
    for paper in desk.rows(dossier, RETURN_VISITS):
        desk.put(_appointment, paper, dossier)
        days |= {dates.moment(paper.at).date()} if paper.at and _is_moment(paper.at) else set()
    for text in dict.fromkeys(listed(dossier.visit.next_visits)):
        if not _is_moment(text) or dates.moment(text).date() not in days:
            desk.put(_day_to_return, text, dossier)


def documents(dossier: Dossier, desk: Desk[Document]) -> None:
    """The papers that lie in the dossier: that they exist, never what they say."""
    for table, name in _PAPERS:
        for paper in desk.rows(dossier, table):
            desk.put(_document, paper, table, name, dossier)


def _referral(letter: ReferralLetter, dossier: Dossier, desk: Desk[Referral]) -> Referral:
    sender = letter.sender or letter.older_sender or dossier.facility
    receiver = letter.receiver or letter.older_receiver
    issued = moment(letter.discharged)
    return Referral(
        **desk.stamped(Referral, dossier, REFERRALS.kind, letter.letter, receiver),
        from_facility=desk.facility(sender),
        to_facility=desk.facility(receiver) if receiver else None,
        reason=_reason(letter),
        issued=issued.date() if issued else None,
        status="active",
    )


def _reason(letter: ReferralLetter) -> CodedText | None:
    """Why: the diagnosis in words, and the reason from the list."""
    listed_reason = codes.from_list(letter.reason, "MA_LYDO_CT", codes.REFERRAL_REASONS)
    text = "; ".join(
        part for part in (letter.diagnosis or letter.main_disease, listed_reason and listed_reason.text) if part
    )
    disease = (Coding(system=codes.ICD10, code=letter.main_disease),) if letter.main_disease else ()
    return CodedText(text=text, codings=(*disease, *(listed_reason.codings if listed_reason else ()))) if text else None


def _referral_of_visit(dossier: Dossier, desk: Desk[Referral]) -> Referral:
    visit = dossier.visit
    issued = moment(visit.discharged)
    return Referral(
        **desk.stamped(Referral, dossier, "MA_NOI_DEN", visit.referred_to),
        from_facility=desk.facility(dossier.facility),
        to_facility=desk.facility(visit.referred_to) if visit.referred_to else None,
        reason=CodedText(text=visit.diagnosis) if visit.diagnosis else None,
        issued=issued.date() if issued else None,
        status="active",
    )


def _appointment(paper: ReturnVisit, dossier: Dossier, desk: Desk[Appointment]) -> Appointment:
    at = moment(paper.at)
    if at is None:
        raise Unreadable("an appointment without a time")
    return Appointment(
        **desk.stamped(Appointment, dossier, RETURN_VISITS.kind, paper.letter, paper.at),
        at=at,
        facility=desk.facility(paper.facility or dossier.facility),
        reason=paper.diagnosis,
        status="booked",
    )


def _day_to_return(text: str, dossier: Dossier, desk: Desk[Appointment]) -> Appointment:
    return Appointment(
        **desk.stamped(Appointment, dossier, "NGAY_TAI_KHAM", text),
        at=dates.moment(text),
        facility=desk.facility(dossier.facility),
        reason=dossier.visit.diagnosis,
        status="booked",
    )


def _is_moment(text: str) -> bool:
    try:
        return isinstance(dates.moment(text), datetime)
    except ValueError:
        return False


def _document(paper: Paper, table: Table[Paper], name: str, dossier: Dossier, desk: Desk[Document]) -> Document:
    return Document(
        **desk.stamped(Document, dossier, table.kind),
        encounter_id=visit_of(dossier),
        kind=CodedText(text=name, codings=codings((table.kind, "LOAIHOSO"))),
        title=name,
        date=moment(paper.written),
        content_type="application/xml",
    )
