"""Compares compiled execution with the unmodified library: ``python -m tests.bench.fuzz --comparisons 100000``."""

import argparse
import asyncio
import sys
import time
import warnings
from contextlib import nullcontext
from functools import partial
from random import Random

from gateway.operations.plans.tally import Mode
from tests.bench.fuzz_comparing import Comparing, Report, shortest
from tests.bench.fuzz_documents import Writer
from tests.bench.fuzz_graph import ARGUMENTS, SCHEMA, context
from tests.bench.fuzz_schemas import SCALARS, World


async def compare_schema(seed: int, report: Report, *, documents: int = 12, plans: Mode = "on") -> None:
    """One random schema with some documents and data for it."""
    rng = Random(seed)  # noqa: S311 - chance, not secrecy
    world = World(seed)
    comparing = Comparing(world.schema, report, plans)
    library = world.schema._schema
    for number in range(documents):
        mutation = rng.random() < 0.15
        root = library.mutation_type if mutation else library.query_type
        assert root is not None
        writer = Writer(library, rng, SCALARS, deferring=rng.random() < 0.2)
        document = writer.document(root, "mutation" if mutation else "query")
        made = [world.data(rng.randrange(10**9), bad) for bad in (0.0, 0.02, rng.choice((0.05, 0.1, 0.3)))]
        opened = [partial(nullcontext, data) for data in (*made, made[number % 3])]
        await comparing.compare(document.text, document.variables, opened)


async def compare_graph(seed: int, report: Report, *, documents: int = 12, plans: Mode = "on") -> None:
    """Our own graph with some documents, and sources that fail and err."""
    rng = Random(seed)  # noqa: S311 - chance, not secrecy
    comparing = Comparing(SCHEMA, report, plans)
    library = SCHEMA._schema
    assert library.query_type is not None
    for _ in range(documents):
        writer = Writer(library, rng, ARGUMENTS, depth=9, deferring=rng.random() < 0.2)
        document = writer.document(library.query_type, "query")
        opened = [partial(context, rng.randrange(10**9), bad, rng.choice(("vi", "en"))) for bad in (0.0, 0.0, 0.1)]
        await comparing.compare(document.text, document.variables, opened)


async def compare(comparisons: int, seed: int, plans: Mode) -> tuple[Report, Report]:
    """So many comparisons: nine in ten on random schemas, the others on our own graph."""
    schemas, graph = Report(), Report()
    while schemas.comparisons + graph.comparisons < comparisons:
        await compare_schema(seed, schemas, plans=plans)
        if graph.comparisons * 9 < schemas.comparisons:
            await compare_graph(seed, graph, plans=plans)
        seed += 1
    return schemas, graph


def main() -> None:
    """Print the report; the exit status says whether anything differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparisons", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--plans", choices=("on", "verify"), default="on")
    given = parser.parse_args()
    warnings.simplefilter("ignore", RuntimeWarning)  # a refused field cancels its neighbours before they begin
    begun = time.process_time()
    reports = asyncio.run(compare(given.comparisons, given.seed, given.plans))
    print(f"seed {given.seed}, {time.process_time() - begun:.0f} seconds of CPU")  # noqa: T201 - the report
    for name, report in zip(("random schemas", "our graph, false sources"), reports, strict=True):
        print("\n".join([f"\n{name}", *report.lines()]))  # noqa: T201 - the report
        for difference in shortest(report.differences):
            print(f"\n{difference}")  # noqa: T201 - the report
    sys.exit(1 if any(report.differences for report in reports) else 0)


if __name__ == "__main__":
    main()
