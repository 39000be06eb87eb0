"""Visits, claims, medicines, measurements, papers, people: the rules of the other classes as tables."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.records import (
    Appointment,
    BooleanValue,
    Claim,
    CodedValue,
    CoPayment,
    Coverage,
    CoverageStatus,
    Demographics,
    Document,
    Facility,
    MedicationKind,
    ObservationComponent,
    PartialDate,
    Procedure,
    Quantity,
    Referral,
    Report,
    ReportKind,
    Sex,
    TextValue,
)
from connectors.records import Record as AnyRecord
from tests.resolvers.joining.facts import ATC, HOSPITAL, LOINC, amount, coded, medicine, result, together, told, visit
from tests.resolvers.world import NOW

B = Facility(code="79982", name="Bệnh viện Mẫu B")
OWN = Facility(code="org-1", name="Nơi khác")
HANDED_OUT, SAID = MedicationKind.DISPENSE, MedicationKind.STATEMENT
METFORMIN = (ATC, "A10BA02")
GLUCOSE = coded("Glucose", (LOINC, "2345-7"))
LATER = NOW + timedelta(hours=1)
SECONDS = NOW + timedelta(seconds=40)


def claim(source: str, *, number: str = "1", **more: Any) -> Claim:
    return Claim(**told(source, number), **{"facility": HOSPITAL, "admitted": NOW, **more})


def payment(source: str, paid: int, number: str = "1") -> CoPayment:
    return CoPayment(**told(source, number), facility=HOSPITAL, admitted=NOW, amount=Decimal(paid))


def card(source: str, number: str, **more: Any) -> Coverage:
    return Coverage(**told(source), card_number=number, **{"status": CoverageStatus.ACTIVE, **more})


def person(source: str, **more: Any) -> Demographics:
    given = {"full_name": "Lương Thị Mẫu Ân", "birth_date": PartialDate("1987-02-14"), "sex": Sex.FEMALE, **more}
    return Demographics(**told(source), **given)


def report(source: str, conclusion: str | None = None, **more: Any) -> Report:
    given = {"kind": ReportKind.IMAGING, "code": coded("X quang"), "issued": NOW, "facility": HOSPITAL, **more}
    return Report(**told(source), conclusion=conclusion, status="final", **given)


def procedure(source: str, **more: Any) -> Procedure:
    given = {"code": coded("Mổ"), "performed": PartialDate("2026-01-05"), "facility": HOSPITAL, "status": "completed"}
    return Procedure(**told(source), **{**given, **more})


def referral(source: str, **more: Any) -> Referral:
    given = {"from_facility": HOSPITAL, "to_facility": B, "issued": date(2026, 1, 5), "status": "active", **more}
    return Referral(**told(source), **given)


def appointment(source: str, **more: Any) -> Appointment:
    return Appointment(**told(source), **{"at": NOW, "facility": HOSPITAL, "status": "booked", **more})


def document(source: str) -> Document:
    return Document(**told(source), kind=coded("Giấy ra viện"), content_type="application/pdf", date=NOW)


def pressure(source: str, systolic: int) -> Any:
    part = ObservationComponent(code=coded("Tâm thu", (LOINC, "8480-6")), value=amount(Decimal(systolic), "mmHg"))
    return result(source, None, code=coded("Huyết áp", (LOINC, "85354-9")), components=(part,))


TABLE: list[tuple[str, AnyRecord, AnyRecord, bool]] = [
    ("visit, same minute", visit("a", NOW), visit("b", SECONDS), True),
    ("visit, same instant in another zone", visit("a", NOW), visit("b", NOW.astimezone(UTC)), True),
    ("visit, another time", visit("a", NOW), visit("b", LATER), False),
    ("visit, another facility", visit("a", NOW), visit("b", NOW, facility=B), False),
    ("visit at the source's own code", visit("a", NOW, facility=OWN), visit("b", NOW, facility=OWN), False),
    ("visit, no beginning", visit("a", None), visit("b", None), False),
    ("visit, two in one source", visit("a", NOW), visit("a", NOW, number="2"), False),
    ("claim, same admission", claim("insurer"), claim("b", admitted=SECONDS), True),
    ("claim, another sum", claim("insurer", total=Decimal(1)), claim("b", total=Decimal(2)), False),
    ("claim, same sum with other digits", claim("insurer", total=Decimal("1.0")), claim("b", total=Decimal(1)), True),
    ("co-payment, same", payment("insurer", 5), payment("b", 5), True),
    ("co-payment, another sum", payment("insurer", 5), payment("b", 6), False),
    ("card, same number", card("insurer", "DN4797999998112"), card("b", "dn4797999998112 "), True),
    ("card, another number", card("insurer", "DN4797999998112"), card("b", "DN4797999998113"), False),
    ("medicine, same code and day", medicine("a", METFORMIN), medicine("b", METFORMIN, text="Glucophage"), True),
    ("medicine, same words and day", medicine("a"), medicine("b", METFORMIN), True),
    ("medicine, handed out", medicine("a", METFORMIN), medicine("b", METFORMIN, kind=HANDED_OUT), True),
    ("medicine, said to be taken", medicine("a", METFORMIN), medicine("b", METFORMIN, kind=SAID), False),
    ("medicine, another day", medicine("a", METFORMIN), medicine("b", METFORMIN, start="2026-01-06"), False),
    ("medicine, day unknown", medicine("a", METFORMIN, start=None), medicine("b", METFORMIN, start=None), False),
    ("medicine, other strength", medicine("a", strength="500 mg"), medicine("b", strength="850 mg"), False),
    ("medicine, other dosage", medicine("a", dosage="sáng 1 viên"), medicine("b", dosage="tối 1 viên"), False),
    ("medicine, other place", medicine("a", facility=HOSPITAL), medicine("b", facility=B), False),
    (
        "medicine, other amount",
        medicine("a", quantity=Quantity(value=Decimal(30))),
        medicine("b", quantity=Quantity(value=Decimal(60))),
        False,
    ),
    ("medicine, twice in one source", medicine("a", METFORMIN), medicine("a", METFORMIN, number="2"), False),
    ("result, same value", result("a", amount(Decimal("5.6"))), result("b", amount(Decimal("5.60")), at=SECONDS), True),
    ("result, words of another language", result("a", amount(5), code=GLUCOSE), result("b", amount(5)), True),
    ("result, another value", result("a", amount(Decimal("5.6"))), result("b", amount(Decimal("5.7"))), False),
    ("result, another unit", result("a", amount(Decimal("5.6"))), result("b", amount(Decimal("5.6"), "mg/dL")), False),
    ("result, a bound", result("a", amount(Decimal(5))), result("b", amount(Decimal(5), comparator="<")), False),
    ("result, another time", result("a", amount(Decimal(5))), result("b", amount(Decimal(5)), at=LATER), False),
    ("result, no time", result("a", amount(Decimal(5)), at=None), result("b", amount(Decimal(5)), at=None), False),
    ("result, no value", result("a", None), result("b", None), False),
    ("result, same word", result("a", TextValue(text="Âm tính")), result("b", TextValue(text="âm tính")), True),
    ("result, a word and a number", result("a", TextValue(text="5")), result("b", amount(Decimal(5))), False),
    (
        "result, chosen from a list",
        result("a", CodedValue(coded=coded("Âm tính", (LOINC, "LA1")))),
        result("b", CodedValue(coded=coded("Negative", (LOINC, "LA1")))),
        True,
    ),
    ("result, yes and no", result("a", BooleanValue(boolean=True)), result("b", BooleanValue(boolean=False)), False),
    ("blood pressure, same parts", pressure("a", 120), pressure("b", 120), True),
    ("blood pressure, other parts", pressure("a", 120), pressure("b", 125), False),
    ("report, same", report("a", "Bình thường"), report("b"), True),
    ("report, another conclusion", report("a", "Bình thường"), report("b", "Viêm phổi"), False),
    ("procedure, same", procedure("a"), procedure("b"), True),
    ("procedure, done and not done", procedure("a"), procedure("b", status="not-done"), False),
    ("procedure, place unknown", procedure("a", facility=None), procedure("b", facility=None), False),
    ("referral, same", referral("a"), referral("b"), True),
    ("referral, back again", referral("a"), referral("b", from_facility=B, to_facility=HOSPITAL), False),
    ("appointment, same", appointment("a"), appointment("b", department="Nội"), True),
    ("appointment, booked and cancelled", appointment("a"), appointment("b", status="cancelled"), False),
    ("documents", document("a"), document("b"), False),
    ("one citizen", person("population"), person("a"), True),
]


@pytest.mark.parametrize(("one", "other", "same"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_is_the_same(one: AnyRecord, other: AnyRecord, same: bool) -> None:
    """The rules as a table: in doubt there are two items."""
    assert together(one, other) is same


def test_the_date_of_this_table_is_no_midnight() -> None:
    """A day without a time would join more than the table means to say."""
    assert datetime.min.time() != NOW.time()
