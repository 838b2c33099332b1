"""Talking to ClamAV's daemon: one file over INSTREAM, with an end to every wait.

The protocol: `zINSTREAM` and NUL, pieces that each begin with their length in four bytes, a piece
of length zero, then one answer that ends with NUL (clamd(8)).
"""

import socket
from pathlib import Path
from typing import IO

_CHUNK = 1 << 16
_LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """Nobody answers, or not in time: ask again later."""


class ScannerRefused(Exception):
    """It answered that it can't look at this file, in its own words."""


def scan(content: IO[bytes], *, address: str, timeout: float) -> str:
    """The name of the virus in the content, or "" when there is none. Sends it as a stream.

    Raises:
        ScannerAway: no connection, or silence for longer than `timeout` seconds.
        ScannerRefused: such as a file over the scanner's own limit (StreamMaxLength).
    """
    answer = _ask(b"zINSTREAM\0", content, address=address, timeout=timeout)
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerRefused(answer)


def answers(*, address: str, timeout: float) -> bool:
    """Whether the scanner is there."""
    try:
        return _ask(b"zPING\0", None, address=address, timeout=timeout) == "PONG"
    except ScannerAway:
        return False


def _ask(command: bytes, content: IO[bytes] | None, *, address: str, timeout: float) -> str:
    try:
        with _connect(address, timeout) as connection:
            connection.sendall(command)
            try:
                while content is not None and (chunk := content.read(_CHUNK)):
                    connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
                if content is not None:
                    connection.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it stopped reading, over its limit: what it said of that can still be read
            return _answer(connection)
    except (OSError, ValueError) as error:
        raise ScannerAway(str(error)) from error


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0"):
        piece = connection.recv(_LONGEST_ANSWER)
        answer += piece
        if not piece or len(answer) > _LONGEST_ANSWER:
            break
    if not answer:
        raise ConnectionError("no answer")
    return answer.rstrip(b"\0").decode(errors="replace").strip()


def _connect(address: str, timeout: float) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(timeout)
            connection.connect(str(Path(address)))
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=timeout)
