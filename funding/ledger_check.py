"""Whether the ledger still is what was booked: hashes, chains, totals, encours.

`manage.py verify_ledger` prints what is found, a year cannot be closed while something is.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from common.database import consistent_view
from common.money import format_eur
from funding.models import BudgetLine, BudgetVersion, Commitment, LedgerEntry
from funding.models.booking import NET_COMMITTED, NET_PAID, RECOVERED, RELEASED, EntryKind
from funding.models.chain import hash_of

CHAINS: list[tuple[Any, str]] = [(LedgerEntry, "commitment_id"), (BudgetVersion, "line_id")]

LINE_TOTALS = {"committed": NET_COMMITTED, "paid": NET_PAID}
COMMITMENT_TOTALS = LINE_TOTALS | {"released": RELEASED, "recovered": RECOVERED}


@dataclass(frozen=True)
class LedgerProblem:
    """A row that is not what was booked, by its name, and why."""

    row: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.row}: {self.sentence}"


def ledger_problems() -> list[LedgerProblem]:
    """Everything that is wrong, in one snapshot of the database; five queries."""
    with consistent_view():
        return [
            *(problem for model, chain in CHAINS for problem in _broken_links(model, chain)),
            *_wrong_totals(BudgetLine, "line_id", LINE_TOTALS),
            *_wrong_totals(Commitment, "commitment_id", COMMITMENT_TOTALS),
            *_wrong_credits(),
        ]


def _broken_links(model: Any, chain: str) -> list[LedgerProblem]:
    """Rows whose hash is not that of their values, or that do not follow the former row."""
    table = model._meta.db_table
    rows = _rows(
        f"""
        SELECT id, changed, gap FROM (
            SELECT r.id, r.row_hash <> {hash_of("r", model.HASHED)} AS changed,
                r.sequence <> row_number() OVER w
                    OR r.previous_hash <> coalesce(lag(r.row_hash) OVER w, '') AS gap
            FROM {table} r WINDOW w AS (PARTITION BY r.{chain} ORDER BY r.sequence)
        ) found WHERE changed OR gap ORDER BY id
        """  # noqa: S608 - names of our own
    )
    name = str(model._meta.verbose_name).capitalize()
    return [
        LedgerProblem(
            f"{name} {pk}",
            _("de rij is gewijzigd na het boeken.")
            if changed
            else _("de rij ervoor ontbreekt of is vervangen."),
        )
        for pk, changed, _gap in rows
    ]


def _wrong_totals(
    model: Any, key: str, totals: dict[str, dict[EntryKind, int]]
) -> list[LedgerProblem]:
    """Owners of totals that are not the sums of their entries: a row was removed or slipped in."""
    sums = ", ".join(
        f"coalesce(sum({_signed(effect)}), 0) AS {name}" for name, effect in totals.items()
    )
    differs = " OR ".join(f"o.{name} <> coalesce(s.{name}, 0)" for name in totals)
    shown = ", ".join(f"o.{name}, coalesce(s.{name}, 0)" for name in totals)
    rows = _rows(
        f"""
        SELECT o.id, {shown} FROM {model._meta.db_table} o LEFT JOIN (
            SELECT {key}, {sums} FROM funding_ledgerentry GROUP BY {key}
        ) s ON s.{key} = o.id WHERE {differs} ORDER BY o.id
        """  # noqa: S608 - names of our own
    )
    named = {one.pk: str(one) for one in model.objects.filter(pk__in=[row[0] for row in rows])}
    return [
        LedgerProblem(
            f"{str(model._meta.verbose_name).capitalize()} {named[pk]}",
            _("“%(total)s” is %(kept)s, de som van de boekingen is %(sum)s.")
            % {
                "total": model._meta.get_field(name).verbose_name,
                "kept": format_eur(kept),
                "sum": format_eur(booked),
            },
        )
        for pk, *amounts in rows
        for name, kept, booked in zip(totals, amounts[::2], amounts[1::2], strict=True)
        if kept != booked
    ]


def _wrong_credits() -> list[LedgerProblem]:
    """Lines whose credits are not those of their last version."""
    rows = _rows(
        """
        SELECT l.id FROM funding_budgetline l LEFT JOIN LATERAL (
            SELECT vak, vek FROM funding_budgetversion v WHERE v.line_id = l.id
            ORDER BY sequence DESC LIMIT 1
        ) v ON true WHERE l.vak <> coalesce(v.vak, 0) OR l.vek <> coalesce(v.vek, 0) ORDER BY l.id
        """
    )
    lines = BudgetLine.objects.select_related("budget_year").in_bulk([pk for (pk,) in rows])
    return [
        LedgerProblem(
            f"{str(BudgetLine._meta.verbose_name).capitalize()} {lines[pk]}",
            _("het krediet is niet dat van de laatste begrotingsversie."),
        )
        for (pk,) in rows
    ]


def _signed(effect: dict[EntryKind, int]) -> str:
    cases = " ".join(f"WHEN '{kind}' THEN {sign} * amount" for kind, sign in effect.items())
    return f"CASE kind {cases} ELSE 0 END"


def _rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
