"""A phone shows who she is and how she is insured while the slowest hospital still thinks."""

import asyncio
from typing import Any

from tests.gateway.streamed import BY_ID, all_payloads, streamed
from tests.running import Running
from tests.sandbox.city import City

SCREEN = """{ me {
  demographics { fullName }
  coverage { nodes { cardNumber } completeness { complete } }
  ... @defer(label: "care") { allergies { nodes { substance { text } } completeness { complete } } }
  ... @defer(label: "shots") { immunizations { nodes { id } completeness { complete } } }
  ... @defer(label: "how") { sources { source { id } section state } }
} }"""


def without_times(payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The payloads without what is another time's: request id, and how long each source took."""
    for payload in payloads:
        payload.get("extensions", {}).pop("requestId", None)
        for row in payload.get("extensions", {}).get("sources", ()):
            del row["elapsedMs"]
    return payloads


async def test_the_first_screen_is_there_before_the_hospital_has_said_a_word(gateway: Running, city: City) -> None:
    """Whole in itself; what the hospital did not say in its time is told where it is missing, and nowhere else."""
    city.faults.set("hospital-b", "hang")
    async with streamed(gateway, SCREEN, token=city.eid.token_for("an"), accept=BY_ID) as answer:
        payloads = answer.payloads()
        me = (await anext(payloads))["data"]["me"]
        thinking = await asyncio.to_thread(city.seen["hospital-b"].wait_until, lambda seen: seen.in_flight > 0)
        rest = [payload async for payload in payloads]

    assert thinking
    assert me["demographics"]["fullName"]
    assert me["coverage"] == {"nodes": [{"cardNumber": "DN4797999998112"}], "completeness": {"complete": True}}
    assert me.keys() == {"demographics", "coverage"}
    care, shots, how, _ = rest
    allergies = care["incremental"][0]["data"]["allergies"]
    assert allergies["nodes"]
    assert allergies["completeness"] == {"complete": False}
    assert shots["incremental"][0]["data"]["immunizations"]["completeness"] == {"complete": False}
    states = {(row["source"]["id"], row["section"]): row["state"] for row in how["incremental"][0]["data"]["sources"]}
    assert states["hospital-a", "ALLERGIES"] == "ANSWERED"
    assert states["hospital-b", "ALLERGIES"] == "TIMED_OUT"
    assert states["population", "DEMOGRAPHICS"] == "ANSWERED"


async def test_the_waves_are_the_same_whoever_is_slow(gateway: Running, city: City) -> None:
    """Payload by payload: their order follows the document, not the network."""
    token = city.eid.token_for("an")
    seen = []
    for slow in ("hospital-a", "hospital-b", "vaccination"):
        city.faults.set(slow, "slow", seconds=0.3)
        seen.append(without_times(await all_payloads(gateway, SCREEN, token=token, accept=BY_ID)))
        city.faults.clear(slow)

    assert seen[0] == seen[1] == seen[2]
