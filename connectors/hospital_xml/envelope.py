"""``GIAMDINHHS``: the envelope in which dossiers travel, each a bundle of tables that are documents in base64."""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator

from msgspec import Struct

from connectors.errors import Garbled
from connectors.hospital_xml.tables import VISIT
from connectors.hospital_xml.values import Unreadable
from connectors.hospital_xml.wire import Visit
from connectors.xml import Element, read

_PERSONAL_ID = re.compile(r"\d{12}", re.ASCII)
_DAY_OR_MINUTE = re.compile(r"\d{8}(?:\d{4})?", re.ASCII)
_VISIT_FIELDS = VISIT.wanted(VISIT.since)
"""No decision has added a field that is wanted here."""
_SEVERAL = "DANHSACHGIAMDINHHS"
"""Our own wrapper, for a service that keeps one envelope for each visit: nothing in it but envelopes."""
_CHECK_IN = "CHI_TIEU_TRANG_THAI_KCB"
"""Table 0, sent when a visit begins, is a document of its own; the dossier that follows says all it says."""


class Part(Struct, frozen=True):
    """One table of a dossier, packed."""

    kind: str
    content: str

    @property
    def packed(self) -> bytes:
        """The document of the table.

        Raises:
            Unreadable: no base64.
        """
        try:
            return b64decode("".join(self.content.split()), validate=True)
        except (binascii.Error, ValueError):
            raise Unreadable("no base64") from None

    def document(self) -> Element:
        """The root of the document.

        Raises:
            Unreadable: no base64, or nothing that ``connectors.xml`` lets in.
        """
        try:
            return read(self.packed)
        except Garbled as error:
            raise Unreadable(str(error)) from None

    def __repr__(self) -> str:
        return "Part(…)"


class Dossier(Struct, frozen=True, kw_only=True):
    """One visit as the hospital reported it, at one time."""

    facility: str
    key: str
    """``MA_LK``: the visit's key at the facility."""
    visit: Visit
    made: str
    """The day of the envelope, ``yyyyMMdd``; empty where it is not said."""
    parts: tuple[Part, ...]
    """Every table, the first one too."""

    @property
    def whose(self) -> str | None:
        """The citizen number; none where something else, or nothing, stands in its place."""
        number = self.visit.personal_id
        return number if number and _PERSONAL_ID.fullmatch(number) else None

    @property
    def version(self) -> tuple[str, str]:
        """Grows with every time that the visit is sent again: the day of the envelope, then the time of payment."""
        return self.made, _known(self.visit.paid)

    def __repr__(self) -> str:
        return f"Dossier({len(self.parts)} parts)"


class Envelope(Struct, frozen=True):
    """What a document of dossiers held."""

    dossiers: tuple[Dossier, ...]
    unreadable: int
    """Dossiers that are announced or there, and of which nothing can be known."""


def opened(document: bytes) -> Envelope:
    """The dossiers of one document: an envelope, several in a wrapper, or a check-in, which has none.

    Raises:
        Garbled: no XML that is let in, or neither of these.
    """
    root = read(document)
    if root.name == _CHECK_IN:
        return Envelope((), 0)
    envelopes = root.children if root.name == _SEVERAL else [root]
    dossiers: list[Dossier] = []
    unreadable = 0
    for envelope in envelopes:
        facility, made, hosos, announced = _contents(envelope)
        unreadable += announced > len(hosos)
        for hoso in hosos:
            try:
                dossiers.append(_dossier(hoso, facility, made))
            except Unreadable:
                unreadable += 1
    return Envelope(tuple(dossiers), unreadable)


def parts_of(document: bytes) -> Iterator[tuple[Part, ...]]:
    """The packed tables of every dossier, whether it can be read or not.

    Raises:
        Garbled: as ``opened``.
    """
    root = read(document)
    if root.name == _CHECK_IN:
        return
    for envelope in root.children if root.name == _SEVERAL else [root]:
        yield from map(_parts, _contents(envelope)[2])


def _contents(envelope: Element) -> tuple[str | None, str, list[Element], int]:
    """Facility, day, dossiers, and how many dossiers there should be."""
    about = envelope.first("THONGTINHOSO")
    held = about.first("DANHSACHHOSO") if about else None
    if envelope.name != "GIAMDINHHS" or about is None or held is None:
        raise Garbled("no envelope of dossiers")
    unit = envelope.first("THONGTINDONVI")
    announced = about.said("SOLUONGHOSO") or ""
    return (
        unit.said("MACSKCB") if unit else None,
        _known(about.said("NGAYLAP")),
        list(held.named("HOSO")),
        int(announced) if announced.isascii() and announced.isdigit() and len(announced) < 7 else 0,
    )


def _dossier(hoso: Element, facility: str | None, made: str) -> Dossier:
    parts = _parts(hoso)
    summaries = [part for part in parts if part.kind == VISIT.kind]
    if len(summaries) != 1:
        raise Unreadable("not one summary of the visit")
    (summary,) = VISIT.rows(summaries[0].document())
    visit = VISIT.read(summary, _VISIT_FIELDS)
    place = visit.facility or facility
    if not visit.visit_key or not place:
        raise Unreadable("a visit without a key")
    return Dossier(facility=place, key=visit.visit_key, visit=visit, made=made, parts=parts)


def _parts(hoso: Element) -> tuple[Part, ...]:
    return tuple(Part(file.said("LOAIHOSO") or "", file.said("NOIDUNGFILE") or "") for file in hoso.named("FILEHOSO"))


def _known(day: str | None) -> str:
    """The day, which sorts as text; nothing where it is none."""
    return day if day and _DAY_OR_MINUTE.fullmatch(day) else ""
