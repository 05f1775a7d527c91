"""What a decision is asked about: plain data that the rooms above fill in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """An app, or an instance of it in a state (authorization.md §5.8).

    ``task`` is the current task's id and ``end_event`` the end event's; an instance has
    at most one of the two. ``party_id`` is the instance owner.
    """

    org: str
    app: str
    party_id: int | None = None
    instance_id: str = ""
    task: str = ""
    end_event: str = ""
