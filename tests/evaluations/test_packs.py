"""Evaluator packs: what is in them, who gets them, and until when."""

import io
import subprocess
import zipfile
from pathlib import Path

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import StaffRole
from documents.archives import MISSING
from documents.conformance import structural_faults
from documents.models import Job, JobState, ScanState, StoredFile
from documents.policies import may_download
from documents.services import request_document, run_job, store_file
from evaluations import services
from evaluations.models import ConflictKind, ConflictOfInterest
from evaluations.pack_documents import EVALUATOR_PACKS
from evaluations.selectors.packs import may_have_pack
from evaluations.services.packs import request_pack, request_packs
from projects.content import fingerprint
from projects.models import Proposal, ProposalVersion
from projects.selectors import dossier_params
from projects.services.information import (
    Answer,
    Asked,
    ask_information,
    default_due_on,
    send_answers,
)
from projects.services.submission import DOSSIER_KIND
from tests.documents.factories import pdf_bytes, upload
from tests.evaluations.factories import ADVICE, INTERNAL, Case, staff

pytestmark = pytest.mark.django_db

ANSWER = "Elf riolen, zie het plan in bijlage."


def made(job: Job) -> Job:
    run_job(job_id=job.pk)
    job.refresh_from_db()
    return job


def path_of(job: Job) -> Path:
    assert job.file is not None, job.error
    return job.file.path


def text_of(path: Path) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return " ".join(done.stdout.split())


def bookmarks(path: Path) -> list[str]:
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        return [item.title for chapter in outline.root for item in (chapter, *chapter.children)]


def answered(case: Case) -> Case:
    """The adviser asked something, and the applicant answered with a file."""
    request = ask_information(
        proposal=case.proposal,
        asked=[Asked("D", "probleem", "Hoeveel riolen lopen over?")],
        due_on=default_due_on(),
        by=case.adviser,
        message="Graag met een plan.",
    )
    send_answers(
        request=request,
        answers={request.items.get().pk: Answer(ANSWER, upload("riolen.pdf", pdf_bytes()))},
        by=case.member,
        arrived_at=timezone.now(),
    )
    return case


def with_attachment(case: Case, *names: str) -> None:
    """As if these had been handed in; the same content twice is twice the same name."""
    version = case.proposal.latest_version
    assert version is not None
    listed = []
    for name in names:
        stored = store_file(content=pdf_bytes(), name=name)
        listed.append(
            {
                "id": str(stored.pk),
                "name": name,
                "size": stored.size,
                "sha256": stored.sha256,
                "description": "Het plan",
                "is_confidential": True,
                "question": None,
                "partner": None,
            }
        )
    content = {**version.content, "attachments": listed}
    newer = ProposalVersion.objects.create(
        proposal=case.proposal,
        number=version.number + 1,
        content=content,
        sha256=fingerprint(content),
        arrived_at=timezone.now(),
        submitted_by=version.submitted_by,
    )
    assert Proposal.objects.get(pk=case.proposal.pk).latest_version == newer


