"""Texts of applications in storage, a language at a time."""

import re

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.answering import empty_answer
from api.audit import actor_of
from api.entity_tags import is_known
from api.permissions import AUTHENTICATED, DESIGNER
from api.public_documents import etag_of
from api.serializers.applications import TextResourceSerializer
from api.views import FaceViewSet
from apps_registry import catalogue, descriptions
from apps_registry.public_files import not_found
from apps_registry.texts import languages_of, text_resource
from common.errors import Invalid

_LANGUAGE = re.compile("[A-Za-z]{2}")


class LanguageNotValid(Invalid):
    """A language is named by the two letters that ISO 639-1 has for it: ``nb``."""

    code = "language-name-invalid"
    detail = "The language must be a two letter ISO language name."


class LanguageMismatch(Invalid):
    """The texts are in another language than the address; correct one of them."""

    code = "language-mismatch"
    detail = (
        "The language specified in the textResource {body} does not match the api path:"
        " {path}"
    )


class StoredTextViewSet(FaceViewSet):
    """Texts of an application."""

    actions = {
        "retrieve": AUTHENTICATED,
        "create": DESIGNER,
        "update": DESIGNER,
        "destroy": DESIGNER,
    }

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read all texts of a language; there is no fall-back to another here."""
        document = self._document(_checked(self.kwargs["language"]))
        etag = etag_of(document)
        if is_known(request, etag):
            return Response(status=304, headers={"ETag": etag})
        return Response(document, headers={"ETag": etag})

    def create(self, request: Request, **kwargs: object) -> Response:
        """Add the texts of a language, or replace them."""
        body = self.read_input(TextResourceSerializer)
        return self._put(body, language=_checked(body["language"]), must_exist=False)

    def update(self, request: Request, **kwargs: object) -> Response:
        """Replace the texts of a language."""
        body = self.read_input(TextResourceSerializer)
        language, path = _checked(body["language"]), self.kwargs["language"]
        if body["language"] != path:
            raise LanguageMismatch(body=body["language"], path=path[:100])
        return self._put(body, language=language, must_exist=True)

    def destroy(self, request: Request, **kwargs: object) -> HttpResponse:
        """Delete the texts of a language."""
        language = _checked(self.kwargs["language"])
        descriptions.delete_texts(
            **self._named, language=language, by=actor_of(request)
        )
        return empty_answer()

    # --- what the calls share ---------------------------------------------------------
    @property
    def _named(self) -> dict[str, str]:
        return {"org": self.kwargs["org"], "app": self.kwargs["app"]}

    def _put(
        self, body: dict[str, object], *, language: str, must_exist: bool
    ) -> Response:
        descriptions.put_texts(
            **self._named,
            language=language,
            resources=body["resources"],
            must_exist=must_exist,
            by=actor_of(self.request),
        )
        return Response(self._document(language))

    def _document(self, language: str) -> dict[str, object]:
        app = catalogue.definition_of(**self._named)
        found = text_resource(app, language)
        if found is None:
            known = languages_of(app.files)
            raise not_found(app.app_id, "texts in the language", language, known)
        return found


def _checked(language: str) -> str:
    """Return the language in lower case; raises LanguageNotValid."""
    if not _LANGUAGE.fullmatch(language):
        raise LanguageNotValid
    return language.lower()
