"""All content of an instance in one download, the same on both faces."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

from api.content import ContentViewSet
from api.filenames import attachment
from apps_registry.errors import DataTypeUnknown
from common.errors import DomainError, Forbidden
from common.untrusted import let_nothing_run
from data_elements import archives
from data_elements.archives import Choice
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances.models import Instance

_NOT_PERMITTED, _UNKNOWN = "not-permitted", "data-type-unknown"


class ArchiveViewSet(ContentViewSet):
    """A view that hands out what an instance has, as a zip archive."""

    def archive(self, request: Request, **kwargs: object) -> HttpResponseBase:
        """Download every data element that the caller may read, as one zip archive.

        Its `manifest.json` lists the elements with names, media types, sizes and
        SHA-256, and says of those that are left out why: the scan found them infected,
        their type takes a right that the caller lacks, or their content is lost. The
        owner's download is logged for each element, as if it were fetched by itself.
        """
        instance = self.get_instance()
        choices = self._choices(instance)
        handed = [choice.element for choice in choices if not choice.left_out]
        if request.method == "HEAD":
            return _dressed(HttpResponse(), instance)
        # Before the first byte: who breaks off has read content all the same.
        if not self.is_owner(instance):
            archives.mark_all_read(handed)
        elif handed:
            archives.record_downloads(
                self.principal, instance=instance, elements=handed
            )
        content = archives.archive(instance, choices, now=timezone.now())
        return _dressed(StreamingHttpResponse(content), instance)

    def listed_elements(self, instance: Instance) -> list[DataElement]:
        """Return the elements that the face's documents show to the caller."""
        return self.elements_of(instance)

    def _choices(self, instance: Instance) -> list[Choice]:
        """Decide for each element as for its own download; a right is asked once."""
        known: dict[str, str] = {}
        choices = []
        for element in self.listed_elements(instance):
            element.instance = instance
            if element.data_type not in known:
                known[element.data_type] = self._refusal(element)
            reason = known[element.data_type] or self._own_refusal(element)
            choices.append(Choice(element, reason))
        return choices

    def _refusal(self, element: DataElement) -> str:
        """Return why content of the element's type is not for the caller."""
        try:
            action = self.readable_type_of(element).action_required_to_read
        except DataTypeUnknown:
            return _UNKNOWN
        if not action or self.permits(element.instance, action):
            return ""
        return _NOT_PERMITTED

    def _own_refusal(self, element: DataElement) -> str:
        """Return why this very element's content is not handed out."""
        if element.scan_result == FileScanResult.INFECTED:
            return archives.INFECTED
        try:
            self.check_download(element)
        except Forbidden:
            return _NOT_PERMITTED
        except DomainError as error:
            return error.code
        return ""


def _dressed(
    answer: HttpResponse | StreamingHttpResponse, instance: Instance
) -> HttpResponseBase:
    answer["Content-Type"] = "application/zip"
    answer["Content-Disposition"] = attachment(f"{instance.app}-{instance.pk}.zip")
    let_nothing_run(answer)
    patch_vary_headers(answer, ("Authorization", "Cookie"))
    return answer
