"""Addresses of the money room."""

from django.urls import path

from funding.views import (
    agreements,
    award,
    budget,
    changes,
    claims,
    closing,
    commitments,
    committee,
    member,
    requests,
)

app_name = "funding"

_year = "beheer/begroting/<int:year>/"
_request = "beheer/cofinanciering/<int:pk>/"
_meeting = "beheer/beslissingscomite/<int:pk>/"
_decision = "beheer/beslissingen/<int:pk>/"
_agreement = "beheer/overeenkomsten/<int:pk>/"
_commitment = "beheer/vastleggingen/<str:number>/"
_claim = "beheer/schuldvorderingen/<int:pk>/"
_member = "mijn/projecten/<str:reference>/cofinanciering/"

urlpatterns = [
    path("beheer/begroting/", budget.budget_years, name="budget_years"),
    path(_year, budget.budget_year, name="budget_year"),
    path(f"{_year}boekingen.csv", budget.ledger_csv, name="ledger_csv"),
    path(f"{_year}<slug:stream>/versie/", budget.version_add, name="version_add"),
    path(f"{_year}<slug:stream>/herverdelen/", budget.transfer, name="transfer"),
    path(f"{_year}afsluiten/", closing.close, name="close_year"),
    path(f"{_year}heropenen/", closing.reopen, name="reopen_year"),
    path(f"{_year}heropenen/antwoord/", closing.answer, name="answer_reopening"),
    path("beheer/cofinanciering/", requests.requests, name="requests"),
    path("beheer/cofinanciering/nieuw/<int:pk>/", requests.request_new, name="request_new"),
    path(
        "beheer/cofinanciering/nieuw/<int:pk>/berekenen/",
        requests.request_rule,
        name="request_rule",
    ),
    path(_request, requests.request_page, name="request"),
    path(f"{_request}vastleggen/", requests.commit, name="commit"),
    path(
        f"{_request}opdrachtdocument/", requests.tender_document_add, name="request_tender_document"
    ),
    path(f"{_request}fiche/", requests.request_sheet, name="request_sheet"),
    path("opdrachtdocumenten/<int:pk>/", requests.tender_document, name="tender_document"),
    path("beheer/beslissingscomite/", committee.meetings, name="committee_meetings"),
    path("beheer/beslissingscomite/nieuw/", committee.meeting_new, name="committee_new"),
    path(_meeting, committee.meeting, name="committee_meeting"),
    path(f"{_meeting}wijzigen/", committee.meeting_edit, name="committee_edit"),
    path(f"{_meeting}agenda/", committee.meeting_document, name="committee_document"),
    path(f"{_meeting}afsluiten/", committee.meeting_close, name="committee_close"),
    path(f"{_meeting}afronden/", committee.meeting_hold, name="committee_hold"),
    path(f"{_meeting}annuleren/", committee.meeting_cancel, name="committee_cancel"),
    path(
        f"{_meeting}punten/<int:item>/verplaatsen/",
        committee.item_move,
        name="committee_item_move",
    ),
    path(
        f"{_meeting}punten/<int:item>/verwijderen/",
        committee.item_remove,
        name="committee_item_remove",
    ),
    path(
        f"{_meeting}punten/<int:item>/beslissing/",
        committee.item_decide,
        name="committee_item_decide",
    ),
    path(f"{_decision}brief/", agreements.letter_make, name="letter_make"),
    path(f"{_decision}meedelen/", agreements.letter_send, name="letter_send"),
    path(f"{_decision}overeenkomst/", agreements.agreement_draft, name="agreement_draft"),
    path("beheer/opdrachten/<int:pk>/gunning/", award.award, name="award"),
    path(_agreement, agreements.agreement, name="agreement"),
    path(f"{_agreement}versturen/", agreements.agreement_send, name="agreement_send"),
    path(f"{_agreement}ondertekening/", agreements.agreement_sign, name="agreement_sign"),
    path("ondertekeningen/<int:pk>/", agreements.signed_copy, name="signed_copy"),
    path(
        "beheer/projecten/<str:reference>/cofinanciering/",
        requests.staff_project_funding,
        name="staff_project_funding",
    ),
    path(
        "beheer/projecten/<str:reference>/cofinanciering/voortraject/",
        commitments.prepare,
        name="prepare",
    ),
    path(_commitment, commitments.commitment, name="commitment"),
    path(f"{_commitment}schijven/", commitments.plan, name="plan"),
    path(
        f"{_commitment}schijven/<int:instalment>/openen/",
        commitments.open_instalment,
        name="open_instalment",
    ),
    path(f"{_commitment}vrijgeven/", commitments.release, name="release"),
    path(f"{_commitment}terugvorderen/", commitments.recover, name="recover"),
    path("beheer/wijzigingen/", changes.changes, name="changes"),
    path("beheer/wijzigingen/<int:pk>/", changes.change, name="change"),
    path(f"{_commitment}wijziging/<slug:kind>/", changes.change_new, name="change_new"),
    path(
        f"{_member}<str:number>/wijziging/<slug:kind>/",
        changes.member_change_new,
        name="member_change_new",
    ),
    path(f"{_member}wijzigingen/<int:pk>/", changes.member_change, name="member_change"),
    path(
        f"{_member}wijzigingen/<int:pk>/intrekken/",
        changes.change_withdraw,
        name="change_withdraw",
    ),
    path("beheer/schuldvorderingen/", claims.claims, name="claims"),
    path(_claim, claims.claim, name="claim"),
    path(f"{_claim}controleren/", claims.check, name="claim_check"),
    path(f"{_claim}afwijzen/", claims.reject, name="claim_reject"),
    path(f"{_claim}goedkeuren/", claims.approve, name="claim_approve"),
    path(f"{_claim}opnieuw-controleren/", claims.recheck, name="claim_recheck"),
    path(f"{_claim}betalen/", claims.pay, name="claim_pay"),
    path(f"{_claim}teruggekeerd/", claims.returned, name="claim_returned"),
    path("schuldvorderingen/bewijsstukken/<int:pk>/", claims.evidence, name="evidence"),
    path(_member, member.project_funding, name="project_funding"),
    path(f"{_member}overeenkomst/<int:pk>/", agreements.member_sign, name="agreement_member_sign"),
    path(f"{_member}schijf/<int:pk>/", member.claim_new, name="claim_new"),
]
