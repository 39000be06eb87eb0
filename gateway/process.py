"""This process leaves nothing of its memory behind: records live there for the length of a request."""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4
"""prctl(2)."""


def leave_no_dump() -> None:
    """Have no core file written when this process crashes, and let no other process of the same user read its memory.

    The limit alone would not keep a dump from a handler of crashes that the system pipes it to (core(5)).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
