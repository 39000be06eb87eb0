"""Asks the gateway about everybody: all there is, and how much of it is left when a hospital fails."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from tests.golden.everything import everything, extent
from tests.golden.rendering import lines, told
from tests.running import Answer, CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import Person, everyone

AT_ONCE = 1
"""Questions at the same time: what keeps its patience short for the store must not wait for its neighbours' work."""
FAULTS: Mapping[str, str] = {"down": "down", "slow": "hang", "garbled": "garbage", "wrong-person": "wrong_person"}
"""What befalls ``BROKEN``, and the city's word for it."""
BUSY = frozenset({"CONSENTS_UNAVAILABLE", "SOURCE_UNAVAILABLE"})
TIMES = 5
BROKEN: Literal["hospital-a"] = "hospital-a"

KEY = "golden answers have a key of their own"


class Told(Struct, frozen=True):
    """What one person's record looks like, and who was shown it."""

    by: str
    """Key of the person who asked: the citizen, or who may act for them."""
    answer: Answer


@contextmanager
def golden_gateway(
    city: City, folder: Path, clock: CityClock, *, deadline: str = "60s", hold: str = "deadline -> deadline"
) -> Iterator[Running]:
    """A gateway whose answers are the same in every run: ids by a fixed key, time enough, nothing given a rest.

    Args:
        city: whose sources it asks.
        folder: for its configuration.
        clock: its time.
        deadline: of the hospital that shall break.
        hold: what sources hold, as a piece of their file to replace.
    """
    key = folder / "golden-key"
    key.write_text(KEY, encoding="utf-8")
    key.chmod(0o600)
    takes = next(line for line in city.sources_toml().splitlines() if line.startswith("takes = "))
    with running_gateway(
        city,
        folder,
        clock=clock,
        wide="development = true -> development = true\nlimits = { max_tokens = 50000, max_depth = 40, "
        "max_cost = 1000000000, max_aliases = 1000 }",
        time='[server] -> [server]\ndeadline = "90s"',
        key='"file:secrets/identifier-key" -> "file:golden-key"',
        patient='deadline = "2s" -> deadline = "60s"',
        breaking=f'{takes}\ndeadline = "60s" -> {takes}\ndeadline = "{deadline}"',
        unguarded="category = -> breaker = { failures = 0 }\ncategory =",
        hold=hold,
    ) as running:
        yield running


async def all_told(gateway: Running, city: City, *, language: str = "vi") -> dict[str, Told]:
    """Everything about everybody, by the key of the person."""
    return await _of_people(gateway, city, everyone(), everything(), language)


async def all_extents(gateway: Running, city: City, fault: str | None = None) -> dict[str, Told]:
    """How much there is of those whom the hospital knows, while that befalls it.

    While it is down, of all of them; by what else it may fail, of those whom another hospital knows as well.
    """
    known = [person for person in everyone() if person.known_to(BROKEN)]
    if fault not in (None, "down"):
        known = [person for person in known if person.known_to("hospital-b")]
    if fault is not None:
        city.faults.set(BROKEN, fault)
    try:
        return await _of_people(gateway, city, known, extent(), "vi")
    finally:
        if fault is not None:
            city.faults.clear(BROKEN)


def as_text(told_: Told) -> str:
    """A file of a person."""
    body = told_.answer.body
    parts = [f"asked by: {told_.by}"]
    parts += [f"error: {'.'.join(map(str, row['path']))} {row['extensions']['code']}" for row in body.get("errors", ())]
    citizen = (body.get("data") or {}).get("citizen")
    return "\n".join([*parts, *(lines(told(citizen)) if citizen else ())]) + "\n"


def as_loss(whole: Mapping[str, Told], broken: Mapping[str, Told]) -> str:
    """A file of a fault: for each the lists that are no longer as they were, by what they say of it."""
    text = []
    for key, after in broken.items():
        then, now = _citizen(whole[key]), _citizen(after)
        said: dict[str, list[str]] = {}
        for name in then:
            had, has = then[name], now.get(name)
            if has is None:
                said.setdefault("nothing at all", []).append(name)
            elif has != had:
                counts = f"{len(had['nodes'])}→{len(has['nodes'])}"
                said.setdefault(_missing(has["completeness"]), []).append(f"{name} {counts}")
        text += [f"{key}: {', '.join(lists)}: {missing}" for missing, lists in said.items()]
    return "\n".join(text) + "\n"


def _missing(completeness: dict[str, Any]) -> str:
    failed = dict.fromkeys(
        f"{row['source']['id']} {row['state']}"
        for row in completeness["sources"]
        if row["state"] not in ("ANSWERED", "NO_RECORD")
    )
    return ("complete" if completeness["complete"] else "INCOMPLETE") + (f", {', '.join(failed)}" if failed else "")


def _citizen(told_: Told) -> dict[str, Any]:
    return (told_.answer.body.get("data") or {}).get("citizen") or {}


async def _of_people(
    gateway: Running, city: City, people: Sequence[Person], selection: str, language: str
) -> dict[str, Told]:
    free = asyncio.Semaphore(AT_ONCE)

    async def one(person: Person) -> Told:
        async with free:
            return await _of(gateway, city, person, selection, language)

    return dict(zip((person.key for person in people), await asyncio.gather(*map(one, people)), strict=True))


async def _of(gateway: Running, city: City, person: Person, selection: str, language: str) -> Told:
    """By the citizen; where that is refused, by the first who may act for them."""
    document = f'{{ citizen(id: "{person.personal_id}") {selection} }}'
    found = None
    for asker in _askers(person):
        answer = await _asked(gateway, document, city.eid.token_for(asker), language)
        found = Told(asker, answer)
        if (answer.body.get("data") or {}).get("citizen"):
            return found
    assert found
    return found


async def _asked(gateway: Running, document: str, token: str, language: str) -> Answer:
    """The answer; asked again while a busy machine keeps the gateway from its own store, as the answer itself says."""
    for _ in range(TIMES - 1):
        answer = await gateway.ask(document, token=token, headers={"accept-language": language})
        if not BUSY & set(answer.codes):
            return answer
    return await gateway.ask(document, token=token, headers={"accept-language": language})


def _askers(person: Person) -> Sequence[str]:
    others = [other.key for other in everyone() if any(one.dependant == person.personal_id for one in other.represents)]
    return [person.key, *others] if others else [person.key]
