"""Of every model which rule governs its rows, or why none does.

A model in none of the tables fails a test, and so does a text of an emptied model that is named
neither as destroyed nor as staying, and a relation to a file from a model that is not of one. So
who adds something decides how long it is kept.
"""

from dataclasses import dataclass, field
from enum import StrEnum

FILE = "file"
"""Not one rule: that of the file it belongs to (granted, not granted, or a draft)."""


class Action(StrEnum):
    REMOVE = "remove"
    EMPTY = "empty"
    KEEP = "keep"


@dataclass(frozen=True)
class Governed:
    """What becomes of the rows of one model when a submitted file is destroyed.

    An `emptied` model keeps its row, with amounts, days, states and keys, so that sums, lead times
    and the ledger stay right; the texts and persons in `fields` go. `stays` names the texts that
    are neither. Of a draft that was never handed in every row goes.
    """

    action: Action
    fields: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    why: str = ""


REMOVED = Governed(Action.REMOVE)


def emptied(*fields: str, stays: tuple[str, ...] = ()) -> Governed:
    return Governed(Action.EMPTY, fields, stays)


def kept(why: str) -> Governed:
    return Governed(Action.KEEP, why=why)


_AMOUNTS = kept("grootboek: bedragen en dagen blijven, zonder personen van de aanvrager")

OF_A_FILE: dict[str, Governed] = {
    "projects.Proposal": emptied(
        *("title", "acronym", "summary", "contact_name", "contact_email", "contact_phone"),
        *("signatory_name", "signatory_function", "ceiling_reason", "withdrawal_reason"),
        stays=("reference",),
    ),
    "projects.ProposalVersion": emptied("content", stays=("sha256",)),
    "projects.SectionAnswers": REMOVED,
    "projects.SectionAssignment": REMOVED,
    "projects.SectionRevision": REMOVED,
    "projects.Partner": REMOVED,
    "projects.PartnerAccess": REMOVED,
    "projects.CostLine": REMOVED,
    "projects.Attachment": REMOVED,
    "projects.SubmissionExtension": REMOVED,
    "projects.InformationRequest": emptied("message", "withdrawal_reason"),
    "projects.InformationItem": REMOVED,
    # What was published of a project is in the register of subsidies for good.
    "projects.Project": emptied(
        "summary", "stop_reason", stays=("reference", "title", "source_url")
    ),
    "projects.ProjectPhase": emptied("note"),
    "projects.Procurement": emptied(
        "contractor_name",
        stays=("title", "notice_url", "notice_number", "contractor_kbo", "award_notice_number"),
    ),
    "projects.Obligation": REMOVED,
    "projects.FollowUp": emptied("lessons_url", stays=("scaled_to",)),
    "evaluations.CompletenessCheck": emptied("remarks"),
    "evaluations.CompletenessAnswer": REMOVED,
    "evaluations.CorrectionItem": REMOVED,
    "evaluations.ClockPause": emptied(),
    "evaluations.ConflictOfInterest": REMOVED,
    "evaluations.AssignmentPair": REMOVED,
    "evaluations.Assignment": REMOVED,
    "evaluations.ConflictDeclaration": REMOVED,
    "evaluations.Evaluation": REMOVED,
    "evaluations.Score": REMOVED,
    "evaluations.ExclusionAnswer": REMOVED,
    "evaluations.Consensus": REMOVED,
    "evaluations.ConsensusScore": REMOVED,
    "evaluations.ConsensusReply": REMOVED,
    "evaluations.Advice": emptied(
        "strengths", "points_of_attention", "conditions", "internal_note"
    ),
    "evaluations.SelectionDecision": emptied(
        "grounds", "deviation_reason", "notification_proof", stays=("letter_number",)
    ),
    "evaluations.PreparedNotification": REMOVED,
    "evaluations.FeedbackTalk": REMOVED,
    "evaluations.AgendaItem": REMOVED,
    "evaluations.Departure": REMOVED,
    "evaluations.FileSummary": REMOVED,
    "funding.CofinancingRequest": emptied("override_reason", stays=("rule_explanation",)),
    "funding.TenderDocument": REMOVED,
    "funding.CommitteeItem": emptied(),
    "funding.CommitteeDecision": emptied("grounds", stays=("reference", "letter_number")),
    "funding.Agreement": emptied("terms", stays=("number",)),
    "funding.AgreementSignature": REMOVED,
    "funding.Commitment": _AMOUNTS,
    "funding.LedgerEntry": _AMOUNTS,
    "funding.ChangeRequest": emptied(
        "reason", "description", "decision_note", stays=("before", "after")
    ),
    "funding.Instalment": _AMOUNTS,
    "funding.Claim": emptied("statement", "check_note", "rejection_reason"),
    "funding.ClaimDraft": REMOVED,
    "funding.ClaimEvidence": REMOVED,
    "funding.ClaimLine": emptied("description", "supplier", "invoice_number", "reason"),
    "funding.Payment": _AMOUNTS,
    "payments.OrderLine": _AMOUNTS,
    "payments.Settlement": emptied("note"),
    "payments.RecoveryRequest": emptied(
        "reason", stays=("communication", "creditor_name", "creditor_iban")
    ),
    "payments.RecoveryReceipt": _AMOUNTS,
    "retention.LegalHold": REMOVED,
    "retention.DraftWarning": REMOVED,
}

