"""Addresses of the money room."""

from django.urls import path

from funding.views import budget, claims, closing, commitments, member, requests

app_name = "funding"

_year = "beheer/begroting/<int:year>/"
_request = "beheer/cofinanciering/<int:pk>/"
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
    path(f"{_member}schijf/<int:pk>/", member.claim_new, name="claim_new"),
]
