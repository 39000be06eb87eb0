"""Which insured visit is which visit."""

from datetime import timedelta

from resolvers.joining.visits import claimed
from tests.resolvers.joining.facts import visit
from tests.resolvers.joining.test_care import B, claim
from tests.resolvers.world import NOW

LATER = NOW + timedelta(hours=2)
TOMORROW = NOW + timedelta(days=1)


def test_facility_and_minute_decide() -> None:
    """Two visits of one day each find their own claim."""
    visits = [visit("a", NOW, number="1"), visit("a", LATER, number="2")]
    claims = [claim("insurer", admitted=LATER, number="x"), claim("insurer", admitted=NOW, number="y")]

    assert {key: found.id for key, found in claimed(visits, claims).items()} == {"a/1": "insurer/y", "a/2": "insurer/x"}


def test_the_only_ones_of_a_day_belong_together() -> None:
    """The hospital wrote down the time at the bed, the insurer that at the desk."""
    assert set(claimed([visit("a", NOW)], [claim("insurer", admitted=LATER)])) == {"a/1"}


def test_in_doubt_there_is_no_claim() -> None:
    """Two of one day and neither to the minute; two of one minute; another facility; another day; no time."""
    two = [visit("a", NOW, number="1"), visit("a", LATER, number="2")]
    between = claim("insurer", admitted=NOW + timedelta(minutes=30))

    assert not claimed(two, [between])
    assert not claimed([visit("a", NOW)], [claim("insurer", number="1"), claim("insurer", number="2")])
    assert not claimed([visit("a", NOW)], [claim("insurer", facility=B)])
    assert not claimed([visit("a", NOW)], [claim("insurer", admitted=TOMORROW)])
    assert not claimed([visit("a", None)], [claim("insurer", admitted=None)])


def test_a_day_is_a_day_in_ho_chi_minh_city() -> None:
    """Seven in the evening in UTC is tomorrow there."""
    late = NOW.replace(hour=19)

    assert not claimed([visit("a", NOW)], [claim("insurer", admitted=late)])
    assert claimed([visit("a", NOW + timedelta(days=1))], [claim("insurer", admitted=late)])
