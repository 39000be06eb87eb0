"""Where entries wait, on this machine's own disk, while the store cannot take them.

One file per gateway in the folder, locked for as long as its gateway lives: what a gateway left behind that was ended
in the middle is taken over by the next one that starts. Every line is sealed; one that was cut off at the end was never
answered for.
"""

import fcntl
import itertools
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
import structlog

from gateway.audit.log import ENCODER, Leaf
from gateway.audit.seals import Sealer

_DECODER = msgspec.json.Decoder(Leaf)
_log = structlog.get_logger()


class Spool:
    """The entries that wait. Every call blocks until the disk has said so."""

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        """Know of nothing yet; ``open`` looks."""
        self._folder = folder
        self._sealer = sealer
        self._file: BinaryIO | None = None
        self._waiting: list[Leaf] = []
        self.size = 0
        """Bytes in the file."""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def since(self) -> datetime | None:
        """When the oldest entry that waits was made."""
        return self._waiting[0].at if self._waiting else None

    def open(self) -> None:
        """Take a file of one's own, and over what ended gateways left.

        Raises:
            OSError: the folder cannot be used.
        """
        self._opened()

    def put(self, leaves: Sequence[Leaf]) -> None:
        """Write these; they are on the disk when this returns.

        Raises:
            OSError: they are not, and none of them waits.
        """
        file = self._file or self._opened()
        lines = b"".join(map(self._line, leaves)) or b"\n"  # nothing: to see whether the disk takes anything
        try:
            file.seek(self.size)
            left = memoryview(lines)
            while left:  # a disk that fills takes a part, and says so only at the next one
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        except OSError:
            self._cut(file)
            raise
        self.size += len(lines)
        self._waiting += leaves

    def first(self, most: int) -> list[Leaf]:
        """The oldest that wait."""
        return self._waiting[:most]

    def done(self, count: int) -> None:
        """So many of the oldest stand in the store now. The file is emptied when all do.

        Raises:
            OSError: it cannot be; what stands in it is found to be known when it is read again.
        """
        del self._waiting[:count]
        if not self._waiting and self._file is not None:
            self.size = 0
            self._file.truncate(0)
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _opened(self) -> BinaryIO:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        own, file = next(
            (path, file)
            for number in itertools.count()
            for path in [self._folder / f"{number}.spool"]
            for file in [_locked(path)]
            if file is not None
        )
        self._file = file
        self._waiting = list(self._read(file))
        self.size = file.seek(0, os.SEEK_END)
        for path in sorted(self._folder.glob("*.spool")):
            if path != own:
                self._take_over(path)
        return file

    def _line(self, leaf: Leaf) -> bytes:
        content = ENCODER.encode(leaf)
        return self._sealer.line(content).hex().encode() + b" " + content + b"\n"

    def _read(self, file: BinaryIO) -> Iterator[Leaf]:
        file.seek(0)
        for number, line in enumerate(file.read().split(b"\n")):
            seal, _, content = line.partition(b" ")
            try:
                whole = self._sealer.fits_line(bytes.fromhex(seal.decode("ascii", "replace")), content)
            except ValueError:
                whole = False
            if whole:
                yield _DECODER.decode(content)
            elif line:
                _log.error("alert", alert="spool_line_unreadable", line=number)

    def _take_over(self, path: Path) -> None:
        left = _locked(path)
        if left is None:
            return  # its gateway lives
        with left:
            if found := list(self._read(left)):
                self.put(found)
            path.unlink()

    def _cut(self, file: BinaryIO) -> None:
        """Leave no half of what could not be written."""
        try:
            file.truncate(self.size)
        except OSError:
            _log.error("alert", alert="spool_cannot_be_cut")


def _locked(path: Path) -> BinaryIO | None:
    """The file, when nobody else has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "r+b", buffering=0)
