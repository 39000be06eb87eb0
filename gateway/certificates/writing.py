"""A statement in the compact form of a certificate: short keys, text as the register wrote it. CDDL in README.md."""

import re
from typing import Any

from connectors.records import CodedText
from connectors.records.agreement import folded
from resolvers.certifying import CertifiedDose, Statement

PROFILE = "citizen-graph.vaccinations.1"
"""Key of our statements in the HCERT claim. The European key (1) is for COVID-19 alone and wants product codes of its
own lists, which no Vietnamese register gives."""


def written(statement: Statement, identifier: str) -> dict[str, Any]:
    """The statement as it stands in the certificate."""
    return {
        "nam": {"fn": statement.full_name, "fnt": machine_readable(statement.full_name)},
        "dob": statement.birth_date.isoformat(),
        "ci": identifier,
        "v": [_dose(dose) for dose in statement.doses],
    }


def machine_readable(name: str) -> str:
    """The name as in the machine-readable zone of a passport (ICAO Doc 9303-3, 6.A): A to Z, ``<`` between parts.

    >>> machine_readable("Đỗ Thị Mẫu-Ân")
    'DO<THI<MAU<AN'
    """
    return re.sub(r"[^A-Z]+", "<", re.sub("['\u2019]", "", folded(name).upper())).strip("<")


def _dose(dose: CertifiedDose) -> dict[str, Any]:
    said = {
        "dt": dose.on.isoformat(),
        "vp": _code(dose.vaccine),
        "tg": [_code(disease) for disease in dose.diseases],
        "dn": dose.number,
        "lot": dose.lot,
        "fac": dose.facility,
    }
    return {key: value for key, value in said.items() if value not in (None, [])}


def _code(coded: CodedText) -> list[str]:
    """The words, and the first code with its system where there is one."""
    first = coded.codings[:1]
    return [coded.text, *(part for coding in first for part in (coding.system, coding.code))]
