"""Forms without an instance: calculated and told, stored nowhere (app-api.md §10)."""

from collections.abc import Mapping

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from api.application.base import AppViewSet
from api.application.representations import accepted_kind, unstored_response
from api.application.scopes import require_api_scope
from api.languages import language_of
from api.owners import owner_party_id, party_with
from api.permissions import ANYONE, AUTHENTICATED, require
from api.problems import TokenMissing
from api.selected_party import selected_party
from api.uploads import incoming, is_json, is_xml, upload_of
from apps_registry.definition import DataType
from authorization.representation import own_party
from authorization.resources import Resource
from common.errors import Invalid
from data_elements.errors import ContentEmpty
from data_elements.intake import Intake
from forms.content import JSON, XML
from parties.identity import Principal, PrincipalKind
from parties.models import Party
from process import stateless
from process.form_data import MAX_FORM_BYTES, Form
from process.stateless import Asked

PARTY_HEADER = "party"
_MOST_FIELDS = 1000


class StatelessTypeInvalid(Invalid):
    """The call names no form of the application; ``dataType`` does."""

    code = "stateless-data-type-invalid"
    detail = (
        "Invalid dataType {data_type} provided. Please provide a valid dataType as"
        " query parameter."
    )


class PartyHeaderInvalid(Invalid):
    """The header ``party`` names nobody, or the caller has no party of its own."""

    code = "party-header-invalid"
    detail = (
        "Invalid party header. Please provide a party header on the form"
        " partyid:123, org:[orgnr] or person:[ssn]"
    )


class StatelessContentUnsupported(Invalid):
    """A form is XML or JSON; say which in Content-Type."""

    code = "stateless-content-unsupported"
    detail = "Content type {content_type!r:.100} is not supported for deserialization"


class StatelessDataViewSet(AppViewSet):
    """Forms that no instance has."""

    actions = {
        "retrieve": AUTHENTICATED,  # the policy is asked once the party is known
        "calculate": AUTHENTICATED,  # as above
        "retrieve_anonymously": ANYONE,
        "calculate_anonymously": ANYONE,
    }
    parameters = {
        "retrieve": ("dataType", "prefill", "includeRowId", "language"),
        "calculate": ("dataType", "includeRowId", "language"),
        "retrieve_anonymously": ("dataType", "includeRowId", "language"),
        "calculate_anonymously": ("dataType", "includeRowId", "language"),
    }
    unkeyed = frozenset({"calculate", "calculate_anonymously"})

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Ask for the application's scope for reading, whatever the method."""
        super().initial(request, *args, **kwargs)
        if isinstance(request.user, Principal):
            require_api_scope(self.app, request.user, request, reads=True)

    def retrieve(self, request: Request, **kwargs: object) -> HttpResponse:
        """Read a new form, filled in from the query and the registers.

        The header `party` says for whom: `partyid:123`, `org:{number}` or
        `person:{number}`; without it, it is the caller's own party.
        """
        asked, _ = self.for_party()
        external = self._external()
        stateless.check_prefill(asked, external)
        return self._told(asked, stateless.new_form(asked), external)

    def calculate(self, request: Request, **kwargs: object) -> HttpResponse:
        """Fill the form in the body in, and let the application calculate with it."""
        asked, _ = self.for_party()
        return self._told(asked, stateless.read_form(asked, *self.sent()))

    def retrieve_anonymously(self, request: Request, **kwargs: object) -> HttpResponse:
        """Read a new form of a type with `allowAnonymousOnStateless`."""
        asked = self._for_anybody()
        return self._told(asked, stateless.new_form(asked))

    def calculate_anonymously(self, request: Request, **kwargs: object) -> HttpResponse:
        """Let the application calculate with the form in the body."""
        asked = self._for_anybody()
        return self._told(asked, stateless.read_form(asked, *self.sent()))

    # --- the call ---------------------------------------------------------------------
    def _for_anybody(self) -> Asked:
        data_type = self._data_type()
        if not data_type.allow_anonymous_on_stateless:
            raise TokenMissing
        return Asked(self.app, data_type, language_of(self.request, self.app))

    def for_party(self) -> tuple[Asked, Party]:
        """Return what is asked for and for whom, if the caller may read of those.

        Raises StatelessTypeInvalid, PartyHeaderInvalid and what the policy refuses.
        """
        data_type, owner = self._data_type(), self._party()
        resource = Resource(self.app.org, self.app.app, party_id=owner.pk)
        require(self.roles, resource=resource, action="read")
        language = language_of(self.request, self.app)
        return Asked(self.app, data_type, language, self.principal, owner), owner

    def _data_type(self) -> DataType:
        stated = self.query.text("dataType")
        found = self.app.data_types.get(stated)
        if found is None or not found.is_form:
            raise StatelessTypeInvalid(data_type=stated[:100])
        return found

    def _party(self) -> Party:
        """Return whom the form is for; raises PartyHeaderInvalid."""
        header = self.request.headers.get(PARTY_HEADER)
        found = self._callers_party() if header is None else self._named(header)
        if found is None:
            raise PartyHeaderInvalid
        return found

    def _callers_party(self) -> Party | None:
        chosen = None
        if self.principal.kind is PrincipalKind.USER:
            chosen = selected_party(self.request._request, self.principal)
        return chosen or own_party(self.principal)

    def _named(self, header: str) -> Party | None:
        kind, colon, value = header.partition(":")
        kind, value = kind.strip().lower(), value.strip()
        if not colon or ":" in value or "," in header:
            return None
        if kind == "partyid":
            return Party.objects.filter(pk=owner_party_id(value) or 0).first()
        if kind not in ("person", "org"):
            return None
        return party_with(self.principal, value, is_person=kind == "person")

    def _external(self) -> Mapping[str, str]:
        """Return what the query fills in with; raises ParameterInvalid."""
        text = self.query.text("prefill")
        if not text:
            return {}
        try:
            given = orjson.loads(text)
        except orjson.JSONDecodeError:
            given = None
        if (
            isinstance(given, dict)
            and len(given) <= _MOST_FIELDS
            and all(isinstance(one, str) for one in given.values())
        ):
            return given
        expected = f"a JSON object of at most {_MOST_FIELDS} texts"
        raise self.query.refused("prefill", text[:100], expected)

    def sent(self) -> tuple[bytes, str | None]:
        """Return the body and its type; raises ContentEmpty and what is malformed."""
        upload = upload_of(self.request._request)
        if not (is_xml(upload.content_type) or is_json(upload.content_type)):
            raise StatelessContentUnsupported(content_type=upload.content_type)
        limits = incoming(upload, max_bytes=MAX_FORM_BYTES, well_formed=True)
        content = b"".join(Intake(limits).pieces())
        if not content:
            raise ContentEmpty
        return content, upload.content_type

    def _told(
        self, asked: Asked, form: Form, external: Mapping[str, str] | None = None
    ) -> HttpResponse:
        with_rows = self.query.flag("includeRowId") or False
        form = stateless.told(asked, form, external=external, with_rows=with_rows)
        kind = XML if accepted_kind(self.request) == XML else JSON
        return unstored_response(form, kind, with_rows=with_rows)
