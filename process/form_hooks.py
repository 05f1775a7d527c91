"""What an application's own code can do with forms as their model has them.

A form is a tree of plain values by the names of the model. What a hook returns in its
place is held to the model: a member that the model lacks is the hook's failure.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from process.hook_subjects import Caller, ContentView, InstanceView
from process.hook_types import InstanceChanges, ReadForm


@dataclass(frozen=True, slots=True)
class FormCreation:
    """A new form, filled in as far as the server can; ``prefill`` is the caller's."""

    caller: Caller
    instance: InstanceView
    data_type: str
    form: Mapping[str, object]
    prefill: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FormRead:
    """A form that somebody is about to be told; of a stateless one nothing is stored.

    ``caller`` and ``instance`` are None where nobody has signed in; ``instance`` has an
    owner and no more where the form is stateless.
    """

    caller: Caller | None
    instance: InstanceView | None
    data_type: str
    element_id: UUID | None
    form: Mapping[str, object]
    language: str


@dataclass(frozen=True, slots=True)
class QueryPrefill:
    """What the caller of a stateless form sends to fill it in with."""

    caller: Caller
    data_type: str
    prefill: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FormInTask:
    """A form that is validated in its task; ``form`` is the hook's own copy.

    ``instance`` has no id where a form is validated that no instance has.
    """

    caller: Caller
    instance: InstanceView
    task: str
    data_type: str
    element_id: UUID
    form: Mapping[str, object]
    language: str


@dataclass(frozen=True, slots=True)
class DataInTask:
    """Content that is no form, and is validated in its task."""

    caller: Caller
    instance: InstanceView
    task: str
    content: ContentView
    language: str


@dataclass(frozen=True, slots=True)
class PageQuery:
    """A form whose pages are asked for; ``pages`` is their order by the settings.

    ``instance`` is None for a stateless form.
    """

    caller: Caller
    instance: InstanceView | None
    data_type: str
    layout_set: str | None
    current_page: str
    form: Mapping[str, object]
    pages: tuple[str, ...]


class ChangeKind(enum.Enum):
    """What was done to a data element."""

    ADDED = "added"
    REPLACED = "replaced"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class ElementChange:
    """A data element that a call has added, replaced or deleted."""

    element_id: UUID
    data_type: str
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class DataChanges:
    """All that one call has done to the data of an instance, before it is committed.

    ``data`` is what the instance has now. ``read_form`` takes the id of one of them and
    returns what the form holds, as the hook's own copy; None for what is no form that
    the server can read.
    """

    caller: Caller
    instance: InstanceView
    changes: tuple[ElementChange, ...]
    data: tuple[ContentView, ...]
    read_form: ReadForm


@dataclass(frozen=True, slots=True)
class DataEdits:
    """What else is to change: whole forms by the ids of their elements, and texts."""

    forms: Mapping[UUID, Mapping[str, object]] = field(default_factory=dict)
    changes: InstanceChanges = field(default_factory=InstanceChanges)


class FormHooks:
    """The part of ``AppHooks`` that is about forms."""

    def on_data_creation(self, creation: FormCreation) -> Mapping[str, object] | None:
        """Return what a new form holds, or None to leave it (400 if refused).

        Before the transaction where somebody sends the form or makes the instance,
        inside where entering a later task makes it.
        """

    def on_data_read(self, read: FormRead) -> Mapping[str, object] | None:
        """Return what the reader is told, or None to leave it (403 if refused).

        What is stored stays as it is. There is no transaction.
        """

    def on_data_changes(self, changes: DataChanges) -> DataEdits | None:
        """Return what else is to change, in any form of the instance (400 if refused).

        Once for each call that changes data, whatever it changes. Inside the
        transaction, after ``on_data_write`` and the application's calculations.
        """

    def order_pages(self, query: PageQuery) -> Sequence[str] | None:
        """Return the pages that are shown, or None for those of the settings.

        There is no transaction. A refusal is a 400.
        """

    def validate_query_prefill(self, query: QueryPrefill) -> None:
        """Refuse what the caller of a stateless form sends (400). No transaction."""
