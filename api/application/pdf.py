"""Receipts as PDF: what is kept out of them, and how one will look."""

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.filenames import attachment
from common.errors import Conflict, NotFound
from forms.backend_texts import PDF_PREVIEW, backend_text
from forms.task_data import layout_set_of
from pdf.drawing import draw
from process.languages import language_for
from process.pdf_contents import (
    Subject,
    document_of_tasks,
    file_name,
)
from process.pdf_format import layout_for


class PdfFormatWithoutTask(Conflict):
    """The process has ended or has not begun; pages belong to tasks."""

    code = "pdf-format-without-task"
    detail = "Instance does not have a valid currentTask"


class PreviewWithoutTask(NotFound):
    """The process has ended or has not begun, so there is nothing to look at before."""

    code = "pdf-preview-without-task"
    detail = "Did not find instance or task"


class PdfViewSet(AppViewSet):
    """What the server draws of an instance."""

    actions = {"layout": "read", "preview": "read"}
    parameters = {"preview": ("language", "lang")}
    look_first = frozenset({"layout", "preview"})

    def layout(self, request: Request, **kwargs: object) -> Response:
        """List the pages and components of the task that are kept out of PDF."""
        instance = self.get_instance()
        if instance.current_task is None:
            raise PdfFormatWithoutTask
        element = self.get_element(instance)
        self.require_read(instance, self.readable_type_of(element))
        layout = layout_for(
            self.principal,
            definition=self.app,
            instance=instance,
            task=instance.current_task,
            layout_set=layout_set_of(self.app, instance.current_task),
            element=element,
        )
        return Response(
            {
                "excludedPages": list(layout.excluded_pages),
                "excludedComponents": list(layout.excluded_components),
            }
        )

    def preview(self, request: Request, **kwargs: object) -> HttpResponse:
        """Draw the current task as its receipt would be, with a word that it is none.

        In the language that is asked for, else in the owner's.
        """
        instance = self.get_instance()
        if instance.current_task is None:
            raise PreviewWithoutTask
        subject = Subject(
            principal=self.principal,
            definition=self.app,
            instance=instance,
            elements=self.elements_of(instance),
            language=(
                self.query.text("language", "lang")
                or language_for(self.principal, owner_party_id=instance.owner_party_id)
            ),
            now=timezone.now(),
        )
        notice = backend_text(self.app, PDF_PREVIEW, subject.language) or ""
        content = draw(
            document_of_tasks(subject, [instance.current_task], notice=notice)
        )
        answer = HttpResponse(content, content_type="application/pdf")
        answer["Content-Disposition"] = attachment(file_name(subject, ""))
        answer["Cache-Control"] = "no-store"
        return answer
