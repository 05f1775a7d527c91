"""Commands of ``manage.py``."""

import getpass
import os
import socket
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from math import nan
from textwrap import fill, indent
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser

from common.actors import Actor

_WIDTH = 80


class ExplainedCommand(BaseCommand):
    """A command whose help tells how it is called, and what its exit status says.

    Help of several lines is shown as it is written. ``examples`` are command lines
    without ``manage.py``; ``failure`` is when the status is 1.
    """

    examples: ClassVar[tuple[str, ...]]
    failure: ClassVar[str]

    def create_parser(
        self,
        prog_name: str,
        subcommand: str,
        **kwargs: Any,  # as Django passes them on to argparse
    ) -> CommandParser:
        """Keep the lines of the help as they are; add examples and the status."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        if "\n" not in self.help:
            parser.description = fill(self.help, _WIDTH)
        lines = "\n".join(f"manage.py {one}" for one in self.examples)
        status = f"0; 1 {self.failure}; 2 if the command line is wrong."
        parser.epilog = (
            f"examples:\n{indent(lines, '  ')}\n\n"
            f"exit status:\n{indent(fill(status, _WIDTH - 2), '  ')}"
        )
        return parser


def number_between(least: float, most: float) -> Callable[[str], float]:
    """Return a reader of an argument that is a number within these bounds."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = nan
        if least <= value <= most:
            return value
        raise ArgumentTypeError(
            f"{text!r} is not a number from {least:g} to {most:g}; use a dot, no comma."
        )

    return read


def operator() -> Actor:
    """Return who runs a command, and on which machine, as far as it knows them."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        name = f"uid {os.getuid()}"
    return Actor(account=f"command line ({name})", address=socket.gethostname())
