"""Reading a block of configuration: what is accepted, and how a mistake is told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors.fhir.options import FhirOptions
from connectors.options import BadOptions, Duration, Secret, Size, SourceOptions, chosen, read
from connectors.records import Encounter, Immunization, Observation, Record, SourceKind
from connectors.vss.options import VssOptions

BLOCK = {"kind": "x", "name": "Bệnh viện Mẫu", "category": "HOSPITAL", "url": "https://source.test"}


def nothing(_: str) -> None:
    """An environment without variables."""


def options(folder: Path, environment: Mapping[str, str] | None = None, /, **more: Any) -> SourceOptions:
    return read(
        SourceOptions, {**BLOCK, **more}, where="sources.mau", folder=folder, environment=(environment or {}).get
    )


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    found = options(tmp_path)
    assert (found.category, found.deadline, found.connect) == (SourceKind.HOSPITAL, 2.0, 0.5)
    assert (found.max_body, found.concurrency, found.holds) == (5 * 1024 * 1024, 16, None)


@pytest.mark.parametrize(
    ("written", "seconds"), [("250ms", 0.25), ("2s", 2.0), ("1.5s", 1.5), ("1m", 60.0), ("1h", 3600.0), ("2 s", 2.0)]
)
def test_durations_have_units(tmp_path: Path, written: str, seconds: float) -> None:
    assert options(tmp_path, deadline=written).deadline == pytest.approx(seconds)


@pytest.mark.parametrize(("written", "size"), [("64KB", 65_536), ("5MB", 5_242_880), ("10B", 10)])
def test_sizes_have_units(tmp_path: Path, written: str, size: int) -> None:
    assert options(tmp_path, max_body=written).max_body == size


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"deadline": 2}, "sources.mau.deadline"),
        ({"deadline": "2"}, "a duration such as"),
        ({"deadline": "-2s"}, "a duration such as"),
        ({"max_body": "5 pages"}, "a size such as"),
        ({"category": "HOTEL"}, "sources.mau.category"),
        ({"concurrency": "many"}, "sources.mau.concurrency"),
        ({"holds": "Encounter"}, "sources.mau.holds"),
        ({"identity": "nowhere.pem"}, "no such file: nowhere.pem"),
        ({"ca": 7}, "the path of a file"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, more: dict[str, Any], told: str) -> None:
    with pytest.raises(BadOptions) as caught:
        options(tmp_path, **more)
    assert told in str(caught.value)
    assert "sources.mau" in str(caught.value)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    block = {key: value for key, value in BLOCK.items() if key != "url"}
    with pytest.raises(BadOptions, match="`url`"):
        read(SourceOptions, block, where="s", folder=tmp_path, environment=nothing)


@pytest.mark.parametrize(
    ("key", "told"),
    [("deadlin", "did you mean 'deadline'?"), ("zzz", "known keys: bearer, breaker, ca, cache, category")],
)
def test_an_unknown_key_is_named_with_the_nearest(tmp_path: Path, key: str, told: str) -> None:
    with pytest.raises(BadOptions) as caught:
        options(tmp_path, **{key: "1s"})
    assert told in str(caught.value)


def test_an_unknown_key_of_an_inner_table_is_named(tmp_path: Path) -> None:
    """``endpoints`` of kind vss is a table of its own."""
    block = {**BLOCK, "username": "u", "password": "env:P", "staff_name": "env:P", "staff_id": "env:P"}
    with pytest.raises(BadOptions, match=r"sources\.vss\.endpoints: unknown key 'tokn'; did you mean 'token'"):
        read(VssOptions, {**block, "endpoints": {"tokn": "/x"}}, where="sources.vss", folder=tmp_path, environment=str)


def test_a_secret_is_read_from_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("  k-1\n")
    found = options(tmp_path, {"KEY": "k-2"}, headers={"a": "file:key", "b": "env:KEY"})
    assert {name: secret.reveal() for name, secret in found.headers.items()} == {"a": "k-1", "b": "k-2"}


def test_a_secret_that_is_pasted_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(BadOptions) as caught:
        options(tmp_path, headers={"x-api-key": "sk-live-123456"})
    assert "never the secret itself" in str(caught.value)
    assert "123456" not in str(caught.value)
    assert "123456" not in repr(caught.value.__context__)


@pytest.mark.parametrize(("written", "told"), [("env:NONE", "NONE is not set"), ("file:none", "no such file: none")])
def test_a_secret_that_is_not_there_is_told(tmp_path: Path, written: str, told: str) -> None:
    with pytest.raises(BadOptions, match=told):
        options(tmp_path, headers={"a": written})


def test_nothing_that_prints_shows_a_secret(tmp_path: Path) -> None:
    found = options(tmp_path, {"KEY": "k-secret"}, headers={"a": "env:KEY"})
    assert "k-secret" not in repr(found) + str(found.headers) + repr(Secret("k-secret"))


def test_a_kind_adds_its_own_options_and_refuses_what_cannot_be(tmp_path: Path) -> None:
    block = {**BLOCK, "kind": "fhir", "identifier_system": "urn:x", "page_size": 50}
    found = read(FhirOptions, block, where="s", folder=tmp_path, environment=nothing)
    assert (found.page_size, found.search, found.deadline) == (50, "post", Duration(2))
    for bad in ({"identifier_system": ""}, {"search": "put"}, {"page_size": 0}):
        with pytest.raises(BadOptions):
            read(FhirOptions, {**block, **bad}, where="s", folder=tmp_path, environment=nothing)


CAN: frozenset[type[Record]] = frozenset({Encounter, Observation, Immunization})


def test_a_source_is_asked_for_all_that_its_kind_can_do_or_for_what_its_block_says(tmp_path: Path) -> None:
    assert chosen("mau", options(tmp_path), CAN) == CAN
    assert chosen("mau", options(tmp_path, holds=["Encounter"]), CAN) == {Encounter}


@pytest.mark.parametrize(
    ("holds", "told"),
    [
        (["Encounters"], "did you mean 'Encounter'"),
        (["Claim"], "cannot hold 'Claim'"),
        (["zzzz"], "it can hold: Encounter, Immunization, Observation"),
        ([], "at least one"),
    ],
)
def test_a_class_that_a_kind_cannot_hold_is_refused(tmp_path: Path, holds: list[str], told: str) -> None:
    with pytest.raises(BadOptions) as caught:
        chosen("mau", options(tmp_path, holds=holds), CAN)
    assert told in str(caught.value)
    assert "sources.mau.holds" in str(caught.value)


def test_units_are_numbers() -> None:
    assert (Duration(2) + 1, Size(2) * 2) == (3.0, 4)
