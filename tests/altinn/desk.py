"""Two organisations at one desk: nav, whose people are signed in, and skd."""

import re
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps_registry import catalogue
from apps_registry.services import import_app
from authorization.models import Delegation
from data_elements import blobs
from data_elements import services as data_elements
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from data_elements.services import Content
from events import services as events
from events.cloudevents import app_resource
from events.models import CloudEvent, Delivery, Subscription
from events.services import Wanted
from exports import services as exports
from instances.models import Instance
from parties.choices import OrgRole
from parties.identity import Principal, PrincipalKind
from parties.models import Party, User
from process.instantiation import Template, instantiate
from tests.cast import ORG_PARTY, SOPHIE_PRINCIPAL
from tests.client import BASE_HOST
from tests.factories import FORM, SAMPLES, make_instance

FOREIGN_PARTY = 510004  # has no instance with nav


def sign_in(client: Client | None, user: User) -> Client:
    """Return a browser on the base host in which the account is signed in."""
    browser = client or Client()
    browser.defaults["HTTP_HOST"] = f"{BASE_HOST}:8000"
    browser.force_login(user)
    return browser


def member(role: OrgRole, *, org: str = "nav", name: str = "") -> User:
    """Make an account with a membership."""
    user = User.objects.create_user(name or f"{role.value}-of-{org}", is_staff=True)
    user.memberships.create(org=org, role=role)
    return user


def address(model: type[models.Model], page: str, *args: object) -> str:
    """Return the address of a page of a table."""
    name = model._meta.label_lower.replace(".", "_")
    return reverse(f"admin:{name}_{page}", args=[str(a) for a in args])


def page_of(row: models.Model) -> str:
    """Return the address of a row's page."""
    return address(type(row), "change", row.pk)


def text_of(browser: Client, path: str) -> str:
    """Return a page without the random letters in it, which may spell anything."""
    page = browser.get(path).content.decode()
    secret = r'(name="csrfmiddlewaretoken" value=|nonce=)"[^"]*"'
    return re.sub(secret, "", page)


def shown(browser: Client, model: type[models.Model], **query: str) -> list[Any]:
    """Return the keys of the rows in a list."""
    answer = browser.get(address(model, "changelist"), query)
    assert answer.status_code == 200
    return [row.pk for row in answer.context_data["cl"].result_list]


def registered() -> list[type[models.Model]]:
    """Return every table with pages in the admin."""
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def deploy_foreign_app(folder: Path) -> None:
    """Deploy an application of skd."""
    shutil.copytree(SAMPLES / "nav" / "app2018", folder / "foreign")
    metadata = folder / "foreign/App/config/applicationmetadata.json"
    document = orjson.loads(metadata.read_bytes())
    metadata.write_bytes(orjson.dumps({**document, "id": "skd/melding", "org": "skd"}))
    policy = folder / "foreign/App/config/authorization/policy.xml"
    text = policy.read_text("utf-8").replace(">nav<", ">skd<")
    policy.write_text(text.replace(">app2018<", ">melding<"), "utf-8")
    import_app(folder / "foreign")


def foreign_instance(*, party: int = FOREIGN_PARTY) -> Instance:
    """Make an instance of skd, with content, history and an event."""
    definition = catalogue.definition_of("skd", "melding")
    owner = Party.objects.get(pk=party)
    instance, _ = instantiate(
        SOPHIE_PRINCIPAL, definition=definition, owner=owner, template=Template()
    )
    with blobs.stored(Incoming(BytesIO(FORM), max_bytes=2**30)) as blob:
        data_elements.add(
            SOPHIE_PRINCIPAL,
            instance=instance,
            data_type=definition.data_type("default"),
            content=Content(blob, "application/xml", "skjema.xml"),
        )
    return instance


def delegations() -> None:
    """Give somebody a right in an application of each organisation, and in all."""
    for app_id in ("nav/app2018", "skd/melding", "navet/app", ""):
        Delegation.objects.create(
            user_id=1004, from_party_id=ORG_PARTY, app_id=app_id, action="read"
        )


def element_of(instance: Instance) -> DataElement:
    """Return the first element of an instance."""
    element = DataElement.objects.filter(instance=instance).first()
    assert element is not None
    return element


def export(org: str) -> None:
    """Order an export of all that an organisation has, with a part that is written."""
    ordered = exports.order(
        Principal(PrincipalKind.SERVICE_OWNER, level=3, org=org),
        app_ids=[f"{org}/app2018"],
        query={"org": [org]},
        with_content=False,
    )
    ordered.parts.create(
        number=1, blob_key=str(ordered.pk), size=1, files_size=1, files=1
    )


def subscription(org: str) -> None:
    """Subscribe in the name of an organisation, whose receiver was not asked yet."""
    wanted = Wanted(f"https://{org}.example/events", app_resource(org, "app2018"))
    owner = Principal(PrincipalKind.SERVICE_OWNER, level=3, org=org)
    events.subscribe(owner, wanted=wanted)


def deliveries(count: int, org: str = "nav") -> list[Delivery]:
    """Make deliveries of real events that failed once."""
    if not Subscription.objects.filter(org=org).exists():
        subscription(org)
    made = []
    for _ in range(count):
        make_instance()
        made.append(
            Delivery(
                subscription=Subscription.objects.get(org=org),
                event=CloudEvent.objects.latest("id"),
                org=org,
                due_at=timezone.now(),
                attempts=1,
                last_status=503,
                last_error="The receiver answered 503.",
            )
        )
    return Delivery.objects.bulk_create(made)
