"""Triggers that write facts in the transaction of the change, whatever makes it.

A listener of `post_save` would miss `update()`, `bulk_update()` and SQL, and would read before it
writes. The trigger has the old and the new row at hand: it compares the kept columns of both and
adds one row when they differ (about 0.1 ms). `install` runs after every migrate, as the columns
stand in `reporting.facts.kinds`.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import connection, models, transaction

from common.moments import BRUSSELS
from evaluations import conf
from reporting.facts.kinds import KINDS, TERMS, Kind
from reporting.models.facts import DIGEST

BEFORE_FACTS = datetime(2008, 1, 1, tzinfo=BRUSSELS)
"""What the portal held when it began to keep facts counts as known since always: that is how
reports of before were made."""

TRIGGER = "reporting_remember"
HORIZON_TRIGGER = "a_reporting_horizon"
"""Triggers fire by name: `recorded_at` is right before a hash is taken over it."""
HORIZON_TABLES = ("funding_ledgerentry", "funding_budgetversion", "reporting_fact")

# A transaction that reads the horizon has a number by then, so that who closes the past can wait
# for it (reporting.services.horizon).
FUNCTIONS = """
CREATE OR REPLACE FUNCTION reporting_kept(row_ jsonb, kept text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_object_agg(name, row_ -> name) FROM unnest(kept) AS name
$$;

CREATE OR REPLACE FUNCTION reporting_remember() RETURNS trigger
LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    kept text[] := TG_ARGV[2:];
    row_ jsonb;
    former jsonb;
    latter jsonb;
    subject bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        row_ := to_jsonb(OLD);
        subject := OLD.id;
        IF TG_ARGV[1] = '' OR row_ ->> TG_ARGV[1] IS NOT NULL THEN
            former := reporting_kept(row_, kept);
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        row_ := to_jsonb(NEW);
        subject := NEW.id;
        IF TG_ARGV[1] = '' OR row_ ->> TG_ARGV[1] IS NOT NULL THEN
            latter := reporting_kept(row_, kept);
        END IF;
    END IF;
    IF former IS DISTINCT FROM latter THEN
        INSERT INTO reporting_fact (kind, subject_id, content, recorded_at, digest)
        VALUES (TG_ARGV[0], subject, latter, coalesce(
            nullif(current_setting('pio.recorded_at', true), '')::timestamptz,
            clock_timestamp()), '');
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reporting_horizon() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed timestamptz;
BEGIN
    PERFORM pg_current_xact_id();
    SELECT max(known_until) INTO closed FROM reporting_horizon;
    IF NEW.recorded_at < closed THEN NEW.recorded_at := closed; END IF;
    RETURN NEW;
END $$;
"""


def install(**_: Any) -> None:
    """Bring functions and triggers in line with the kinds, and record what no fact says yet.

    Listener of `post_migrate`; changes nothing when everything stands as it should.
    """
    tables = {kind.table for kind in KINDS.values()} | set(HORIZON_TABLES)
    if not tables <= set(connection.introspection.table_names()):
        return  # migrated back to before these tables
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, encode(t.tgargs, 'escape') FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
            WHERE t.tgname = %s AND c.relnamespace = current_schema()::regnamespace
            """,
            [TRIGGER],
        )
        installed = dict(cursor.fetchall())
        wanted = {kind.table: _arguments(kind) for kind in KINDS.values()}
        if installed != {table: _as_stored(args) for table, args in wanted.items()}:
            cursor.execute(FUNCTIONS)
            for table in installed.keys() - wanted.keys():
                cursor.execute(f'DROP TRIGGER {TRIGGER} ON "{table}"')
            for table, arguments in wanted.items():
                quoted = ", ".join(f"'{argument}'" for argument in arguments)
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE"
                    f' ON "{table}" FOR EACH ROW EXECUTE FUNCTION reporting_remember({quoted})'
                )
            for table in HORIZON_TABLES:
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {HORIZON_TRIGGER} BEFORE INSERT"
                    f' ON "{table}" FOR EACH ROW EXECUTE FUNCTION reporting_horizon()'
                )
    record_missing()


def _arguments(kind: Kind) -> list[str]:
    return [kind.name, kind.once, *kind.columns]


def _as_stored(arguments: list[str]) -> str:
    return "".join(f"{argument}\\000" for argument in arguments)


def record_missing(*, first_known_at: datetime = BEFORE_FACTS) -> int:
    """Add facts for rows of which the latest fact says something else; how many.

    A row without any fact counts as known since `first_known_at`; one of which the columns are
    other ones, as after a new version of the portal, from now on.
    """
    added = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone TO 'UTC'")
        for kind in KINDS.values():
            cursor.execute(
                f"""
                INSERT INTO reporting_fact (kind, subject_id, content, recorded_at, digest)
                SELECT %s, id, stands, CASE WHEN no_fact THEN %s ELSE clock_timestamp() END, ''
                FROM ({_differing(kind)}) AS differing
                """,  # noqa: S608 - names of our own
                [kind.name, first_known_at, *_parameters(kind)],
            )
            added += cursor.rowcount
        added += _record_terms(cursor, first_known_at)
    return added


