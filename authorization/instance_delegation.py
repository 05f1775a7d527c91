"""An application gives others rights to one of its instances, and takes them back.

What signing needs: whoever is to sign reads and signs, in the task of signing, and no
longer. An app gives what its own policy lets it give, on behalf of the instance owner
alone; who received a right cannot pass it on.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from uuid import UUID

import structlog
from django.utils import timezone

from authorization import services as authorization
from authorization.clients import check_not_agent
from authorization.errors import (
    DelegatorNotOwner,
    NothingDelegable,
    RecipientUnknown,
    SelfDelegation,
)
from authorization.models import Delegation, SystemUser
from authorization.resources import Resource
from common.errors import Issue
from common.transactions import atomic
from parties.models import Party, Profile
from parties.numbers import whole_number

log = structlog.get_logger()

# Which column of the register an identifier is in (authorization.md §3.1).
_PARTIES: Mapping[str, str] = MappingProxyType(
    {
        "urn:altinn:party:uuid": "uuid",
        "urn:altinn:person:uuid": "uuid",
        "urn:altinn:organization:uuid": "uuid",
        "urn:altinn:party:id": "pk",
        "urn:altinn:partyid": "pk",
        "urn:altinn:person:identifier-no": "ssn",
        "urn:altinn:organization:identifier-no": "org_number",
    }
)
_USERS = ("urn:altinn:user:id", "urn:altinn:userid")
_SYSTEM_USER = "urn:altinn:systemuser:uuid"
_NOBODY = UUID(int=0)
IDENTIFIERS = (*_PARTIES, *_USERS, _SYSTEM_USER)


@dataclass(frozen=True, slots=True)
class Identifier:
    """Who is meant: the URN of a kind of identifier, and its value."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Right:
    """An action on an instance, in one task alone if ``task`` names one."""

    action: str
    task: str


@atomic()
def delegate(
    *, instance: Resource, giver: Identifier, to: Identifier, rights: Sequence[Right]
) -> list[bool]:
    """Let the recipient do what the policy lets the app give; tell of each right.

    Raises DelegatorNotOwner, RecipientUnknown, SelfDelegation, AgentGivenDirectly, and
    NothingDelegable when the policy lets the app give none of them.
    """
    recipient = _recipient(instance, giver=giver, to=to)
    if to.type == _SYSTEM_USER:
        check_not_agent(_system_user(to))
    allowed = [_is_delegable(instance, right) for right in rights]
    if not any(allowed):
        raise NothingDelegable(
            issues=[
                _not_delegable(number, right) for number, right in enumerate(rights)
            ]
        )
    given = [
        right for right, is_allowed in zip(rights, allowed, strict=True) if is_allowed
    ]
    _clear_ended(recipient, instance)
    Delegation.objects.bulk_create(
        (
            Delegation(
                **recipient, **_place(instance), action=right.action, task=right.task
            )
            for right in given
        ),
        ignore_conflicts=True,  # the rights that are there already
    )
    log.info(
        "instance_rights_delegated", instance=instance.instance_id, rights=len(given)
    )
    return allowed


@atomic()
def revoke(
    *, instance: Resource, giver: Identifier, to: Identifier, rights: Sequence[Right]
) -> list[bool]:
    """Take rights back that the app gave; tell of each whether it was there.

    The next request sees it. Raises DelegatorNotOwner, RecipientUnknown and
    SelfDelegation.
    """
    recipient = _recipient(instance, giver=giver, to=to)
    rows = Delegation.objects.filter(**recipient, **_place(instance))
    there = {
        Right(action, task): key
        for key, action, task in rows.values_list("pk", "action", "task")
    }
    taken = [there[right] for right in set(rights) if right in there]
    Delegation.objects.filter(pk__in=taken).delete()
    log.info(
        "instance_rights_revoked", instance=instance.instance_id, rights=len(taken)
    )
    return [right in there for right in rights]


