"""What an application's code is handed, and what it answers: frozen, and never rows."""

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from process.hook_subjects import Caller, ContentView, InstanceView, Owner

ReadForm: TypeAlias = Callable[[UUID], Mapping[str, object] | None]


def _no_form(element_id: UUID) -> None:
    """Return None: there is no form to read."""


class Severity(enum.IntEnum):
    """How grave an issue is; errors alone keep an instance in its task."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    SUCCESS = 5


@dataclass(frozen=True, slots=True)
class HookIssue:
    """A finding for the caller; ``field`` is a place in the form or a data type.

    Without a description a validator's is the application's text of ``text_key``, in
    which variables stand for ``parameters``.
    """

    code: str
    description: str = ""
    field: str | None = None
    element_id: UUID | None = None
    severity: Severity = Severity.ERROR
    text_key: str | None = None
    parameters: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Raise for what could not be told to the caller."""
        if not isinstance(self.severity, Severity):
            raise TypeError(f"severity is {self.severity!r}, no Severity")
        if not isinstance(self.element_id, UUID | None):
            raise TypeError(f"element_id is {self.element_id!r}, no UUID")
        if not (isinstance(self.code, str) and isinstance(self.description, str)):
            raise TypeError("code and description are texts")
        _ensure_said(self.text_key, self.parameters)


def _ensure_said(text_key: object, parameters: Mapping[str, str] | None) -> None:
    words = [text_key or "", *(parameters or {}), *(parameters or {}).values()]
    if not all(isinstance(word, str) for word in words):
        raise TypeError("text_key and parameters are texts")


class RefusalKind(enum.Enum):
    """What is wrong with a user action: the call, the instance's state, or who asks.

    The others are of what another server has answered, for ``call_external_api`` alone;
    of a user action they are conflicts.
    """

    INVALID = "invalid"  # 400
    CONFLICT = "conflict"  # 409
    UNAUTHORIZED = "unauthorized"  # 401
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not-found"  # 404
    UNAVAILABLE = "unavailable"  # 503


class HookRefused(Exception):
    """Refuse the operation; the caller reads ``code``, ``detail`` and ``issues``.

    The status is that of the operation: 403 for instantiation and reading, 400 for
    data, 409 for the process. ``kind`` chooses it for user actions alone.
    ``text_key`` and ``parameters`` name the text by which clients tell that an instance
    is not made; ``detail`` is for those that know no texts.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        issues: Iterable[HookIssue] = (),
        *,
        kind: RefusalKind = RefusalKind.CONFLICT,
        text_key: str | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        """``code`` is the app's own, stable, in lower case with hyphens."""
        super().__init__(detail)
        if not (isinstance(code, str) and isinstance(detail, str)):
            raise TypeError("code and detail are texts")
        self.code = code
        self.detail = detail
        self.issues = tuple(issues)
        self.kind = kind
        _ensure_said(text_key, parameters)
        self.text_key = text_key
        self.parameters = None if parameters is None else dict(parameters)


@dataclass(frozen=True, slots=True)
class NewInstanceView:
    """An instance that somebody is about to make, as the caller wants it."""

    app_id: str
    caller: Caller
    owner: Owner
    due_before: datetime | None
    visible_after: datetime | None
    presentation_texts: Mapping[str, str]
    data_values: Mapping[str, str]
    data_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CopyView:
    """An archived instance that somebody wants to begin a new one from."""

    caller: Caller
    source: InstanceView


@dataclass(frozen=True, slots=True)
class DataWrite:
    """New content on its way in; ``previous`` is what it replaces."""

    caller: Caller
    instance: InstanceView
    content: ContentView
    previous: ContentView | None = None


@dataclass(frozen=True, slots=True)
class DataAccess:
    """Content that somebody is about to read or delete."""

    caller: Caller
    instance: InstanceView
    content: ContentView


@dataclass(frozen=True, slots=True)
class TaskView:
    """An instance in a task, with its data; ``action`` is what the caller asked for."""

    caller: Caller
    instance: InstanceView
    task: str
    task_type: str
    action: str | None
    data: tuple[ContentView, ...]


@dataclass(frozen=True, slots=True)
class InstanceChanges:
    """What a hook changes of the instance; a value of None removes the key."""

    data_values: Mapping[str, str | None] = field(default_factory=dict)
    presentation_texts: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceTaskView:
    """Work that a service task stands for; ``attempt`` counts from 1.

    ``key`` is the same at every attempt at this work, and at no other: a server that
    is called can tell by it that it has done the work already.
    """

    key: UUID
    attempt: int
    task: TaskView


@dataclass(frozen=True, slots=True)
class NewContent:
    """A data element that a service task leaves on the instance."""

    data_type: str
    content: bytes = field(repr=False)
    content_type: str
    filename: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceTaskResult:
    """What came of a service task; ``action`` is how it is left, for gateways to ask.

    An action of ``reject`` abandons the task.
    """

    changes: InstanceChanges = field(default_factory=InstanceChanges)
    contents: Sequence[NewContent] = ()
    action: str | None = None


@dataclass(frozen=True, slots=True)
class ActionView:
    """A user action that somebody asks for, in the task that the instance stands in.

    ``read_form`` takes the id of an element of ``data`` and returns what the form holds
    by the names of its model, as the hook's own copy; None for what is no form that the
    server can read. ``may_perform`` is shown no data.
    """

    caller: Caller
    instance: InstanceView
    task: str
    action: str
    data: tuple[ContentView, ...]
    button_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    read_form: ReadForm = _no_form


@dataclass(frozen=True, slots=True)
class FlowChoice:
    """A gateway without conditions, and the flows that lead on from it.

    ``leaving`` is the task that the process comes from, None when it begins.
    """

    app_id: str
    gateway: str
    flows: tuple[str, ...]
    leaving: TaskView | None


@dataclass(frozen=True, slots=True)
class ClientAction:
    """What the client shall do next: ``nextPage``, ``navigateToPage``, or its own."""

    id: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What came of a user action.

    ``forms`` are what elements hold from now on, by their ids; they are held to their
    models, and what calculations make of them is written with them.
    """

    changes: InstanceChanges = field(default_factory=InstanceChanges)
    client_actions: Sequence[ClientAction] = ()
    redirect_url: str | None = None
    forms: Mapping[UUID, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A list that somebody asks for, with all parameters of the query.

    ``instance`` is None where anybody asks, signed in or not.
    """

    id: str
    app_id: str
    caller: Caller
    language: str | None
    parameters: Mapping[str, str]
    instance: InstanceView | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """What can be chosen."""

    value: str | int | float | bool | None
    label: str
    description: str | None = None
    help_text: str | None = None
    tags: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class OptionList:
    """Options, and what they were made from, which the client is told."""

    options: Sequence[Option]
    parameters: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DataList:
    """A page of a list; items are JSON objects."""

    items: Sequence[Mapping[str, object]]
    page: int = 0
    page_count: int = 1
    page_size: int = 0
    total_items_count: int = 0
    links: Sequence[str] = ()
