"""Two who deploy at once, each with a connection of his own: nothing is lost."""

from collections.abc import Callable

import pytest

from apps_registry import deployments, services
from apps_registry.app_folder import AppFolder
from apps_registry.deployments import ImportReport
from apps_registry.models import Application, Deployment, DeploymentFile
from tests.apps_registry.archives import FILES
from tests.process.test_concurrency import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_sandbox"),
]


def deploying(name: str) -> Callable[[], object]:
    """Return a call that deploys the sample with one more file."""
    folder = AppFolder({**FILES, f"options/{name}.json": b"[]"})
    return lambda: services.deploy(folder, org="nav", app="app2018")


def served() -> Deployment | None:
    return (
        Application.objects.select_related("current").get(app_id="nav/app2018").current
    )


def test_two_contents_are_two_deployments() -> None:
    """Numbered apart; one of them is served, whole"""
    results = at_once(deploying("a"), deploying("b"))
    reports = [r for r in results if isinstance(r, ImportReport)]
    assert sorted(report.number for report in reports) == [2, 3]
    current = served()
    assert current is not None and current.number in (2, 3)
    for report in reports:
        files = DeploymentFile.objects.contents_of(report.deployment.pk)
        assert len(files) == len(FILES) + 1


def test_the_same_content_twice_is_one_deployment() -> None:
    """Whoever comes second finds it there"""
    results = at_once(deploying("a"), deploying("a"), deploying("a"))
    reports = [r for r in results if isinstance(r, ImportReport)]
    assert [report.number for report in reports] == [2, 2, 2]
    assert sorted(report.created for report in reports) == [False, False, True]
    assert Deployment.objects.count() == 2


def test_one_activation_of_two_has_the_last_word() -> None:
    """And what is served is one of them"""
    services.deploy(
        AppFolder({**FILES, "options/a.json": b"[]"}), org="nav", app="app2018"
    )
    results = at_once(
        lambda: deployments.activate("nav", "app2018", 1),
        lambda: deployments.activate("nav", "app2018", 2),
    )
    assert {r.number for r in results if isinstance(r, Deployment)} == {1, 2}
    current = served()
    assert current is not None and current.number in (1, 2)
