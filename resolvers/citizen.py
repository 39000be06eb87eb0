"""The citizen: the node on which every section of a record hangs."""

from collections.abc import Awaitable

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers import (
    allergy,
    care_reminder,
    certificate,
    child_growth,
    condition,
    consent,
    document,
    duplicate_test,
    encounter,
    events,
    family,
    health_summary,
    immunization,
    indicator,
    insurance,
    joining,
    medication,
    notice,
    observation,
    planning,
    pregnancy,
    preview,
    procedure,
    report,
    screening,
    vaccination_forecast,
)
from resolvers.access_log import AccessLogConnection, IrregularityReport
from resolvers.access_log import access_log as who_looked
from resolvers.access_log import irregularity_reports as what_was_reported
from resolvers.chart import Chart
from resolvers.completeness import ShownOutcome, SourceOutcome, show
from resolvers.connection import Connection, Record
from resolvers.context import Info
from resolvers.eligibility import Eligibility, covered
from resolvers.node import Node
from resolvers.primary_care import PrimaryCare
from resolvers.primary_care import primary_care as responsible
from resolvers.scalars import CitizenId
from resolvers.shown import instances_of, resolved, shown
from resolvers.under_way import UnderWay

_WHO = Question(about=records.Demographics)


@shown(records.Demographics)
class Demographics(Record):
    """Who the citizen is, as the population register holds it."""


def demographics(root: strawberry.Parent[Chart], info: Info) -> Awaitable[records.Demographics | None]:
    """Who the citizen is; none when the register did not answer or does not know: see 'sources'."""
    context = info.context
    asked = context.federation.ask(_WHO, context.access.permit(root, records.Demographics))
    ids = context.federation.tells_ids

    async def known() -> records.Demographics | None:
        found = await asked
        return next(iter(joining.join(records.Demographics, found.records, key=root.subject.ref, ids=ids)), None)

    return UnderWay(known)


def sources(root: strawberry.Parent[Chart], info: Info) -> Awaitable[list[ShownOutcome]]:
    """How it went with every source that this request asked about the citizen.

    Waits until the lists beside it, which have begun their asking, are answered.
    """
    context = info.context

    async def told() -> list[ShownOutcome]:
        outcomes = await context.federation.settled(root.subject.ref)
        return [show(outcome, context.language) for outcome in outcomes]

    return UnderWay(told)


