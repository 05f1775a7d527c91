"""What an application's own code can do with files that are uploaded (A-103)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from process.hook_subjects import Caller, ContentView, InstanceView
from process.hook_types import HookIssue


@dataclass(frozen=True, slots=True)
class FileCheck:
    """A file on its way in, and who is asked about it.

    ``name`` is the analyser or validator that the data type enables; ``analysed`` is
    what the analysers found, by their names.
    """

    name: str
    caller: Caller
    instance: InstanceView
    content: ContentView
    analysed: Mapping[str, object]


class FileHooks:
    """The part of ``AppHooks`` that is about files."""

    # Names, as data types enable them in enabledFileAnalysers and
    # enabledFileValidators, of what the two methods below do.
    file_analysers: Collection[str] = ()
    file_validators: Collection[str] = ()

    def analyse_file(self, check: FileCheck) -> object:
        """Return what the file is, for the validators. Before the transaction."""

    def validate_file(self, check: FileCheck) -> Iterable[HookIssue]:
        """Return what is amiss with the file (400 if an error). Before."""
        return ()
