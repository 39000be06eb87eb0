"""``audit`` as an operator types it: what the log says, whether it is whole, and what citizens report."""

import asyncio
import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.clock import SystemClock
from connectors.contract import Basis, Purpose
from gateway.audit.reports import Reports
from gateway.settings import Store, load, sealing_keys
from gateway.store.database import Database
from gateway.verbs import main
from resolvers.access.caller import CallerKind
from resolvers.access.entry import AccessAction, AccessOutcome
from resolvers.identifiers import Identifiers
from resolvers.sections import Section
from tests.gateway.audit.ledgers import AN, entry, running_ledger
from tests.gateway.audit.test_verifying import pem
from tests.gateway.test_command_line import SETTINGS, SOURCES
from tests.resolvers.world import NOW

KEY = "k" * 32
SIGNED = '\n[audit]\norigin = "log.example"\nkeys = ["file:audit-key"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration with a log of four entries."""
    for name, text in (("key", KEY), ("audit-key", pem(Ed25519PrivateKey.generate()))):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    (tmp_path / "gateway.toml").write_text(SETTINGS + SIGNED, encoding="utf-8")
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    settings = load(tmp_path / "gateway.toml", environment={})
    asyncio.run(fill(settings.store, tmp_path, Identifiers(sealing_keys(settings)[0]).fingerprint))
    return tmp_path


async def fill(store: Store, folder: Path, key: str) -> None:
    clinician: dict[str, Any] = {
        "caller": CallerKind.CLINICIAN, "client": "hospital", "organisation": "79001", "professional": "CCHN-1",
        "professional_name": "Mẫu Bác Sĩ", "purpose": Purpose.EMERGENCY, "basis": Basis.BREAK_GLASS,
        "reason": "cấp cứu", "sections": (Section.ALLERGIES,), "sources": ("hospital-a",),
    }  # fmt: skip
    refused: dict[str, Any] = {"outcome": AccessOutcome.REFUSED, "refused": "FORBIDDEN", "by": "b" * 32}
    async with running_ledger(store, folder / "access-spool") as ledger:
        await ledger.keep(
            [
                entry(0, key=key, at=NOW - timedelta(days=4000)),
                entry(1, key=key, **clinician),
                entry(2, key=key, **refused),
                entry(3, key=key, by=AN, actions=(AccessAction.WRITE,)),
            ]
        )


def typed(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["audit", *words, "--config", str(folder / "gateway.toml")])


def test_a86_verify_ends_with_1_and_names_the_record(folder: Path) -> None:
    """0 while it is whole; afterwards the place, the reason, and never what stood there."""
    whole = typed(folder, "verify")
    assert (whole.exit_code, whole.output.split(",")[0]) == (0, "4 records")
    with sqlite3.connect(folder / "citizen-graph.db") as store:
        store.execute("UPDATE access_entry SET content = ? WHERE place = 2", (b"{}",))
    store.close()
    bad = typed(folder, "verify", "--json")

    assert bad.exit_code == 1
    assert json.loads(bad.output)["first_bad"] == 2
    assert "record 2: it was edited" in typed(folder, "verify").output


def test_a86_a_checkpoint_is_printed_and_verified_against(folder: Path) -> None:
    """Kept elsewhere it proves that nothing was cut off; one that is none of ours is misuse."""
    kept = folder / "kept"
    kept.write_text(typed(folder, "checkpoint").output, encoding="utf-8")
    assert kept.read_text(encoding="utf-8").startswith("log.example\n4\n")
    assert "1 signed checkpoints agree" in typed(folder, "verify", "--against", str(kept)).output
    kept.write_text("something", encoding="utf-8")

    assert typed(folder, "verify", "--against", str(kept)).exit_code == 2
    assert typed(folder, "keys").output.startswith("log.example+")


def test_export_writes_audit_events_without_a_number(folder: Path) -> None:
    """Each entry with who, whom, why and how it ended, as IHE's basic audit patterns have it."""
    exported = typed(folder, "export", "--since", "2026-01-01")
    events = [json.loads(line) for line in exported.output.splitlines()]
    emergency, refused, wrote = events

    assert [event["resourceType"] for event in events] == ["AuditEvent"] * 3
    assert emergency["meta"]["profile"][0].endswith("IHE.BasicAudit.PatientQuery")
    assert emergency["purposeOfEvent"][0]["coding"][0]["code"] == "ETREAT"
    assert [agent["who"].get("display") for agent in emergency["agent"]] == ["Mẫu Bác Sĩ", None, None, "log.example"]
    assert {"type": "emergency", "valueString": "cấp cứu"} in emergency["entity"][1]["detail"]
    assert (refused["outcome"], refused["outcomeDesc"], wrote["action"]) == ("4", "FORBIDDEN", "C")
    assert [sum(agent["requestor"] for agent in event["agent"]) for event in events] == [1, 1, 1]
    for event in events:
        assert event["entity"][0]["what"] == {
            "identifier": {"system": "urn:citizen-graph:citizen", "value": AN},
            "type": "Patient",
        }


def test_prune_drops_what_is_too_old_and_the_rest_verifies(folder: Path) -> None:
    """Five years are kept by default, as the law's least."""
    assert typed(folder, "prune").output.startswith("1 entries from before ")
    assert typed(folder, "verify").exit_code == 0
    assert len(typed(folder, "export").output.splitlines()) == 3


def test_a88_a_report_is_listed_in_one_line_until_it_is_answered(folder: Path) -> None:
    """1 while somebody waits; whatever a citizen wrote makes no line of its own; an answer is given once."""
    assert typed(folder, "reports").exit_code == 0
    settings = load(folder / "gateway.toml", environment={})

    async def report() -> str:
        database = Database(settings.store)
        made = await Reports(database, clock=SystemClock()).add(
            "0" * 32, about=AN, by=AN, words="Ai đó\nđã xem\r\nffff: entry"
        )
        await database.close()
        return made.id

    known = asyncio.run(report())
    listed = typed(folder, "reports")
    assert listed.exit_code == 1
    assert known in listed.output
    assert "\n  Ai đó đã xem ffff: entry\n" in listed.output
    assert typed(folder, "answer", known, "--text", "Đã xem lại.").exit_code == 0
    assert typed(folder, "answer", known, "--text", "Lần nữa").exit_code == 2
    assert typed(folder, "reports").exit_code == 0


def test_a_store_that_cannot_be_had_is_told_in_a_sentence(folder: Path) -> None:
    """2, without its address."""
    (folder / "gateway.toml").write_text(f'{SETTINGS}\n[store]\nfile = "none/store.db"\n', encoding="utf-8")
    for verb in ("verify", "export", "reports", "prune"):
        told = typed(folder, verb)
        assert (told.exit_code, told.output) == (2, "the store cannot be had: OperationalError\n") or (
            told.exit_code == 2 and "FileNotFoundError" in told.output
        )
    assert "there is no key" in typed(folder, "checkpoint").output
