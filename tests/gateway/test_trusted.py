"""Trusted documents: built, checked, and chosen by who asks and why; free text where it is allowed (A55, A56)."""

import json
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from click.testing import CliRunner, Result

from connectors.contract import Purpose
from connectors.options import BadOptions
from gateway.errors import RequestError
from gateway.operations.request import GraphQLRequest
from gateway.operations.trusted import Manifest, Trusted, TrustedDocuments, id_of, read_manifest
from gateway.settings import DocumentSettings
from gateway.verbs import main
from resolvers.access.caller import Caller, CallerKind
from tests.gateway.audit.reading import entries_of
from tests.gateway.wire import post, said
from tests.resolvers.test_permit import caller
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

BODY = "query Who { me { id } }"
FREE = "{ me { personalId } }"


def entry(**other: Any) -> Trusted:
    known = {
        "id": id_of(other.get("body", BODY)),
        "name": "Who",
        "body": BODY,
        "clients": ("citizen-app",),
        "purposes": (Purpose.SELF, Purpose.REPRESENTATION),
        "max_cost": 10,
        "sentence": {"vi": "Xem mình là ai.", "en": "Looks who they are."},
    }
    return Trusted(**{**known, **other})


def store(*entries: Trusted, mode: Any = "enforce", free_text: tuple[str, ...] = ()) -> TrustedDocuments:
    manifest = Manifest(version=1, operations=entries)
    return TrustedDocuments(DocumentSettings(mode=mode, free_text=free_text), manifest)


def refusal(trusted: TrustedDocuments, request: GraphQLRequest, who: Caller) -> tuple[int, str]:
    with pytest.raises(RequestError) as refused:
        trusted.chosen(request, who)
    return refused.value.status, refused.value.code


def by_id(body: str = BODY) -> GraphQLRequest:
    return GraphQLRequest(document_id=id_of(body))


APP = caller(client_id="citizen-app")
CLINIC = caller(
    kind=CallerKind.CLINICIAN, client_id="clinic", personal_id=None, organisation="79xxx", purpose=Purpose.TREATMENT
)


def test_a_document_is_found_by_its_id_and_by_its_text() -> None:
    """It is the same document: the one in the manifest."""
    trusted = store(entry())
    for request in (by_id(), GraphQLRequest(query=BODY), GraphQLRequest(query=BODY, document_id=id_of(BODY))):
        assert trusted.chosen(request, APP).trusted == entry()


def test_a56_free_text_is_refused_where_the_manifest_is_enforced() -> None:
    """Unless the client may send it."""
    free = GraphQLRequest(query=FREE)
    assert refusal(store(entry()), free, APP) == (400, "PERSISTED_QUERY_ID_REQUIRED")
    assert store(entry(), free_text=("citizen-app",)).chosen(free, APP).trusted is None
    assert store(entry(), mode="log").chosen(free, APP).text == FREE
    assert TrustedDocuments(DocumentSettings(mode="enforce"), None).chosen(free, APP).text == FREE


def test_a55_another_clients_document_and_nobodys_look_alike() -> None:
    """So that nobody can try out what others ask."""
    trusted = store(entry(clients=("another",)))
    assert refusal(trusted, by_id(), APP) == refusal(trusted, by_id(FREE), APP) == (400, "PERSISTED_QUERY_NOT_FOUND")
    assert store(entry(clients=("*",))).chosen(by_id(), APP).trusted is not None


def test_a55_an_id_with_another_text_is_refused() -> None:
    """Whichever of the two is known."""
    for known, sent in ((BODY, FREE), (FREE, BODY)):
        request = GraphQLRequest(query=sent, document_id=id_of(known))
        assert refusal(store(entry()), request, APP) == (400, "PERSISTED_QUERY_MISMATCH")


@pytest.mark.parametrize(
    ("purposes", "who", "fits"),
    [
        ((Purpose.TREATMENT,), CLINIC, True),
        ((Purpose.TREATMENT, Purpose.EMERGENCY), CLINIC, True),
        ((Purpose.PAYMENT,), CLINIC, False),
        ((Purpose.SELF,), CLINIC, False),
        ((Purpose.SELF,), APP, True),
        ((Purpose.TREATMENT,), APP, False),
    ],
)
def test_a_document_is_bound_to_its_purposes(purposes: tuple[Purpose, ...], who: Caller, *, fits: bool) -> None:
    """A screen for the citizen is no screen for a hospital."""
    trusted = store(entry(clients=("*",), purposes=purposes))
    if fits:
        assert trusted.chosen(by_id(), who).trusted is not None
    else:
        assert refusal(trusted, by_id(), who) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"operations": [{"id": "sha256:" + "0" * 64}]},
        {"operations": [{"clients": []}]},
        {"operations": [{"purposes": ["FUN"]}]},
        {"operations": [{"maxCost": 0}]},
        {"operations": [{"surprise": 1}]},
        {"operations": [{}, {}]},
        "no JSON",
    ],
)
def test_a90_a_manifest_with_a_mistake_is_refused(tmp_path: Path, change: Any) -> None:
    """As a whole, with a sentence."""
    path = tmp_path / "manifest.json"
    whole: dict[str, Any] = msgspec.to_builtins(Manifest(version=1, operations=(entry(),)))
    if isinstance(change, dict):
        changed = [{**whole["operations"][0], **more} for more in change.get("operations", [{}])]
        path.write_text(json.dumps({**whole, **change, "operations": changed}))
    else:
        path.write_text(change)
    with pytest.raises(BadOptions, match=r"documents\.manifest"):
        read_manifest(path)


