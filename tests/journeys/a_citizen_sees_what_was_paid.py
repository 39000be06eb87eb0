"""What was charged and paid is asked of the insurer when it is wanted; one that fails there fails only there."""

from tests.running import Running
from tests.sandbox.city import City

PAID = """{ me { coPayments { nodes { amount yearToDate facility { code } }
  completeness { complete sources { section state } } } } }"""
VISITS = "{ me { claims { nodes { total %s } completeness { complete } } } }"
LINES = "lines { kind name amount }"


async def test_a_citizen_sees_what_was_paid_and_what_it_adds_up_to(gateway: Running, city: City) -> None:
    """Newest first; the last sum of a year is the whole of it."""
    listed = (await gateway.ask(PAID, token=city.eid.token_for("an"))).data["me"]["coPayments"]
    assert listed["completeness"]["complete"]
    newest = listed["nodes"][0]
    assert float(newest["yearToDate"]) >= float(newest["amount"]) > 0


async def test_lines_are_looked_up_only_where_they_are_read(gateway: Running, city: City) -> None:
    """Without them a list of visits is one call; with them each visit is one more."""
    token, seen = city.eid.token_for("an"), city.seen["insurance"]
    without = (await gateway.ask(VISITS % "", token=token)).data["me"]["claims"]
    assert {visit["total"] for visit in without["nodes"]} == {None}
    before = len(seen.calls)
    whole = (await gateway.ask(VISITS % LINES, token=token)).data["me"]["claims"]
    assert whole["completeness"]["complete"]
    assert len(seen.calls) - before >= len(whole["nodes"])
    for visit in whole["nodes"]:
        assert float(visit["total"]) == sum(float(line["amount"]) for line in visit["lines"])


async def test_an_insurer_that_fails_costs_what_was_paid_and_says_so(gateway: Running, city: City) -> None:
    """An outcome of its own section, no entry in `errors`."""
    city.faults.set("insurance", "down")
    answer = await gateway.ask(PAID, token=city.eid.token_for("an"))
    listed = answer.data["me"]["coPayments"]
    assert (listed["nodes"], listed["completeness"]["complete"]) == ([], False)
    assert [row["section"] for row in listed["completeness"]["sources"]] == ["CO_PAYMENTS"]
