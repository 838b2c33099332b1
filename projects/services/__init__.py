"""Every write about proposals and projects."""

from projects.services.assignments import (
    assign_section,
    end_assignment,
    finish_assignment,
)
from projects.services.attachments import (
    add_attachment,
    describe_attachment,
    remove_attachment,
    replace_attachment,
)
from projects.services.drafting import (
    SectionClash,
    save_answers,
    save_estimate,
    save_general,
    set_team_consent,
)
from projects.services.extension import grant_extension
from projects.services.form_changes import acknowledge_form
from projects.services.information import (
    ask_information,
    ask_what_selection_needs,
    save_answers_to_request,
    send_answers,
    withdraw_information_request,
)
from projects.services.partner_access import (
    PartnerClash,
    add_letter,
    end_partner_access,
    invite_to_partner,
    remove_letter,
    save_partner_part,
)
from projects.services.partners import save_partners
from projects.services.reopening import cancel_reopening, reopen_proposal, settle_reopened
from projects.services.restoring import restore_revision
from projects.services.starting import start_proposal
from projects.services.submission import open_correction_window, submit_proposal
from projects.services.withdrawal import withdraw_proposal

__all__ = [
    "PartnerClash",
    "SectionClash",
    "acknowledge_form",
    "add_attachment",
    "add_letter",
    "ask_information",
    "ask_what_selection_needs",
    "assign_section",
    "cancel_reopening",
    "describe_attachment",
    "end_assignment",
    "end_partner_access",
    "finish_assignment",
    "grant_extension",
    "invite_to_partner",
    "open_correction_window",
    "remove_attachment",
    "remove_letter",
    "reopen_proposal",
    "replace_attachment",
    "restore_revision",
    "save_answers",
    "save_answers_to_request",
    "save_estimate",
    "save_general",
    "save_partner_part",
    "save_partners",
    "send_answers",
    "set_team_consent",
    "settle_reopened",
    "start_proposal",
    "submit_proposal",
    "withdraw_information_request",
    "withdraw_proposal",
]
