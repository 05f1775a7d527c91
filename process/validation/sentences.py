"""What the server says of issues, in the three languages that it speaks."""

from collections.abc import Mapping
from typing import Final

Sentence = Mapping[str, str]

SENTENCES: Final[Mapping[str, Sentence]] = {
    "TooManyDataElementsOfType": {
        "nb": (
            "Det er {count} elementer av typen {type}, og det kan høyst være {most}."
            " Slett noen av dem."
        ),
        "nn": (
            "Det er {count} element av typen {type}, og det kan vere høgst {most}."
            " Slett nokre av dei."
        ),
        "en": (
            "There are {count} elements of type {type}, and there can be at most"
            " {most}. Delete some of them."
        ),
    },
    "TooFewDataElementsOfType": {
        "nb": (
            "Det er {count} elementer av typen {type}, og det må være minst {least}."
            " Legg til det som mangler."
        ),
        "nn": (
            "Det er {count} element av typen {type}, og det må vere minst {least}."
            " Legg til det som manglar."
        ),
        "en": (
            "There are {count} elements of type {type}, and there must be at least"
            " {least}. Add what is missing."
        ),
    },
    "MissingContentType": {
        "nb": "Elementet av typen {type} mangler innholdstype. Last det opp med en.",
        "nn": "Elementet av typen {type} manglar innhaldstype. Last det opp med ein.",
        "en": (
            "The element of type {type} has no content type. Upload it again with one."
        ),
    },
    "DataElementTooLarge": {
        "nb": (
            "Elementet av typen {type} er på {size} byte, mer enn de {most} MiB som er"
            " tillatt. Last opp noe mindre."
        ),
        "nn": (
            "Elementet av typen {type} er på {size} byte, meir enn dei {most} MiB som"
            " er tillatne. Last opp noko mindre."
        ),
        "en": (
            "The element of type {type} has {size} bytes, more than the {most} MiB that"
            " are allowed. Upload something smaller."
        ),
    },
    "DataElementFileInfected": {
        "nb": "Virussøket fant skadelig innhold i {name}. Slett filen.",
        "nn": "Virussøket fann skadeleg innhald i {name}. Slett fila.",
        "en": "The malware scan found {name} infected. Delete the file.",
    },
    "DataElementFileScanPending": {
        "nb": "Virussøket av {name} er ikke ferdig. Prøv igjen om litt.",
        "nn": "Virussøket av {name} er ikkje ferdig. Prøv igjen om litt.",
        "en": "The malware scan of {name} is not done yet. Try again in a moment.",
    },
    "TooManyIssues": {
        "nb": (
            "Bare de første {most} feilene er listet. Rett dem og valider igjen for å"
            " se resten."
        ),
        "nn": (
            "Berre dei første {most} feila er lista. Rett dei og valider igjen for å"
            " sjå resten."
        ),
        "en": (
            "Only the first {most} issues are listed. Mend them and validate again to"
            " see the rest."
        ),
    },
    "model.required": {
        "nb": "{place} mangler. Fyll ut feltet.",
        "nn": "{place} manglar. Fyll ut feltet.",
        "en": "{place} is missing. Fill it in.",
    },
    "model.minLength": {
        "nb": "{place} er {value}, og må ha minst {limit} tegn. Skriv mer.",
        "nn": "{place} er {value}, og må ha minst {limit} teikn. Skriv meir.",
        "en": (
            "{place} is {value} and must have at least {limit} characters. Write more."
        ),
    },
    "model.maxLength": {
        "nb": "{place} er {value}, og kan ha høyst {limit} tegn. Skriv kortere.",
        "nn": "{place} er {value}, og kan ha høgst {limit} teikn. Skriv kortare.",
        "en": (
            "{place} is {value} and can have at most {limit} characters. Write less."
        ),
    },
    "model.pattern": {
        "nb": "{place} er {value}, som ikke har formen {limit}. Rett verdien.",
        "nn": "{place} er {value}, som ikkje har forma {limit}. Rett verdien.",
        "en": (
            "{place} is {value}, which is not of the form {limit}. Correct the value."
        ),
    },
    "model.minimum": {
        "nb": "{place} er {value}, og må være minst {limit}. Rett tallet.",
        "nn": "{place} er {value}, og må vere minst {limit}. Rett talet.",
        "en": ("{place} is {value} and must be at least {limit}. Correct the number."),
    },
    "model.maximum": {
        "nb": "{place} er {value}, og kan være høyst {limit}. Rett tallet.",
        "nn": "{place} er {value}, og kan vere høgst {limit}. Rett talet.",
        "en": "{place} is {value} and can be at most {limit}. Correct the number.",
    },
    "model.exclusiveMinimum": {
        "nb": "{place} er {value}, og må være mer enn {limit}. Rett tallet.",
        "nn": "{place} er {value}, og må vere meir enn {limit}. Rett talet.",
        "en": ("{place} is {value} and must be more than {limit}. Correct the number."),
    },
    "model.exclusiveMaximum": {
        "nb": "{place} er {value}, og må være mindre enn {limit}. Rett tallet.",
        "nn": "{place} er {value}, og må vere mindre enn {limit}. Rett talet.",
        "en": ("{place} is {value} and must be less than {limit}. Correct the number."),
    },
    "model.multipleOf": {
        "nb": "{place} er {value}, som ikke går opp i {limit}. Rett tallet.",
        "nn": "{place} er {value}, som ikkje går opp i {limit}. Rett talet.",
        "en": (
            "{place} is {value}, which is no multiple of {limit}. Correct the number."
        ),
    },
    "model.enum": {
        "nb": "{place} er {value}. Velg en av disse: {limit}.",
        "nn": "{place} er {value}. Vel ein av desse: {limit}.",
        "en": "{place} is {value}. Choose one of these: {limit}.",
    },
    "model.const": {
        "nb": "{place} er {value}, og må være {limit}. Rett verdien.",
        "nn": "{place} er {value}, og må vere {limit}. Rett verdien.",
        "en": "{place} is {value} and must be {limit}. Correct the value.",
    },
    "model.format:date": {
        "nb": "{place} er {value}, som ikke er en dato. Skriv den som 2030-12-31.",
        "nn": ("{place} er {value}, som ikkje er ein dato. Skriv han som 2030-12-31."),
        "en": "{place} is {value}, which is no date. Write it like 2030-12-31.",
    },
    "model.format:date-time": {
        "nb": (
            "{place} er {value}, som ikke er et tidspunkt. Skriv det som "
            "2030-12-31T12:00:00Z."
        ),
        "nn": (
            "{place} er {value}, som ikkje er eit tidspunkt. Skriv det som "
            "2030-12-31T12:00:00Z."
        ),
        "en": (
            "{place} is {value}, which is no time. Write it like 2030-12-31T12:00:00Z."
        ),
    },
    "model.format:email": {
        "nb": (
            "{place} er {value}, som ikke er en e-postadresse. Skriv den "
            "som navn@eksempel.no."
        ),
        "nn": (
            "{place} er {value}, som ikkje er ei e-postadresse. Skriv ho "
            "som namn@eksempel.no."
        ),
        "en": (
            "{place} is {value}, which is no e-mail address. Write it like "
            "name@example.com."
        ),
    },
    "model.format": {
        "nb": "{place} er {value}, som ikke har formatet {limit}. Rett verdien.",
        "nn": "{place} er {value}, som ikkje har formatet {limit}. Rett verdien.",
        "en": (
            "{place} is {value}, which is not of the format {limit}. Correct the value."
        ),
    },
    "model.type": {
        "nb": "{place} er {value}, og må være av typen {limit}. Rett verdien.",
        "nn": "{place} er {value}, og må vere av typen {limit}. Rett verdien.",
        "en": (
            "{place} is {value} and must be of the type {limit}. Correct the value."
        ),
    },
    "model.minItems": {
        "nb": "{place} har for få rader. Legg til så det blir minst {limit}.",
        "nn": "{place} har for få rader. Legg til så det blir minst {limit}.",
        "en": (
            "{place} has too few rows. Add some, so that there are at least {limit}."
        ),
    },
    "model.maxItems": {
        "nb": ("{place} har for mange rader. Slett noen, så det blir høyst {limit}."),
        "nn": ("{place} har for mange rader. Slett nokre, så det blir høgst {limit}."),
        "en": (
            "{place} has too many rows. Delete some, so that there are at most {limit}."
        ),
    },
    "model.unplaced": {
        "nb": (
            "{place} følger ikke modellen, og er for stort til å si hvor. Del det opp."
        ),
        "nn": (
            "{place} følgjer ikkje modellen, og er for stort til å seie "
            "kvar. Del det opp."
        ),
        "en": "{place} breaks its model and is too large to say where. Divide it.",
    },
    "model.other": {
        "nb": ("{place} er {value}, som modellen ikke godtar ({rule}). Rett verdien."),
        "nn": ("{place} er {value}, som modellen ikkje godtek ({rule}). Rett verdien."),
        "en": (
            "{place} is {value}, which the model does not take ({rule}). "
            "Correct the value."
        ),
    },
    "model.facet": {
        "nb": "{place} følger ikke modellen: {reason} Rett verdien.",
        "nn": "{place} følgjer ikkje modellen: {reason} Rett verdien.",
        "en": "{place} breaks the model: {reason} Correct the value.",
    },
    "model.unreadable": {
        "nb": "Skjemaet kan ikke leses: {reason} Send det på nytt.",
        "nn": "Skjemaet kan ikkje lesast: {reason} Send det på nytt.",
        "en": "The form cannot be read: {reason} Send it again.",
    },
}
