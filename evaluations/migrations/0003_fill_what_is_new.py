"""What the new columns and tables say of files from before them."""

from django.db import migrations

CONFLICTS = """
INSERT INTO evaluations_conflictofinterest
    (person_id, proposal_id, kind, explanation, found_at, lifted_at)
SELECT DISTINCT ON (a.adviser_id, a.proposal_id)
    a.adviser_id, a.proposal_id, 'declared', d.explanation, d.declared_at, NULL::timestamptz
FROM evaluations_assignment a
JOIN evaluations_conflictdeclaration d ON d.assignment_id = a.id AND d.has_conflict
WHERE a.state = 'recused'
ORDER BY a.adviser_id, a.proposal_id, d.declared_at
"""

DAYS = """
ALTER TABLE evaluations_selectiondecision DISABLE TRIGGER USER;
UPDATE evaluations_selectiondecision
SET notified_on = (notified_at AT TIME ZONE 'Europe/Brussels')::date
WHERE notified_at IS NOT NULL;
ALTER TABLE evaluations_selectiondecision ENABLE TRIGGER USER
"""

TOTALS = """
ALTER TABLE evaluations_evaluation DISABLE TRIGGER USER;
UPDATE evaluations_evaluation e
SET total_percent = t.points * 100 / (t.weights * 5),
    passes = t.all_pass AND t.points * 100 >= c.overall_threshold * t.weights * 5
FROM (
    SELECT s.evaluation_id,
        sum(s.value * k.weight) AS points,
        sum(k.weight) AS weights,
        bool_and(s.value * 100 / 5 >= k.threshold) AS all_pass
    FROM evaluations_score s JOIN calls_criterion k ON k.id = s.criterion_id
    WHERE s.value IS NOT NULL
    GROUP BY s.evaluation_id
) t, evaluations_assignment a, projects_proposal p, calls_call c
WHERE t.evaluation_id = e.id AND a.id = e.assignment_id AND p.id = a.proposal_id
    AND c.id = p.call_id AND e.finalised_at IS NOT NULL AND t.weights > 0;
ALTER TABLE evaluations_evaluation ENABLE TRIGGER USER
"""


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0002_evaluation_in_depth")]

    operations = [
        migrations.RunSQL(CONFLICTS, migrations.RunSQL.noop),
        migrations.RunSQL(DAYS, migrations.RunSQL.noop),
        migrations.RunSQL(TOTALS, migrations.RunSQL.noop),
    ]
