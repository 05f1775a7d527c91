"""Forms without an instance: filled in and told, and nothing of them is stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps_registry.definition import AppDefinition, DataType
from common.errors import Conflict
from forms import rows
from forms.model import Model
from parties.identity import Principal
from parties.models import Party
from process import form_data, form_reads, hook_calls, prefill
from process.form_data import Form
from process.hook_refusals import QueryPrefillRefusedByApp
from process.hook_views import caller_of
from process.hooks import FormRead, InstanceView, Owner, QueryPrefill
from process.prefill import Beginning


class StatelessFormUnmodelled(Conflict):
    """The application has no schema for the form, so the server knows no such form."""

    code = "stateless-form-unmodelled"
    detail = (
        "The data type {data_type} has no data model in models/, which a form without"
        " an instance takes."
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a form, and for whom; both are None for anybody."""

    definition: AppDefinition
    data_type: DataType
    language: str
    principal: Principal | None = None
    owner: Party | None = None


def new_form(asked: Asked) -> Form:
    """Return an empty form; raises StatelessFormUnmodelled."""
    return Form(_form_model(asked), {})


def read_form(asked: Asked, content: bytes, content_type: str | None) -> Form:
    """Read a form; raises StatelessFormUnmodelled and what does not fit its model."""
    return form_data.read_bytes(_form_model(asked), content, content_type)


def check_prefill(asked: Asked, external: Mapping[str, str]) -> None:
    """Ask the app's own code whether it takes what the caller fills in with.

    Raises QueryPrefillRefusedByApp and HookFailed.
    """
    principal = asked.principal
    if principal is not None and external:
        hook_calls.call(
            asked.definition,
            "validate_query_prefill",
            lambda: QueryPrefill(
                caller_of(principal), asked.data_type.id, dict(external)
            ),
            refusal=QueryPrefillRefusedByApp,
            accept=hook_calls.nothing,
        )


def told(
    asked: Asked,
    form: Form,
    *,
    external: Mapping[str, str] | None = None,
    with_rows: bool = False,
) -> Form:
    """Return the form filled in, and as the app's own code has it told.

    Of a form for anybody nothing is filled in. Raises PrefillRefused,
    PrefillTargetUnknown, PrefillUnfit, ReadRefusedByApp and HookFailed.
    """
    instance = _view(asked)
    principal = asked.principal
    if principal is not None and instance is not None:
        beginning = Beginning(
            principal=principal,
            definition=asked.definition,
            owner=lambda: asked.owner,
            instance=lambda: instance,
            external=external or {},
        )
        prefill.fill_in(beginning, data_type=asked.data_type, form=form)
    found = form_reads.as_read(
        asked.definition,
        form,
        lambda copied: FormRead(
            caller=None if principal is None else caller_of(principal),
            instance=instance,
            data_type=asked.data_type.id,
            element_id=None,
            form=copied.document,
            language=asked.language,
        ),
    )
    if with_rows:
        rows.fill(found.document, found.model.type)
    return found


def _form_model(asked: Asked) -> Model:
    model = form_data.model_for(asked.definition, asked.data_type)
    if model is None:
        raise StatelessFormUnmodelled(data_type=asked.data_type.id)
    return model


def _view(asked: Asked) -> InstanceView | None:
    """Return an instance that has an owner and nothing else."""
    owner = asked.owner
    if owner is None:
        return None
    return InstanceView(
        id=None,
        app_id=asked.definition.app_id,
        owner=Owner(
            party_id=owner.pk,
            person_number=owner.ssn or None,
            organisation_number=owner.org_number or None,
            external_identifier=owner.external_urn or None,
        ),
        task=None,
        ended=False,
        created=None,
        due_before=None,
        presentation_texts={},
        data_values={},
    )
