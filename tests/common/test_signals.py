"""Signals that end a command, whenever they come."""

import subprocess
import sys

import pytest

# In a process of its own, which a fault would hang for ever.
_PROGRAM = """
import signal
from common.signals import set_by, stoppable

default = signal.getsignal(signal.SIGTERM)
with set_by(signal.SIGTERM, signal.SIGINT) as event, stoppable() as stopping:
    assert not (event.is_set() or stopping())
with set_by(signal.SIGTERM, signal.SIGINT) as event:
    with event._cond:  # as in the middle of event.wait()
        signal.raise_signal(signal.{name})
    assert event.wait(300)
with stoppable() as stopping:
    signal.raise_signal(signal.SIGTERM)
    assert stopping()
assert signal.getsignal(signal.SIGTERM) is default
print("went on")
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_may_come_at_any_moment(name: str) -> None:
    """Also while what is waited for is locked; and later ones are handled as before"""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(name=name)],
        check=True,
        timeout=300,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "went on\n"
