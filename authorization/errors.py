"""Problems of the authorization room."""

from common.errors import Conflict, Forbidden, Invalid


class GeneratedOtherwise(Conflict):
    """There are made-up parties of another seed already.

    Give the seed that they were made with, or use an empty database.
    """

    code = "generated-otherwise"
    detail = (
        "The {stored} made-up parties that are there were not made with the seed"
        " {seed}; give theirs, or use an empty database."
    )


class RegisterChanged(Conflict):
    """Somebody else changed the register while it was imported; nothing was stored.

    Import again.
    """

    code = "register-changed"
    detail = (
        "Somebody else changed the register during the import, so nothing was stored;"
        " import again."
    )


class DelegatorNotOwner(Invalid):
    """Rights to an instance are given on behalf of its owner, and of nobody else.

    Name the instance owner in ``from``. Who received a right cannot pass it on.
    """

    code = "delegator-not-owner"
    detail = "The party in from is not the owner of the instance {instance_id}."


class RecipientUnknown(Invalid):
    """Nobody is known by the identifier in ``to``.

    Check it; a party, a user or a system user must be in the register already.
    """

    code = "recipient-unknown"
    detail = "Nobody has the identifier in to, of the type {type}."


class SelfDelegation(Invalid):
    """A party needs no right from itself, and can raise its own by none."""

    code = "self-delegation"
    detail = "The instance owner cannot be the recipient too; name another in to."


class NothingDelegable(Forbidden):
    """The application's policy lets the application give none of these rights.

    It takes a rule whose subject is ``urn:altinn:resource:delegation`` with the app's
    resource id, for the action and the task.
    """

    code = "nothing-delegable"
    detail = "The policy of the application lets it give none of these rights."


class AgentNotOne(Invalid):
    """A client's package is passed on to one agent at a time.

    Name a user or a system user.
    """

    code = "agent-not-one"
    detail = "Name one agent: a user or a system user."


class ClientNotOfOrganisation(Invalid):
    """Only an accountant, auditor or business manager passes a client's packages on.

    The client's registration of the organisation in one of these roles comes first.
    """

    code = "client-not-of-organisation"
    detail = (
        "Party {client} has not registered the organisation that it gave this package"
        " to as its accountant, auditor or business manager."
    )


class AgentNotOfOrganisation(Invalid):
    """An agent belongs to the organisation that passes the package on.

    A user holds a role for it; a system user is one of its own, of the agent kind.
    """

    code = "agent-not-of-organisation"
    detail = (
        "The {agent} is no agent of party {party}: give a user a role for it, or name a"
        " system user of its own of agent kind."
    )


class PassedOnAlready(Conflict):
    """The agent has this package of the client already."""

    code = "passed-on-already"
    detail = "This package of the client was passed on to the agent already."


class AgentGivenDirectly(Invalid):
    """A system user of the agent kind has the packages of clients and nothing else.

    Pass a client's package on to it, or give this to a system user of standard kind.
    """

    code = "agent-given-directly"
    detail = "The system user {system_user} is an agent: pass a client's package on."
