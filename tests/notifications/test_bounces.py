"""What comes back is kept, counts only when the address is wrong, and nobody can forge it."""

import mailbox
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.utils import InternalError

from accounts.roles import StaffRole
from common import clock
from notifications.models import Bounce, OutboxMail, UnreachableAddress
from notifications.reports import read_report, return_address
from notifications.services import note_report, queue_mail, trust_address
from notifications.services.bounces import COUNTED_FOR, kind_of, note_refusal
from tests.accounts.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_templates")]
PERMANENT, TEMPORARY, POLICY = Bounce.Kind.PERMANENT, Bounce.Kind.TEMPORARY, Bounce.Kind.POLICY


@pytest.fixture(autouse=True)
def _bounce_address(settings: Any) -> None:
    settings.MAIL_BOUNCE_ADDRESS = "bounces@pio.test"


def write(to: Any = "an@x.test") -> OutboxMail:
    mail = queue_mail(kind="t", to=to, template="tests/mail/note.md", context={"title": "X"})
    assert mail is not None
    return mail


def report(
    mail: OutboxMail,
    *,
    to: str = "",
    action: str = "failed",
    status: str = "5.1.1",
    returned: str = "message/rfc822",
) -> bytes:
    """A report as Postfix makes it."""
    original = (
        f"--x\nContent-Type: {returned}\n\n"
        f"Message-ID: {mail.message_id}\nSubject: Over X\n\nTekst\n\n"
    )
    return (
        "From: MAILER-DAEMON@mx.test (Mail Delivery System)\n"
        f"To: {to or return_address(mail.pk)}\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        "MIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        "--x\nContent-Type: text/plain\n\nI'm sorry to have to inform you.\n\n"
        "--x\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.test\n\n"
        f"Final-Recipient: rfc822; {mail.address}\n"
        f"Action: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <an@x.test>:\n    Recipient address rejected\n\n"
        f"{original if returned else ''}--x--\n"
    ).encode()


# --- What a refusal says --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "status", "of_address", "expected"),
    [
        (550, "5.1.1", True, PERMANENT),
        (550, "5.1.10", False, PERMANENT),  # some servers say so only after the message
        (550, "5.2.1", True, PERMANENT),
        (552, "5.2.2", True, TEMPORARY),  # mailbox full
        (550, "5.7.1", True, POLICY),
        (550, "5.1.8", True, POLICY),  # they do not know our address
        (451, "4.7.1", True, TEMPORARY),  # greylisting
        (550, "", True, PERMANENT),
        (550, "", False, POLICY),
        (554, "", True, POLICY),
        (451, "", True, TEMPORARY),
    ],
)
def test_what_a_refusal_says_of_the_address(
    code: int, status: str, of_address: bool, expected: str
) -> None:
    assert kind_of(code, status, of_address=of_address) == expected


def test_an_address_is_out_of_use_after_three_permanent_refusals(settings: Any) -> None:
    for answer in [b"5.1.1 unknown", b"4.2.2 full", b"5.7.1 spam", b"5.1.1 unknown"]:
        note_refusal(write("An@x.test"), 550, answer)
    assert not UnreachableAddress.objects.exists()
    note_refusal(write(), 550, b"5.1.1 <an@x.test>: unknown")
    (marked,) = UnreachableAddress.objects.all()
    assert (marked.address, marked.bounces) == ("an@x.test", 3)
    note_refusal(write(), 550, b"5.1.1 unknown")
    assert UnreachableAddress.objects.count() == 1
    last = Bounce.objects.first()
    assert last is not None
    assert (last.status, last.text, last.report) == ("5.1.1", "550 5.1.1 unknown", "")


def test_old_refusals_and_those_before_it_was_trusted_do_not_count() -> None:
    person = UserFactory(email="an@x.test")
    old = [write(), write()]
    for mail in old:
        Bounce.objects.create(
            mail=mail,
            address=mail.address,
            kind=PERMANENT,
            status="5.1.1",
            at=clock.now() - COUNTED_FOR - timedelta(days=1),
        )
    note_refusal(write(), 550, "5.1.1 unknown")
    assert not UnreachableAddress.objects.exists()
    for _n in range(2):
        note_refusal(write(), 550, "5.1.1 unknown")
    assert trust_address(address="an@x.test", actor=person)
    assert not trust_address(address="an@x.test", actor=person)
    note_refusal(write(), 550, "5.1.1 unknown")
    assert not UnreachableAddress.objects.filter(trusted_at=None).exists()


