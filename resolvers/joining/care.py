"""Reports, procedures, referrals, appointments: the same thing at the same place and time."""

from collections.abc import Iterable

from connectors.records import Appointment, Procedure, Referral, Report
from resolvers.joining.codes import by_code, by_words, code_facts, day, minute, place, words
from resolvers.joining.rule import Fact, Mark, Rule


def _issued(report: Report) -> Mark | None:
    return minute(report.issued)


def _performed(done: Procedure) -> Mark | None:
    return day(done.performed)


def _report_facts(report: Report) -> Iterable[Fact]:
    """Another conclusion is another report."""
    yield from code_facts(report.code)
    if report.conclusion:
        yield "conclusion", words(report.conclusion)


def _procedure_facts(procedure: Procedure) -> Iterable[Fact]:
    """What was done and what was not done are two."""
    return [("status", procedure.status), *code_facts(procedure.code)]


def _by_ways(referral: Referral) -> Iterable[Mark]:
    """From where to where, and the day of writing."""
    ends = place(referral.from_facility), place(referral.to_facility)
    issued = referral.issued
    return [("referral", *ends[0], *ends[1], issued.isoformat())] if ends[0] and ends[1] and issued else []


def _at(appointment: Appointment) -> Mark | None:
    return minute(appointment.at)


def _by_time(appointment: Appointment) -> Iterable[Mark]:
    where, when = place(appointment.facility), _at(appointment)
    return [("appointment", *where, *when)] if where and when else []


def _appointment_facts(appointment: Appointment) -> Iterable[Fact]:
    """A cancelled one never hides one that stands."""
    yield "status", words(appointment.status)
    if appointment.department:
        yield "department", words(appointment.department)


REPORT: Rule[Report] = Rule(
    evidence=(
        by_code(lambda report: report.code, _issued, lambda report: place(report.facility)),
        by_words(lambda report: report.code, _issued, lambda report: place(report.facility)),
    ),
    needs=_issued,
    facts=_report_facts,
    reads=frozenset({"code", "issued", "facility", "conclusion"}),
)
PROCEDURE: Rule[Procedure] = Rule(
    evidence=(
        by_code(lambda done: done.code, _performed, lambda done: place(done.facility)),
        by_words(lambda done: done.code, _performed, lambda done: place(done.facility)),
    ),
    needs=_performed,
    facts=_procedure_facts,
    reads=frozenset({"code", "performed", "facility", "status"}),
)
REFERRAL: Rule[Referral] = Rule(evidence=(_by_ways,), reads=frozenset({"from_facility", "to_facility", "issued"}))
APPOINTMENT: Rule[Appointment] = Rule(
    evidence=(_by_time,),
    needs=_at,
    facts=_appointment_facts,
    reads=frozenset({"facility", "at", "status", "department"}),
)
