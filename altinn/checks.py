"""System checks of the settings, each with an id and a hint; see docs/settings.md."""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from parties.issuers import (
    LONGEST_MAX_LIFETIME,
    IssuerConfigInvalid,
    load_issuers,
)

_ENVIRONMENTS = ("development", "test", "production")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SHORTEST_SECRET = 32


@register(Tags.security)
def check_environment(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check what kind of server this is, and that its defences fit."""
    found: list[CheckMessage] = []
    environment = settings.ALTINN_ENVIRONMENT
    if environment not in _ENVIRONMENTS:
        found.append(
            Error(
                f"ALTINN_ENVIRONMENT is {environment!r}.",
                hint=f"Set it to one of {', '.join(_ENVIRONMENTS)}.",
                id="altinn.E001",
            )
        )
    if environment == "production" and settings.ALTINN_SANDBOX:
        found.append(
            Error(
                "ALTINN_SANDBOX is on in production: anybody could get a token for"
                " anybody.",
                hint="Unset ALTINN_SANDBOX, or set ALTINN_ENVIRONMENT=test.",
                id="altinn.E002",
            )
        )
    if len(settings.SECRET_KEY) < _SHORTEST_SECRET:
        found.append(
            Error(
                f"ALTINN_SECRET_KEY has fewer than {_SHORTEST_SECRET} characters.",
                hint="Set it, or name a file with it in ALTINN_SECRET_KEY_FILE; make"
                " one with python3 -c 'import secrets;"
                " print(secrets.token_urlsafe(50))'.",
                id="altinn.E003",
            )
        )
    return found


@register(Tags.urls)
def check_base_url(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check the address that hosts and links are made from."""
    found: list[CheckMessage] = []
    url = settings.ALTINN_BASE_URL
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        found.append(
            Error(
                f"ALTINN_BASE_URL is {url!r}.",
                hint="Give scheme and domain, and a port if needed:"
                " https://altinn.example.no.",
                id="altinn.E004",
            )
        )
    elif (
        settings.ALTINN_ENVIRONMENT == "production"
        and parts.scheme != "https"
        and parts.hostname not in _LOOPBACK
    ):
        found.append(
            Error(
                f"ALTINN_BASE_URL is {url!r} in production: tokens would travel"
                " readably.",
                hint="Use https, also behind a proxy that ends TLS"
                " (ALTINN_TRUST_PROXY=true).",
                id="altinn.E005",
            )
        )
    return found


@register(Tags.files)
def check_folders(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check that data and keys can be written, and trusted issuers be read."""
    found: list[CheckMessage] = []
    for name in ("ALTINN_DATA_DIR", "ALTINN_KEYS_DIR"):
        folder = Path(getattr(settings, name))
        if not _can_be_written(folder):
            found.append(
                Error(
                    f"{name} is {str(folder)!r}, where this process cannot write.",
                    hint="Create the folder and give it to the server's user, or set"
                    f" {name} to another.",
                    id="altinn.E006",
                )
            )
    return [*found, *_check_issuers(settings.ALTINN_TRUSTED_ISSUERS)]


def _check_issuers(path: str) -> list[CheckMessage]:
    """Read the trusted issuers now: at the first token it would be too late."""
    if not path:
        return []
    try:
        load_issuers(Path(path))
    except (OSError, IssuerConfigInvalid) as error:
        return [
            Error(
                f"ALTINN_TRUSTED_ISSUERS is {path!r}, which cannot be used: {error}",
                hint="Name a JSON file of trusted issuers as docs/settings.md shows, or"
                " unset it.",
                id="altinn.E007",
            )
        ]
    return []


@register(Tags.security)
def check_limits(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check that limits are positive, and tokens no older than may be."""
    limits = {
        "ALTINN_MAX_UPLOAD_MIB": settings.ALTINN_MAX_UPLOAD_MIB,
        "ALTINN_MAX_JSON_MIB": settings.ALTINN_MAX_JSON_MIB,
        "ALTINN_TOKEN_LIFETIME_MINUTES": settings.ALTINN_TOKEN_LIFETIME.total_seconds(),
    }
    found: list[CheckMessage] = [
        Error(
            f"{name} is {value}.",
            hint="Give a number greater than 0, or unset it for the default.",
            id="altinn.E008",
        )
        for name, value in limits.items()
        if value <= 0
    ]
    return found + _check_lifetime()


def _check_lifetime() -> list[CheckMessage]:
    if settings.ALTINN_TOKEN_LIFETIME <= LONGEST_MAX_LIFETIME:
        return []
    return [
        Error(
            "ALTINN_TOKEN_LIFETIME_MINUTES makes tokens of"
            f" {settings.ALTINN_TOKEN_LIFETIME}, which the server itself would refuse.",
            hint=f"Give at most {LONGEST_MAX_LIFETIME.total_seconds() / 60:.0f}"
            " minutes.",
            id="altinn.E009",
        )
    ]


def _can_be_written(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, can be written."""
    while not folder.exists() and folder.parent != folder:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
