"""The promises of a source, held to this kind before the appointment system of the sandbox city."""

from collections.abc import AsyncIterator

import pytest

from connectors.clock import SystemClock
from connectors.options import Secret
from connectors.records import Appointment
from connectors.rest.client import RestSource
from tests.connectors.conformance import Bench, Conformance
from tests.connectors.rest.described import AN, BINH, NOBODY, entry, options
from tests.connectors.serving import serving
from tests.sandbox.faults import Faults
from tests.sandbox.servers.rest_appointments import appointments_app

APPOINTMENTS = {
    AN.personal_id: [entry(), entry(ma_lich_hen="LH-2")],
    BINH.personal_id: [entry(so_dinh_danh=BINH.personal_id)],
}


class TestRest(Conformance):
    """Appointments, by description alone."""

    @pytest.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        """The system on a real socket, and a source that is described for it."""
        faults = Faults()
        app = appointments_app(APPOINTMENTS, token="the-token", faults=faults)
        async with serving(app) as server:
            described = options(url=server.url, bearer=Secret("the-token"))
            source = RestSource("appointments", described, clock=SystemClock())
            yield Bench(
                source=source,
                about=Appointment,
                known=AN,
                other=BINH,
                unknown=NOBODY,
                server=server,
                faults=faults,
                key="appointments",
            )
            faults.stop()
            await source.close()
