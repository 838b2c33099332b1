"""A scanner of our own that speaks INSTREAM, and the real one when the machine has it."""

import shutil
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from documents import clamd

MARK = b"kwaadaardig"
"""What our own scanner takes for a virus."""


class _Talk(socketserver.StreamRequestHandler):
    server: "Scanner"

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
        elif self.server.answer is None:
            self.server.silence.wait(10)
        else:
            content = b""
            while size := int.from_bytes(self.rfile.read(4), "big"):
                content += self.rfile.read(size)
                if len(content) > self.server.limit:
                    self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            self.server.seen.append(content)
            found = b"stream: Test.Virus FOUND\0" if MARK in content else b"stream: OK\0"
            self.wfile.write(self.server.answer or found)


class Scanner(socketserver.ThreadingTCPServer):
    """Listens on a port of this machine."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: bytes | None = b"", limit: int = 1_000_000) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.answer, self.limit = answer, limit
        self.seen: list[bytes] = []
        self.silence = threading.Event()

    @property
    def address(self) -> str:
        return "{}:{}".format(*self.server_address)


@contextmanager
def scanner(answer: bytes | None = b"", limit: int = 1_000_000) -> Iterator[Scanner]:
    """Answers `answer`; empty: what it finds; None: never."""
    with Scanner(answer, limit) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            made.silence.set()
            made.shutdown()
            thread.join()


REAL = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")


@contextmanager
def real_scanner(folder: Path, virus: bytes, limit: int) -> Iterator[str]:
    """Debian's clamd with one signature, of `virus`; yields the path of its socket."""
    database, socket = folder / "db", folder / "clamd.sock"
    database.mkdir()
    (database / "own.ndb").write_text(f"Eicar-Test:0:*:{virus.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {database}\nLocalSocket {socket}\nForeground yes\n"
        f"StreamMaxLength {limit}\nTemporaryDirectory {folder}\nLogFile {folder}/clamd.log\n"
    )
    with subprocess.Popen(
        [str(REAL), "--config-file", str(folder / "clamd.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            until = time.monotonic() + 20
            while not clamd.answers(address=str(socket), timeout=1):
                assert process.poll() is None, (folder / "clamd.log").read_text()
                assert time.monotonic() < until
                time.sleep(0.05)
            yield str(socket)
        finally:
            process.terminate()
            process.wait(10)
