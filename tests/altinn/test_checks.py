"""System checks of the settings, by id."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.checks import run_checks

from parties.keys import key_ring

_RULE = '[{"claim": "groups", "value": "%s", "org": "%s", "role": "%s"}]'
_OIDC: dict[str, object] = {
    "ALTINN_OIDC_ISSUER": "https://idp.example",
    "ALTINN_OIDC_CLIENT_ID": "altinn",
    "ALTINN_OIDC_MEMBERSHIPS": _RULE % ("x", "nav", "viewer"),
}


def _with_rule(value: str, org: str, role: str) -> dict[str, object]:
    return _OIDC | {"ALTINN_OIDC_MEMBERSHIPS": _RULE % (value, org, role)}


def ids() -> set[str]:
    """Return the ids of all findings of ours, each with a hint."""
    found = [m for m in run_checks() if m.id.startswith("altinn.")]
    assert all(message.hint for message in found)
    return {message.id for message in found}


def test_the_suites_own_settings_pass() -> None:
    """A clean start"""
    assert ids() == set()


def test_a_token_of_metrics_that_prometheus_can_send_passes(
    settings: LazySettings,
) -> None:
    """32 characters of RFC 6750's are enough"""
    settings.ALTINN_METRICS_TOKEN = "aA0-._~+/" + "b" * 22 + "="
    assert ids() == set()


def test_a_whole_configuration_of_a_provider_passes(settings: LazySettings) -> None:
    """Also of a public client, which has no secret"""
    for name, value in _OIDC.items():
        setattr(settings, name, value)
    assert ids() == set()


def test_a_provider_in_production_is_asked_over_tls(
    settings: LazySettings, tmp_path: Path
) -> None:
    """Its ID tokens would travel readably"""
    changes: dict[str, object] = _OIDC | {
        "ALTINN_ENVIRONMENT": "production",
        "ALTINN_SANDBOX": False,
        "ALTINN_BASE_URL": "https://altinn.example.no",
        "ALTINN_OIDC_ISSUER": "http://idp.example",
        "ALTINN_KEYS_DIR": tmp_path,  # the suite's own are a sandbox's
    }
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids() == {"altinn.E010"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ALTINN_ENVIRONMENT": "prod"}, "altinn.E001"),
        (
            {
                "ALTINN_ENVIRONMENT": "production",
                "ALTINN_SANDBOX": True,
                "ALTINN_BASE_URL": "https://altinn.no",
            },
            "altinn.E002",
        ),
        ({"SECRET_KEY": "short"}, "altinn.E003"),
        ({"ALTINN_METRICS_API_KEY": "short"}, "altinn.E012"),
        ({"ALTINN_METRICS_TOKEN": "a" * 31}, "altinn.E013"),
        ({"ALTINN_METRICS_TOKEN": "a" * 31 + "å"}, "altinn.E013"),
        ({"ALTINN_METRICS_TOKEN": "a" * 32 + " b"}, "altinn.E013"),
        ({"ALTINN_BASE_URL": "altinn.no"}, "altinn.E004"),
        ({"ALTINN_BASE_URL": "https://altinn.no/path"}, "altinn.E004"),
        (
            {
                "ALTINN_ENVIRONMENT": "production",
                "ALTINN_SANDBOX": False,
                "ALTINN_BASE_URL": "http://altinn.no",
            },
            "altinn.E005",
        ),
        ({"ALTINN_DATA_DIR": "/dev/null/nowhere"}, "altinn.E006"),
        ({"ALTINN_TRUSTED_ISSUERS": "/nowhere/issuers.json"}, "altinn.E007"),
        ({"ALTINN_TRUSTED_ISSUERS": __file__}, "altinn.E007"),
        ({"ALTINN_MAX_UPLOAD_MIB": 0}, "altinn.E008"),
        ({"ALTINN_EXCHANGES_PER_MINUTE": 0}, "altinn.E008"),
        ({"ALTINN_EXPORTS_KEPT_DAYS": 0}, "altinn.E008"),
        ({"ALTINN_TOKEN_LIFETIME": timedelta(days=2)}, "altinn.E009"),
        ({"ALTINN_INTERNAL_HOSTS": ["http://localhost"]}, "altinn.E022"),
        ({"ALTINN_INTERNAL_HOSTS": ["LOCALHOST"]}, "altinn.E022"),
        ({"ALTINN_INTERNAL_HOSTS": ["localhost:"]}, "altinn.E022"),
        ({"ALTINN_INTERNAL_HOSTS": [""]}, "altinn.E022"),
        ({"ALTINN_HOOK_SECONDS": -1.0}, "altinn.E031"),
        ({"ALTINN_HOOK_SECONDS": float("nan")}, "altinn.E031"),
        ({"ALTINN_HOOK_SECONDS": float("inf")}, "altinn.E031"),
        ({"ALTINN_LIBRARY_URL": "http://library.example"}, "altinn.E032"),
        ({"ALTINN_LIBRARY_URL": "library"}, "altinn.E032"),
        ({"ALTINN_DELIVERY_SECONDS": 0.0}, "altinn.E033"),
        ({"ALTINN_DELIVERY_SECONDS": 61.0}, "altinn.E033"),
        ({"AXES_FAILURE_LIMIT": 0}, "altinn.E008"),
        ({"AXES_COOLOFF_TIME": timedelta(0)}, "altinn.E008"),
        (_OIDC | {"ALTINN_OIDC_ISSUER": "idp.example"}, "altinn.E010"),
        (_OIDC | {"ALTINN_OIDC_ISSUER": "https://me@idp.example"}, "altinn.E010"),
        (_OIDC | {"ALTINN_OIDC_CLIENT_ID": ""}, "altinn.E010"),
        (_OIDC | {"ALTINN_OIDC_CLIENT_SECRET": "smør"}, "altinn.E010"),
        (_OIDC | {"ALTINN_OIDC_SCOPES": "profile"}, "altinn.E010"),
        (_OIDC | {"ALTINN_OIDC_MEMBERSHIPS": ""}, "altinn.E010"),
        (_OIDC | {"ALTINN_OIDC_MEMBERSHIPS": "[]"}, "altinn.E010"),
        (_OIDC | {"ALTINN_OIDC_MEMBERSHIPS": "[{}]"}, "altinn.E010"),
        (
            _OIDC | {"ALTINN_OIDC_MEMBERSHIPS": _RULE % ("", "nav", "viewer")},
            "altinn.E010",
        ),
        (
            _OIDC | {"ALTINN_OIDC_MEMBERSHIPS": _RULE % ("x", "N/A", "viewer")},
            "altinn.E010",
        ),
        (
            _OIDC | {"ALTINN_OIDC_MEMBERSHIPS": _RULE % ("x", "nav", "boss")},
            "altinn.E010",
        ),
        ({"ALTINN_TRUSTED_PROXIES": ["10.0.0.1/8"]}, "altinn.E011"),
        ({"ALTINN_TRUSTED_PROXIES": ["proxy.example"]}, "altinn.E011"),
    ],
)
def test_each_mistake_has_its_check(
    settings: LazySettings, tmp_path: Path, changes: dict[str, object], expected: str
) -> None:
    """D-4, Z-114"""
    settings.ALTINN_KEYS_DIR = tmp_path  # the suite's own are a sandbox's
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids() == {expected}


