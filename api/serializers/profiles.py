"""The user profile document (authorization.md §3.2)."""

from collections.abc import Mapping

from rest_framework import serializers

from api.serializers.parties import PartySerializer, party_document
from parties.choices import UserType
from parties.models import Profile


class ProfileSettingSerializer(serializers.Serializer[object]):
    """What the user has chosen."""

    language = serializers.CharField()
    preSelectedPartyId = serializers.IntegerField(help_text="0 for none.")
    preselectedPartyUuid = serializers.UUIDField(allow_null=True)
    doNotPromptForParty = serializers.BooleanField()
    showClientUnits = serializers.BooleanField()
    shouldShowSubEntities = serializers.BooleanField()
    shouldShowDeletedEntities = serializers.BooleanField()


class UserProfileSerializer(serializers.Serializer[object]):
    """A user of the register, with the user's own party."""

    userId = serializers.IntegerField()
    userUuid = serializers.UUIDField(allow_null=True)
    userName = serializers.CharField(allow_null=True)
    externalIdentity = serializers.CharField(allow_null=True)
    isReserved = serializers.BooleanField(
        help_text="Whether the user has declined digital communication."
    )
    phoneNumber = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    partyId = serializers.IntegerField()
    party = PartySerializer()
    userType = serializers.ChoiceField(
        choices=UserType.values,
        help_text="0 none, 1 by national identity number, 2 self-identified,"
        " 3 enterprise, 4 agency user, 5 PSAN, 6 PSA.",
    )
    profileSettingPreference = ProfileSettingSerializer()


def profile_document(profile: Profile, *, masked: bool) -> dict[str, object]:
    """Return the user; ``masked`` as a browser may see it."""
    chosen: Mapping[str, object] = profile.settings
    return {
        "userId": profile.pk,
        "userUuid": None if profile.uuid is None else str(profile.uuid),
        "userName": profile.user_name or None,
        "externalIdentity": profile.external_identity or None,
        "isReserved": profile.is_reserved,
        "phoneNumber": profile.phone or None,
        "email": profile.email or None,
        "partyId": profile.party_id,
        "party": party_document(profile.party, masked=masked),
        "userType": profile.user_type,
        "profileSettingPreference": {
            "language": profile.language,
            "preSelectedPartyId": chosen.get("preSelectedPartyId", 0),
            "preselectedPartyUuid": chosen.get("preselectedPartyUuid"),
            "doNotPromptForParty": chosen.get("doNotPromptForParty", False),
            "showClientUnits": chosen.get("showClientUnits", False),
            "shouldShowSubEntities": chosen.get("shouldShowSubEntities", True),
            "shouldShowDeletedEntities": chosen.get("shouldShowDeletedEntities", False),
        },
    }
