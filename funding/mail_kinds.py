"""The kinds of message about co-financing, and why somebody gets each."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import LEGAL, Audience, MailKind

MONEY = _("Cofinanciering")
WORK = _("Uw werk in het programma")

KINDS = (
    MailKind(
        code="funding.claimable",
        label=_("Een schijf kan aangevraagd worden"),
        because=_("mag indienen voor de organisatie van dit project"),
        group=MONEY,
    ),
    MailKind(
        code="funding.rejected",
        label=_("Een schuldvordering is geweigerd"),
        because=_("deze schuldvordering indiende"),
        group=MONEY,
        always=LEGAL,
    ),
    MailKind(
        code="funding.paid",
        label=_("Een schuldvordering is betaald"),
        because=_("deze schuldvordering indiende"),
        group=MONEY,
    ),
    MailKind(
        code="funding.decision",
        label=_("Beslissing over cofinanciering"),
        because=_("mag indienen voor de organisatie van dit project"),
        group=MONEY,
        always=LEGAL,
    ),
    MailKind(
        code="funding.agreement",
        label=_("Samenwerkingsovereenkomst te ondertekenen"),
        because=_("mag indienen voor de organisatie van dit project"),
        group=MONEY,
        always=LEGAL,
    ),
    MailKind(
        code="funding.change",
        label=_("Antwoord op een gevraagde wijziging"),
        because=_("mag indienen voor de organisatie van dit project"),
        group=MONEY,
        always=LEGAL,
    ),
    MailKind(
        code="funding.committee_dossiers",
        label=_("Herinnering: dossiers voor het Beslissingscomité"),
        because=_("het Beslissingscomité voorbereidt"),
        group=WORK,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="funding.agreement_to_sign",
        label=_("Herinnering: samenwerkingsovereenkomst ondertekenen"),
        because=_("mag indienen voor de organisatie van dit project"),
        group=MONEY,
    ),
    MailKind(
        code="funding.instalment_claimable",
        label=_("Herinnering: opvraagbare schijf nog niet aangevraagd"),
        because=_("mag indienen voor de organisatie van dit project"),
        group=MONEY,
    ),
)
