"""A real, small mail server for tests: one thread per connection, on a port of its own."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any


@dataclass
class MailServer:
    """What arrived, and how the server answers. `rcpt` and `data` are its answers to those."""

    port: int = 0
    received: list[Message] = field(default_factory=list)
    rcpt: str = "250 ok"
    data: str = "250 ok"
    hang_up_after_data: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    state = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 test")
            for raw in self.rfile:
                verb = raw[:4].upper()
                if verb == b"RCPT":
                    self.say(state.rcpt)
                elif verb == b"DATA":
                    self.say("354 go on")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    if state.data.startswith("250"):
                        with state.lock:
                            state.received.append(message_from_bytes(b"".join(lines)))
                    if state.hang_up_after_data:
                        return
                    self.say(state.data)
                elif verb == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


def use(settings: Any, server: MailServer) -> None:
    """Let Django send through the test's server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 5
