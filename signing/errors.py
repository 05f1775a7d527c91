"""Problems of signing."""

from common.errors import DomainError, Forbidden, Invalid, NotFound


class SigneeMissing(Invalid):
    """The signature does not say whose it is. Give the user id or system user id."""

    code = "signee-missing"
    detail = "The 'UserId' or 'SystemUserId' parameter must be defined for signee."


class SigneeNotTheCaller(Forbidden):
    """Everybody signs in his own name: the signee is who the token says.

    A person number is the caller's own, and an organisation number that of the instance
    owner or of an organisation which the caller can represent.
    """

    code = "signee-not-the-caller"
    detail = "The {member} of the signee is not the caller's."


class SignatureTypeUnfit(DomainError):
    """Signatures are elements of a data type that the app has for it, in this task."""

    code = "signature-type-unfit"
    detail = (
        "DataType {data_type} is not declared in application metadata for app {app_id}"
    )


class SignedElementNotFound(NotFound):
    """The instance has no data element of an id that is to be signed."""

    code = "signed-element-not-found"
    detail = "DataElement not found, dataElementId: {element_id}"


class SignedContentUnreadable(NotFound):
    """The content that is to be signed is not in the store as it was stored.

    Tell the operator.
    """

    code = "signed-content-unreadable"
    detail = "Failed reading file, dataElementId: {element_id}"


class SigningMisconfigured(DomainError):
    """The application's process asks for signatures in a way that cannot be met.

    Tell the app's owner.
    """

    code = "signing-misconfigured"
    title = "Signing is misconfigured"
    detail = "The task {task} of {app_id} cannot be signed: {reason}."


class NothingToSign(DomainError):
    """None of the data is there that the task is to sign, and some of it must be.

    Add the data, or tell the app's owner: a task before this one should ask for it.
    """

    code = "nothing-to-sign"
    title = "Signing is misconfigured"
    detail = "The task {task} signs data of {types}, and the instance has none of it."


class SignerNotAUser(Forbidden):
    """Users and system users sign, each in his own name; the token is of neither."""

    code = "signer-not-a-user"
    detail = "A signature is made by a user or a system user."


class OnBehalfOfNotPermitted(Forbidden):
    """The caller may not sign on behalf of that organisation.

    It must be one that is to sign in this task, and the caller must hold one of its key
    roles, such as managing director or chair of the board.
    """

    code = "sign-on-behalf-of-not-permitted"
    detail = (
        "The caller may not sign on behalf of the organisation {organisation} in this"
        " task."
    )


class NotASigningTask(Invalid):
    """Signees and signed data are those of a task to sign in.

    Call this while the instance stands in one, or name one with ``taskId``.
    """

    code = "not-a-signing-task"
    title = "Not a signing task"
    detail = (
        "This endpoint is only callable while the current task is a signing task, or"
        " when taskId query param is set to a signing task's ID."
    )
