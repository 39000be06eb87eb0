"""The same share of a core for each process: so a machine of two cores can tell what a further process adds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PERIOD = 20_000
"""Microseconds after which a share is given anew."""
_ROOT = Path("/sys/fs/cgroup")


class NoQuota(Exception):
    """This machine lets us give out no shares."""


@contextmanager
def held_to(share: float, pid: int) -> Iterator[None]:
    """A process gets no more than that share of a core, for as long as the block lasts.

    Args:
        share: of one core, as 0.2.
        pid: of the process.

    Raises:
        NoQuota: it takes Linux, its control groups (version 1 or, not tried, 2), and the right to make one.
    """
    quota = round(share * _PERIOD)
    root, files = (
        (_ROOT, {"cpu.max": f"{quota} {_PERIOD}"})
        if (_ROOT / "cgroup.controllers").exists()
        else (_ROOT / "cpu", {"cpu.cfs_period_us": str(_PERIOD), "cpu.cfs_quota_us": str(quota)})
    )
    group = root / f"citizen-graph-bench-{os.getpid()}-{pid}"
    try:
        group.mkdir()
    except OSError as error:
        raise NoQuota(f"control groups at {root}: {error.strerror}") from error
    try:
        try:
            for name, text in (*files.items(), ("cgroup.procs", str(pid))):
                (group / name).write_text(text)
        except OSError as error:
            raise NoQuota(f"control groups at {root}: {error.strerror}") from error
        yield
    finally:
        with suppress(OSError):  # the process may have ended
            (root / "cgroup.procs").write_text(str(pid))
        group.rmdir()
