"""What stands in a document, in the order in which it is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; those of level 2 begin a part of the document."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Field:
    """A question and its answers; none stands for an empty one."""

    label: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text that asks nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that are named by their first cell; the other columns hold amounts."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


Block: TypeAlias = Heading | Field | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came along: its name, and its size as people read it."""

    name: str
    size: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the document itself says, in its language."""

    attachments: str
    empty: str
    page: str  # with {0} and {1} for the page and how many there are


@dataclass(frozen=True, slots=True)
class Document:
    """A document; ``facts`` say who and when, and ``notice`` what it is not.

    ``footer`` stands at the foot of each page with the page's number; None keeps both
    out.
    """

    title: str
    language: str
    words: Words
    facts: Sequence[Field] = ()
    blocks: Sequence[Block] = ()
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    footer: str | None = ""
    notice: str = ""
