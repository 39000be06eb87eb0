"""What may go wrong in the city, for a whole source or for one citizen at one source.

The table of a gateway's promises speaks of these faults by number; here they have names:

======================  ==================================================================================
``slow``                the true answer, ``seconds`` late (1 s unless told)
``hang``                nothing, until the fault is cleared or the caller hangs up
``drip``                the true answer, a byte every ``seconds`` (0.2 s unless told)
``down``                503
``refuse``              401, the source's own refusal of the gateway
``busy``                429 with ``Retry-After`` of ``seconds`` (1 s unless told)
``garbage``             200, JSON that breaks off in the middle
``html``                200, the log-in page of some portal
``half``                200, Content-Length of the whole answer, half of it, then the connection is cut
``huge``                200, valid JSON of more than 10 MB, without Content-Length
``deep``                200, JSON of a million lists in each other
``packed``              200, gzip of a few kilobytes that unpacks to 16 MB, though nobody accepts it
``long_header``         200, with a header line of 1 MiB
``redirect``            302 to another host
``null``, ``list``      200, a JSON value of another shape: ``null`` or ``[]``
``types``               200, the true shape with every value of another type
``bad_utf8``            200, the true answer with bytes that are no UTF-8
``wrong_person``        200, the same answer about another citizen
``unconfirmed``         a create is carried out and its answer cut off; everything else is in order
======================  ==================================================================================
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from starlette.types import Scope

FaultName = Literal[
    "slow",
    "hang",
    "drip",
    "down",
    "refuse",
    "busy",
    "garbage",
    "html",
    "half",
    "huge",
    "deep",
    "packed",
    "long_header",
    "redirect",
    "null",
    "list",
    "types",
    "bad_utf8",
    "wrong_person",
    "unconfirmed",
]
FAULT_NAMES: frozenset[str] = frozenset(get_args(FaultName))
MOST_SECONDS = 600.0
WRONG_PERSON = "citizen-graph.sandbox.wrong-person"
"""Key of the ASGI scope by which a server learns that it must answer about somebody else."""


@dataclass(frozen=True, eq=False)
class Fault:
    """One fault that was set. Compared by identity: setting the same fault again is another one."""

    name: FaultName
    seconds: float | None = None


@dataclass(frozen=True, eq=False)
class _Held:
    fault: Fault
    loop: asyncio.AbstractEventLoop
    released: asyncio.Event


class Faults:
    """The faults of the whole city, safe to change from any thread while its servers run.

    Args:
        lasting: faults that people carry with them, by ``(source, citizen number)``. ``clear`` keeps them.
        elsewhere: the address a ``redirect`` leads to; by default a host that cannot exist (RFC 6761, 6.4).
    """

    def __init__(
        self,
        lasting: Mapping[tuple[str, str], str] | None = None,
        *,
        elsewhere: str = "http://elsewhere.invalid/",
    ) -> None:
        self.elsewhere = elsewhere
        self._lock = threading.Lock()
        self._lasting = {key: Fault(_name(name)) for key, name in (lasting or {}).items()}
        self._set: dict[tuple[str, str | None], Fault] = {}
        self._held: list[_Held] = []

    def set(self, source: str, fault: str, *, citizen: str | None = None, seconds: float | None = None) -> None:
        """Make ``source`` fail from now on, for everybody or for one citizen number.

        Raises:
            ValueError: no such fault, or seconds outside 0 to 600.
        """
        if seconds is not None and not 0 <= seconds <= MOST_SECONDS:
            raise ValueError(f"seconds of a fault are 0 to {MOST_SECONDS:.0f}")
        made = Fault(_name(fault), seconds)
        with self._lock:
            before = self._set.get((source, citizen))
            self._set[source, citizen] = made
        self._release([before] if before else [])

    def clear(self, source: str | None = None, *, citizen: str | None = None) -> None:
        """Take back what ``set`` did: all of it, one source's, or one citizen's. Held requests go on."""
        with self._lock:
            gone = [
                key
                for key in self._set
                if (source is None or key[0] == source) and (citizen is None or key[1] == citizen)
            ]
            cleared = [self._set.pop(key) for key in gone]
        self._release(cleared)

    def find(self, source: str, citizen: str | None) -> Fault | None:
        """The fault that applies: the citizen's own before the one of the whole source."""
        with self._lock:
            if citizen is not None:
                own = self._set.get((source, citizen)) or self._lasting.get((source, citizen))
                if own:
                    return own
            return self._set.get((source, None))

    def stop(self) -> None:
        """Let every held request go on and hold no more: the city closes."""
        with self._lock:
            faults = [held.fault for held in self._held]
            self._set.clear()
            self._lasting.clear()
        self._release(faults)

    async def hold(self, fault: Fault, seconds: float | None) -> None:
        """Wait for ``seconds`` (for ever when None), or until the fault is taken back."""
        held = _Held(fault, asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            if not self._active(fault):
                return
            self._held.append(held)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await held.released.wait()
        finally:
            with self._lock:
                self._held.remove(held)

    def _active(self, fault: Fault) -> bool:
        """Whether the fault still stands; it may have been cleared between being found and being held."""
        return fault in self._set.values() or fault in self._lasting.values()

    def _release(self, faults: Iterable[Fault]) -> None:
        wanted = set(faults)
        with self._lock:
            for held in self._held:
                # A loop that has ended holds nobody any more.
                if held.fault in wanted and not held.loop.is_closed():
                    held.loop.call_soon_threadsafe(held.released.set)


def is_about_somebody_else(scope: Scope) -> bool:
    """Whether the fault ``wrong_person`` applies to this request."""
    return bool(scope.get(WRONG_PERSON))


def somebody_else(everyone: Iterable[str], citizen: str) -> str:
    """The next of ``everyone`` after ``citizen``, round the corner; the citizen when there is nobody else."""
    people = sorted(set(everyone) | {citizen})
    return people[(people.index(citizen) + 1) % len(people)]


def _name(name: str) -> FaultName:
    for known in get_args(FaultName):
        if name == known:
            return known  # type: ignore[no-any-return]  # get_args forgets that these are the literals
    raise ValueError("no such fault")
