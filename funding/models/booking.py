"""What a booking does to the totals, and the triggers that see to it."""

import pgtrigger
from django.db import models
from django.db.models import Case, DecimalField, F, Value, When
from django.utils.translation import gettext_lazy as _

from common.constraints import refusal
from common.money import ZERO
from funding.models.chain import link


class EntryKind(models.TextChoices):
    """What a booking does (domain.md 6.6); `EFFECTS` says to which totals."""

    COMMITMENT = "commitment", _("Vastlegging")
    REVERSAL = "reversal", _("Terugboeking in hetzelfde jaar")
    RELEASE = "release", _("Vrijval")
    PAYMENT = "payment", _("Vereffening")
    PAYMENT_REVERSAL = "payment_reversal", _("Teruggekeerde vereffening")
    RECOVERY = "recovery", _("Terugvordering")


NET_COMMITTED = {EntryKind.COMMITMENT: 1, EntryKind.REVERSAL: -1}
NET_PAID = {EntryKind.PAYMENT: 1, EntryKind.PAYMENT_REVERSAL: -1}
RELEASED = {EntryKind.RELEASE: 1}
RECOVERED = {EntryKind.RECOVERY: 1}
STAYS_OPEN = NET_COMMITTED | {kind: -sign for kind, sign in (NET_PAID | RELEASED).items()}
"""How a kind counts in a total. What is recovered is income: it gives no credit back and opens
nothing again."""

OF_THE_YEAR = (*NET_COMMITTED, *NET_PAID)
"""These use or give back credit, so they are dated in the year of their line."""


def signed_amount(effect: dict[EntryKind, int]) -> Case:
    """The amount of an entry as it counts in that total: to sum in the database. EUR."""
    return Case(
        *(When(kind=kind, then=F("amount") * sign) for kind, sign in effect.items()),
        default=Value(ZERO),
        output_field=DecimalField(max_digits=14, decimal_places=2),
    )


def _added(effect: dict[EntryKind, int]) -> str:
    cases = " ".join(f"WHEN '{kind}' THEN {sign} * NEW.amount" for kind, sign in effect.items())
    return f"CASE NEW.kind {cases} ELSE 0 END"


def booking_is_sound(hashed: tuple[str, ...]) -> pgtrigger.Trigger:
    """Refuse a day on which the booking cannot count, and chain it to the former one.

    Locks in the order of the services: line, commitment, year. So two bookings at once queue up,
    and none can miss that its year is just being closed.
    """
    closed = refusal(
        "funding_entry_year_is_open", _("Het begrotingsjaar van deze dag is afgesloten.")
    )
    too_early = refusal(
        "funding_entry_not_before_commitment",
        _("Een boeking kan niet vóór de dag van de vastlegging."),
    )
    other_year = refusal(
        "funding_entry_in_year_of_line",
        _("Deze dag valt niet in het begrotingsjaar van het krediet."),
    )
    another = refusal(
        "funding_entry_reverses_whole",
        _("Een vereffening keert in haar geheel terug, op dezelfde vastlegging."),
    )
    of_the_year = ", ".join(f"'{kind}'" for kind in OF_THE_YEAR)
    return pgtrigger.Trigger(
        name="booking_is_sound",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("line_year", "integer"), ("committed_on", "date"), ("closed", "boolean")],
        func=f"""
            SELECT y.year INTO line_year FROM funding_budgetline l
                JOIN funding_budgetyear y ON y.id = l.budget_year_id
                WHERE l.id = NEW.line_id FOR NO KEY UPDATE OF l;
            SELECT effective_on INTO committed_on FROM funding_commitment
                WHERE id = NEW.commitment_id FOR NO KEY UPDATE;
            SELECT is_closed INTO closed FROM funding_budgetyear
                WHERE year = extract(year FROM NEW.effective_on) FOR SHARE;
            IF closed THEN {closed} END IF;
            IF NEW.effective_on < committed_on THEN {too_early} END IF;
            IF NEW.kind IN ({of_the_year})
                AND extract(year FROM NEW.effective_on) <> line_year THEN {other_year} END IF;
            IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM funding_ledgerentry WHERE id = NEW.reverses_id
                    AND kind = '{EntryKind.PAYMENT}' AND commitment_id = NEW.commitment_id
                    AND line_id = NEW.line_id AND amount = NEW.amount) THEN {another} END IF;
            {link("funding_ledgerentry", "commitment_id", hashed)}
            RETURN NEW;
        """,  # noqa: S608 - names of our own
    )


def totals_follow_ledger() -> pgtrigger.Trigger:
    """The totals are written here and nowhere else, so they are the sums of the rows.

    The CHECK constraints on both tables then refuse what would overdraw.
    """
    return pgtrigger.Trigger(
        name="totals_follow_ledger",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=f"""
            UPDATE funding_budgetline SET
                committed = committed + {_added(NET_COMMITTED)},
                paid = paid + {_added(NET_PAID)}
            WHERE id = NEW.line_id;
            UPDATE funding_commitment SET
                committed = committed + {_added(NET_COMMITTED)},
                released = released + {_added(RELEASED)},
                paid = paid + {_added(NET_PAID)},
                recovered = recovered + {_added(RECOVERED)}
            WHERE id = NEW.commitment_id;
            RETURN NULL;
        """,  # noqa: S608 - names of our own
    )
