"""Two citizens and the partners they allowed, interleaved: is anybody ever shown a part of the other one's record?

``python -m tests.bench.mixing --requests 10000``: four callers (each citizen, and a hospital that each of them allowed
something else) ask in an order of chance, so many at once, of a gateway that keeps answers for seconds. Every id in
every answer must be one that this caller is shown alone; one of ten asks for the citizen who allowed it nothing, and is
refused.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.running import GRAPHQL, CityClock, Running, running_gateway
from tests.sandbox.city import City, running_city
from tests.sandbox.eid import Holder
from tests.sandbox.people import by_key

SECTIONS = ("allergies", "conditions", "encounters", "immunizations", "medications")
LISTS = " ".join(f"{section} {{ nodes {{ id }} }}" for section in SECTIONS)
LOOKED = f"query Looked($id: CitizenId!) {{ citizen(id: $id) {{ personalId {LISTS} }} }}"
KEPT = 'deadline = "2s" -> deadline = "20s"\ncache = "5s"\nbreaker = { failures = 0 }'
WAITING = '[server] -> [server]\ndeadline = "30s"'
AT_ONCE = 16

Shown = Mapping[str, frozenset[str]]
"""Ids by section."""


class Asker:
    """One of the four callers."""

    def __init__(self, name: str, number: str, *, token: str | None = None, holder: Holder | None = None) -> None:
        self.name = name
        self.number = number
        self.token = token
        self.holder = holder
        self.alone: Shown = {}
        """What this caller is shown when nobody else asks."""

    async def ask(self, http: httpx.AsyncClient, url: str, number: str | None = None) -> dict[str, Any]:
        """The answer to the one question, about the caller's own citizen or about that one."""
        body = {"query": LOOKED, "variables": {"id": number or self.number}}
        headers = {"accept": GRAPHQL}
        if self.holder is not None:
            answer = await self.holder.ask(http, "POST", url, json=body, headers=headers)
        else:
            headers["authorization"] = f"Bearer {self.token}"
            answer = await http.post(url, json=body, headers=headers)
        told: dict[str, Any] = answer.json()
        return told


class Mixing:
    """Two citizens, An and Phúc; hospital A is allowed An's allergies, hospital B all of Phúc's."""

    def __init__(self, gateway: Running, city: City, clock: CityClock) -> None:
        self.url = f"{gateway.url}/graphql"
        self.gateway = gateway
        self.city = city
        self.clock = clock
        self.askers: list[Asker] = []
        self.outcomes: Counter[str] = Counter()
        self.wrong: list[str] = []

    async def prepare(self, http: httpx.AsyncClient) -> None:
        """Give the consents, and learn what each is shown alone."""
        await self.grant("an", "79981", sections=["ALLERGIES"])
        await self.grant("phuc", "79982")
        numbers = {who: by_key(who).personal_id for who in ("an", "phuc")}
        self.askers = [
            *(Asker(who, numbers[who], token=self.city.eid.token_for(who)) for who in numbers),
            Asker("hospital-a", numbers["an"], holder=await self.city.eid.partner("clinic-a")),
            Asker("hospital-b", numbers["phuc"], holder=await self.city.eid.partner("clinic-b")),
        ]
        for asker in self.askers:
            asker.alone = shown(await asker.ask(http, self.url))
        an, phuc = self.askers[0].alone, self.askers[1].alone
        apart = not any(an[section] & phuc[section] for section in SECTIONS)
        if not apart or not all(any(one.alone.values()) for one in self.askers):
            raise RuntimeError("the two records cannot be told apart, or somebody is shown nothing")

    async def run(self, requests: int, *, seed: int) -> None:
        """Ask so often, in an order of chance; one of ten asks for the citizen who allowed nothing to that hospital."""
        chance = random.Random(seed)  # noqa: S311 - an order, no secret
        left = asyncio.Semaphore(AT_ONCE)
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(trust_env=False, timeout=60, limits=limits) as http:
            await self.prepare(http)

            async def one(asker: Asker, number: str) -> None:
                async with left:
                    self.judge(asker, number, await asker.ask(http, self.url, number))

            other = {self.askers[0].number: self.askers[1].number, self.askers[1].number: self.askers[0].number}
            asked = []
            for _ in range(requests):
                asker = chance.choice(self.askers)
                asked.append(one(asker, other[asker.number] if chance.random() < 0.1 else asker.number))
            await asyncio.gather(*asked)

    def judge(self, asker: Asker, number: str, told: dict[str, Any]) -> None:
        """Count the answer; whoever is shown anything that is not theirs is told of."""
        codes = [error["extensions"]["code"] for error in told.get("errors", [])]
        if number != asker.number:
            self.outcomes["a stranger is refused" if codes == ["FORBIDDEN"] else f"a stranger: {codes}"] += 1
            if told["data"] != {"citizen": None}:
                self.wrong.append(f"{asker.name}: a stranger's record")
            return
        if codes:
            self.outcomes[codes[0]] += 1
            return
        if told["data"]["citizen"]["personalId"] != number:
            self.wrong.append(f"{asker.name}: another citizen")
        seen = shown(told)
        for section in SECTIONS:
            if strange := seen[section] - asker.alone[section]:
                self.wrong.append(f"{asker.name}: {len(strange)} in {section} that are not theirs")
        self.outcomes["whole" if seen == asker.alone else "in part"] += 1

    async def grant(self, who: str, organisation: str, **other: Any) -> None:
        """Allow that hospital something for a day."""
        token = self.city.eid.token_for(who)
        texts = (await self.gateway.ask("{ consentTexts { id purpose } }", token=token)).data["consentTexts"]
        text = next(row["id"] for row in texts if row["purpose"] == "TREATMENT")
        given = {
            "organisation": organisation,
            "agreements": [{"purpose": "TREATMENT", "text": text}],
            "validUntil": (self.clock.now() + timedelta(days=1)).isoformat(),
            "idempotencyKey": str(uuid4()),
        }
        document = "mutation Grant($input: GrantConsentInput!) { grantConsent(input: $input) { consent { id } } }"
        assert (await self.gateway.ask(document, token=token, variables={"input": given | other})).data


def shown(told: dict[str, Any]) -> Shown:
    """The ids of an answer without errors."""
    citizen = told["data"]["citizen"]
    return {section: frozenset(node["id"] for node in citizen[section]["nodes"]) for section in SECTIONS}


def main() -> None:
    """Run it with a city and a gateway of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mixing")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    clock = CityClock()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_city(clock=clock) as city,
        running_gateway(city, Path(folder), clock=clock, kept=KEPT, waiting=WAITING) as gateway,
    ):
        mixing = Mixing(gateway, city, clock)
        begun = time.perf_counter()
        asyncio.run(mixing.run(given.requests, seed=given.seed))
        seconds = time.perf_counter() - begun
    print(f"{given.requests} requests in {seconds:.0f} s, {AT_ONCE} at once: {dict(mixing.outcomes)}")  # noqa: T201 - the result
    for line in mixing.wrong[:20]:
        print(f"WRONG: {line}", file=sys.stderr)  # noqa: T201
    sys.exit(1 if mixing.wrong else 0)


if __name__ == "__main__":
    main()
