"""What the document says of exports."""

from api.operations import APP, ZIP, Operation, Table
from api.platform.storage.exports import ExportViewSet
from api.serializers.exports import ExportListSerializer, ExportSerializer

_TAG = "Exports"
_OWNER = ("caller-cannot-list", "scope-missing")
_ONE = (*_OWNER, "export-not-found")
_FOREIGN = ("not-permitted", "authentication-level-too-low")  # of another's application

EXPORT_OPERATIONS: Table = {
    ExportViewSet: {
        "create": Operation(
            "exports_create",
            _TAG,
            {202: ExportSerializer},
            problems=(
                *_OWNER,
                *APP,
                "org-or-app-missing",
                "app-id-missing",
                "app-id-invalid",
                *_FOREIGN,
                "too-many-exports",
            ),
        ),
        "list": Operation(
            "exports_list",
            _TAG,
            {200: ExportListSerializer},
            problems=(*_OWNER, "continuation-token-invalid"),
        ),
        "retrieve": Operation(
            "exports_retrieve", _TAG, {200: ExportSerializer}, problems=_ONE
        ),
        "result": Operation(
            "exports_result",
            _TAG,
            ZIP,
            problems=(*_ONE, *_FOREIGN, "export-not-ready", "export-gone"),
        ),
        "retry": Operation(
            "exports_retry",
            _TAG,
            {202: ExportSerializer},
            problems=(*_ONE, "export-not-failed"),
        ),
        "destroy": Operation(
            "exports_cancel", _TAG, {200: ExportSerializer}, problems=_ONE
        ),
    },
}
