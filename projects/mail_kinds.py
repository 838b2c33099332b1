"""The kinds of message about proposals and projects, and why somebody gets each."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import LEGAL, MailKind

PROPOSALS = _("Uw projectvoorstellen")
PROJECTS = _("Uw projecten")

KINDS = (
    MailKind(
        code="projects.receipt",
        label=_("Ontvangstbewijs van een ingediend voorstel"),
        because=_("dit voorstel indiende, of mag indienen voor uw organisatie"),
        group=PROPOSALS,
        always=LEGAL,
    ),
    MailKind(
        code="projects.information_asked",
        label=_("Vraag om bijkomende informatie"),
        because=_("mag antwoorden voor de organisatie die dit voorstel indiende"),
        group=PROPOSALS,
        always=LEGAL,
    ),
    MailKind(
        code="projects.information_withdrawn",
        label=_("Een vraag om informatie vervalt"),
        because=_("mag antwoorden voor de organisatie die dit voorstel indiende"),
        group=PROPOSALS,
    ),
    MailKind(
        code="projects.extension",
        label=_("Uitstel om in te dienen"),
        because=_("aan dit voorstel werkt"),
        group=PROPOSALS,
        always=LEGAL,
    ),
    MailKind(
        code="projects.closing_moved",
        label=_("De sluiting van een oproep verandert (u werkt aan een voorstel)"),
        because=_("aan een voorstel voor deze oproep werkt"),
        group=PROPOSALS,
        always=LEGAL,
    ),
    MailKind(
        code="projects.reopening_lapsed",
        label=_("Een heropend voorstel is niet opnieuw ingediend"),
        because=_("mag indienen voor de organisatie van dit voorstel"),
        group=PROPOSALS,
        always=LEGAL,
    ),
    MailKind(
        code="projects.form_changed",
        label=_("Het formulier van een oproep verandert"),
        because=_("aan een voorstel voor deze oproep werkt"),
        group=PROPOSALS,
    ),
    MailKind(
        code="projects.section_assigned",
        label=_("Een deel van een voorstel is voor u"),
        because=_("dit deel van het voorstel op u nam of kreeg"),
        group=PROPOSALS,
    ),
    MailKind(
        code="projects.partner_invitation",
        label=_("Uitnodiging als partner"),
        because=_("als partner bij dit voorstel staat"),
        group=PROPOSALS,
        always=_("Zonder deze uitnodiging kunt u niet meewerken. Ze komt altijd meteen."),
    ),
    MailKind(
        code="projects.draft_not_submitted",
        label=_("Herinnering: ontwerp nog niet ingediend"),
        because=_("aan dit voorstel werkt"),
        group=PROPOSALS,
    ),
    MailKind(
        code="projects.information_due",
        label=_("Herinnering: bijkomende informatie nog niet beantwoord"),
        because=_("mag antwoorden voor de organisatie die dit voorstel indiende"),
        group=PROPOSALS,
    ),
    MailKind(
        code="projects.report_due",
        label=_("Herinnering: voortgangsverslag of document te leveren"),
        because=_("meewerkt aan dit project"),
        group=PROJECTS,
    ),
    MailKind(
        code="projects.final_report_due",
        label=_("Herinnering: eindverslag of laatste schuldvordering te leveren"),
        because=_("meewerkt aan dit project"),
        group=PROJECTS,
    ),
    MailKind(
        code="projects.tender_document_due",
        label=_("Herinnering: opdrachtdocument te leveren"),
        because=_("meewerkt aan dit project"),
        group=PROJECTS,
    ),
    MailKind(
        code="projects.obligation_sent_back",
        label=_("Een verslag of document komt terug"),
        because=_("dit verslag of document leverde"),
        group=PROJECTS,
    ),
)
