"""A mail server on loopback that takes every mail and notes who got which: one JSON line each.

It is never killed: what counts is what the portal hands over, and how many times.
"""

import asyncio
import contextlib
import json
import signal
import sys
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Noting:
    """Says yes only after the line is written."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        message = message_from_bytes(content if isinstance(content, bytes) else content.encode())
        note = {"id": str(message["Message-ID"]).strip(), "to": envelope.rcpt_tos}
        with self._notes.open("a") as notes:
            notes.write(json.dumps(note) + "\n")
        return "250 OK"


async def serve(port: int, notes: Path) -> None:
    notes.touch()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Noting(notes), hostname="localhost"), "127.0.0.1", port
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
