"""What the graph may ask of a source, and what a source promises.

A *question* names a class of record and a slice of it; a *grant* says about whom, and why that is allowed; the
*inquiry* is the request under whose deadline all this happens. A source gives an *answer* or raises a
``SourceError``; the door writes down an *outcome* either way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Hashable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Generic, Protocol, TypeVar, runtime_checkable

from msgspec import Struct

from connectors.clock import Clock
from connectors.records import Described, PartialDate, Record, SourceInfo, doc

R = TypeVar("R", bound=Record, covariant=True)
T = TypeVar("T")


class Purpose(Described):
    """Why the data is asked for (after HL7 v3 PurposeOfUse)."""

    SELF = "SELF", "The citizen looks at their own record (HL7 PATRQT)."
    REPRESENTATION = "REPRESENTATION", "A representative acts for the citizen (HL7 PWATRNY)."
    TREATMENT = "TREATMENT", "The citizen is being treated (HL7 TREAT)."
    EMERGENCY = "EMERGENCY", "The citizen's life or health is in danger and nobody can be asked (HL7 ETREAT)."
    PAYMENT = "PAYMENT", "An insurer decides on cover and claims (HL7 HPAYMT)."
    PUBLIC_HEALTH = "PUBLIC_HEALTH", "A health station looks after everybody of its ward (HL7 PUBHLTH)."
    ADMINISTRATION = "ADMINISTRATION", "Whoever runs the gateway tests a source (HL7 HSYSADMIN)."


class Basis(Described):
    """The fact that allows a question."""

    SELF = "SELF", "It is the caller's own record."
    PARENT = "PARENT", "The caller is the parent of this minor."
    GUARDIAN = "GUARDIAN", "The caller is the citizen's guardian."
    COURT_APPOINTED = "COURT_APPOINTED", "A court appointed the caller."
    AUTHORISED = "AUTHORISED", "The citizen authorised the caller to act for them, as the register knows."
    CONSENT = "CONSENT", "The citizen agreed to it, in writing, for this party and purpose."
    BREAK_GLASS = "BREAK_GLASS", "A professional declared an emergency; the citizen is told, and it is reviewed."
    AGREEMENT = "AGREEMENT", "A law or an agreement between the parties allows it, as its policy cites."
    OPERATOR = "OPERATOR", "The operator of this gateway tests it with somebody who agreed to that."


class Subject(Struct, frozen=True, kw_only=True):
    """The citizen a question is about, as far as the gateway has proof of it."""

    ref: str
    """Keyed hash of the number: what may stand in logs, keys and ids instead of it."""
    personal_id: str
    """Twelve digits."""
    name: str | None = None
    birth_date: PartialDate | None = None

    def __repr__(self) -> str:
        return f"Subject({self.ref[:8]})"


class Restriction(Protocol):
    """Which records of a class are not for this caller. The door withholds them before anybody else sees them."""

    @property
    def strict(self) -> bool:
        """Whether nothing that it touches may be called complete, because whoever reads it may rely on it."""

    def kept(self, about: type[R], records: Sequence[R], *, key: str) -> Sequence[R]:
        """Those of the records that the caller may see.

        Args:
            about: their class.
            records: of one citizen, from all sources.
            key: the citizen's reference.
        """

    def passes_over(self, source: SourceInfo) -> bool:
        """Whether that source is not even asked: that something is held there would tell what is withheld."""


class Grant(Struct, frozen=True, kw_only=True):
    """Proof that this question is allowed. Only ``resolvers.access`` makes one; a source is asked with nothing less."""

    subject: Subject
    purpose: Purpose
    basis: Basis
    about: frozenset[type[Record]]
    """The classes of record that it covers."""
    restriction: Restriction | None = None
    """What of them is withheld all the same; ``None`` where nothing can be."""

    def require(self, about: type[Record]) -> None:
        """Refuse to go on with a question that this grant does not cover.

        Raises:
            PermissionError: a mistake of ours, not of a source: it must never reach one.
        """
        if about not in self.about:
            raise PermissionError(f"{self!r} does not cover {about.__name__}")

    def __repr__(self) -> str:
        return f"Grant({self.subject!r}, {self.purpose.name}, {self.basis.name})"


class Refused(Struct, frozen=True, kw_only=True):
    """Why there is no grant. With it the door asks nobody, and says so for every source."""

    state: "SourceState"
    retryable: bool = False
    """Whether asking again may help: what the citizen allowed could not be read."""


class Question(Struct, Generic[R], frozen=True, kw_only=True, cache_hash=True):
    """A class of record and the slice of it that is wanted. Equal questions are asked once per request.

    A source may honour the slice to save work; it may also answer more. Whoever asked filters again.
    """

    about: type[R]
    since: date | None = None
    until: date | None = None
    codes: tuple[str, ...] = ()
    category: str | None = None
    """Value of an ObservationCategory."""
    in_detail: bool = False
    """Whether what a source gives only record by record is wanted too, such as the lines of a claim."""
    wanted: frozenset[str] | None = None
    """Names of the fields of a record, and of its provenance, that anybody will look at; ``None`` for all of them.

    Whoever makes the records may leave every other field at its default. A field without a default is always there, and
    a field that is there is whole. An id is a true one where ``id``, or whatever shows a place in a list, is named.
    Everything by which records are joined, ordered, filtered and judged on their way to the caller is named here: no
    kind has to know what that is.
    """

    @property
    def is_slice(self) -> bool:
        """Whether it is about some records of its class only."""
        return bool(self.since or self.until or self.codes or self.category)


class Answer(Struct, Generic[R], frozen=True, kw_only=True):
    """What one source gave to one question."""

    records: tuple[R, ...]
    retrieved_at: datetime
    truncated: bool = False
    """The source holds more than the bound let through, or a part of it did not answer."""
    dropped: int = 0
    """Records that could not be read. They are missing from ``records``, so the answer is not complete."""
    narrowed: Question[Any] | None = None
    """The slice that the source itself was asked for, where it was: records outside it were against its word."""


class SourceState(Described):
    """How it went with one source: exactly one of these per source and class of record."""

    ANSWERED = "ANSWERED", "The source answered with records."
    NO_RECORD = (
        "NO_RECORD",
        "The source holds nothing of this kind for this citizen; or, where 'restricted', nothing for this caller.",
    )
    NOT_ASKED = "NOT_ASKED", "The source could hold something and was not asked."
    TIMED_OUT = "TIMED_OUT", "The source did not answer in time."
    UNAVAILABLE = "UNAVAILABLE", "The source could not be reached, or reported a fault of its own."
    REFUSED = "REFUSED", "The source refused this gateway."
    BLOCKED_BY_CITIZEN = "BLOCKED_BY_CITIZEN", "The citizen blocked this access."
    NOT_PERMITTED = "NOT_PERMITTED", "The caller may not ask for this."
    IDENTITY_MISMATCH = "IDENTITY_MISMATCH", "The source's answer was about another person and was withheld."
    INVALID_ANSWER = "INVALID_ANSWER", "The source's answer could not be understood, wholly or in part."
    STALE = "STALE", "An earlier answer is shown because the source did not give a new one."


class Outcome(Struct, frozen=True, kw_only=True):
    """How it went with one source and one class of record."""

    source: Annotated[SourceInfo, doc("The source.")]
    about: type[Record]
    state: Annotated[SourceState, doc("How it went.")]
    code: Annotated[str | None, doc("Stable word for a failure, such as SOURCE_UNAVAILABLE.")] = None
    retryable: Annotated[bool, doc("Whether asking again may help.")] = False
    records: Annotated[int, doc("Number of records that came from it.")] = 0
    retrieved_at: Annotated[datetime | None, doc("When its answer was read.")] = None
    elapsed_ms: Annotated[int | None, doc("How long it took, in milliseconds.")] = None
    retry_after: Annotated[datetime | None, doc("When the source wishes to be asked again.")] = None
    restricted: Annotated[
        bool,
        doc(
            "Whether records may be withheld from this caller, by law or by the citizen's will. It is said whether or "
            "not any is: nothing follows from it."
        ),
    ] = False
    whole: bool = True
    """False when records are missing although the source answered, or may be withheld from whoever relies on them."""


class Deadline(Struct, frozen=True):
    """A point on the stop-watch by which all must be said. Limits nest: a call's own limit can only shorten it."""

    at: float
    clock: Clock

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> "Deadline":
        """The deadline that many seconds from now."""
        return cls(clock.monotonic() + seconds, clock)

    def left(self) -> float:
        """Seconds that remain; never negative."""
        left = self.at - self.clock.monotonic()
        return left if left > 0 else 0.0

    def within(self, seconds: float) -> "Deadline":
        """The earlier of this deadline and one that many seconds from now."""
        at = self.clock.monotonic() + seconds
        return Deadline(at, self.clock) if at < self.at else self