# --- whose tokens are believed in production ------------------------------------------
MASKINPORTEN = {
    "iss": "https://maskinporten.no/",
    "kind": "maskinporten",
    "discovery_url": "https://maskinporten.no/.well-known/oauth-authorization-server",
}


@pytest.fixture
def production(settings: LazySettings, tmp_path: Path) -> LazySettings:
    """A production server with keys of its own."""
    settings.ALTINN_ENVIRONMENT = "production"
    settings.ALTINN_SANDBOX = False
    settings.ALTINN_BASE_URL = "https://altinn.example.no"
    settings.ALTINN_KEYS_DIR = tmp_path / "keys"
    return settings


def trusting(settings: LazySettings, folder: Path, **entry: object) -> None:
    """Trust one issuer."""
    path = folder / "issuers.json"
    given = {n: v for n, v in {**MASKINPORTEN, **entry}.items() if v is not None}
    path.write_text(json.dumps({"issuers": [given]}))
    settings.ALTINN_TRUSTED_ISSUERS = str(path)


@pytest.mark.parametrize(
    "entry",
    [
        {"iss": "https://test.maskinporten.no/"},
        {"iss": "https://test.idporten.no", "kind": "idporten", "audiences": ["x"]},
        {
            "iss": "https://platform.tt02.altinn.no/authentication/api/v1/openid/",
            "kind": "altinn",
        },
        {"iss": "https://platform.at22.altinn.cloud/x", "kind": "altinn"},
        {"iss": "http://localhost:8001/x", "kind": "altinn"},
        {"iss": "https://altinn.example.no/x", "kind": "embedded"},
        {
            "iss": "https://test.maskinporten.no/",
            "enabled_in": ["test", "production"],
        },
        {
            "iss": "https://maskinporten.example/",
            "discovery_url": None,
            "jwks_url": "https://test.maskinporten.no/jwk",
        },
    ],
    ids=lambda entry: entry["iss"],
)
def test_issuers_for_tests_are_refused_in_production(
    production: LazySettings, tmp_path: Path, entry: dict[str, object]
) -> None:
    """Z-028, T-07, T-43: an error, so that the server does not start"""
    trusting(production, tmp_path, **entry)
    assert ids() == {"altinn.E020"}
    trusting(production, tmp_path, **{**entry, "enabled_in": ["development", "test"]})
    assert ids() == set()
    trusting(production, tmp_path, **entry)
    production.ALTINN_ENVIRONMENT = "test"
    assert ids() == set()


def test_real_issuers_are_trusted_in_production(
    production: LazySettings, tmp_path: Path
) -> None:
    """Z-028"""
    for entry in (
        {},
        {"iss": "https://idporten.no", "kind": "idporten", "audiences": ["x"]},
        {"iss": "https://platform.altinn.no/authentication/api/v1/openid/"},
        {"iss": "https://xtest.maskinporten.no/"},
    ):
        trusting(production, tmp_path, **entry)
        assert ids() == set()


def test_keys_of_a_sandbox_are_refused_in_production(
    production: LazySettings,
) -> None:
    """Z-028, T-43, T-44: it has signed tokens for anybody with them"""
    key_ring(production.ALTINN_KEYS_DIR)
    assert ids() == set()
    key_ring(production.ALTINN_KEYS_DIR, sandbox=True)
    assert ids() == {"altinn.E021"}
    production.ALTINN_ENVIRONMENT = "test"
    assert ids() == set()
