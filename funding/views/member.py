"""Money as the beneficiary sees it: what was granted, instalments, claims."""

from typing import Any, Self

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from accounts.roles import MemberRole
from accounts.views.typed_text import keeps_typed_text
from common.views import add_errors, service_errors
from funding import services
from funding.forms.claims import ClaimForm, CostRows, EvidenceForm, new_row, posted_content
from funding.lifecycle import InstalmentState
from funding.models import ChangeKind, ClaimEvidence, Instalment
from funding.ordered import notices_for
from funding.policies import may_claim
from funding.selectors import claims as claim_selectors
from funding.selectors import commitments as selectors
from funding.selectors import committee
from funding.selectors.changes import changes_of
from funding.services.claims import MAX_LINES, vat_counts
from projects.forms.tables import AllErrors
from projects.selectors.projects import member_project


@login_required
@require_safe
def project_funding(request: SignedInRequest, reference: str) -> HttpResponse:
    """Granted, instalments with conditions and states, claims with their outcome."""
    try:
        project = member_project(request.user, reference)
    except Http404:
        if request.user.is_programme_staff:
            return redirect("funding:staff_project_funding", reference)
        raise
    asked, commitments = selectors.money_told(project)
    return render(
        request,
        "funding/project.html",
        {
            "project": project,
            "requests": asked,
            "commitments": commitments,
            "notices": notices_for(project),
            "decisions": committee.told_decisions(project),
            "agreements": committee.sent_agreements(project),
            "changes": changes_of(project),
            "change_kinds": ChangeKind.choices,
            "may_claim": request.user.has_member_role(
                project.organisation_id, MemberRole.SUBMITTER
            ),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed_text
def claim_new(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Write the claim of an instalment: each press keeps the draft, one of them sends it in."""
    project = member_project(request.user, reference)
    instalment = selectors.claimable_instalment(project, pk)
    may_claim.check(request.user, instalment)
    back = redirect("funding:project_funding", project.reference)
    if request.method != "POST" and instalment.state != InstalmentState.CLAIMABLE:
        messages.info(request, _("Deze schijf kunt u nu niet aanvragen."))
        return back
    page = ClaimPage.of(request, instalment)
    if request.method == "POST" and page.handle():
        if page.is_sent:
            messages.success(
                request,
                _("U hebt schijf %(number)s aangevraagd. Het PIO-team kijkt uw aanvraag na.")
                % {"number": instalment.number},
            )
            return back
        return redirect(f"{request.path}#{page.anchor}" if page.anchor else request.path)
    return render(
        request,
        "funding/claim_new.html",
        {"project": project, "instalment": instalment, "page": page},
    )


class ClaimPage:
    """The page on which a claim is written, and what a press on it does."""

    def __init__(
        self, request: SignedInRequest, instalment: Instalment, content: dict[str, Any]
    ) -> None:
        self.request, self.instalment, self.content = request, instalment, content
        self.draft = claim_selectors.claim_draft(instalment)
        self.version = self.draft.version if self.draft else 0
        self.vat_counts = vat_counts(instalment.commitment.project)
        self.is_sent, self.anchor = False, ""
        self._show(is_bound=False)

    @classmethod
    def of(cls, request: SignedInRequest, instalment: Instalment) -> Self:
        if request.method == "POST":
            return cls(request, instalment, posted_content(request.POST))
        return cls(request, instalment, claim_selectors.claim_start(instalment))

    def _show(self, *, is_bound: bool) -> None:
        typed = {name: self.content.get(name, "") for name in ("amount", "statement")}
        self.form = ClaimForm(typed) if is_bound else ClaimForm(initial=typed)
        self.rows = CostRows(
            self.content.get("rows", []), vat_counts=self.vat_counts, is_bound=is_bound
        )
        self.files = EvidenceForm(prefix="claim")
        self.errors = AllErrors(self.form, [self.rows])  # type: ignore[list-item]

    def handle(self) -> bool:
        """Keep what was typed, then do what was pressed; False: show the page with its errors."""
        data = self.request.POST
        rows = self.content["rows"]
        if data.get("add") and len(rows) < MAX_LINES:
            rows.append(new_row())
            self.anchor = f"kost-{len(rows)}"
        if key := data.get("remove"):
            self.content["rows"] = [row for row in rows if row["key"] != key]
            self.anchor = "kosten"
        self._show(is_bound=True)
        saved = self._save()
        if not saved or data.keys() & {"add", "remove", "drop", "save"}:
            if saved and "save" in data:
                messages.success(
                    self.request, _("Uw ontwerp is opgeslagen. U kunt later verdergaan.")
                )
            return saved
        return self._send()

    def _save(self) -> bool:
        typed = str(self.request.POST.get("version", ""))
        known = int(typed) if typed.isdecimal() and len(typed) < 9 else self.version
        try:
            self.draft = services.save_claim_draft(
                instalment=self.instalment,
                content=self.content,
                version=known,
                by=self.request.user,
            )
        except ValidationError as refusal:
            self.draft = claim_selectors.claim_draft(self.instalment)
            self.version = self.draft.version if self.draft else 0
            add_errors(self.form, refusal)
            return False
        self.version = self.draft.version
        if drop := _number(self.request.POST.get("drop")):
            services.drop_draft_evidence(draft=self.draft, evidence=drop, by=self.request.user)
        kept = self._keep("claim-proofs", "", self.files)
        for number, row in enumerate(self.rows.kept):
            key = self.content["rows"][number]["key"]
            kept = self._keep(f"rows-{number}-proofs", key, row) and kept
        return kept

    def _keep(self, name: str, row: str, form: Any) -> bool:
        """Keep the files of one box; a file that can't be kept is told beside it."""
        assert self.draft is not None
        kept = True
        for uploaded in self.request.FILES.getlist(name):
            try:
                services.add_draft_evidence(
                    draft=self.draft, uploaded=uploaded, row=row, by=self.request.user
                )
            except ValidationError as refusal:
                if not form.is_bound:
                    form.is_bound, form.data = True, {}
                for sentence in refusal.messages:
                    form.add_error("proofs", f"{uploaded.name}: {sentence}")
                kept = False
        return kept

    def _send(self) -> bool:
        if not (self.rows.is_valid() and self.form.is_valid()):
            self.form.is_valid()
            return False
        with service_errors(self.form):
            services.claim_instalment(
                instalment=self.instalment,
                by=self.request.user,
                lines=[form.as_line() for form in self.rows.told()],
                **self.form.cleaned_data,
            )
        self.is_sent = self.form.is_valid()
        return self.is_sent

    def parts(self) -> list[tuple[Any, str, list[ClaimEvidence]]]:
        """Each row with its key and its files."""
        return [
            (form, row["key"], self._evidence(row["key"]))
            for form, row in zip(self.rows.kept, self.content.get("rows", []), strict=True)
        ]

    def evidence(self) -> list[ClaimEvidence]:
        """The files of the whole claim."""
        return self._evidence("")

    def _evidence(self, row: str) -> list[ClaimEvidence]:
        if self.draft is None:
            return []
        return [one for one in self._all_evidence if one.row == row]

    @cached_property
    def _all_evidence(self) -> list[ClaimEvidence]:
        assert self.draft is not None
        return list(self.draft.evidence.select_related("file"))


def _number(text: Any) -> int:
    return int(text) if str(text).isdecimal() and len(str(text)) < 10 else 0
