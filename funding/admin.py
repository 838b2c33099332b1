"""Money in /admin/: to look up. Services and the ledger are the only way to change it."""

from django.contrib import admin

from common.admin import PortalAdmin, ReadOnlyAdmin, ReadOnlyInline
from funding.models import (
    Agreement,
    AgreementSignature,
    BudgetLine,
    BudgetVersion,
    BudgetYear,
    ChangeRequest,
    Claim,
    ClaimDraft,
    ClaimEvidence,
    ClaimLine,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    CommitteeItem,
    CommitteeMeeting,
    FundingText,
    Instalment,
    LapsedCredit,
    LedgerEntry,
    Payment,
    TenderDocument,
    YearClosing,
    YearReopening,
)


class LineInline(ReadOnlyInline):
    model = BudgetLine
    fields = ["stream", "article", "vak", "committed", "vek", "paid"]


class VersionInline(ReadOnlyInline):
    model = BudgetVersion
    fields = ["number", "label", "vak", "vek", "effective_on", "legal_basis", "recorded_at"]


class InstalmentInline(ReadOnlyInline):
    model = Instalment
    fields = ["number", "share", "amount", "condition", "expected_on", "state"]


class EntryInline(ReadOnlyInline):
    model = LedgerEntry
    fields = ["effective_on", "kind", "amount", "line", "note", "recorded_at"]


@admin.register(BudgetYear)
class BudgetYearAdmin(ReadOnlyAdmin):
    list_display = ["year", "is_closed", "is_fictional"]
    list_filter = ["is_closed", "is_fictional"]
    search_fields = ["year"]
    inlines = [LineInline]


@admin.register(BudgetLine)
class BudgetLineAdmin(PortalAdmin):
    """Only the number of the budget article is typed here; amounts come from versions."""

    list_display = ["budget_year", "stream", "article", "vak", "committed", "vek", "paid"]
    list_select_related = ["budget_year"]
    list_filter = ["stream", "budget_year"]
    search_fields = ["budget_year__year", "article"]
    service_fields = ["budget_year", "stream", "vak", "committed", "vek", "paid"]
    inlines = [VersionInline]

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(BudgetVersion)
class BudgetVersionAdmin(ReadOnlyAdmin):
    list_display = ["line", "number", "label", "vak", "vek", "effective_on", "recorded_by"]
    list_select_related = ["line__budget_year", "recorded_by"]
    list_filter = ["label", "line__budget_year", "line__stream"]
    search_fields = ["legal_basis", "line__article"]
    date_hierarchy = "effective_on"


class TenderDocumentInline(ReadOnlyInline):
    model = TenderDocument
    fields = ["version", "file", "note", "added_by", "added_at"]


class CommitteeItemInline(ReadOnlyInline):
    model = CommitteeItem
    fields = ["position", "request", "is_open", "tender_document", "decision"]


class SignatureInline(ReadOnlyInline):
    model = AgreementSignature
    fields = ["party", "name", "function", "signed_on", "means", "signed_copy", "recorded_by"]


@admin.register(CofinancingRequest)
class CofinancingRequestAdmin(ReadOnlyAdmin):
    list_display = ["procurement", "requested_amount", "advised_amount", "state", "requested_at"]
    list_select_related = ["procurement__project"]
    list_filter = ["state", "procurement__phase", "requested_at"]
    search_fields = [
        "procurement__title",
        "procurement__project__title",
        "procurement__project__reference",
    ]
    date_hierarchy = "requested_at"
    inlines = [TenderDocumentInline]


@admin.register(CommitteeDecision)
class CommitteeDecisionAdmin(ReadOnlyAdmin):
    list_display = ["request", "outcome", "granted_amount", "decided_on", "reference"]
    list_select_related = ["request__procurement__project"]
    list_filter = ["outcome", "decided_on"]
    search_fields = ["reference", "request__procurement__project__title"]
    date_hierarchy = "decided_on"


@admin.register(TenderDocument)
class TenderDocumentAdmin(ReadOnlyAdmin):
    list_display = ["request", "version", "file", "added_by", "added_at"]
    list_select_related = ["request__procurement__project", "file", "added_by"]
    list_filter = ["added_at"]
    search_fields = ["file__name", "request__procurement__project__reference"]


@admin.register(CommitteeMeeting)
class CommitteeMeetingAdmin(ReadOnlyAdmin):
    list_display = ["day", "place", "is_online", "dossier_deadline", "state"]
    list_filter = ["state", "is_online"]
    search_fields = ["place", "note"]
    date_hierarchy = "day"
    inlines = [CommitteeItemInline]


@admin.register(CommitteeItem)
class CommitteeItemAdmin(ReadOnlyAdmin):
    list_display = ["meeting", "position", "request", "is_open", "decision"]
    list_select_related = [
        "meeting",
        "request__procurement__project",
        "decision__request__procurement__project",
    ]
    list_filter = ["is_open", "meeting__state"]
    search_fields = ["request__procurement__project__reference", "request__procurement__title"]


@admin.register(Agreement)
class AgreementAdmin(ReadOnlyAdmin):
    list_display = ["number", "decision", "state", "due_on", "signed_on"]
    list_select_related = ["decision__request__procurement__project"]
    list_filter = ["state", "due_on"]
    search_fields = ["number", "decision__request__procurement__project__reference"]
    inlines = [SignatureInline]


