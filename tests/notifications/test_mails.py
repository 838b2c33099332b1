"""One source gives a subject, a text part and an HTML part that say the same."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from notifications.lifecycle import MailState
from notifications.mails import compose, portal_url, render_mail
from notifications.models import OutboxMail
from notifications.services import queue_mail
from tests.accounts.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.usefixtures("mail_templates")
TEMPLATE = "tests/mail/note.md"


def test_text_is_plain_and_html_is_escaped() -> None:
    mail = render_mail(TEMPLATE, {"title": "O'Neill & zoon <b>", "greeting": "Beste,"})
    assert mail.subject == "Over O'Neill & zoon <b>"
    assert mail.text == (
        "Beste,\n\nHet dossier **O'Neill & zoon <b>** is klaar.\n\n"
        "- nog €\N{NO-BREAK SPACE}1.234,56 te doen\n\n[Open het dossier](http://portaal.test/a_b/)\n"
    )
    assert mail.html == (
        "<p>Beste,</p>\n"
        "<p>Het dossier <strong>O'Neill &amp; zoon &lt;b&gt;</strong> is klaar.</p>\n"
        "<ul>\n<li>nog €&nbsp;1.234,56 te doen</li>\n</ul>\n"
        '<p><a href="http://portaal.test/a_b/" rel="noopener noreferrer nofollow">'
        "Open het dossier</a></p>\n"
    )


@pytest.mark.parametrize(
    "title",
    [
        "[Klik hier](https://kwaad.test)",
        "<https://kwaad.test>",
        "# Kop",
        "a\n\n# Kop\n\n    code",
        "![x](https://kwaad.test/x.png)",
        "**vet**",
        "`code`",
        '<a href="https://kwaad.test">x</a>',
    ],
)
def test_a_title_cannot_bring_its_own_markup(title: str) -> None:
    html = render_mail(TEMPLATE, {"title": title, "greeting": "Beste,"}).html
    assert html.count("<a ") == 1
    assert html.count("<strong>") <= 1
    for tag in ("<h", "<img", "<code", "<pre"):
        assert tag not in html


def test_a_subject_is_one_line() -> None:
    mail = render_mail(TEMPLATE, {"title": "A\r\nBcc: iedereen@kwaad.test", "greeting": ""})
    assert mail.subject == "Over A Bcc: iedereen@kwaad.test"


def test_a_source_without_subject_is_refused() -> None:
    with pytest.raises(ValueError, match="Onderwerp:"):
        render_mail("notifications/mail.css", {})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["a@voorbeeld.test\nBcc: b@kwaad.test", "a@x.test, b@x.test", "", "geen adres"]
)
def test_an_address_that_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError) as caught:
        queue_mail(kind="test", to=address, template=TEMPLATE, context={"title": "x"})
    assert caught.value.messages == [f"“{address}” is geen geldig e-mailadres."]
    assert not OutboxMail.objects.exists()


@pytest.mark.django_db
def test_queue_mail_writes_one_row_for_a_person() -> None:
    user = UserFactory(first_name="An", last_name="Peeters", email="an@voorbeeld.test")
    about = OrganisationFactory()
    mail = queue_mail(
        kind="test.note", to=user, template=TEMPLATE, context={"title": "X"}, about=about
    )
    mail = OutboxMail.objects.get(pk=mail.pk)
    assert (mail.kind, mail.recipient, mail.address, mail.state) == (
        "test.note",
        user,
        "an@voorbeeld.test",
        MailState.QUEUED,
    )
    assert mail.about == about
    assert mail.text.startswith("Beste An Peeters,\n")
    assert mail.message_id.endswith("@127.0.0.1>")


@pytest.mark.django_db
def test_a_key_is_used_once_and_a_closed_account_gets_nothing() -> None:
    context = {"title": "X"}
    first = queue_mail(kind="t", to="a@x.test", template=TEMPLATE, context=context, dedupe_key="k1")
    again = queue_mail(kind="t", to="a@x.test", template=TEMPLATE, context=context, dedupe_key="k1")
    closed = queue_mail(
        kind="t", to=UserFactory(is_active=False), template=TEMPLATE, context=context
    )
    assert (again, closed) == (None, None)
    assert list(OutboxMail.objects.all()) == [first]


@pytest.mark.django_db
def test_the_mail_is_undone_with_the_act_that_caused_it() -> None:
    @transaction.atomic
    def act() -> None:
        queue_mail(kind="t", to="a@x.test", template=TEMPLATE, context={"title": "X"})
        raise RuntimeError("something else goes wrong")

    with pytest.raises(RuntimeError, match="something else"):
        act()
    assert not OutboxMail.objects.exists()


@pytest.mark.django_db
def test_the_worker_is_woken_once_per_transaction_and_a_missing_broker_is_no_error(
    django_capture_on_commit_callbacks: Any, caplog: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        for _n in range(3):
            queue_mail(kind="t", to="a@x.test", template=TEMPLATE, context={"title": "X"})
    assert len(callbacks) == 1


@pytest.mark.django_db
def test_the_message_has_two_parts_and_inline_style() -> None:
    mail = queue_mail(kind="t", to="a@x.test", template=TEMPLATE, context={"title": "O'Neill"})
    message = compose(mail)
    assert message.to == ["a@x.test"]
    assert message.body.startswith(mail.text)
    assert "no-reply@" not in message.body
    html = message.alternatives[0].content
    assert "Het dossier <strong>O'Neill</strong>" in html
    assert "<style" not in html
    assert 'style="' in html
    assert message.message()["Message-ID"] == mail.message_id
    assert message.message()["Auto-Submitted"] == "auto-generated"


def test_addresses_are_absolute(settings: Any) -> None:
    settings.SITE_URL = "https://pio.voorbeeld.test"
    assert portal_url("admin:index") == "https://pio.voorbeeld.test/admin/"
