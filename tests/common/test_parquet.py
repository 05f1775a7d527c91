"""Tables as Parquet: what is written can be read, by the format."""

from datetime import UTC, datetime

from common.parquet import Column, table
from tests.common.parquet_reader import read_table


def test_a_table_comes_back_as_it_was() -> None:
    """S-382"""
    moment = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    columns: dict[str, Column] = {
        "numbers": (int, [1, 2**40, -3]),
        "texts": (str, ["a", "æøå", ""]),
        "times": (datetime, [moment, datetime(1969, 1, 1, tzinfo=UTC), moment]),
    }
    read = read_table(table(columns))
    assert read == {name: list(values) for name, (_, values) in columns.items()}


def test_a_table_without_rows_has_its_columns() -> None:
    """S-382: of their types"""
    data = table({"n": (int, []), "s": (str, [])})
    assert read_table(data) == {"n": [], "s": []}


def test_many_columns_and_rows() -> None:
    """S-382: lists beyond the short form"""
    columns: dict[str, Column] = {f"c{n}": (str, ["x" * n] * 5000) for n in range(40)}
    read = read_table(table(columns))
    assert list(read) == list(columns)
    assert read == {name: list(values) for name, (_, values) in columns.items()}
