"""What an application says, in the languages that it says it in."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.permissions import ANYONE
from api.public_documents import public_response
from apps_registry.public_files import not_found
from apps_registry.texts import FALLBACK, languages_of, text_resource
from common.errors import Invalid


class LanguageInvalid(Invalid):
    """A language is named by the two letters that ISO 639-1 has for it.

    Ask for ``nb``, ``nn``, ``en`` or whatever the application has texts in.
    """

    code = "language-invalid"
    detail = (
        "Provided language {language} is invalid. Language code should consists of two"
        " characters."
    )


class TextViewSet(AppViewSet):
    """Texts of the application."""

    actions = {"retrieve": ANYONE, "languages": ANYONE}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read all texts of a language, or of `nb` when it has none.

        Variables in the texts are not filled in.
        """
        language = self.kwargs["language"]
        if len(language) != 2:
            raise LanguageInvalid(language=language[:100])
        found = text_resource(self.app, language) or text_resource(self.app, FALLBACK)
        if found is None:
            raise self._not_found(language)
        return public_response(request, found)

    def languages(self, request: Request, **kwargs: object) -> Response:
        """List the languages that the application has texts in."""
        languages = languages_of(self.app.files)
        if not languages:
            raise self._not_found("any")
        return public_response(request, [{"language": one} for one in languages])

    def _not_found(self, language: str) -> Exception:
        known = languages_of(self.app.files)
        return not_found(self.app.app_id, "texts in the language", language, known)
