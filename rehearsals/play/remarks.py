"""What is wrong or strange in the set-up of a call, found by looking and by playing."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from django.db.models import Max
from django.utils.translation import gettext as _

from calls.models import Call, FormQuestion
from common.formatting import format_day, format_moment
from common.moments import is_working_day, last_day_before
from documents.models import Job
from notifications.lifecycle import ReminderState
from notifications.models import Reminder, ReminderOffset
from notifications.registry import Offset, all_rules, rule_label

DRAFT_RULE = "projects.draft_not_submitted"
PLAYED_ROOMS = ("calls.", "projects.", "evaluations.")
"""Rooms whose reminders a call causes; those of money come long after."""

UNPLAYED_RULES = frozenset(
    {
        "evaluations.consensus_due",
        "evaluations.feedback_due",
        "projects.final_report_due",
        "projects.report_due",
        "projects.tender_document_due",
    }
)
"""Reminders of what the script never does: readers who do not answer, talks afterwards, and what
projects deliver when the call is long over."""

FAULT, WARNING, HINT = "fault", "warning", "hint"


@dataclass
class Remarks:
    """Collected in the order in which they came up; the same sentence counts once."""

    found: dict[str, str] = field(default_factory=dict)
    planned_at: dict[int, datetime] = field(default_factory=dict)
    _last_seen: int = 0

    def fault(self, sentence: str) -> None:
        self.found.setdefault(sentence, FAULT)

    def warn(self, sentence: str) -> None:
        self.found.setdefault(sentence, WARNING)

    def hint(self, sentence: str) -> None:
        self.found.setdefault(sentence, HINT)

    def refused(self, who: str, sentence: str) -> None:
        """An act of the script that the portal did not allow."""
        self.warn(
            _("Een handeling van %(who)s werd geweigerd: %(why)s") % {"who": who, "why": sentence}
        )

    def unanswered(self, question: FormQuestion, why: str) -> None:
        self.fault(
            _("Geen enkel bedacht antwoord past op “%(question)s”: %(why)s")
            % {"question": question.label, "why": why}
        )

    def document_failed(self, job: Job, error: Exception) -> None:
        self.fault(
            _("Dit document kon niet gemaakt worden: %(title)s (%(why)s)")
            % {"title": job.kind, "why": f"{type(error).__name__}: {error}"}
        )

    def note_planned(self, now: datetime) -> None:
        """Remember when each reminder was planned; the engine keeps only when it is due."""
        new = Reminder.objects.filter(pk__gt=self._last_seen).values_list("pk", flat=True)
        self.planned_at.update(dict.fromkeys(new, now))
        self._last_seen = Reminder.objects.aggregate(last=Max("pk"))["last"] or 0

    def look_back(self, call: Call) -> None:
        """What never happened, though it was configured; what could not be sent."""
        broken = Reminder.objects.planned().exclude(reason="").values_list("rule", flat=True)
        for name in sorted(set(broken)):
            self.fault(
                _("Een herinnering “%(rule)s” kon niet worden opgesteld.")
                % {"rule": rule_label(name)}
            )
        sent: dict[str, set[Offset]] = {}
        for name, days, hours in Reminder.objects.filter(state=ReminderState.SENT).values_list(
            "rule", "days", "hours"
        ):
            sent.setdefault(name, set()).add(Offset(days, hours))
        for rule in all_rules():
            if rule.name.startswith(PLAYED_ROOMS) and rule.name not in UNPLAYED_RULES:
                self._never_sent(rule.name, sent.get(rule.name, set()), call)

    def _never_sent(self, rule: str, sent: set[Offset], call: Call) -> None:
        for offset in offsets_of(rule, call):
            if offset not in sent:
                self.hint(
                    _("Deze herinnering vertrok geen enkele keer: %(rule)s, %(offset)s.")
                    % {"rule": rule_label(rule), "offset": offset}
                )

    def as_json(self) -> list[dict[str, str]]:
        order = [FAULT, WARNING, HINT]
        return sorted(
            ({"level": level, "sentence": text} for text, level in self.found.items()),
            key=lambda remark: order.index(remark["level"]),
        )


def offsets_of(rule: str, call: Call) -> list[Offset]:
    """When this rule reminds for this call: the call's own plan, or the portal's."""
    own = [Offset(-one.days, -one.hours) for one in call.reminder_moments.all()]
    if rule == DRAFT_RULE and own:
        return own
    return [
        row.offset
        for row in ReminderOffset.objects.filter(rule=rule, enabled=True).order_by("days", "hours")
    ]


def look_at_set_up(call: Call, remarks: Remarks, *, now: datetime) -> None:
    """What can be seen without playing."""
    rounds = sorted(call.rounds.all(), key=lambda r: r.opens_at)
    for one in rounds:
        last_day = last_day_before(one.closes_at)
        if not is_working_day(last_day):
            remarks.warn(
                _("%(round)s sluit op een dag waarop niemand werkt: %(day)s.")
                % {"round": one, "day": format_day(last_day)}
            )
        if one.opens_at < now:
            remarks.warn(
                _("%(round)s opent in het verleden: %(moment)s.")
                % {"round": one, "moment": format_moment(one.opens_at)}
            )
        for offset in offsets_of(DRAFT_RULE, call):
            due_at = offset.due_at(one.closes_at)
            if due_at < one.opens_at:
                remarks.warn(
                    _("De herinnering %(offset)s valt vóór de opening van %(round)s: %(moment)s.")
                    % {"offset": offset, "round": one, "moment": format_moment(due_at)}
                )
    for before, after in pairwise(rounds):
        if after.opens_at < before.closes_at:
            remarks.warn(
                _("%(first)s en %(second)s overlappen elkaar.") % {"first": before, "second": after}
            )
    if not call.correction_days:
        remarks.warn(
            _(
                "Wie een onvolledig dossier indient, krijgt na de sluiting geen tijd om aan te"
                " vullen."
            )
        )
    for milestone in call.milestones.all():
        if not is_working_day(milestone.at.date()):
            remarks.hint(
                _("De mijlpaal “%(label)s” valt op een dag waarop niemand werkt.")
                % {"label": milestone.label}
            )
