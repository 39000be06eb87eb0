"""Free ports for tests that want fixed ones."""

import os

from tests.sandbox.serving import Site


def free_base() -> int:
    """The first of twelve free ports in a row, below those that the machine gives away by itself."""
    for base in range(20_000 + os.getpid() % 1_000 * 12, 32_000, 12):
        try:
            sites = [Site(base + offset) for offset in range(12)]
        except OSError:
            continue
        for site in sites:
            site.release()
        return base
    raise RuntimeError("no twelve free ports in a row")
