"""Puts the gateway among the contestants of a benchmark harness, and runs it.

    HARNESS=<folder of the harness> .venv/bin/python -m tests.bench.side_by_side --check-only
    HARNESS=... PEERS_DIR=... .venv/bin/python -m tests.bench.side_by_side --conns 16 ours mercurius tailcall

The harness is no part of this repository. A copy of it is made, the contestants of ``contestant/`` are added, and what
``contestant/expected.py`` says is what they must answer; the others are held to the harness's own check. Everything
that is said on the command line is the harness's to understand. ``ours`` leaves out what no other contestant does;
``ours-guarded`` leaves out nothing: where it takes part, every request of the run carries its citizen's token.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from tests.bench.contestant.signing_in import people, signed_in

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_GUARDED = "ours-guarded"

_CHECK = '''\
"""The harness's check; of our own contestants, what they say themselves that they must answer."""
import sys
from pathlib import Path

sys.path.insert(0, {root!r})
import harness_check
from harness_check import leaves, norm, post  # noqa: F401
from tests.bench.contestant.expected import expected as ours

_theirs = harness_check.expected


def check(url, query, kind, data_dir, ids, auth=lambda i: None):
    is_ours = "CitizenId" in query
    harness_check.expected = (lambda d, c, k: ours(Path(d), c, k)) if is_ours else _theirs
    return harness_check.check(url, query, kind, data_dir, ids, auth)
'''


def prepared(harness: Path, copy: Path) -> Path:
    """A copy of the harness in which we take part."""
    shutil.copytree(harness, copy)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)
    (copy / "lib" / "check.py").rename(copy / "lib" / "harness_check.py")
    (copy / "lib" / "check.py").write_text(_CHECK.format(root=str(ROOT)), encoding="utf-8")
    for query in (HERE / "contestant" / "queries").glob("*.graphql"):
        shutil.copy(query, copy / "queries" / query.name)
    for name in ("ours", _GUARDED, "floor"):
        shutil.copytree(HERE / "contestant" / name, copy / "contestants" / name)
    return copy


@contextmanager
def _tokens(copy: Path, environment: Mapping[str, str], folder: Path) -> Iterator[dict[str, str]]:
    """What the harness must be told so that each of its requests carries a token."""
    # The harness makes its citizens when it begins; here they are wanted a moment before.
    data = Path(environment.get("DATA_DIR") or f"{environment.get('RUN_DIR') or '/tmp/bench-run'}/fhir")  # noqa: S108
    if not (data / "ids.txt").exists():
        made = [sys.executable, str(copy / "upstream" / "gen.py"), str(data), environment.get("N_CITIZENS", "200")]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    with signed_in(people(data), folder / "tokens") as issuer:
        yield {"DATA_DIR": str(data), "BENCH_TOKENS": str(folder / "tokens"), "BENCH_ISSUER": issuer}


def main() -> int:
    """Run it."""
    harness = os.environ.get("HARNESS")
    if harness is None:
        sys.stderr.write("HARNESS is the folder of the benchmark harness\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        copy = prepared(Path(harness), Path(folder) / "harness")
        environment = {**os.environ, "CITIZEN_GRAPH": str(ROOT)}
        tokens: AbstractContextManager[dict[str, str]] = (
            _tokens(copy, environment, Path(folder)) if _GUARDED in sys.argv else nullcontext(dict[str, str]())
        )
        with tokens as told:
            command = [str(copy / "run.sh"), *sys.argv[1:]]
            return subprocess.run(command, env={**environment, **told}, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
