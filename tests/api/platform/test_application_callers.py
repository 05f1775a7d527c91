"""Who describes applications and their texts in storage: the designer, nobody else."""

import pytest

from tests import cast
from tests.api.platform.registry_state import registry_state
from tests.api.platform.test_applications import APPLICATIONS, NEW, OWN
from tests.client import PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.mark.parametrize(
    ("api", "status", "code"),
    [
        (Api(PLATFORM_HOST), 401, "token-missing"),
        (Api(PLATFORM_HOST, cast.SOPHIE), 403, "designer-only"),
        (Api(PLATFORM_HOST, cast.OWNER), 403, "designer-only"),
        (Api(PLATFORM_HOST, cast.SYSTEM_USER), 403, "designer-only"),
    ],
    ids=["nobody", "user", "owner", "system user"],
)
def test_nobody_else_changes_anything(api: Api, status: int, code: str) -> None:
    """S-280, M:P-02, M:P-04"""
    before = registry_state()
    own = NEW | {"id": "nav/app2018", "org": "nav"}
    texts = {"language": "nb", "resources": []}
    for method, url, body in (
        ("POST", f"{APPLICATIONS}?appId=nav/app2018", own),
        ("POST", f"{APPLICATIONS}?appId=ttd/ny-app2", NEW),
        ("PUT", OWN, own),
        ("DELETE", OWN, None),
        ("DELETE", f"{OWN}?hard=true", None),
        ("POST", f"{OWN}/texts", texts),
        ("PUT", f"{OWN}/texts/nb", texts),
        ("DELETE", f"{OWN}/texts/nb", None),
    ):
        assert_problem(api.call(method, url, json=body), status, code=code)
    assert registry_state() == before


def test_a_component_of_the_platform_is_nobody_here() -> None:
    """M:P-02, M:P-03, M:P-04: 401"""
    before = registry_state()
    component = Api(PLATFORM_HOST, headers=cast.platform_headers())
    assert_problem(component.delete(OWN), 401, code="token-missing")
    assert_problem(component.get(f"{OWN}/texts/nb"), 401, code="token-missing")
    assert registry_state() == before
