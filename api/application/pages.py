"""Which pages of a form are shown, in which order: an older way, still asked for."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.permissions import ANYONE
from common.errors import Invalid
from instances.models import Instance
from process import page_order


class PageTypeMissing(Invalid):
    """The call does not say of which data type the form is. Give ``dataTypeId``."""

    code = "page-data-type-missing"
    detail = "Query parameter `dataTypeId` must be defined"


class PageOrderViewSet(AppViewSet):
    """The order of a form's pages."""

    actions = {"of_instance": "read", "of_stateless": ANYONE}
    parameters = {
        "of_instance": ("layoutSetId", "currentPage", "dataTypeId"),
        "of_stateless": ("layoutSetId", "currentPage", "dataTypeId"),
    }
    look_first = frozenset({"of_instance"})
    unkeyed = frozenset({"of_instance", "of_stateless"})

    def of_instance(self, request: Request, **kwargs: object) -> Response:
        """List the pages of an instance's form; the body is the form as JSON."""
        return self._pages(self.get_instance())

    def of_stateless(self, request: Request, **kwargs: object) -> Response:
        """List the pages of a form that no instance has."""
        return self._pages(None)

    def _pages(self, instance: Instance | None) -> Response:
        type_id = self.query.text("dataTypeId")
        if not type_id:
            raise PageTypeMissing
        pages = page_order.pages(
            self.principal,
            definition=self.app,
            data_type=self.declared(type_id),
            layout_set=self.query.text("layoutSetId") or None,
            current=self.query.text("currentPage"),
            form=self.read_json(),
            instance=instance,
        )
        return Response(pages)
