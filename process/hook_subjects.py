"""Who asks and what about, as an application's own code is told: frozen, never rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks; ``kind`` is a value of parties.identity.PrincipalKind."""

    kind: str
    level: int = 0
    user_id: int | None = None
    party_id: int | None = None
    org: str = ""
    org_number: str = ""
    system_user_id: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """The party that the instance is for."""

    party_id: int
    person_number: str | None = field(default=None, repr=False)
    organisation_number: str | None = None
    external_identifier: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class InstanceView:
    """An instance as it was read; ``id`` is None while it is being made."""

    id: UUID | None
    app_id: str
    owner: Owner
    task: str | None
    ended: bool
    created: datetime | None
    due_before: datetime | None
    presentation_texts: Mapping[str, str]
    data_values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ContentView:
    """Content of a data element; ``open`` gives its bytes, to be read and closed.

    ``id`` is None while the element is being made; ``size`` is in bytes.
    """

    id: UUID | None
    data_type: str
    is_form: bool
    content_type: str | None
    filename: str | None
    size: int
    open: Callable[[], IO[bytes]] = field(repr=False)
