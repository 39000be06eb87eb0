"""What the block of such a source may say."""

from pathlib import Path
from typing import Any

import pytest

from connectors.hospital_xml.client import HospitalXmlSource
from connectors.hospital_xml.options import HospitalXmlOptions
from connectors.options import BadOptions, read
from tests.connectors.hospital_xml.dossiers import options
from tests.sandbox.eid.held_clock import HeldClock

BLOCK = {"kind": "hospital_xml", "name": "Mẫu", "category": "HOSPITAL", "facility": "79991"}


def of(folder: Path, **more: Any) -> HospitalXmlOptions:
    return read(HospitalXmlOptions, {**BLOCK, **more}, where="sources.x", folder=folder, environment=lambda _: None)


def test_a_folder_is_read_from_where_the_configuration_lies(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    made = of(tmp_path, directory="archive", refresh="1m", version="130")
    assert (made.directory, made.refresh, made.version, made.url) == (str(tmp_path / "archive"), 60.0, "130", "")


@pytest.mark.parametrize("where", [{}, {"url": "http://x.invalid", "directory": "."}])
def test_exactly_one_place_is_needed(tmp_path: Path, where: dict[str, str]) -> None:
    with pytest.raises(BadOptions, match=r"sources\.x: exactly one of url and directory"):
        of(tmp_path, **where)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({"directory": "nowhere"}, "a folder that exists"),
        ({"directory": "file.xml"}, "a folder that exists"),
        ({"directory": 7}, "a folder that exists"),
        ({"directory": ""}, "a folder that exists"),
        ({"url": "ftp://x.invalid"}, "absolute http or https"),
        ({"url": "http://x.invalid", "version": "5937"}, "version"),
        ({"url": "http://x.invalid", "lookup": "//elsewhere.invalid"}, "lookup"),
        ({"url": "http://x.invalid", "directori": "."}, "did you mean 'directory'"),
    ],
)
def test_a_slip_of_the_pen_is_named(tmp_path: Path, where: dict[str, Any], told: str) -> None:
    """With the block and what would be right."""
    (tmp_path / "file.xml").touch()
    with pytest.raises(BadOptions, match=told) as caught:
        of(tmp_path, **where)
    assert "sources.x" in str(caught.value)


def test_holds_must_name_what_the_kind_can_do() -> None:
    """The error names the nearest; problems and allergies are no part of these dossiers."""
    with pytest.raises(BadOptions, match=r"sources\.station\.holds.*did you mean 'Report'"):
        HospitalXmlSource("station", options(holds=("Reports",)), clock=HeldClock())
    with pytest.raises(BadOptions, match="cannot hold 'Condition'"):
        HospitalXmlSource("station", options(holds=("Condition",)), clock=HeldClock())