NOT_THE_FILE = frozenset({"projects.Proposal.previous", "evaluations.RankingLine.after"})
"""Relations to a file of what does not belong to it: they become empty, or say only a place."""


@dataclass(frozen=True)
class Log:
    """Rows of which the old ones go as a whole, without a list of each: by the day in `at`.

    With `fields` the rows stay and only those fields are emptied.
    """

    rule: str
    at: str
    fields: tuple[str, ...] = field(default=())


LOGS: dict[str, Log] = {
    "axes.AccessAttempt": Log("sign_in_log", "attempt_time"),
    "axes.AccessFailureLog": Log("sign_in_log", "attempt_time"),
    "axes.AccessLog": Log("sign_in_log", "attempt_time"),
    "notifications.Bounce": Log("messages", "at"),
    "notifications.Reminder": Log("messages", "due_at"),
    "notifications.OutboxMail": Log("messages", "created_at"),
    "notifications.UnreachableAddress": Log("messages", "marked_at"),
    "calls.CallQuestion": Log("messages", "asked_at", ("asker_email",)),
    "audit.Reading": Log("access_log", "at"),
    "audit.Refusal": Log("access_log", "last_at"),
    "admin.LogEntry": Log("access_log", "action_time"),
}

OWN_RULE: dict[str, str] = {
    "accounts.User": "account",
    "accounts.ExternalIdentity": "account",
    "accounts.Membership": "account",
    "accounts.User_groups": "account",
    "accounts.User_user_permissions": "account",
    "evaluations.AdviserProfile": "account",
    "evaluations.AdviserProfile_expertise": "account",
    "evaluations.AdviserAbsence": "account",
    "evaluations.Interest": "account",
    "evaluations.SavedView": "account",
    "notifications.CalendarFeed": "account",
    "notifications.MailPreference": "account",
    "otp_totp.TOTPDevice": "account",
    "otp_static.StaticDevice": "account",
    "otp_static.StaticToken": "account",
    "retention.PrivacyRequest": "privacy_request",
}
"""Rows that go one by one under a rule of their own; those of a person with the account."""

_REFERENCE = "regels, lijsten en teksten van het programma; geen personen"
_CODE = "volgt uit de programmacode"
_BOOKS = "begroting en boekhouding van de overheid zelf"
_SHORT = "werkgegevens; het portaal ruimt ze zelf op"
_RECORD = "bewijs: blijft, maar wat het over een dossier zegt, gaat mee met dat dossier"
_PROGRAMME = "werking van het programma, niet van een dossier"

