"""The metadata of real applications, through storage and back."""

import pytest

from apps_registry.app_folder import PROCESS
from apps_registry.models import DeploymentFile
from apps_registry.services import import_app
from tests.api.platform.test_applications import APPLICATIONS, anyone, designer
from tests.shared import APPS

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.mark.skipif(not APPS.is_dir(), reason="the real folders are not beside us")
def test_the_metadata_of_real_applications_goes_in_as_it_came_out() -> None:
    """S-271, S-276: unknown members and all"""
    for folder in ("stateless-app", "tdd_permissive-app", "service-task"):
        app_id = import_app(APPS / folder).app_id
        read = anyone().get(f"{APPLICATIONS}/{app_id}").json()
        answer = designer().put(f"{APPLICATIONS}/{app_id}", json=read)
        assert answer.status_code == 200
        again = answer.json()
        changed = {"versionId", "lastChanged", "lastChangedBy", "partyTypesAllowed"}
        assert {k: v for k, v in again.items() if k not in changed} == {
            k: v for k, v in read.items() if k not in changed
        }
        assert DeploymentFile.objects.filter(
            deployment__application__app_id=app_id, path=PROCESS
        ).exists()
