"""The questions of "Is dit iets voor mij?" that most calls have."""

from calls.models import Call, SelfTestQuestion
from calls.template import SELF_TEST


def add_self_test(call: Call) -> int:
    """Add the default questions that the call does not have yet, at the end; returns how many.

    In the transaction of the caller, who may change the call.
    """
    known = set(call.self_test_questions.values_list("question", flat=True))
    missing = [spec for spec in SELF_TEST if spec.question not in known]
    SelfTestQuestion.objects.bulk_create(
        SelfTestQuestion(
            call=call,
            position=position,
            question=spec.question,
            help_text=spec.help,
            good_answer=spec.good,
            weight=spec.weight,
            reason=spec.reason,
        )
        for position, spec in enumerate(missing, len(known) + 1)
    )
    return len(missing)
