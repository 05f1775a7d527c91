"""Transactions that take long, so that what happens at any moment happens in one."""

from django.db import connections, models

# SQLite has no sleep: counting so far takes about as long. On a machine that is busy it
# takes longer, and others who write must not wait until they give up: so it is little.
# Only what runs before an insert runs when that ends as an update of the row there.
_COUNTED_IN_A_SECOND = 700_000
_SQLITE = """
CREATE VIEW slow AS WITH RECURSIVE n(i) AS
 (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) SELECT count(*) FROM n;
CREATE TRIGGER slow_insert BEFORE INSERT ON "{table}" BEGIN SELECT * FROM slow; END;
"""
_POSTGRES = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
 'BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END';
CREATE TRIGGER slow_insert AFTER INSERT ON "{table}"
 FOR EACH STATEMENT EXECUTE FUNCTION slow();
"""


def slow_down(alias: str, model: type[models.Model], *, seconds: float = 0.3) -> None:
    """Make each insert into a table hold its transaction open for some seconds."""
    connection = connections[alias]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            most = round(seconds * _COUNTED_IN_A_SECOND)
            cursor.executescript(_SQLITE.format(table=table, most=most))
        else:
            cursor.execute(_POSTGRES.format(table=table, seconds=seconds))


def speed_up(alias: str, model: type[models.Model]) -> None:
    """Take that back."""
    connection = connections[alias]
    of = "" if connection.vendor == "sqlite" else f'ON "{model._meta.db_table}"'
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER slow_insert {of}")
