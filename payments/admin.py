"""Payments in /admin/: to look up. Services are the only way to change them."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin, ReadOnlyInline
from payments.models import (
    BankAccount,
    BankFile,
    OrderLine,
    PaymentOrder,
    RecoveryReceipt,
    RecoveryRequest,
    Settlement,
)


class OrderLineInline(ReadOnlyInline):
    model = OrderLine
    fields = ["end_to_end_id", "name", "iban", "amount", "state"]


@admin.register(BankAccount)
class BankAccountAdmin(ReadOnlyAdmin):
    list_display = ["organisation", "iban", "holder", "entered_at", "confirmed_at", "ended_at"]
    list_select_related = ["organisation"]
    list_filter = ["confirmed_at", "ended_at"]
    search_fields = ["organisation__name", "iban", "holder"]
    date_hierarchy = "entered_at"


@admin.register(PaymentOrder)
class PaymentOrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "execute_on", "total", "state", "made_by", "signed_by"]
    list_select_related = ["made_by", "signed_by"]
    list_filter = ["state", "execute_on"]
    search_fields = ["number", "lines__name", "lines__end_to_end_id"]
    date_hierarchy = "made_at"
    inlines = [OrderLineInline]


@admin.register(OrderLine)
class OrderLineAdmin(ReadOnlyAdmin):
    list_display = ["end_to_end_id", "name", "amount", "state", "bank_reference"]
    list_filter = ["state"]
    search_fields = ["end_to_end_id", "name", "iban", "bank_reference"]


@admin.register(BankFile)
class BankFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "row_count", "uploaded_by", "uploaded_at", "booked_at", "booked_count"]
    list_select_related = ["uploaded_by"]
    list_filter = ["booked_at"]
    search_fields = ["name", "sha256"]
    date_hierarchy = "uploaded_at"


@admin.register(Settlement)
class SettlementAdmin(ReadOnlyAdmin):
    list_display = ["commitment", "accepted_cost", "paid", "due", "state", "confirmed_by"]
    list_select_related = ["commitment__project", "confirmed_by"]
    list_filter = ["state"]
    search_fields = ["commitment__number", "commitment__project__title"]
    date_hierarchy = "proposed_at"


@admin.register(RecoveryRequest)
class RecoveryRequestAdmin(ReadOnlyAdmin):
    list_display = ["settlement", "amount", "received", "due_on", "communication", "state"]
    list_select_related = ["settlement__commitment"]
    list_filter = ["state", "due_on"]
    search_fields = ["communication", "settlement__commitment__number"]
    date_hierarchy = "asked_at"


@admin.register(RecoveryReceipt)
class RecoveryReceiptAdmin(ReadOnlyAdmin):
    list_display = ["recovery", "entry", "reference"]
    list_select_related = [
        "recovery__settlement__commitment",
        "entry__commitment__project",
    ]
    list_filter = ["entry__effective_on"]
    search_fields = ["reference", "recovery__communication"]
