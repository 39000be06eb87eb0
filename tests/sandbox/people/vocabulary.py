"""Code systems of the stories: ICD-10, LOINC with UCUM, ATC, CVX, SNOMED CT, each with the Vietnamese words.

Reference ranges are adult ranges of an ordinary Vietnamese laboratory; they decide what is flagged high or low.
"""

from dataclasses import dataclass
from typing import Literal

ICD10 = {
    "A09": "Viêm dạ dày ruột nhiễm trùng",
    "B20": "Bệnh do HIV gây ra các bệnh nhiễm trùng và ký sinh trùng",
    "C34.9": "U ác của phế quản hoặc phổi, không xác định",
    "D50.9": "Thiếu máu thiếu sắt, không xác định",
    "E03.9": "Suy giáp, không xác định",
    "E11.2": "Đái tháo đường típ 2, có biến chứng thận",
    "E11.9": "Đái tháo đường típ 2, không có biến chứng",
    "E78.5": "Tăng lipid máu, không xác định",
    "F32.1": "Giai đoạn trầm cảm trung bình",
    "F71": "Chậm phát triển tâm thần trung bình",
    "G40.9": "Động kinh, không xác định",
    "H25.9": "Đục thủy tinh thể người già, không xác định",
    "H36.0": "Bệnh võng mạc đái tháo đường",
    "I10": "Tăng huyết áp vô căn (nguyên phát)",
    "J03.9": "Viêm amiđan cấp, không xác định",
    "J06.9": "Nhiễm trùng đường hô hấp trên cấp",
    "J18.9": "Viêm phổi, tác nhân không xác định",
    "J44.9": "Bệnh phổi tắc nghẽn mạn tính, không xác định",
    "J45.9": "Hen, không xác định",
    "K29.7": "Viêm dạ dày, không xác định",
    "L20.9": "Viêm da cơ địa, không xác định",
    "M06.9": "Viêm khớp dạng thấp, không xác định",
    "M54.5": "Đau lưng vùng thấp",
    "M81.9": "Loãng xương, không xác định",
    "N18.3": "Bệnh thận mạn, giai đoạn 3",
    "N39.0": "Nhiễm trùng đường tiết niệu, vị trí không xác định",
    "O24.4": "Đái tháo đường phát sinh trong thai kỳ",
    "O80.0": "Đẻ thường một thai, ngôi đầu",
    "P59.9": "Vàng da sơ sinh, không xác định",
    "R07.4": "Đau ngực, không xác định",
    "S52.5": "Gãy đầu dưới xương quay",
    "S72.0": "Gãy cổ xương đùi",
    "S93.4": "Bong gân và căng cơ cổ chân",
    "Z00.1": "Khám sức khỏe định kỳ cho trẻ em",
    "Z38.0": "Trẻ sinh đơn, sinh trong bệnh viện",
    "Z34.9": "Theo dõi thai bình thường, không xác định",
}

Category = Literal["vital-signs", "laboratory", "imaging", "survey", "exam"]


@dataclass(frozen=True, slots=True)
class Test:
    """Something that can be measured: LOINC code (absent where only an own code exists), words, unit, range."""

    __test__ = False  # pytest takes a class of this name for a test

    loinc: str | None
    display: str
    text: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    category: Category = "laboratory"


