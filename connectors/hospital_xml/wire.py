"""The rows of the tables, as far as they are wanted: text as it was written. Everything else in them is skipped.

The annotation says what a field promises to hold; the mapping reads it, and the mapping report checks it.

Source: QĐ 4750/QĐ-BYT, appendix (names of all tables); QĐ 3176/QĐ-BYT for the places of table 13.
"""

from msgspec import Struct, field

from connectors.hospital_xml.values import (
    Birth,
    CostGroup,
    Discharge,
    Moment,
    Moments,
    Number,
    ReferralReason,
    Result,
    Text,
    VisitKind,
)


class Row(Struct, frozen=True, kw_only=True, gc=False):
    """One row of a table. Its text form says nothing: it may end up in a traceback."""

    visit_key: Text = field(name="MA_LK", default=None)

    def __repr__(self) -> str:
        return type(self).__name__


class Visit(Row, frozen=True, kw_only=True, gc=False):
    """XML1: a visit with its totals, in VND."""

    personal_id: Text = field(name="SO_CCCD", default=None)
    birth: Birth = field(name="NGAY_SINH", default=None)
    cards: Text = field(name="MA_THE_BHYT", default=None)
    reason: Text = field(name="LY_DO_VV", default=None)
    admission_reason: Text = field(name="LY_DO_VNT", default=None)
    first_diagnosis: Text = field(name="CHAN_DOAN_VAO", default=None)
    diagnosis: Text = field(name="CHAN_DOAN_RV", default=None)
    main_disease: Text = field(name="MA_BENH_CHINH", default=None)
    other_diseases: Text = field(name="MA_BENH_KT", default=None)
    traditional_diseases: Text = field(name="MA_BENH_YHCT", default=None)
    procedures: Text = field(name="MA_PTTT_QT", default=None)
    entitlement: Text = field(name="MA_DOITUONG_KCB", default=None)
    referred_to: Text = field(name="MA_NOI_DEN", default=None)
    admitted: Moment = field(name="NGAY_VAO", default=None)
    discharged: Moment = field(name="NGAY_RA", default=None)
    result: Result = field(name="KET_QUA_DTRI", default=None)
    discharge: Discharge = field(name="MA_LOAI_RV", default=None)
    paid: Moment = field(name="NGAY_TTOAN", default=None)
    total: Number = field(name="T_TONGCHI_BV", default=None)
    outside_scope: Number = field(name="T_BNTT", default=None)
    co_payment: Number = field(name="T_BNCCT", default=None)
    insurer_pays: Number = field(name="T_BHTT", default=None)
    kind: VisitKind = field(name="MA_LOAI_KCB", default=None)
    departments: Text = field(name="MA_KHOA", default=None)
    facility: Text = field(name="MA_CSKCB", default=None)
    weight: Number = field(name="CAN_NANG", default=None)
    next_visits: Moments = field(name="NGAY_TAI_KHAM", default=None)


class Drug(Row, frozen=True, kw_only=True, gc=False):
    """XML2: a drug that was ordered."""

    ingredient: Text = field(name="MA_THUOC", default=None)
    name: Text = field(name="TEN_THUOC", default=None)
    unit: Text = field(name="DON_VI_TINH", default=None)
    strength: Text = field(name="HAM_LUONG", default=None)
    route: Text = field(name="DUONG_DUNG", default=None)
    dose: Text = field(name="LIEU_DUNG", default=None)
    directions: Text = field(name="CACH_DUNG", default=None)
    registration: Text = field(name="SO_DANG_KY", default=None)
    quantity: Number = field(name="SO_LUONG", default=None)
    insurer_pays: Number = field(name="T_BHTT", default=None)
    prescriber: Text = field(name="MA_BAC_SI", default=None)
    ordered: Moment = field(name="NGAY_YL", default=None)


class Service(Row, frozen=True, kw_only=True, gc=False):
    """XML3: a service or a supply. What is no procedure tells what sort of result a service gives."""

    service: Text = field(name="MA_DICH_VU", default=None)
    procedure: Text = field(name="MA_PTTT_QT", default=None)
    supply: Text = field(name="MA_VAT_TU", default=None)
    group: CostGroup = field(name="MA_NHOM", default=None)
    name: Text = field(name="TEN_DICH_VU", default=None)
    doctor: Text = field(name="MA_BAC_SI", default=None)
    performer: Text = field(name="NGUOI_THUC_HIEN", default=None)
    ordered: Moment = field(name="NGAY_YL", default=None)
    performed: Moment = field(name="NGAY_TH_YL", default=None)


class Finding(Row, frozen=True, kw_only=True, gc=False):
    """XML4: a result of a laboratory, of imaging or of a functional test."""

    service: Text = field(name="MA_DICH_VU", default=None)
    index: Text = field(name="MA_CHI_SO", default=None)
    name: Text = field(name="TEN_CHI_SO", default=None)
    value: Text = field(name="GIA_TRI", default=None)
    unit: Text = field(name="DON_VI_DO", default=None)
    description: Text = field(name="MO_TA", default=None)
    conclusion: Text = field(name="KET_LUAN", default=None)
    at: Moment = field(name="NGAY_KQ", default=None)
    reader: Text = field(name="MA_BS_DOC_KQ", default=None)


class Note(Row, frozen=True, kw_only=True, gc=False):
    """XML5: a note on the clinical course; vital signs stand in its text."""

    course: Text = field(name="DIEN_BIEN_LS", default=None)
    stage: Text = field(name="GIAI_DOAN_BENH", default=None)
    consultation: Text = field(name="HOI_CHAN", default=None)
    operation: Text = field(name="PHAU_THUAT", default=None)
    at: Moment = field(name="THOI_DIEM_DBLS", default=None)
    performer: Text = field(name="NGUOI_THUC_HIEN", default=None)


class Paper(Row, frozen=True, kw_only=True, gc=False):
    """XML7 and XML8: that such a paper was written, and when."""

    written: Moment = field(name="NGAY_CT", default=None)


class ReferralLetter(Row, frozen=True, kw_only=True, gc=False):
    """XML13. The places have two names: the older ones of QĐ 4750, the newer ones of QĐ 3176."""

    letter: Text = field(name="GIAY_CHUYEN_TUYEN", default=None)
    older_sender: Text = field(name="MA_NOI_DI", default=None)
    older_receiver: Text = field(name="MA_NOI_DEN", default=None)
    sender: Text = field(name="MA_CSKCB_DI", default=None)
    receiver: Text = field(name="MA_CSKCB_DEN", default=None)
    discharged: Moment = field(name="NGAY_RA", default=None)
    diagnosis: Text = field(name="CHAN_DOAN_RV", default=None)
    main_disease: Text = field(name="MA_BENH_CHINH", default=None)
    reason: ReferralReason = field(name="MA_LYDO_CT", default=None)


class ReturnVisit(Row, frozen=True, kw_only=True, gc=False):
    """XML14: an appointment for another examination."""

    letter: Text = field(name="SO_GIAYHEN_KL", default=None)
    facility: Text = field(name="MA_CSKCB", default=None)
    at: Moment = field(name="NGAY_HEN_KL", default=None)
    diagnosis: Text = field(name="CHAN_DOAN_RV", default=None)
