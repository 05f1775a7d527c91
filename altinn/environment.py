"""The variables of the environment, and the files that hold some of them."""

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping


class _FilesToo(FileAwareMapping):  # type: ignore[misc]  # it has no types
    """Takes a variable ``X`` from the file that ``X_FILE`` names.

    Editors and ``echo`` end a file with a line break, which is no part of a secret.
    """

    def __getitem__(self, key: str) -> str:
        """Return a value; raises KeyError, or ImproperlyConfigured for the file."""
        path = self.env.get(f"{key}_FILE")
        try:
            value = str(super().__getitem__(key))
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            message = f"{key}_FILE names {path}, which cannot be read: {reason}."
            raise ImproperlyConfigured(message) from None
        return value.removesuffix("\n").removesuffix("\r") if path else value


class Environment(environ.FileAwareEnv):  # type: ignore[misc]  # it has no types
    """What settings are read from."""

    ENVIRON = _FilesToo()
