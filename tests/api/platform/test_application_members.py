"""Names of the members of an application's metadata, as they are sent to storage."""

import pytest

from apps_registry import catalogue
from tests.api.platform.test_applications import APPLICATIONS, designer

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
