"""The sandbox: every table of the portal, empty, inside one transaction that never commits.

PostgreSQL looks for a table among the temporary ones of the session first. So within the block each
query of the unchanged services meets an empty twin of its table, and the real row is neither read,
nor written, nor locked: not by discipline, but because it cannot be named. At the end everything is
rolled back, whatever happened. See docs/decisions/0008-rehearsal.md.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from documents import conf

_TABLES = """
    SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
# LIKE would give unique rules other names, and the sentence of a rule is found by its name.
_UNIQUE_RULES = """
    SELECT c.relname, con.conname, pg_get_constraintdef(con.oid)
    FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
    WHERE con.conrelid = ANY(%s) AND con.contype IN ('p', 'u', 'x') ORDER BY con.oid
"""
_OTHER_UNIQUE_INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE i.indrelid = ANY(%s) AND i.indisunique
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)
    ORDER BY i.indexrelid
"""
_TRIGGERS = """
    SELECT c.relname, pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgrelid = ANY(%s) AND NOT t.tgisinternal ORDER BY t.oid
"""
_STILL_REAL = """
    SELECT name FROM unnest(%s::text[]) AS name
    WHERE (SELECT relnamespace FROM pg_class WHERE oid = to_regclass(quote_ident(name)))
        IS DISTINCT FROM pg_my_temp_schema()
"""


class SandboxLeaks(RuntimeError):
    """A real table can still be reached; nothing may be played."""


class Sandbox:
    """What the block knows: where the real tables are, and the folder of its files."""

    def __init__(self, schema: str, folder: Path) -> None:
        self.schema = schema
        self.folder = folder

    def real(self, table: str) -> str:
        """The quoted name of the real table, to copy settings of the portal from."""
        return f"{_quote(self.schema)}.{_quote(table)}"


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """Within the block all tables are empty, and files are kept in a folder that goes afterwards.

    Hooks for after the commit are forgotten with everything else, so no worker is woken.

    Raises:
        SandboxLeaks: when a table could not be replaced, before anything is played.
    """
    with tempfile.TemporaryDirectory(prefix="oefening-") as name:
        folder = Path(name)
        with transaction.atomic():
            try:
                schema = _replace_tables()
                with conf.files_kept_in(folder):
                    yield Sandbox(schema, folder)
            finally:
                transaction.set_rollback(True)


def _replace_tables() -> str:
    """Give every table of the schema an empty twin; returns the name of the schema.

    Checks, unique rules under their own names, and triggers come along. Foreign keys do not: what
    they refuse, Django's collector and the services refuse first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (schema,) = cursor.fetchone()
        cursor.execute(_TABLES)
        oids, names = zip(*cursor.fetchall(), strict=True)
        statements = [
            f"CREATE TEMPORARY TABLE {_quote(name)} (LIKE {_quote(schema)}.{_quote(name)}"
            " INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING IDENTITY INCLUDING GENERATED)"
            " ON COMMIT DROP"
            for name in names
        ]
        cursor.execute(_UNIQUE_RULES, [list(oids)])
        statements += [
            f"ALTER TABLE pg_temp.{_quote(table)} ADD CONSTRAINT {_quote(rule)} {definition}"
            for table, rule, definition in cursor.fetchall()
        ]
        for query in (_OTHER_UNIQUE_INDEXES, _TRIGGERS):
            cursor.execute(query, [list(oids)])
            statements += [_moved(sql, schema, table) for table, sql in cursor.fetchall()]
        cursor.execute(";\n".join(statements))
        cursor.execute(_STILL_REAL, [list(names)])
        leaks = [name for (name,) in cursor.fetchall()]
    if leaks:
        raise SandboxLeaks(", ".join(leaks))
    return str(schema)


def _moved(definition: str, schema: str, table: str) -> str:
    """The same index or trigger on the twin of its table.

    PostgreSQL prints names plain where it can, and qualified in these definitions.
    """
    for written in (f" ON {schema}.{table} ", f" ON {_quote(schema)}.{_quote(table)} "):
        if written in definition:
            return definition.replace(written, f" ON pg_temp.{_quote(table)} ", 1)
    raise SandboxLeaks(definition)


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
