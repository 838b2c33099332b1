from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0018_scores_of_one_kind")]

    operations = [
        migrations.AlterField(
            model_name="feedbacktalk",
            name="state",
            field=models.CharField(
                choices=[("asked", "Aangevraagd"), ("planned", "Gepland"), ("held", "Gehouden")],
                default="asked",
                editable=False,
                max_length=20,
                verbose_name="status",
            ),
        ),
    ]