NOT_GOVERNED: dict[str, str] = {
    "accounts.Organisation": "rechtspersonen, geen personen",
    "accounts.ExternalOrganisation": "rechtspersonen, geen personen",
    "accounts.Attempt": _SHORT,
    "accounts.SignedInDevice": _SHORT,
    "auth.Group": _CODE,
    "auth.Group_permissions": _CODE,
    "auth.Permission": _CODE,
    "contenttypes.ContentType": _CODE,
    "sessions.Session": _SHORT,
    "axes.AccessAttemptExpiration": _SHORT,
    "audit.AuditEvent": _RECORD,
    "audit.RowChange": _RECORD,
    "audit.ChainLink": "hashes van handelingen",
    "audit.ChainHead": "hash van de laatste handeling",
    "calls.Call": _REFERENCE,
    "calls.CallDocument": _REFERENCE,
    "calls.CallFollower": "gaat weg als de oproep open is of wie volgt zich uitschrijft",
    "calls.ChecklistItem": _REFERENCE,
    "calls.ClosingMove": _REFERENCE,
    "calls.CofinancingRule": _REFERENCE,
    "calls.Criterion": _REFERENCE,
    "calls.FormQuestion": _REFERENCE,
    "calls.FormSection": _REFERENCE,
    "calls.FormVersion": _REFERENCE,
    "calls.Milestone": _REFERENCE,
    "calls.PublicPost": _SHORT,
    "calls.ReminderMoment": _REFERENCE,
    "calls.SelfTestQuestion": _REFERENCE,
    "calls.SetupExplanation": _REFERENCE,
    "calls.SubmissionRound": _REFERENCE,
    "calls.Theme": _REFERENCE,
    "documents.Job": "stukken over een dossier gaan mee met het dossier; andere zijn tijdelijk",
    "documents.LegalDocument": "nummer en controlesom van een stuk; geen personen en geen bedragen",
    "documents.StoredFile": "gaat mee met wat ernaar verwijst",
    "evaluations.AssignmentRun": _PROGRAMME,
    "evaluations.BulkRun": _PROGRAMME,
    "evaluations.LetterCounter": _REFERENCE,
    "evaluations.LetterText": _REFERENCE,
    "evaluations.LetterTextVersion": _REFERENCE,
    "evaluations.Meeting": _PROGRAMME,
    "evaluations.MeetingAttendee": _PROGRAMME,
    "evaluations.RankingLine": _PROGRAMME,
    "evaluations.ScoreUpload": _PROGRAMME,
    "funding.BudgetLine": _BOOKS,
    "funding.BudgetVersion": _BOOKS,
    "funding.BudgetYear": _BOOKS,
    "funding.CommitteeMeeting": _PROGRAMME,
    "funding.FundingText": _REFERENCE,
    "funding.LapsedCredit": _BOOKS,
    "funding.YearClosing": _BOOKS,
    "funding.YearReopening": _BOOKS,
    "notifications.ReminderOffset": _REFERENCE,
    "operations.CspReport": _SHORT,
    "operations.Heartbeat": _SHORT,
    "operations.Inspection": _SHORT,
    "operations.OutageAnswer": _PROGRAMME,
    "operations.Refusal": _SHORT,
    "operations.SignOfLife": _SHORT,
    "payments.BankAccount": "rekeningen van overheden; boekhoudstuk",
    "payments.BankFile": "boekhoudstuk",
    "payments.PaymentOrder": "boekhoudstuk",
    "rehearsals.Rehearsal": _SHORT,
    "rehearsals.RehearsalItem": _SHORT,
    "reporting.Fact": "cijfers zonder personen of teksten",
    "reporting.Horizon": _BOOKS,
    "reporting.ReportEdition": _BOOKS,
    "retention.RetentionRule": _REFERENCE,
    "retention.DestructionList": "het bewijs van de vernietiging zelf",
    "retention.DestructionItem": "het bewijs van de vernietiging zelf",
}


@dataclass(frozen=True)
class Default:
    """What a rule says before staff changed it (domain.md 9.7 [D], or ours where it is silent)."""

    label: str
    starts: str
    months: int
    basis: str
    destination: str = "vernietigen"
    warning_days: int = 0


RULES: dict[str, Default] = {
    "granted_file": Default(
        "Toegekend dossier",
        "de laatste betaling of terugvordering, als het project ten einde is",
        120,
        "Boekhoudstukken: 10 jaar na afsluiting. De bedragen in het grootboek blijven.",
        "vernietigen; bedragen blijven",
    ),
    "rejected_file": Default(
        "Geweigerd of ingetrokken dossier",
        "de bekendmaking van de beslissing, of de intrekking",
        60,
        "Standaard van het programma; nog op te nemen in het Serieregister.",
        "vernietigen; nummer, staat en dagen blijven voor de cijfers",
    ),
    "draft": Default(
        "Ontwerp dat nooit is ingediend",
        "het sluiten van de oproep",
        12,
        "Standaard van het programma. De mensen van het ontwerp krijgen eerst een mail.",
        warning_days=30,
    ),
    "sign_in_log": Default(
        "Logboek van aanmeldingen", "de aanmelding", 12, "Standaard van het programma."
    ),
    "messages": Default(
        "Mails, herinneringen en vragen zonder rechtsgevolg",
        "het bericht",
        24,
        "Bestuursdecreet III.87: berichten zonder rechtsgevolg hoogstens 2 jaar.",
    ),
    "access_log": Default(
        "Inzages en geweigerde pogingen",
        "de laatste keer",
        60,
        "Onze keuze: even lang als een klacht of een geweigerd dossier.",
    ),
    "account": Default(
        "Account dat niemand meer gebruikt",
        "de laatste aanmelding, als de persoon geen rol en geen organisatie meer heeft",
        24,
        "Onze keuze. Naam en adres gaan weg; het nummer blijft voor wie wat deed.",
        "naam en adres wissen",
    ),
    "privacy_request": Default(
        "Vraag over persoonsgegevens",
        "het antwoord",
        60,
        "Klachten: 5 jaar.",
        "tekst en antwoord wissen",
    ),
}
