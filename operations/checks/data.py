"""Invariants of the data: what was booked, frozen, signed and recorded is still that."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import chain
from funding.ledger_check import ledger_problems
from operations.checks.registry import Finding, check, fault, ok
from operations.health import missing_migrations
from projects.content import fingerprint
from projects.models import ProposalVersion
from reporting.facts.recording import changed_facts, differing_subjects

SAMPLE = 200


@check("migrations", gettext_lazy("Databank bijgewerkt"), of_data=True)
def migrations(*, full: bool) -> Finding:
    missing = missing_migrations()
    if missing:
        return fault(_("%(n)s migraties ontbreken.") % {"n": len(missing)}, missing)
    return ok(_("Alle migraties zijn toegepast."))


@check("ledger", gettext_lazy("Grootboek"), of_data=True)
def ledger(*, full: bool) -> Finding:
    problems = [str(problem) for problem in ledger_problems()]
    if problems:
        return fault(_("%(n)s rijen kloppen niet.") % {"n": len(problems)}, problems)
    return ok(_("Elke boeking en elk totaal klopt."))


@check("audit", gettext_lazy("Logboek"), of_data=True)
def audit(*, full: bool) -> Finding:
    found = [finding.text for finding in chain.verify()]
    if found:
        return fault(_("De keten van handelingen is onderbroken."), found)
    return ok(_("%(n)s handelingen staan in de keten.") % {"n": chain.length()})


@check("facts", gettext_lazy("Feiten voor rapporten"), of_data=True)
def facts(*, full: bool) -> Finding:
    missed = [f"{kind} {key}" for kind, key in differing_subjects()]
    changed = [_("feit %(key)s") % {"key": key} for key in changed_facts()]
    if missed or changed:
        return fault(_("Feiten wijken af van de rijen of zijn gewijzigd."), missed + changed)
    return ok(_("Elk feit is zoals het bewaard is."))


@check("versions", gettext_lazy("Ingediende voorstellen"), of_data=True)
def versions(*, full: bool) -> Finding:
    kept = ProposalVersion.objects.select_related("proposal").order_by("-pk")
    looked, wrong = 0, []
    for version in (kept if full else kept[:SAMPLE]).iterator(chunk_size=100):
        looked += 1
        if fingerprint(version.content) != version.sha256:
            wrong.append(f"{version.proposal.reference} v{version.number}")
    if wrong:
        return fault(_("%(n)s versies zijn niet wat ingediend is.") % {"n": len(wrong)}, wrong)
    return ok(_("%(n)s versies hebben hun eigen controlesom.") % {"n": looked})
