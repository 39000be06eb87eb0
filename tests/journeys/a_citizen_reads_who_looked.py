"""Who looked at a citizen's record: she reads it, proves it, hears of it, reports what looks wrong, and is answered."""

import asyncio
import base64
import hashlib
from typing import Any

import pytest
from click.testing import CliRunner
from pymerkle.proof import InclusionProof, verify_inclusion

from gateway.verbs import main
from tests.gateway.streamed import EVENTS, streamed
from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

LOG = """query Log($first: Int, $after: String) { me { accessLog(first: $first, after: $after) {
  complete pageInfo { hasNextPage endCursor }
  nodes { id at sentence outcome purpose basis actions sections refusedBecause requestId
    by { role client } sources { id } report { state answer }
    proof { leaf leafIndex leafHash treeSize rootHash path checkpoint } }
} } }"""
REPORT = """mutation Tell($entry: ID!, $words: String!) {
  reportIrregularity(entry: $entry, words: $words) { report { id state } } }"""
LOOK = "query Look($id: CitizenId!) { citizen(id: $id) { allergies { nodes { id } } } }"


@pytest.fixture
def token(city: City) -> str:
    """Of An, signed in well enough for health data."""
    return city.eid.token_for("an")


async def log_of(gateway: Running, token: str, *, language: str = "en", **variables: Any) -> dict[str, Any]:
    """The access log of whoever holds the token."""
    answer = await gateway.ask(LOG, token=token, variables=variables, headers={"Accept-Language": language})
    log: dict[str, Any] = answer.data["me"]["accessLog"]
    return log


async def test_she_reads_what_she_did_herself_and_who_tried(gateway: Running, city: City, token: str) -> None:
    """The newest first, in plain words of her language, with the sources that were asked."""
    await gateway.ask("{ me { allergies { nodes { id } } } }", token=token)
    await gateway.ask(LOOK, token=city.eid.token_for("dat"), variables={"id": by_key("an").personal_id})
    log = await log_of(gateway, token, first=2)
    tried, own = log["nodes"]

    assert log["complete"] is True
    assert (tried["outcome"], tried["refusedBecause"], tried["by"]["role"]) == ("REFUSED", "FORBIDDEN", "OTHER_PERSON")
    assert tried["sentence"] == "Refused. Another person wanted this: open the record."
    assert (own["purpose"], own["basis"], own["sections"]) == ("SELF", "SELF", ["ALLERGIES"])
    assert own["sentence"] == "The holder of the record: look at Allergies."
    assert {"hospital-a", "hospital-b"} <= {source["id"] for source in own["sources"]}
    # Reading the log stands in the log as well.
    again = await log_of(gateway, token, language="vi", first=3)
    assert again["nodes"][0]["sentence"] == "Chính chủ hồ sơ đã đọc nhật ký truy cập."
    assert again["nodes"][1]["id"] == tried["id"]
    assert by_key("dat").name not in str(again)


async def test_every_row_is_proved_and_anybody_can_check_it(gateway: Running, city: City, token: str) -> None:
    """By a library of others: the entry's hash, the path, and the root that this service signed."""
    for _ in range(3):
        await gateway.ask("{ me { id } }", token=token)
    log = await log_of(gateway, token, first=3)

    for row in log["nodes"]:
        proof = row["proof"]
        leaf = bytes.fromhex(proof["leafHash"])
        assert leaf == hashlib.sha256(b"\x00" + proof["leaf"].encode()).digest()
        assert row["id"] in proof["leaf"]
        rule = rule_of(proof["leafIndex"], proof["treeSize"])
        path = [leaf, *map(bytes.fromhex, proof["path"])]
        size = proof["treeSize"]
        theirs = InclusionProof("sha256", True, size, proof["leafIndex"] + 1, rule, path)
        verify_inclusion(leaf, bytes.fromhex(proof["rootHash"]), theirs)
        origin, signed, root = proof["checkpoint"].split("\n")[:3]
        assert (origin, int(signed)) == ("sandbox", size)
        assert base64.b64decode(root).hex() == proof["rootHash"]


def rule_of(place: int, size: int) -> list[int]:
    """On which side each hash of the path lies, as that library writes it."""
    start, end, bit = 0, size, 0
    steps = []
    while end - start > 1:
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if place < middle:
            steps.append(bit)
            end, bit = middle, 0
        else:
            steps.append(bit)
            start, bit = middle, 1
    return [bit, *steps[::-1]]


