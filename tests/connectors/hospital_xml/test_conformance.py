"""The promises of a source, held to this kind before the health station of the sandbox city."""

from collections.abc import AsyncIterator

import pytest

from connectors.clock import SystemClock
from connectors.hospital_xml.client import HospitalXmlSource
from connectors.options import Secret
from connectors.records import Encounter, Medication
from tests.connectors.conformance import Bench, Conformance
from tests.connectors.hospital_xml.dossiers import AN, BINH, NOBODY, dossier, options, part
from tests.connectors.serving import serving
from tests.sandbox.faults import Faults
from tests.sandbox.render.hospital_xml import wrapped
from tests.sandbox.servers.hospital_xml import hospital_xml_app

DRUG = part("XML2", {"TEN_THUOC": "Metformin Mẫu 500"})
LETTERS = (
    DRUG,
    part("XML4", {"TEN_CHI_SO": "HbA1c", "GIA_TRI": "7.2"}),
    part("XML5", {"DIEN_BIEN_LS": "CSST<M75>"}),
    part("XML13", {"MA_CSKCB_DEN": "79981"}),
    part("XML14", {"NGAY_HEN_KL": "202612010800"}),
)
OF_BINH = {"SO_CCCD": BINH.personal_id, "NGAY_SINH": "198000000000", "MA_LK": "79983.2611.000009"}
OTHER_DRUG = (DRUG[0], DRUG[1].replace("79983.2611.000001", OF_BINH["MA_LK"]))
DOSSIERS = {
    AN.personal_id: wrapped([dossier(*LETTERS), dossier(MA_LK="79983.2611.000002")]),
    BINH.personal_id: wrapped([dossier(OTHER_DRUG, **OF_BINH)]),
}


class TestHospitalXml(Conformance):
    """A table that every dossier has, and one that some have."""

    @pytest.fixture(params=[Encounter, Medication])
    async def bench(self, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
        """The station on a real socket, and a source that speaks with it."""
        faults, clock = Faults(), SystemClock()
        app = hospital_xml_app(DOSSIERS, api_key="khoa-mau", faults=faults)
        async with serving(app) as server:
            given = options(url=server.url, headers={"X-API-Key": Secret("khoa-mau")})
            source = HospitalXmlSource("health-station", given, clock=clock)
            yield Bench(
                source=source,
                about=request.param,
                known=AN,
                other=BINH,
                unknown=NOBODY,
                server=server,
                faults=faults,
                key="health-station",
            )
            faults.stop()
            await source.close()