class Call(Struct, frozen=True):
    """One call to a source that went by an exchange platform, and the id by which the platform's log knows it."""

    source: str
    id: str


class Inquiry:
    """One request's dealings with the sources: its deadline, its id, and what has been asked already.

    ``once`` gives everybody who asks with the same key the same task: a source resolves its own patient id once per
    request. Nothing of what is begun outlives the request.
    """

    def __init__(self, *, request_id: str, deadline: Deadline, clock: Clock) -> None:
        self.request_id = request_id
        self.deadline = deadline
        self.clock = clock
        self.calls: list[Call] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begun: list[asyncio.Task[Any]] = []
        self._once: dict[Hashable, asyncio.Task[Any]] = {}

    def begin(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Let work run beside everything else: to its end, or to that of the request."""
        # Looked up once: each time would be a call of the operating system.
        loop = self._loop = self._loop or asyncio.get_running_loop()
        # Nobody calls it by its name, and to number them costs a tenth of a task.
        task = asyncio.Task(work, loop=loop, name="begun")
        self._begun.append(task)
        return task

    def once(self, key: Hashable, begin: Callable[[], Coroutine[Any, Any, T]]) -> Awaitable[T]:
        """The one outcome of ``begin`` for this key in this request. A waiter that gives up leaves it running."""
        task: asyncio.Task[T] | None = self._once.get(key)
        if task is None:
            task = self._once[key] = self.begin(begin())
        return Shared(task)

    async def close(self) -> None:
        """Cancel what still runs, and wait until it has let go of its connections."""
        unfinished = []
        for task in self._begun:
            try:
                task.exception()  # looked at here, where nobody else did
            except asyncio.InvalidStateError:
                unfinished.append(task)
                task.cancel()
            except asyncio.CancelledError:
                pass
        if unfinished:
            await asyncio.gather(*unfinished, return_exceptions=True)
        self._begun.clear()
        self._once.clear()


class Shared(Struct, Generic[T], frozen=True, eq=False):
    """The outcome of a task for which several may wait: whoever gives up leaves it running."""

    task: "asyncio.Task[T]"

    def __await__(self) -> Generator[Any, None, T]:
        task = self.task
        if not task.done():
            waiter: asyncio.Future[None] = task.get_loop().create_future()

            def wake(_: object) -> None:
                if not waiter.done():
                    waiter.set_result(None)

            task.add_done_callback(wake)
            try:
                yield from waiter
            except BaseException:
                task.remove_done_callback(wake)
                raise
        return task.result()


class Source(Protocol):
    """One configured system, whichever protocol it speaks. The conformance suite holds every kind to this."""

    info: SourceInfo
    """How the graph shows it. ``health`` is the door's to write."""

    holds: frozenset[type[Record]]
    """Classes of record that it may be asked for."""

    deadline: float
    """Seconds that it is given for one question."""

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """Every record of that class that the source holds about the citizen of the grant.

        Raises:
            SourceError: the source gave no usable answer. Nothing else is ever raised, cancellation apart.
        """

    async def close(self) -> None:
        """Let go of connections. Idempotent."""


class Greeting(Struct, frozen=True):
    """What a source said to a call that named no citizen."""

    told: str
    """In our own words, for the operator."""
    fine: bool = True
    """Whether it can do all that its block says it shall be asked for."""


@runtime_checkable
class Greeter(Protocol):
    """A source whose protocol has a call that names no citizen: a sign-in, a statement of what it can do."""

    async def greet(self, deadline: Deadline) -> Greeting:
        """Make that call.

        Raises:
            SourceError: it did not succeed.
        """