async def test_pages_lead_through_the_whole_log(gateway: Running, city: City, token: str) -> None:
    """Each entry once; a cursor of nothing is refused."""
    for _ in range(4):
        await gateway.ask("{ me { id } }", token=token)
    first = await log_of(gateway, token, first=2)
    second = await log_of(gateway, token, first=2, after=first["pageInfo"]["endCursor"])
    seen = [row["id"] for row in (*first["nodes"], *second["nodes"])]

    assert len(set(seen)) == 4
    assert first["pageInfo"]["hasNextPage"]
    for wrong in ({"after": "x"}, {"first": 0}, {"first": 101}):
        assert (await gateway.ask(LOG, token=token, variables=wrong)).codes == ["BAD_REQUEST"]


async def test_a_mother_reads_the_log_of_her_child(gateway: Running, city: City) -> None:
    """She stands for it; what she did herself is told as a representative's."""
    child = by_key("nhi").personal_id
    query = "query($id: CitizenId!) { citizen(id: $id) { accessLog(first: 5) { nodes { by { role } basis } } } }"
    token = city.eid.token_for("mai")
    await gateway.ask(query, token=token, variables={"id": child})
    answer = await gateway.ask(query, token=token, variables={"id": child})

    assert {"by": {"role": "REPRESENTATIVE"}, "basis": "PARENT"} in answer.data["citizen"]["accessLog"]["nodes"]


async def test_she_reports_an_entry_and_reads_the_answer_beside_it(gateway: Running, city: City, token: str) -> None:
    """The operator answers by the command line; somebody else's entry cannot be reported."""
    await gateway.ask(LOOK, token=city.eid.token_for("dat"), variables={"id": by_key("an").personal_id})
    (row,) = (await log_of(gateway, token, first=1))["nodes"]
    words = f"Tôi không biết người này. {by_key('an').personal_id}"
    reported = await gateway.ask(REPORT, token=token, variables={"entry": row["id"], "words": words})
    report = reported.data["reportIrregularity"]["report"]
    again = await gateway.ask(REPORT, token=token, variables={"entry": row["id"], "words": "Lần nữa"})
    assert again.data["reportIrregularity"]["report"] == report
    for stranger, entry in ((city.eid.token_for("dat"), row["id"]), (token, "0" * 32)):
        refused = await gateway.ask(REPORT, token=stranger, variables={"entry": entry, "words": "x"})
        assert refused.codes == ["FORBIDDEN"]

    config = str(gateway.folder / "gateway.toml")
    listed = await asyncio.to_thread(CliRunner().invoke, main, ["audit", "reports", "--config", config])
    assert report["id"] in listed.output
    assert by_key("an").personal_id not in listed.output
    answering = ["audit", "answer", report["id"], "--text", "Đã xem: người này bị từ chối.", "--config", config]
    assert (await asyncio.to_thread(CliRunner().invoke, main, answering)).exit_code == 0
    rows = {one["id"]: one for one in (await log_of(gateway, token, first=20))["nodes"]}
    assert rows[row["id"]]["report"] == {"state": "ANSWERED", "answer": "Đã xem: người này bị từ chối."}
    reports = await gateway.ask("{ me { irregularityReports { id state words answer } } }", token=token)
    assert reports.data["me"]["irregularityReports"][0]["words"] == "Tôi không biết người này. …"


async def test_she_hears_of_who_looks_at_once(gateway: Running, city: City, token: str) -> None:
    """Told when it stands in the log; that she reads the log is not told, or it would tell itself for ever."""
    query = "subscription { accessed { id sentence by { role } outcome } }"
    async with streamed(gateway, query, token=token, accept=EVENTS) as stream:
        await log_of(gateway, token, first=1)
        await gateway.ask(LOOK, token=city.eid.token_for("dat"), variables={"id": by_key("an").personal_id})
        async with asyncio.timeout(10):
            payload = await anext(stream.payloads())

    told = payload["data"]["accessed"]
    assert (told["by"]["role"], told["outcome"]) == ("OTHER_PERSON", "REFUSED")
    assert told["id"] in {row["id"] for row in (await log_of(gateway, token, first=20))["nodes"]}


async def test_a31_nobody_else_reads_who_looked(gateway: Running, city: City) -> None:
    """A guardian may see the record, and not the log; a stranger and a barred father neither."""
    query = "query($id: CitizenId!) { citizen(id: $id) { id accessLog { nodes { id } } } }"
    ward = await gateway.ask(query, token=city.eid.token_for("xuan"), variables={"id": by_key("ti").personal_id})
    assert ward.codes == ["FORBIDDEN"]
    opened = "query($id: CitizenId!) { citizen(id: $id) { id } }"
    assert (
        await gateway.ask(opened, token=city.eid.token_for("xuan"), variables={"id": by_key("ti").personal_id})
    ).data["citizen"]["id"]
    for caller in ("dat", "hung"):
        for number in (by_key("an").personal_id, by_key("na").personal_id):
            answer = await gateway.ask(query, token=city.eid.token_for(caller), variables={"id": number})
            assert answer.codes == ["FORBIDDEN"]
