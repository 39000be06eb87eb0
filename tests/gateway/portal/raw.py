"""HTTP as it is written on the wire: clients tidy an address up before they send it, attackers do not."""

import asyncio
from urllib.parse import urlsplit


async def get_raw(address: str, target: str) -> tuple[int, bytes]:
    """Ask the server at ``address`` for ``target``, letter by letter; give the status and everything it sent."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode("latin-1"))
        answer = await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
        await writer.wait_closed()
    return int(answer.split(b" ", 2)[1]), answer