class TestOneFile:
    def test_the_pack_holds_what_an_assessment_needs_and_passes_the_check(self) -> None:
        case = answered(Case().accepted())
        with_attachment(case, "plan.pdf")
        job = made(request_pack(proposal=case.proposal, by=case.adviser))
        assert (job.title, job.file and job.file.name) == (
            f"Bundel {case.proposal.reference}",
            f"bundel-{case.proposal.reference}.pdf",
        )
        assert structural_faults(path_of(job)) == []
        assert [title for title in bookmarks(path_of(job)) if title[:2] in BOOKMARKS] == [
            "1. Criteria",
            "2. Het voorstel zoals ingediend",
            "3. Bijkomende informatie",
            "4. Lijst van de bijlagen",
            "5. Scoreblad",
        ]
        text = text_of(path_of(job))
        version = Proposal.objects.get(pk=case.proposal.pk).latest_version
        assert version is not None
        criterion = case.proposal.call.criteria.first()
        assert criterion is not None
        for told in (
            f"Vertrouwelijk, voor {case.adviser}",
            case.proposal.title,
            case.proposal.organisation.name,
            case.proposal.call.title,
            version.sha256,
            criterion.title,
            "Graag met een plan.",
            ANSWER,
            "riolen.pdf",
            "plan.pdf",
            "0,0 · 0,5 · 1,0",
        ):
            assert " ".join(str(told).split()) in text

    def test_nothing_of_other_readers_or_of_the_advice_is_in_it(self) -> None:
        case = Case().assigned()
        second = staff(StaffRole.ADVISER)
        services.assign_adviser(proposal=case.proposal, adviser=second, by=case.team, is_lead=False)
        assignment = case.proposal.assignments.get(adviser=second)
        services.accept_assignment(assignment=assignment, by=second)
        services.accept_assignment(assignment=case.assignment, by=case.adviser)
        case.score()
        services.save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
        text = text_of(path_of(made(request_pack(proposal=case.proposal, by=second))))
        assert str(second) in text
        for hidden in (INTERNAL, str(case.adviser), "Motivering bij", "80 %", "planning is krap"):
            assert hidden not in text

    def test_only_who_accepted_or_sees_all_files_gets_one(self) -> None:
        case = Case().assigned()
        assert not may_have_pack(case.adviser, case.proposal)
        with pytest.raises(PermissionDenied):
            request_pack(proposal=case.proposal, by=case.adviser)
        services.accept_assignment(assignment=case.assignment, by=case.adviser)
        people = [case.adviser, case.team, case.leader, staff(StaffRole.ADVISER), case.member]
        assert [may_have_pack(person, case.proposal) for person in people] == [
            *(True, True, True),
            *(False, False),
        ]

    def test_only_the_reader_downloads_it_and_only_while_there_is_no_conflict(self) -> None:
        case = Case().accepted()
        job = request_pack(proposal=case.proposal, by=case.adviser)
        people = [case.team, case.adviser, case.member]
        assert [may_download.test(person, job) for person in people] == [False, True, False]
        services.declare_conflict(assignment=case.assignment, by=case.adviser, explanation="Buur.")
        assert [may_download.test(person, job) for person in people] == [False, False, False]

    def test_a_conflict_declared_before_the_worker_runs_is_a_sentence(self) -> None:
        case = Case().accepted()
        job = request_pack(proposal=case.proposal, by=case.adviser)
        services.declare_conflict(assignment=case.assignment, by=case.adviser, explanation="Buur.")
        job = made(job)
        assert (job.state, job.error) == (JobState.FAILED, "U mag dit dossier niet meer lezen.")

    def test_the_page_of_the_file_offers_it(self) -> None:
        case = Case().assigned()
        client = Client()
        client.force_login(case.adviser)
        page = reverse("evaluations:file", args=[case.proposal.reference])
        asking = reverse("evaluations:pack", args=[case.proposal.reference])
        assert asking not in client.get(page).content.decode()
        services.accept_assignment(assignment=case.assignment, by=case.adviser)
        assert asking in client.get(page).content.decode()
        answer = client.post(asking)
        job = Job.objects.get(kind="evaluations.evaluator_pack")
        assert answer["Location"].startswith(reverse("documents:job", args=[job.pk]))
        assert f"taak-{job.pk}" in client.get(page).content.decode()


BOOKMARKS = {f"{number}." for number in range(1, 6)}


def accept_another(adviser: User) -> Case:
    """A second file of this adviser."""
    other = Case(adviser=adviser)
    return other.accepted()


def names_of(job: Job) -> list[str]:
    """What the worker would put in now, without laying out a page."""
    return sorted(
        "/".join(file.name)
        for part in EVALUATOR_PACKS.parts(job.params)
        for file in EVALUATOR_PACKS.files(job.params, part)
    )


