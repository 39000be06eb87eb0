"""A record reads in Vietnamese or English as the caller asks, and what the hospitals wrote stays beside it."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City

RECORD = """{ me {
  conditions { nodes { code { text label codings { code } } } }
  observations { nodes { code { text label } interpretation { text label } } }
  medications { edges { node { code { text label } } } }
  encounters { nodes { ...Visit } }
} } fragment Visit on Encounter { outcome { label text } diagnoses { code { label } } claim { result { label } } }"""


async def read(gateway: Running, city: City, language: str) -> Any:
    answer = await gateway.ask(RECORD, token=city.eid.token_for("an"), headers={"accept-language": language})
    return answer.data["me"]


async def test_the_same_record_in_two_languages(gateway: Running, city: City) -> None:
    """Labels follow the caller; texts and codes are the hospitals' in both."""
    vi, en = await read(gateway, city, "vi"), await read(gateway, city, "en-GB,en;q=0.9")
    said = {
        node["code"]["codings"][0]["code"]: (node["code"]["label"], other["code"]["label"])
        for node, other in zip(vi["conditions"]["nodes"], en["conditions"]["nodes"], strict=True)
    }

    assert said["M06.9"] == ("Viêm khớp dạng thấp, không xác định", "Rheumatoid arthritis, unspecified")
    for section in ("conditions", "observations"):
        texts = [[node["code"]["text"] for node in me[section]["nodes"]] for me in (vi, en)]
        assert texts[0] == texts[1] != []


async def test_a_medicine_keeps_its_strength(gateway: Running, city: City) -> None:
    """The code of a medicine names its substance alone; the label never says less than the prescription."""
    en = await read(gateway, city, "en")
    methotrexate = [edge["node"]["code"] for edge in en["medications"]["edges"]]

    assert {"text": "Methotrexat 2,5 mg", "label": "methotrexate (Methotrexat 2,5 mg)"} in methotrexate


async def test_a_list_that_reads_no_label_is_as_it_was(gateway: Running, city: City) -> None:
    """Words are looked up only for whoever reads them."""
    answer = await gateway.ask("{ me { conditions { nodes { code { text } } } } }", token=city.eid.token_for("an"))
    assert all(node["code"].keys() == {"text"} for node in answer.data["me"]["conditions"]["nodes"])


async def test_a_refusal_is_told_in_the_callers_language(gateway: Running, city: City) -> None:
    """The code is the same for every program; the sentence is for a person."""
    token, told = city.eid.token_for("an"), {}
    for language in ("vi", "en"):
        stranger = '{ citizen(id: "079187998999") { id } }'
        answer = await gateway.ask(stranger, token=token, headers={"accept-language": language})
        assert answer.codes == ["FORBIDDEN"]
        told[language] = answer.body["errors"][0]["message"]

    assert told["vi"].startswith("Bạn không được xem")
    assert told["en"].startswith("You may not see")
