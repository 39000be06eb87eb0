"""Xuân, treated for pneumonia in one hospital and operated on in the other, reads what both stays left behind."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City

LEFT = """
{ me {
    reports { nodes { kind code { text } missingResults results { code { text } status } attachments { contentType }
                      provenance { source { id } } }
              completeness { complete sources { section state } } }
    procedures { nodes { code { text } performed performer { name } status } completeness { complete } }
    documents { nodes { kind { text } contentType sizeBytes } completeness { complete } }
    encounters { nodes { kind facility { code } diagnoses { code { text } }
                         medications { kind code { text } } procedures { code { text } }
                         observations { code { text } } documents { kind { text } }
                         reports { kind results { code { text } } } }
                 completeness { complete sources { section source { id } state } } }
} }
"""


async def read(gateway: Running, city: City) -> dict[str, Any]:
    answer = (await gateway.ask(LEFT, token=city.eid.token_for("xuan"))).data
    return dict(answer["me"])


async def test_she_reads_her_reports_with_their_results(gateway: Running, city: City) -> None:
    """Results are joined where the list is made; what was cancelled is no result of the report."""
    reports = (await read(gateway, city))["reports"]

    assert reports["completeness"]["complete"]
    (laboratory,) = [report for report in reports["nodes"] if report["kind"] == "LABORATORY"]
    assert {result["code"]["text"] for result in laboratory["results"]} == {"Bạch cầu", "CRP", "Cấy máu"}
    assert laboratory["missingResults"] == 0
    assert laboratory["attachments"] == [{"contentType": "application/pdf"}]
    (image,) = [report for report in reports["nodes"] if report["kind"] == "IMAGING"]
    assert image["provenance"] == [{"source": {"id": "hospital-a"}}]
    assert {row["section"] for row in reports["completeness"]["sources"]} == {"REPORTS", "OBSERVATIONS"}


async def test_each_stay_has_its_own(gateway: Running, city: City) -> None:
    """The operation and what the pharmacy handed out in one, the discharge paper and the reports in the other."""
    me = await read(gateway, city)
    (operation,) = me["procedures"]["nodes"]
    assert operation["performer"] == {"name": "Bác sĩ Mẫu Mắt B"}

    (pneumonia,) = [visit for visit in me["encounters"]["nodes"] if visit["documents"]]
    assert [paper["kind"]["text"] for paper in pneumonia["documents"]] == ["Giấy ra viện"]
    assert {report["kind"] for report in pneumonia["reports"]} == {"LABORATORY", "IMAGING"}
    assert all(report["results"] for report in pneumonia["reports"])
    assert {medicine["kind"] for medicine in pneumonia["medications"]} == {"PRESCRIPTION"}
    assert pneumonia["procedures"] == []
    (surgery,) = [visit for visit in me["encounters"]["nodes"] if visit["procedures"]]
    assert surgery["procedures"] == [{"code": operation["code"]}]
    assert sorted(medicine["kind"] for medicine in surgery["medications"]) == ["DISPENSE", "PRESCRIPTION"]
    assert surgery["documents"] == []


async def test_at_the_station_too_everything_belongs_to_its_visit(gateway: Running, city: City) -> None:
    """Its dossiers are the visits themselves."""
    me = await read(gateway, city)
    (visit,) = [visit for visit in me["encounters"]["nodes"] if visit["facility"]["code"] == "79983"]
    assert visit["medications"]
    assert visit["observations"]


async def test_f10_what_did_not_come_makes_the_visits_incomplete(gateway: Running, city: City) -> None:
    """One hospital answers in garbage: the list of visits says for every class what it lacks."""
    city.faults.set("hospital-b", "garbage")
    completeness = (await read(gateway, city))["encounters"]["completeness"]

    assert not completeness["complete"]
    states = {(row["section"], row["state"]) for row in completeness["sources"] if row["source"]["id"] == "hospital-b"}
    sections = ("ENCOUNTERS", "CONDITIONS", "MEDICATIONS", "PROCEDURES", "OBSERVATIONS", "REPORTS", "DOCUMENTS")
    assert states == {(section, "INVALID_ANSWER") for section in sections}


async def test_nothing_more_is_asked_than_is_read(gateway: Running, city: City) -> None:
    """A visit is one question; its medicines are the three types by which a hospital may know them."""
    token = city.eid.token_for("xuan")
    await gateway.ask("{ me { encounters { nodes { kind } } } }", token=token)
    first = [call.operation for call in city.seen["hospital-b"].calls]
    await gateway.ask("{ me { encounters { nodes { medications { kind } } } } }", token=token)
    second = [call.operation for call in city.seen["hospital-b"].calls][len(first) :]

    assert "Encounter.search" in first
    assert not {operation for operation in first if operation.startswith("Medication")}
    assert {operation for operation in second if operation.startswith("Medication")} == {
        "MedicationRequest.search",
        "MedicationDispense.search",
        "MedicationStatement.search",
    }


PLANNED = """
{ me {
    appointments(from: "2026-11-30") { nodes { at facility { code } department status provenance { source { id } } } }
    referrals { nodes { fromFacility { code } toFacility { name } reason { text } status } completeness { complete } }
    carePlans { nodes { title status activities } completeness { complete } }
} }
"""


async def test_an_appointment_in_two_books_is_one(gateway: Running, city: City) -> None:
    """Phúc's stand in the city's system and in the hospitals' own books; for one of them he was referred."""
    me = (await gateway.ask(PLANNED, token=city.eid.token_for("phuc"))).data["me"]

    places = [[one["source"]["id"] for one in planned["provenance"]] for planned in me["appointments"]["nodes"]]
    assert sorted(places) == [["appointments", "hospital-a"], ["appointments", "hospital-b"]]
    (referral,) = me["referrals"]["nodes"]
    assert (referral["fromFacility"]["code"], referral["toFacility"]["name"]) == ("79981", "Bệnh viện Mẫu B")
    assert me["referrals"]["completeness"]["complete"]


async def test_a_man_with_a_long_illness_reads_his_plan(gateway: Running, city: City) -> None:
    """His activities stand there in words."""
    (plan,) = (await gateway.ask(PLANNED, token=city.eid.token_for("son"))).data["me"]["carePlans"]["nodes"]
    assert plan["activities"] == ["Hạn chế muối và đạm", "Xét nghiệm creatinin mỗi tháng"]
