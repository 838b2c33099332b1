"""Row history: which tables, and the trigger that writes it.

`settings.AUDIT_HISTORY` names a module with two tables: KEPT, the models of which changes are kept,
and EXEMPT, the others with the reason why not. After every migrate `install` brings the triggers
in line. The trigger has the old and the new row at hand, so a bulk update, SQL by hand and a
removal are kept as well, in the transaction of the change.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils.module_loading import import_string

from audit.context import CONTEXT, THIS_TRANSACTION

TRIGGER = "audit_remember_row"
HIDDEN = "***"
"""What stands in place of a value that is never kept."""

# `former` and `latter` hold no ignored columns; hidden ones only tell that they changed.
FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION audit_differing(one jsonb, other jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN jsonb_typeof(value) = 'object' AND jsonb_typeof(other -> key) = 'object' THEN (
            SELECT coalesce(jsonb_object_agg(inner_.key, inner_.value), '{{}}')
            FROM jsonb_each(value) AS inner_
            WHERE inner_.value IS DISTINCT FROM other -> one_.key -> inner_.key)
        ELSE value END), '{{}}')
    FROM jsonb_each(one) AS one_ WHERE value IS DISTINCT FROM other -> key
$$;

CREATE OR REPLACE FUNCTION audit_hidden(row_ jsonb, names text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT row_ || coalesce(jsonb_object_agg(name, '{HIDDEN}'::text), '{{}}')
    FROM unnest(names) AS name WHERE row_ ? name
$$;

CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger
LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    ignored text[] := string_to_array(TG_ARGV[2], ' ');
    hidden text[] := string_to_array(TG_ARGV[3], ' ');
    former jsonb;
    latter jsonb;
    key_ text;
    told jsonb := {CONTEXT};
BEGIN
    IF TG_OP <> 'INSERT' THEN former := to_jsonb(OLD) - ignored; END IF;
    IF TG_OP <> 'DELETE' THEN latter := to_jsonb(NEW) - ignored; END IF;
    key_ := coalesce(latter, former) ->> TG_ARGV[1];
    IF TG_OP = 'UPDATE' THEN
        IF former = latter THEN RETURN NULL; END IF;
        -- In line: a function in SQL would be planned anew for each row.
        SELECT
            coalesce(jsonb_object_agg(key, CASE WHEN nested
                THEN audit_differing(value, latter -> key) ELSE value END), '{{}}'),
            coalesce(jsonb_object_agg(key, CASE WHEN nested
                THEN audit_differing(latter -> key, value) ELSE latter -> key END), '{{}}')
            INTO former, latter
            FROM jsonb_each(former), LATERAL (SELECT jsonb_typeof(value) = 'object'
                AND jsonb_typeof(latter -> key) = 'object' AS nested) AS kind_
            WHERE value IS DISTINCT FROM latter -> key;
    END IF;
    IF hidden <> '{{}}' THEN
        former := audit_hidden(former, hidden);
        latter := audit_hidden(latter, hidden);
    END IF;
    INSERT INTO audit_rowchange (at, kind, object_id, operation, before, after, actor_id, request,
        via, reason, transaction, database_user, program)
    VALUES (
        coalesce(nullif(current_setting('pio.recorded_at', true), '')::timestamptz,
            clock_timestamp()),
        TG_ARGV[0], key_, TG_OP, former, latter,
        (told ->> 'user')::bigint, coalesce(told ->> 'request', ''),
        coalesce(told ->> 'via', ''), coalesce(told ->> 'reason', ''), {THIS_TRANSACTION},
        session_user, current_setting('application_name'));
    RETURN NULL;
END $$;
"""  # noqa: S608 - names of our own

VERSION = hashlib.sha256(FUNCTIONS.encode()).hexdigest()
"""Stands with the function in the database, so that a newer portal replaces it."""


@dataclass(frozen=True)
class Kept:
    """How the rows of one table are kept.

    A change of an `ignored` column alone leaves nothing. Of a `hidden` column is kept that it
    changed, never its value.
    """

    ignored: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def kept() -> Mapping[str, Kept]:
    """By label of the model ("projects.Proposal") how its rows are kept."""
    found: Mapping[str, Kept] = import_string(f"{settings.AUDIT_HISTORY}.KEPT")
    return found


def kind_of(model: type[models.Model]) -> str:
    """The name under which changes of its rows stand."""
    return str(model._meta.label_lower)


def install(**_: Any) -> None:
    """Bring functions and triggers in line with the table; listener of `post_migrate`.

    Changes nothing when everything stands as it should.
    """
    wanted = {}
    for label, how in kept().items():
        model = apps.get_model(label)
        columns = {field.name: field.column for field in model._meta.concrete_fields}
        wanted[model._meta.db_table] = [
            kind_of(model),
            str(model._meta.pk.column),
            " ".join(columns[name] for name in how.ignored),
            " ".join(columns[name] for name in how.hidden),
        ]
    with transaction.atomic(), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if "audit_rowchange" not in tables:
            return  # migrated back to before row history
        cursor.execute(
            """
            SELECT c.relname, encode(t.tgargs, 'escape') FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
            WHERE t.tgname = %s AND c.relnamespace = current_schema()::regnamespace
            """,
            [TRIGGER],
        )
        installed = dict(cursor.fetchall())
        cursor.execute("SELECT obj_description(to_regproc(%s))", [TRIGGER])
        (version,) = cursor.fetchone()
        if version != VERSION:
            cursor.execute(FUNCTIONS)
            cursor.execute(f"COMMENT ON FUNCTION {TRIGGER}() IS '{VERSION}'")
        for table in installed.keys() - wanted.keys():
            cursor.execute(f'DROP TRIGGER {TRIGGER} ON "{table}"')
        for table, arguments in wanted.items():
            if table in tables and installed.get(table) != _as_stored(arguments):
                quoted = ", ".join(f"'{argument}'" for argument in arguments)
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE"
                    f' ON "{table}" FOR EACH ROW EXECUTE FUNCTION {TRIGGER}({quoted})'
                )


def _as_stored(arguments: list[str]) -> str:
    return "".join(f"{argument}\\000" for argument in arguments)
