"""Transactions that take long enough to be interrupted at a known statement."""

from django.db import connections, models

# SQLite has no sleep: counting so far takes some tenths of a second.
_SQLITE = """
CREATE VIEW slow AS WITH RECURSIVE n(i) AS
 (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT count(*) FROM n;
CREATE TRIGGER slow_insert AFTER INSERT ON "{table}" BEGIN SELECT * FROM slow; END;
"""
_POSTGRES = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END';
CREATE TRIGGER slow_insert AFTER INSERT ON "{table}"
 FOR EACH STATEMENT EXECUTE FUNCTION slow();
"""


def slow_down(alias: str, model: type[models.Model]) -> None:
    """Make each insert into a table hold its transaction open for a while."""
    connection = connections[alias]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executescript(_SQLITE.format(table=table))
        else:
            cursor.execute(_POSTGRES.format(table=table))
