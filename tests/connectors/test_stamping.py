"""The id and the provenance of a record."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from connectors.contract import Subject
from connectors.records import Allergy, Condition, SourceInfo, SourceKind
from connectors.stamping import Stamp

HER = Subject(ref="4f1c0e5a9b7d", personal_id="079190998901")
HIM = Subject(ref="c03d77e21a56", personal_id="079085998902")
AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def info(key: str = "hospital") -> SourceInfo:
    return SourceInfo(id=key, name="Mẫu", kind=SourceKind.HOSPITAL, protocol="fhir")


STAMP = Stamp(info(), HER, AT)


def test_the_same_record_has_the_same_id_tomorrow() -> None:
    """And after a restart: nothing in it depends on when or in which process it was read."""
    later = Stamp(info(), HER, datetime(2027, 1, 1, tzinfo=UTC))
    assert STAMP(Allergy, "a1")["id"] == later(Allergy, "a1")["id"] == "a4d5b6e86985b1c5fe9f6dfa54c5ecfe"


@pytest.mark.parametrize(
    "other",
    [
        Stamp(info(), HIM, AT)(Allergy, "a1"),
        Stamp(info("elsewhere"), HER, AT)(Allergy, "a1"),
        STAMP(Condition, "a1"),
        STAMP(Allergy, "a2"),
    ],
    ids=["another citizen", "another source", "another class", "another record"],
)
def test_any_other_record_has_another_id(other: dict[str, object]) -> None:
    assert STAMP(Allergy, "a1")["id"] != other["id"]


def test_parts_do_not_run_into_each_other() -> None:
    assert Stamp(info("a"), HER, AT)(Allergy, "b\0c")["id"] != Stamp(info("a\0b"), HER, AT)(Condition, "c")["id"]


def test_an_id_says_nothing_of_what_it_was_made_from() -> None:
    made = STAMP(Allergy, HER.personal_id)["id"]
    assert HER.personal_id not in made
    assert len(made) == 32


def test_long_references_differ_to_their_end() -> None:
    """The key is as long as the hash allows; two citizens must not share it."""
    one, two = (replace(HER, ref="a" * 63 + end) for end in "xy")
    assert Stamp(info(), one, AT)(Allergy, "1")["id"] != Stamp(info(), two, AT)(Allergy, "1")["id"]


def test_the_provenance_says_where_and_when() -> None:
    source = info()
    (provenance,) = Stamp(source, HER, AT)(Allergy, "a1", recorded_at=AT, author="BS. Mẫu")["provenance"]
    assert provenance.source is source
    assert (provenance.retrieved_at, provenance.recorded_at, provenance.author) == (AT, AT, "BS. Mẫu")
    assert (provenance.source_record_id, provenance.from_cache) == ("a1", False)


def test_an_id_is_hashed_of_source_class_and_record() -> None:
    """Whoever makes very many records hashes only where somebody will look: the names alone tell records apart."""
    stamp = Stamp(info(), HER, AT)
    names = [stamp.begin(about) + number for about in (Allergy, Condition) for number in ("1", "2")]
    assert len(set(names)) == 4
    assert [stamp.hashed(name) for name in names] == [
        stamp(about, number)["id"] for about in (Allergy, Condition) for number in ("1", "2")
    ]
