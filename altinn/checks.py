"""System checks of the settings, each with an id and a hint; see docs/settings.md."""

import os
import re
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from api.issuer import issuer_name
from common.egress import EgressRefused, target_of
from data_elements.scanners.port import ScannerMisconfigured
from data_elements.scanning import scanner_of
from parties.issuer_file import load_issuers
from parties.issuers import ENVIRONMENTS, LONGEST_MAX_LIFETIME, IssuerConfigInvalid
from parties.keys import SANDBOX_MARK
from parties.oidc_config import OidcConfigInvalid, configured
from process import hook_registry

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SHORTEST_SECRET = 32
_LONGEST_DELIVERY = 60  # seconds; a visit to a receiver is over before its lease is
_INTERNAL_HOST = re.compile(r"[0-9a-z.-]+(:[0-9]{1,5})?|[0-9a-f:]*::[0-9a-f:.]*")


@register(Tags.security)
def check_environment(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check what kind of server this is, and that its defences fit."""
    found: list[CheckMessage] = []
    environment = settings.ALTINN_ENVIRONMENT
    if environment not in ENVIRONMENTS:
        found.append(
            Error(
                f"ALTINN_ENVIRONMENT is {environment!r}.",
                hint=f"Set it to one of {', '.join(ENVIRONMENTS)}.",
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
    """Check that data, contents and keys can be written."""
    found: list[CheckMessage] = []
    names = ["ALTINN_DATA_DIR", "ALTINN_KEYS_DIR"]
    if settings.ALTINN_BLOBS == "file":
        names.append("ALTINN_BLOBS_DIR")
    for name in names:
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
    return found


@register(Tags.security)
def check_issuers(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check whose tokens are believed; at the first token it would be too late."""
    found = [*_check_internal_hosts(), *_check_own_keys()]
    path = settings.ALTINN_TRUSTED_ISSUERS
    if found or not path:
        return found
    try:
        issuers = load_issuers(
            Path(path), internal_hosts=settings.ALTINN_INTERNAL_HOSTS
        )
    except (OSError, IssuerConfigInvalid) as error:
        return [
            Error(
                f"ALTINN_TRUSTED_ISSUERS is {path!r}, which cannot be used: {error}",
                hint="Name a JSON file of trusted issuers as docs/settings.md shows, or"
                " unset it.",
                id="altinn.E007",
            )
        ]
    ours = issuer_name()
    own: list[CheckMessage] = [
        Error(
            f"ALTINN_TRUSTED_ISSUERS has our own issuer, {ours}.",
            hint="Remove the entry: the server trusts itself, with its own keys.",
            id="altinn.E023",
        )
        for issuer in issuers
        if ours in issuer.names
    ]
    if own or settings.ALTINN_ENVIRONMENT != "production":
        return own
    return [
        Error(
            f"ALTINN_TRUSTED_ISSUERS trusts {issuer.iss} in production, which gives"
            " tokens to anybody.",
            hint='Remove the entry, or give it "enabled_in": ["test"].',
            id="altinn.E020",
        )
        for issuer in issuers
        if issuer.is_for_tests and "production" in issuer.enabled_in
    ]


def _check_own_keys() -> list[CheckMessage]:
    folder = Path(settings.ALTINN_KEYS_DIR)
    if settings.ALTINN_ENVIRONMENT != "production":
        return []
    if not (folder / SANDBOX_MARK).exists():
        return []
    return [
        Error(
            f"The keys in {str(folder)!r} were used by a sandbox, which gave tokens to"
            " anybody.",
            hint="Set ALTINN_KEYS_DIR to another folder, or empty this one; a new key"
            " is made.",
            id="altinn.E021",
        )
    ]


def _check_internal_hosts() -> list[CheckMessage]:
    return [
        Error(
            f"ALTINN_INTERNAL_HOSTS lists {entry!r}.",
            hint="List host names in lower case, each with a port if only that one is"
            " meant: idp.internal, localhost:8001.",
            id="altinn.E022",
        )
        for entry in settings.ALTINN_INTERNAL_HOSTS
        if not _INTERNAL_HOST.fullmatch(entry)
    ]


@register(Tags.security)
def check_sign_in(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check how people sign in to the admin, and which proxies are believed."""
    found: list[CheckMessage] = []
    try:
        configured()
    except OidcConfigInvalid as error:
        found.append(
            Error(
                error.detail,
                hint="Set the ALTINN_OIDC_ variables as docs/settings.md shows, or"
                " unset ALTINN_OIDC_ISSUER.",
                id="altinn.E010",
            )
        )
    for text in settings.ALTINN_TRUSTED_PROXIES:
        if not _is_network(text):
            found.append(
                Error(
                    f"ALTINN_TRUSTED_PROXIES has {text!r}, which is no network.",
                    hint="Give addresses or networks, separated by commas without"
                    " spaces: 10.0.0.0/8,192.0.2.1.",
                    id="altinn.E011",
                )
            )
    return found


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


@register(Tags.security)
def check_limits(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check that limits are positive, and tokens no older than may be."""
    limits = {
        "ALTINN_MAX_UPLOAD_MIB": settings.ALTINN_MAX_UPLOAD_MIB,
        "ALTINN_MAX_APP_MIB": settings.ALTINN_MAX_APP_MIB,
        "ALTINN_MAX_APP_FILES": settings.ALTINN_MAX_APP_FILES,
        "ALTINN_MAX_JSON_MIB": settings.ALTINN_MAX_JSON_MIB,
        "ALTINN_BLOBS_PATIENCE": settings.ALTINN_BLOBS_PATIENCE,
        "ALTINN_BLOBS_PARTS_AT_ONCE": settings.ALTINN_BLOBS_PARTS_AT_ONCE,
        "ALTINN_COSTLY_QUERY_SECONDS": settings.ALTINN_COSTLY_QUERY_SECONDS,
        "ALTINN_EXPORTS_KEPT_DAYS": settings.ALTINN_EXPORTS_KEPT_DAYS,
        "ALTINN_EXCHANGES_PER_MINUTE": settings.ALTINN_EXCHANGES_PER_MINUTE,
        "ALTINN_LOOKUP_MISSES_PER_USER": settings.ALTINN_LOOKUP_MISSES_PER_USER,
        "ALTINN_LOOKUP_MISSES_PER_ADDRESS": settings.ALTINN_LOOKUP_MISSES_PER_ADDRESS,
        "ALTINN_TOKEN_LIFETIME_MINUTES": settings.ALTINN_TOKEN_LIFETIME.total_seconds(),
        "ALTINN_LOGIN_FAILURES": settings.AXES_FAILURE_LIMIT,
        "ALTINN_LOGIN_LOCK_MINUTES": settings.AXES_COOLOFF_TIME.total_seconds(),
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


@register()
def check_app_hooks(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check that the applications' own code can be loaded."""
    return [
        Error(
            f"The hooks {fault.entry!r} cannot be used: {fault.reason}.",
            hint="Name a class in ALTINN_APP_HOOKS as org/app=package.module:Class, or"
            " install the package that holds it; docs/hooks.md shows how.",
            id="altinn.E030",
        )
        for fault in hook_registry.faults()
    ] + [
        *_check_hook_seconds(),
        *_check_library(),
        *_check_file_scan(),
        *_check_delivery_seconds(),
    ]


def _check_hook_seconds() -> list[CheckMessage]:
    if 0 <= settings.ALTINN_HOOK_SECONDS < float("inf"):
        return []
    return [
        Error(
            f"ALTINN_HOOK_SECONDS is {settings.ALTINN_HOOK_SECONDS}.",
            hint="Give a number of seconds, or 0 for no limit.",
            id="altinn.E031",
        )
    ]


def _check_delivery_seconds() -> list[CheckMessage]:
    if 0 < settings.ALTINN_DELIVERY_SECONDS <= _LONGEST_DELIVERY:
        return []
    return [
        Error(
            f"ALTINN_DELIVERY_SECONDS is {settings.ALTINN_DELIVERY_SECONDS}.",
            hint=f"Give a number of seconds above 0, {_LONGEST_DELIVERY} at most.",
            id="altinn.E033",
        )
    ]


def _check_file_scan() -> list[CheckMessage]:
    try:
        scanner_of(settings.ALTINN_FILE_SCAN)
    except ScannerMisconfigured as error:
        return [
            Error(
                f"ALTINN_FILE_SCAN names no scanner: {error}.",
                hint="Give clamav://host:port, or the path of clamd's socket.",
                id="altinn.E034",
            )
        ]
    return []


def _check_library() -> list[CheckMessage]:
    if not settings.ALTINN_LIBRARY_URL:
        return []
    try:
        target_of(
            settings.ALTINN_LIBRARY_URL, internal_hosts=settings.ALTINN_INTERNAL_HOSTS
        )
    except EgressRefused as error:
        return [
            Error(
                f"ALTINN_LIBRARY_URL is none that the server calls: {error.reason}.",
                hint="Give an https URL, or name its host in ALTINN_INTERNAL_HOSTS.",
                id="altinn.E032",
            )
        ]
    return []


def _can_be_written(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, can be written."""
    while not folder.exists() and folder.parent != folder:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
