"""A label says what the codes say, and falls back to the source's text rather than to half of it."""

import pytest

from connectors.records import CodedText, Coding
from resolvers.terminology.wording import label

ICD10 = "http://hl7.org/fhir/sid/icd-10"
LOINC = "http://loinc.org"
ATC = "http://www.whocc.no/atc"
SNOMED = "http://snomed.info/sct"
XML = "urn:citizen-graph:hospital-xml:"
OWN = "urn:example:own"


def coded(text: str, *codings: tuple[str, str]) -> CodedText:
    """A text with codes."""
    return CodedText(text=text, codings=tuple(Coding(system=system, code=code) for system, code in codings))


@pytest.mark.parametrize(
    ("concept", "vi", "en"),
    [
        (coded("x", (ICD10, "A35")), "Uốn ván", "Tetanus"),
        (coded("x", (ICD10, " A35 ")), "Uốn ván", "Tetanus"),
        (coded("x", ("urn:oid:2.16.840.1.113883.6.3", "A35")), "Uốn ván", "Tetanus"),
        (coded("Tôm"), "Tôm", "Tôm"),
        (coded("Tôm", (OWN, "A35")), "Tôm", "Tôm"),
        (coded("Tôm", (ICD10, "9X9.9")), "Tôm", "Tôm"),
        (coded("I42.0", (ICD10, "I42.0")), "Bệnh hệ tuần hoàn (I42.0)", "Diseases of the circulatory system (I42.0)"),
        (
            coded("Bệnh cơ tim giãn", (ICD10, "I42.0")),
            "Bệnh cơ tim giãn",
            "Diseases of the circulatory system (Bệnh cơ tim giãn)",
        ),
        (coded("x; y", (ICD10, "I42.0"), (ICD10, "I43.1")), "x; y", "x; y"),
        (coded("D49", (ICD10, "D49")), "D49", "D49"),
        (coded("Sởi", (OWN, "1"), (SNOMED, "14189004"), (ICD10, "B05.9")), "Sởi", "Measles"),
        (
            coded("Ra viện; Đỡ", (XML + "MA_LOAI_RV", "1"), (XML + "KET_QUA_DTRI", "2")),
            "Ra viện; Đỡ",
            "Discharged; Better",
        ),
        (coded("Ra viện; 99", (XML + "MA_LOAI_RV", "1"), (XML + "KET_QUA_DTRI", "99")), "Ra viện; 99", "Ra viện; 99"),
        (coded("x; y", (SNOMED, "764146007"), (SNOMED, "76902006")), "Penicilin; Uốn ván", "Penicillin; Tetanus"),
        (coded("x; y", (SNOMED, "764146007"), (SNOMED, "1")), "x; y", "x; y"),
        (
            coded("Metformin 1000 mg", (ATC, "A10BA02")),
            "metformin (Metformin 1000 mg)",
            "metformin (Metformin 1000 mg)",
        ),
        (coded("Metformin", (ATC, "A10BA02")), "metformin", "metformin"),
        (coded("A35.7", (ICD10, "A35.7")), "Uốn ván (A35.7)", "Tetanus (A35.7)"),
        (coded("Uốn ván rốn", (ICD10, "A35.7")), "Uốn ván rốn", "Tetanus (Uốn ván rốn)"),
    ],
)
def test_what_a_label_says(concept: CodedText, vi: str, en: str) -> None:
    """Systems are synonyms; several codes of one system, and different aspects, are all said or none."""
    assert label(concept, "vi") == vi
    assert label(concept, "en") == en
