"""Look-ups in the register."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Count, Min, Q

from parties.choices import PartyType, UserType

if TYPE_CHECKING:
    from parties.models import IssuerKeySet, LookUpAttempt, Party, Profile


class PartyQuerySet(models.QuerySet["Party"]):
    """Parties."""

    def with_ssn(self, ssn: str) -> Self:
        """Keep the person with this national identity number.

        An empty one is nobody's.
        """
        return self.filter(ssn=ssn) if ssn else self.none()

    def with_org_number(self, org_number: str) -> Self:
        """Keep the organisation with this number; an empty one is nobody's."""
        return self.filter(org_number=org_number) if org_number else self.none()

    def with_external_urn(self, urn: str) -> Self:
        """Keep the party with this URN in an outside register.

        An empty one is nobody's.
        """
        return self.filter(external_urn=urn) if urn else self.none()

    def persons(self) -> Self:
        """Keep the natural persons."""
        return self.filter(type=PartyType.PERSON)

    def organisations(self) -> Self:
        """Keep whoever has an organisation number, sub-units among them."""
        return self.exclude(org_number="")

    def with_number_in(
        self, *, ssns: Collection[str] = (), org_numbers: Collection[str] = ()
    ) -> Self:
        """Keep the persons and organisations with any of these numbers."""
        # Two sub-queries: an OR of both columns would read every row.
        ids = self.model._default_manager.order_by()
        by_ssn = ids.filter(ssn__in=set(ssns) - {""})
        by_org_number = ids.filter(org_number__in=set(org_numbers) - {""})
        return self.filter(pk__in=by_ssn.values("pk").union(by_org_number.values("pk")))

    def identified_by(
        self,
        *,
        ids: Collection[int],
        uuids: Collection[UUID],
        org_numbers: Collection[str],
    ) -> Self:
        """Keep the parties with any of these ids, UUIDs or organisation numbers."""
        rows = self.model._default_manager.order_by()
        found = rows.filter(pk__in=ids).values("pk")
        by_uuid = rows.filter(uuid__in=uuids).values("pk")
        by_number = rows.filter(org_number__in=set(org_numbers) - {""}).values("pk")
        return self.filter(pk__in=found.union(by_uuid, by_number))

    def sub_units_of_any(self, parties: Iterable["Party"]) -> Self:
        """Keep the sub-units of these organisations."""
        return self.filter(parent__in=[party.pk for party in parties])

    def main_units_of(self, party_ids: Collection[int]) -> dict[int, int]:
        """Return the organisations that these parties are sub-units of, by party."""
        rows = self.filter(pk__in=party_ids, parent__isnull=False)
        return dict(rows.values_list("pk", "parent_id"))


class IssuerKeySetQuerySet(models.QuerySet["IssuerKeySet"]):
    """Key sets of other issuers."""

    def due(self, now: datetime, *, cooldown: timedelta) -> Self:
        """Keep those that were not tried to fetch for so long.

        A time far in the future is of a clock that went wrong, and does not count.
        """
        return self.filter(
            Q(attempted_at=None)
            | Q(attempted_at__lte=now - cooldown)
            | Q(attempted_at__gt=now + cooldown)
        )


class ProfileQuerySet(models.QuerySet["Profile"]):
    """Users of the register."""

    def with_party(self) -> Self:
        """Fetch each user's own party in the same query."""
        return self.select_related("party")

    def with_ssn(self, ssn: str) -> Self:
        """Keep the users whose own party has this national identity number."""
        return self.filter(party__ssn=ssn) if ssn else self.none()

    def of_people(self, *, ssns: Collection[str], uuids: Collection[str]) -> Self:
        """Keep the users whose own party has one of these numbers or UUIDs.

        An empty number is nobody's.
        """
        given = {ssn for ssn in ssns if ssn}
        return self.filter(Q(party__ssn__in=given) | Q(party__uuid__in=uuids))

    def with_user_name(self, user_name: str) -> Self:
        """Keep the user with this name; an empty one is nobody's."""
        return self.filter(user_name=user_name) if user_name else self.none()

    def persons(self) -> Self:
        """Keep the users who are persons of the register, and live."""
        others = [UserType.SELF_IDENTIFIED, UserType.ENTERPRISE_IDENTIFIED]
        living = self.filter(party__type=PartyType.PERSON, party__is_deleted=False)
        return living.exclude(user_type__in=others)


class LookUpAttemptQuerySet(models.QuerySet["LookUpAttempt"]):
    """Look-ups that found nobody."""

    def since(self, moment: datetime) -> Self:
        """Keep those that began after this."""
        return self.filter(at__gt=moment)

    def until(self, moment: datetime) -> Self:
        """Keep those that began at this or before."""
        return self.filter(at__lte=moment)

    def by_subject(self, subjects: Collection[str]) -> dict[str, tuple[int, datetime]]:
        """Return how many each subject has, and when the first of them was."""
        counted = (
            self.filter(subject__in=subjects)
            .order_by()
            .values_list("subject")
            .annotate(Count("pk"), Min("at"))
        )
        return {subject: (count, first) for subject, count, first in counted}
