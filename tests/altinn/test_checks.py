"""System checks of the settings, by id."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.checks import run_checks


def ids() -> set[str]:
    """Return the ids of all findings of ours, each with a hint."""
    found = [m for m in run_checks() if m.id.startswith("altinn.")]
    assert all(message.hint for message in found)
    return {message.id for message in found}


def test_the_suites_own_settings_pass() -> None:
    """A clean start"""
    assert ids() == set()


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
        ({"ALTINN_TOKEN_LIFETIME": timedelta(days=2)}, "altinn.E009"),
    ],
)
def test_each_mistake_has_its_check(
    settings: LazySettings, changes: dict[str, object], expected: str
) -> None:
    """D-4, Z-114"""
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids() == {expected}
