"""Whole sample dossiers, where they lie beside this repository: seven invented people, two hospitals, a station."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.contract import Subject
from connectors.hospital_xml.client import HospitalXmlSource
from connectors.options import Folder
from connectors.records import Appointment, Encounter, Observation, QuantityValue, Referral, Report
from tests.connectors.hospital_xml.dossiers import ask, options
from tests.sandbox.eid.held_clock import HeldClock

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "vn"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample dossiers are not beside this repository")

AN = Subject(ref="ref-an", personal_id="079189999107")
MAI = Subject(ref="ref-mai", personal_id="079194999105")
NHI = Subject(ref="ref-nhi", personal_id="079326999111")
BAO = Subject(ref="ref-bao", personal_id="079074999106")
LAM = Subject(ref="ref-lam", personal_id="079093999113")


@pytest.fixture
async def archive() -> AsyncIterator[HospitalXmlSource]:
    """All of them in one folder."""
    made = HospitalXmlSource("archive", options(directory=Folder(SAMPLES / "hospital")), clock=HeldClock())
    yield made
    await made.close()


async def test_everybody_has_every_visit_once_and_nothing_is_dropped(archive: HospitalXmlSource) -> None:
    """A visit that was sent twice is one; one without a number is nobody's."""
    index: dict[str, Any] = msgspec.json.decode((SAMPLES / "index.json").read_bytes())
    for person in index["people"]:
        keys = {visit["file"].removesuffix(".xml").partition(".resent")[0] for visit in person["visits"]}
        own = {key for key in keys if not key.endswith("2609.001516")}
        for about in archive.can_hold:
            answer = await ask(archive, about, Subject(ref=person["id"], personal_id=person["id"]))
            assert (person["id"], about, answer.dropped, answer.truncated) == (person["id"], about, 0, False)
            if about is Encounter:
                assert len(answer.records) == len(own)


async def test_the_later_version_has_the_late_result(archive: HospitalXmlSource) -> None:
    results = (await ask(archive, Observation, AN)).records
    assert "Albumin niệu (ACR)" in {found.code.text for found in results}
    assert [found.code.text for found in results].count("HbA1c") == 1
    (first,) = [found for found in (await ask(archive, Appointment, AN)).records if found.at.month == 9]
    assert (first.at.day, first.at.hour) == (11, 8)


async def test_a_picture_is_a_report_and_a_bound_is_no_text(archive: HospitalXmlSource) -> None:
    (report,) = [found for found in (await ask(archive, Report, AN)).records if found.code.text == "X-quang ngực thẳng"]
    assert report.conclusion
    assert report.conclusion.endswith("\nKhông thấy bất thường")
    values = [found.value for found in (await ask(archive, Observation, BAO)).records if found.code.text == "Kali"]
    assert [value.comparator for value in values if isinstance(value, QuantityValue)] == [">", None]


async def test_the_newborn_has_the_visit_after_registration_alone(archive: HospitalXmlSource) -> None:
    """The dossier under the mother's name is neither's."""
    assert len((await ask(archive, Encounter, NHI)).records) == 1
    assert "P59.9" not in str([visit.diagnoses for visit in (await ask(archive, Encounter, MAI)).records])


async def test_the_referral_leads_from_the_station_to_the_hospital(archive: HospitalXmlSource) -> None:
    (letter,) = (await ask(archive, Referral, BAO)).records
    assert letter.from_facility
    assert letter.to_facility
    assert (letter.from_facility.code, letter.to_facility.code) == ("79993", "79991")


async def test_nothing_comes_out_of_the_table_of_hiv_care(archive: HospitalXmlSource) -> None:
    """When it was found and when treatment began stand there alone, and in no record of any class."""
    for about in archive.can_hold:
        told = msgspec.json.encode(
            [msgspec.structs.asdict(one) for one in (await ask(archive, about, LAM)).records]
        ).decode()
        assert not [word for word in ("2024-05", "20240501", "20240515") if word in told]
