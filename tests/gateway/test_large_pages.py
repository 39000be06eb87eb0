"""What is asked for is what lies in memory of our own, and whoever has no large pages goes on without."""

from pathlib import Path

import pytest

from gateway.large_pages import regions, use_large_pages

MAPS = """\
557f15010000-557f15011000 r--p 00000000 fe:00 1234 /usr/bin/python3.11
557f15100000-557f19a00000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000200000 rw-p 00000000 00:00 0
7f0000300000-7f00004ff000 rw-p 00000000 00:00 0
7f0001000000-7f0002000000 rw-s 00000000 00:01 99                         /dev/zero (deleted)
7f0003000000-7f0004000000 rw-p 00000000 fe:00 77                         /usr/lib/some thing.so
7f0005000000-7f0006000000 r--p 00000000 00:00 0
7ffcd8800000-7ffcd8c00000 rw-p 00000000 00:00 0                          [stack]
"""


def test_whole_large_pages_of_memory_that_is_ours_alone() -> None:
    """No file, nothing shared, no stack, nothing that is only read, and no page that is ours in part."""
    assert [(hex(begin), size >> 20) for begin, size in regions(MAPS.splitlines())] == [
        ("0x557f15200000", 72),
        ("0x7f0000000000", 2),
    ]


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="This system does not tell.")
def test_they_are_given_where_there_are_any() -> None:
    """What lies there is the same afterwards."""
    kept = [str(number) for number in range(300_000)]
    use_large_pages()
    assert kept == [str(number) for number in range(300_000)]
    given = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    if given.exists() and "[never]" not in given.read_text(encoding="utf-8"):
        (told,) = [line for line in _rollup() if line.startswith("AnonHugePages:")]
        assert int(told.split()[1]) > 0


def _rollup() -> list[str]:
    return Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
