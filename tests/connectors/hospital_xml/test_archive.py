"""Dossiers from a folder: found by number, fresh, at the price of a look-up, and never anybody else's."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Question
from connectors.errors import TooSlow, Unavailable, WrongPerson
from connectors.hospital_xml.client import HospitalXmlSource
from connectors.hospital_xml.listing import Listing, hidden
from connectors.options import Duration, Folder, Size
from connectors.records import Encounter, Medication
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.hospital_xml.dossiers import AN, BINH, NOBODY, ask, dossier, options, part
from tests.connectors.serving import PATIENCE
from tests.running import CityClock

OF_BINH = {"SO_CCCD": BINH.personal_id, "NGAY_SINH": "198000000000", "MA_LK": "79983.2611.000009"}
DRUG = part("XML2", {"TEN_THUOC": "Metformin"})


class Hospital:
    """A folder, and a source before it whose time the test turns on."""

    def __init__(self, folder: Path, **fields: Any) -> None:
        self.folder = folder
        self.clock = CityClock()
        given = options(directory=Folder(folder), **fields)
        self.source = HospitalXmlSource("archive", given, clock=self.clock)

    def put(self, name: str, document: str | bytes) -> Path:
        """Write a file, in one piece, as a hospital should: beside it, then renamed."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        beside.write_bytes(document if isinstance(document, bytes) else document.encode())
        return beside.replace(path)

    def later(self) -> None:
        """Let the list grow old."""
        self.clock.skip(11)

    async def reasons(self, subject: Any = AN) -> list[str]:
        """What the visits were for, and that nothing is missing."""
        answer = await ask(self.source, Encounter, subject)
        assert answer.dropped == 0
        return [visit.reason.text for visit in answer.records if visit.reason]


@pytest.fixture
async def hospital(tmp_path: Path) -> AsyncIterator[Hospital]:
    folder = tmp_path / "archive"
    folder.mkdir()
    made = Hospital(folder)
    yield made
    await made.source.close()


class Watch:
    """What is opened and listed below a folder, as the interpreter sees it; a closed gate is a disk that hangs."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.reached = threading.Event()


WATCHED: dict[str, Watch] = {}


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if WATCHED and event in ("open", "os.scandir"):
        for folder, watch in list(WATCHED.items()):
            if str(arguments[0]).startswith(folder):
                watch.seen.append(Path(arguments[0]).name)
                watch.reached.set()
                watch.gate.wait(PATIENCE)


sys.addaudithook(_audit)


@contextmanager
def watching(folder: Path) -> Iterator[Watch]:
    """Watch the folder meanwhile."""
    watch = WATCHED[str(folder)] = Watch()
    try:
        yield watch
    finally:
        watch.gate.set()
        del WATCHED[str(folder)]


async def test_a_citizens_dossiers_are_found_wherever_they_lie(hospital: Hospital) -> None:
    """In the folder and below it, several in a file, and nobody else's with them."""
    hospital.put("one.xml", dossier(LY_DO_VV="một"))
    hospital.put("2026/11/TWO.XML", dossier(LY_DO_VV="hai", MA_LK="v2"))
    hospital.put("binh.xml", dossier(LY_DO_VV="ba", **OF_BINH))
    hospital.put("notes.txt", "no dossier")
    assert sorted(await hospital.reasons()) == ["hai", "một"]
    assert await hospital.reasons(BINH) == ["ba"]
    assert await hospital.reasons(NOBODY) == []


async def test_a_question_costs_its_own_files_and_no_others(hospital: Hospital) -> None:
    """Once the list stands, nothing is opened but the citizen's dossiers, however many lie beside them."""
    for number in range(200):
        hospital.put(f"{number}.xml", dossier(SO_CCCD=f"079090{number:06}", MA_LK=f"v{number}"))
    hospital.put("an.xml", dossier(DRUG))
    with watching(hospital.folder) as first:
        await hospital.reasons()
    assert len(first.seen) >= 201
    with watching(hospital.folder) as second:
        await hospital.reasons()
        assert len((await ask(hospital.source, Medication)).records) == 1
        await hospital.reasons(NOBODY)
    assert second.seen == ["an.xml", "an.xml"]


async def test_an_old_list_reads_again_only_what_changed(hospital: Hospital) -> None:
    hospital.put("an.xml", dossier(LY_DO_VV="một"))
    hospital.put("binh.xml", dossier(**OF_BINH))
    await hospital.reasons()
    hospital.later()
    hospital.put("new.xml", dossier(LY_DO_VV="hai", MA_LK="v2"))
    with watching(hospital.folder) as watch:
        assert sorted(await hospital.reasons()) == ["hai", "một"]
    assert sorted(watch.seen) == sorted([hospital.folder.name, "new.xml", "an.xml", "new.xml"])


