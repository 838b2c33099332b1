"""Who read an advice, on a page or in a file."""

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from audit import readings
from audit.models import Reading
from projects.models import Proposal
from tests.evaluations.factories import Case

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_who_reads_an_advice_is_kept_with_page_and_file() -> None:
    case = Case().advised()
    client = signed_in(case.leader)
    for page in ("advice", "scores", "file", "advice"):
        url = reverse(f"evaluations:{page}", args=[case.proposal.reference])
        assert client.get(url).status_code == 200
    rows = Reading.objects.order_by("pk")
    assert [(row.reader, row.what, row.via) for row in rows] == [
        (case.leader, "advice", "evaluations:advice"),
        (case.leader, "scores", "evaluations:scores"),
        (case.leader, "advice", "evaluations:advice"),
    ]
    kind = ContentType.objects.get_for_model(Proposal)
    assert {(row.content_type, row.object_id) for row in rows} == {(kind, str(case.proposal.pk))}


def test_who_may_not_read_leaves_no_reading() -> None:
    case = Case().advised()
    url = reverse("evaluations:advice", args=[case.proposal.reference])
    assert signed_in(Case().adviser).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert not Reading.objects.exists()


def test_a_letter_that_is_fetched_and_a_list_that_is_exported_are_readings() -> None:
    case = Case().with_letter()
    job = case.decision.letter
    assert job is not None
    client = signed_in(case.leader)
    fetched = client.get(reverse("documents:download", args=[job.pk]))
    assert b"".join(fetched.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert (
        client.get(reverse("evaluations:list_export", args=["dossiers", "csv"])).status_code == 200
    )
    letter, list_ = Reading.objects.order_by("pk")
    assert (letter.what, letter.via) == ("letter", "documents:download")
    assert letter.content_type is not None
    assert (list_.what, list_.content_type, list_.object_id) == ("list", None, "")


def test_only_what_was_declared_is_noted(rf: Any) -> None:
    with pytest.raises(LookupError, match="iets"):
        readings.note(rf.get("/"), "iets")


@pytest.mark.parametrize("act", ["delete", "update"])
def test_nobody_rewrites_who_read(act: str) -> None:
    case = Case().advised()
    signed_in(case.leader).get(reverse("evaluations:advice", args=[case.proposal.reference]))
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        Reading.objects.all().delete() if act == "delete" else Reading.objects.update(what="x")
