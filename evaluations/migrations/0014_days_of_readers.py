from django.db import migrations, models

import common.clock

# Until now a term ran from the day on which the adviser was asked.
AGREED = "UPDATE evaluations_assignment SET agreed_at = assigned_at"

# Made again after the migration, with the days of the readers
# (evaluations.services.summary.fill_summaries).
SUMMARIES = """
DELETE FROM evaluations_filesummary
WHERE proposal_id IN (SELECT proposal_id FROM evaluations_clockpause)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0013_index_of_due_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="agreed_at",
            field=models.DateTimeField(
                default=common.clock.now, editable=False, verbose_name="afgesproken op"
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="moved_to",
            field=models.DateField(
                blank=True,
                editable=False,
                help_text="De dag, zoveel werkdagen later als de klok sinds de afspraak stilstond.",
                null=True,
                verbose_name="verschoven naar",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="due_on",
            field=models.DateField(help_text="Zoals afgesproken.", verbose_name="advies tegen"),
        ),
        migrations.RunSQL(AGREED, migrations.RunSQL.noop),
        migrations.RunSQL(SUMMARIES, migrations.RunSQL.noop),
    ]
