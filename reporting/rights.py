"""What the addresses of reports ask; see common/rights.py."""

from common.rights import (
    PUBLIC,
    STAFF,
    DocumentRights,
    TableRules,
    act,
    form,
    looked_at,
    page,
    refuses,
    together,
)
from funding.policies import may_see_funding
from funding.rights import MONEY
from reporting.policies import may_make_edition, may_sign_edition

RIGHTS = together(
    page("grants", "open_data", "openapi", gates=PUBLIC),
    page("report", "report_csv", "report_json", "reports", "years", "years_csv", gates=MONEY),
    page("edition", "figure", "forecast", "question", "question_export", gates=MONEY),
    page("steering", "steering_year", "subsidy_export", "subsidy_register", gates=MONEY),
    page("what_if", gates=MONEY),
    form("double_subsidies", gates=MONEY),
    act("report_export", gates=MONEY),
    act("edition_make", gates=(*STAFF, refuses(may_make_edition))),
    act("edition_sign", gates=(*STAFF, refuses(may_sign_edition, "edition"))),
)

TABLES: TableRules = {
    **looked_at("Fact", "Horizon", "ReportEdition"),
}
"""What stands in /admin/; see common.rights.TableRules."""

READS = (refuses(may_see_funding),)
DOCUMENTS: DocumentRights = {
    "reporting.yearly_report_pdf": {"": READS},
    "reporting.yearly_report_xlsx": {"": READS},
    "reporting.yearly_report_zip": {"": READS},
}
"""Who reads each kind of document."""
