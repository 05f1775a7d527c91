"""Lists that forms choose from: made by the app's own code, or read from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from apps_registry import code_lists, public_files
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppFileNotFound
from common.errors import DomainError, Forbidden, Invalid, NotFound, Unavailable
from instances.models import Instance
from parties.identity import Principal
from process import hook_calls
from process.hook_refusals import REFUSALS_OF_ACTIONS, HookFailed
from process.hook_views import caller_of, instance_view
from process.hooks import DataList, ListQuery, Option, OptionList, RefusalKind

Document = dict[str, object]


class ListRefusedByApp(Invalid):
    """The application's own code does not make this list of what the query says.

    ``appCode`` and the detail are the application's own.
    """

    code = "app-refused-list"
    detail = "{reason}"


class OptionsOfInstance(NotFound):
    """The application makes these options for an instance alone.

    Ask below the address of the instance.
    """

    code = "options-of-instance"
    detail = (
        "An instance app options provider was found. Call the options endpoint that"
        " requires instanceOwnerPartyId and instanceId instead to retrieve them."
    )


class DataListNotFound(NotFound):
    """The application's own code makes no data list of this id, or none now."""

    code = "data-list-not-found"
    detail = "The application {app_id} has no data list {name!r}."


class ExternalApiUnknown(Invalid):
    """The application's own code asks no other server of this id.

    Its metadata lists those that it asks in ``externalApiIds``.
    """

    code = "external-api-unknown"
    detail = "External api with id '{id}' not found."


class ExternalApiForbidden(Forbidden):
    """The other server does not let the caller have this, says the app's own code."""

    code = "external-api-forbidden"
    detail = "{reason}"


class ExternalApiFoundNothing(NotFound):
    """The other server does not have this, says the application's own code."""

    code = "external-api-found-nothing"
    detail = "{reason}"


class ExternalApiUnavailable(Unavailable):
    """The other server gives no usable answer, says the app's own code. Try later."""

    code = "external-api-unavailable"
    detail = "{reason}"


