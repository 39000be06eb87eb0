"""One city and one gateway for the whole run; every test finds them without faults."""

from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City, running_city
from tests.sandbox.serving import Site

# A failure is found and made small; to say why it fails costs minutes of tracing, and readers see why. Where CI is
# told from the environment, the same examples are tried every time, so that it is red for a change of ours alone.
settings.register_profile(
    "house",
    settings.default,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def city_clock() -> CityClock:
    """The time in the city."""
    return CityClock()


@pytest.fixture(scope="session")
def gateway_site() -> Iterator[Site]:
    """The gateway's place: known before there is a gateway, because the e-ID sends people back to it."""
    site = Site(0)
    yield site
    site.release()


@pytest.fixture(scope="session")
def whole_city(city_clock: CityClock, gateway_site: Site) -> Iterator[City]:
    """The city, whatever is wrong in it just now; tests want ``city``."""
    with running_city(clock=city_clock, gateway=gateway_site.url) as running:
        yield running


@pytest.fixture(scope="session")
def gateway(
    whole_city: City, city_clock: CityClock, gateway_site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A gateway for the city."""
    folder = tmp_path_factory.mktemp("gateway")
    # Many tests share it, and what failed in one must not be given a rest in the next.
    patient = "category = -> breaker = { failures = 0 }\ncategory ="
    with running_gateway(whole_city, folder, clock=city_clock, site=gateway_site, patient=patient) as running:
        yield running


@pytest.fixture
def city(whole_city: City) -> Iterator[City]:
    """The city, in order before and after the test, with nothing seen yet."""
    for seen in whole_city.seen.values():
        seen.forget()
    yield whole_city
    whole_city.intake.forget()
    for source in whole_city.addresses:
        whole_city.faults.clear(source)
        whole_city.reopen(source)
