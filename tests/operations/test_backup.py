"""Backup, wipe, restore: everything is there again, and the yearly report says the same."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from common import clock
from documents.models import StoredFile
from documents.services import discard_file, store_file
from funding.models import LedgerEntry
from operations.backups import making, programs
from operations.backups.folder import MANIFEST, backups
from projects.models import ProposalVersion
from projects.services import submit_proposal
from reporting.yearly.building import build_yearly_report
from reporting.yearly.exports import content_hash
from tests.calls.factories import CallFactory
from tests.funding.acts import paid_claim
from tests.funding.factories import budget_line
from tests.projects.conftest import member
from tests.projects.factories import complete_draft

pytestmark = pytest.mark.django_db(transaction=True)

YEAR = 2026


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.BACKUP_DIR = str(tmp_path / "backups")
    return tmp_path / "backups"


@contextmanager
def another_database() -> Iterator[None]:
    """Within the block the portal has an empty database of its own: as after losing everything."""
    own = connection.settings_dict["NAME"]
    other = f"{own}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{other}"')
        cursor.execute(f'CREATE DATABASE "{other}" TEMPLATE template0')
    connection.close()
    connection.settings_dict["NAME"] = other
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{other}" WITH (FORCE)')


def backup() -> Path:
    call_command("backup", stdout=StringIO())
    return backups()[0].folder


def report_hash(cut_off: Any) -> str:
    return content_hash(build_yearly_report(year=YEAR, cut_off=cut_off, generated_by="Proef"))


def test_after_losing_everything_the_yearly_report_says_the_same(
    folder: Path, settings: Any, tmp_path: Path
) -> None:
    budget_line(YEAR)
    paid_claim()
    proposal = complete_draft(call=CallFactory())
    submit_proposal(proposal=proposal, by=member(proposal), arrived_at=clock.now())
    store_file(content=b"Een bijlage", name="bijlage.txt")
    cut_off = clock.now()
    before = report_hash(cut_off)
    rows = (LedgerEntry.objects.count(), ProposalVersion.objects.count())
    assert all(rows)

    made = backup()

    settings.MEDIA_ROOT = tmp_path / "lost-and-empty"
    with another_database():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE iets_van_vroeger ()")
        name = connection.settings_dict["NAME"]
        with pytest.raises(CommandError, match="niet leeg"):
            call_command("restore", made)
        with pytest.raises(CommandError, match="niets gewist"):
            call_command("restore", made, wipe=True, yes="andere")
        out = StringIO()
        call_command("restore", made, verify=True, wipe=True, yes=name, stdout=out)
        assert "FOUT" not in out.getvalue()
        assert (LedgerEntry.objects.count(), ProposalVersion.objects.count()) == rows
        assert report_hash(cut_off) == before
        assert {one.read() for one in StoredFile.objects.all()} >= {b"Een bijlage"}
        assert backups()[0].tested_at is not None


@pytest.mark.usefixtures("bucket")
def test_files_in_a_bucket_are_in_the_backup_and_go_back_into_one(
    folder: Path, settings: Any
) -> None:
    stored = store_file(content=b"Een bijlage", name="bijlage.txt")
    made = backup()
    assert (made / "files" / stored.storage_name).read_bytes() == b"Een bijlage"
    store_file(content=b"Nog een bijlage", name="nog.txt")
    settings.FILES_S3_PREFIX += "leeg"
    with pytest.raises(CommandError, match="ontbreekt in s3://pio/proef/"):
        backup()
    out = StringIO()
    with another_database():
        call_command("restore", made, verify=True, stdout=out)
        assert StoredFile.objects.get().read() == b"Een bijlage"
        settings.FILES_S3_BUCKET = "verdwenen"
        with pytest.raises(CommandError, match="NoSuchBucket"):
            call_command("restore", made, wipe=True, yes=connection.settings_dict["NAME"])
    assert ("FOUT" in out.getvalue(), backups()[0].tested_at is not None) == (False, True)
    with pytest.raises(CommandError, match="NoSuchBucket"):
        backup()


def test_a_backup_that_is_not_whole_is_refused_before_anything_is_wiped(folder: Path) -> None:
    stored = store_file(content=b"Een bijlage", name="bijlage.txt")
    made = backup()
    (made / "files" / stored.storage_name).write_bytes(b"Een bijlagE")
    with pytest.raises(CommandError, match=stored.storage_name):
        call_command("restore", made, wipe=True, yes=connection.settings_dict["NAME"])
    assert StoredFile.objects.count() == 1
    with pytest.raises(CommandError, match="geen back-up"):
        call_command("restore", folder)

    # The next takes the file anew; of what is lost none is made, and nothing half stays behind.
    assert (backup() / "files" / stored.storage_name).read_bytes() == b"Een bijlage"
    store_file(content=b"Nog een bijlage", name="nog.txt").path.unlink()
    with pytest.raises(CommandError, match="ontbreekt in MEDIA_ROOT"):
        backup()
    assert {one.folder for one in backups()} == set(folder.iterdir())


def test_a_file_removed_meanwhile_makes_the_backup_begin_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = store_file(content=b"Een bijlage", name="bijlage.txt")
    dumped = []

    def dump_then_lose(*arguments: Any) -> None:
        programs.run_program(*arguments)
        dumped.append(arguments)

    def copy_after_removal(*arguments: Any) -> None:
        if StoredFile.objects.filter(pk=stored.pk).exists():
            discard_file(stored=stored)
        copied(*arguments)

    copied = making._copy
    monkeypatch.setattr(making, "run_program", dump_then_lose)
    monkeypatch.setattr(making, "_copy", copy_after_removal)
    made = backup()
    assert len(dumped) == 2
    assert json.loads((made / MANIFEST).read_text())["files"] == []


def test_the_latest_are_kept_and_an_unchanged_file_is_stored_once(
    folder: Path, settings: Any
) -> None:
    settings.BACKUP_COUNT = 2
    stored = store_file(content=b"Een bijlage", name="bijlage.txt")
    made = []
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _night in range(3):
            traveller.shift(timedelta(days=1))
            made.append(backup())
    assert [one.folder for one in backups()] == [made[2], made[1]]
    first, second = ((one / "files" / stored.storage_name).stat() for one in made[1:])
    assert first.st_ino == second.st_ino


@pytest.mark.django_db(transaction=False)
def test_a_program_that_does_not_fit_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(programs, "_version", lambda program: 9)
    with pytest.raises(programs.BackupRefused, match="pg_dump is versie 9 en de databank versie"):
        programs.run_program("pg_dump")
    monkeypatch.setattr(programs, "_beside_the_demo", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(programs.BackupRefused, match="pg_dump is niet gevonden"):
        programs.run_program("pg_dump")


@pytest.mark.django_db(transaction=False)
def test_without_a_folder_there_is_no_backup(settings: Any) -> None:
    settings.BACKUP_DIR = ""
    with pytest.raises(CommandError, match="BACKUP_DIR"):
        call_command("backup")
