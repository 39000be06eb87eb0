"""Patient and CareTeam to who is responsible for everyday care, EpisodeOfCare to pregnancies; R4 and R5."""

from typing import Any

import pytest

from connectors.records import Pregnancy, PregnancyStatus, PrimaryCare
from tests.connectors.fhir.reading import OWN, around, concept, linked, maybe, read

SNOMED = "http://snomed.info/sct"
DOCTOR = {"reference": "Practitioner/7", "display": "BS. Mẫu"}
STATION = {"type": "Organization", "display": "Trạm Y tế Phường Mẫu"}
FAMILY = concept("Bác sĩ gia đình", "446050000", system=SNOMED)
ANTENATAL = {"type": [concept(None, "424525001", system=SNOMED)]}


def test_the_patient_names_doctor_and_station() -> None:
    found = read(PrimaryCare, resourceType="Patient", generalPractitioner=[STATION, DOCTOR])
    assert found.family_doctor
    assert found.health_station
    assert (found.family_doctor.name, found.health_station.name) == ("BS. Mẫu", "Trạm Y tế Phường Mẫu")


def test_a_doctor_who_came_along_is_known_by_name() -> None:
    came = linked({"resourceType": "Practitioner", "id": "7", "name": [{"text": "BS. Mẫu Bảy"}]})
    where = around(included=came)
    found = read(PrimaryCare, where, resourceType="Patient", generalPractitioner=[{"reference": "Practitioner/7"}])
    assert found.family_doctor
    assert found.family_doctor.name == "BS. Mẫu Bảy"


@pytest.mark.parametrize("named", [[], [{"reference": "Practitioner/7"}], [{"display": "Ai đó"}]])
def test_nobody_who_can_be_shown_is_no_record(named: list[Any]) -> None:
    """A pointer that leads nowhere, or words of which nobody knows whether they mean a person or a place."""
    assert maybe(PrimaryCare, resourceType="Patient", generalPractitioner=named) is None


@pytest.mark.parametrize("role", [[FAMILY], FAMILY], ids=["R4", "R5"])
def test_a_team_with_a_family_doctor_is_read(role: Any) -> None:
    found = read(
        PrimaryCare,
        resourceType="CareTeam",
        status="active",
        period={"start": "2024-05", "end": "2027-01-31"},
        participant=[{"role": [concept("Điều dưỡng")], "member": DOCTOR}, {"role": role, "member": DOCTOR}],
        managingOrganization=[STATION],
    )
    assert found.family_doctor
    assert found.health_station
    assert (found.family_doctor.name, found.health_station.name) == ("BS. Mẫu", STATION["display"])
    assert (found.since, found.until) == ("2024-05", "2027-01-31")
    assert found.provenance[0].source_record_id == "CareTeam/x1", "a Patient may have the same id"


@pytest.mark.parametrize(
    "fields",
    [
        {"participant": [{"role": [concept("Phẫu thuật viên", "304292004", system=SNOMED)], "member": DOCTOR}]},
        {"participant": [{"member": DOCTOR}]},
        {"status": "inactive", "participant": [{"role": [FAMILY], "member": DOCTOR}]},
        {"status": "proposed", "participant": [{"role": [FAMILY], "member": DOCTOR}]},
        {"status": "entered-in-error", "participant": [{"role": [FAMILY], "member": DOCTOR}]},
    ],
)
def test_every_other_team_is_none(fields: dict[str, Any]) -> None:
    assert maybe(PrimaryCare, resourceType="CareTeam", **fields) is None


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("active", PregnancyStatus.ACTIVE),
        ("onhold", PregnancyStatus.ACTIVE),
        ("finished", PregnancyStatus.ENDED),
        (None, PregnancyStatus.UNKNOWN),
        ("something", PregnancyStatus.UNKNOWN),
    ],
)
def test_an_episode_of_antenatal_care_is_a_pregnancy(said: str | None, status: PregnancyStatus) -> None:
    found = read(Pregnancy, **ANTENATAL, status=said, period={"start": "2026-05-20", "end": "2026-11-01"})
    assert (found.status, found.since, found.ended, found.facility) == (status, "2026-05-20", "2026-11-01", OWN)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "active", "type": [concept("Chăm sóc tại nhà", "hacc")]},
        {"status": "active", "type": [concept(None, "424525001", system="urn:other")]},
        ANTENATAL | {"status": "planned"},
        ANTENATAL | {"status": "cancelled"},
        ANTENATAL | {"status": "entered-in-error"},
    ],
)
def test_every_other_episode_is_none(fields: dict[str, Any]) -> None:
    """Also one that is only planned: nobody is told to be pregnant by a plan."""
    assert maybe(Pregnancy, **fields) is None


def test_words_tell_as_well() -> None:
    assert maybe(Pregnancy, status="active", type=[{"text": " Quản lý thai nghén "}]) is not None
