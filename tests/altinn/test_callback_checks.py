"""System checks of the secrets by which applications know who calls them."""

import pytest
from django.conf import LazySettings

from altinn.callback_checks import check_callbacks


def test_secrets_that_nobody_guesses_are_fine(settings: LazySettings) -> None:
    """Z-099"""
    assert check_callbacks(None) == []
    settings.ALTINN_EVENT_CODES = ["nav/app2018=0123456789abcdef"]
    settings.ALTINN_NOTIFICATION_CODES = ["nav/app2018=2026:" + "0123456789abcdef" * 2]
    settings.ALTINN_PAYMENT_CALLBACK_CODES = ["nav/app2018=0123456789abcdef"]
    assert check_callbacks(None) == []


def test_applications_with_norwegian_letters_have_secrets_too(
    settings: LazySettings,
) -> None:
    """An org and an application may be named with them (apps_registry.choices)"""
    settings.ALTINN_EVENT_CODES = ["bærum/søknad-2=0123456789abcdef"]
    settings.ALTINN_NOTIFICATION_CODES = ["bærum/søknad-2=2026:" + "0123456789" * 4]
    settings.ALTINN_PAYMENT_CALLBACK_CODES = ["bærum/søknad-2=0123456789abcdef"]
    assert check_callbacks(None) == []


@pytest.mark.parametrize(
    ("setting", "entry", "check_id"),
    [
        ("ALTINN_EVENT_CODES", "nav/app2018=0123456789abcde", "altinn.E043"),
        ("ALTINN_EVENT_CODES", "nav/app2018=", "altinn.E043"),
        ("ALTINN_EVENT_CODES", "0123456789abcdef", "altinn.E043"),
        ("ALTINN_NOTIFICATION_CODES", "nav/app2018=" + "a" * 40, "altinn.E044"),
        ("ALTINN_NOTIFICATION_CODES", "nav/app2018=a:" + "a" * 31, "altinn.E044"),
        ("ALTINN_NOTIFICATION_CODES", "nav/app2018=:" + "a" * 40, "altinn.E044"),
        ("ALTINN_PAYMENT_CALLBACK_CODES", "nav/app2018", "altinn.E036"),
        ("ALTINN_PAYMENT_CALLBACK_CODES", "nav/app2018=short", "altinn.E036"),
        ("ALTINN_PAYMENT_CALLBACK_CODES", "=0123456789abcdef", "altinn.E036"),
    ],
)
def test_a_secret_that_is_none_is_told_and_not_shown(
    settings: LazySettings, setting: str, entry: str, check_id: str
) -> None:
    """Z-099: at least 128 bits"""
    setattr(settings, setting, [entry])
    (found,) = check_callbacks(None)
    assert found.id == check_id
    assert entry not in found.msg
    assert f"Entries 1 of {setting}" in found.msg