@pytest.mark.parametrize("roles", [[], [StaffRole.AUDITOR], [StaffRole.ADVISER]])
def test_others_do_not_take_an_address_into_use(roles: list[StaffRole]) -> None:
    UnreachableAddress.objects.create(address="an@x.test", bounces=3)
    with pytest.raises(PermissionDenied):
        trust_address(address="an@x.test", actor=UserFactory(roles=roles))
    assert trust_address(address="an@x.test", actor=UserFactory(roles=[StaffRole.TEAM_MEMBER]))


def test_what_came_back_is_never_changed() -> None:
    note_refusal(write(), 550, "5.1.1 unknown")
    for act in (Bounce.objects.all().delete, lambda: Bounce.objects.update(kind=POLICY)):
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            act()


# --- Reports --------------------------------------------------------------------------------------


def test_a_report_to_the_address_of_the_mail_is_kept_once() -> None:
    mail = write()
    raw = report(mail)
    found = read_report(raw)
    assert found is not None
    assert (found.mail_id, found.message_id, found.status) == (mail.pk, mail.message_id, "5.1.1")
    bounce = note_report(found)
    assert bounce is not None
    assert (bounce.mail, bounce.kind, bounce.address) == (mail, PERMANENT, "an@x.test")
    assert bounce.text == "550 5.1.1 <an@x.test>: Recipient address rejected"
    assert note_report(found) is None


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_without_that_address_the_message_id_tells(returned: str) -> None:
    mail = write()
    found = read_report(report(mail, to="bounces@pio.test", returned=returned))
    assert found is not None
    assert found.mail_id is None
    assert note_report(found) is not None


def test_a_delay_is_temporary_and_good_news_is_no_report() -> None:
    mail = write()
    late = read_report(report(mail, action="delayed", status="4.4.1"))
    assert late is not None
    bounce = note_report(late)
    assert bounce is not None
    assert bounce.kind == TEMPORARY
    assert read_report(report(mail, action="delivered", status="2.0.0")) is None


def test_a_forged_report_says_nothing_of_anybody() -> None:
    mail = write()
    own = return_address(mail.pk)
    forged = own.replace(f"+{mail.pk}-", f"+{mail.pk + 1}-")
    for to in (forged, own[:-12] + "0" * 3 + own[-9:], "bounces+1-x@pio.test"):
        found = read_report(report(mail, to=to, returned=""))
        assert found is not None
        assert note_report(found) is None
    assert not Bounce.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: out of office\n\nIk ben er niet.",
        b"Content-Type: multipart/report; boundary=x\n\n--x\n",
        b"Content-Type: multipart/report; boundary=x\n\n--x\n"
        b"Content-Type: message/delivery-status\n\nrubbish\n--x--\n",
        b"To: =?x?q?\xff\nContent-Type: multipart/report\n\n\xff\xfe",
        b"\x00\xff" * 500,
    ],
)
def test_what_is_no_report_is_passed_over(raw: bytes) -> None:
    assert read_report(raw) is None


def test_without_a_return_address_mails_have_none(settings: Any) -> None:
    settings.MAIL_BOUNCE_ADDRESS = ""
    assert return_address(12) == ""


# --- The command ----------------------------------------------------------------------------------


def run(*args: str) -> str:
    out = StringIO()
    call_command("read_bounces", *args, stdout=out)
    return out.getvalue()


def test_reports_are_read_from_a_folder_and_from_a_file(tmp_path: Path) -> None:
    other = EmailMessage()
    other["Subject"] = "Vraag"
    other.set_content("Geen verslag.")
    folder = mailbox.Maildir(tmp_path / "Maildir")
    single = mailbox.mbox(tmp_path / "mbox")
    for box in (folder, single):
        box.add(report(write()))
        box.add(other)
        box.flush()
        box.close()
    assert run(str(tmp_path / "Maildir"), "--dry-run").splitlines()[-1] == (
        "1 meldingen gelezen, 0 nieuw."
    )
    assert not Bounce.objects.exists()
    for source in ("Maildir", "mbox"):
        assert run(str(tmp_path / source)) == "1 meldingen gelezen, 1 nieuw.\n"
        assert run(str(tmp_path / source)) == "1 meldingen gelezen, 0 nieuw.\n"
    assert Bounce.objects.count() == 2
    with pytest.raises(CommandError):
        run(str(tmp_path / "nergens"))


def test_a_mail_server_hands_a_report_over_by_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = report(write())
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(raw)))
    assert run("-") == "1 meldingen gelezen, 1 nieuw.\n"