TESTS = {
    "bp": Test("85354-9", "Blood pressure panel", "Huyết áp", "mm[Hg]", category="vital-signs"),
    "pulse": Test("8867-4", "Heart rate", "Mạch", "/min", 60, 100, "vital-signs"),
    "temperature": Test("8310-5", "Body temperature", "Nhiệt độ", "Cel", 36.0, 37.5, "vital-signs"),
    "breathing": Test("9279-1", "Respiratory rate", "Nhịp thở", "/min", 12, 20, "vital-signs"),
    "spo2": Test("59408-5", "Oxygen saturation by pulse oximetry", "SpO2", "%", 95, 100, "vital-signs"),
    "weight": Test("29463-7", "Body weight", "Cân nặng", "kg", category="vital-signs"),
    "height": Test("8302-2", "Body height", "Chiều cao", "cm", category="vital-signs"),
    "head": Test("9843-4", "Head occipital-frontal circumference", "Vòng đầu", "cm", category="vital-signs"),
    "bmi": Test("39156-5", "Body mass index", "Chỉ số khối cơ thể", "kg/m2", 18.5, 24.9, "vital-signs"),
    "hba1c": Test("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "HbA1c", "%", 4.0, 6.0),
    "fasting-glucose": Test("14771-0", "Fasting glucose [Moles/volume]", "Glucose lúc đói", "mmol/L", 3.9, 6.4),
    "fasting-glucose-mass": Test("1558-6", "Fasting glucose [Mass/volume]", "Đường huyết đói", "mg/dL", 70, 115),
    "creatinine": Test("14682-9", "Creatinine [Moles/volume]", "Creatinin", "umol/L", 53, 115),
    "egfr": Test("62238-1", "GFR (CKD-EPI)", "Mức lọc cầu thận ước tính", "mL/min/{1.73_m2}", 60),
    "acr": Test("9318-7", "Albumin/Creatinine in Urine", "Albumin/creatinin niệu", "mg/g", None, 30),
    "potassium": Test("2823-3", "Potassium [Moles/volume]", "Kali", "mmol/L", 3.5, 5.1),
    "cholesterol": Test("14647-2", "Cholesterol [Moles/volume]", "Cholesterol toàn phần", "mmol/L", None, 5.2),
    "ldl": Test("22748-8", "Cholesterol in LDL [Moles/volume]", "LDL-cholesterol", "mmol/L", None, 3.4),
    "hemoglobin": Test("718-7", "Hemoglobin [Mass/volume] in Blood", "Huyết sắc tố", "g/dL", 12.0, 16.5),
    "leukocytes": Test("6690-2", "Leukocytes [#/volume] in Blood", "Bạch cầu", "10*3/uL", 4.0, 10.0),
    "platelets": Test("777-3", "Platelets [#/volume] in Blood", "Tiểu cầu", "10*3/uL", 150, 400),
    "alt": Test("1742-6", "Alanine aminotransferase", "ALT", "U/L", None, 41),
    "crp": Test("1988-5", "C reactive protein [Mass/volume]", "CRP", "mg/L", None, 5),
    "tsh": Test("3016-3", "Thyrotropin", "TSH", "m[IU]/L", 0.4, 4.0),
    "cd4": Test("24467-3", "CD3+CD4+ cells [#/volume] in Blood", "Tế bào CD4", "/uL", 500, 1500),
    "hiv-load": Test("20447-9", "HIV 1 RNA [#/volume] by NAA", "Tải lượng HIV", "{copies}/mL"),
    "hbsag": Test("5196-1", "Hepatitis B virus surface Ag", "HBsAg"),
    "blood-group": Test("882-1", "ABO and Rh group [Type] in Blood", "Nhóm máu ABO và Rh"),
    "urine-protein": Test("20454-5", "Protein [Presence] in Urine by Test strip", "Protein niệu"),
    "blood-culture": Test("600-7", "Bacteria identified in Blood by Culture", "Cấy máu"),
    "chest-x-ray": Test("36643-5", "XR Chest 2 Views", "X-quang ngực thẳng nghiêng", category="imaging"),
    "ecg": Test(None, "ECG", "Điện tim thường", category="exam"),
    "peak-flow": Test("19935-6", "Peak expiratory flow", "Lưu lượng đỉnh", "L/min", category="exam"),
    "gestation": Test("18185-9", "Gestational age", "Tuổi thai", "wk", category="exam"),
    "due-date": Test("11778-8", "Delivery date Estimated", "Ngày dự sinh", category="exam"),
    "fetal-pulse": Test("55283-6", "Fetal heart rate", "Tim thai", "/min", 110, 160, "exam"),
    "hpv": Test("82675-0", "HPV high risk DNA [Presence] in Cervix by NAA", "HPV nguy cơ cao"),
    "stool-blood": Test("29771-3", "Hemoglobin.gastrointestinal [Presence] in Stool by IA", "Máu ẩn trong phân (FIT)"),
    "mammogram": Test("24606-6", "MG Breast Screening", "Chụp nhũ ảnh tầm soát", category="imaging"),
    "apgar-5": Test("9274-2", "5 minute Apgar Score", "Apgar 5 phút", "{score}", 7, 10, "survey"),
    "phq-9": Test("44261-6", "PHQ-9 total score", "Thang PHQ-9", "{score}", None, 4, "survey"),
}


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug: ATC code (absent for traditional medicine), name as printed on Vietnamese prescriptions, form."""

    atc: str | None
    text: str
    form: str | None = None
    """Only where the pharmacy keeps the product as a record of its own."""


DRUGS = {
    "metformin": Drug("A10BA02", "Metformin 1000 mg"),
    "glargine": Drug("A10AE04", "Insulin glargine 100 IU/ml", "Bút tiêm 3 ml"),
    "gliclazide": Drug("A10BB09", "Gliclazid MR 60 mg"),
    "amlodipine": Drug("C08CA01", "Amlodipin 5 mg"),
    "losartan": Drug("C09CA01", "Losartan kali 50 mg"),
    "atorvastatin": Drug("C10AA05", "Atorvastatin 20 mg"),
    "salbutamol": Drug("R03AC02", "Salbutamol 100 mcg/liều xịt", "Bình xịt định liều"),
    "budesonide": Drug("R03BA02", "Budesonid 200 mcg/liều hít", "Bình hít bột khô"),
    "tiotropium": Drug("R03BB04", "Tiotropium 18 mcg", "Viên nang để hít"),
    "paracetamol": Drug("N02BE01", "Paracetamol 500 mg"),
    "azithromycin": Drug("J01FA10", "Azithromycin 200 mg/5 ml"),
    "ceftriaxone": Drug("J01DD04", "Ceftriaxon 1 g", "Bột pha tiêm"),
    "levofloxacin": Drug("J01MA12", "Levofloxacin 500 mg"),
    "omeprazole": Drug("A02BC01", "Omeprazol 20 mg"),
    "methotrexate": Drug("L04AX03", "Methotrexat 2,5 mg"),
    "folic-acid": Drug("B03BB01", "Acid folic 5 mg"),
    "iron": Drug("B03AD03", "Sắt sulfat và acid folic"),
    "calcium": Drug("A12AX", "Calci carbonat và vitamin D3"),
    "levothyroxine": Drug("H03AA01", "Levothyroxin natri 50 mcg"),
    "alendronate": Drug("M05BA04", "Acid alendronic 70 mg"),
    "valproate": Drug("N03AG01", "Natri valproat 500 mg"),
    "sertraline": Drug("N06AB06", "Sertralin 50 mg"),
    "arv": Drug("J05AR27", "Tenofovir/Lamivudin/Dolutegravir 300/300/50 mg"),
    "herbal": Drug(None, "Viên hoàn bổ gan (thuốc cổ truyền)"),
}

SUBSTANCES = {
    "penicillin": ("764146007", "Penicilin", "medication"),
    "aspirin": ("387458008", "Aspirin (acid acetylsalicylic)", "medication"),
    "latex": ("111088007", "Mủ cao su (latex)", "environment"),
    "shrimp": (None, "Tôm", "food"),
    "peanut": ("762952008", "Đậu phộng", "food"),
    "none": ("716186003", "Không ghi nhận dị ứng", None),
}
"""Slug to SNOMED CT code, Vietnamese word and FHIR category; ``none``: asked, has no allergy."""
