"""F28: a large document keeps a processor busy, and the event loop free."""

import asyncio

from connectors.records import Observation
from tests.connectors.hospital_xml.dossiers import Station, dossier, part

RESULT = {
    "TEN_CHI_SO": "Kali",
    "GIA_TRI": "4.1",
    "DON_VI_DO": "mmol/L",
    "NGAY_KQ": "202611020950",
    "KET_LUAN": "x" * 60,
}


async def longest_stall(work: "asyncio.Task[object]") -> float:
    """The longest time in which nothing else could run while that task did."""
    loop = asyncio.get_running_loop()
    longest, before = 0.0, loop.time()
    while not work.done():
        await asyncio.wait({work}, timeout=0.01)
        now = loop.time()
        longest, before = max(longest, now - before), now
    return longest


async def test_f28_megabytes_of_xml_do_not_stop_other_requests() -> None:
    """Reading the envelope and making the records both happen elsewhere."""
    body = dossier(part("XML4", *[{**RESULT, "MA_CHI_SO": f"{number}"} for number in range(10_000)]))
    assert len(body) > 2_000_000
    asking = asyncio.ensure_future(Station(body).ask(Observation, seconds=60))
    stall = await longest_stall(asking)
    assert len((await asking).records) == 10_000
    assert stall < 0.5
