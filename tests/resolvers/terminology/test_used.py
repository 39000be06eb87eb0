"""Every code that the city's people have, and that the papers of a hospital carry, has words in every language."""

import base64
import re
from pathlib import Path

import pytest

from resolvers.language import LANGUAGES
from resolvers.terminology.catalogues import BY_SYSTEM
from tests.sandbox.people.vaccines import DISEASES, VACCINES
from tests.sandbox.people.vocabulary import DRUGS, ICD10, SUBSTANCES, TESTS

PAPERS = Path(__file__).parents[4] / "shared" / "data" / "vn" / "hospital"
ICD10_SYSTEM = "http://hl7.org/fhir/sid/icd-10"
XML = "urn:citizen-graph:hospital-xml:"
FIELDS = {
    "MA_BENH_CHINH": ICD10_SYSTEM,
    "MA_BENH_KT": ICD10_SYSTEM,
    "MA_PTTT_QT": "http://hl7.org/fhir/sid/icd-9-cm",
    "KET_QUA_DTRI": f"{XML}KET_QUA_DTRI",
    "MA_LOAI_RV": f"{XML}MA_LOAI_RV",
    "MA_LYDO_CT": f"{XML}MA_LYDO_CT",
    "DUONG_DUNG": f"{XML}DUONG_DUNG",
}
UNSURE = {(f"{XML}DUONG_DUNG", code) for code in ("2.10", "2.15", "5.05")}
"""Routes whose meaning no source at hand confirms: a wrong route harms, the bare code does not."""


def used_by_people() -> set[tuple[str, str | None]]:
    """System and code of whatever a story of the city may tell."""
    return {
        *((ICD10_SYSTEM, code) for code in ICD10),
        *((ICD10_SYSTEM, disease.icd10) for disease in DISEASES.values()),
        *(("http://snomed.info/sct", disease.snomed) for disease in DISEASES.values()),
        *(("http://snomed.info/sct", code) for code, _, _ in SUBSTANCES.values()),
        *(("http://loinc.org", test.loinc) for test in TESTS.values()),
        *(("http://unitsofmeasure.org", test.unit) for test in TESTS.values()),
        *(("http://www.whocc.no/atc", drug.atc) for drug in DRUGS.values()),
        *(("http://hl7.org/fhir/sid/cvx", vaccine.cvx) for vaccine in VACCINES.values()),
    }


def used_on_paper() -> set[tuple[str, str | None]]:
    """System and code of whatever the hospitals' papers say in a field that records show as a coded text."""
    found: set[tuple[str, str | None]] = set()
    for paper in PAPERS.rglob("*.xml"):
        envelope = paper.read_bytes().decode("utf-8", "replace")
        for inner in re.findall(r"<NOIDUNGFILE>([^<]+)", envelope):
            text = base64.b64decode(inner).decode("utf-8", "replace")
            for field, codes in re.findall(r"<([A-Z_]+)>([^<]+)<", text):
                found |= {(FIELDS[field], code) for code in codes.split(";") if field in FIELDS}
    return found


def without_words(used: set[tuple[str, str | None]], tag: str) -> set[tuple[str, str]]:
    """Those that have none."""
    return {(system, code) for system, code in used if code and code not in BY_SYSTEM[tag][system].words}


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_every_code_of_the_city_has_words(tag: str) -> None:
    """A new story with a new code wants a line in each language."""
    assert without_words(used_by_people(), tag) == set()


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
@pytest.mark.skipif(not PAPERS.exists(), reason="the papers of hospitals are not kept with the product")
def test_every_code_on_paper_has_words_but_those_nobody_confirms(tag: str) -> None:
    """What has none is known, and why."""
    used = used_on_paper()
    assert len(used) > 20
    assert without_words(used, tag) == UNSURE
