"""The default checklists, and what criteria are about, for calls from before both were kept."""

from django.db import migrations

# Plain data: the words of the default call as they are when the migration runs.
from calls.template import CHECKLISTS, CRITERIA


def fill(apps, schema_editor):
    Call = apps.get_model("calls", "Call")
    ChecklistItem = apps.get_model("calls", "ChecklistItem")
    Criterion = apps.get_model("calls", "Criterion")
    for call in Call.objects.exclude(criteria=None).filter(checklist_items=None).distinct():
        ChecklistItem.objects.bulk_create(
            ChecklistItem(
                call=call,
                kind=kind.value,
                position=position,
                label=spec.label,
                guidance=spec.guidance,
            )
            for kind, specs in CHECKLISTS.items()
            for position, spec in enumerate(specs, 1)
        )
    for spec in CRITERIA:
        for criterion in Criterion.objects.filter(title=spec.title, about=[]):
            codes = set(criterion.call.sections.values_list("code", flat=True))
            criterion.about = [code for code in spec.about if code in codes]
            criterion.save(update_fields=["about"])


class Migration(migrations.Migration):
    dependencies = [("calls", "0004_evaluation_settings")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
