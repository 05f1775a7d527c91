"""The query of instances: every parameter under its wire name (storage-api.md §5).

Names that mean the same are filters of their own; the proposal's names stand beside
Altinn 3's. What a filter means in SQL is a method of the querysets below.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Exists,
    OuterRef,
)

from api.owners import owner_party_id
from apps_registry import catalogue
from common.times import parse_time
from common.wire_rows import AnyField
from data_elements.models import DataElement
from data_elements.querysets import DataElementQuerySet
from instances.querysets import InstanceQuerySet

Reader = Callable[[str], object]
_EXPRESSION = re.compile(r"(eq|gte|gt|lte|lt):(.+)", re.DOTALL)
_A3_REFERENCE = 12
DATA_VALUES = "dataValues"
ANY_DATA_VALUE = f"{DATA_VALUES}.*"
_MAX_SEARCH = 200
APP_ID = re.compile(r"[^/\s]+/[^/\s]+")


KNOWN_WORDS = "known-words"


class KnownWords(ValueError):
    """A refusal in a sentence that clients know, with no name put before it."""


class WireField(forms.Field):
    """All values of a parameter, each read by ``reader``.

    One only unless ``repeats``.
    """

    widget = forms.MultipleHiddenInput

    def __init__(
        self, *, reader: Reader, repeats: bool = False, **kwargs: object
    ) -> None:
        kwargs.pop("required", None)
        super().__init__(required=False)
        self.reader, self.repeats = reader, repeats

    def clean(self, value: Sequence[str] | None) -> list[object]:
        """Read the values; raises ValidationError with what was expected."""
        texts = [text for text in value or [] if text != ""]
        if not self.repeats and len(set(texts)) > 1:
            raise forms.ValidationError(
                "Give one value only: " + ", ".join(texts) + "."
            )
        try:
            read = [self.reader(text) for text in texts]
        except ValueError as error:
            code = KNOWN_WORDS if isinstance(error, KnownWords) else None
            raise forms.ValidationError(str(error), code=code) from None
        operators = [one[0] for one in read if isinstance(one, tuple)]
        if twice := next((o for o in operators if operators.count(o) > 1), None):
            raise forms.ValidationError(f"The operator {twice} is given twice.")
        return read if self.repeats else read[:1]


class WireFilter(django_filters.Filter):  # type: ignore[misc]  # comes without types
    """A parameter with a reader of its value and a predicate on the queryset."""

    field_class = WireField

    def __init__(
        self,
        reader: Reader,
        apply: Callable[[InstanceQuerySet, Any], InstanceQuerySet],
        *,
        help_text: str,
        schema: dict[str, object] | None = None,
        repeats: bool = False,
    ) -> None:
        super().__init__(reader=reader, repeats=repeats)
        self.reader = reader
        self.apply = apply
        self.help_text = help_text
        self.schema = schema or {"type": "string"}
        self.repeats = repeats


# --- readers: text to value, ValueError with what was expected ------------------------
def _text(text: str) -> str:
    return text


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(f"{text!r} is not true or false.")
    return text.lower() == "true"


def _party(text: str) -> int:
    number = owner_party_id(text)
    if number is None:
        raise ValueError(f"{text!r} is no party id, which is a whole number.")
    return number


def _app_id(text: str) -> str:
    if not APP_ID.fullmatch(text):
        raise ValueError(f"{text!r} is no app id, which is org/app.")
    return text


def _moment(text: str) -> datetime:
    try:
        return parse_time(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no ISO 8601 time (2026-01-31T12:00:00Z)."
        ) from None


def _expression(text: str) -> tuple[str, datetime]:
    found = _EXPRESSION.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is not operator:time with one of eq, gt, gte, lt, lte"
            " (gte:2026-01-31T12:00:00Z)."
        )
    return found.group(1), _moment(found.group(2))


def _a3_reference(text: str) -> str:
    if len(text) != _A3_REFERENCE:
        raise KnownWords("The A3 reference needs to be exactly 12 characters long.")
    return text


def _search(text: str) -> str:
    if len(text) > _MAX_SEARCH:
        raise ValueError(
            f"The text has {len(text)} characters; it may have {_MAX_SEARCH}."
        )
    return text


# --- builders -------------------------------------------------------------------------
def _column(name: str, reader: Reader, help_text: str, **kwargs: Any) -> WireFilter:
    return WireFilter(
        reader,
        lambda rows, value: rows.filter(**{name: value}),
        help_text=help_text,
        **kwargs,
    )


def _present(name: str, help_text: str) -> WireFilter:
    """Filter on whether a time is set; literal SQL, so that partial indexes serve."""
    return WireFilter(
        _flag,
        lambda rows, value: rows.filter(**{f"{name}__isnull": not value}),
        help_text=help_text,
        schema={"type": "boolean"},
    )


def _times(name: str, help_text: str) -> WireFilter:
    def apply(rows: InstanceQuerySet, value: tuple[str, datetime]) -> InstanceQuerySet:
        operator, moment = value
        lookup = name if operator == "eq" else f"{name}__{operator}"
        return rows.filter(**{lookup: moment})

    text = (
        f"{help_text} operator:time, operators eq, gt, gte, lt, lte; repeat to combine."
    )
    return WireFilter(_expression, apply, help_text=text, repeats=True)


def _complete(rows: InstanceQuerySet, value: object) -> InstanceQuerySet:
    if value:
        return rows.filter(process_ended__isnull=False)
    return rows.filter(current_task__isnull=False)


def _confirmed(rows: InstanceQuerySet, value: object) -> InstanceQuerySet:
    # Literal, for the partial indexes: a bound parameter would not match their
    # condition.
    return rows.filter(confirmed=True) if value else rows.filter(confirmed=False)


def _for_the_owner() -> DataElementQuerySet:
    restricted = {
        app_id: definition.types_with_read_action
        for app_id, definition in catalogue.all_definitions().items()
    }
    elements = DataElement.objects.filter(instance_id=OuterRef("pk"))
    return elements.for_the_owner(restricted)


def _downloaded(rows: InstanceQuerySet, value: object) -> InstanceQuerySet:
    waiting = Exists(_for_the_owner().not_downloaded())
    return rows.filter(~waiting if value else waiting)


def _download_confirmed(rows: InstanceQuerySet, value: object) -> InstanceQuerySet:
    waiting = Exists(_for_the_owner().not_confirmed())
    return rows.filter(~waiting if value else waiting)


def _has_type(rows: InstanceQuerySet, value: object) -> InstanceQuerySet:
    of_type = DataElement.objects.filter(instance_id=OuterRef("pk"), data_type=value)
    return rows.filter(Exists(of_type.filter(deleted_at__isnull=True)))


_BOOLEAN: dict[str, object] = {"type": "boolean"}
_IS_COMPLETE = "true: the process has ended; false: it stands in a task."

FILTERS: dict[str, WireFilter] = {
    "org": _column("org", _text, "Code of the service owner."),
    "appId": _column("app_id", _app_id, "org/app."),
    "instanceOwner.partyId": _column(
        "owner_party_id",
        _party,
        "Party id of the instance owner.",
        schema={"type": "integer"},
    ),
    "instanceOwnerId": _column(
        "owner_party_id",
        _party,
        "The same, by the proposal's name.",
        schema={"type": "integer"},
    ),
    "externalReference": _column(
        "external_reference",
        _text,
        "What the caller who made it calls it.",
    ),
    "A3Ref": WireFilter(
        _a3_reference,
        lambda rows, value: rows.ending_in(str(value)),
        help_text="The last 12 digits of the guid, as receipts print them.",
    ),
    "searchString": WireFilter(
        _search,
        lambda rows, value: rows.mentioning(str(value)),
        help_text="A presentation text contains this, in any case; taken literally.",
    ),
    "process.currentTask": _column(
        "current_task", _text, "Id of the task it stands in."
    ),
    "workflowStateId": WireFilter(
        _text,
        lambda rows, value: rows.standing_in(str(value)),
        help_text="Id of the task it stands in or of the end event it ended in, in any"
        " case.",
    ),
    "process.isComplete": WireFilter(
        _flag, _complete, help_text=_IS_COMPLETE, schema=_BOOLEAN
    ),
    "isCompleted": WireFilter(
        _flag,
        _complete,
        help_text=f"The proposal's name. {_IS_COMPLETE}",
        schema=_BOOLEAN,
    ),
    "process.ended": _times("process_ended", "When the process ended."),
    "process.endEvent": _column("end_event", _text, "Id of the end event it ended in."),
    "created": _times("created", "When it was created."),
    "lastChanged": _times("last_changed", "When it was last changed."),
    "since": WireFilter(
        _moment,
        lambda rows, value: rows.filter(last_changed__gte=value),
        help_text="The same as lastChanged=gte:, by the proposal's name.",
    ),
    "visibleAfter": _times("visible_after", "When it becomes visible."),
    "dueBefore": _times("due_before", "When it is due."),
    "excludeConfirmedBy": WireFilter(
        _text,
        lambda rows, value: rows.not_confirmed_by(str(value)),
        help_text="Hide what this stakeholder has confirmed as received.",
    ),
    "confirmed": WireFilter(
        _flag,
        _confirmed,
        help_text="Whether its own org has confirmed it.",
        schema=_BOOLEAN,
    ),
    "status.isArchived": _present("archived_at", "Whether it is archived."),
    "status.isSoftDeleted": _present(
        "soft_deleted_at", "Whether it is deleted, restorably."
    ),
    "status.isHardDeleted": _present(
        "hard_deleted_at", "Whether it is deleted for good."
    ),
    "downloadedByOwner": WireFilter(
        _flag,
        _downloaded,
        help_text="true: the owner has downloaded every element that counts; false: not"
        " all.",
        schema=_BOOLEAN,
    ),
    "downloadConfirmed": WireFilter(
        _flag,
        _download_confirmed,
        help_text="true: the owner has confirmed every element that counts; false: not"
        " all.",
        schema=_BOOLEAN,
    ),
    "formId": WireFilter(
        _text,
        _has_type,
        help_text="Has a data element of this type; the proposal's name.",
    ),
    "dataType": WireFilter(
        _text, _has_type, help_text="Has a data element of this type."
    ),
}


# How a statement is made of what a reader reads: see ``api.criteria``.
BOUND: Mapping[Reader, AnyField] = {
    _party: BigIntegerField(),
    _moment: DateTimeField(),
    _expression: DateTimeField(),
}
OF_MANY_VALUES: Mapping[str, AnyField] = {"externalReference": CharField()}
OF_FEW_VALUES: frozenset[Reader] = frozenset({_flag, _app_id, _text})


def is_filter(name: str) -> bool:
    """Whether the parameter narrows the list."""
    return name in FILTERS or name.startswith(f"{DATA_VALUES}.")
