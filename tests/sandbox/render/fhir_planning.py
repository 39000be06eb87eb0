"""What is to come, as a hospital has it in its own books: appointments, a referral to the other one, plans of care."""

from collections.abc import Iterator
from datetime import timedelta

from tests.sandbox.people.model import Condition, Person
from tests.sandbox.people.places import DEPARTMENTS, FACILITIES, HOSPITAL_A, HOSPITAL_B
from tests.sandbox.render.fhir_parts import SNOMED, YESTERDAY, Desk, Resource, concept, kept, noted, stamp

PLANS = {
    "N18.3": ("Theo dõi bệnh thận mạn giai đoạn 3", ("Hạn chế muối và đạm", "Xét nghiệm creatinin mỗi tháng")),
    "J45.9": ("Kiểm soát hen phế quản", ("Tập dùng bình xịt đúng cách", "Ghi lưu lượng đỉnh buổi sáng")),
}
"""Code of a listed problem to the plan that is made for it: title and activities."""


def appointments(desk: Desk, person: Person) -> Iterator[Resource]:
    """Also in the city's appointment system: one fact in two systems."""
    for planned in person.appointments:
        if desk.holds(planned.facility):
            yield desk.resource(
                "Appointment",
                person.key,
                stamp(planned.at),
                updated=YESTERDAY,
                status=planned.status,
                specialty=[concept(DEPARTMENTS[planned.department])],
                reasonCode=[concept(planned.reason)],
                start=stamp(planned.at),
                end=stamp(planned.at + timedelta(minutes=30)),
                participant=[{"actor": desk.patient(person), "status": "accepted"}],
            )


def referrals(desk: Desk, person: Person) -> Iterator[Resource]:
    """Hospital A sends those on whom hospital B expects; B is only a name to A."""
    for planned in person.appointments if desk.system == "hospital-a" else ():
        if planned.facility == HOSPITAL_B and planned.status == "booked":
            yield desk.resource(
                "ServiceRequest",
                person.key,
                stamp(planned.at),
                updated=YESTERDAY,
                status="active",
                intent="order",
                category=[concept("Chuyển tuyến", (SNOMED, "3457005", "Patient referral"))],
                code=concept(planned.reason),
                subject=desk.patient(person),
                authoredOn=stamp(YESTERDAY),
                requester=desk.ref("Organization", HOSPITAL_A),
                performer=[{"type": "Organization", "display": FACILITIES[HOSPITAL_B].name}],
                reasonCode=[concept(planned.reason)],
                occurrencePeriod={
                    "start": YESTERDAY.date().isoformat(),
                    "end": planned.at.date().isoformat(),
                },
            )


def antenatal_care(desk: Desk, person: Person) -> Iterator[Resource]:
    for care in person.antenatal_care:
        if desk.holds(care.facility):
            until = care.until
            yield desk.resource(
                "EpisodeOfCare",
                person.key,
                care.since.isoformat(),
                updated=noted((until or care.since).isoformat()),
                status="finished" if until else "active",
                type=[concept("Quản lý thai nghén", (SNOMED, "424525001", "Antenatal care"))],
                patient=desk.patient(person),
                managingOrganization=desk.ref("Organization", care.facility),
                period=kept(start=care.since.isoformat(), end=until.isoformat() if until else None),
            )


def plan(desk: Desk, person: Person, condition: Condition) -> Iterator[Resource]:
    if condition.diagnosis.code in PLANS and desk.holds(condition.facility):
        title, activities = PLANS[condition.diagnosis.code]
        recorded = condition.recorded.isoformat() if condition.recorded else None
        yield desk.resource(
            "CarePlan",
            person.key,
            condition.diagnosis.code,
            updated=noted(recorded),
            status="active",
            intent="plan",
            title=title,
            subject=desk.patient(person),
            period={"start": recorded} if recorded else None,
            addresses=[desk.ref("Condition", person.key, "problem", condition.diagnosis.code)],
            activity=[{"detail": {"status": "in-progress", "description": text}} for text in activities],
        )
