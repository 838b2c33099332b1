"""The fields that each kind of section saves, copies and restores."""

GENERAL_FIELDS = (
    "title",
    "acronym",
    "summary",
    "theme",
    "contact_name",
    "contact_email",
    "contact_phone",
    "signatory_name",
    "signatory_function",
)
PARTNER_FIELDS = ("name", "kbo", "role", "contribution", "has_letter_of_intent")
LINE_FIELDS = ("phase", "description", "amount", "vat_rate", "vat_recoverable")