@strawberry.federation.type(
    keys=["id", "personalId"], description="One citizen, and everything that the asked systems know of them."
)
class Citizen(Node):
    """One citizen."""

    is_type_of = staticmethod(instances_of(Chart))
    """A citizen in the graph is an opened chart."""

    personal_id: CitizenId = strawberry.field(description="Personal identification number.")
    demographics: Demographics | None = resolved(
        demographics, "Who the citizen is. None when the register did not answer or knows nothing: see 'sources'."
    )
    dependants: family.Representations = resolved(
        family.dependants, "Whom the citizen may act for today: minor children, wards."
    )
    representatives: family.Representatives = resolved(
        family.representatives, "Who may act for the citizen today: parents of a minor, guardians."
    )
    primary_care: PrimaryCare = resolved(responsible, "Who is responsible for everyday care, and where it is insured.")
    summary: health_summary.HealthSummary = resolved(
        health_summary.summary, "The first screen: the sections of the International Patient Summary."
    )
    timeline: events.EventConnection = resolved(events.timeline, "Records of several classes in one order of time.")
    encounters: Connection[encounter.Encounter] = resolved(encounter.encounters, "Visits and stays.")
    conditions: Connection[condition.Condition] = resolved(condition.conditions, "Problems and diagnoses.")
    allergies: Connection[allergy.Allergy] = resolved(
        allergy.allergies, "Allergies and intolerances. An empty list means 'none on record' only when it is complete."
    )
    medications: Connection[medication.Medication] = resolved(
        medication.medications, "Medicines, as prescribed, handed out or said to be taken."
    )
    observations: Connection[observation.Observation] = resolved(
        observation.observations, "Measurements, laboratory values and findings."
    )
    indicators: indicator.Indicators = resolved(
        indicator.indicators,
        "Blood pressure, weight, HbA1c and the like over all systems in one unit, and whether they rise or fall. "
        "For information only.",
    )
    reports: Connection[report.Report] = resolved(report.reports, "Laboratory, imaging and other reports.")
    procedures: Connection[procedure.Procedure] = resolved(procedure.procedures, "Operations and procedures.")
    documents: Connection[document.Document] = resolved(
        document.documents, "Discharge papers, letters and other documents: what there is, not what it says."
    )
    immunizations: Connection[immunization.Immunization] = resolved(
        immunization.immunizations, "Vaccinations given, or recorded as not given."
    )
    immunization_forecast: vaccination_forecast.ImmunizationForecast = resolved(
        vaccination_forecast.immunization_forecast,
        "Which vaccinations are done, due and overdue, by a dated schedule. For information only.",
    )
    growth: child_growth.Growth = resolved(
        child_growth.growth,
        "How a child has grown, beside the standards of the World Health Organization. For information only.",
    )
    screenings: Connection[screening.Screening] = resolved(
        screening.screenings,
        "Results that count for screening programmes, whoever ordered them. For information only.",
    )
    pregnancies: Connection[pregnancy.Pregnancy] = resolved(
        pregnancy.pregnancies, "Pregnancies, with weeks, visits and the next visit. For information only."
    )
    care_reminders: care_reminder.CareReminders = resolved(
        care_reminder.care_reminders,
        "What is due, late or near: vaccinations, checks, medicines, cards, visits. For information only.",
    )
    referrals: Connection[planning.Referral] = resolved(planning.referrals, "Referrals to another place of care.")
    appointments: Connection[planning.Appointment] = resolved(planning.appointments, "Planned visits.")
    care_plans: Connection[planning.CarePlan] = resolved(
        planning.care_plans, "What is meant to be done over some time."
    )
    coverage: Connection[insurance.Coverage] = resolved(insurance.coverage, "Health-insurance cards.")
    claims: Connection[insurance.Claim] = resolved(insurance.claims, "Insured visits, as the insurer holds them.")
    eligibility: Eligibility = resolved(
        covered, "Whether health insurance covers a visit to a facility, at which share, and why."
    )
    duplicate_tests: duplicate_test.DuplicateTests = resolved(
        duplicate_test.duplicate_tests,
        "Before a test is ordered: was it just done elsewhere, and can its result be used? For information only.",
    )
    co_payments: Connection[insurance.CoPayment] = resolved(
        insurance.co_payments,
        "What the citizen paid towards insured visits, and what it adds up to. The insurer may take a minute: "
        "ask for it on its own.",
    )
    # What follows has refusals of its own, and a store of its own that may be away: none of that costs the record.
    consents: list[consent.Consent] | None = resolved(
        consent.consents, "What the citizen allowed and forbade, the newest first; also what holds no longer."
    )
    access_preview: preview.AccessPreview | None = resolved(
        preview.access_preview,
        "What would that partner see of this record? Answered by the very decisions by which the partner is answered.",
    )
    notices: list[notice.Notice] | None = resolved(
        notice.notices, "What the citizen was told without asking, the newest first: declared emergencies, above all."
    )
    notice_address: strawberry.ID | None = resolved(
        notice.notice_address,
        "Address that the citizen's application registers at the city's push service, to be woken up by notices.",
    )
    certificates: certificate.Certificates = resolved(
        certificate.certificates, "Verifiable certificates (QR), made now from what the registers say now."
    )
    access_log: AccessLogConnection | None = resolved(
        who_looked,
        "Who looked at this record, or tried to, the newest first. For the citizen, and for a parent of a minor child.",
    )
    irregularity_reports: list[IrregularityReport] | None = resolved(
        what_was_reported, "What was reported of the access log, and how it was answered; newest first."
    )
    sources: list[SourceOutcome] = resolved(
        sources, "How it went with every source that was asked about this citizen in the same selection."
    )
