"""The token of the tool with which applications are made and deployed."""

from parties.claims import principal_of
from parties.issued_claims import (
    claims_of,
    designer_claims,
    organisation_claims,
    user_claims,
)


def test_only_who_is_nobody_else_is_the_designer() -> None:
    """Z-003: a user's token that names the tool too is the user's"""
    tool = designer_claims()
    assert principal_of(tool).is_designer
    assert principal_of(claims_of(principal_of(tool))).is_designer
    assert not principal_of({"urn:altinn:app": "studio.designer2"}).is_designer
    for claims in (
        user_claims(user_id=1337, party_id=501337, username="sophie", level=2),
        organisation_claims(org_number="310000000", scope="altinn:instances.read"),
    ):
        assert not principal_of({**claims, **tool}).is_designer
