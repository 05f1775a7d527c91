"""Problems of keys."""

from common.errors import Conflict, Invalid, Unprocessable


class IdempotencyKeyInvalid(Invalid):
    """The header ``Idempotency-Key`` has 1 to 255 visible ASCII characters.

    A UUID is a good one. Quotes around it are no part of it.
    """

    code = "idempotency-key-invalid"
    detail = "The header Idempotency-Key must have 1 to 255 visible ASCII characters."


class IdempotencyKeyInUse(Conflict):
    """The first call with this key is still running.

    Nothing was done for this one. Send it again after ``Retry-After``: it is answered
    then as the first was. After a crash of the server that is at most half a minute.
    """

    code = "idempotency-key-in-use"
    detail = (
        "A call with this Idempotency-Key is running; send it again in {retry_after}"
        " seconds."
    )


class IdempotencyKeyReused(Unprocessable):
    """The key was sent before with another body, query, content type or login level.

    Nothing was done. A key stands for one call; send another call with another key.
    """

    code = "idempotency-key-reused"
    detail = (
        "This Idempotency-Key was used at this address with another body; send a new"
        " call with a key of its own."
    )


class IdempotentAnswerDropped(Conflict):
    """The call was carried out before, and its answer was too large to be kept.

    Nothing was done again. ``location`` is the address of what was made, if something
    was; read there what the answer would have said.
    """

    code = "idempotent-answer-dropped"
    detail = (
        "The call was carried out before with status {status}; its answer was too large"
        " to be kept."
    )