def _record_terms(cursor: Any, first_known_at: datetime) -> int:
    """The terms of the evaluation are settings: whether a file was on time follows from them."""
    terms = json.dumps(
        {
            "advice_working_days": conf.advice_working_days(),
            "decision_working_days": conf.decision_working_days(),
        }
    )
    cursor.execute(
        """
        INSERT INTO reporting_fact (kind, subject_id, content, recorded_at, digest)
        SELECT %(kind)s, 1, %(terms)s::jsonb,
            CASE WHEN latest.id IS NULL THEN %(first)s ELSE clock_timestamp() END, ''
        FROM (SELECT 1) one LEFT JOIN LATERAL (
            SELECT id, content FROM reporting_fact WHERE kind = %(kind)s
            ORDER BY recorded_at DESC, id DESC LIMIT 1
        ) latest ON true
        WHERE latest.content IS DISTINCT FROM %(terms)s::jsonb
        """,
        {"kind": TERMS, "terms": terms, "first": first_known_at},
    )
    return int(cursor.rowcount)


def differing_subjects() -> list[tuple[str, int]]:
    """Kind and key of every row that is not as its latest fact says; the check command's."""
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone TO 'UTC'")
        for kind in KINDS.values():
            cursor.execute(_differing(kind), _parameters(kind))
            found += [(kind.name, row[0]) for row in cursor.fetchall()]
    return found


def changed_facts() -> list[int]:
    """Keys of facts that are not as they were written: the digest is another one."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM reporting_fact f WHERE digest <> {_digest('f')} ORDER BY id"  # noqa: S608
        )
        return [row[0] for row in cursor.fetchall()]


def empty_texts(
    *, model: type[models.Model], keys: list[Any], fields: Sequence[str], word: str
) -> None:
    """Put `word` in place of texts in facts about rows that are destroyed; the figures stay.

    Of a rule of retention only (`retention.services.destroying`): the digest is taken anew, and an
    act in the chain says that it was done.
    """
    names = [
        (kind.name, name)
        for kind in KINDS.values()
        if kind.model == model._meta.label
        for name in set(fields) & set(kind.columns)
    ]
    with connection.cursor() as cursor, pgtrigger.ignore("reporting.Fact:append_only"):
        for kind, name in names:
            cursor.execute(
                """
                UPDATE reporting_fact SET content = jsonb_set(content, %s, to_jsonb(%s::text))
                WHERE kind = %s AND subject_id = ANY(%s) AND content ->> %s <> '' RETURNING id
                """,
                [[name], word, kind, keys, name],
            )
            emptied = [key for (key,) in cursor.fetchall()]
            cursor.execute(
                f"UPDATE reporting_fact f SET digest = {_digest('f')} WHERE id = ANY(%s)",  # noqa: S608
                [emptied],
            )


def _digest(row: str) -> str:
    return DIGEST.replace("NEW.", f"{row}.")


def _differing(kind: Kind) -> str:
    return f"""
        SELECT coalesce(here.id, latest.subject_id) AS id, here.stands,
            latest.subject_id IS NULL AS no_fact
        FROM (
            SELECT t.id, reporting_kept(to_jsonb(t), %s) AS stands FROM "{kind.table}" t
            WHERE %s = '' OR to_jsonb(t) ->> %s IS NOT NULL
        ) here
        FULL JOIN (
            SELECT DISTINCT ON (subject_id) subject_id, content FROM reporting_fact
            WHERE kind = %s ORDER BY subject_id, recorded_at DESC, id DESC
        ) latest ON latest.subject_id = here.id
        WHERE latest.content IS DISTINCT FROM here.stands
    """  # noqa: S608 - names of our own


def _parameters(kind: Kind) -> list[Any]:
    return [list(kind.columns), kind.once, kind.once, kind.name]


def record_past(*, kind: str, key: int, instant: datetime, **changes: Any) -> None:
    """Add that a row stood otherwise from `instant` on: as it is now, but for `changes`.

    For data that plays in the past; the last fact of a row must say how it stands.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO reporting_fact (kind, subject_id, content, recorded_at, digest)
            SELECT kind, subject_id, content || %s::jsonb, %s, '' FROM reporting_fact
            WHERE kind = %s AND subject_id = %s ORDER BY recorded_at DESC, id DESC LIMIT 1
            """,
            [json.dumps(changes), instant, kind, key],
        )


@contextmanager
def recorded_at(instant: datetime) -> Iterator[None]:
    """Within the block facts are recorded at `instant`; for data that plays in the past."""
    _set_instant(instant.isoformat())
    try:
        yield
    finally:
        _set_instant("")


def _set_instant(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pio.recorded_at', %s, false)", [text])
