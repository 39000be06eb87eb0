"""The promises of a source, held to this kind before the book of the sandbox city."""

from collections.abc import AsyncIterator

import pytest

from connectors.clock import SystemClock
from connectors.immunization_book.client import ImmunizationBookSource
from connectors.records import Immunization
from tests.connectors.conformance import Bench, Conformance
from tests.connectors.immunization_book.book import (
    NA,
    NOBODY,
    PASSWORD,
    PHONE,
    TI,
    five,
    member,
    options,
    product,
)
from tests.connectors.serving import serving
from tests.sandbox.faults import Faults
from tests.sandbox.servers.immunization_book import immunization_book_app

HISTORIES = {"khang_nguyen": five(), "vacxin": [product(), product(8, ngay_tiem="24/10/2018")]}
ENTRIES = {
    NA.personal_id: {"thanh_vien": member(), **HISTORIES},
    TI.personal_id: {
        "thanh_vien": member(doi_tuong_id=111, ma_dinh_danh="", ho_ten="TRỊNH KHÁNH MẪU TÍ", ngay_sinh="30/10/2015"),
        **HISTORIES,
    },
}


class TestImmunizationBook(Conformance):
    """The doses of a child whose entry repeats the number, and of one whose entry does not."""

    @pytest.fixture(params=[(NA, TI), (TI, NA)], ids=["with number", "without number"])
    async def bench(self, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
        """The book on a real socket, and a source that speaks with it."""
        known, other = request.param
        faults, clock = Faults(), SystemClock()
        app = immunization_book_app(ENTRIES, phone=PHONE, password=PASSWORD, clock=clock, faults=faults, source="book")
        async with serving(app) as server:
            source = ImmunizationBookSource("book", options(url=server.url), clock=clock)
            yield Bench(
                source=source,
                about=Immunization,
                known=known,
                other=other,
                unknown=NOBODY,
                server=server,
                faults=faults,
                key="book",
            )
            faults.stop()
            await source.close()
