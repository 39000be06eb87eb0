"""What the systems say about the people is well formed, and the systems agree where they must."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time
from functools import cache
from typing import Any, get_args

import pytest

from connectors.clock import HO_CHI_MINH
from tests.sandbox.people import REFERENCE_DATE, Person, by_key, everyone
from tests.sandbox.people.places import FACILITIES, FhirSystem
from tests.sandbox.render import fhir, hospital_xml, insurance, register
from tests.sandbox.render.fhir_parts import CITIZEN_NUMBER, noted

PEOPLE = everyone()
SYSTEMS: tuple[FhirSystem, ...] = get_args(FhirSystem)
EVERY_SYSTEM = pytest.mark.parametrize("system", SYSTEMS)
EVERY_PERSON = pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
END_OF_TODAY = datetime.combine(REFERENCE_DATE, time.max, HO_CHI_MINH)
Resource = dict[str, Any]


@cache
def held(system: FhirSystem) -> tuple[Resource, ...]:
    return tuple(fhir.resources(PEOPLE, system))


def about(system: FhirSystem, person: Person, kind: str) -> list[Resource]:
    patient = next(r for r in held(system) if r["resourceType"] == "Patient" and number(r) == person.personal_id)
    reference = {"reference": f"Patient/{patient['id']}"}
    return [r for r in held(system) if r["resourceType"] == kind and reference in (r.get("subject"), r.get("patient"))]


def number(patient: Resource) -> str:
    return next(str(i["value"]) for i in patient["identifier"] if i["system"] == CITIZEN_NUMBER)


def walk(value: Any) -> Iterator[Any]:
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)


@EVERY_SYSTEM
def test_every_reference_resolves_inside_its_system(system: FhirSystem) -> None:
    present = {f"{r['resourceType']}/{r['id']}" for r in held(system)}
    for resource in held(system):
        contained = {f"#{inner['id']}" for inner in resource.get("contained", ())}
        references = {v["reference"] for v in walk(resource) if isinstance(v, dict) and "reference" in v}
        assert references <= present | contained


@EVERY_SYSTEM
def test_ids_are_unique_valid_and_tell_no_citizen_number(system: FhirSystem) -> None:
    ids = [(r["resourceType"], r["id"]) for r in held(system)]
    assert len(set(ids)) == len(ids)
    for _, identity in ids:
        assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", identity)
        assert not any(person.personal_id in identity for person in PEOPLE)


def test_no_id_means_the_same_thing_in_two_systems() -> None:
    """Nor do two ids share their random part, whatever the style in which each system writes it."""
    shared = Counter(re.sub("^tc-|-", "", r["id"])[:12] for system in SYSTEMS for r in held(system))
    record_numbers = Counter(
        i["value"] for s in SYSTEMS for r in held(s) for i in r.get("identifier", ()) if "mrn" in i["system"]
    )
    assert max(shared.values()) == max(record_numbers.values()) == 1


@EVERY_SYSTEM
def test_the_citizen_number_stands_in_the_patient_alone(system: FhirSystem) -> None:
    """A search result can be logged by reference without telling who it is about."""
    text = json.dumps([r for r in held(system) if r["resourceType"] != "Patient"])
    assert not re.search(r"079\d{9}", text)


@EVERY_SYSTEM
def test_no_field_is_null_or_empty(system: FhirSystem) -> None:
    assert all(value not in (None, "", [], {}) for resource in held(system) for value in walk(resource))


@EVERY_SYSTEM
def test_every_record_was_written_by_now(system: FhirSystem) -> None:
    for resource in held(system):
        written = datetime.fromisoformat(resource["meta"]["lastUpdated"])
        assert written.utcoffset() is not None
        assert written <= END_OF_TODAY


@EVERY_PERSON
def test_a_system_has_a_patient_exactly_for_those_it_knows(person: Person) -> None:
    for system in SYSTEMS:
        numbers = [number(r) for r in held(system) if r["resourceType"] == "Patient"]
        assert numbers.count(person.personal_id) == person.known_to(system)


@EVERY_PERSON
def test_what_the_insurance_paid_happened_at_the_facility_at_that_time(person: Person) -> None:
    for item in insurance.history(person)["dsLichSuKCB2025"] or ():
        stays, codes = _known_at(item["maCSKCB"], person)
        assert (item["ngayVao"], item["ngayRa"]) in stays
        assert {part.split(" - ")[0] for part in item["tenBenh"].split("; ")} <= codes


def _known_at(facility: str, person: Person) -> tuple[list[tuple[str, ...]], set[str]]:
    """Beginning and end of every stay there, and the codes of every diagnosis."""
    system = FACILITIES[facility].system
    if system == "health-station":
        visits = [opened(dossiers, "XML1") for dossiers in hospital_xml.dossiers(person).split(b"<GIAMDINHHS>")[1:]]
        return [(said(v, "NGAY_VAO"), said(v, "NGAY_RA")) for v in visits], {said(v, "MA_BENH_CHINH") for v in visits}
    assert system in SYSTEMS
    stays = [_stay(encounter) for encounter in about(system, person, "Encounter")]
    return stays, {c["code"] for r in about(system, person, "Condition") for c in r["code"]["coding"]}


def opened(envelope: bytes, kind: str) -> str:
    """The table of that kind in an envelope; empty where there is none."""
    found = re.search(rf"<LOAIHOSO>{kind}</LOAIHOSO><NOIDUNGFILE>([^<]+)".encode(), envelope)
    return base64.b64decode(found[1]).decode() if found else ""


def said(table: str, field: str) -> str:
    return str(re.findall(f"<{field}>([^<]*)</{field}>", table)[0])


def _stay(encounter: Resource) -> tuple[str, ...]:
    period = encounter["period"]
    return tuple(f"{datetime.fromisoformat(period[edge]):%Y%m%d%H%M}" for edge in ("start", "end") if edge in period)


@EVERY_PERSON
def test_the_totals_of_a_dossier_add_up(person: Person) -> None:
    """What the rows cost is what the insurance and the citizen pay together (QĐ 4750, XML1)."""
    for envelope in hospital_xml.dossiers(person).split(b"<GIAMDINHHS>")[1:]:
        visit = opened(envelope, "XML1")
        rows = opened(envelope, "XML2") + opened(envelope, "XML3")
        cost = sum(int(price) for price in re.findall("<THANH_TIEN_BH>([0-9]+)<", rows))
        assert cost == int(said(visit, "T_TONGCHI_BH")) == int(said(visit, "T_BHTT")) + int(said(visit, "T_BNCCT"))
        assert said(visit, "SO_CCCD") == person.personal_id


@EVERY_PERSON
def test_the_card_answer_has_every_field_of_the_contract(person: Person) -> None:
    answer = insurance.card(person)
    assert set(answer) == {"maKetQua", "ghiChu", *insurance.CARD_FIELDS}
    assert answer["dsLichSuKCB2018"] is None
    if person.card is None:
        assert answer["maKetQua"] == "050"
        assert all(answer[name] is None for name in insurance.CARD_FIELDS)
    else:
        assert re.fullmatch(r"\d\d/\d\d/\d{4}|\d{4}", answer["ngaySinh"])
        assert (answer["maThe"], answer["hoTen"]) == (person.card.number, answer["hoTen"].upper())


def test_a_renewed_card_names_the_new_one_and_keeps_the_old() -> None:
    for key in ("mai", "be-an"):
        answer = insurance.card(by_key(key))
        assert answer["maTheMoi"] not in (None, answer["maThe"])
        assert answer["gtTheTuMoi"]


def test_the_insurance_knows_only_the_year_of_baos_birth() -> None:
    assert insurance.card(by_key("bao"))["ngaySinh"] == "1981"
    assert register.congdan(by_key("bao"), PEOPLE)["NgayThangNamSinh"] == {"Nam": "1981", "NgayThangNam": "19810309"}


@EVERY_PERSON
def test_the_register_names_relatives_by_number_and_name(person: Person) -> None:
    entry = register.congdan(person, PEOPLE)
    assert entry["SoDinhDanh"] == person.personal_id
    name = entry["HoVaTen"]
    assert f"{name['Ho']} {name['ChuDem']} {name['Ten']}" == person.name.upper()
    for field, expected in (("Cha", person.father), ("Me", person.mother), ("VoChong", person.spouse)):
        assert (entry[field] or {}).get("SoDinhDanh") == expected
    assert bool(entry["NgayChet"]) == (person.deceased is not None)


def test_the_register_tells_barred_ended_and_court_rights_apart() -> None:
    def rights(key: str) -> list[tuple[str, str, bool]]:
        return [(r["QuanHe"], r["DenNgay"], r["HanChe"]) for r in register.dependants(by_key(key), PEOPLE)]

    assert rights("hung") == [("CON", "", True)]
    assert rights("dung") == [("CON", "", False)]
    assert rights("tuyet") == [("CON", "20261014", False)]
    assert rights("tam") == [("CON", "", False)]
    assert rights("xuan") == [("GIAM_HO", "", False)]
    assert {kind for kind, _, _ in rights("hien")} == {"TOA_AN"}
    assert rights("trang") == []


def test_a_planned_dose_is_never_completed() -> None:
    doses = about("vaccination", by_key("nhi"), "Immunization")
    to_come = [d for d in doses if d["occurrenceDateTime"] > REFERENCE_DATE.isoformat()]
    assert len(to_come) == 2
    assert all(dose["status"] == "not-done" and "lotNumber" not in dose for dose in to_come)
    assert sum(dose["status"] == "completed" for dose in doses) == 2


def test_a_birth_dose_stands_in_the_hospital_and_in_the_register() -> None:
    (hospital,) = about("hospital-a", by_key("nhi"), "Immunization")
    assert hospital["vaccineCode"]["coding"][0]["code"] == "08"
    same = [
        d for d in about("vaccination", by_key("nhi"), "Immunization") if d["vaccineCode"] == hospital["vaccineCode"]
    ]
    assert [(d["occurrenceDateTime"], d["lotNumber"]) for d in same] == [
        (hospital["occurrenceDateTime"], hospital["lotNumber"])
    ]


def test_hospital_b_holds_nams_number_with_another_birth_date() -> None:
    births = {
        system: r["birthDate"]
        for system in ("hospital-a", "hospital-b")
        for r in held(system)
        if r["resourceType"] == "Patient" and number(r) == by_key("nam").personal_id
    }
    assert births == {"hospital-a": "1979-06-06", "hospital-b": "1997-02-17"}


def test_the_odd_corners_that_connectors_must_stand_are_present() -> None:
    """Errors, absent values, a comparator, a contained drug, partial dates, a test without LOINC, every value type."""
    everything = [r for system in SYSTEMS for r in held(system)]
    values = {
        name for r in everything for name in r if name.startswith("value") or name in ("component", "dataAbsentReason")
    }
    assert values == {
        "valueQuantity", "valueCodeableConcept", "valueString", "valueDateTime", "component", "dataAbsentReason",
    }  # fmt: skip
    statuses = {(r["resourceType"], r["status"]) for r in everything if "status" in r}
    assert {
        ("Observation", "entered-in-error"),
        ("Immunization", "entered-in-error"),
        ("Encounter", "in-progress"),
    } <= statuses
    assert any("contained" in r for r in everything)
    assert any("comparator" in r.get("valueQuantity", {}) for r in everything)
    assert any(len(r.get("onsetDateTime", "")) == 4 for r in everything)
    assert any(len(r.get("occurrenceDateTime", "")) == 7 for r in everything)
    assert any(len(r.get("birthDate", "")) in (4, 7) for r in everything)
    assert any("security" in r["meta"] for r in everything)


def test_the_protected_record_is_labelled_in_one_hospital_and_only_coded_in_the_other() -> None:
    labelled = [r for r in about("hospital-a", by_key("lam"), "Condition") if "security" in r["meta"]]
    assert {c["code"] for r in labelled for c in r["code"]["coding"]} == {"F32.1"}
    assert not any("security" in r["meta"] for r in held("hospital-b"))
    assert "B20" in {c["code"] for r in about("hospital-b", by_key("lam"), "Condition") for c in r["code"]["coding"]}


def test_a_partial_date_was_written_down_no_earlier_than_it_can_mean() -> None:
    assert noted("2024").date().isoformat() == "2024-12-31"
    assert noted("2024-02").date().isoformat() == "2024-02-29"
    assert noted("2024-02-03").date().isoformat() == "2024-02-03"
    assert noted(f"{REFERENCE_DATE.year}") < END_OF_TODAY
    assert noted(None).date() == noted("1990").date()
