"""Names of the members of an application's metadata, as they are sent to storage."""

import pytest

from api.links import Links
from apps_registry import catalogue
from apps_registry.models import Deployment
from instances.models import Instance
from tests.api.platform.test_applications import APPLICATIONS, create, designer
from tests.client import PLATFORM_HOST, Api

pytestmark = pytest.mark.usefixtures("sandbox")


def test_members_are_read_in_any_case_of_letters() -> None:
    """S-013, 1.2: at every depth; keys of texts and what nobody knows stay as sent"""
    sent = {
        "ID": "ttd/ny-app2",
        "Org": "ttd",
        "TITLE": {"NB": "Ny"},
        "DataTypes": [
            {
                "Id": "model",
                "Description": {"Nb": "Skjema"},
                "AppLogic": {"AutoCreate": True, "ShadowFields": {"Prefix": "AS_"}},
                "Own": {"A": 1},
            }
        ],
        "ApiScopes": {"Users": {"Read": "altinn:own.read"}},
        "MessageBoxConfig": {"HideSettings": {"HideOnTask": ["Task_1"]}},
        "PresentationFields": [{"Id": "f", "Path": "a.B", "DataTypeId": "model"}],
        "PartyTypesAllowed": {"SubUnit": True},
        "StorageAccountNumber": 2,
        "Keywords": [{"Word": "W", "Language": "nb"}],
        "Unknown": {"Kept": True},
    }
    kept = {
        "title": {"NB": "Ny"},
        "dataTypes": [
            {
                "id": "model",
                "description": {"Nb": "Skjema"},
                "appLogic": {"autoCreate": True, "shadowFields": {"prefix": "AS_"}},
                "Own": {"A": 1},
            }
        ],
        "apiScopes": {"users": {"read": "altinn:own.read"}},
        "messageBoxConfig": {"hideSettings": {"hideOnTask": ["Task_1"]}},
        "presentationFields": [{"id": "f", "path": "a.B", "dataTypeId": "model"}],
        "partyTypesAllowed": {"subUnit": True},
        "storageAccountNumber": 2,
        "keywords": [{"word": "W", "language": "nb"}],
        "Unknown": {"Kept": True},
    }
    made = designer().post(f"{APPLICATIONS}?appId=ttd/ny-app2", json=sent)
    assert made.status_code == 201, made.content
    replaced = designer().put(f"{APPLICATIONS}/ttd/ny-app2", json=sent)
    assert replaced.status_code == 200, replaced.content
    for document in (made.json(), replaced.json()):
        assert document.items() >= kept.items()
        assert not document.keys() & (sent.keys() - {"Unknown"})
    assert list(catalogue.definition_of("ttd", "ny-app2").data_types) == ["model"]


@pytest.mark.parametrize(
    ("author", "is_told"),
    [
        ("studio.designer", True),
        ("service-owner nav", True),
        ("command line (root)", False),
        ("alice", False),
        ("server", False),
        ("", False),
    ],
)
def test_anyone_is_told_of_callers_and_not_of_operators(
    author: str, is_told: bool
) -> None:
    """S-271, 4.9: the name that a token had; who has an account here is not told"""
    Deployment.objects.update(created_by=author)
    for path in ("", "/nav", "/nav/app2018"):
        answer = Api(PLATFORM_HOST).get(f"{APPLICATIONS}{path}")
        document = answer.json()
        for one in document.get("applications", [document]):
            told = {one.get("createdBy"), one.get("lastChangedBy")}
            assert told == ({author} if is_told else {None})
            assert one["created"] and one["lastChanged"]
        assert is_told or not author or f'"{author}"' not in answer.content.decode()


def test_addresses_have_letters_of_ours_encoded() -> None:
    """S-274, 3.6: in the header and in links, which are called as they are given"""
    made = create("æøå/å-1")
    assert made.status_code == 201
    encoded = "%C3%A6%C3%B8%C3%A5/%C3%A5-1"
    assert made["Location"] == encoded
    assert designer().get(f"{APPLICATIONS}/{made['Location']}").json() == made.json()
    links = Links("http://altinn.test")
    instance = Instance(org="æøå", app_id="æøå/å-1", owner_party_id=1)
    for link in (
        links.instance(instance)["apps"],
        links.element(instance, instance.id)["apps"],
        links.page(instance),
        links.deployments(org="æøå", app="å-1"),
    ):
        assert f"/{encoded}/" in link
