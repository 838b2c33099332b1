"""`manage.py backup`: database, files and a manifest of hashes, in a folder of BACKUP_DIR."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from documents.storage import StorageAway
from operations.backups.making import make_backup
from operations.backups.programs import BackupRefused


class Command(BaseCommand):
    """Fails, and leaves nothing half behind, when a part is missing or damaged."""

    help = "Maak een back-up van de databank en de bestanden in BACKUP_DIR."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_backup()
        except (BackupRefused, StorageAway) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            _("Back-up gemaakt: %(folder)s (bestanden: %(files)s, samen %(size)s).")
            % {
                "folder": made.backup.folder,
                "files": made.files,
                "size": filesizeformat(made.size),
            }
        )
