"""One source, step by step: reached, greeted, and asked about a citizen who agreed to that."""

import re
import sys
import uuid
from collections.abc import AsyncIterator

import click
from msgspec import Struct

from connectors.clock import Clock
from connectors.contract import Deadline, Greeter, Inquiry, Question, Source, Subject
from connectors.errors import SourceError
from connectors.reaching import reach
from connectors.records import PartialDate, Record
from gateway.commands.common import complain
from gateway.settings import Settings, identifiers_of
from gateway.sources import Block
from gateway.telemetry import reason
from resolvers.access.granting import grant_of_operator
from resolvers.asked import is_complete
from resolvers.federation import Federation
from resolvers.identifiers import is_personal_id
from resolvers.locating import Directory

_BIRTH_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class Finding(Struct, frozen=True, kw_only=True):
    """One step, and how it went."""

    step: str
    fine: bool
    told: str
    ms: int


def subject_of(settings: Settings) -> Subject:
    """The citizen whom the operator names: at the terminal without echo, or in lines of standard input.

    Never an argument and never a variable: the list of processes shows both to every user of the machine.
    """
    number: str
    name: str
    born: str
    if sys.stdin.isatty():
        number = click.prompt("Personal number", hide_input=True, err=True)
        name = click.prompt("Full name (may be left out)", default="", show_default=False, hide_input=True, err=True)
        born = click.prompt("Birth date, YYYY-MM-DD (may be left out)", default="", show_default=False, err=True)
    else:
        number, name, born = sys.stdin.readline().strip(), sys.stdin.readline().strip(), sys.stdin.readline().strip()
    if not is_personal_id(number):
        complain("the personal number has twelve digits")
    if born and not _BIRTH_DATE.fullmatch(born):
        complain("the birth date is written as YYYY-MM-DD, or as much of it as is known")
    return Subject(
        ref=identifiers_of(settings).reference(number),
        personal_id=number,
        name=name or None,
        birth_date=PartialDate(born) if born else None,
    )


class Tester:
    """Goes to one source, without the breaker and the cache that stand before it while serving."""

    def __init__(self, block: Block, clock: Clock) -> None:
        self._block = block
        self._clock = clock

    async def steps(self, subject: Subject | None) -> AsyncIterator[Finding]:
        """Every step as it is done; where the source cannot be reached, nobody is asked about.

        Raises:
            BadOptions: no source can be made of the block.
        """
        reached = True
        async for step in reach(self._block.options, self._clock):
            reached = not step.last
            yield Finding(step=step.name, fine=step.fine, told=step.told, ms=step.ms)
        if not reached:
            return
        source = self._block.kind(self._block.key, self._block.options, clock=self._clock)
        try:
            if isinstance(source, Greeter):
                yield await self._greeted(source, source)
            else:
                yield Finding(step="greeting", fine=True, told="this protocol knows no call without a citizen", ms=0)
            if subject is not None:
                for about in sorted(source.holds, key=lambda held: held.__name__):
                    yield await self._asked(source, about, subject)
        finally:
            await source.close()

    async def _greeted(self, source: Source, greeter: Greeter) -> Finding:
        begun = self._clock.monotonic()
        try:
            greeting = await greeter.greet(Deadline.after(source.deadline, self._clock))
            fine, told = greeting.fine, greeting.told
        except SourceError as error:
            fine, told = False, reason(error)
        return Finding(step="greeting", fine=fine, told=told, ms=round((self._clock.monotonic() - begun) * 1000))

    async def _asked(self, source: Source, about: type[Record], subject: Subject) -> Finding:
        """One class of record, through the door that serves: so its state is the one that a citizen would be told."""
        deadline = Deadline.after(source.deadline, self._clock)
        inquiry = Inquiry(request_id=uuid.uuid4().hex, deadline=deadline, clock=self._clock)
        door = Federation(Directory([source]), inquiry)
        try:
            found = await door.ask(Question(about=about), grant_of_operator(subject, about))
        finally:
            await inquiry.close()
        (outcome,) = found.outcomes
        told = [f"{outcome.state.value}, {outcome.records} records"]
        told += [reason(fault.error) for fault in door.faults]
        told += [f"{deviation.kind.value}: {deviation.count}" for deviation in door.deviations]
        return Finding(
            step=about.__name__,
            fine=is_complete(outcome) and not door.deviations,
            told=", ".join(told),
            ms=outcome.elapsed_ms or 0,
        )
