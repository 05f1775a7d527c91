"""Problems of cleaning up."""

from common.errors import Conflict


class NothingBelongs(Conflict):
    """The store has many blobs, and the database knows not one of them.

    That is what a restored or empty database looks like, or a store of another
    installation: nothing was removed. Bring the two together, or sweep with --force.
    """

    code = "nothing-belongs"
    detail = (
        "None of the first {looked_at} blobs belongs to anything in this database, so"
        " none was removed: is it the database of this store, and restored in full?"
    )
