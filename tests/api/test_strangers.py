"""Whoever has no right to an instance gets nothing at any of its addresses."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.urls import URLPattern, URLResolver, get_resolver

from api.views import FaceViewSet
from data_elements.models import DataElement
from instances.models import Instance
from tests.authorization.matrix.fixture import (
    CALLERS,
    SETTINGS,
    Names,
    deploy,
    populate,
)
from tests.authorization.matrix.rows import APP, APP2, P
from tests.authorization.test_matrix import stored
from tests.client import DOMAIN, PLATFORM_HOST, Api, body_of

SECRET = "hemmelig"
REFUSED = {400, 401, 403, 404}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses(
    resolver: URLResolver, prefix: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Yield method, route and action of every call about an instance."""
    for entry in resolver.url_patterns:
        route = prefix + str(getattr(entry.pattern, "_route", ""))
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
            continue
        assert isinstance(entry, URLPattern)
        view = getattr(entry.callback, "cls", None)
        if view is None or not issubclass(view, FaceViewSet):
            continue
        if "<guid:guid>" in route:
            actions: dict[str, str] = entry.callback.actions  # type: ignore[attr-defined]  # DRF's
            for method, action in list(actions.items()):  # a call adds HEAD to it
                yield method.upper(), route, f"{view.__name__}.{action}"


def calls(values: Mapping[str, object]) -> Iterator[tuple[str, str, str, str]]:
    """Yield host, method, path and action of every call, at one instance's address."""
    faces = {
        "altinn.urlconf_application": f"{values['org']}.apps.{DOMAIN}",
        "altinn.urlconf_platform": PLATFORM_HOST,
    }
    for urlconf, host in faces.items():
        for method, route, action in addresses(get_resolver(urlconf)):
            path = _PARAMETER.sub(lambda found: str(values[found[1]]), route)
            yield host, method, f"/{path}", action


@pytest.fixture
def values(sandbox: None, settings: LazySettings, tmp_path: Path) -> dict[str, object]:
    """What stands in the addresses: an instance with content that tells itself."""
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    deploy(tmp_path)
    deploy(tmp_path, app_id=APP2)
    populate()
    names = Names("Task_1")
    names.make("{model}", "{attachment}", "{event}")
    told = {"presentation_texts": {"title": SECRET}, "data_values": {"a": SECRET}}
    Instance.objects.filter(pk=names.instance.pk).update(**told)
    files = DataElement.objects.filter(data_type="attachment")
    files.update(filename=f"{SECRET}.xml")
    org, _, app = APP.partition("/")
    return {
        "org": org,
        "app": app,
        "party": P,
        "guid": names["guid"],
        "element": names["attachment"],
        "event": names["event"],
        "resource": f"app_{org}_{app}",
        "dataType": "attachment",
        "state": "Task_2",
        "tag": "a",
        "optionsId": "months",
        "listId": "months",
        "apiId": "months",
    }


@pytest.mark.parametrize("caller", ["AN", "OX", "EN", "UN", "SN"])
def test_a_stranger_gets_nothing(
    values: dict[str, object], own_blobs: Path, caller: str
) -> None:
    """API1, T-01, T-04, Z-087: no call tells anything, or changes anything"""
    before = stored(own_blobs)
    for host, method, path, action in calls(values):
        body: object = {} if method in ("POST", "PUT", "PATCH") else None
        answer = Api(host, CALLERS[caller]).call(method, path, json=body)
        assert answer.status_code in REFUSED, (action, answer.status_code)
        assert SECRET.encode() not in body_of(answer), action
        assert "ETag" not in answer, action
    assert stored(own_blobs) == before


@pytest.mark.parametrize("wrong", ["party", "guid", "app"])
def test_an_address_counts_as_a_whole(
    values: dict[str, object], own_blobs: Path, wrong: str
) -> None:
    """D-15, D-16, T-03, Z-082, Z-088: one with a wrong part is nobody's address"""
    others = {"party": 500005, "guid": uuid4(), "app": "app2"}
    values[wrong] = others[wrong]
    if wrong == "app":
        values["org"] = "other"
    before = stored(own_blobs)
    for host, method, path, action in calls(values):
        if str(others[wrong]) not in path or "studio" in path:
            continue
        body: object = {} if method in ("POST", "PUT", "PATCH") else None
        answer = Api(host, CALLERS["UW"]).call(method, path, json=body)
        assert answer.status_code in REFUSED, (action, answer.status_code)
        assert SECRET.encode() not in body_of(answer), action
    assert stored(own_blobs) == before
