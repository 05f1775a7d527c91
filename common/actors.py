"""Who does something, and from where: what is written down of it for good."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with an account, a caller of the API, or a command on the machine.

    ``account_id`` is None for who has none; ``address`` is where it came from, and
    ``trace_id`` the request's as the log names it, empty for none.
    """

    account: str
    address: str = ""
    trace_id: str = ""
    account_id: int | None = None


THE_SERVER = Actor("server")
