"""Answers that are remembered for as long as what they follow from is current."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A")


class Memory(Generic[Q, A]):
    """Answers to the questions that were asked last. Thread-safe.

    All are forgotten as soon as they are of another ``generation``, which is compared
    by identity.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._generation: object = None
        self._answers: OrderedDict[Q, A] = OrderedDict()

    def recall(self, question: Q, *, generation: object) -> A | None:
        """Return the answer, None if it is not known."""
        with self._lock:
            if generation is not self._generation or question not in self._answers:
                return None
            self._answers.move_to_end(question)
            return self._answers[question]

    def remember(self, question: Q, answer: A, *, generation: object) -> A:
        """Remember the answer, and return it."""
        with self._lock:
            if generation is not self._generation:
                self._answers.clear()
                self._generation = generation
            self._answers[question] = answer
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)
        return answer
