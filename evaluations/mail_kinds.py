"""The kinds of message about the evaluation of proposals, and why somebody gets each."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import LEGAL, Audience, MailKind

PROPOSALS = _("Uw projectvoorstellen")
WORK = _("Uw werk in het programma")
ADVICE = _("Adviezen")

KINDS = (
    MailKind(
        code="evaluations.decision",
        label=_("Beslissing over uw voorstel"),
        because=_("mag indienen voor de organisatie van dit voorstel"),
        group=PROPOSALS,
        always=LEGAL,
    ),
    MailKind(
        code="evaluations.incomplete",
        label=_("Uw voorstel is niet volledig"),
        because=_("mag indienen voor de organisatie van dit voorstel"),
        group=PROPOSALS,
        always=LEGAL,
    ),
    MailKind(
        code="evaluations.feedback_planned",
        label=_("Uw feedbackgesprek is gepland"),
        because=_("een gesprek over dit voorstel vroeg"),
        group=PROPOSALS,
    ),
    MailKind(
        code="evaluations.feedback_asked",
        label=_("Een aanvrager vraagt een feedbackgesprek"),
        because=_("dit dossier opvolgt"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.information_answered",
        label=_("Bijkomende informatie is beantwoord"),
        because=_("deze informatie vroeg of advies geeft over dit dossier"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.invitation",
        label=_("Nieuwe toewijzing: advies gevraagd"),
        because=_("adviseur bent voor dit dossier"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.revoked",
        label=_("Een toewijzing vervalt"),
        because=_("adviseur was voor dit dossier"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.adviser_left",
        label=_("Een adviseur geeft een dossier terug"),
        because=_("adviezen verdeelt"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.conflict_found",
        label=_("Mogelijk belangenconflict gevonden"),
        because=_("adviezen verdeelt"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.due_on_changed",
        label=_("De termijn van een advies verandert"),
        because=_("adviseur bent voor dit dossier"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.reminder_by_hand",
        label=_("Vraag van het PIO-team om een advies af te werken"),
        because=_("adviseur bent voor dit dossier"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.consensus_proposed",
        label=_("Voorstel van gemeenschappelijke scores"),
        because=_("dit dossier mee beoordeelt"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.consensus_answered",
        label=_("Antwoord op gemeenschappelijke scores"),
        because=_("het advies over dit dossier schrijft"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.saved_view",
        label=_("Bewaarde lijst per mail"),
        because=_("deze lijst bewaarde en ze per mail vroeg"),
        group=WORK,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.completeness",
        label=_("Herinnering: volledigheid controleren"),
        because=_("de volledigheid van voorstellen controleert"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.advice_due",
        label=_("Herinnering: advies schrijven"),
        because=_("adviseur bent voor dit dossier"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.advice_late",
        label=_("Herinnering: een advies is te laat"),
        because=_("de adviezen van het programma opvolgt"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.consensus_due",
        label=_("Herinnering: antwoorden op gemeenschappelijke scores"),
        because=_("dit dossier mee beoordeelt"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.decision_due",
        label=_("Herinnering: beslissen over de selectie"),
        because=_("beslist over de selectie, of dat voorbereidt"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.information_due",
        label=_("Herinnering: bijkomende informatie nog niet beantwoord (aan wie ze vroeg)"),
        because=_("deze informatie vroeg"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="evaluations.feedback_due",
        label=_("Herinnering: feedbackgesprek plannen"),
        because=_("dit dossier opvolgt"),
        group=ADVICE,
        audience=Audience.STAFF,
    ),
)
