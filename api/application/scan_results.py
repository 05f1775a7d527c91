"""What the malware scan has found of an instance's files."""

from collections.abc import Iterable

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from data_elements.choices import FileScanResult
from data_elements.models import DataElement


class ScannedElementSerializer(serializers.Serializer[object]):
    """A data element that is scanned."""

    id = serializers.UUIDField()
    fileScanResult = serializers.ChoiceField(choices=FileScanResult.labels)


class InstanceScanSerializer(serializers.Serializer[object]):
    """An instance, and those of its data elements that are scanned."""

    id = serializers.CharField(help_text="{partyId}/{guid}")
    fileScanResult = serializers.ChoiceField(
        choices=FileScanResult.labels,
        help_text="The gravest of the elements' results; NotApplicable for none.",
    )
    data = ScannedElementSerializer(many=True)  # type: ignore[assignment]  # the wire's name


class ScanResultViewSet(AppViewSet):
    """What the malware scan has found."""

    actions = {"retrieve": "read"}
    look_first = frozenset({"retrieve"})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Tell what the malware scan has found, of each file and of all together."""
        instance = self.get_instance()
        elements = [
            one for one in self.elements_of(instance) if self.may_read(instance, one)
        ]
        scanned = [one for one in elements if one.scan_result]
        return Response(
            {
                "id": instance.instance_id,
                "fileScanResult": _of_all(scanned).label,
                "data": [
                    {
                        "id": str(one.id),
                        "fileScanResult": FileScanResult(one.scan_result).label,
                    }
                    for one in scanned
                ],
            }
        )


def _of_all(scanned: Iterable[DataElement]) -> FileScanResult:
    """Return the gravest result: infected, else pending, else clean."""
    found = {one.scan_result for one in scanned}
    gravest = (FileScanResult.INFECTED, FileScanResult.PENDING, FileScanResult.CLEAN)
    return next((one for one in gravest if one in found), FileScanResult.NOT_APPLICABLE)
