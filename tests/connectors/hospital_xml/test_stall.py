"""F28: a large document keeps a processor busy, and the event loop free."""

from connectors.records import Observation
from tests.connectors.hospital_xml.dossiers import Station, dossier, part
from tests.connectors.stall import unstalled

RESULT = {
    "TEN_CHI_SO": "Kali",
    "GIA_TRI": "4.1",
    "DON_VI_DO": "mmol/L",
    "NGAY_KQ": "202611020950",
    "KET_LUAN": "x" * 60,
}


async def test_f28_megabytes_of_xml_do_not_stop_other_requests() -> None:
    """Reading the envelope and making the records both happen elsewhere."""
    body = dossier(part("XML4", *[{**RESULT, "MA_CHI_SO": f"{number}"} for number in range(10_000)]))
    assert len(body) > 2_000_000
    answer = await unstalled(Station(body).ask(Observation, seconds=60))
    assert len(answer.records) == 10_000
