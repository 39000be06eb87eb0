"""A second gateway in the same city: settings as in production, impatient with callers and patient with sources."""

from collections.abc import Iterator

import pytest

from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City

BOUNDS = 'introspection = true -> introspection = false\ncaller_timeout = "500ms"\nmax_body = "64KB"\ndeadline = "30s"'
PATIENT = 'deadline = "2s" -> deadline = "30s"'
UNGUARDED = "category = -> breaker = { failures = 0 }\ncategory ="
"""What failed in one test must not be given a rest in the next."""


@pytest.fixture(scope="session")
def strict(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """It tells nobody its schema, gives a caller half a second, and a source longer than any test lasts."""
    folder = tmp_path_factory.mktemp("strict")
    with running_gateway(
        whole_city, folder, clock=city_clock, bounds=BOUNDS, patient=PATIENT, unguarded=UNGUARDED
    ) as running:
        yield running


@pytest.fixture
def token(city: City) -> str:
    """Of An, signed in well enough for health data."""
    return city.eid.token_for("an")
