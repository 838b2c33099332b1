"""Rules and defaults of the programme: assumptions of ours that can be changed here."""

from pio_portal.settings.base import PRODUCTION, env

# --- Questions about a proposal -----------------------------------------------------------------
# Working days to answer a question about a proposal, when staff choose no other day [D].
INFORMATION_WORKING_DAYS = env.int("INFORMATION_WORKING_DAYS", 10)

# --- Privacy ------------------------------------------------------------------------------------
# Months to answer what a person asks about the own data, and how many more once (AVG art. 12.3).
PRIVACY_REQUEST_MONTHS = env.int("PRIVACY_REQUEST_MONTHS", 1)
PRIVACY_EXTENSION_MONTHS = env.int("PRIVACY_EXTENSION_MONTHS", 2)

# --- Money and registers ------------------------------------------------------------------------
# Share in percent (together 100), condition, and in how many days after the commitment the claim is
# expected; a proposal that staff change per commitment (domain.md 6.5, a default of ours).
INSTALMENT_SCHEDULE = [
    ("30", "Overeenkomst getekend en opdracht gegund", 120),
    ("40", "Tussentijds verslag aanvaard en 60 % van de kosten gemaakt", 365),
    ("30", "Eindverslag en kostenstaat aanvaard", 730),
]
# The last day on which the administration books for a year (month, day), how many days before it we
# speak of it, and from which percentage of a credit we warn (domain.md 7 and ours).
BUDGET_CUT_OFF = (12, 1)
BUDGET_CUT_OFF_NOTICE_DAYS = env.int("BUDGET_CUT_OFF_NOTICE_DAYS", 30)
BUDGET_WARNING_SHARE = env.int("BUDGET_WARNING_SHARE", 90)
# How registers outside name the programme and who pays (domain.md 9.5; the prefix is ours).
SUBSIDY_MEASURE = env.str("SUBSIDY_MEASURE", "Programma Innovatieve Overheidsopdrachten (PIO)")
GRANT_PREFIX = env.str("GRANT_PREFIX", "360G-pio")
GRANT_FUNDER = {
    "id": env.str("GRANT_FUNDER_ID", "BE-BCE_KBO-0316380841"),
    "name": env.str("GRANT_FUNDER_NAME", "Vlaamse overheid"),
}
OPEN_DATA_LICENCE = env.str(
    "OPEN_DATA_LICENCE",
    "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
)
# From which likeness of titles (0 to 1, trigrams) two subsidies of one body may be the same.
DOUBLE_SUBSIDY_LIKENESS = env.float("DOUBLE_SUBSIDY_LIKENESS", 0.4)

# The account that pays: name, IBAN and BIC as the bank knows them. Outside production an example.
PAYMENT_DEBTOR_NAME = env.str(
    "PAYMENT_DEBTOR_NAME",
    "" if PRODUCTION else "Fonds voor Innoveren en Ondernemen (voorbeeld)",
)
PAYMENT_DEBTOR_IBAN = env.str("PAYMENT_DEBTOR_IBAN", "" if PRODUCTION else "BE68539007547034")
# Calendar days in which a beneficiary pays back what was paid too much [D].
RECOVERY_DAYS = env.int("RECOVERY_DAYS", 30)
PAYMENT_DEBTOR_BIC = env.str("PAYMENT_DEBTOR_BIC", "" if PRODUCTION else "GKCCBEBB")
