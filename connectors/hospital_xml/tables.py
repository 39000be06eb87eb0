"""The tables of a dossier: where their rows stand, what of a row is read, and what is left alone on purpose.

A field that is neither wanted (``wire``) nor left alone on purpose is one that nobody has thought of: the mapping
report shows it. Source: QĐ 4750/QĐ-BYT, appendix; table 13 also QĐ 3176/QĐ-BYT.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Generic, TypeVar, get_args

from msgspec import Struct, structs

from connectors.hospital_xml.options import Version
from connectors.hospital_xml.values import Unreadable
from connectors.hospital_xml.wire import Drug, Finding, Note, Paper, ReferralLetter, ReturnVisit, Row, Service, Visit
from connectors.xml import Element

W = TypeVar("W", bound=Row)

VERSIONS: tuple[Version, ...] = get_args(Version)


class Table(Struct, Generic[W], frozen=True, kw_only=True):
    """One kind of part of a dossier (``LOAIHOSO``) of which records are made."""

    kind: str
    """``XML1`` to ``XML15``."""
    row: type[W]
    path: tuple[str, ...]
    """Names of the elements from the root down to a row."""
    ignored: frozenset[str]
    """Fields that are known and not read: no record has a place for them, or nobody needs them outside the hospital."""
    since: Version = "130"
    newer: Mapping[str, Version] = MappingProxyType({})
    """Fields that came with a later decision."""

    def rows(self, root: Element) -> Iterator[Element]:
        """The rows of the table.

        Raises:
            Unreadable: the document is another table.
        """
        if root.name != self.path[0]:
            raise Unreadable("another table than announced")
        return self._below([root], self.path[1:])

    def _below(self, elements: list[Element], path: tuple[str, ...]) -> Iterator[Element]:
        if not path:
            return iter(elements)
        return self._below([child for element in elements for child in element.named(path[0])], path[1:])

    def wanted(self, version: Version) -> Mapping[str, structs.FieldInfo]:
        """The fields that are read in a document of that decision or an older one, by name."""
        fields = {field.encode_name: field for field in structs.fields(self.row)}
        return {name: field for name, field in fields.items() if follows(version, self.newer.get(name, self.since))}

    def read(self, element: Element, wanted: Mapping[str, structs.FieldInfo]) -> W:
        """The row in that element, its ``wanted`` fields only.

        Raises:
            Unreadable: a wanted field stands there twice, so one of the two is somebody's lie or mistake.
        """
        values: dict[str, str] = {}
        for child in element.children:
            if child.text and (field := wanted.get(child.name)):
                if field.name in values:
                    raise Unreadable("a field twice")
                values[field.name] = child.text
        return self.row(**values)


def follows(version: Version, decision: Version) -> bool:
    """Whether whoever follows ``version`` knows what came with ``decision``."""
    return VERSIONS.index(version) >= VERSIONS.index(decision)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VISIT = Table(
    kind="XML1",
    row=Visit,
    path=("TONG_HOP",),
    ignored=_names("""
        STT MA_BN HO_TEN GIOI_TINH NHOM_MAU MA_QUOCTICH MA_DANTOC MA_NGHE_NGHIEP DIA_CHI MATINH_CU_TRU MAHUYEN_CU_TRU
        MAXA_CU_TRU DIEN_THOAI MA_DKBD GT_THE_TU GT_THE_DEN NGAY_MIEN_CCT MA_LY_DO_VNT MA_NOI_DI MA_TAI_NAN
        NGAY_VAO_NOI_TRU GIAY_CHUYEN_TUYEN SO_NGAY_DTRI PP_DIEU_TRI GHI_CHU T_THUOC T_VTYT T_TONGCHI_BH T_NGUONKHAC
        T_BHTT_GDV NAM_QT THANG_QT MA_KHUVUC CAN_NANG_CON NAM_NAM_LIEN_TUC MA_HSBA MA_TTDV DU_PHONG"""),
    newer={"NHOM_MAU": "4750"},
)
DRUGS = Table(
    kind="XML2",
    row=Drug,
    path=("CHITIEU_CHITIET_THUOC", "DSACH_CHI_TIET_THUOC", "CHI_TIET_THUOC"),
    ignored=_names("""
        STT MA_PP_CHEBIEN MA_CSKCB_THUOC MA_NHOM DANG_BAO_CHE TT_THAU PHAM_VI TYLE_TT_BH DON_GIA THANH_TIEN_BV
        THANH_TIEN_BH T_NGUONKHAC_NSNN T_NGUONKHAC_VTNN T_NGUONKHAC_VTTN T_NGUONKHAC_CL T_NGUONKHAC MUC_HUONG T_BNTT
        T_BNCCT MA_KHOA MA_DICH_VU NGAY_TH_YL MA_PTTT NGUON_CTRA VET_THUONG_TP DU_PHONG"""),
)
SERVICES = Table(
    kind="XML3",
    row=Service,
    path=("CHITIEU_CHITIET_DVKT_VTYT", "DSACH_CHI_TIET_DVKT", "CHI_TIET_DVKT"),
    ignored=_names("""
        STT GOI_VTYT TEN_VAT_TU MA_XANG_DAU DON_VI_TINH PHAM_VI SO_LUONG DON_GIA_BV DON_GIA_BH TT_THAU TYLE_TT_DV
        TYLE_TT_BH THANH_TIEN_BV THANH_TIEN_BH T_TRANTT MUC_HUONG T_NGUONKHAC_NSNN T_NGUONKHAC_VTNN T_NGUONKHAC_VTTN
        T_NGUONKHAC_CL T_NGUONKHAC T_BNTT T_BNCCT T_BHTT MA_KHOA MA_GIUONG MA_BENH MA_BENH_YHCT NGAY_KQ MA_PTTT
        VET_THUONG_TP PP_VO_CAM VI_TRI_TH_DVKT MA_MAY MA_HIEU_SP TAI_SU_DUNG DU_PHONG"""),
)
FINDINGS = Table(
    kind="XML4",
    row=Finding,
    path=("CHITIEU_CHITIET_DICHVUCANLAMSANG", "DSACH_CHI_TIET_CLS", "CHI_TIET_CLS"),
    ignored=_names("STT DU_PHONG"),
)
NOTES = Table(
    kind="XML5",
    row=Note,
    path=("CHITIEU_CHITIET_DIENBIENLAMSANG", "DSACH_CHI_TIET_DIEN_BIEN_BENH", "CHI_TIET_DIEN_BIEN_BENH"),
    ignored=_names("STT DU_PHONG"),
)
DISCHARGE_PAPER = Table(
    kind="XML7",
    row=Paper,
    path=("CHI_TIEU_DU_LIEU_GIAY_RA_VIEN",),
    ignored=_names("""
        SO_LUU_TRU MA_YTE MA_KHOA_RV NGAY_VAO NGAY_RA MA_DINH_CHI_THAI NGUYENNHAN_DINHCHI THOIGIAN_DINHCHI TUOI_THAI
        CHAN_DOAN_RV PP_DIEUTRI GHI_CHU MA_TTDV MA_BS TEN_BS MA_CHA MA_ME MA_THE_TAM HO_TEN_CHA HO_TEN_ME SO_NGAY_NGHI
        NGOAITRU_TUNGAY NGOAITRU_DENNGAY DU_PHONG"""),
)
SUMMARY = Table(
    kind="XML8",
    row=Paper,
    path=("CHI_TIEU_DU_LIEU_TOM_TAT_HO_SO_BENH_AN",),
    ignored=_names("""
        MA_LOAI_KCB HO_TEN_CHA HO_TEN_ME NGUOI_GIAM_HO DON_VI NGAY_VAO NGAY_RA CHAN_DOAN_VAO CHAN_DOAN_RV QT_BENHLY
        TOMTAT_KQ PP_DIEUTRI NGAY_SINHCON NGAY_CONCHET SO_CONCHET KET_QUA_DTRI GHI_CHU MA_TTDV MA_THE_TAM DU_PHONG"""),
)
REFERRALS = Table(
    kind="XML13",
    row=ReferralLetter,
    path=("CHI_TIEU_GIAYCHUYENTUYEN",),
    ignored=_names("""
        SO_HOSO SO_CHUYENTUYEN MA_CSKCB HO_TEN NGAY_SINH GIOI_TINH MA_QUOCTICH MA_DANTOC MA_NGHE_NGHIEP DIA_CHI
        MA_THE_BHYT GT_THE_DEN NGAY_VAO NGAY_VAO_NOI_TRU DAU_HIEU_LS QT_BENHLY TOMTAT_KQ PP_DIEUTRI MA_BENH_KT
        MA_BENH_YHCT TEN_DICH_VU TEN_THUOC PP_DIEU_TRI TINH_TRANG_CT MA_LOAI_RV HUONG_DIEU_TRI PHUONGTIEN_VC
        HOTEN_NGUOI_HT CHUCDANH_NGUOI_HT MA_BAC_SI MA_TTDV DU_PHONG"""),
    since="4750",
    newer={"MA_CSKCB_DI": "3176", "MA_CSKCB_DEN": "3176", "TINH_TRANG_CT": "3176"},
)
RETURN_VISITS = Table(
    kind="XML14",
    row=ReturnVisit,
    path=("CHI_TIEU_GIAYHEN_KHAMLAI",),
    ignored=_names("""
        HO_TEN NGAY_SINH GIOI_TINH DIA_CHI MA_THE_BHYT GT_THE_DEN NGAY_VAO NGAY_VAO_NOI_TRU NGAY_RA MA_BENH_CHINH
        MA_BENH_KT MA_BENH_YHCT MA_DOITUONG_KCB MA_BAC_SI MA_TTDV NGAY_CT DU_PHONG"""),
    since="4750",
)

TABLES: Mapping[str, Table[Any]] = {
    table.kind: table
    for table in (
        VISIT,
        DRUGS,
        SERVICES,
        FINDINGS,
        NOTES,
        DISCHARGE_PAPER,
        SUMMARY,
        REFERRALS,
        RETURN_VISITS,
    )
}
"""By ``LOAIHOSO``."""

LEFT_ALONE = frozenset({"XML6", "XML9", "XML10", "XML11", "XML12", "XML15"})
"""Tables that no record is made of, by decision: HIV care (6) and tuberculosis (15) have a closed list of recipients;
a birth paper (9) is about the mother and the child at once; pregnancy leave and sick leave (10, 11) are for the
employer and the insurance; medical assessments (12) are not the hospital's."""
