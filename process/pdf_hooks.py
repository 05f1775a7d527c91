"""What an application's own code can do with the PDF of a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from process.hook_subjects import Caller, InstanceView


@dataclass(frozen=True, slots=True)
class PdfLayout:
    """The pages and components, by their names, that are kept out of PDF."""

    excluded_pages: Sequence[str] = ()
    excluded_components: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PdfQuery:
    """Pages that are drawn, or will be; ``layout`` is what their settings say.

    ``form`` is the hook's own copy of what the pages show, empty where there is none
    or nobody knows its model.
    """

    caller: Caller
    instance: InstanceView
    task: str
    layout_set: str | None
    data_type: str
    form: Mapping[str, object]
    layout: PdfLayout


class PdfHooks:
    """The part of ``AppHooks`` that is about PDF."""

    def format_pdf(self, query: PdfQuery) -> PdfLayout | None:
        """Return what is kept out of PDF, or None for what the settings say.

        When pages are drawn, and when ``pdf/format`` is asked for. There is no
        transaction, but where one signs or pays in the step that draws. A refusal is a
        400, and a service task is tried again.
        """
