"""Step by step to a source: real names, sockets and certificates, and the step at which it ends."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from connectors.options import Duration, SourceOptions
from connectors.reaching import Step, reach
from connectors.records import SourceKind
from tests.connectors.serving import serving
from tests.running import CityClock
from tests.sandbox.serving import Site

APP: ASGIApp = PlainTextResponse("ok")
HOST = "127.0.0.1"


async def walked(url: str, *, clock: CityClock | None = None, **more: object) -> list[Step]:
    options = SourceOptions(
        kind="x",
        name="Mẫu",
        category=SourceKind.HOSPITAL,
        url=url,
        deadline=Duration(5),
        **more,  # type: ignore[arg-type]
    )
    return [step async for step in reach(options, clock or CityClock(datetime.now(UTC)))]


def told(steps: list[Step]) -> list[tuple[str, bool]]:
    return [(step.name, step.fine) for step in steps]


class Authority:
    """An authority, its file, and TLS of a server whose certificate has so many days left."""

    def __init__(self, folder: Path, days: float = 90) -> None:
        ca = trustme.CA()
        self.file = folder / "ca.pem"
        ca.cert_pem.write_to_path(str(self.file))
        leaf = ca.issue_cert(HOST, not_after=datetime.now(UTC) + timedelta(days=days))
        self.identity = folder / "identity.pem"
        leaf.private_key_and_cert_chain_pem.write_to_path(str(self.identity))
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(self.server)


async def test_a_plain_source_has_a_name_and_a_connection() -> None:
    """Both are told with their time, and without the address that the name stands for."""
    async with serving(APP) as server:
        steps = await walked(server.url.replace(HOST, "localhost"))

    assert told(steps) == [("name", True), ("connection", True)]
    assert HOST not in str(steps)


async def test_f16_a_name_that_nobody_has_is_the_last_step() -> None:
    steps = await walked("https://nobody.invalid")

    assert told(steps) == [("name", False)]
    assert steps[-1].last


async def test_f01_a_place_where_nobody_listens_is_the_last_step() -> None:
    site = Site(0)
    url = site.url
    site.release()
    steps = await walked(url)

    assert told(steps) == [("name", True), ("connection", False)]
    assert (steps[-1].told, steps[-1].last) == ("ConnectionRefusedError", True)


async def test_certificates_are_told_with_the_days_that_they_have_left(tmp_path: Path) -> None:
    """The source's, and our own where there is one."""
    authority = Authority(tmp_path)
    async with serving(APP, tls=authority.server) as server:
        steps = await walked(server.url, ca=authority.file, identity=authority.identity)

    assert told(steps) == [("name", True), ("connection", True), ("tls", True), ("our certificate", True)]
    assert "ends in 89 days" in steps[2].told
    assert "ends in 89 days" in steps[3].told


async def test_a_certificate_that_ends_soon_is_a_finding_and_not_the_end(tmp_path: Path) -> None:
    """It still works today."""
    authority = Authority(tmp_path, days=10)
    async with serving(APP, tls=authority.server) as server:
        steps = await walked(server.url, ca=authority.file)

    assert told(steps)[-1] == ("tls", False)
    assert not steps[-1].last


async def test_f15_a_certificate_of_an_unknown_authority_is_the_last_step(tmp_path: Path) -> None:
    """Told in the words of the library, which are about certificates and nobody's data."""
    authority = Authority(tmp_path)
    async with serving(APP, tls=authority.server) as server:
        steps = await walked(server.url)

    assert told(steps)[-1] == ("tls", False)
    assert steps[-1].told.startswith("refused: ")
    assert steps[-1].last


async def test_a_source_that_speaks_no_tls_is_the_last_step() -> None:
    async with serving(APP) as server:
        steps = await walked(server.url.replace("http:", "https:"))

    assert told(steps)[-1] == ("tls", False)
    assert steps[-1].last
