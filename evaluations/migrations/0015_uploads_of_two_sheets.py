"""Rows of uploads say on which sheet they stood, and call what was filled in the same on both."""

from django.db import migrations, models

ROWS = """
UPDATE evaluations_scoreupload SET rows = (
    SELECT jsonb_agg(
        (one - 'score' - 'motivation') || jsonb_build_object(
            'sheet', 'Scores', 'value', one -> 'score', 'text', one -> 'motivation'
        )
        ORDER BY place
    )
    FROM jsonb_array_elements(rows) WITH ORDINALITY AS _ (one, place)
)
WHERE rows <> '[]'
"""


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0014_days_of_readers")]

    operations = [
        migrations.AlterField(
            model_name="scoreupload",
            name="rows",
            field=models.JSONField(
                default=list,
                help_text="Per rij: blad, dossier, criterium, wat ingevuld is, en wat eraan schort.",
                verbose_name="rijen",
            ),
        ),
        migrations.RunSQL(ROWS, migrations.RunSQL.noop),
    ]
