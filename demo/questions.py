"""Questions of invented visitors about an invented call (voorbeelddata)."""

from calls.models import Call, CallQuestion
from demo.people import Cast
from demo.timing import Calendar, at

ANSWERED = [
    (
        "Mogen twee gemeenten samen één voorstel indienen?",
        "Ja. Eén van beide dient in, de andere staat in deel C als **partner**. Spreek vooraf af"
        " wie de opdracht plaatst.",
    ),
    (
        "Telt de tijd van onze eigen medewerkers mee in de raming?",
        "Nee. Alleen kosten die u bij anderen maakt, tellen mee voor cofinanciering.",
    ),
    (
        "Moeten we al weten welke procedure we gebruiken?",
        "Nee. Schrijf in deel H welke procedure u voorlopig verwacht. U kiest ze later, samen met"
        " uw projectbegeleider.",
    ),
    (
        "Kan een voorstel over een marktconsultatie gaan?",
        "Ja, als voorbereiding van een innovatieve aankoop. Leg uit wat u daarna wilt aankopen.",
    ),
]
WAITING = "Krijgen we feedback als ons voorstel niet geselecteerd wordt?"


def visitors_ask(call: Call, cast: Cast, calendar: Calendar) -> None:
    """Four published answers and one question that waits for the team."""
    CallQuestion.objects.bulk_create(
        CallQuestion(
            call=call,
            question=question,
            answer=answer,
            answered_by=cast.team,
            asked_at=at(calendar.ago(days)),
            published_at=at(calendar.ago(days - 2), 14),
        )
        for days, (question, answer) in zip((30, 21, 15, 9), ANSWERED, strict=True)
    )
    CallQuestion.objects.create(call=call, question=WAITING, asked_at=at(calendar.ago(1)))