async def test_what_is_written_anew_in_its_place_is_read_anew(hospital: Hospital) -> None:
    """Also when it is another citizen's now."""
    path = hospital.put("one.xml", dossier(LY_DO_VV="một"))
    assert await hospital.reasons() == ["một"]
    hospital.later()
    path.write_text(dossier(LY_DO_VV="hai", **OF_BINH))
    os.utime(path, ns=(1, 1))
    assert await hospital.reasons() == []
    assert await hospital.reasons(BINH) == ["hai"]


async def test_a_file_that_goes_away_is_gone(hospital: Hospital) -> None:
    path = hospital.put("one.xml", dossier())
    await hospital.reasons()
    path.unlink()
    answer = await ask(hospital.source, Encounter)
    assert (answer.records, answer.dropped) == ((), 1), "listed a moment ago: it is missing"
    hospital.later()
    assert await hospital.reasons() == []


async def test_a_file_that_became_another_citizens_since_it_was_listed_shows_nothing(hospital: Hospital) -> None:
    """The number is looked at again when the body is read."""
    path = hospital.put("one.xml", dossier())
    await hospital.reasons()
    path.write_text(dossier(SO_CCCD=BINH.personal_id, NGAY_SINH="198000000000"))
    answer = await ask(hospital.source, Encounter)
    assert (answer.records, answer.dropped) == ((), 1)


async def test_the_version_that_was_sent_last_counts(hospital: Hospital) -> None:
    """Whatever the files are called; of two that say the same, the one that was written later."""
    first = hospital.put("a.xml", dossier(LY_DO_VV="mới", made="20261115"))
    hospital.put("z.xml", dossier(LY_DO_VV="cũ", made="20261102"))
    assert await hospital.reasons() == ["mới"]
    second = hospital.put("b.xml", dossier(LY_DO_VV="mới hơn", made="20261115"))
    for later, reason in ((second, "mới hơn"), (first, "mới")):
        for path in (first, second):
            os.utime(path, (1_800_000_000, 1_800_000_000 + (path == later)))
        hospital.later()
        assert await hospital.reasons() == [reason]


@pytest.mark.parametrize("corrected", [BINH.personal_id, "", "020998101"])
async def test_a_visit_that_was_sent_again_under_another_number_is_no_longer_hers(
    hospital: Hospital, corrected: str
) -> None:
    """The earlier number was a mistake; a visit without one is nobody's."""
    hospital.put("1.xml", dossier(made="20261102"))
    hospital.put("2.xml", dossier(made="20261103", SO_CCCD=corrected, NGAY_SINH=""))
    assert await hospital.reasons() == []
    assert len(await hospital.reasons(BINH)) == (corrected == BINH.personal_id)


async def test_a_file_of_several_citizens_gives_each_their_own(hospital: Hospital) -> None:
    other = dossier(LY_DO_VV="hai", **OF_BINH)
    hoso = other[other.index("<HOSO>") : other.index("</DANHSACHHOSO>")]
    hospital.put("both.xml", dossier(LY_DO_VV="một").replace("</DANHSACHHOSO>", hoso + "</DANHSACHHOSO>"))
    assert await hospital.reasons() == ["một"]
    assert await hospital.reasons(BINH) == ["hai"]


async def test_a_newborn_under_the_mothers_name_is_nobodys(hospital: Hospital) -> None:
    """And no file is at fault: it is not counted as missing from hers."""
    hospital.put("1.xml", dossier(LY_DO_VV="mẹ"))
    hospital.put("2.xml", dossier(MA_LK="v2", SO_CCCD="", NGAY_SINH="202610150520", MA_THE_BHYT="TE1790000001515"))
    assert await hospital.reasons() == ["mẹ"]


async def test_f12_a_birth_date_that_contradicts_withholds_the_answer(hospital: Hospital) -> None:
    hospital.put("1.xml", dossier(NGAY_SINH="197001010000"))
    with pytest.raises(WrongPerson):
        await hospital.reasons()


@pytest.mark.parametrize(
    "document",
    [b"", b"<a/>", b"\xff\xfe", dossier().encode()[:-9], b"<a>" * 5000, b" " * 70_000],
    ids=["empty", "other", "bytes", "cut", "deep", "large"],
)
async def test_f10_f11_a_file_that_cannot_be_read_may_be_anybodys(tmp_path: Path, document: bytes) -> None:
    """Everybody's answer says that it is not whole, until the file is mended; what can be read is shown."""
    hospital = Hospital(tmp_path, max_body=Size(65_536))
    hospital.put("good.xml", dossier())
    hospital.put("bad.xml", document)
    for subject, found in ((AN, 1), (NOBODY, 0)):
        answer = await ask(hospital.source, Encounter, subject)
        assert (len(answer.records), answer.dropped) == (found, 1)
    hospital.later()
    hospital.put("bad.xml", dossier(**OF_BINH))
    assert len(await hospital.reasons()) == 1
    await hospital.source.close()


