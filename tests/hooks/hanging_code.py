"""Code of applications that never comes to an end, each in its own way."""

import contextlib
from queue import SimpleQueue
from typing import ClassVar

from django.db import connection, transaction

from instances.models import Instance
from process.hooks import AppHooks, NewInstanceView, TaskView
from tests.hooks.app_code import SECRET, Boom

# That it waits outside of Python, and what it waits for there, at most a minute.
ASLEEP: SimpleQueue[bool] = SimpleQueue()
WAKE_UP: SimpleQueue[bool] = SimpleQueue()


class Hangs(AppHooks):
    """Never comes to an end, in the way that ``how`` says, in the hook ``where``."""

    how: ClassVar[str] = "loop"
    where: ClassVar[str] = "on_task_end"
    user_actions = ("write",)

    def _hang(self, hook: str) -> None:
        if hook == self.where:
            HANGING[self.how]()

    def validate_instantiation(self, new: NewInstanceView) -> None:
        """Hang before the transaction."""
        self._hang("validate_instantiation")

    def on_task_end(self, task: TaskView) -> None:
        """Write, and hang inside the transaction."""
        Instance.objects.filter(pk=task.instance.id).update(end_event="by a hook")
        self._hang("on_task_end")


def _loop() -> None:
    while True:
        pass


def _swallow() -> None:
    while True:
        with contextlib.suppress(BaseException):
            _loop()


def _swallow_and_fail() -> None:
    try:
        _loop()
    except BaseException:
        raise Boom(SECRET) from None


def _swallow_and_return() -> None:
    with contextlib.suppress(BaseException):
        _loop()


def _query() -> None:
    statement = (
        "SELECT pg_sleep(600)"
        if connection.vendor == "postgresql"
        else "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT count(*) FROM n"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _in_savepoints() -> None:
    while True:
        with transaction.atomic():
            Instance.objects.filter(end_event="nobody").exists()


def _sleep() -> None:
    ASLEEP.put(True)
    WAKE_UP.get(timeout=60)


HANGING = {
    "loop": _loop,
    "swallow": _swallow,
    "swallow-and-fail": _swallow_and_fail,
    "swallow-and-return": _swallow_and_return,
    "query": _query,
    "savepoints": _in_savepoints,
    "sleep": _sleep,
}
