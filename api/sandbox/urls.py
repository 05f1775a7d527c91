"""Addresses of the sandbox, as clients of the local test platform know them.

``urlpatterns`` stands below ``/Home/`` on every host, ``authentication`` below
``/authentication/api/v1/`` where the platform is.
"""

from api.routes import path
from api.sandbox import login, payments, tokens

urlpatterns = [
    path("Tokens", login.tokens_page, name="sandbox-tokens"),
    path("LogInTestUser", login.log_in, name="sandbox-login"),
    path("LogOutTestUser", login.log_out, name="sandbox-logout"),
    path("Payments/<guid:payment>", payments.page, name="sandbox-payment"),
    path("Localtest/Version", login.version, name="sandbox-version"),
    path(
        "GetTestUserToken/<str:user_id>", tokens.user_token, name="sandbox-user-token"
    ),
    path("GetTestOrgToken/<str:org>", tokens.org_token, name="sandbox-org-token"),
    path(
        "GetTestSystemUserToken",
        tokens.system_user_token,
        name="sandbox-system-user-token",
    ),
    path(
        "GetPlatformAccessToken", tokens.platform_token, name="sandbox-platform-token"
    ),
    path("GetDesignerToken", tokens.designer_token, name="sandbox-designer-token"),
    path("GetPlatformToken", tokens.platform_token, name="sandbox-generated-platform"),
    path(
        "GetEnterpriseToken",
        tokens.enterprise_token,
        name="sandbox-generated-enterprise",
    ),
    path("GetPersonalToken", tokens.personal_token, name="sandbox-generated-personal"),
    path(
        "GetEnterpriseUserToken",
        tokens.enterprise_user_token,
        name="sandbox-generated-enterprise-user",
    ),
    path(
        "GetSelfIdentifiedUserToken",
        tokens.self_identified_token,
        name="sandbox-generated-self-identified",
    ),
    path(
        "GetSelfRegisteredEmailUserToken",
        tokens.self_registered_token,
        name="sandbox-generated-self-registered",
    ),
    path(
        "GetSystemUserToken",
        tokens.generated_system_user_token,
        name="sandbox-generated-system-user",
    ),
    path("auth/user", tokens.auth_user, name="sandbox-auth-user"),
    path(
        "auth/selfidentifieduser",
        tokens.auth_self_identified_user,
        name="sandbox-auth-self-identified-user",
    ),
    path(
        "auth/selfregisteredemail",
        tokens.auth_self_registered_user,
        name="sandbox-auth-self-registered",
    ),
    path(
        "auth/enterpriseuser",
        tokens.auth_enterprise_user,
        name="sandbox-auth-enterprise-user",
    ),
    path("auth/org", tokens.auth_org, name="sandbox-auth-org"),
    path("auth/serviceowner", tokens.auth_service_owner, name="sandbox-auth-owner"),
    path("auth/systemuser", tokens.auth_system_user, name="sandbox-auth-system-user"),
    path("auth/generate", tokens.auth_generate, name="sandbox-auth-generate"),
    path("auth/info", tokens.auth_info, name="sandbox-auth-info"),
]

authentication = [
    path("orgToken", tokens.platform_org_token, name="sandbox-platform-org-token"),
    path("appToken", tokens.platform_app_token, name="sandbox-platform-app-token"),
]
