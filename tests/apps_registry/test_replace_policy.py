"""Two who change an application at once: nothing of either is lost."""

from typing import Any

import pytest

from apps_registry import changes
from apps_registry.app_folder import POLICY
from apps_registry.errors import DeploymentConflict
from apps_registry.models import Application, Deployment
from apps_registry.services import replace_policy
from tests.factories import SAMPLES

OWN = (SAMPLES / "nav" / "app2018" / "App" / POLICY).read_bytes()


@pytest.mark.usefixtures("sandbox")
def test_a_policy_made_out_of_what_is_served_no_more_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Z-116: the other's deployment stays in force"""
    check = changes.check_folder

    def check_while_another_deploys(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(changes, "check_folder", check)
        replace_policy(org="nav", app="app2018", content=OWN + b"<!-- first -->")
        return check(*args, **kwargs)

    monkeypatch.setattr(changes, "check_folder", check_while_another_deploys)
    with pytest.raises(DeploymentConflict):
        replace_policy(org="nav", app="app2018", content=OWN + b"<!-- second -->")
    served = Application.objects.get(app_id="nav/app2018").current
    assert served is not None
    assert served.number == 2
    assert Deployment.objects.of_app("nav/app2018").count() == 2
