"""The list of a folder: which file holds the newest dossier of which visit, and whose it is. Immutable once made."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from hashlib import blake2b

from msgspec import Struct

from connectors.errors import Garbled
from connectors.hospital_xml.envelope import opened

Visit = tuple[str, str]
"""Facility, and the visit's key at it."""


class Entry(Struct, frozen=True, gc=False):
    """One dossier in a file."""

    visit: Visit
    version: tuple[str, str]
    whose: bytes | None
    """Keyed hash of the citizen number; none where the dossier carries none."""


class File(Struct, frozen=True):
    """One file as it was when it was last read."""

    stamp: tuple[int, int]
    """Time of change in nanoseconds, and size: another stamp is another file."""
    entries: tuple[Entry, ...] = ()
    unreadable: int = 0
    """Dossiers of which nothing can be known; a file that cannot be read counts as one."""


class Listing(Struct, frozen=True):
    """What lies in the folder."""

    files: Mapping[str, File]
    places: Mapping[bytes, Mapping[str, frozenset[Visit]]]
    """Of each citizen the files that hold a visit of theirs, and which visits these are."""
    unreadable: int
    """Files and dossiers of which nobody can tell whose they are: they may be anybody's."""

    @classmethod
    def of(
        cls, folder: str, known: "Listing | None", *, most_bytes: int, key: bytes, stop: Callable[[], bool]
    ) -> "Listing":
        """Look through the folder; files that have not changed since ``known`` are not read again.

        Raises:
            OSError: the folder cannot be read, or ``stop`` said so.
        """
        files: dict[str, File] = {}
        for path, stamp in _lying(folder):
            if stop():
                raise InterruptedError("told to stop")
            before = known.files.get(path) if known else None
            files[path] = before if before and before.stamp == stamp else _read(path, stamp, most_bytes, key)
        return cls(files, _places(files), sum(file.unreadable for file in files.values()))

    def of_citizen(self, personal_id: str, key: bytes) -> list[tuple[str, frozenset[Visit]]]:
        """The files with newest dossiers of that citizen, and which visits are wanted of each."""
        return list(self.places.get(hidden(personal_id, key), {}).items())


def hidden(personal_id: str, key: bytes) -> bytes:
    """What stands for a citizen number in the list: it may end up in a crash dump."""
    return blake2b(personal_id.encode(), key=key, digest_size=16).digest()


def content(path: str, most_bytes: int) -> bytes:
    """The bytes of a file.

    Raises:
        OSError: it cannot be read.
        Garbled: it is larger than allowed.
    """
    with open(path, "rb") as file:  # noqa: PTH123 - a path of the folder's own listing, in a loop over all of it
        read = file.read(most_bytes + 1)
    if len(read) > most_bytes:
        raise Garbled("larger than its bound")
    return read


def _lying(folder: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The files of the folder and of those below it. A link is not followed: it may lead anywhere.

    What goes away while it is looked at is no longer there, and no error; the folder itself must stay.
    """
    below = [folder]
    while below:
        here = below.pop()
        try:
            entries = os.scandir(here)
        except FileNotFoundError:
            if here == folder:
                raise
            continue
        with entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    below.append(entry.path)
                elif entry.name.lower().endswith(".xml") and entry.is_file(follow_symlinks=False):
                    with suppress(FileNotFoundError):
                        about = entry.stat(follow_symlinks=False)
                        yield entry.path, (about.st_mtime_ns, about.st_size)


def _read(path: str, stamp: tuple[int, int], most_bytes: int, key: bytes) -> File:
    try:
        envelope = opened(content(path, most_bytes))
    except FileNotFoundError:
        return File(stamp)
    except (OSError, Garbled):
        return File(stamp, unreadable=1)
    entries = tuple(
        Entry((d.facility, d.key), d.version, hidden(d.whose, key) if d.whose else None) for d in envelope.dossiers
    )
    return File(stamp, entries, envelope.unreadable)


def _places(files: Mapping[str, File]) -> dict[bytes, dict[str, frozenset[Visit]]]:
    """Where the newest dossier of every visit lies, by citizen.

    A visit that was sent again under another number belongs to that number: the earlier one was a mistake.
    """
    newest: dict[Visit, tuple[tuple[object, ...], bytes | None, str]] = {}
    for path, file in files.items():
        for entry in file.entries:
            order = (*entry.version, file.stamp[0])
            known = newest.get(entry.visit)
            if known is None or order >= known[0]:
                newest[entry.visit] = order, entry.whose, path
    found: dict[bytes, dict[str, set[Visit]]] = {}
    for visit, (_, whose, path) in newest.items():
        if whose is not None:
            found.setdefault(whose, {}).setdefault(path, set()).add(visit)
    return {whose: {path: frozenset(visits) for path, visits in held.items()} for whose, held in found.items()}
