"""What a new form begins with: what the caller sends, and what the registers say.

The order is that of app-api.md §18.1: the caller's own prefill, then the application's
file, then its own code. What the form holds already stays, unless the file overwrites.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache

from apps_registry.definition import AppDefinition, DataType
from forms import filling, json_data, prefill
from instances.models import Instance
from parties.choices import PartyType
from parties.identity import Principal, PrincipalKind
from parties.models import Party, Profile
from process import hook_calls
from process.form_data import Form
from process.hook_refusals import DataRefusedByApp
from process.hook_views import caller_of, instance_view
from process.hooks import FormCreation, InstanceView


@dataclass(frozen=True, slots=True)
class Beginning:
    """Whose new form it is, and what the caller sends to fill it in with."""

    principal: Principal
    definition: AppDefinition
    owner: Callable[[], Party | None]
    instance: Callable[[], InstanceView]
    external: Mapping[str, str] = field(default_factory=dict)


def beginning_in(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    external: Mapping[str, str] | None = None,
) -> Beginning:
    """Return the beginning of forms in an instance that there is."""
    return Beginning(
        principal=principal,
        definition=definition,
        owner=lambda: Party.objects.filter(pk=instance.owner_party_id).first(),
        instance=lambda: instance_view(instance),
        external=external or {},
    )


def begin(beginning: Beginning, *, data_type: DataType, form: Form) -> bool:
    """Fill a new form in; return whether that changed it.

    Raises PrefillRefused, PrefillTargetUnknown, PrefillUnfit, DataRefusedByApp and
    HookFailed.
    """
    changed = fill_in(beginning, data_type=data_type, form=form)
    return _by_app(beginning, data_type=data_type, form=form) or changed


def fill_in(beginning: Beginning, *, data_type: DataType, form: Form) -> bool:
    """Fill a form in without the application's own code; return as ``begin``."""
    document, model = form.document, form.model
    changed = filling.fill(document, beginning.external, model)
    file = prefill.prefill_of(beginning.definition, data_type)
    if file is None:
        return changed
    found = prefill.fill_in(document, file, model, _sources(beginning))
    return found or changed


def _by_app(beginning: Beginning, *, data_type: DataType, form: Form) -> bool:
    """Let the application's own code fill in what it knows."""
    found = hook_calls.call(
        beginning.definition,
        "on_data_creation",
        lambda: FormCreation(
            caller=caller_of(beginning.principal),
            instance=beginning.instance(),
            data_type=data_type.id,
            form=deepcopy(form.document),
            prefill=dict(beginning.external),
        ),
        refusal=DataRefusedByApp,
        accept=lambda answer: json_data.by_hook(answer, form.model.type),
    )
    if found is None or found == form.document:
        return False
    form.document.clear()
    form.document.update(found)
    return True


def _sources(beginning: Beginning) -> prefill.Sources:
    owner, principal = cache(beginning.owner), beginning.principal

    def of_user() -> Mapping[str, object] | None:
        if principal.kind is not PrincipalKind.USER or principal.user_id is None:
            return None
        users = Profile.objects.with_party().filter(pk=principal.user_id)
        profile = users.first()
        return None if profile is None else _profile_members(profile)

    return {
        prefill.USER: of_user,
        prefill.ORGANISATION: lambda: _organisation_members(owner()),
        prefill.PERSON: lambda: _person_members(owner()),
    }


def _organisation_members(party: Party | None) -> Mapping[str, object] | None:
    if party is None or not party.org_number:
        return None
    return {
        "OrgNumber": party.org_number,
        "Name": party.name,
        "UnitType": party.unit_type,
        **_details(party, "organization"),
    }


def _person_members(party: Party | None) -> Mapping[str, object] | None:
    if party is None or not party.ssn:
        return None
    return {"SSN": party.ssn, "Name": party.name, **_details(party, "person")}


def _profile_members(profile: Profile) -> Mapping[str, object]:
    party = profile.party
    return {
        "UserId": profile.pk,
        "UserUuid": str(profile.uuid) if profile.uuid else "",
        "UserName": profile.user_name,
        "ExternalIdentity": profile.external_identity,
        "IsReserved": profile.is_reserved,
        "PhoneNumber": profile.phone,
        "Email": profile.email,
        "PartyId": profile.party_id,
        "Party": {
            "PartyId": party.pk,
            "PartyUuid": str(party.uuid) if party.uuid else "",
            "PartyTypeName": PartyType(party.type).value,
            "OrgNumber": party.org_number,
            "SSN": party.ssn,
            "UnitType": party.unit_type,
            "Name": party.name,
            "IsDeleted": party.is_deleted,
            "Person": _person_members(party) or {},
            "Organization": _organisation_members(party) or {},
        },
        "UserType": profile.user_type,
        "ProfileSettingPreference": {
            "Language": profile.language,
            **_in_their_case(profile.settings),
        },
    }


def _details(party: Party, member: str) -> dict[str, object]:
    """Return the register's other members; a name that stands there twice is ours."""
    found = party.register_details.get(member)
    return _in_their_case(found if isinstance(found, Mapping) else {})


def _in_their_case(members: Mapping[str, object]) -> dict[str, object]:
    return {prefill.as_member(name): value for name, value in members.items()}
