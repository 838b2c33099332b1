"""Rows that nobody can change unseen: each carries a hash over itself and over the row before it.

The database computes the hash when the row is added, `funding.ledger_check` computes it again.
"""

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChainedRow(models.Model):
    """A link of a chain: SHA-256 over its own values and the hash of the former link."""

    sequence = models.PositiveIntegerField(_("plaats in de keten"), editable=False, default=0)
    previous_hash = models.CharField(
        _("hash van de vorige rij"), max_length=64, blank=True, editable=False
    )
    row_hash = models.CharField(_("hash (SHA-256)"), max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True


def hash_of(row: str, columns: Sequence[str]) -> str:
    """The SQL of the hash of a row alias: its columns as text, in this order, one per line.

    Instants are written in UTC to the microsecond, so that no setting of a session changes them.
    """
    parts = [
        f"to_char({row}.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
        if name.endswith("_at")
        else f"{row}.{name}::text"
        for name in columns
    ]
    text = " || E'\\n' || ".join(f"coalesce({part}, '')" for part in parts)
    return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"


def link(table: str, chain: str, columns: Sequence[str]) -> str:
    """The PL/pgSQL that makes NEW the last link of the chain of its `chain` column.

    The caller has locked what the chain belongs to.
    """
    return f"""
        SELECT max(sequence) INTO NEW.sequence FROM {table} WHERE {chain} = NEW.{chain};
        NEW.previous_hash := coalesce(
            (SELECT row_hash FROM {table}
             WHERE {chain} = NEW.{chain} AND sequence = NEW.sequence),
            ''
        );
        NEW.sequence := coalesce(NEW.sequence, 0) + 1;
        NEW.row_hash := {hash_of("NEW", columns)};
    """  # noqa: S608 - names of our own
