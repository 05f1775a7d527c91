"""Test tokens: the answer is the token as text."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from api import issuer
from api.sandbox import identities
from api.sandbox.guard import sandbox_view
from api.sandbox.identities import OWNER_READ_SCOPE, OWNER_SCOPES, Claims
from api.sandbox.parameters import Asked
from apps_registry.models import Org
from authorization.models import SystemUser
from parties.choices import PartyType, UserType
from parties.issued_claims import designer_claims
from parties.models import Party, Profile
from parties.tokens import PLATFORM_TOKEN_LIFETIME

_USER_SCOPE = f"{identities.USER_SCOPE} {identities.INSTANCE_SCOPES}"
_DEFAULT_ORG = "ttd"
_LISTED = 200


@sandbox_view("GET")
def user_token(request: HttpRequest, user_id: str) -> HttpResponse:
    """Answer a token of a user; ``authenticationLevel`` and ``scope`` can be set."""
    asked = Asked.of(request.GET, userId=user_id)
    return _token(asked, identities.user(asked, scope=_USER_SCOPE))


@sandbox_view("GET")
def org_token(request: HttpRequest, org: str) -> HttpResponse:
    """Answer a token of a service owner; number, ``scopes`` and level can be set."""
    asked = Asked.of(request.GET, org=org)
    return _token(asked, identities.service_owner(asked, scope=OWNER_READ_SCOPE))


@sandbox_view("GET")
def system_user_token(request: HttpRequest) -> HttpResponse:
    """Answer a token of a system user that the call describes in full."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.stated_system_user(asked))


@sandbox_view("GET")
def platform_token(request: HttpRequest) -> HttpResponse:
    """Answer a platform access token of the component in ``app``, for five minutes."""
    asked = Asked.of(request.GET)
    claims = identities.platform(asked)
    lifetime = min(asked.lifetime() or PLATFORM_TOKEN_LIFETIME, PLATFORM_TOKEN_LIFETIME)
    token = issuer.platform_token_issuer().issue(claims, lifetime=lifetime)
    return _text(token)


@sandbox_view("GET")
def designer_token(request: HttpRequest) -> HttpResponse:
    """Answer a token of the tool that deploys applications and replaces policies."""
    return _token(Asked.of(request.GET), designer_claims())


@sandbox_view("GET")
def auth_user(request: HttpRequest) -> HttpResponse:
    """Answer a token of the user in ``userId``."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.user(asked))


@sandbox_view("GET")
def auth_self_identified_user(request: HttpRequest) -> HttpResponse:
    """Answer a token of the self-identified user in ``username``."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.self_identified(asked))


@sandbox_view("GET")
def auth_self_registered_user(request: HttpRequest) -> HttpResponse:
    """Answer a token of the user who registered with the address in ``email``."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.self_registered(asked))


@sandbox_view("GET")
def auth_enterprise_user(request: HttpRequest) -> HttpResponse:
    """Answer a token of the user in ``userId`` as an enterprise user."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.enterprise_user(asked))


@sandbox_view("GET")
def auth_org(request: HttpRequest) -> HttpResponse:
    """Answer a token of the organisation in ``orgNumber``."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.organisation(asked))


@sandbox_view("GET")
def auth_service_owner(request: HttpRequest) -> HttpResponse:
    """Answer a token of the service owner in ``org``, or in ``orgNumber``."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.service_owner(asked, scope=OWNER_SCOPES))


@sandbox_view("GET")
def auth_system_user(request: HttpRequest) -> HttpResponse:
    """Answer a token of the registered system user in ``systemUserId``."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.system_user(asked))


@sandbox_view("GET")
def auth_generate(request: HttpRequest) -> HttpResponse:
    """Answer a token of the kind in ``type``, with the parameters of that kind."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.claims_of_kind(asked))


@sandbox_view("GET")
def auth_info(request: HttpRequest) -> HttpResponse:
    """List whom the sandbox knows, the first of each kind; without identity numbers."""
    profiles = Profile.objects.with_party().order_by("id")
    by_itself = profiles.filter(user_type=UserType.SELF_IDENTIFIED)
    others = profiles.exclude(user_type=UserType.SELF_IDENTIFIED)
    organisations = Party.objects.filter(type=PartyType.ORGANISATION).order_by("id")
    systems = SystemUser.objects.select_related("party").order_by("system_id", "id")
    document = {
        "users": [
            {"userId": row.pk, "partyId": row.party_id, "name": row.party.name}
            for row in others[:_LISTED]
        ],
        "selfIdentifiedUsers": [
            {"userId": row.pk, "partyId": row.party_id, "username": row.user_name}
            for row in by_itself[:_LISTED]
        ],
        "orgs": [
            {"partyId": row.pk, "orgNumber": row.org_number, "name": row.name}
            for row in organisations[:_LISTED]
        ],
        "serviceOwners": [
            {"org": row.code, "orgNumber": row.org_number}
            for row in Org.objects.order_by("code")[:_LISTED]
        ],
        "systemUsers": [
            {
                "systemUserId": str(row.pk),
                "systemId": row.system_id,
                "systemUserOrgNumber": row.party.org_number,
            }
            for row in systems[:_LISTED]
        ],
    }
    return JsonResponse(document)


@sandbox_view("GET")
def platform_org_token(request: HttpRequest) -> HttpResponse:
    """Answer a token of the service owner in ``org``, by default ``ttd``."""
    org = Asked.of(request.GET).text("org", _DEFAULT_ORG)
    asked = Asked.of(request.GET, org=org)
    return _token(asked, identities.service_owner(asked, scope=OWNER_SCOPES))


@sandbox_view("GET")
def platform_app_token(request: HttpRequest) -> HttpResponse:
    """Answer a token of the user in ``userId``."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.user(asked, scope=_USER_SCOPE))


# --- as clients of the public token generator ask -------------------------------------
@sandbox_view("GET")
def enterprise_token(request: HttpRequest) -> HttpResponse:
    """Answer a token of the organisation in ``orgNo``, or the service owner ``org``."""
    asked = Asked.of(request.GET)
    if asked.text("org"):
        return _token(asked, identities.service_owner(asked, scope=OWNER_SCOPES))
    return _token(asked, identities.organisation(asked))


@sandbox_view("GET")
def personal_token(request: HttpRequest) -> HttpResponse:
    """Answer a token of the user in ``userId``, at level ``authLvl`` (3)."""
    asked = Asked.of(request.GET).defaulting("authenticationLevel", "3")
    return _token(asked, identities.user(asked, scope=_USER_SCOPE))


@sandbox_view("GET")
def enterprise_user_token(request: HttpRequest) -> HttpResponse:
    """Answer a token of the user in ``userId`` for the enterprise in ``orgNo``."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.enterprise_user(asked))


@sandbox_view("GET")
def self_identified_token(request: HttpRequest) -> HttpResponse:
    """Answer a token of the self-identified user in ``username``."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.self_identified(asked))


@sandbox_view("GET")
def self_registered_token(request: HttpRequest) -> HttpResponse:
    """Answer a token of the user who registered with the address in ``email``."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.self_registered(asked))


@sandbox_view("GET")
def generated_system_user_token(request: HttpRequest) -> HttpResponse:
    """Answer a token of a system user that the call describes in full."""
    asked = Asked.of(request.GET)
    return _token(asked, identities.stated_system_user(asked))


def _token(asked: Asked, claims: Claims) -> HttpResponse:
    return _text(issuer.token_issuer().issue(claims, lifetime=asked.lifetime()))


def _text(token: str) -> HttpResponse:
    return HttpResponse(token, content_type="text/plain; charset=utf-8")
