"""The rows of authorization.md §6.3 about new instances, active ones, and descriptions.

Those that ``application.py`` has not. Columns: AN OA OB OX EN UR UW UN SU SN.
"""

from tests.authorization.matrix.rows import APP, AppFiles, Row, delete, get, post, put

_A = f"/{APP}"
_DATA = f"{_A}/instances/{{P}}/{{guid}}/data/{{model}}"
_READ = "401|200|200|403|403|200|200|403|200|403"
_WRITE = "401|2xx|2xx|403|403|403|2xx|403|2xx|403"
_METADATA = {"userDefinedMetadata": [{"key": "a", "value": "b"}]}


def _copies(files: AppFiles) -> None:
    files.metadata["copyInstanceSettings"] = {"enabled": True}


ROWS = (
    Row(
        "A-04",
        "401|201|201|403|403|403|201|403|201|403",
        (
            post(
                f"{_A}/instances/create",
                json={"instanceOwner": {"partyId": "{P}"}},
            ),
        ),
    ),
    Row(
        "A-09",
        "401|403|403|403|403|403|302|403|403|403",
        (get(f"{_A}/legacy/instances/{{P}}/{{guid}}/copy", given="ended"),),
        app=_copies,
    ),
    Row(
        "A-10",
        "401|403|403|403|403|400|400|400/403|403|403",
        (get(f"{_A}/legacy/instances/{{P}}/{{guid}}/copy"),),
    ),
    Row(
        "A-14",
        "401|200|403|403|400|200|200|200∅|200|200∅",
        (get(f"{_A}/instances/{{P}}/active"),),
    ),
    Row(
        "A-15-tags",
        _READ,
        (get(f"{_DATA}/tags"), get(f"{_DATA}/user-defined-metadata")),
    ),
    Row(
        "A-18-tags",
        _WRITE,
        (
            post(f"{_DATA}/tags", json="a"),
            put(f"{_DATA}/tags", json={"tags": ["a"]}),
            delete(f"{_DATA}/tags/a"),
            put(f"{_DATA}/user-defined-metadata", json=_METADATA),
        ),
    ),
)