@admin.register(AgreementSignature)
class AgreementSignatureAdmin(ReadOnlyAdmin):
    list_display = ["agreement", "party", "name", "signed_on", "means"]
    list_select_related = ["agreement"]
    list_filter = ["party", "means"]
    search_fields = ["name", "agreement__number"]


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ReadOnlyAdmin):
    list_display = ["commitment", "kind", "state", "asked_by", "asked_at", "decided_by"]
    list_select_related = ["commitment__project", "asked_by", "decided_by"]
    list_filter = ["kind", "state", "asked_at"]
    search_fields = ["commitment__number", "commitment__project__reference", "reason"]
    date_hierarchy = "asked_at"


@admin.register(FundingText)
class FundingTextAdmin(PortalAdmin):
    """The texts of letters and agreements; the next document is made with them."""

    list_display = ["key"]
    list_filter = ["key"]
    search_fields = ["key", "text"]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Commitment)
class CommitmentAdmin(ReadOnlyAdmin):
    list_display = ["number", "project", "effective_on", "committed", "released", "paid"]
    list_select_related = ["project"]
    list_filter = ["line__budget_year", "line__stream"]
    search_fields = ["number", "project__title", "project__reference"]
    date_hierarchy = "effective_on"
    inlines = [InstalmentInline, EntryInline]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ["effective_on", "kind", "amount", "commitment", "line", "recorded_at"]
    list_select_related = ["commitment__project", "line__budget_year"]
    list_filter = ["kind", "line__budget_year", "line__stream"]
    search_fields = ["commitment__number", "commitment__project__title", "note"]
    date_hierarchy = "effective_on"


@admin.register(Instalment)
class InstalmentAdmin(ReadOnlyAdmin):
    list_display = ["commitment", "number", "share", "amount", "expected_on", "state"]
    list_select_related = ["commitment__project"]
    list_filter = ["state", "expected_on"]
    search_fields = ["commitment__number", "commitment__project__title", "condition"]


class ClaimLineInline(ReadOnlyInline):
    model = ClaimLine
    fields = ["number", "supplier", "invoice_number", "amount", "vat", "accepted", "reason"]


@admin.register(ClaimDraft)
class ClaimDraftAdmin(ReadOnlyAdmin):
    list_display = ["instalment", "version", "updated_by", "updated_at"]
    list_select_related = ["instalment__commitment", "updated_by"]
    list_filter = ["updated_at"]
    search_fields = ["instalment__commitment__number", "updated_by__email"]


@admin.register(ClaimLine)
class ClaimLineAdmin(ReadOnlyAdmin):
    list_display = ["claim", "number", "supplier", "invoice_number", "amount", "vat", "accepted"]
    list_select_related = ["claim__instalment__commitment"]
    list_filter = ["invoiced_on"]
    search_fields = [
        *("supplier", "invoice_number", "description", "claim__instalment__commitment__number")
    ]


@admin.register(ClaimEvidence)
class ClaimEvidenceAdmin(ReadOnlyAdmin):
    list_display = ["file", "claim", "line"]
    list_select_related = ["file", "claim__instalment__commitment", "line"]
    list_filter = ["claim__claimed_at"]
    search_fields = ["file__name", "claim__instalment__commitment__number"]


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = ["instalment", "amount", "accepted_amount", "claimed_at", "rejected_at"]
    list_select_related = ["instalment__commitment"]
    list_filter = ["instalment__state", "claimed_at"]
    search_fields = [
        "instalment__commitment__number",
        "instalment__commitment__project__title",
        "claimed_by__email",
    ]
    date_hierarchy = "claimed_at"
    inlines = [ClaimLineInline]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["claim", "paid_on", "reference"]
    list_select_related = ["claim__instalment__commitment"]
    list_filter = ["paid_on"]
    search_fields = ["reference", "claim__instalment__commitment__number"]
    date_hierarchy = "paid_on"


class LapsedInline(ReadOnlyInline):
    model = LapsedCredit
    fields = ["line", "vak_unused", "vak_carried", "vek_unused", "vek_carried", "legal_basis"]


class ReopeningInline(ReadOnlyInline):
    model = YearReopening
    fields = ["reason", "asked_by", "asked_at", "answered_by", "answered_at", "is_granted"]


@admin.register(YearClosing)
class YearClosingAdmin(ReadOnlyAdmin):
    list_display = ["budget_year", "number", "closed_by", "closed_at"]
    list_select_related = ["budget_year", "closed_by"]
    list_filter = ["closed_at"]
    search_fields = ["budget_year__year"]
    inlines = [LapsedInline, ReopeningInline]


@admin.register(LapsedCredit)
class LapsedCreditAdmin(ReadOnlyAdmin):
    list_display = [
        *("line", "vak_unused", "vak_carried", "vek_unused", "vek_carried", "legal_basis")
    ]
    list_select_related = ["line__budget_year"]
    list_filter = ["line__stream"]
    search_fields = ["line__budget_year__year", "legal_basis"]


@admin.register(YearReopening)
class YearReopeningAdmin(ReadOnlyAdmin):
    list_display = ["closing", "asked_by", "asked_at", "answered_by", "is_granted"]
    list_select_related = ["closing__budget_year", "asked_by", "answered_by"]
    list_filter = ["is_granted"]
    search_fields = ["closing__budget_year__year", "reason"]
