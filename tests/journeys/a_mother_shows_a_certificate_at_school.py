"""Mai shows the code of her child's vaccinations; the school verifies it with the published keys, and asks nobody."""

import httpx

from tests.gateway.certificates.verifier import photographed, verified
from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

CERTIFICATES = """query Child($id: CitizenId!) { citizen(id: $id) { certificates {
  nodes { kind identifier issuer validUntil doses payload qrSvg }
  notIssued reason completeness { complete sources { source { id } state } } } } }"""
KEYS = "/.well-known/health-certificate-keys"


async def test_the_school_reads_it_off_her_phone_and_verifies_it(gateway: Running, city: City) -> None:
    """The code holds every dose of the register, and nothing that tells the child's number."""
    child = by_key("be-an")
    answer = await gateway.ask(CERTIFICATES, token=city.eid.token_for("mai"), variables={"id": child.personal_id})
    shown = answer.data["citizen"]["certificates"]
    (certificate,) = shown["nodes"]
    async with httpx.AsyncClient(trust_env=False) as school:
        keys = await school.get(gateway.url + KEYS)
    claims = verified(photographed(certificate["qrSvg"]), keys.json())
    (said,) = claims[-260].values()

    assert keys.headers["content-type"] == "application/jwk-set+json"
    assert shown["notIssued"] is None and shown["completeness"]["complete"]
    assert said["nam"]["fn"].casefold() == child.name.casefold()  # the register writes capitals
    assert len(said["v"]) == certificate["doses"] > 10
    assert said["ci"] == certificate["identifier"]
    assert child.personal_id not in str(claims)


async def test_f2_while_a_register_is_silent_there_is_none(gateway: Running, city: City) -> None:
    """A certificate that leaves out doses would mislead; the reason is told in her language."""
    city.close("vaccination")
    answer = await gateway.ask(
        CERTIFICATES,
        token=city.eid.token_for("mai"),
        variables={"id": by_key("be-an").personal_id},
        headers={"accept-language": "en"},
    )
    shown = answer.data["citizen"]["certificates"]

    assert shown["nodes"] == []
    assert shown["notIssued"] == "SOURCE_SILENT"
    assert shown["reason"].startswith("Not every register answered.")
    assert not shown["completeness"]["complete"]
