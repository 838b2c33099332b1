"""Archives: made part by part, with names that every computer accepts."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from documents.archives import MISSING, Archive, safe_name
from documents.models import Job, JobState
from documents.registry import ArchiveDocument, FileInArchive, PdfInArchive
from documents.services import request_document, run_job, store_file
from tests.documents.factories import anyone, registered


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("C:\\plan?.pdf", "C--plan-.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1", "_LPT1"),
        (" . ", "bestand"),
        ("regel\neinde\x00.pdf", "regel einde .pdf"),
        ("naam. ", "naam"),
        ("é" * 200 + ".docx", "é" * 115 + ".docx"),
    ],
)
def test_a_name_is_one_that_every_computer_accepts(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_the_same_name_twice_gets_a_number_whatever_its_capitals(tmp_path: Path) -> None:
    source = tmp_path / "a"
    source.write_text("a")
    with Archive(tmp_path / "x.zip") as archive:
        for name in ("m/plan.pdf", "m/Plan.pdf", "m/los", "m/los", "n.1/los"):
            archive.add(tuple(name.split("/")), source)
    with zipfile.ZipFile(tmp_path / "x.zip") as made:
        assert made.namelist() == [
            *("m/plan.pdf", "m/Plan (2).pdf", "m/los", "m/los (2)", "n.1/los"),
        ]


def test_a_lost_file_is_named_in_the_archive(tmp_path: Path) -> None:
    with Archive(tmp_path / "x.zip") as archive:
        archive.add(("map", "weg.pdf"), tmp_path / "weg")
    with zipfile.ZipFile(tmp_path / "x.zip") as made:
        assert made.read(MISSING) == b"map/weg.pdf\r\n"


def packed(parts: Any, files: Any) -> Job:
    kind = ArchiveDocument(
        kind="tests.archive",
        label="Proefarchief",
        parts=parts,
        files=files,
        filename=lambda params: "proef.zip",
        may_download=anyone,
    )
    with registered(kind):
        job = request_document(kind="tests.archive", requested_by=None)
        run_job(job_id=job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.django_db
class TestTheJob:
    def test_it_holds_pages_and_kept_files_and_remembers_its_parts(self) -> None:
        kept = store_file(content=b"inhoud", name="bijlage.bin")

        def files(params: Any, part: str) -> Any:
            if part != "gone":
                yield PdfInArchive((part, "brief.pdf"), "letter.html", {"name": part})
                yield FileInArchive((part, "bijlage.bin"), kept)

        job = packed(lambda params: ["een", "gone", "twee"], files)
        assert (job.state, job.parts) == (JobState.DONE, ["een", "twee"])
        assert job.file is not None
        assert (job.file.name, job.file.content_type) == ("proef.zip", "application/zip")
        with zipfile.ZipFile(job.file.path) as made:
            assert made.namelist() == [
                *("een/brief.pdf", "een/bijlage.bin", "twee/brief.pdf", "twee/bijlage.bin")
            ]
            assert made.read("twee/bijlage.bin") == b"inhoud"
            assert made.read("een/brief.pdf").startswith(b"%PDF-")

    def test_nothing_to_pack_is_a_sentence(self) -> None:
        job = packed(lambda params: [], lambda params, part: [])
        assert (job.state, job.error) == (JobState.FAILED, "Er is niets om in te pakken.")

    def test_a_part_may_refuse(self) -> None:
        def files(params: Any, part: str) -> Any:
            raise ValidationError("Dit kan niet.")

        job = packed(lambda params: ["een"], files)
        assert (job.state, job.error) == (JobState.FAILED, "Dit kan niet.")