class TestAllFiles:
    def test_each_own_file_has_a_folder_with_its_pack_and_attachments(self) -> None:
        case = answered(Case().accepted())
        with_attachment(case, "plan.pdf", "weg.pdf")
        other = accept_another(case.adviser)
        Case().accepted()  # of somebody else
        first, second = case.proposal.reference, other.proposal.reference
        lost = Proposal.objects.get(pk=case.proposal.pk).latest_version
        assert lost is not None
        StoredFile.objects.get(pk=lost.content["attachments"][1]["id"]).path.unlink()
        job = made(request_packs(by=case.adviser))
        with zipfile.ZipFile(path_of(job)) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == sorted(
                [
                    MISSING,
                    f"{first}/bundel-{first}.pdf",
                    f"{first}/bijlagen/plan.pdf",
                    f"{first}/bijkomende informatie/vraag 1 - riolen.pdf",
                    f"{second}/bundel-{second}.pdf",
                ]
            )
            assert archive.read(MISSING).decode() == f"{first}/bijlagen/weg.pdf\r\n"
            assert (
                len(pikepdf.open(io.BytesIO(archive.read(f"{second}/bundel-{second}.pdf"))).pages)
                > 3
            )
        assert job.parts == sorted([first, second])
        people = [case.adviser, case.team, other.member]
        assert [may_download.test(person, job) for person in people] == [True, False, False]

    def test_what_the_virus_scanner_holds_back_is_named_with_the_reason(self) -> None:
        case = Case().accepted()
        with_attachment(case, "plan.pdf", "wacht.pdf")
        StoredFile.objects.filter(name="wacht.pdf").update(scan_state=ScanState.PENDING)
        job = made(request_packs(by=case.adviser))
        folder = f"{case.proposal.reference}/bijlagen"
        with zipfile.ZipFile(path_of(job)) as archive:
            assert f"{folder}/plan.pdf" in archive.namelist()
            assert f"{folder}/wacht.pdf" not in archive.namelist()
            told = archive.read(MISSING).decode()
        assert told.startswith(f"{folder}/wacht.pdf: Dit bestand wordt nog nagekeken op virussen.")

    def test_a_file_with_a_conflict_is_left_out_and_closes_an_archive_that_has_it(self) -> None:
        case = Case().accepted()
        other = accept_another(case.adviser)
        job = request_packs(by=case.adviser)
        parts = sorted([case.proposal.reference, other.proposal.reference])
        assert EVALUATOR_PACKS.parts(job.params) == parts
        Job.objects.filter(pk=job.pk).update(parts=parts)
        job.refresh_from_db()
        assert may_download.test(case.adviser, job)
        services.declare_conflict(
            assignment=other.assignment, by=case.adviser, explanation="Mijn buur."
        )
        assert not may_download.test(case.adviser, job)
        first = case.proposal.reference
        assert names_of(job) == [f"{first}/bundel-{first}.pdf"]
        # Declared after the worker listed the parts, before it came to this one.
        assert list(EVALUATOR_PACKS.files(job.params, other.proposal.reference)) == []

    def test_a_conflict_that_somebody_else_found_counts_too(self) -> None:
        case = Case().accepted()
        job = request_packs(by=case.adviser)
        ConflictOfInterest.objects.create(
            proposal=case.proposal,
            person=case.adviser,
            kind=ConflictKind.PARTNER,
            explanation="Zit in de raad van bestuur.",
        )
        job = made(job)
        assert (job.state, job.error) == (JobState.FAILED, "Er is niets om in te pakken.")

    def test_the_page_asks_for_it_and_is_there_for_advisers_alone(self) -> None:
        case = Case().accepted()
        client = Client()
        client.force_login(case.team)
        assert client.get(reverse("evaluations:offline")).status_code == 403
        assert client.post(reverse("evaluations:packs")).status_code == 403
        client.force_login(case.adviser)
        assert client.post(reverse("evaluations:packs")).status_code == 302
        job = Job.objects.get(kind=EVALUATOR_PACKS.kind)
        assert f"taak-{job.pk}" in client.get(reverse("evaluations:offline")).content.decode()

    def test_an_archive_with_a_file_that_is_closed_by_now_says_so(self) -> None:
        case = Case().accepted()
        job = request_packs(by=case.adviser)
        stored = store_file(content=b"zip", name="dossiers.zip")
        Job.objects.filter(pk=job.pk).update(
            state=JobState.DONE, file=stored, finished_at=timezone.now(), parts=["PIO-WEG-1"]
        )
        client = Client()
        client.force_login(case.adviser)
        page = client.get(reverse("evaluations:offline")).content.decode()
        assert "mag u niet meer lezen" in page
        download = reverse("documents:download", args=[job.pk])
        assert download not in page
        assert client.get(download).status_code == 404


def test_the_dossier_has_the_answers_as_annex_and_is_another_one_after_each() -> None:
    case = Case().accepted()
    version = case.proposal.latest_version
    assert version is not None
    assert dossier_params(version) == {"version": version.pk}
    answered(case)
    assert dossier_params(version) == {"version": version.pk, "answers": 1}
    job = request_document(kind=DOSSIER_KIND, params=dossier_params(version), requested_by=None)
    path = path_of(made(job))
    assert structural_faults(path) == []
    text = text_of(path)
    for told in ("Bijlage: bijkomende informatie", "Hoeveel riolen lopen over?", ANSWER):
        assert told in text
    assert str(case.adviser) not in text


def test_a_decision_letter_passes_the_check() -> None:
    case = Case().lettered("not_selected")
    assert case.decision.letter is not None
    assert structural_faults(path_of(case.decision.letter)) == []
