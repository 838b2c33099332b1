from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Names of organisations are compared by likeness."""

    dependencies = [("accounts", "0002_is_staff_follows_role")]
    operations = [TrigramExtension()]
