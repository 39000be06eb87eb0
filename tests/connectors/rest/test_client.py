"""What the kind says to a described system."""

from typing import Any

import msgspec
import pytest

from connectors.errors import Denied, Garbled, WrongPerson
from connectors.records import Appointment, Claim
from tests.connectors.rest.described import AN, BINH, System, described, entry, listed


async def test_the_number_travels_in_the_body_alone() -> None:
    """Wherever the template has it, and with the token in its header."""
    system = System(listed(entry()))
    body = {"query": {"numbers": ["{personal_id}"], "text": "n={personal_id}"}, "most": 50, "all": True}
    answer = await system.ask({"Appointment": described(body=body)})
    assert len(answer.records) == 1
    (request,) = system.calls
    assert (request.method, str(request.url)) == ("POST", "http://described.invalid/lich-hen/tra-cuu")
    assert msgspec.json.decode(request.content) == {
        "query": {"numbers": [AN.personal_id], "text": f"n={AN.personal_id}"},
        "most": 50,
        "all": True,
    }
    assert request.headers["authorization"] == "Bearer the-token"
    assert AN.personal_id not in f"{request.url}{request.headers}"


async def test_a_get_has_the_number_in_its_query_where_that_was_accepted() -> None:
    system = System(listed(entry()))
    table = described(method="GET", body=None, query={"n": "{personal_id}", "v": "2"}, number_may_reach_logs=True)
    assert (await system.ask({"Appointment": table}, bearer=None)).records
    (request,) = system.calls
    assert (request.method, dict(request.url.params)) == ("GET", {"n": AN.personal_id, "v": "2"})
    assert request.content == b""
    assert "authorization" not in request.headers


async def test_each_class_is_asked_for_as_it_is_described() -> None:
    claim: dict[str, Any] = {
        "path": "/claims",
        "body": {"id": "{personal_id}"},
        "person_of_answer": ["/for"],
        "list": "/c",
        "id": "/no",
        "fields": {"facility": "/f", "total": "/t"},
    }
    system = System({"for": AN.personal_id, "c": [{"no": 1, "f": "Mẫu", "t": 10.10}]})
    (record,) = (await system.ask({"Appointment": described(), "Claim": claim}, about=Claim)).records
    assert isinstance(record, Claim)
    assert str(record.total) == "10.1"
    assert system.calls[0].url.path == "/claims"


@pytest.mark.parametrize("status", [404, 204])
async def test_f08_a_status_that_means_unknown_is_an_empty_answer_where_it_is_described(status: int) -> None:
    """And nowhere else: by default it is a broken promise."""
    answer = await System(b"", status=status).ask({"Appointment": described(empty=[status])})
    assert (answer.records, answer.dropped, answer.truncated) == ((), 0, False)
    with pytest.raises(Garbled):
        await System(b"", status=status).ask()


async def test_f12_another_persons_list_is_withheld() -> None:
    with pytest.raises(WrongPerson):
        await System(listed(entry(so_dinh_danh=BINH.personal_id))).ask()


async def test_f07_a_refused_token_is_a_refusal_of_the_gateway() -> None:
    with pytest.raises(Denied):
        await System(b"", status=401).ask()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"danh_sach": "\xff"}',
        b'{"danh_sach": 1e999999999999999999999}',
        b'{"danh_sach": NaN}',
        b'{"danh_sach": ' + b"9" * 10_000 + b"}",
    ],
)
async def test_a95_hostile_json_is_garbled(content: bytes) -> None:
    """Broken, too deep, no UTF-8, numbers without end: one error, and none of them computed."""
    with pytest.raises(Garbled):
        await System(content).ask()


async def test_a_log_in_page_is_garbled() -> None:
    with pytest.raises(Garbled):
        await System(listed(entry()), media_type="text/html").ask()


async def test_a_class_that_is_not_described_is_asked_of_nobody() -> None:
    """The door never does that: it is a mistake of ours, and must not look like an empty answer."""
    system = System(listed(entry()))
    with pytest.raises(KeyError):
        await system.ask(about=Claim)
    assert not system.calls
    assert (await system.ask(about=Appointment)).records