async def test_a_link_leads_nowhere(hospital: Hospital, tmp_path: Path) -> None:
    """Neither to a file nor to a folder outside the archive."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "one.xml").write_text(dossier())
    (hospital.folder / "link.xml").symlink_to(outside / "one.xml")
    (hospital.folder / "linked").symlink_to(outside)
    assert await hospital.reasons() == []


async def test_a_folder_that_goes_away_is_unavailable_until_it_is_back(hospital: Hospital) -> None:
    """And the error names no path."""
    hospital.put("1.xml", dossier())
    moved = hospital.folder.rename(hospital.folder.with_name("away"))
    with pytest.raises(Unavailable) as caught:
        await ask(hospital.source, Encounter)
    assert str(hospital.folder) not in str(caught.value)
    moved.rename(hospital.folder)
    assert len(await hospital.reasons()) == 1


async def test_what_goes_away_during_a_look_is_no_error(hospital: Hospital) -> None:
    """A hospital that moves its files about does not stop the questions."""
    hospital.put("1.xml", dossier())
    gone = [hospital.put("below/2.xml", dossier(MA_LK="v2")), hospital.put("3.xml", dossier(MA_LK="v3"))]
    with watching(hospital.folder) as watch:
        watch.gate.clear()
        asking = asyncio.ensure_future(hospital.reasons())
        assert await asyncio.to_thread(watch.reached.wait, PATIENCE)
        for path in gone:
            path.unlink()
        gone[0].parent.rmdir()
        watch.gate.set()
        assert len(await asking) == 1


async def test_one_look_through_the_folder_serves_everybody_who_waits(hospital: Hospital) -> None:
    hospital.put("1.xml", dossier())
    with watching(hospital.folder) as watch:
        await asyncio.gather(*(hospital.reasons(NOBODY) for _ in range(20)))
    assert sorted(watch.seen) == ["1.xml", hospital.folder.name]


async def test_f02_a_look_that_takes_too_long_goes_on_for_the_next_question(hospital: Hospital) -> None:
    """The question that began it gets no answer in time; nothing that was listed is listed again."""
    hospital.put("1.xml", dossier())
    with watching(hospital.folder) as watch:
        watch.gate.clear()
        inquiry = inquiry_of(0.05)
        with pytest.raises(TooSlow):
            await hospital.source.ask(Question(about=Encounter), grant_for(AN, Encounter), inquiry)
        await inquiry.close()
        watch.gate.set()
        assert len(await hospital.reasons()) == 1
    assert sorted(watch.seen) == sorted([hospital.folder.name, "1.xml", "1.xml"])


async def test_a_deadline_that_is_over_opens_nothing(hospital: Hospital) -> None:
    inquiry = inquiry_of(0)
    with watching(hospital.folder) as watch, pytest.raises(TooSlow):
        await hospital.source.ask(Question(about=Encounter), grant_for(AN, Encounter), inquiry)
    await inquiry.close()
    assert watch.seen == []


async def test_closing_stops_a_look_through_the_folder(hospital: Hospital) -> None:
    """Whoever waited for it gets no answer; the files that were not read stay unread; closing twice is closing."""
    hospital.put("1.xml", dossier())
    with watching(hospital.folder) as watch:
        watch.gate.clear()
        asking = asyncio.ensure_future(hospital.reasons())
        assert await asyncio.to_thread(watch.reached.wait, PATIENCE)
        closing = asyncio.ensure_future(hospital.source.close())
        await asyncio.sleep(0)
        watch.gate.set()
        await closing
        await hospital.source.close()
        with pytest.raises(Unavailable):
            await asking
    assert watch.seen == [hospital.folder.name]


def test_the_list_holds_no_citizen_number(tmp_path: Path) -> None:
    """It may end up in a crash dump; with another key the same number is something else."""
    (tmp_path / "1.xml").write_text(dossier())
    listing = Listing.of(str(tmp_path), None, most_bytes=10**6, key=b"k" * 32, stop=lambda: False)
    assert listing.of_citizen(AN.personal_id, b"k" * 32)
    assert not listing.of_citizen(AN.personal_id, b"other" * 6)
    assert hidden(AN.personal_id, b"k" * 32) != hidden(AN.personal_id, b"l" * 32)
    assert AN.personal_id not in repr(listing)


async def test_a_list_is_believed_for_as_long_as_the_options_say(tmp_path: Path) -> None:
    hospital = Hospital(tmp_path, refresh=Duration(60))
    hospital.put("1.xml", dossier())
    await hospital.reasons()
    hospital.put("2.xml", dossier(MA_LK="v2"))
    hospital.later()
    assert len(await hospital.reasons()) == 1
    hospital.clock.skip(60)
    assert len(await hospital.reasons()) == 2
    await hospital.source.close()
