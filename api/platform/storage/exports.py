"""An owner's query, answered as one file that the worker writes."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cached_property

import structlog
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response

from api.criteria import filtered
from api.filenames import attachment
from api.filters import FILTERS
from api.pages import page_of
from api.pagination import PARAMETER, Place, TokenMaker, page_links
from api.permissions import AUTHENTICATED, require
from api.platform.storage.base import StorageViewSet
from api.platform.storage.instances import (
    AppMissing,
    OrgOrAppMissing,
    org_and_app,
)
from api.queries import CallerCannotList, InstanceQuery
from api.serializers.exports import export_document
from apps_registry import catalogue
from authorization.resources import Resource
from data_elements import blobs
from exports import joined_zip
from exports import services as exports
from exports.errors import ExportGone, ExportNotFound, ExportNotReady
from exports.models import Export, ExportPart
from instances.models import Instance
from parties.identity import PrincipalKind

log = structlog.get_logger()
_CONTENT = "includeContent"


class ExportViewSet(StorageViewSet, InstanceQuery):
    """Exports of the service owner that calls."""

    actions = {
        "create": AUTHENTICATED,
        "list": AUTHENTICATED,
        "retrieve": AUTHENTICATED,
        "result": AUTHENTICATED,
        "retry": AUTHENTICATED,
        "destroy": AUTHENTICATED,
    }
    parameters = {
        "create": (*FILTERS, _CONTENT),
        "list": ("size", PARAMETER),
    }
    strict = frozenset({"create", "list"})

    def create(self, request: Request, **kwargs: object) -> Response:
        """Order an export of the instances that a query finds, as the list would.

        The worker writes it: a zip archive of the instances' documents as JSON lines
        and, with `includeContent=true`, of their data elements. It has each instance
        that there was when it was ordered once, as it is when its turn comes, and what
        the policy permits then. The same order, sent again before the export is
        finished, is answered with that export.
        """
        app_ids = self._ordered_apps()
        filtered(Instance.objects.none(), self.query)  # raises on what cannot be read
        query = {n: v for n, v in self.query.values.items() if n in FILTERS}
        export = exports.order(
            self.principal,
            app_ids=app_ids,
            query=query,
            with_content=self.query.flag(_CONTENT) or False,
        )
        document = self._described(export)
        headers = {"Location": str(document["selfLink"]), "Retry-After": "5"}
        return Response(document, status=202, headers=headers)

    def list(self, request: Request, **kwargs: object) -> Response:
        """List one's exports, the newest first."""
        org = self._owner()
        rows = Export.objects.of(org).order_by("-pk")
        page, token = page_of(
            rows,
            query=self.query,
            tokens=TokenMaker.bound_to("exports", org),
            after=lambda place: rows.before(place.guid),
            place_of=lambda last: Place(last.created, last.pk),
        )
        plain = request._request
        _, following = page_links(plain, self.links.origin(plain), token)
        documents = [self._described(export) for export in page]
        return Response({"count": len(page), "next": following, "exports": documents})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Tell how far an export has come."""
        return Response(self._described(self._export()))

    def result(self, request: Request, **kwargs: object) -> HttpResponseBase:
        """Download the result of a completed export, as one zip archive.

        `manifest.json` is its last file: an archive that has it is whole. Of another
        owner's application it takes the right to read, as ordering it did.
        """
        export = self._export()
        self._require_foreign(export.app_ids)
        if export.state in ("cancelled", "expired"):
            raise ExportGone(export_id=export.pk, state=export.state)
        if export.state != "completed":
            raise ExportNotReady(export_id=export.pk, state=export.state)
        parts = list(export.parts.order_by("number"))
        answer: HttpResponse | StreamingHttpResponse = HttpResponse()
        if request.method != "HEAD":
            log.info("export_downloaded", export=str(export.pk), org=export.org)
            answer = StreamingHttpResponse(_joined(parts))
        answer["Content-Type"] = "application/zip"
        answer["Content-Disposition"] = attachment(f"export-{export.pk}.zip")
        patch_vary_headers(answer, ("Authorization", "Cookie"))
        return answer

    def retry(self, request: Request, **kwargs: object) -> Response:
        """Let an export that was given up go on where it was."""
        export = self._export()
        exports.retry(export=export)
        return Response(self._described(export), status=202)

    def destroy(self, request: Request, **kwargs: object) -> Response:
        """Cancel an export, or remove its result before its time."""
        export = self._export()
        exports.cancel(export=export)
        return Response(self._described(export))

    # --- what the calls share ---------------------------------------------------------
    def _owner(self) -> str:
        """Return the org of the caller; raises CallerCannotList or ScopeMissing."""
        if self.principal.kind is not PrincipalKind.SERVICE_OWNER:
            raise CallerCannotList
        self.require_list_scope()
        return self.principal.org

    def _export(self) -> Export:
        """Return the caller's export at the address; another's is as none."""
        org, export_id = self._owner(), self.kwargs["export"]
        export = Export.objects.of(org).filter(pk=export_id).first()
        if export is None:
            raise ExportNotFound(export_id=export_id, org=org)
        return export

    def _ordered_apps(self) -> tuple[str, ...]:
        """Return the apps that the query is about, as the list takes them."""
        own = self._owner()
        org, app_id = self.query.text("org"), self.query.text("appId")
        if not org and not app_id:
            raise OrgOrAppMissing
        if app_id:
            of, app = org_and_app(app_id)
            self._require_foreign([app_id])
            return (catalogue.definition_of(of, app).app_id,)
        if org != own:
            raise AppMissing
        served = catalogue.all_definitions().values()
        return tuple(sorted(app.app_id for app in served if app.org == org))

    def _require_foreign(self, app_ids: Iterable[str]) -> None:
        """Raise unless the caller may read those of the apps that are others'."""
        for app_id in app_ids:
            org, app = org_and_app(app_id)
            if not self.principal.owns(org):
                require(self.roles, resource=Resource(org=org, app=app), action="read")

    @cached_property
    def _collection(self) -> str:
        return self.links.exports()

    def _described(self, export: Export) -> dict[str, object]:
        return export_document(export, f"{self._collection}/{export.pk}")


def _joined(parts: list[ExportPart]) -> Iterator[bytes]:
    """Yield the parts as one archive: the files of all, then one directory."""
    for part in parts:
        yield from _bytes_of(part, 0, part.files_size)
    start = sum(part.files_size for part in parts)
    before = size = 0
    for part in parts:
        directory = b"".join(_bytes_of(part, part.files_size, part.size))
        for entry in joined_zip.moved(directory, before):
            size += len(entry)
            yield entry
        before += part.files_size
    files = sum(part.files for part in parts)
    yield joined_zip.end(files=files, start=start, size=size)


def _bytes_of(part: ExportPart, start: int, end: int) -> Iterator[bytes]:
    with closing(blobs.open_blob(part.blob_key, start=start, end=end)) as content:
        while start < end:
            piece = content.read(min(blobs.CHUNK, end - start))
            if not piece:
                raise joined_zip.DirectoryBroken(f"part {part.pk} is cut off")
            start += len(piece)
            yield piece