@atomic()
def give_to_parties(
    *, instance: Resource, parties: Collection[Party], rights: Sequence[Right]
) -> bool:
    """Let each party do all of it, as its holders of key roles too; tell whether.

    Nothing is given where the policy does not let the app give every right. The
    instance owner needs none and is left out. As many statements for many as for one.
    """
    if not all(_is_delegable(instance, right) for right in rights):
        return False
    place = _place(instance)
    others = [party for party in parties if party.pk != instance.party_id]
    anybody = {name: value for name, value in place.items() if name != "performed_by"}
    there = Delegation.objects.filter(to_party__in=others, **anybody)
    there.ended(timezone.now()).delete()  # it would be in the way
    Delegation.objects.bulk_create(
        (
            Delegation(to_party=party, **place, action=right.action, task=right.task)
            for party in others
            for right in rights
        ),
        ignore_conflicts=True,  # the rights that are there already
    )
    log.info(
        "instance_rights_delegated", instance=instance.instance_id, parties=len(others)
    )
    return True


@atomic()
def take_back(*, instance: Resource, task: str) -> int:
    """Revoke all that the app gave anybody for one task; return how many rights."""
    rows = Delegation.objects.filter(**_place(instance), task=task)
    taken, _ = rows.delete()
    log.info("instance_rights_revoked", instance=instance.instance_id, rights=taken)
    return taken


def _clear_ended(recipient: dict[str, object], instance: Resource) -> None:
    """Remove what the recipient had there until some time: it would be in the way."""
    place = _place(instance)
    del place["performed_by"]
    rows = Delegation.objects.filter(**recipient, **place)
    rows.ended(timezone.now()).delete()


def _recipient(
    instance: Resource, *, giver: Identifier, to: Identifier
) -> dict[str, object]:
    """Return the column of the recipient and its key."""
    owner = _party(giver)
    if owner is None or owner.pk != instance.party_id:
        raise DelegatorNotOwner(instance_id=instance.instance_id)
    found = _known(to)
    if found is None:
        raise RecipientUnknown(type=to.type)
    column, key, own_party = found
    if own_party == owner.pk:
        raise SelfDelegation
    return {column: key}


def _known(to: Identifier) -> tuple[str, object, int | None] | None:
    """Return the column of a recipient, its key, and its own party if it has one."""
    if to.type in _USERS:
        users = Profile.objects.filter(pk=whole_number(to.value) or 0)
        return next((("user_id", u.pk, u.party_id) for u in users), None)
    if to.type == _SYSTEM_USER:
        system = _system_user(to)
        return None if system is None else ("system_user_id", system.pk, None)
    party = _party(to)
    return None if party is None else ("to_party_id", party.pk, party.pk)


def _system_user(to: Identifier) -> SystemUser | None:
    return SystemUser.objects.filter(pk=_uuid(to.value) or _NOBODY).first()


def _place(instance: Resource) -> dict[str, object]:
    app_id = f"{instance.org}/{instance.app}"
    return {
        "from_party_id": instance.party_id,
        "app_id": app_id,
        "instance_guid": UUID(instance.instance_id.rpartition("/")[2]),
        "performed_by": f"app:{app_id}",
    }


def _is_delegable(instance: Resource, right: Right) -> bool:
    # Where the instance stands does not matter: the right may be for a later task.
    place = replace(instance, task=right.task, end_event="")
    return authorization.is_delegable(place, action=right.action)


def _not_delegable(number: int, right: Right) -> Issue:
    where = f"in the task {right.task}" if right.task else "in every task"
    return Issue(
        f"/rights/{number}",
        "right-not-delegable",
        f"The policy has no rule that lets the application give {right.action} {where}"
        " to others.",
    )


def _party(identifier: Identifier) -> Party | None:
    column = _PARTIES.get(identifier.type)
    read = {"uuid": _uuid, "pk": whole_number}.get(column or "", str)
    value = read(identifier.value)
    if column is None or not value:
        return None
    return Party.objects.filter(**{column: value}).first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
