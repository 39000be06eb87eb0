"""Code lists of the XML that records need, and words for them. A code outside its list stays as it is written."""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.records import CodedText, Coding, EncounterKind, ObservationCategory, ReportKind

SYSTEM = "urn:citizen-graph:hospital-xml:"
"""Before the name of a field: the system of the codes in it, where no public system has a URI."""
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD9_CM = "http://hl7.org/fhir/sid/icd-9-cm"

VISIT_KINDS: Mapping[str, EncounterKind] = MappingProxyType(
    {
        "01": EncounterKind.OUTPATIENT,
        "02": EncounterKind.OUTPATIENT,
        "03": EncounterKind.INPATIENT,
        "04": EncounterKind.INPATIENT,
        "05": EncounterKind.OUTPATIENT,
        "06": EncounterKind.INPATIENT,
        "07": EncounterKind.OUTPATIENT,
        "08": EncounterKind.OUTPATIENT,
        "09": EncounterKind.INPATIENT,
        "10": EncounterKind.OTHER,
        "11": EncounterKind.OTHER,
        "12": EncounterKind.HOME,
        "13": EncounterKind.OUTPATIENT,
        "14": EncounterKind.VIRTUAL,
        "15": EncounterKind.OUTPATIENT,
        "16": EncounterKind.OUTPATIENT,
    }
)
"""``MA_LOAI_KCB`` (QĐ 1804/QĐ-BYT, 19/06/2026). 04 is a stay by day, 06 one at a health station, 09 one of hours."""

RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "1": "Khỏi",
        "2": "Đỡ",
        "3": "Không thay đổi",
        "4": "Nặng hơn",
        "5": "Tử vong",
        "6": "Tiên lượng nặng xin về",
        "7": "Chưa xác định",
        "8": "Tử vong ngoại viện",
    }
)
"""``KET_QUA_DTRI``; 8 since QĐ 4750."""

DISCHARGES: Mapping[str, str] = MappingProxyType(
    {
        "1": "Ra viện",
        "2": "Chuyển cơ sở theo yêu cầu chuyên môn",
        "3": "Trốn viện",
        "4": "Xin ra viện",
        "5": "Chuyển cơ sở theo yêu cầu người bệnh",
    }
)
"""``MA_LOAI_RV``."""

REFERRAL_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "1": "Đủ điều kiện chuyển cơ sở",
        "2": "Vượt khả năng của cơ sở",
        "3": "Theo yêu cầu của người bệnh hoặc người đại diện",
    }
)
"""``MA_LYDO_CT``."""

COST_GROUPS: Mapping[str, tuple[ObservationCategory, ReportKind]] = MappingProxyType(
    {
        "1": (ObservationCategory.LABORATORY, ReportKind.LABORATORY),
        "2": (ObservationCategory.IMAGING, ReportKind.IMAGING),
        "3": (ObservationCategory.EXAM, ReportKind.FUNCTIONAL),
        "8": (ObservationCategory.PROCEDURE, ReportKind.OTHER),
        "18": (ObservationCategory.PROCEDURE, ReportKind.OTHER),
        **dict.fromkeys(
            ("4", "5", "7", "10", "11", "12", "13", "14", "15", "16", "19"),
            (ObservationCategory.OTHER, ReportKind.OTHER),
        ),
    }
)
"""``MA_NHOM`` (QĐ 5937/QĐ-BYT 2021, appendix 3): what a result under such a service is."""
PROCEDURES = frozenset({"8", "18"})
"""Groups whose services are operations and procedures."""

NOT_INSURED = "9"
"""``MA_DOITUONG_KCB`` of a visit that no insurance pays for (QĐ 3276/QĐ-BYT 2025)."""


def from_list(code: str | None, field: str, words: Mapping[str, str]) -> CodedText | None:
    """A code with its word; the code itself where the list has none."""
    if code is None:
        return None
    return CodedText(text=words.get(code, code), codings=(Coding(system=SYSTEM + field, code=code),))
