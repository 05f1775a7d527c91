"""Applications changed a few files at a time, while others change them too."""

from typing import Any

import pytest
from django.utils import timezone

from apps_registry import changes, descriptions
from apps_registry.errors import DeploymentConflict
from apps_registry.models import Application, Deployment
from apps_registry.services import import_app
from tests.factories import SAMPLES

pytestmark = pytest.mark.usefixtures("sandbox")


def test_an_app_that_another_imports_meanwhile_is_not_begun_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Z-116: metadata alone never take the place of a whole folder"""
    check = changes.check_folder

    def check_while_another_imports(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(changes, "check_folder", check)
        import_app(SAMPLES / "nav" / "app2018")
        return check(*args, **kwargs)

    changes.retire(org="nav", app="app2018")
    monkeypatch.setattr(changes, "check_folder", check_while_another_imports)
    with pytest.raises(DeploymentConflict):
        descriptions.register(
            org="nav", app="app2018", document={"title": {}}, now=timezone.now()
        )
    served = Application.objects.get(app_id="nav/app2018").current
    assert served is not None
    assert served.number == 1
    assert Deployment.objects.of_app("nav/app2018").count() == 1


def test_a_change_of_what_is_served_no_more_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Z-116: of two changes at once, neither undoes the other"""
    check = changes.check_folder

    def check_while_another_changes(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(changes, "check_folder", check)
        _say("first")
        return check(*args, **kwargs)

    monkeypatch.setattr(changes, "check_folder", check_while_another_changes)
    with pytest.raises(DeploymentConflict):
        _say("second")
    served = Application.objects.get(app_id="nav/app2018").current
    assert served is not None
    assert served.number == 2
    assert Deployment.objects.of_app("nav/app2018").count() == 2


def _say(text: str) -> None:
    resources = [{"id": "appName", "value": text}]
    descriptions.put_texts(
        org="nav",
        app="app2018",
        language="nb",
        resources=resources,
        must_exist=True,
    )
