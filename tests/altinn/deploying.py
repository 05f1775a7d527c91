"""What the tests of deployments at the desk share."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps_registry.app_folder import POLICY, AppFolder
from apps_registry.models import Application
from apps_registry.services import deploy
from parties.choices import OrgRole
from tests.altinn.desk import member, sign_in
from tests.apps_registry.archives import FILES, archive

FIRST = "admin:apps_registry_application_first"
TEXTS = "config/texts/resource.nb.json"
SECOND = {
    **FILES,
    TEXTS: FILES[TEXTS].replace(b"Sykmelding", b"Sjukmelding"),
    POLICY: FILES[POLICY].replace(b"</xacml:Policy>", b"<!-- --></xacml:Policy>"),
    "options/land.json": b'[{"value": "no", "label": "Norge"}]',
}


@pytest.fixture
def administrator(sandbox: None) -> Client:
    """Somebody who manages nav."""
    return sign_in(None, member(OrgRole.ADMINISTRATOR))


def at(page: str, *more: object, app: str = "nav/app2018") -> str:
    """Return the address of a page of an application's deployments."""
    pk = Application.objects.get(app_id=app).pk
    return reverse(f"admin:apps_registry_application_{page}", args=[pk, *more])


def upload(
    browser: Client,
    content: Mapping[str, bytes] | bytes,
    url: str = "",
    **values: str,
) -> Any:
    """Send the form with an archive of files."""
    body = content if isinstance(content, bytes) else archive(content)
    file = SimpleUploadedFile("app.zip", body, "application/zip")
    data = {"serve": "on", **values, "archive": file}
    return browser.post(url or at("deployments"), data)


def second() -> None:
    """Deploy a second content."""
    deploy(AppFolder(SECOND), org="nav", app="app2018", label="høst")
