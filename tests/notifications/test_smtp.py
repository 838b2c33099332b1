"""A real mail server as authorities have: TLS, a password, greylisting, refusals, a broken line."""

import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from accounts.roles import StaffRole
from notifications.lifecycle import MailState
from notifications.models import Bounce, OutboxMail
from notifications.services import deliver_outbox, queue_mail, resend_mail
from notifications.services.delivery import BACK_OFF
from tests.accounts.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_templates")]
USER, PASSWORD = "pio", "een geheim: @%"


class Handler:
    """Keeps what arrives; `refused` answers RCPT per address, `answers` DATA one by one."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.refused: dict[str, str] = {}
        self.answers: list[str] = []
        self.hang_up = False

    async def handle_RCPT(  # noqa: N802 - names of the library
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 OK"
        if answer.startswith("250"):
            assert session.ssl is not None
            assert session.authenticated
            self.raw.append(envelope.content or b"")  # type: ignore[arg-type]
            self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        if self.hang_up:
            self.hang_up = False
            server.transport.abort()
        return answer

    @property
    def received(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]


def certificate(folder: Path) -> tuple[Path, Path]:
    """For localhost, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=400))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "server.pem", folder / "server.key"
    certificate_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_path, key_path


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("smtp"))


@pytest.fixture
def server(
    signed: tuple[Path, Path], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Handler]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*signed)
    handler = Handler()

    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        is_right = (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
        return AuthResult(success=is_right, handled=is_right)

    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=check,
    )
    controller.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(signed[0]))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "localhost"  # the name in the certificate
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = True, False
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = USER, PASSWORD
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "PIO Portal <no-reply@pio.test>"
    settings.MAIL_BOUNCE_ADDRESS = "bounces@pio.test"
    yield handler
    controller.stop()


def write(to: Any = "an@x.test", title: str = "Ruimte voor water – één €") -> OutboxMail:
    mail = queue_mail(
        kind="calls.opened", to=to, template="tests/mail/note.md", context={"title": title}
    )
    assert mail is not None
    return mail


def outcome(mail: OutboxMail) -> tuple[str, int]:
    mail.refresh_from_db()
    return mail.state, mail.attempts


def test_a_mail_over_tls_is_whole(server: Handler) -> None:
    mail = write(title="Ruimte voor water – één € " + "lang " * 400)
    assert deliver_outbox() == 1
    (message,), (raw,), (envelope,) = server.received, server.raw, server.envelopes
    # Headers: who, what, and what other programs do with it.
    assert message["Subject"].strip() == mail.subject  # folded after its name
    assert message["From"] == "PIO Portal <no-reply@pio.test>"
    assert message["To"] == "an@x.test"
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] is not None
    # Reports come back to an address of this mail's own.
    assert envelope[0].startswith(f"bounces+{mail.pk}-")
    assert envelope[1] == ["an@x.test"]
    # Two parts that say the same; style is inline.
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert text.get_content().replace("\r\n", "\n").startswith(mail.text)
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "<style" not in html.get_content()
    assert 'style="' in html.get_content()
    assert "één €" in html.get_content()
    # RFC 5322: at most 998 octets in a line, headers in ASCII and folded.
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head = raw.split(b"\r\n\r\n", 1)[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 100


@pytest.mark.parametrize("wrong", ["password", "letter", "certificate"])
def test_without_trust_nothing_is_handed_over(
    server: Handler, settings: Any, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    if wrong != "certificate":
        settings.EMAIL_HOST_PASSWORD = "fout" if wrong == "password" else "één"
    else:
        monkeypatch.delenv("SSL_CERT_FILE")
    mail = write()
    assert deliver_outbox() == 0
    assert outcome(mail) == (MailState.QUEUED, 0)
    assert mail.error.startswith("De mailserver is niet bereikbaar:")
    assert server.raw == []


def test_greylisting_is_waited_out(server: Handler) -> None:
    """451 at the first try, taken at the second; nothing is held against the address."""
    server.refused["an@x.test"] = "451 4.7.1 Greylisted, try again"
    with time_machine.travel(timezone.now(), tick=False) as now:
        mail = write()
        assert deliver_outbox() == 0
        assert outcome(mail) == (MailState.QUEUED, 1)
        assert deliver_outbox() == 0
        server.refused.clear()
        now.shift(BACK_OFF[0])
        assert deliver_outbox() == 1
    assert outcome(mail) == (MailState.SENT, 2)
    assert Bounce.objects.get().kind == Bounce.Kind.TEMPORARY
    assert len(server.raw) == 1


def test_one_of_two_is_refused_for_good(server: Handler) -> None:
    server.refused["weg@x.test"] = "550 5.1.1 No such user"
    gone, there = write("weg@x.test"), write()
    assert deliver_outbox() == 1
    assert outcome(gone) == (MailState.FAILED, 1)
    assert outcome(there) == (MailState.SENT, 1)
    bounce = Bounce.objects.get()
    assert (bounce.mail, bounce.kind, bounce.status) == (gone, Bounce.Kind.PERMANENT, "5.1.1")


def test_a_message_that_is_refused_is_tried_again(server: Handler) -> None:
    server.answers = ["554 5.7.1 Looks like spam"]
    with time_machine.travel(timezone.now(), tick=False) as now:
        mail = write()
        assert deliver_outbox() == 0
        assert outcome(mail) == (MailState.QUEUED, 1)
        now.shift(BACK_OFF[0])
        assert deliver_outbox() == 1
    assert Bounce.objects.get().kind == Bounce.Kind.POLICY


def test_a_line_cut_after_the_message_sends_no_second_copy(server: Handler) -> None:
    server.hang_up = True
    mail = write()
    assert deliver_outbox() == 0
    assert outcome(mail) == (MailState.UNCERTAIN, 1)
    assert deliver_outbox() == 0
    assert [message["Message-ID"] for message in server.received] == [mail.message_id]
    # Only a person sends it again, and then a mail program sees that it is the same one.
    resend_mail(mail_id=mail.pk, actor=UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    assert deliver_outbox() == 1
    assert [message["Message-ID"] for message in server.received] == [mail.message_id] * 2
