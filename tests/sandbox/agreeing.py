"""What somebody in the city has agreed to before the first partner asks: said by the graph's own mutations."""

import uuid
from datetime import timedelta
from typing import Any

import httpx

from connectors.clock import Clock
from tests.sandbox.eid import Eid

WHO = "phuc"
"""The elderly man with diabetes: whom the printed commands of partners ask about."""
AGREED = (("79981", "TREATMENT"), ("insurer", "PAYMENT"))
"""Hospital A may treat him, the insurance may pay; hospital B was never asked to be let in."""
_TEXTS = "{ consentTexts { id purpose } }"
_GRANT = "mutation Grant($input: GrantConsentInput!) { grantConsent(input: $input) { consent { id status } } }"


async def agree(gateway: str, eid: Eid, clock: Clock) -> None:
    """Let him agree, for a year."""
    headers = {"authorization": f"Bearer {eid.token_for(WHO)}"}
    async with httpx.AsyncClient(trust_env=False, timeout=20, headers=headers) as http:

        async def ask(query: str, **variables: Any) -> dict[str, Any]:
            answer = await http.post(f"{gateway}/graphql", json={"query": query, "variables": variables})
            told: dict[str, Any] = answer.raise_for_status().json()
            assert "errors" not in told, told["errors"]
            data: dict[str, Any] = told["data"]
            return data

        texts = {text["purpose"]: text["id"] for text in (await ask(_TEXTS))["consentTexts"]}
        for organisation, purpose in AGREED:
            wanted = {
                "organisation": organisation,
                "agreements": [{"purpose": purpose, "text": texts[purpose]}],
                "validUntil": (clock.now() + timedelta(days=365)).isoformat(),
                "idempotencyKey": str(uuid.uuid4()),
            }
            await ask(_GRANT, input=wanted)
