"""The rows of authorization.md §6.2 about the message box, as printed there.

Columns: AN OA OB OX EN UR UW UN SU SN.
"""

from tests.authorization.matrix.rows import Row, delete, get, post, put

_BOX = "/storage/api/v1/sbl/instances"

ROWS = (
    Row(
        "S-80",
        "401|200|200|200∅|200∅|200|200|200∅|200|200∅",
        (post(f"{_BOX}/search", json={"instanceOwnerPartyIdList": ["{P}"]}),),
    ),
    Row(
        "S-81",
        "401|200|200|403|403|200|200|403|200|403",
        (get(f"{_BOX}/{{P}}/{{guid}}"),),
    ),
    Row(
        "S-82",
        "401|404|404|404|404|404|404|404|404|404",
        (get(f"{_BOX}/{{P}}/{{nowhere}}"), get(f"{_BOX}/{{Q}}/{{guid}}")),
    ),
    Row(
        "S-83",
        "401|200|200|403|403|200|200|403|200|403",
        (get(f"{_BOX}/{{P}}/{{guid}}/events"),),
    ),
    Row(
        "S-84",
        "401|403|403|403|403|403|200|403|200|403",
        (put(f"{_BOX}/{{P}}/{{guid}}/undelete", given="soft-deleted"),),
    ),
    Row(
        "S-85",
        "401|403|403|403|403|403|404|403|404|403",
        (put(f"{_BOX}/{{P}}/{{guid}}/undelete", given="hard-deleted"),),
    ),
    Row(
        "S-86",
        "401|403|403|403|403|403|200|403|200|403",
        (
            delete(f"{_BOX}/{{P}}/{{guid}}?hard=false"),
            delete(f"{_BOX}/{{P}}/{{guid}}?hard=true"),
        ),
    ),
    Row(
        "S-87",
        "401|403|403|403|403|403|403|403|403|403",
        (
            get(f"{_BOX}/{{P}}/{{nowhere}}/events"),
            put(f"{_BOX}/{{P}}/{{nowhere}}/undelete"),
            delete(f"{_BOX}/{{P}}/{{nowhere}}?hard=true"),
        ),
    ),
)
