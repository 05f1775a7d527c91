"""What an application is, as frozen data: its metadata, process, policy and texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps_registry.api_scopes import ApiScopes
from apps_registry.bpmn import ProcessDefinition
from apps_registry.errors import DataTypeUnknown
from apps_registry.xacml_ast import Policy
from common.errors import Issue, Phrase

MEBIBYTE = 2**20
_SHOWN = 100  # characters of a name that is none
PDF_TYPE = "ref-data-as-pdf"  # the data type of what the server draws of an instance


@dataclass(frozen=True, slots=True)
class DataType:
    """A kind of data element that an application declares (app-api.md §15.1).

    ``max_size`` is in MiB, None for no limit of the app's own. A ``max_count`` of 0 or
    less is no limit. ``class_ref`` is set on form data and empty on attachments.
    Members of a form whose names begin with ``shadow_prefix`` do not outlast the task;
    ``shadow_target`` is the type that gets a form without them, else the form itself
    loses them.
    """

    id: str
    allowed_content_types: tuple[str, ...] = ()
    allowed_contributors: tuple[str, ...] = ()
    allowed_metadata_keys: tuple[str, ...] = ()
    action_required_to_read: str = ""
    action_required_to_write: str = ""
    task_id: str = ""
    max_size: int | None = None
    max_count: int = 0
    min_count: int = 0
    enable_file_scan: bool = False
    file_analysers: tuple[str, ...] = ()
    file_validators: tuple[str, ...] = ()
    class_ref: str = ""
    auto_create: bool = False
    allow_anonymous_on_stateless: bool = False
    auto_delete_on_process_end: bool = False
    disallow_user_create: bool = False
    disallow_user_delete: bool = False
    enable_pdf_creation: bool = True
    shadow_prefix: str = ""
    shadow_target: str = ""

    @property
    def is_form(self) -> bool:
        """Whether elements of this type are form data."""
        return bool(self.class_ref)

    @property
    def max_bytes(self) -> int | None:
        """The size limit in bytes."""
        return None if self.max_size is None else self.max_size * MEBIBYTE


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class AppDefinition:
    """One deployment of an application, parsed.

    Equal to itself alone, so it can be a key. ``metadata`` is the whole application
    metadata document, unknown members included.
    """

    org: str
    app: str
    metadata: Mapping[str, object]
    data_types: Mapping[str, DataType]
    process: ProcessDefinition
    policy: Policy
    party_types_allowed: frozenset[str] = frozenset()
    auto_delete_on_process_end: bool = False
    prevent_deletion_days: int | None = None
    disallow_user_instantiation: bool = False
    api_scopes: ApiScopes | None = None
    number: int = 0
    content_hash: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def app_id(self) -> str:
        """``org/app``."""
        return f"{self.org}/{self.app}"

    def data_type(self, type_id: str) -> DataType:
        """Return the data type; raises DataTypeUnknown."""
        try:
            return self.data_types[type_id]
        except KeyError:
            issue = Issue("", DataTypeUnknown.code, self._no_data_type(type_id))
            raise DataTypeUnknown(data_type=type_id, issues=[issue]) from None

    def _no_data_type(self, type_id: str) -> Phrase:
        known = ", ".join(self.data_types) or Phrase("none")
        return Phrase(
            "There is no data type {data_type!r}; the application declares: {known}.",
            data_type=type_id[:_SHOWN],
            known=known,
        )

    @property
    def types_with_read_action(self) -> frozenset[str]:
        """Ids of the data types that demand a right of their own to read."""
        return frozenset(
            t.id for t in self.data_types.values() if t.action_required_to_read
        )
