"""Files as the application's own analysers and validators see them (A-103)."""

from collections.abc import Callable

from apps_registry.definition import AppDefinition, DataType
from common.errors import Invalid, Issue
from data_elements.services import Content
from parties.identity import Principal
from process import hook_calls
from process.hook_refusals import DataRefusedByApp
from process.hook_views import caller_of, incoming_view
from process.hooks import FileCheck, HookIssue, InstanceView, Severity


class FileInvalid(Invalid):
    """The application's validators find fault with the file.

    ``uploadValidationIssues`` say what is wrong, each with its validator as source.
    """

    code = "file-invalid"
    title = "File validation failed"
    detail = "File validation failed"


def check(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Callable[[], InstanceView],
    data_type: DataType,
    content: Content,
) -> None:
    """Ask those that the data type enables and the app's code has.

    Raises FileInvalid where one finds an error, DataRefusedByApp and HookFailed.
    """
    validators = _known(definition, "file_validators", data_type.file_validators)
    if not validators:
        return
    analysed: dict[str, object] = {}

    def about(name: str) -> Callable[[], FileCheck]:
        return lambda: FileCheck(
            name=name,
            caller=caller_of(principal),
            instance=instance(),
            content=incoming_view(data_type, content),
            analysed=dict(analysed),
        )

    for name in _known(definition, "file_analysers", data_type.file_analysers):
        analysed[name] = hook_calls.call(
            definition,
            "analyse_file",
            about(name),
            refusal=DataRefusedByApp,
            accept=lambda found: found,
        )
    found: list[tuple[str, HookIssue]] = []
    for name in validators:
        issues = hook_calls.call(
            definition,
            "validate_file",
            about(name),
            refusal=DataRefusedByApp,
            accept=hook_calls.issues,
        )
        found += ((name, issue) for issue in issues or ())
    if any(issue.severity is Severity.ERROR for _, issue in found):
        raise FileInvalid(
            issues=[
                Issue(one.field or "", one.code, one.description) for _, one in found
            ],
            members={
                "uploadValidationIssues": [
                    hook_calls.issue_document(one, source=name) for name, one in found
                ]
            },
        )


def _known(
    definition: AppDefinition, names: str, enabled: tuple[str, ...]
) -> list[str]:
    """Return those that are enabled and that the app's code has."""
    if not enabled:
        return []
    known = hook_calls.all_named(definition, names)
    return [name for name in enabled if name in known]