_REFUSALS_OF_OTHERS: Mapping[RefusalKind, type[DomainError]] = {
    **REFUSALS_OF_ACTIONS,
    RefusalKind.FORBIDDEN: ExternalApiForbidden,
    RefusalKind.NOT_FOUND: ExternalApiFoundNothing,
    RefusalKind.UNAVAILABLE: ExternalApiUnavailable,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, with all parameters of the query, and about which instance if any."""

    principal: Principal
    language: str | None
    parameters: Mapping[str, str]
    instance: Instance | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """Options as the wire has them; ``made`` by code, so that nobody may keep them."""

    documents: list[Document]
    parameters: Mapping[str, str | None]
    made: bool


def options(definition: AppDefinition, options_id: str, asked: Asked) -> Options:
    """Return a list of options: of the app's code, the library, or the app's files.

    Code that has none for an instance is asked for those that anybody has. Raises
    AppFileNotFound, AppFileUnreadable, OptionsOfInstance, CodeListNotFound,
    CodeListUnavailable, HookFailed and ListRefusedByApp.
    """
    made = None
    if asked.instance is not None:
        made = _made(definition, "instance_option_lists", options_id, asked)
    if made is None and (reference := code_lists.reference_of(options_id)) is not None:
        found = code_lists.code_list(reference, language=asked.language)
        return Options(found.options, {"version": found.version}, made=False)
    if made is None:
        made = _made(definition, "option_lists", options_id, asked)
    if made is not None:
        documents = [_option_document(one) for one in made.options]
        return Options(documents, made.parameters, made=True)
    try:
        return Options(public_files.options(definition, options_id), {}, made=False)
    except AppFileNotFound:
        if asked.instance is not None or not hook_calls.named(
            definition, "instance_option_lists", options_id
        ):
            raise
        raise OptionsOfInstance from None


def data_list(definition: AppDefinition, list_id: str, asked: Asked) -> Document:
    """Return a page of a data list.

    Raises DataListNotFound, HookFailed and ListRefusedByApp.
    """
    names = "data_lists" if asked.instance is None else "instance_data_lists"
    found = None
    known = hook_calls.named(definition, names, list_id)
    if known is not None:
        found = hook_calls.call(
            definition,
            "provide_data_list",
            lambda: _query(definition, known, asked),
            refusal=ListRefusedByApp,
            accept=_data_list,
        )
    if found is None:
        raise DataListNotFound(app_id=definition.app_id, name=list_id[:100])
    return {
        "listItems": [dict(item) for item in found.items],
        "_metaData": {
            "page": found.page,
            "pageCount": found.page_count,
            "pageSize": found.page_size,
            "totaltItemsCount": found.total_items_count,  # so spelled by the original
            "links": list(found.links),
        },
    }


def external_api(definition: AppDefinition, api_id: str, asked: Asked) -> object:
    """Return what the app's code has got from another server, None for nothing.

    Raises ExternalApiUnknown, HookFailed and what the code refuses with.
    """
    known = hook_calls.named(definition, "external_apis", api_id)
    if known is None:
        raise ExternalApiUnknown(id=api_id[:100])
    return hook_calls.call(
        definition,
        "call_external_api",
        lambda: _query(definition, known, asked),
        refusal=_REFUSALS_OF_OTHERS,
        accept=_json,
    )


def names(definition: AppDefinition, kind: str) -> list[str]:
    """Return the ids of a kind that the app's code names; none if it is unusable.

    Whoever asks for one of them is told that.
    """
    try:
        return sorted(hook_calls.all_named(definition, kind))
    except HookFailed:
        return []


def _made(
    definition: AppDefinition, names: str, options_id: str, asked: Asked
) -> OptionList | None:
    known = hook_calls.named(definition, names, options_id)
    if known is None:
        return None
    about = asked.instance if names == "instance_option_lists" else None
    return hook_calls.call(
        definition,
        "provide_options",
        lambda: _query(definition, known, asked, about=about),
        refusal=ListRefusedByApp,
        accept=_option_list,
    )


def _query(
    definition: AppDefinition,
    list_id: str,
    asked: Asked,
    *,
    about: Instance | None = None,
) -> ListQuery:
    instance = about or asked.instance
    return ListQuery(
        id=list_id,
        app_id=definition.app_id,
        caller=caller_of(asked.principal),
        language=asked.language,
        parameters=dict(asked.parameters),
        instance=None if instance is None else instance_view(instance),
    )


def _option_document(option: Option) -> Document:
    optional = {
        "description": option.description,
        "helpText": option.help_text,
        "tags": None if option.tags is None else dict(option.tags),
    }
    told = {name: value for name, value in optional.items() if value is not None}
    return {"value": option.value, "label": option.label, **told}


# --- what the app's code may return ---------------------------------------------------
def _option_list(answer: object) -> OptionList | None:
    if answer is None:
        return None
    if not isinstance(answer, OptionList):
        raise TypeError(f"the hook returned {type(answer).__name__}, no OptionList")
    for option in answer.options:
        if not isinstance(option, Option) or not isinstance(option.label, str):
            raise TypeError(f"{option!r:.100} is no Option with a label")
        if not isinstance(option.value, str | int | float | bool | None):
            raise TypeError(f"the value of an option is {type(option.value).__name__}")
        _json(_option_document(option))
    for name, value in answer.parameters.items():
        if not isinstance(name, str) or not isinstance(value, str | None):
            raise TypeError(f"the parameter {name!r} is no text")
    return answer


def _data_list(answer: object) -> DataList | None:
    if answer is None:
        return None
    if not isinstance(answer, DataList):
        raise TypeError(f"the hook returned {type(answer).__name__}, no DataList")
    counts = (answer.page, answer.page_count, answer.page_size)
    for count in (*counts, answer.total_items_count):
        if not isinstance(count, int):
            raise TypeError(f"a count of a data list is {type(count).__name__}")
    for item in answer.items:
        if not isinstance(item, Mapping):
            raise TypeError(f"an item of a data list is {type(item).__name__}")
        _json(dict(item))
    _json(list(answer.links))
    return answer


def _json(answer: object) -> object:
    """Accept a JSON document; raises TypeError for what cannot be one."""
    orjson.dumps(answer)
    return answer
