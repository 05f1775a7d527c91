"""Problems of the authorization room."""

from common.errors import Conflict


class GeneratedOtherwise(Conflict):
    """There are made-up parties of another seed already.

    Give the seed that they were made with, or use an empty database.
    """

    code = "generated-otherwise"
    detail = (
        "The {stored} made-up parties that are there were not made with the seed"
        " {seed}; give theirs, or use an empty database."
    )
