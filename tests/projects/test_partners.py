"""Partner rows keep their identity; whatever is added, removed and edited, nothing is lost."""

from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from projects.fields import PARTNER_FIELDS
from projects.models import Partner, Proposal
from projects.services import SectionClash, invite_to_partner, save_partners
from projects.services.partners import match_rows
from tests.projects.conftest import member, signed_in
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db


def row(name: str, **kwargs: Any) -> dict[str, Any]:
    empty = {"kbo": "", "role": "", "contribution": "", "has_letter_of_intent": False}
    return {"name": name, **empty, **kwargs}


def save(proposal: Proposal, by: User, rows: list[dict[str, Any]], **kwargs: Any) -> None:
    section = proposal.call.sections.get(code="C")
    saved = proposal.sections.filter(section=section).first()
    version = kwargs.pop("version", saved.version if saved else 0)
    save_partners(proposal=proposal, section=section, rows=rows, version=version, by=by)


def standing(proposal: Proposal) -> list[dict[str, Any]]:
    return [
        {"id": pk, **values}
        for partner in proposal.partners.all()
        for pk in [partner.pk]
        for values in [{name: getattr(partner, name) for name in PARTNER_FIELDS}]
    ]


class TestRows:
    def test_editing_keeps_the_row_and_counts_its_version(
        self, draft: Proposal, editor: User
    ) -> None:
        save(draft, editor, [row("Stad Gent"), row("Stad Aalst")])
        gent, aalst = draft.partners.all()
        save(
            draft, editor, [row("Stad Aalst", id=aalst.pk), row("Gent", id=gent.pk, role="Piloot")]
        )
        assert list(draft.partners.values_list("pk", "name", "version", "position")) == [
            (aalst.pk, "Stad Aalst", 1, 1),
            (gent.pk, "Gent", 2, 2),
        ]

    def test_a_page_that_does_not_know_the_number_of_its_new_row(
        self, draft: Proposal, editor: User
    ) -> None:
        save(draft, editor, [row("Stad Gent")])
        gent = draft.partners.get()
        save(draft, editor, [row(" stad gent", role="Piloot"), row("Stad Gent")])
        assert list(draft.partners.values_list("role", flat=True)) == ["Piloot", ""]
        assert draft.partners.first() == gent

    def test_a_number_of_another_proposal_is_a_new_row(self, draft: Proposal, editor: User) -> None:
        foreign = ProposalFactory().partners.create(name="Van een ander")
        save(draft, editor, [row("Stad Gent", id=foreign.pk)])
        assert draft.partners.get().pk != foreign.pk
        foreign.refresh_from_db()
        assert foreign.name == "Van een ander"

    def test_the_same_number_twice(self, draft: Proposal, editor: User) -> None:
        save(draft, editor, [row("Stad Gent")])
        pk = draft.partners.get().pk
        save(draft, editor, [row("Stad Gent", id=pk), row("Stad Aalst", id=pk)])
        assert list(draft.partners.values_list("name", flat=True)) == ["Stad Gent", "Stad Aalst"]

    def test_the_same_rows_again_are_no_new_version(self, draft: Proposal, editor: User) -> None:
        save(draft, editor, [row("Stad Gent")])
        save(draft, editor, standing(draft), version=0)
        assert draft.sections.get().version == 1

    def test_a_removed_partner_loses_its_people(self, draft: Proposal, editor: User) -> None:
        save(draft, editor, [row("Stad Gent"), row("Stad Aalst")])
        gent, aalst = draft.partners.all()
        for partner in (gent, aalst):
            invite_to_partner(partner=partner, email=f"{partner.pk}@stad.test", by=member(draft))
        save(draft, editor, [row("Stad Aalst", id=aalst.pk)])
        assert list(draft.partners.values_list("accesses__user__email", flat=True)) == [
            f"{aalst.pk}@stad.test"
        ]

    def test_the_form_carries_the_numbers(self, draft: Proposal, editor: User) -> None:
        save(draft, editor, [row("Stad Gent"), row("Stad Aalst")])
        gent, aalst = draft.partners.all()
        client = signed_in(editor)
        address = reverse("projects:section", args=[draft.reference, "C"])
        html = client.get(address).content.decode()
        for place, partner in enumerate((gent, aalst)):
            assert f'name="partners-{place}-id" value="{partner.pk}"' in html
        data = {
            "version": 1,
            "partners-TOTAL_FORMS": 3,
            "partners-INITIAL_FORMS": 2,
            "partners-0-id": gent.pk,
            "partners-0-name": "Stad Gent",
            "partners-0-DELETE": "on",
            "partners-1-id": aalst.pk,
            "partners-1-name": "Stad Aalst (nieuw)",
            "partners-2-id": "<script>",
            "partners-2-name": "Stad Ronse",
        }
        assert client.post(address, data).status_code == 302
        assert list(draft.partners.values_list("name", flat=True)) == [
            "Stad Aalst (nieuw)",
            "Stad Ronse",
        ]
        assert draft.partners.first() == aalst


NAMES = st.sampled_from(["Gent", "Aalst", "Ronse", "gent", "Stad Gent", "Zottegem"])
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), NAMES, st.integers(0, 5)),
        st.tuples(st.just("add without number"), NAMES, st.integers(0, 5)),
        st.tuples(st.just("remove"), st.integers(0, 5), st.none()),
        st.tuples(st.just("edit"), st.integers(0, 5), st.text("abc é🚀", max_size=20)),
        st.tuples(st.just("rename"), st.integers(0, 5), NAMES),
        st.tuples(st.just("move"), st.integers(0, 5), st.integers(0, 5)),
    ),
    max_size=8,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(saves=st.lists(ACTS, min_size=1, max_size=4))
def test_rows_survive_any_sequence(draft: Proposal, editor: User, saves: list[Any]) -> None:
    """After each save what stands is what was on the page, and a known row is the same row."""
    save(draft, editor, [])
    Partner.objects.all().delete()
    for acts in saves:
        page = standing(draft)
        for act, which, what in acts:
            if act.startswith("add"):
                page.insert(min(what, len(page)), row(which))
            elif page and act == "remove":
                page.pop(which % len(page))
            elif page and act == "edit":
                page[which % len(page)]["contribution"] = what
            elif page and act == "rename":
                page[which % len(page)]["name"] = what
            elif page and act == "move":
                page.insert(what % len(page), page.pop(which % len(page)))
        before = {partner.pk for partner in draft.partners.all()}
        save(draft, editor, page)
        after = standing(draft)
        assert [{**one, "id": 0} for one in after] == [{**one, "id": 0} for one in page]
        known = {one["id"] for one in page if one.get("id")}
        assert known <= {one["id"] for one in after}
        assert [one["id"] for one, typed in zip(after, page, strict=True) if typed.get("id")] == [
            one["id"] for one in page if one.get("id")
        ]
        assert known <= before


def test_matching_without_a_database() -> None:
    gent, aalst = Partner(pk=1, name="Gent"), Partner(pk=2, name="Aalst")
    rows = [row("Aalst"), row("Gent", id=2), row("Gent"), row("Ronse", id=9)]
    assert match_rows([gent, aalst], rows) == [None, aalst, gent, None]


def test_an_older_page_clashes(draft: Proposal, editor: User) -> None:
    save(draft, editor, [row("Stad Gent")])
    with pytest.raises(SectionClash):
        save(draft, editor, [row("Stad Aalst")], version=0)
