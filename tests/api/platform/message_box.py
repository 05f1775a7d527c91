"""What tests of the message box share: how it is asked, and what is changed."""

from collections.abc import Mapping
from typing import Any

from instances.models import Instance
from tests import cast
from tests.client import PLATFORM_HOST, Api

BOX = "/storage/api/v1/sbl/instances"
SEARCH = f"{BOX}/search"
APPLICATION = "/storage/api/v1/applications/nav/app2018"
P = cast.ORG_PARTY


def search(api: Api, query: str = "", **wanted: Any) -> Any:
    """Search the message box of the organisation."""
    body = {"instanceOwnerPartyIdList": [P], **wanted}
    return api.post(f"{SEARCH}{query}", json=body)


def ids(answer: Any) -> set[str]:
    """Return the guids that were found."""
    assert answer.status_code == 200, answer.content
    return {one["id"] for one in answer.json()}


def change_metadata(**members: object) -> None:
    """Deploy the sample application with other metadata."""
    designer = Api(PLATFORM_HOST, cast.DESIGNER)
    metadata = {**designer.get(APPLICATION).json(), **members}
    assert designer.put(APPLICATION, json=metadata).status_code == 200


def set_texts(language: str, texts: Mapping[str, str]) -> None:
    """Replace the texts of a language of the sample application."""
    resources = [{"id": key, "value": text} for key, text in texts.items()]
    document = {"language": language, "resources": resources}
    designer = Api(PLATFORM_HOST, cast.DESIGNER)
    assert designer.post(f"{APPLICATION}/texts", json=document).status_code == 200


def changed(instance: Instance, **columns: object) -> Instance:
    """Return the instance with columns that its own services do not set."""
    Instance.objects.filter(pk=instance.pk).update(**columns)
    return Instance.objects.get(pk=instance.pk)


def shown(api: Api, instance: Instance, language: str = "") -> Any:
    """Return the instance as the message box shows it, found and read alike."""
    query = f"?language={language}" if language else ""
    read = api.get(f"{BOX}/{instance.instance_id}{query}")
    assert read.status_code == 200, read.content
    found = search(api, language=language or None).json()
    (one,) = [one for one in found if one["id"] == str(instance.id)]
    if instance.is_active:
        assert one == read.json()
    return read.json()
