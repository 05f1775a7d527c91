"""Who is asking: the one object that a verified token becomes."""

import enum
from dataclasses import dataclass, field

DESIGNER_APP = "studio.designer"


class PrincipalKind(enum.Enum):
    """The kinds of caller (authorization.md §1.3)."""

    USER = "user"
    SERVICE_OWNER = "service-owner"
    ORGANISATION = "organisation"
    SYSTEM_USER = "system-user"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller; made from a token's claims and never changed.

    ``party_id`` is the user's own party. ``org`` is the service owner's code and
    ``org_number`` the caller's organisation number. ``level`` is 0 to 4. A system
    user's ``org_number`` is that of the organisation it acts for, never its vendor's.
    ``app`` is set where the token names an application or a tool and nobody else.
    ``client_id`` is the program that got the token, where the token says so.
    ``lock_token`` comes beside the token: it opens the lock of one instance to whoever
    shows it.
    """

    kind: PrincipalKind
    level: int = 0
    method: str = ""
    user_id: int | None = None
    party_id: int | None = None
    party_uuid: str = ""
    username: str = ""
    org: str = ""
    org_number: str = ""
    system_user_id: str = ""
    system_id: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)
    session_id: str = ""
    app: str = ""
    client_id: str = ""
    lock_token: str = field(default="", repr=False)

    is_authenticated = True  # what Django and DRF ask of request.user
    is_active = True

    @property
    def id(self) -> str:
        """The name under which the caller's acts are recorded (``createdBy``)."""
        if self.kind is PrincipalKind.USER:
            return str(self.user_id)
        return self.org_number

    def owns(self, org: str) -> bool:
        """Whether the caller is the service owner ``org``."""
        return self.kind is PrincipalKind.SERVICE_OWNER and self.org == org

    @property
    def is_designer(self) -> bool:
        """Whether this is the tool with which applications are made and deployed."""
        return self.kind is PrincipalKind.UNKNOWN and self.app == DESIGNER_APP

    def __str__(self) -> str:
        return self.org or self.username or self.id or self.kind.value


@dataclass(frozen=True, slots=True)
class PlatformCaller:
    """A component of the platform, or an app, that calls with its own key.

    It comes beside a Principal and never in its place.
    """

    issuer: str
    app: str

    def __str__(self) -> str:
        return f"{self.issuer}/{self.app}"
