"""An application starts: in one round trip it learns what serves, and the words for every value it may meet."""

import hashlib
from pathlib import Path

from tests.running import Running
from tests.sandbox.city import City

PUBLISHED = Path(__file__).parents[2] / "schema.graphql"
START = """{ service { version schemaHash languages limits { maxDepth maxPage maxBody deadlineMs } }
  vocabularies { name version fields systems terms { code label } } }"""


async def test_what_serves_and_all_words(gateway: Running, city: City) -> None:
    """The hash is that of the published file; every vocabulary has words for every value."""
    answer = await gateway.ask(START, token=city.eid.token_for("an"), headers={"accept-language": "en"})
    service, known = answer.data["service"], {one["name"]: one for one in answer.data["vocabularies"]}

    assert service["schemaHash"] == hashlib.sha256(PUBLISHED.read_bytes()).hexdigest()
    assert service["languages"] == ["vi", "en"]
    assert service["limits"] == {"maxDepth": 15, "maxPage": 1000, "maxBody": 262144, "deadlineMs": 5000}
    assert {"code": "ACTIVE", "label": "Present"} in known["ConditionStatus"]["terms"]
    assert known["allergy-criticality"]["fields"] == ["Allergy.criticality"]
    assert {"code": "mm[Hg]", "label": "mmHg"} in known["ucum"]["terms"]
    assert all(term["label"] for one in known.values() for term in one["terms"])


async def test_only_the_words_that_were_asked_for(gateway: Running, city: City) -> None:
    """In Vietnamese where the caller says nothing; a name that does not exist is told as such."""
    token = city.eid.token_for("an")
    asked = "{ vocabularies(names: %s) { name terms { code label } } }"
    (sex,) = (await gateway.ask(asked % '["Sex"]', token=token)).data["vocabularies"]
    unknown = await gateway.ask(asked % '["Sex", "Colour"]', token=token)

    assert (sex["name"], sex["terms"][1]) == ("Sex", {"code": "FEMALE", "label": "Nữ"})
    assert unknown.codes == ["BAD_REQUEST"]
