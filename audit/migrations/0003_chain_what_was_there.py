"""Acts of before the chain get their place in it, oldest first."""

from django.db import migrations

# The links are filled by the trigger of their table when this migration commits, in this order.
CHAIN = """
    INSERT INTO audit_chainlink (event_id, previous, hash)
    SELECT id, '', '' FROM audit_auditevent ORDER BY id
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_row_history_and_chain")]

    operations = [migrations.RunSQL(CHAIN, migrations.RunSQL.noop)]
