"""Look-ups in the register."""

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from parties.models import Party, Profile


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

    def sub_units_of(self, party: "Party") -> Self:
        """Keep the sub-units of an organisation."""
        return self.filter(parent=party)

    def registered(self) -> Self:
        """Keep the parties that the register has not deleted."""
        return self.filter(is_deleted=False)


class ProfileQuerySet(models.QuerySet["Profile"]):
    """Users of the register."""

    def with_party(self) -> Self:
        """Fetch each user's own party in the same query."""
        return self.select_related("party")

    def with_ssn(self, ssn: str) -> Self:
        """Keep the users whose own party has this national identity number."""
        return self.filter(party__ssn=ssn) if ssn else self.none()

    def with_user_name(self, user_name: str) -> Self:
        """Keep the user with this name; an empty one is nobody's."""
        return self.filter(user_name=user_name) if user_name else self.none()
