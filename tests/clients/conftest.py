"""The clients and tools of others, installed by npm once for each lock file into folders that git does not see."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INSTALL_SECONDS = 90


@pytest.fixture(scope="session")
def clients() -> Path:
    """The folder with the clients of frontends and our scripts for them."""
    return installed(HERE)


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder with the tools that read the schema and our scripts for them."""
    return installed(HERE / "tools")


def installed(package: Path) -> Path:
    """A folder with what that lock file names, and the scripts that stand beside it."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed: clients and tools of others cannot be tried")
    lock = (package / "package-lock.json").read_bytes()
    folder = HERE.parents[1] / ".sandbox" / "clients" / hashlib.sha256(lock).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    for pattern in ("*.mjs", "*.ts", "*.json"):
        for file in package.glob(pattern):
            shutil.copy(file, folder)
    if not (folder / "installed").exists():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=INSTALL_SECONDS)  # noqa: S603
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip("npm cannot install the clients and tools of others here: they cannot be tried")
        (folder / "installed").touch()
    return folder
