"""The rights matrix: complete, up to date, and what really happens (rights as docs/ has them)."""

import pytest
from django.core.management import CommandError, call_command

from common.policies import policy
from common.rights import PUBLIC, SIGNED_IN, STAFF, Outcome, act, form, page, refuses, together
from dashboard.matrix import (
    PEOPLE,
    decide,
    matrix_rows,
    missing_rules,
    table,
    unknown_rules,
)
from dashboard.matrix.examples import things
from dashboard.matrix.rows import words


def test_every_address_has_a_rule():
    """Each sentence says what to add, and where."""
    assert missing_rules() == []
    assert unknown_rules() == []


def test_a_new_address_without_a_rule_is_told_what_to_add(monkeypatch):
    known = table.named_addresses()
    monkeypatch.setattr(table, "named_addresses", lambda: known | {"funding:nieuw", "los"})
    first, second = missing_rules()
    assert first.startswith("funding:nieuw has no rule. Add it to RIGHTS in funding/rights.py")
    assert second.startswith("los has no rule. Add it to RIGHTS in dashboard/rights.py")


def test_the_matrix_in_docs_is_up_to_date():
    try:
        call_command("rights_matrix", "--check")
    except CommandError as error:
        pytest.fail(str(error))


def test_every_row_has_a_sentence():
    assert [row for row in matrix_rows() if not row[-1].endswith(".")] == []


def test_the_first_gate_that_stops_somebody_decides():
    never = policy("Niemand mag dit.")(lambda user, obj=None: False)
    gates = (*STAFF, refuses(never))
    by_role = {one.role: decide(gates, one.account, things()) for one in PEOPLE}
    assert by_role["bezoeker"].outcome == Outcome.SIGN_IN
    assert (
        by_role["lid-beheerder"].sentence == "Deze pagina is er voor medewerkers van het programma."
    )
    assert by_role["PIO-teamlid"].sentence == "Niemand mag dit."
    assert by_role["PIO-teamlid"].outcome == Outcome.FORBIDDEN


def test_an_address_has_one_rule_for_a_state():
    with pytest.raises(ValueError, match="two rules"):
        together(page("a", gates=PUBLIC), act("a", gates=SIGNED_IN))
    both = together(page("a", gates=PUBLIC), form("a", gates=SIGNED_IN, state="ontwerp"))
    assert [rule.state for rule in both["a"]] == ["", "ontwerp"]


def test_people_are_named_as_short_as_can_be():
    staff = [one for one in PEOPLE if one.family == "staff"]
    assert words(PEOPLE) == "iedereen"
    assert words(staff) == "alle medewerkers"
    assert words([one for one in staff if one.role != "PIO-teamlid"]) == (
        "alle medewerkers behalve PIO-teamlid"
    )
    assert words([one for one in staff if one.role == "VLAIO-adviseur"][:1]) == (
        "VLAIO-adviseur (toegewezen)"
    )
