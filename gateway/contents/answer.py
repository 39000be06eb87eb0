"""How a content is passed on: as a file to be saved, never shown or run by a browser, never kept by anybody between."""

import asyncio
from collections.abc import Mapping

from connectors.contents import Content
from gateway.answer import Answer

_ENDINGS: Mapping[str, str] = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/tiff": "tiff",
}
_ALONE = (
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""Whatever it holds, it does nothing."""


class ContentAnswer(Answer):
    """The one answer to a request."""

    async def pass_on(self, content: Content, *, seconds: float) -> None:
        """Send the pieces as they come: who does not read holds up the source, and nothing gathers here.

        Args:
            content: opened, its first piece at hand.
            seconds: for all of it.

        Raises:
            SourceError: the rest does not come. What is sent can only be left unfinished then.
            TimeoutError: not all was passed on in time.
        """
        # A name of our own: the document's title may tell what nobody should find among somebody's downloads.
        name = f'attachment; filename="document.{_ENDINGS.get(content.media_type, "bin")}"'
        length = [] if content.length is None else [(b"content-length", str(content.length).encode())]
        await self._begin(content.media_type.encode(), [(b"content-disposition", name.encode()), *length, *_ALONE])
        passed = 0
        try:
            async with asyncio.timeout(seconds):
                async for piece in content.pieces:
                    await self._write(piece)
                    passed += len(piece)
                await self._write(b"", last=True)
        finally:
            self._event.add(bytes=passed)
