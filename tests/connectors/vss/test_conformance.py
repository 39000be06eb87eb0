"""The promises of a source, held to this kind before the portal of the sandbox city."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from connectors.clock import SystemClock
from connectors.records import Claim, CoPayment, Coverage, Record
from connectors.vss.client import VssSource
from tests.connectors.conformance import Bench, Conformance
from tests.connectors.serving import serving
from tests.connectors.vss.portal import (
    AN,
    BINH,
    NOBODY,
    PASSWORD,
    STAFF_ID,
    STAFF_NAME,
    card,
    entry,
    history,
    options,
    paid,
    visit,
)
from tests.sandbox.faults import Faults
from tests.sandbox.servers.insurance import insurance_app
from tests.sandbox.servers.insurance_account import Account

CARDS: Mapping[str, dict[str, Any]] = {
    AN.personal_id: card(),
    BINH.personal_id: card(maThe="HT3797999998102", maSoBHXH="7999998102", hoTen="LÊ VĂN MẪU BÌNH", ngaySinh="1980"),
}
HISTORIES: Mapping[str, dict[str, Any]] = {
    AN.personal_id: history(visit(), visit(maHoSo="79982202600002", maCSKCB="79982")),
    BINH.personal_id: history(visit(maHoSo="79981202600003")),
}


PAID: Mapping[str, dict[str, Any]] = {
    AN.personal_id: paid(entry(), entry(maCskcb="79982")),
    BINH.personal_id: paid(entry(), ThongTinSoThe={"hoTen": "LÊ VĂN MẪU BÌNH", "ngaySinh": "1980"}),
}


class TestVss(Conformance):
    """Cards, claims, co-payments, with the card check in JSON or as a form."""

    @pytest.fixture(
        params=[(Coverage, "json"), (Claim, "form"), (CoPayment, "json")], ids=["cards", "claims", "co-payments"]
    )
    async def bench(self, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
        """The portal on a real socket, and a source that speaks with it."""
        about: type[Record] = request.param[0]
        faults, clock = Faults(), SystemClock()
        account = Account(username="79981_BV", password=PASSWORD, staff={STAFF_ID: STAFF_NAME})
        app = insurance_app(CARDS, HISTORIES, co_payments=PAID, account=account, clock=clock, faults=faults)
        async with serving(app) as server:
            source = VssSource("insurance", options(url=server.url, card_encoding=request.param[1]), clock=clock)
            yield Bench(
                source=source,
                about=about,
                known=AN,
                other=BINH,
                unknown=NOBODY,
                server=server,
                faults=faults,
                key="insurance",
            )
            faults.stop()
            await source.close()
