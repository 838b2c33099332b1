"""The pauses of files that are not decided, as they would have been kept from the beginning."""

from django.db import migrations

# From each check that found something missing until the next version arrived.
CORRECTIONS = """
INSERT INTO evaluations_clockpause (proposal_id, reason, started_at, ended_at)
SELECT p.id, 'correction', c.checked_at, n.arrived_at
FROM evaluations_completenesscheck c
JOIN projects_proposalversion v ON v.id = c.version_id
JOIN projects_proposal p ON p.id = v.proposal_id
LEFT JOIN projects_proposalversion n ON n.proposal_id = p.id AND n.number = v.number + 1
WHERE NOT c.is_complete
    AND p.state IN ('submitted', 'incomplete', 'complete', 'assessment', 'advised')
    AND (n.id IS NOT NULL OR p.state = 'incomplete')
    AND (n.arrived_at IS NULL OR n.arrived_at >= c.checked_at)
"""

# When a question was taken back is not known: such a pause is left out.
QUESTIONS = """
INSERT INTO evaluations_clockpause
    (proposal_id, reason, information_request_id, started_at, ended_at)
SELECT p.id, 'information', r.id, r.asked_at, r.answered_at
FROM projects_informationrequest r JOIN projects_proposal p ON p.id = r.proposal_id
WHERE r.state IN ('open', 'answered')
    AND p.state IN ('submitted', 'incomplete', 'complete', 'assessment', 'advised')
    AND (r.answered_at IS NULL OR r.answered_at >= r.asked_at)
"""

# Made again after the migration (evaluations.services.summary.fill_summaries).
SUMMARIES = """
DELETE FROM evaluations_filesummary
WHERE proposal_id IN (SELECT proposal_id FROM evaluations_clockpause)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0006_board_and_meetings"),
        ("projects", "0004_who_changed_an_answer_last"),
    ]

    operations = [
        migrations.RunSQL(CORRECTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(QUESTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(SUMMARIES, migrations.RunSQL.noop),
    ]
