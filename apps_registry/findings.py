"""What is found in an application's folder: each finding with its place and remedy."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from apps_registry.remedies import remedy_for
from common.errors import Issue

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding(Issue):
    """One finding in a folder.

    ``pointer`` begins with the file and may go on with ``:12``, a line, or
    ``#/dataTypes/0``, a JSON pointer. An error refuses the folder, a warning does not.
    """

    severity: Severity = "error"

    @property
    def file(self) -> str:
        """The path of the file in the folder."""
        path, _, line = self.pointer.rpartition(":")
        if path and line.isdecimal():
            return path
        return self.pointer.partition("#")[0]

    @property
    def line(self) -> int | None:
        """The line, where one is known."""
        path, _, line = self.pointer.rpartition(":")
        return int(line) if path and line.isdecimal() else None

    @property
    def place(self) -> str:
        """The JSON pointer within the file, empty where none is known."""
        return self.pointer.partition("#")[2]

    @property
    def mend(self) -> str:
        """How to mend it."""
        return remedy_for(self.code)

    def document(self) -> dict[str, object]:
        """Return the finding as problem documents and reports list it."""
        return {
            "severity": self.severity,
            "pointer": self.pointer,
            "file": self.file,
            **({"line": self.line} if self.line is not None else {}),
            "code": self.code,
            "detail": self.detail,
            "mend": self.mend,
        }

    def __str__(self) -> str:
        return f"{self.severity}: {self.pointer}  {self.code}: {self.detail}"


class Findings:
    """Collects findings; of two at one place with one code the first is kept."""

    def __init__(self) -> None:
        self._by_place: dict[tuple[str, str], Finding] = {}

    def error(self, pointer: str, code: str, detail: str) -> None:
        """Note what refuses the folder."""
        self._add(Finding(pointer, code, detail, "error"))

    def warn(self, pointer: str, code: str, detail: str) -> None:
        """Note what deserves a look and refuses nothing."""
        self._add(Finding(pointer, code, detail, "warning"))

    def take(self, issues: Iterable[Issue], *, severity: Severity = "error") -> None:
        """Note what another reader has found."""
        for issue in issues:
            self._add(Finding(issue.pointer, issue.code, issue.detail, severity))

    def _add(self, finding: Finding) -> None:
        self._by_place.setdefault((finding.pointer, finding.code), finding)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What refuses the folder, in order of place."""
        return self._with("error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What refuses nothing, in order of place."""
        return self._with("warning")

    def _with(self, severity: Severity) -> tuple[Finding, ...]:
        found = [f for f in self._by_place.values() if f.severity == severity]
        return tuple(sorted(found, key=_place))


def _place(finding: Finding) -> tuple[str, int]:
    return finding.file, finding.line or 0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found in a folder, errors and warnings apart."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @classmethod
    def of(cls, findings: Findings) -> Self:
        """Return what was collected."""
        return cls(findings.errors, findings.warnings)

    @property
    def all(self) -> tuple[Finding, ...]:
        """The errors, then the warnings."""
        return self.errors + self.warnings

    def text(self) -> str:
        """Return the report for people: a line a finding, its remedy below it."""
        lines = [
            line
            for name, found in (("error", self.errors), ("warning", self.warnings))
            if found
            for line in [f"{len(found)} {name}(s):", *map(_described, found)]
        ]
        return "\n".join(lines)


def _described(finding: Finding) -> str:
    told = f"  {finding.pointer}  {finding.code}: {finding.detail}"
    return f"{told}\n      {finding.mend}" if finding.mend else told
