"""A PostgreSQL for tests, where this machine has one: its own folder, a socket in it and no port."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PLACES = [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), os.environ.get("PATH", "")]
BINARIES = shutil.which("initdb", path=os.pathsep.join(_PLACES))


@contextmanager
def real_postgresql(*, fsync: bool = False) -> Iterator[str]:
    """Run one; gives the address of its database. What it says to be written survives the machine only with fsync."""
    assert BINARIES is not None
    binaries = Path(BINARIES).parent
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        user = _somebody(folder)
        data = folder / "data"
        quick = f"-c fsync={'on' if fsync else 'off'} -c listen_addresses= -c unix_socket_directories=" + name
        _run(user, binaries / "initdb", "-D", data, "-U", "citizen_graph", "-A", "trust", "-E", "UTF8", "--no-sync")
        _run(user, binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", quick, "start")
        try:
            yield f"postgresql://citizen_graph@/postgres?host={name}"
        finally:
            _run(user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _somebody(folder: Path) -> str | None:
    """Who runs it: PostgreSQL refuses root. The folder becomes theirs."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in known else "nobody"
    shutil.chown(folder, user)
    return user


def _run(user: str | None, *command: Path | str) -> None:
    subprocess.run(  # noqa: S603 - our own words
        [str(word) for word in command],
        check=True,
        user=user,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
