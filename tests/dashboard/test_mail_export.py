"""The lists of reminders and mails as a file: what is filtered, no formula, no hidden file."""

import pytest
from django.test import Client

from accounts.roles import StaffRole
from notifications.models import OutboxMail
from notifications.services.bounces import note_refusal
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


def lines(client: Client, name: str, **chosen: str) -> list[str]:
    answer = client.get(f"/beheer/herinneringen/{name}.csv", chosen)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]


def test_staff_take_the_lists_along() -> None:
    for subject in ("=1+1", "Gewoon"):
        mail = OutboxMail.objects.create(
            kind="calls.opened", address="an@x.test", subject=subject, text="t", html="t"
        )
    note_refusal(mail, 550, "5.7.1 spam")
    client = Client()
    client.force_login(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    rows = lines(client, "mails")
    assert rows[0].startswith("Gemaakt op;Soort;Onderwerp;Aan;Status;")
    assert len(rows) == 3
    assert ";Een oproep gaat open;'=1+1;an@x.test;" in rows[2]
    assert len(lines(client, "mails", q="gewoon")) == 2
    assert len(lines(client, "mails", until="2020-01-01")) == 1
    assert lines(client, "herinneringen") == [
        "Moment;Soort;Tijdstip;Gaat over;Ontvanger;Termijn;Status;Beslist op;Reden;Mail;Toelichting"
    ]
    assert lines(client, "teruggekomen")[1].endswith(
        ";an@x.test;Gewoon;De ontvanger weigert het bericht;5.7.1;550 5.7.1 spam"
    )
    assert client.get("/beheer/herinneringen/iets.csv").status_code == 404


@pytest.mark.parametrize("roles", [[], [StaffRole.ADVISER]])
def test_others_do_not(roles: list[StaffRole]) -> None:
    client = Client()
    client.force_login(UserFactory(roles=roles))
    assert client.get("/beheer/herinneringen/mails.csv").status_code == 403
