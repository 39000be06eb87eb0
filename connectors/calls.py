"""Ids of single calls: by them our log and that of an exchange platform between us and a source can be joined.

A transport knows the id of a call and nothing of the request behind it; so whoever asks a source says first in whose
name, and everything that runs on its behalf notes its calls there.
"""

from contextvars import ContextVar

from connectors.activity import Activity
from connectors.contract import Call, Inquiry

IN_THE_NAME_OF: ContextVar[tuple[str, Inquiry, Activity] | None] = ContextVar("in_the_name_of", default=None)
"""Of which source, in which inquiry, and where it is counted. Set by who asks often; by ``noted`` for all others."""


class noted:  # noqa: N801 - used as the functions of contextlib are, at a third of their cost
    """Let calls that are made meanwhile be noted in the inquiry, and counted, as calls of that source."""

    __slots__ = ("_name", "_token")

    def __init__(self, source: str, inquiry: Inquiry, activity: Activity) -> None:
        self._name = (source, inquiry, activity)

    def __enter__(self) -> None:
        self._token = IN_THE_NAME_OF.set(self._name)

    def __exit__(self, *_: object) -> None:
        IN_THE_NAME_OF.reset(self._token)


def note(call_id: str) -> None:
    """Note a call; nowhere, where nobody said in whose name."""
    if current := IN_THE_NAME_OF.get():
        source, inquiry, _ = current
        inquiry.calls.append(Call(source, call_id))


def activity() -> Activity:
    """Where calls are counted; where nobody said in whose name, nobody will look."""
    current = IN_THE_NAME_OF.get()
    return current[2] if current else Activity()
