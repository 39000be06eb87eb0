"""Which entries a request leaves: one per citizen, with who, whom, why and how it ended; none about nobody."""

from typing import Any

from connectors.contract import Basis, Purpose
from resolvers.access.caller import CallerKind
from resolvers.access.entry import AccessAction, AccessEntry, AccessOutcome
from resolvers.sections import Section
from tests.gateway.audit.reading import entries_of, reference
from tests.gateway.streamed import BY_ID, EVENTS, all_payloads, streamed
from tests.gateway.telling import tell
from tests.running import Answer, Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

STRANGER = "079099998999"


async def left_by(gateway: Running, query: str, *, token: str, **more: Any) -> tuple[Answer, list[AccessEntry]]:
    """The answer, and the entries of that request."""
    answer = await gateway.ask(query, token=token, **more)
    return answer, await entries_of(gateway, request=answer.body["extensions"]["requestId"])


async def test_a_citizen_who_looks_at_her_own_record_leaves_one_entry(gateway: Running, city: City, token: str) -> None:
    """What she asked for, whom the gateway asked for it, and nothing of what they said."""
    answer, (entry,) = await left_by(
        gateway, "{ me { allergies { nodes { id } } conditions { nodes { id } } } }", token=token
    )

    assert answer.status == 200
    assert (entry.caller, entry.client, entry.about) == (CallerKind.CITIZEN, "citizen-app", reference(gateway, "an"))
    assert entry.by == entry.about
    assert (entry.purpose, entry.basis, entry.outcome) == (Purpose.SELF, Basis.SELF, AccessOutcome.GIVEN)
    assert set(entry.sections) == {Section.ALLERGIES, Section.CONDITIONS}
    assert {"hospital-a", "hospital-b"} <= set(entry.sources)
    assert entry.actions == (AccessAction.OPEN, AccessAction.READ)


async def test_a_mother_leaves_one_entry_in_the_log_of_her_child(gateway: Running, city: City) -> None:
    """And one in her own: the register was asked whom she may act for."""
    child = by_key("nhi").personal_id
    query = f'{{ citizen(id: "{child}") {{ immunizations {{ nodes {{ id }} }} }} }}'
    _, entries = await left_by(gateway, query, token=city.eid.token_for("mai"))

    of_child, of_mother = sorted(entries, key=lambda entry: entry.about != reference(gateway, "nhi"))
    assert (of_child.basis, of_child.by) == (Basis.PARENT, reference(gateway, "mai"))
    assert Section.IMMUNIZATIONS in of_child.sections
    assert (of_mother.about, of_mother.sections) == (reference(gateway, "mai"), (Section.FAMILY,))


async def test_a31_who_tries_a_stranger_is_written_down_as_for_nobody(gateway: Running, city: City) -> None:
    """The citizen can see the attempt; a number that nobody has leaves the same."""
    kept = []
    for number in (by_key("phuc").personal_id, STRANGER):
        query = f'{{ citizen(id: "{number}") {{ allergies {{ nodes {{ id }} }} }} }}'
        answer, entries = await left_by(gateway, query, token=city.eid.token_for("dat"))
        assert answer.codes == ["FORBIDDEN"]
        (refused,) = (entry for entry in entries if entry.outcome is AccessOutcome.REFUSED)
        kept.append(refused)

    assert kept[0].about == reference(gateway, "phuc")
    assert [(one.refused, one.by, one.sections, one.sources) for one in kept] == [
        ("FORBIDDEN", reference(gateway, "dat"), (), ())
    ] * 2


async def test_a32_a_father_barred_by_a_court_is_refused_and_that_is_written_down(gateway: Running, city: City) -> None:
    """Whoever reads the girl's log sees that he tried."""
    number = by_key("na").personal_id
    query = f'{{ citizen(id: "{number}") {{ allergies {{ nodes {{ id }} }} }} }}'
    answer, entries = await left_by(gateway, query, token=city.eid.token_for("hung"))

    assert answer.codes == ["FORBIDDEN"]
    (refused,) = (entry for entry in entries if entry.about == reference(gateway, "na"))
    assert (refused.refused, refused.by, refused.sources) == ("FORBIDDEN", reference(gateway, "hung"), ())


async def test_what_concerns_nobody_leaves_nothing(gateway: Running, city: City, token: str) -> None:
    """Words, sources, the service: no citizen is in them."""
    _, entries = await left_by(gateway, "{ service { version } sources { id } vocabularies { name } }", token=token)

    assert entries == []


async def test_deferred_waves_are_written_down_before_they_leave(gateway: Running, city: City, token: str) -> None:
    """Each wave with what it asked; together they are all that was asked."""
    query = "{ me { allergies { nodes { id } } ... @defer { conditions { nodes { id } } } } }"
    payloads = await all_payloads(gateway, query, token=token, accept=BY_ID)
    entries = await entries_of(gateway, request=payloads[0]["extensions"]["requestId"])

    assert [set(entry.sections) for entry in entries] == [{Section.ALLERGIES}, {Section.CONDITIONS}]
    assert {entry.about for entry in entries} == {reference(gateway, "an")}


async def test_every_change_that_is_told_is_an_entry(gateway: Running, city: City, token: str) -> None:
    """The beginning is one, and each change; none for a sign of life."""
    query = "subscription { recordChanged { section } }"
    async with streamed(gateway, query, token=token, accept=EVENTS) as stream:
        request = stream.headers["x-request-id"]
        payloads = stream.payloads()
        for about in ("Allergy", "Condition"):
            await tell(gateway, city, "an", about)
            await anext(payloads)
        entries = await entries_of(gateway, request=request)

    assert AccessAction.LISTEN in entries[0].actions
    assert [entry.sections for entry in entries[1:]] == [(Section.ALLERGIES,), (Section.CONDITIONS,)]
    assert all(AccessAction.TELL in entry.actions for entry in entries[1:])


async def test_a89_no_number_and_no_name_of_a_citizen_stands_in_the_log(
    gateway: Running, city: City, token: str
) -> None:
    """Not of her who asks, nor of him who is asked for."""
    other = by_key("phuc").personal_id
    await gateway.ask(f'{{ me {{ demographics {{ fullName }} }} citizen(id: "{other}") {{ id }} }}', token=token)
    store = gateway.folder / gateway.gateway.settings.store.file
    kept = b"".join(path.read_bytes() for path in store.parent.glob(f"{store.name}*"))

    assert b"access_entry" in kept
    for person in ("an", "phuc"):
        assert by_key(person).personal_id.encode() not in kept
        assert by_key(person).name.encode() not in kept
