"""ariadne-codegen makes a typed Python client of the published schema; it is used against the city."""

import asyncio
import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.running import Running
from tests.sandbox.city import City

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
INSTALL_SECONDS = 90


@pytest.fixture(scope="session")
def python() -> Path:
    """An interpreter with ariadne-codegen, which wants other versions of our own libraries: in a place of its own."""
    lock = HERE / "requirements.lock"
    folder = ROOT / ".sandbox" / "clients" / f"python-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    interpreter = folder / "bin" / "python"
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(interpreter), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_SECONDS)  # noqa: S603
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip("pip cannot install ariadne-codegen here: it cannot be tried")
        (folder / "installed").touch()
    return interpreter


async def done(*command: str, folder: Path, **told: str) -> str:
    """What the command printed; it must end well."""
    running = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=told
    )
    out, complaints = await asyncio.wait_for(running.communicate(), 60)
    assert running.returncode == 0, complaints.decode() + out.decode()
    return out.decode()


async def test_a_generated_client_is_typed_and_asks(python: Path, gateway: Running, city: City, tmp_path: Path) -> None:
    """It generates, its own types and a user of it hold under mypy --strict, and what it is told fits them."""
    for file in (ROOT / "schema.graphql", HERE.parent / "operations.graphql", HERE / "use_generated.py.in"):
        (tmp_path / file.name.removesuffix(".in")).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        "[tool.ariadne-codegen]\n"
        'schema_path = "schema.graphql"\nqueries_path = "operations.graphql"\n'
        'target_package_name = "citizen_client"\nmulti_part_uploads = false\n'
        + "".join(
            f'[tool.ariadne-codegen.scalars.{name}]\ntype = "str"\n'
            for name in ("CitizenId", "Date", "DateTime", "Decimal", "PartialDate")
        ),
        encoding="utf-8",
    )
    await done(str(python), "-m", "ariadne_codegen", folder=tmp_path, PATH=f"{python.parent}")
    checked = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--follow-imports=silent",
        "--python-executable",
        str(python),
        "use_generated.py",
    ]
    await done(*checked, folder=tmp_path, PATH="")
    told = await done(
        str(python), "use_generated.py", folder=tmp_path, URL=f"{gateway.url}/graphql", TOKEN=city.eid.token_for("an")
    )

    assert json.loads(told) == {
        "allergies": ["Aspirin (acid acetylsalicylic)!", "Penicilin!", "Mủ cao su (latex)"],
        "complete": True,
        "conflicts": ["HIGHEST_CRITICALITY"],
        "kinds": 3,
    }
