"""``sources list`` and ``sources test`` as an operator would type them, against the whole city."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.verbs import main
from tests.connectors.hospital_xml.dossiers import dossier
from tests.sandbox import config
from tests.sandbox.city import City
from tests.sandbox.people import by_key, everyone
from tests.sandbox.render.hospital_xml import wrapped


@pytest.fixture
def settings(city: City, tmp_path: Path) -> Path:
    """The configuration of a gateway in the city."""
    own = config.gateway_toml(issuer=city.issuer, listen="127.0.0.1:0", admin="127.0.0.1:0")
    return config.write(tmp_path, sources=city.sources_toml(), gateway=own, credentials=city.credentials)


def typed(settings: Path, *words: str, said: str | None = None) -> Result:
    return CliRunner().invoke(main, ["sources", *words, "--config", str(settings)], input=said)


def lines_about(key: str) -> str:
    person = by_key(key)
    return f"{person.personal_id}\n{person.name}\n{person.birth_date.isoformat()}\n"


def test_list_tells_every_source_and_how_it_is_protected(settings: Path, city: City) -> None:
    """For a person and for a program; never a secret, never the path of an address."""
    rows = {row["source"]: row for row in json.loads(typed(settings, "list", "--json").stdout)}
    shown = typed(settings, "list")

    assert set(rows) == set(city.addresses)
    assert rows["insurance"]["protected_by"] == ["password", "staff_id"]
    assert rows["population"]["protected_by"] == ["headers.X-API-Key"]
    assert rows["hospital-a"]["protected_by"] == []
    assert rows["hospital-b"]["deadline_seconds"] == 2
    assert "Allergy" in rows["hospital-a"]["holds"]
    assert shown.exit_code == 0
    assert "hospital-b: fhir, HOSPITAL, Bệnh viện Mẫu B" in shown.stdout
    assert "/fhir" not in shown.stdout
    assert not [secret for secret in city.credentials.files().values() if secret in shown.stdout + str(rows)]


@pytest.mark.parametrize("name", ["hospital-b", "insurance", "vaccination-book"])
def test_test_goes_as_far_as_it_can_without_a_citizen(settings: Path, city: City, name: str) -> None:
    """It signs in, or asks what the system can do. Nobody's data is asked for."""
    done = typed(settings, "test", name)
    steps = [line.split(":")[0] for line in done.stdout.splitlines()]

    assert (done.exit_code, steps) == (0, ["ok   name", "ok   connection", "ok   greeting"]), done.output


@pytest.mark.parametrize("name", ["hospital-a", "health-station", "insurance", "population", "appointments"])
def test_test_asks_for_every_class_about_somebody_who_agreed(settings: Path, name: str) -> None:
    """State, number of records and time; nobody's number, name or value stands in it."""
    done = typed(settings, "test", name, "--citizen", "--json", said=lines_about("an"))
    found = {step["step"]: step for step in json.loads(done.stdout)}

    assert done.exit_code == 0, done.output
    assert all(step["fine"] and step["ms"] >= 0 for step in found.values())
    asked = [step["told"] for key, step in found.items() if key[0].isupper()]
    assert asked
    assert all(told.split(",")[0] in ("ANSWERED", "NO_RECORD") for told in asked)
    traces = {person.personal_id for person in everyone()} | {person.name for person in everyone()}
    assert not [trace for trace in traces if trace in done.output]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("down", "UNAVAILABLE"),
        ("refuse", "REFUSED"),
        ("wrong_person", "IDENTITY_MISMATCH"),
        ("types", "INVALID_ANSWER"),
    ],
)
def test_f12_a96_test_finds_what_ails(settings: Path, city: City, fault: str, told: str) -> None:
    """1, with the state that a citizen would be told and our own reason."""
    city.faults.set("hospital-b", fault, citizen=by_key("an").personal_id)
    done = typed(settings, "test", "hospital-b", "--citizen", said=lines_about("an"))

    assert done.exit_code == 1
    assert f"FAIL Allergy: {told}, 0 records" in done.stdout
    assert by_key("an").personal_id not in done.output


def test_f01_nobody_is_asked_about_where_the_source_cannot_be_reached(settings: Path, city: City) -> None:
    """One step fails, and it is the last."""
    city.close("hospital-b")
    done = typed(settings, "test", "hospital-b", "--citizen", said=lines_about("an"))

    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1].startswith("FAIL connection: ConnectionRefusedError")


@pytest.mark.parametrize(
    ("words", "said", "told"),
    [
        (("test", "hospital-z"), None, "no source 'hospital-z'; 'sources list' names them"),
        (("test", "hospital-b", "--citizen"), "07918\n", "the personal number has twelve digits"),
        (("test", "hospital-b", "--citizen"), "079185998101\n\n3.2.1985\n", "the birth date is written as YYYY-MM-DD"),
        (("test", "hospital-b", "079185998101"), None, "unexpected extra argument"),
    ],
)
def test_misuse_is_told(settings: Path, words: tuple[str, ...], said: str | None, told: str) -> None:
    """2; and the number is never taken as an argument."""
    done = typed(settings, *words, said=said)

    assert done.exit_code == 2
    assert told in done.stderr


def test_report_adds_all_files_up_and_prints_no_value(settings: Path, tmp_path: Path) -> None:
    """Names of fields and counts; nothing that belongs to one file. Any kind, by the options of its block."""
    (tmp_path / "a.xml").write_bytes(wrapped([dossier(LY_DO_VV="CANARY"), dossier(KET_QUA_DTRI="9")]))
    (tmp_path / "b.xml").write_text("<a/>")
    done = typed(settings, "report", "health-station", str(tmp_path / "a.xml"), str(tmp_path / "b.xml"))
    read = typed(settings, "report", "health-station", str(tmp_path / "a.xml"), "--json")

    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert "  XML1.LY_DO_VV 2" in lines
    assert "not understood: 1" in lines
    assert "files that cannot be read: 1" in lines
    assert json.loads(read.stdout)["not_understood"] == {"XML1.KET_QUA_DTRI": 1}
    assert "CANARY" not in done.output + read.output
    assert "a.xml" not in done.output
