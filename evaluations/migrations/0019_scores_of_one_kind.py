import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """No change of the tables: common scores are checked by the form as scores of a reader are."""

    dependencies = [("evaluations", "0018_words_of_a_talk")]

    operations = [
        migrations.AlterField(
            model_name="consensusscore",
            name="value",
            field=models.DecimalField(
                blank=True,
                decimal_places=1,
                max_digits=3,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(5),
                ],
                verbose_name="score",
            ),
        ),
    ]
