"""Problems of test tokens and logins."""

from common.errors import Forbidden, Invalid, NotFound


class TestUserUnknown(NotFound):
    """The sandbox has no such user. ``/Home/Tokens`` lists those it has."""

    code = "test-user-unknown"
    detail = "The sandbox has no user {user}; /Home/Tokens lists those it has."


class TestUserReal(Forbidden):
    """The user's national identity number may be that of a real person.

    A sandbox lets nobody be somebody who exists. Use synthetic identities, whose
    numbers have a month from 81 to 92.
    """

    code = "test-user-real"
    detail = "User {user} may be a real person; a sandbox logs in made-up ones alone."


class TestOrgUnknown(NotFound):
    """The sandbox has no such service owner. ``/Home/Tokens`` lists those it has."""

    code = "test-org-unknown"
    detail = "The sandbox has no service owner {org}; /Home/Tokens lists those it has."


class TestSystemUserUnknown(NotFound):
    """The sandbox has no such system user of that system.

    ``/Home/auth/info`` lists those it has.
    """

    code = "test-system-user-unknown"
    detail = (
        "The sandbox has no system user {system_user};"
        " /Home/auth/info lists those it has."
    )


class TestPartyUnknown(NotFound):
    """The sandbox has no party of this id."""

    code = "test-party-unknown"
    detail = "The sandbox has no party {party}."


class TestParameterInvalid(Invalid):
    """A parameter of a test token cannot be read, or does not fit the identity."""

    code = "test-parameter-invalid"
    detail = "The value {value!r} of {name} is not {expected}."


class TestParameterMissing(Invalid):
    """A test token needs a parameter that the call does not give."""

    code = "test-parameter-missing"
    detail = "The parameter {name} is missing: {expected}."
