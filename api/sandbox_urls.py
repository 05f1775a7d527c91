"""Addresses below ``/Home/``, as clients of the local test platform know them."""

from api import sandbox
from api.routes import path

urlpatterns = [
    path("Tokens", sandbox.tokens_page, name="sandbox-tokens"),
    path(
        "GetTestUserToken/<str:user_id>", sandbox.user_token, name="sandbox-user-token"
    ),
    path("GetTestOrgToken/<str:org>", sandbox.org_token, name="sandbox-org-token"),
    path("auth/user", sandbox.auth_user, name="sandbox-auth-user"),
    path("auth/serviceowner", sandbox.auth_service_owner, name="sandbox-auth-owner"),
    path("LogInTestUser", sandbox.log_in, name="sandbox-login"),
    path("LogOutTestUser", sandbox.log_out, name="sandbox-logout"),
    path("Localtest/Version", sandbox.version, name="sandbox-version"),
]
