"""The titles of problems: by their English, and by status where they have no own."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api.problem_texts.spoken import Spoken

TITLES: Final[Mapping[str, Spoken]] = {
    "Action is missing": Spoken("Handlingen mangler", "Handlinga manglar"),
    "Cannot Delete main data element": Spoken(
        "Hovedelementet kan ikke slettes", "Hovudelementet kan ikkje slettast"
    ),
    "Conflict with Current Task": Spoken("I strid med oppgaven", "I strid med oppgåva"),
    "Data Element Not Found": Spoken(
        "Fant ikke dataelementet", "Fann ikkje dataelementet"
    ),
    "Data Type Not Found": Spoken("Fant ikke datatypen", "Fann ikkje datatypen"),
    "Error reading request": Spoken(
        "Forespørselen kan ikke leses", "Førespurnaden kan ikkje lesast"
    ),
    "Failed to deserialize JSON": Spoken(
        "JSON-en kan ikke leses", "JSON-en kan ikkje lesast"
    ),
    "Failed to deserialize XML": Spoken(
        "XML-en kan ikke leses", "XML-en kan ikkje lesast"
    ),
    "File validation failed": Spoken("Filen er ikke gyldig", "Fila er ikkje gyldig"),
    "Forbidden": Spoken("Ingen tilgang", "Ingen tilgang"),
    "Instance Not Active": Spoken(
        "Instansen er ikke aktiv", "Instansen er ikkje aktiv"
    ),
    "Invalid data": Spoken("Ugyldig innhold", "Ugyldig innhald"),
    "Invalid tag name": Spoken("Ugyldig merkelapp", "Ugyldig merkelapp"),
    "Max Count Exceeded": Spoken("For mange elementer", "For mange element"),
    "Missing content type": Spoken("Innholdstypen mangler", "Innhaldstypen manglar"),
    "No current task": Spoken("Ingen oppgave", "Inga oppgåve"),
    "Not a payment task": Spoken(
        "Ikke en betalingsoppgave", "Ikkje ei betalingsoppgåve"
    ),
    "Not a signing task": Spoken(
        "Ikke en signeringsoppgave", "Ikkje ei signeringsoppgåve"
    ),
    "One or more validation errors occurred.": Spoken(
        "Noe er ikke gyldig.", "Noko er ikkje gyldig."
    ),
    "Patch Operation Failed": Spoken(
        "Endringen lot seg ikke gjøre", "Endringa lét seg ikkje gjere"
    ),
    "Patch operation did not deserialize": Spoken(
        "Endringen gir ikke et gyldig skjema", "Endringa gjev ikkje eit gyldig skjema"
    ),
    "Payment is misconfigured": Spoken(
        "Betalingen er satt opp feil", "Betalinga er sett opp feil"
    ),
    "Precondition in patch failed": Spoken(
        "En forutsetning for endringen holder ikke",
        "Ein føresetnad for endringa held ikkje",
    ),
    "Process loop detected": Spoken("Prosessen går i ring", "Prosessen går i ring"),
    "Request too large": Spoken(
        "Forespørselen er for stor", "Førespurnaden er for stor"
    ),
    "Service task failed!": Spoken("Tjenesteoppgaven feilet!", "Tenesteoppgåva feila!"),
    "Signing is misconfigured": Spoken(
        "Signeringen er satt opp feil", "Signeringa er sett opp feil"
    ),
    "Something went wrong while getting optionsIdOrLibraryRef": Spoken(
        "Kodelisten kunne ikke hentes", "Kodelista kunne ikkje hentast"
    ),
    "The payment is not completed.": Spoken(
        "Betalingen er ikke gjort.", "Betalinga er ikkje gjord."
    ),
    "Too many requests": Spoken("For mange forespørsler", "For mange førespurnader"),
    "Unauthorized": Spoken("Ikke autorisert", "Ikkje autorisert"),
    "Unsupported content type": Spoken(
        "Innholdstypen støttes ikke", "Innhaldstypen er ikkje støtta"
    ),
    "User Create Disallowed": Spoken(
        "Brukere kan ikke opprette", "Brukarar kan ikkje opprette"
    ),
    "User Delete Disallowed": Spoken(
        "Brukere kan ikke slette", "Brukarar kan ikkje slette"
    ),
    "User action not supported!": Spoken(
        "Handlingen støttes ikke!", "Handlinga er ikkje støtta!"
    ),
    "Validation error": Spoken("Feil ved validering", "Feil ved validering"),
    "Validation error from IValidateQueryParamPrefill": Spoken(
        "Spørringen kan ikke fylle ut skjemaet", "Spørjinga kan ikkje fylle ut skjemaet"
    ),
    "Validation failed for task": Spoken(
        "Oppgaven er ikke ferdig utfylt", "Oppgåva er ikkje ferdig utfylt"
    ),
}

# Not by their phrases, which are not the same in each Python.
STATUS_TITLES: Final[Mapping[HTTPStatus, Spoken]] = {
    HTTPStatus.BAD_REQUEST: Spoken("Ugyldig forespørsel", "Ugyldig førespurnad"),
    HTTPStatus.UNAUTHORIZED: Spoken("Ikke autentisert", "Ikkje autentisert"),
    HTTPStatus.FORBIDDEN: Spoken("Ingen tilgang", "Ingen tilgang"),
    HTTPStatus.NOT_FOUND: Spoken("Ikke funnet", "Ikkje funnen"),
    HTTPStatus.METHOD_NOT_ALLOWED: Spoken(
        "Metoden er ikke tillatt", "Metoden er ikkje tillaten"
    ),
    HTTPStatus.CONFLICT: Spoken("Konflikt", "Konflikt"),
    HTTPStatus.GONE: Spoken("Ikke lenger her", "Ikkje lenger her"),
    HTTPStatus.LENGTH_REQUIRED: Spoken("Lengden mangler", "Lengda manglar"),
    HTTPStatus.PRECONDITION_FAILED: Spoken(
        "Forutsetningen holder ikke", "Føresetnaden held ikkje"
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Spoken("For stort", "For stort"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Spoken(
        "Innholdstypen støttes ikke", "Innhaldstypen er ikkje støtta"
    ),
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: Spoken(
        "Området ligger utenfor", "Området ligg utanfor"
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: Spoken(
        "Kan ikke behandles", "Kan ikkje handsamast"
    ),
    HTTPStatus.TOO_EARLY: Spoken("For tidlig", "For tidleg"),
    HTTPStatus.TOO_MANY_REQUESTS: Spoken(
        "For mange forespørsler", "For mange førespurnader"
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: Spoken("Feil i serveren", "Feil i tenaren"),
    HTTPStatus.SERVICE_UNAVAILABLE: Spoken(
        "Ikke tilgjengelig nå", "Ikkje tilgjengeleg no"
    ),
}
