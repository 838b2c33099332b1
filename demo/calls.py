"""Calls of the demo: the real ones of the past from public sources, and invented ones to play."""

import re
from datetime import date, timedelta

from django.utils.dates import MONTHS
from django.utils.text import slugify

from calls.lifecycle import CallState
from calls.models import (
    Call,
    FormQuestion,
    QuestionType,
    RequiredFrom,
    SubmissionRound,
    Theme,
)
from calls.services import (
    BLANK_FORM_KIND,
    add_suggested_milestones,
    create_call,
    explain_item,
    fix_form,
    save_part,
)
from common.moments import end_of_day, start_of_day
from demo.organisations import MARK
from demo.people import Cast
from demo.sources import CallSource, call_sources, project_sources
from demo.texts import IDEAS
from documents.services import request_document

FULL_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def themes() -> dict[str, Theme]:
    """The themes of the real projects and of the invented ideas, by name."""
    names = {source.theme for source in project_sources() if source.theme}
    names |= {idea.theme for idea in IDEAS}
    return {
        name: Theme.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]
        for name in sorted(names)
    }


def past_calls() -> dict[str, Call]:
    """The calls of before the portal, with what public sources tell and nothing more."""
    calls = {}
    for number, source in enumerate(call_sources(), 1):
        reference = _short(source.title)
        call, created = Call.objects.get_or_create(
            slug=slugify(reference),
            defaults={
                "reference": reference,
                "title": source.title[:150],
                "summary": _what_is_known(source),
                "submitted_count": source.submitted,
                "selected_count": source.selected,
                "source_url": source.address,
                "state": CallState.ARCHIVED,
                "created_at": start_of_day(date(2016 + number // 2, 1, 1)),
            },
        )
        if created and FULL_DATE.match(source.opened) and FULL_DATE.match(source.closed):
            SubmissionRound.objects.create(
                call=call,
                opens_at=start_of_day(date.fromisoformat(source.opened)),
                closes_at=end_of_day(date.fromisoformat(source.closed)),
            )
        calls[source.title] = call
    return calls


def played_call(
    *,
    cast: Cast,
    reference: str,
    opens: date,
    closes: date,
    state: CallState,
    title: str,
) -> Call:
    """An invented call, made from the default template as staff would."""
    call = create_call(reference=reference, title=f"{title} {MARK}", by=cast.team)
    Call.objects.filter(pk=call.pk).update(
        summary="Publieke organisaties stellen een innovatieve aankoop voor. Geselecteerde "
        "projecten krijgen begeleiding en kans op cofinanciering.",
        description="Deze oproep en alles wat eronder hangt, is **voorbeelddata**: ze bestaat "
        "alleen in deze demo.",
        correction_days=14,
        effort_hours=16,
        is_fictional=True,
        created_at=start_of_day(opens - timedelta(days=30)),
    )
    SubmissionRound.objects.create(
        call=call, opens_at=start_of_day(opens), closes_at=end_of_day(closes)
    )
    add_suggested_milestones(call=call, by=cast.team)
    if state == CallState.PUBLISHED:
        _add_questions_in_depth(call, cast)
    call.refresh_from_db()
    # The past cannot be played step by step: the state is set as it would be by now.
    steps = [CallState.PUBLISHED, CallState.ASSESSMENT, CallState.DECIDED, CallState.ARCHIVED]
    for each in steps[: steps.index(state) + 1]:
        Call.objects.filter(pk=call.pk).update(state=each)
    call.refresh_from_db()
    fix_form(call=call, by=cast.team)
    request_document(kind=BLANK_FORM_KIND, params={"call": call.pk}, requested_by=None, about=call)
    return call


def _add_questions_in_depth(call: Call, cast: Cast) -> None:
    """One that appears with an answer, and one that may come later."""
    asked = FormQuestion.objects.select_related("section").get(
        section__call=call, key="een_leverancier"
    )
    save_part(
        part=FormQuestion(
            section=asked.section,
            key="waarom_een_leverancier",
            label="Waarom kan alleen die leverancier het?",
            type=QuestionType.TEXT,
            max_length=1000,
            visible_if=asked,
            visible_if_value="ja",
        ),
        by=cast.team,
    )
    save_part(
        part=FormQuestion(
            section=call.sections.get(code="H"),
            key="goedkeuring",
            label="Welk orgaan keurde dit project goed, en wanneer?",
            type=QuestionType.TEXT,
            max_length=500,
            required_from=RequiredFrom.COMPLETENESS,
        ),
        by=cast.team,
    )


def call_in_the_making(*, cast: Cast, reference: str, opens: date, copy_of: Call) -> Call:
    """A draft call, copied from an earlier one and half set up: to try the guide with."""
    call = create_call(
        reference=reference,
        title=f"Oproep in opmaak {MARK}",
        by=cast.team,
        copy_of=copy_of,
    )
    Call.objects.filter(pk=call.pk).update(is_fictional=True)
    call.refresh_from_db()
    save_part(
        part=SubmissionRound(
            call=call,
            opens_at=start_of_day(opens),
            closes_at=end_of_day(opens + timedelta(days=60)),
            grace_minutes=15,
        ),
        by=cast.team,
    )
    explain_item(
        call=call,
        item="engels",
        explanation="De oproep richt zich alleen tot Vlaamse besturen.",
        by=cast.team,
    )
    return call


def _short(title: str) -> str:
    """The start of a title as reference: whole words, at most 30 characters."""
    start = re.split(r" \(|:", title)[0].strip()
    return start if len(start) <= 30 else start[:30].rsplit(" ", 1)[0]


def _what_is_known(source: CallSource) -> str:
    parts = [f"Een oproep van vóór dit portaal: {source.title}."]
    if source.opened:
        parts.append(f"Geopend: {_spelled(source.opened)}.")
    if source.closed:
        parts.append(f"Gesloten: {_spelled(source.closed)}.")
    parts.append("Andere gegevens vonden we niet in publieke bronnen.")
    return " ".join(parts)


def _spelled(partial: str) -> str:
    """`2017-04` is april 2017; no day is invented."""
    year, month, *day = partial.split("-")
    words = f"{MONTHS[int(month)]} {year}"
    return f"{int(day[0])} {words}" if day else words
