"""What components of the platform ask of storage: scanners and decision points.

They call with a platform access token; no policy and no role opens these calls.
"""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.answering import empty_answer
from api.permissions import PLATFORM
from api.serializers.data_elements import FileScanStatusSerializer, sha256_of
from api.serializers.process import process_document
from api.views import FaceViewSet
from data_elements import marks, scanning
from data_elements.choices import FileScanResult
from data_elements.errors import DataElementNotFound
from data_elements.models import DataElement
from instances.errors import InstanceNotFound


class ProcessNotFound(InstanceNotFound):
    """No instance has this id at this address, so no process can be told.

    Check the guid, and that the party id in the address is the instance owner's.
    """

    detail = "Unable to find instance {instance_id}"


class ComponentViewSet(FaceViewSet):
    """Calls that only components of the platform make."""

    actions = {
        "file_scan_status": PLATFORM,
        "element_exists": PLATFORM,
        "process_info": PLATFORM,
    }

    def file_scan_status(self, request: Request, **kwargs: object) -> HttpResponse:
        """Set what the malware scan of a data element found, and nothing besides.

        With the hash of what was scanned, only while that is the content.
        """
        instance = self.existing_instance()
        body = self.read_input(FileScanStatusSerializer)
        element_id = self.kwargs["element"]
        element = DataElement.objects.filter(
            pk=element_id, instance_id=instance.pk
        ).first()
        if element is None:
            raise DataElementNotFound(element_id=element_id)
        named = {result.label: result for result in FileScanResult}
        result = named[body["fileScanResult"]]
        marks.record_scan_result(
            element=element, result=result, sha256=sha256_of(body.get("contentHash"))
        )
        if result != FileScanResult.PENDING:
            scanning.settle(element)
        return empty_answer()

    def element_exists(self, request: Request, **kwargs: object) -> Response:
        """Tell whether there is a data element of this id, in whatever instance."""
        element_id = self.kwargs["element"]
        return Response(DataElement.objects.filter(pk=element_id).exists())

    def process_info(self, request: Request, **kwargs: object) -> Response:
        """Tell of which application an instance is, and where its process stands."""
        instance = self.find_instance()
        if instance is None:
            raise ProcessNotFound(instance_id=self._stated_address())
        process = process_document(instance.process, self.spelling)
        document = {"process": process, "appId": instance.app_id}
        return Response(self.spelling.apply(document))
