"""The first screen is the International Patient Summary: what is empty says why, and nothing unread is asked for."""

from tests.running import Running
from tests.sandbox.city import City

ALLERGIES = """{ me { summary { allergies {
  entries { id noneKnown } noneStatedBy { source { id } } emptyBecause message completeness { complete } } }
  allergies { nodes { id noneKnown } } } }"""
ALL = """{ me { summary {
  problems { entries { id } emptyBecause } pastProblems { entries { id } emptyBecause }
  allergies { entries { id } emptyBecause } medications { entries { id } emptyBecause }
  immunizations { entries { id } emptyBecause } results { entries { id category } emptyBecause }
  vitalSigns { entries { id category } emptyBecause } socialHistory { entries { id } emptyBecause }
  pregnancy { entries { id } emptyBecause } procedures { entries { id } emptyBecause }
  encounters { entries { id start } emptyBecause } planOfCare { entries { id } emptyBecause } } } }"""


async def test_a_section_quotes_the_records_of_the_list_beside_it(gateway: Running, city: City) -> None:
    """Same ids as in the list: a client's cache holds each record once."""
    me = (await gateway.ask(ALLERGIES, token=city.eid.token_for("an"))).data["me"]

    section = me["summary"]["allergies"]
    assert {entry["id"] for entry in section["entries"]} == {
        one["id"] for one in me["allergies"]["nodes"] if not one["noneKnown"]
    }
    assert (section["emptyBecause"] is None) == bool(section["entries"])


async def test_every_section_has_entries_or_a_reason(gateway: Running, city: City) -> None:
    """Absence is never silence, in any section."""
    summary = (await gateway.ask(ALL, token=city.eid.token_for("an"))).data["me"]["summary"]

    assert len(summary) == 12
    for name, section in summary.items():
        assert bool(section["entries"]) != bool(section["emptyBecause"]), name
    assert {entry["category"] for entry in summary["vitalSigns"]["entries"]} <= {"VITAL_SIGNS"}


async def test_f3_a_silent_hospital_is_never_no_allergy(gateway: Running, city: City) -> None:
    """With sources down an empty section says that they are silent, and that there may be entries."""
    for source in city.seen:
        if source not in ("population", "insurance"):
            city.faults.set(source, "down")
    section = (await gateway.ask(ALLERGIES, token=city.eid.token_for("an"))).data["me"]["summary"]["allergies"]

    assert section["entries"] == []
    assert section["emptyBecause"] == "UNAVAILABLE"
    assert section["message"]
    assert not section["completeness"]["complete"]


async def test_only_selected_sections_are_asked_for(gateway: Running, city: City) -> None:
    """Two sections ask two classes of record; nobody asks the insurer."""
    answer = await gateway.ask(
        "{ me { summary { allergies { emptyBecause } vitalSigns { emptyBecause } results { emptyBecause } } "
        "sources { section } } }",
        token=city.eid.token_for("an"),
    )

    assert {row["section"] for row in answer.data["me"]["sources"]} == {"ALLERGIES", "OBSERVATIONS"}


async def test_a_visit_shows_in_the_summary_what_it_shows_in_its_list(gateway: Running, city: City) -> None:
    """With its claim, its diagnoses and its results: what a field promises holds wherever its type stands."""
    visit = "id claim { id } diagnoses { code { text } } observations { id } reports { results { id } }"
    asked = f"{{ me {{ summary {{ encounters {{ entries {{ {visit} }} }} }} encounters {{ nodes {{ {visit} }} }} }} }}"
    me = (await gateway.ask(asked, token=city.eid.token_for("an"))).data["me"]

    assert me["summary"]["encounters"]["entries"] == me["encounters"]["nodes"]
    assert any(one["claim"] for one in me["encounters"]["nodes"])
