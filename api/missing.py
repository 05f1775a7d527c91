"""What a person reads who mistyped an address; programs get the problem document."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from api.languages import language_of_problem, say_language
from api.page_texts import by_language

# Another than the first is for programs.
_OFFERED: Final = ("text/html", "application/json", "application/problem+json")

_TEXTS: Final = by_language(
    {
        "title": (
            "Siden finnes ikke",
            "Sida finst ikkje",
            "There is no such page",
        ),
        "nothing": (
            "Det er ingenting på denne adressen:",
            "Det er ingenting på denne adressa:",
            "There is nothing at this address:",
        ),
        "advice": (
            "Se etter skrivefeil, også store og små bokstaver."
            " En lenke som førte hit, kan være gammel.",
            "Sjå etter skrivefeil, òg store og små bokstavar."
            " Ei lenkje som førte hit, kan vere gammal.",
            "Check it for slips, capitals too. A link that led here may be old.",
        ),
        "onward": ("Gå videre", "Gå vidare", "Where to go"),
        "start": (
            "Forsiden: tjenestene på denne serveren",
            "Framsida: tenestene på denne tenaren",
            "The first page: the applications on this server",
        ),
        "docs": (
            "Dokumentasjon av API-ene, med alle adresser",
            "Dokumentasjon av API-a, med alle adresser",
            "Documentation of the APIs, with every address",
        ),
        "identities": (
            "Testidentiteter: logg inn, og gå til instanser og parter",
            "Testidentitetar: logg inn, og gå til instansar og partar",
            "Test identities: sign in, and go on to instances and parties",
        ),
        "programs": (
            "Programmer får dette som JSON, med koden",
            "Program får dette som JSON, med koden",
            "Programs get this as JSON, with the code",
        ),
        "trace": (
            "sporings-id, som også står i loggen:",
            "sporings-id, som òg står i loggen:",
            "trace id, which the log has too:",
        ),
    }
)


def wants_page(request: HttpRequest) -> bool:
    """Whether a person reads the answer: HTML is asked for by name, and first."""
    by_name = "text/html" in request.headers.get("Accept", "").lower()
    return by_name and request.get_preferred_type(_OFFERED) == "text/html"


def page(request: HttpRequest, *, code: str) -> HttpResponse:
    """Tell that there is nothing here, and where to go."""
    language = language_of_problem(request)
    context = {
        "t": _TEXTS[language],
        "language": language,
        "code": code,
        "trace_id": getattr(request, "trace_id", ""),
    }
    answer = render(request, "problems/missing.html", context, status=404)
    say_language(answer, language)
    return answer
