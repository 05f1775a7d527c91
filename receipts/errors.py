"""Problems of receipts."""

from common.errors import Forbidden, NotFound


class ReceiptNotFound(NotFound):
    """The instance has no receipt: its process has not ended, or ended before receipts.

    A receipt is made in the moment in which the process ends.
    """

    code = "receipt-not-found"
    detail = "There is no receipt of instance {instance_id}; its process has not ended."


class ReceiptNotPermitted(Forbidden):
    """The receipt tells hashes of data elements that the caller may not read.

    It was signed before their type took a right of its own, or before receipts could
    leave them out, and cannot be changed. Who may read all of them gets it.
    """

    code = "receipt-not-permitted"
    detail = (
        "The receipt of instance {instance_id} tells the hashes of data elements that"
        " you may not read, of the types {types}; ask somebody for it who may."
    )
