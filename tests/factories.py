"""Things to test with: a state past "created" is reached by calling real services."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

from django.utils import timezone

from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from authorization import clients
from authorization.choices import ClientRole
from authorization.models import PackageAssignment, RoleAssignment
from authorization.services import RoleLookup
from data_elements import blobs
from data_elements import services as data_elements
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from data_elements.services import Content
from instances import services as instances
from instances.models import Instance
from parties.identity import Principal
from parties.models import Party, Profile
from process import services as process
from process.instantiation import Template, instantiate
from tests.cast import ORG_PARTY, OWNER_PRINCIPAL, SOPHIE_PRINCIPAL

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
EXAMPLES = SAMPLES / "nav" / "app2018" / "examples"
FORM = (EXAMPLES / "sykmelding.xml").read_bytes()
FORM_JSON = (EXAMPLES / "sykmelding.json").read_bytes()
PDF = (EXAMPLES / "vedlegg.pdf").read_bytes()


def sample_app() -> AppDefinition:
    """Return the sample application."""
    return catalogue.definition_of("nav", "app2018")


def make_instance(
    *,
    by: Principal = SOPHIE_PRINCIPAL,
    party: int = ORG_PARTY,
    filled: bool = False,
    submitted: bool = False,
    confirmed: bool = False,
    soft_deleted: bool = False,
    hard_deleted: bool = False,
    visible_after: datetime | None = None,
) -> Instance:
    """Make an instance of the sample application, as far along as is asked."""
    instance, _ = instantiate(
        by,
        definition=sample_app(),
        owner=Party.objects.get(pk=party),
        template=Template(visible_after=visible_after),
    )
    if filled or submitted or confirmed:
        make_element(instance=instance, by=by)
    if submitted or confirmed:
        submit(instance, by=by)
    if confirmed:
        instance = instances.confirm_complete(OWNER_PRINCIPAL, instance=instance)
    if soft_deleted or hard_deleted:
        instances.delete(by, instance=instance, hard=hard_deleted, prevent_days=None)
    return instance


def make_element(
    *,
    instance: Instance,
    by: Principal = SOPHIE_PRINCIPAL,
    type_id: str = "default",
    content: bytes = FORM,
    content_type: str = "application/xml",
    filename: str | None = None,
) -> DataElement:
    """Add a data element with stored content."""
    with blobs.stored(Incoming(BytesIO(content), max_bytes=2**30)) as blob:
        return data_elements.add(
            by,
            instance=instance,
            data_type=sample_app().data_type(type_id),
            content=Content(blob, content_type, filename),
        )


def submit(instance: Instance, *, by: Principal = SOPHIE_PRINCIPAL) -> None:
    """Take a filled-in instance to the end of its process."""
    process.complete(
        RoleLookup(by),
        instance=instance,
        definition=sample_app(),
        elements=list(DataElement.objects.of([instance.pk])),
    )


def make_agent(
    *,
    client: int = ORG_PARTY,
    organisation: int = 500005,
    user_id: int = 1004,
    package: str = "regnskapsforer-lonn",
    expires: datetime | None = None,
) -> PackageAssignment:
    """Let a user act with a package for a client of the organisation he works for."""
    RoleAssignment.objects.get_or_create(
        user_id=user_id, party_id=organisation, role_code="agent"
    )
    clients.register_client(
        client=Party.objects.get(pk=client),
        organisation=Party.objects.get(pk=organisation),
        role=ClientRole.ACCOUNTANT,
        by="test",
    )
    return clients.pass_on(
        given=PackageAssignment.objects.get(
            from_party_id=client, to_party_id=organisation, package=package
        ),
        user=Profile.objects.get(pk=user_id),
        expires=expires,
        by="test",
    )


def reread(thing: Instance | DataElement) -> Instance | DataElement:
    """Return the row as it is in the database now."""
    return type(thing).objects.get(pk=thing.pk)  # type: ignore[attr-defined, no-any-return]  # both tables have it


def now() -> datetime:
    """Return the time."""
    return timezone.now()