async def reloaded(running: Running) -> str | None:
    """Have the configuration read again: why it was refused, if it was."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{running.admin}/reload")
    return None if answer.status_code == 200 else str(answer.json())


LISTING = """
[[operation]]
file = "who.graphql"
clients = ["citizen-app"]
purposes = ["SELF"]
sentence = { vi = "Xem mình là ai.", en = "Looks who they are." }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A list and its document."""
    (tmp_path / "list.toml").write_text(LISTING, encoding="utf-8")
    (tmp_path / "who.graphql").write_text(BODY)
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, ["documents", *words])


def test_a_manifest_is_built_and_checked(folder: Path) -> None:
    """What was built is found fit, and holds the text letter by letter."""
    built = typed("build", str(folder / "list.toml"))
    assert built.exit_code == 0, built.output
    (folder / "manifest.json").write_text(built.stdout, encoding="utf-8")
    (made,) = read_manifest(folder / "manifest.json").operations
    checked = typed("check", str(folder / "manifest.json"))

    assert (made.body, made.max_cost, made.id) == (BODY, 2, id_of(BODY))
    assert (checked.exit_code, checked.stdout) == (0, "Who: fine\n")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("query Who { me { nothing } }", "Who: GRAPHQL_VALIDATION_FAILED"),
        ("query Who { me { id }", "who.graphql: Syntax Error"),
        ("{ me { id } }", "who.graphql: expected one operation, with a name"),
        ("query Who { me { id } } query B { me { id } }", "who.graphql: expected one operation, with a name"),
    ],
)
def test_a_document_that_does_not_fit_is_not_built(folder: Path, text: str, complaint: str) -> None:
    """2, and the sentence says which and why."""
    (folder / "who.graphql").write_text(text)
    built = typed("build", str(folder / "list.toml"))
    assert (built.exit_code, built.stderr.startswith(complaint)) == (2, True), built.output


def test_a_manifest_of_yesterday_is_found_unfit(folder: Path) -> None:
    """1, when the schema has lost a field since."""
    old = entry(body="query Who { me { lostField } }")
    (folder / "manifest.json").write_bytes(msgspec.json.encode(Manifest(version=1, operations=(old,))))
    checked = typed("check", str(folder / "manifest.json"))
    assert checked.exit_code == 1
    assert checked.stdout.startswith("Who: GRAPHQL_VALIDATION_FAILED")


async def test_a_screen_of_ones_own_opens_no_childs_record(
    whole_city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """A document for SELF alone shows a parent nothing of the child, and says that it was not permitted."""
    body = """query Both($child: CitizenId!) {
      me { conditions { completeness { sources { state } } } }
      citizen(id: $child) { conditions { nodes { id } completeness { complete sources { state } } } } }"""
    manifest = tmp_path / "manifest.json"
    own = entry(name="Both", body=body, purposes=(Purpose.SELF,), max_cost=10_000)
    manifest.write_bytes(msgspec.json.encode(Manifest(version=1, operations=(own,))))
    named = '[explorer] -> [documents]\nmanifest = "manifest.json"\n[explorer]'
    with running_gateway(whole_city, tmp_path, clock=city_clock, named=named) as running:
        token, child = whole_city.eid.token_for("bao"), by_key("be-an").personal_id
        told = (await running.ask(body, token=token, variables={"child": child})).data

    states = {row["state"] for row in told["citizen"]["conditions"]["completeness"]["sources"]}
    assert (states, told["citizen"]["conditions"]["nodes"]) == ({"NOT_PERMITTED"}, [])
    assert told["citizen"]["conditions"]["completeness"]["complete"] is False
    assert {row["state"] for row in told["me"]["conditions"]["completeness"]["sources"]} <= {"ANSWERED", "NO_RECORD"}


async def test_a_gateway_executes_its_documents_and_takes_new_ones_at_a_reload(
    whole_city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """By id as both protocols write it; free text is refused; a manifest that does not fit changes nothing.

    The access log tells the sentence of the one that was executed.
    """
    token = whole_city.eid.token_for("an")
    manifest = tmp_path / "manifest.json"
    manifest.write_bytes(msgspec.json.encode(Manifest(version=1, operations=(entry(),))))
    enforced = '[explorer] -> [documents]\nmanifest = "manifest.json"\nmode = "enforce"\n[explorer]'
    with running_gateway(whole_city, tmp_path, clock=city_clock, enforced=enforced) as running:

        async def codes(**members: Any) -> tuple[int, list[str]]:
            heard = await said(running, post(json.dumps(members).encode(), token=token))
            return heard.status, heard.codes

        hashed = id_of(BODY).removeprefix("sha256:")
        persisted = {"persistedQuery": {"version": 1, "sha256Hash": hashed}}
        assert await codes(documentId=id_of(BODY)) == (200, [])
        assert [known.sentence for known in await entries_of(running)] == [entry().sentence]
        assert await codes(extensions=persisted) == (200, [])
        assert await codes(query=BODY) == (200, [])
        assert await codes(query=FREE) == (400, ["PERSISTED_QUERY_ID_REQUIRED"])

        more = entry(body="query Who { me { personalId } }")
        manifest.write_bytes(msgspec.json.encode(Manifest(version=1, operations=(entry(), more))))
        assert await reloaded(running) is None
        assert await codes(documentId=more.id) == (200, [])

        unfit = entry(body="query Who { me { nothing } }")
        manifest.write_bytes(msgspec.json.encode(Manifest(version=1, operations=(unfit,))))
        assert "documents.manifest: Who" in (await reloaded(running) or "")
        assert await codes(documentId=more.id) == (200, [])
