"""From one Markdown source to a subject, a text part and an HTML part.

The source of a mail is `templates/<app>/mail/<name>.md`: `Onderwerp: …` on the first line, the body
below it. The text part is the source with its variables filled in as they are ("O'Neill & zoon").
The HTML part is made from the same source, but there each variable is escaped *for Markdown*, so
that a title cannot become a link or a heading in a mail that carries our name. A SafeString is not
escaped: `portal_url` gives one, so `[Open het voorstel]({{ url }})` works.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine, Template
from django.template.base import VariableNode, render_value_in_context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.translation import gettext as _

from common.formatting import escape_markdown, render_markdown
from notifications.models import OutboxMail
from notifications.reports import return_address

SUBJECT_PREFIX = "Onderwerp:"
_ESCAPE_FLAG = "_escape_for_markdown"


class RenderedMail(NamedTuple):
    """What the person reads; `html` is a fragment, the wrapper comes around it when it is sent."""

    subject: str
    text: str
    html: str


def portal_url(name: str, *args: Any) -> SafeString:
    """The absolute address of a page, for a mail: `portal_url("calls:detail", slug)`."""
    return mark_safe(settings.SITE_URL + reverse(name, args=args))


def render_mail(template: str, context: Mapping[str, Any]) -> RenderedMail:
    """Fill in a mail source. Always in Dutch, the language of administration.

    Raises:
        TemplateDoesNotExist: when there is no such source.
        ValueError: when its first line is not a subject.
    """
    subject_part, body_part = _compile(Engine.get_default().get_template(template).source, template)
    with translation.override(settings.LANGUAGE_CODE):
        values = {"contact_email": settings.CONTACT_EMAIL, "site_url": settings.SITE_URL, **context}
        # A line end in a title would let its writer add headers; a subject is one line.
        subject = " ".join(subject_part.render(Context(values, autoescape=False)).split())
        text = body_part.render(Context(values, autoescape=False)).strip() + "\n"
        marked = body_part.render(Context({**values, _ESCAPE_FLAG: True}, autoescape=False))
        return RenderedMail(subject[:250], text, str(render_markdown(marked)))


def compose(mail: OutboxMail) -> EmailMultiAlternatives:
    """The message for the mail server, with the wrapper and its style around the HTML part."""
    with translation.override(settings.LANGUAGE_CODE):
        footer = _(
            "Dit bericht is automatisch verstuurd door PIO Portal (%(site)s). "
            "Vragen? Mail naar %(mail)s."
        ) % {"site": settings.SITE_URL, "mail": settings.CONTACT_EMAIL}
        # Somebody with an account reads more behind the link; another has only the sentence.
        why_url = portal_url("notifications:message", mail.pk) if mail.recipient_id else ""
        page = render_to_string(
            "notifications/mail_base.html",
            {
                "subject": mail.subject,
                "body": mail.body,
                "footer": footer,
                "why": mail.why,
                "why_url": why_url if mail.why else "",
            },
        )
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    sent_from = return_address(mail.pk)
    if sent_from:  # reports of this mail come back to an address of its own
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=f"{mail.text}\n-- \n{_why_in_text(mail, why_url)}{footer}\n",
        from_email=sent_from or None,
        to=[mail.address],
        headers=headers,
    )
    message.attach_alternative(_inliner().inline(page), "text/html")
    return message


def _why_in_text(mail: OutboxMail, url: str) -> str:
    if not mail.why:
        return ""
    return f"{mail.why}\n{url}\n\n" if url else f"{mail.why}\n\n"


class _MailVariable(VariableNode):
    """A variable that is plain in the text part and escaped for Markdown in the HTML part."""

    def render(self, context: Context) -> SafeString:
        value = self.filter_expression.resolve(context)
        if isinstance(value, SafeData) or not context.get(_ESCAPE_FLAG):
            return SafeString(render_value_in_context(value, context))
        return SafeString(escape_markdown(render_value_in_context(value, context)))


@lru_cache(maxsize=256)
def _compile(source: str, name: str) -> tuple[Template, Template]:
    first, _newline, rest = source.partition("\n")
    if not first.startswith(SUBJECT_PREFIX):
        raise ValueError(f"The first line of {name} must start with “{SUBJECT_PREFIX}”.")
    return _mail_template(first.removeprefix(SUBJECT_PREFIX)), _mail_template(rest)


def _mail_template(source: str) -> Template:
    template = Template(source, engine=Engine.get_default())
    for node in template.nodelist.get_nodes_by_type(VariableNode):
        node.__class__ = _MailVariable
    return template


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    style = Engine.get_default().get_template("notifications/mail.css").source
    return css_inline.CSSInliner(extra_css=style, load_remote_stylesheets=False)
