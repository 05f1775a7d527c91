"""System checks of the secrets by which applications know who calls them."""

import re
from collections.abc import Sequence
from functools import partial

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from apps_registry.choices import APP_PATTERN, ORG_PATTERN

_APP = f"{ORG_PATTERN}/{APP_PATTERN}"
_CODE = re.compile(rf"{_APP}=.{{16,}}")
# HS256 wants a secret as long as its hash.
_SECRET = re.compile(rf"{_APP}=[A-Za-z0-9_.-]{{1,64}}:.{{32,}}")
_AS_CODE = "Write org/app=code, with a code of 16 characters at least"
_AS_PAIR = (
    "Write org/app=id:secret, with an id of letters and digits and a secret of 32"
    " characters at least"
)
_MAKE = "make one with python3 -c 'import secrets; print(secrets.token_hex(32))'."
_CHECKED = (
    (
        "ALTINN_PAYMENT_CALLBACK_CODES",
        _CODE,
        _AS_CODE,
        partial(Error, id="altinn.E036"),
    ),
    ("ALTINN_EVENT_CODES", _CODE, _AS_CODE, partial(Error, id="altinn.E043")),
    ("ALTINN_NOTIFICATION_CODES", _SECRET, _AS_PAIR, partial(Error, id="altinn.E044")),
)


@register()
def check_callbacks(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check that who calls applications back has secrets that nobody guesses."""
    return [
        error(
            f"Entries {numbers} of {setting} are no codes.",
            hint=f"{write}; {_MAKE}",
        )
        for setting, form, write, error in _CHECKED
        if (numbers := _unfit(setting, form))
    ]


def _unfit(setting: str, form: re.Pattern[str]) -> str:
    """Name the entries that are none by their place: a message shows no secret."""
    return ", ".join(
        str(number)
        for number, entry in enumerate(getattr(settings, setting), 1)
        if not form.fullmatch(entry)
    )
