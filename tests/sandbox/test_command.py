"""``python -m tests.sandbox`` as a person would type it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.sandbox.people import everyone
from tests.sandbox.ports import free_base


def test_the_command_prints_the_people() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.sandbox", "--people"], capture_output=True, text=True, check=True
    )
    assert all(person.personal_id in done.stdout for person in everyone())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_runs_the_city_until_a_signal_comes(tmp_path: Path, number: signal.Signals) -> None:
    base = free_base()
    root = Path(__file__).parents[2]
    command = [sys.executable, "-u", "-m", "tests.sandbox", "--port-base", str(base)]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(  # noqa: S603  # our own module, no shell
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        for line in child.stdout:
            if "gateway serve" in line:
                break
        answer = httpx.get(f"http://127.0.0.1:{base + 1}/fhir/metadata", trust_env=False)
        assert answer.json()["fhirVersion"] == "4.0.1"
        child.send_signal(number)
        assert child.wait(10) == 0
    assert (tmp_path / ".sandbox" / "sources.toml").is_file()


ANSWERS = {
    "clinic-a": '"complete":',
    "clinic-b": '"code":"FORBIDDEN"',
    "station": '"code":"FORBIDDEN"',
    "insurer": '"cardNumber":',
    "operator": '"version":',
}
"""What stands in the answer to each partner, for the man agreed to two of them."""


def test_the_command_runs_again_where_it_ran_before(tmp_path: Path) -> None:
    """A new city does not stumble over what a gateway kept of the last one."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    for _ in range(2):
        command = [sys.executable, "-u", "-m", "tests.sandbox", "--with-gateway", "--port-base", str(free_base())]
        with subprocess.Popen(  # noqa: S603  # our own module, no shell
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout
            assert any("Ctrl-C" in line for line in child.stdout)
            child.send_signal(signal.SIGINT)
            assert child.wait(30) == 0


def test_one_command_runs_the_city_and_a_gateway_that_answers(tmp_path: Path) -> None:
    """What `make run` does: it says when it is ready, and the command that it prints works as it stands."""
    base = free_base()
    root = Path(__file__).parents[2]
    command = [sys.executable, "-u", "-m", "tests.sandbox", "--with-gateway", "--port-base", str(base)]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(  # noqa: S603  # our own module, no shell
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        printed = []
        for line in child.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        begin = next(number for number, line in enumerate(printed) if "curl" in line and "/graphql" in line)
        shown = "".join(printed[begin : begin + 3])
        asked = subprocess.run(["bash", "-c", shown], capture_output=True, text=True, check=True)  # noqa: S603, S607 - the very line a person copies
        assert '"complete":true' in asked.stdout
        as_partners = [line for line in printed if "/partners/" in line]
        assert len(as_partners) == 5
        for line in as_partners:
            asked = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)  # noqa: S603, S607 - as above
            assert ANSWERS[line.partition("/partners/")[2].partition("/")[0]] in asked.stdout, line
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 0
