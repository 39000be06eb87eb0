"""The clients, installed by npm once for a lock file into a folder that git does not see."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INSTALL_SECONDS = 90


@pytest.fixture(scope="session")
def clients() -> Path:
    """The folder with the clients and our scripts for them."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed: the clients of frontends cannot be tried")
    lock = (HERE / "package-lock.json").read_bytes()
    folder = HERE.parents[1] / ".sandbox" / "clients" / hashlib.sha256(lock).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    for file in (*HERE.glob("*.mjs"), *HERE.glob("package*.json")):
        shutil.copy(file, folder)
    if not (folder / "installed").exists():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=INSTALL_SECONDS)  # noqa: S603
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip("npm cannot install the clients of frontends here: they cannot be tried")
        (folder / "installed").touch()
    return folder
