"""What is said of single members of a body, which serializers say in English.

Most of the sentences are Django REST framework's. They come filled in, so each is
recognised by its template; one that is not here stays as it is.
"""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Final

from api.problem_texts.spoken import Spoken
from common.errors import Phrase

MEMBERS: Final[Mapping[str, Spoken]] = {
    "This field is required.": Spoken("Feltet må være med.", "Feltet må vere med."),
    "This field may not be null.": Spoken(
        "Feltet kan ikke være null.", "Feltet kan ikkje vere null."
    ),
    "This field may not be blank.": Spoken(
        "Feltet kan ikke være tomt.", "Feltet kan ikkje vere tomt."
    ),
    "This list may not be empty.": Spoken(
        "Listen kan ikke være tom.", "Lista kan ikkje vere tom."
    ),
    "This dictionary may not be empty.": Spoken(
        "Objektet kan ikke være tomt.", "Objektet kan ikkje vere tomt."
    ),
    # --- kinds of values ---
    "Not a valid string.": Spoken(
        "Verdien må være en tekst.", "Verdien må vere tekst."
    ),
    "Must be a valid boolean.": Spoken(
        "Verdien må være true eller false.", "Verdien må vere true eller false."
    ),
    "A valid integer is required.": Spoken(
        "Verdien må være et helt tall.", "Verdien må vere eit heilt tal."
    ),
    "A valid number is required.": Spoken(
        "Verdien må være et tall.", "Verdien må vere eit tal."
    ),
    "Integer value too large to convert to float": Spoken(
        "Tallet er for stort.", "Talet er for stort."
    ),
    "String value too large.": Spoken(
        "Teksten er for lang til å være et tall.",
        "Teksten er for lang til å vere eit tal.",
    ),
    "Must be a valid UUID.": Spoken(
        "Verdien må være en UUID.", "Verdien må vere ein UUID."
    ),
    "Enter a valid URL.": Spoken(
        "Verdien må være en nettadresse.", "Verdien må vere ei nettadresse."
    ),
    "Value must be valid JSON.": Spoken(
        "Verdien må være gyldig JSON.", "Verdien må vere gyldig JSON."
    ),
    '"{input}" is not a valid choice.': Spoken(
        "«{input}» kan ikke velges her.", "«{input}» kan ikkje veljast her."
    ),
    '"{input}" is none of {known}.': Spoken(
        "«{input}» er ikke blant {known}.", "«{input}» er ikkje blant {known}."
    ),
    "This value does not match the required pattern.": Spoken(
        "Verdien har ikke den formen den skal ha.",
        "Verdien har ikkje den forma han skal ha.",
    ),
    "Give the {length} digits of the number.": Spoken(
        "Oppgi de {length} sifrene i nummeret.",
        "Oppgje dei {length} siffera i nummeret.",
    ),
    'Expected a list of items but got type "{input_type}".': Spoken(
        "Verdien må være en liste, og er av typen {input_type}.",
        "Verdien må vere ei liste, og er av typen {input_type}.",
    ),
    'Expected a dictionary of items but got type "{input_type}".': Spoken(
        "Verdien må være et objekt, og er av typen {input_type}.",
        "Verdien må vere eit objekt, og er av typen {input_type}.",
    ),
    "Invalid data. Expected a dictionary, but got {datatype}.": Spoken(
        "Verdien må være et objekt, og er av typen {datatype}.",
        "Verdien må vere eit objekt, og er av typen {datatype}.",
    ),
    # --- times ---
    "Datetime has wrong format. Use one of these formats instead: {format}.": Spoken(
        "Tidspunktet har feil form. Bruk en av disse: {format}.",
        "Tidspunktet har feil form. Bruk ei av desse: {format}.",
    ),
    "Date has wrong format. Use one of these formats instead: {format}.": Spoken(
        "Datoen har feil form. Bruk en av disse: {format}.",
        "Datoen har feil form. Bruk ei av desse: {format}.",
    ),
    "Expected a date but got a datetime.": Spoken(
        "Verdien må være en dato, og er et tidspunkt.",
        "Verdien må vere ein dato, og er eit tidspunkt.",
    ),
    "Expected a datetime but got a date.": Spoken(
        "Verdien må være et tidspunkt, og er en dato.",
        "Verdien må vere eit tidspunkt, og er ein dato.",
    ),
    "Datetime value out of range.": Spoken(
        "Tidspunktet er utenfor det tillatte.", "Tidspunktet er utanfor det tillatne."
    ),
    'Invalid datetime for the timezone "{timezone}".': Spoken(
        "Tidspunktet finnes ikke i tidssonen «{timezone}».",
        "Tidspunktet finst ikkje i tidssona «{timezone}».",
    ),
    # --- sizes ---
    "Ensure this value is less than or equal to {max_value}.": Spoken(
        "Verdien kan være høyst {max_value}.", "Verdien kan vere høgst {max_value}."
    ),
    "Ensure this value is greater than or equal to {min_value}.": Spoken(
        "Verdien må være minst {min_value}.", "Verdien må vere minst {min_value}."
    ),
    "Ensure this field has no more than {max_length} characters.": Spoken(
        "Feltet kan ha høyst {max_length} tegn.",
        "Feltet kan ha høgst {max_length} teikn.",
    ),
    "Ensure this field has at least {min_length} characters.": Spoken(
        "Feltet må ha minst {min_length} tegn.",
        "Feltet må ha minst {min_length} teikn.",
    ),
    "Ensure this field has no more than {max_length} elements.": Spoken(
        "Listen kan ha høyst {max_length} elementer.",
        "Lista kan ha høgst {max_length} element.",
    ),
    "Ensure this field has at least {min_length} elements.": Spoken(
        "Listen må ha minst {min_length} elementer.",
        "Lista må ha minst {min_length} element.",
    ),
    "There may be {most} texts; these are {count}.": Spoken(
        "Det kan være {most} tekster; her er {count}.",
        "Det kan vere {most} tekstar; her er {count}.",
    ),
    "There may be {most} fields; these are {count}.": Spoken(
        "Det kan være {most} felter; her er {count}.",
        "Det kan vere {most} felt; her er {count}.",
    ),
    "A name may have {most} characters; {name}… has {count}.": Spoken(
        "Et navn kan ha {most} tegn; {name}… har {count}.",
        "Eit namn kan ha {most} teikn; {name}… har {count}.",
    ),
    # --- characters, and members together ---
    "Null characters are not allowed.": Spoken(
        "NUL-tegn er ikke tillatt.", "NUL-teikn er ikkje tillatne."
    ),
    "Surrogate characters are not allowed: U+{code_point}.": Spoken(
        "Halve tegn er ikke tillatt: U+{code_point}.",
        "Halve teikn er ikkje tillatne: U+{code_point}.",
    ),
    "It has a control character.": Spoken(
        "Det har et styretegn.", "Det har eit styreteikn."
    ),
    "A process that has ended stands in no task.": Spoken(
        "En avsluttet prosess står ikke i noen oppgave.",
        "Ein avslutta prosess står ikkje i noka oppgåve.",
    ),
    "Give either ssn or orgNo.": Spoken(
        "Oppgi enten ssn eller orgNo.", "Oppgje anten ssn eller orgNo."
    ),
    "The metadata of an application is a JSON object.": Spoken(
        "Metadataene til en applikasjon er et JSON-objekt.",
        "Metadata for ein applikasjon er eit JSON-objekt.",
    ),
}


class MemberSentence(Phrase):
    """A sentence of a serializer's, of which it is known what was filled in."""


def sentence_of(message: str) -> str:
    """Return the message, as one that has a language where its template is known."""
    for template, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(message):
            return MemberSentence(template, **found.groupdict())
    return message


def _pattern(template: str) -> re.Pattern[str]:
    parts = (
        re.escape(words) + (f"(?P<{name}>.*)" if name else "")
        for words, name, _, _ in Formatter().parse(template)
    )
    return re.compile("".join(parts), re.DOTALL)


_PATTERNS: Final = {template: _pattern(template) for template in MEMBERS}
