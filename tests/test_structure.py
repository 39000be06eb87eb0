"""Rules of the house that no import contract can see, read from the syntax trees."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ("gateway", "resolvers", "connectors")


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Every shipped module with its path from the root."""
    for package in SHIPPED:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(object, name) of every call: ``("source", "ask")``, ``("", "Grant")``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                yield "", function.id
            elif isinstance(function, ast.Attribute):
                owner = function.value
                yield getattr(owner, "attr", getattr(owner, "id", "")), function.attr


def test_only_the_permit_office_makes_a_grant() -> None:
    """Permission is a type: whoever forgets the policy has nothing to ask a source with."""
    makers = {path for path, tree in trees() if any(name == "Grant" for _, name in calls(tree))}

    assert makers == {"resolvers/access/granting.py"}


def test_only_the_permit_office_makes_a_mandate() -> None:
    """To write is another permission than to read: no grant is one."""
    makers = {path for path, tree in trees() if any(name == "Mandate" for _, name in calls(tree))}

    assert makers == {"resolvers/access/granting.py"}


def test_only_the_door_writes_to_a_source() -> None:
    """In the resolvers every other `write` is the door's."""
    writers = {
        path
        for path, tree in trees()
        if path.startswith("resolvers/")
        and any(name == "write" and owner and "federation" not in owner for owner, name in calls(tree))
    }

    assert writers == {"resolvers/giving.py"}


def test_only_the_command_line_takes_the_operators_grant() -> None:
    """No request of a caller can come to it."""
    takers = {path for path, tree in trees() if any(name == "grant_of_operator" for _, name in calls(tree))}

    assert takers == {"gateway/commands/testing.py"}


def test_only_the_door_asks_a_source() -> None:
    """In the resolvers every other `ask` is the door's."""
    askers = {
        path
        for path, tree in trees()
        if path.startswith("resolvers/")
        and any(name == "ask" and "federation" not in owner for owner, name in calls(tree))
    }

    assert askers == {"resolvers/questions.py"}


def test_whoever_opens_the_door_for_a_caller_has_an_account() -> None:
    """What is asked through it is written down; only the operator's command line, which is no caller, has none."""
    doors = {path for path, tree in trees() if any(name == "Federation" for _, name in calls(tree))}
    offices = {path for path, tree in trees() if any(name in ("Access", "AccountedAccess") for _, name in calls(tree))}
    accounted = [
        node
        for path, tree in trees()
        if path == "gateway/asking.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Federation"
    ]

    assert doors == {"gateway/asking.py", "gateway/commands/testing.py"}
    assert offices == {"gateway/asking.py"}
    assert [ast.unparse(door.args[3]) for door in accounted] == ["self._account(caller, telling, event)"]
    assert [
        (path, ast.unparse(node.body[-1]))
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "_account"
    ] == [("gateway/asking.py", "return telling.booking.account")]


def test_no_byte_of_an_answer_leaves_before_it_is_written_down() -> None:
    """An answer sends in few places, and each waits for the access log first; a sign of life alone holds nothing."""
    sending = {
        (path, function.name): [ast.unparse(statement) for statement in function.body]
        for path, tree in trees()
        if path.startswith("gateway/") and not path.startswith(("gateway/portal/", "gateway/connection.py"))
        for function in ast.walk(tree)
        if isinstance(function, ast.AsyncFunctionDef)
        and "self._send(" in ast.unparse(function).replace("._send,", "._send(")
    }
    saying = {
        (path, function.name): [ast.unparse(statement) for statement in function.body]
        for path, tree in trees()
        if path == "gateway/sockets/operation.py"
        for function in ast.walk(tree)
        if isinstance(function, ast.AsyncFunctionDef) and "payload" in ast.unparse(function.args)
    }

    assert {path for path, _ in sending} == {"gateway/answer.py"}
    assert {name for _, name in sending} == {"_whole", "_begin", "_write", "_beat"}
    for (_, name), statements in sending.items():
        first = statements[0]
        assert (first == "await self.settle()") is (name != "_beat"), name
    (beat,) = (statements for (_, name), statements in sending.items() if name == "_beat")
    assert "'body': HEARTBEAT" in beat[-1]
    assert {name for _, name in saying} == {"_say"}
    assert all(statements[0] == "await telling.settle()" for statements in saying.values())


def test_only_the_settings_make_what_stands_for_numbers() -> None:
    """Whoever forgets the earlier keys finds nobody after the key was changed."""
    makers = {path for path, tree in trees() if any(name == "Identifiers" for _, name in calls(tree))}

    assert makers == {"gateway/settings/whole.py"}


def test_only_the_settings_read_the_environment() -> None:
    """A setting that is read elsewhere is one that nobody finds."""
    readers = {
        path
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }

    assert readers == {"gateway/settings/reading.py"}


def test_only_connectors_the_identity_room_and_the_push_room_open_connections() -> None:
    """The resolvers do no input or output of their own, and the rest of the gateway only answers."""
    importers = {
        path
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and any(name.name.split(".")[0] in ("httpx", "socket") for name in node.names)
    }

    assert importers
    listens = "gateway/serving.py"  # it binds a socket, and connects to nobody
    assert all(path.startswith(("connectors/", "gateway/identity/", "gateway/push/", listens)) for path in importers)


@pytest.mark.parametrize("package", SHIPPED)
def test_time_is_passed_in(package: str) -> None:
    """Only the clock asks the machine what time it is."""
    asking = {("datetime", "now"), ("date", "today"), ("time", "time"), ("time", "monotonic"), ("datetime", "utcnow")}
    found = {path for path, tree in trees() if path.startswith(package) and asking & set(calls(tree))}

    assert found <= {"connectors/clock.py"}


def test_a100_everything_that_is_installed_is_pinned_and_proved() -> None:
    """One version of each library, by the hash of its file, and no set-up that takes another one."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", lock) if entry.strip()]
    set_up = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert len(entries) > 50
    assert all(re.match(r"[\w.\[\],-]+==\S+ (; [^\\]+)?\\\n +--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert "pip install --quiet --require-hashes -r requirements.lock" in set_up
    assert "--no-deps" in set_up.partition("--editable")[0].rpartition("\n")[2]
