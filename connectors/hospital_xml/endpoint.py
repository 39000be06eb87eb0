"""Dossiers from a service that is asked by citizen number: one operation, the number in the body and nowhere else."""

from connectors.clock import Clock
from connectors.contract import Deadline, Subject
from connectors.errors import Garbled
from connectors.hospital_xml.envelope import Envelope, opened
from connectors.hospital_xml.shelf import MOST_VISITS, Found, latest
from connectors.http import Line
from connectors.work import off_loop

_MEDIA_TYPES = frozenset({"application/xml", "text/xml"})


class Endpoint:
    """The service of one hospital."""

    def __init__(self, line: Line, path: str, clock: Clock) -> None:
        self._line = line
        self._path = path
        self._clock = clock

    async def find(self, subject: Subject, request_id: str, deadline: Deadline) -> Found:
        """Every dossier that the service gave for the citizen's number; whose each is, its reader checks.

        Raises:
            SourceError: no usable answer.
        """
        body = {"SO_CCCD": subject.personal_id, "MA_YEU_CAU": request_id}
        headers = {"accept": ", ".join(sorted(_MEDIA_TYPES))}
        reply = await self._line.send(
            "POST", self._path, deadline=deadline, json=body, headers=headers, repeatable=True
        )
        if reply.media_type not in _MEDIA_TYPES:
            raise Garbled("another media type than promised")
        envelope = await off_loop(lambda: opened(reply.body), deadline)
        return self._attributed(envelope)

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        await self._line.close()

    def _attributed(self, envelope: Envelope) -> Found:
        """The dossiers that carry a number. One without is nobody's, whatever its name, and is counted."""
        if envelope.unreadable and not envelope.dossiers:
            raise Garbled("no dossier that can be read")
        visits = latest(envelope.dossiers)
        proven = tuple(dossier for dossier in visits if dossier.whose)
        return Found(
            dossiers=proven[:MOST_VISITS],
            at=self._clock.now(),
            dropped=envelope.unreadable + len(visits) - len(proven),
            truncated=len(proven) > MOST_VISITS,
        )
