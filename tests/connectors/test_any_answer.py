"""Whatever stands in an answer of the right outer shape, no entry is lost silently and nothing else is raised."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw, Struct

from connectors.contract import Subject
from connectors.errors import SourceError
from connectors.immunization_book import mapping as book
from connectors.immunization_book.wire import AntigenRow, ProductRow
from connectors.population import mapping as register
from connectors.population.wire import Dependant
from connectors.records import PartialDate
from connectors.rest import mapping as rest
from connectors.rest.recipes import plans
from connectors.stamping import Stamp
from connectors.vss import co_payments, details
from connectors.vss import mapping as vss
from connectors.vss.business_codes import finding
from connectors.vss.wire import CardAnswer, Finding, Medicine, PaidEntry, Service, Visit
from connectors.vss.wire import Details as VssDetails
from tests.connectors.false_source import info
from tests.connectors.rest.described import APPOINTMENT

NUMBER = "079185998101"
STAMP = Stamp(
    info(),
    Subject(ref="r" * 32, personal_id=NUMBER, name="Mẫu", birth_date=PartialDate("1985-02-03")),
    datetime(2026, 11, 23, tzinfo=UTC),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        ["000", "2", "1", "202608120815", "12/08/2026", "9999-12-31", "99991231", "31/02/2026", "1.5", "1e99", NUMBER]
    ),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def entries_of(wire: type[Struct], key: str | None = None) -> st.SearchStrategy[list[Any]]:
    """Lists of anything, mostly of objects with the wanted names; ``key`` is different in each of them."""
    names = [field.encode_name for field in msgspec.structs.fields(wire)]
    entry = st.dictionaries(st.sampled_from([*names, "khac"]), JSON) | st.dictionaries(st.sampled_from(names), SCALARS)

    def numbered(entries: list[Any]) -> list[Any]:
        return [{**one, key: turn} if key and isinstance(one, dict) else one for turn, one in enumerate(entries)]

    return st.lists(entry | JSON, max_size=6).map(numbered)


def raws(entries: list[Any]) -> list[Raw]:
    return [Raw(msgspec.json.encode(entry)) for entry in entries]


@given(entries_of(Visit, "maHoSo"))
def test_every_visit_is_a_record_or_counted(entries: list[Any]) -> None:
    visits, dropped = vss.visits(raws(entries), STAMP)
    assert len(visits) + dropped == len(entries)
    assert len({visited.claim.id for visited in visits}) == len(visits)


@given(entries_of(PaidEntry))
def test_every_co_payment_is_a_record_or_counted(entries: list[Any]) -> None:
    records, dropped = co_payments.co_payments(raws(entries), STAMP)
    assert len(records) + dropped == len(entries)
    assert len({record.id for record in records}) == len(records)


@given(entries_of(Medicine), entries_of(Service), entries_of(Finding))
def test_every_detail_is_a_line_a_record_or_counted(drugs: list[Any], services: list[Any], findings: list[Any]) -> None:
    (visited,), _ = vss.visits(raws([{"maHoSo": "1", "maCSKCB": "79981"}]), STAMP)
    found = VssDetails(medicines=raws(drugs), services=raws(services), findings=raws(findings))
    visit = details.VisitDetails(visited.claim, "1", found)
    claim, dropped = details.detailed(visited.claim, found)
    assert claim.lines is not None
    assert len(claim.lines) + dropped == len(drugs) + len(services)
    medications, dropped = details.medications(visit, STAMP)
    assert len(medications) + dropped == len(drugs)
    observations, dropped = details.observations(visit, STAMP)
    assert len(observations) + dropped == len(findings)


@given(st.dictionaries(st.sampled_from([field.encode_name for field in msgspec.structs.fields(CardAnswer)]), SCALARS))
def test_any_card_is_a_record_counted_or_refused(answer: dict[str, Any]) -> None:
    """Every card that is named comes out as a record, or is counted."""
    try:
        read = msgspec.json.decode(msgspec.json.encode(answer), type=CardAnswer)
        found = finding(read.code)
    except (msgspec.ValidationError, SourceError):
        return
    records, dropped = vss.coverages(read, found, STAMP, today=date(2026, 11, 23))
    named = {number.strip() for number in (read.card, read.old_card, read.new_card) if number and number.strip()}
    assert len(records) + dropped in (len(named), 1, 0)


@given(entries_of(ProductRow, "lich_su_tiem_id"))
def test_every_dose_is_a_record_planned_or_counted(entries: list[Any]) -> None:
    records, dropped = book.immunizations([], raws(entries), STAMP)
    planned = len(entries) - len(records) - dropped
    assert 0 <= planned <= sum(isinstance(one, dict) and str(one.get("trang_thai")).strip() == "1" for one in entries)


@given(entries_of(AntigenRow), entries_of(ProductRow))
def test_two_views_of_anything_never_fail(by_antigen: list[Any], by_product: list[Any]) -> None:
    records, dropped = book.immunizations(raws(by_antigen), raws(by_product), STAMP)
    assert len(records) + dropped <= len(by_antigen) + len(by_product)


@given(entries_of(Dependant))
def test_every_dependant_is_a_relation_a_repetition_or_counted(entries: list[Any]) -> None:
    relations, dropped = register.relations(raws(entries), STAMP)
    assert len(relations) + dropped <= len(entries)
    assert bool(relations) or dropped == len(entries)


@given(
    JSON
    | st.fixed_dictionaries(
        {
            "danh_sach": st.lists(
                st.fixed_dictionaries(
                    {"so_dinh_danh": st.just(NUMBER)},
                    optional={"ma_lich_hen": SCALARS, "thoi_gian": SCALARS, "co_so": JSON, "trang_thai": SCALARS},
                )
            )
        }
    )
)
def test_every_described_entry_is_a_record_a_repetition_or_counted(answer: Any) -> None:
    (plan,) = plans("x", {"Appointment": APPOINTMENT}).values()
    document = msgspec.json.Decoder(float_hook=str).decode(msgspec.json.encode(answer))
    try:
        found = rest.found(plan, document, STAMP)
    except SourceError:
        return
    entries = rest.entries_of(plan, document)
    assert len(found.records) + found.dropped <= len(entries)
    assert bool(found.records) or found.dropped == len(entries)
