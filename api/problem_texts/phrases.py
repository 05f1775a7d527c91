"""Words of ours that details have among their values, by their English."""

from collections.abc import Mapping
from typing import Final

from api.problem_texts.spoken import Spoken

PHRASES: Final[Mapping[str, Spoken]] = {
    # --- what something is about ---
    "instance {id}": Spoken("Instansen {id}", "Instansen {id}"),
    "Instance {id}": Spoken("Instansen {id}", "Instansen {id}"),
    "An instance": Spoken("En instans", "Ein instans"),
    "data element {id}": Spoken("Dataelementet {id}", "Dataelementet {id}"),
    "the body": Spoken("hele innholdet", "heile innhaldet"),
    "task": Spoken("oppgaven", "oppgåva"),
    "data type": Spoken("datatypen", "datatypen"),
    "presentation texts": Spoken("presentasjonstekster", "presentasjonstekstar"),
    "data values": Spoken("dataverdier", "dataverdiar"),
    "There is no data type {data_type!r}; the application declares: {known}.": Spoken(
        "Datatypen {data_type!r} finnes ikke; applikasjonen har: {known}.",
        "Datatypen {data_type!r} finst ikkje; applikasjonen har: {known}.",
    ),
    "national identity number": Spoken("fødselsnummeret", "fødselsnummeret"),
    "organisation number": Spoken("organisasjonsnummeret", "organisasjonsnummeret"),
    "party id": Spoken("part-id", "part-id"),
    "UUID": Spoken("UUID", "UUID"),
    "none": Spoken("ingen", "inga"),
    "Service owner {org}": Spoken("Tjenesteeieren {org}", "Tenesteeigaren {org}"),
    "System user {id}": Spoken("Systembrukeren {id}", "Systembrukaren {id}"),
    "Org {number}": Spoken("Organisasjonen {number}", "Organisasjonen {number}"),
    "User {id}": Spoken("Bruker {id}", "Brukar {id}"),
    "true or false": Spoken("true eller false", "true eller false"),
    "a type of event; those are: {known}": Spoken(
        "en type hendelse; disse fins: {known}",
        "ein type hending; desse finst: {known}",
    ),
    "a whole number": Spoken("et helt tall", "eit heilt tal"),
    "a number": Spoken("et tall", "eit tal"),
    "a value": Spoken("en verdi", "ein verdi"),
    # --- what is wrong with a parameter ---
    "The parameter {name!r} is unknown here; known are: {known}.": Spoken(
        "Parameteren {name!r} er ukjent her; kjent er: {known}.",
        "Parameteren {name!r} er ukjend her; kjende er: {known}.",
    ),
    "{name} has a NUL character, or more than {most} values.": Spoken(
        "{name} har et NUL-tegn, eller mer enn {most} verdier.",
        "{name} har eit NUL-teikn, eller meir enn {most} verdiar.",
    ),
    "Give one value only: {listed}.": Spoken(
        "Oppgi bare én verdi: {listed}.", "Oppgje berre éin verdi: {listed}."
    ),
    "The value {text!r} of {name} is not {expected}.": Spoken(
        "Verdien {text!r} av {name} er ikke {expected}.",
        "Verdien {text!r} av {name} er ikkje {expected}.",
    ),
    "The parameter {name} is missing; give it.": Spoken(
        "Parameteren {name} mangler; oppgi den.",
        "Parameteren {name} manglar; oppgje han.",
    ),
    "Name the instance owner in one way only.": Spoken(
        "Oppgi eieren av instansen på bare én måte.",
        "Oppgje eigaren av instansen på berre éin måte.",
    ),
    "{name} needs to be exactly {length} digits.": Spoken(
        "{name} må ha nøyaktig {length} sifre.",
        "{name} må ha nøyaktig {length} siffer.",
    ),
    "a whole number from {least} to {most}": Spoken(
        "et helt tall fra {least} til {most}", "eit heilt tal frå {least} til {most}"
    ),
    "a day, as 2026-01-31": Spoken("en dag, som 2026-01-31", "ein dag, som 2026-01-31"),
    "an application of {org}, as {org}/app": Spoken(
        "en applikasjon fra {org}, som {org}/app",
        "ein applikasjon frå {org}, som {org}/app",
    ),
    "an ISO 8601 time, UTC unless it says otherwise": Spoken(
        "et tidspunkt etter ISO 8601, i UTC hvis det ikke sier noe annet",
        "eit tidspunkt etter ISO 8601, i UTC om det ikkje seier noko anna",
    ),
    "that of the body, {in_body!r}": Spoken(
        "den i innholdet, {in_body!r}", "den i innhaldet, {in_body!r}"
    ),
    "at most {most} printable characters": Spoken(
        "høyst {most} synlige tegn", "høgst {most} synlege teikn"
    ),
    # --- how a service task went ---
    "failed with an exception": Spoken("feilet med et unntak", "feila med eit unntak"),
    "returned a failed result": Spoken("mislyktes", "mislukkast"),
    # --- why a file is refused ---
    "Invalid data provided. Error: {reason}": Spoken(
        "Filen blir ikke tatt imot: {reason}", "Fila blir ikkje teken imot: {reason}"
    ),
    "The request must include a Content-Disposition header": Spoken(
        "Headeren Content-Disposition mangler", "Headeren Content-Disposition manglar"
    ),
    "Binary attachment exceeds limit of {limit}": Spoken(
        "Vedlegget er større enn {limit} byte", "Vedlegget er større enn {limit} byte"
    ),
    "The Content-Disposition header must contain a valid filename": Spoken(
        "Headeren Content-Disposition må ha et gyldig filnavn",
        "Headeren Content-Disposition må ha eit gyldig filnamn",
    ),
    (
        "Invalid format for filename: {filename}. Filename is expected to end with"
        " '.{{filetype}}'."
    ): Spoken(
        "Filnavnet {filename} er ikke gyldig. Det må slutte med en filtype.",
        "Filnamnet {filename} er ikkje gyldig. Det må slutte med ein filtype.",
    ),
    "Content-Type header must be included in request.": Spoken(
        "Headeren Content-Type mangler.", "Headeren Content-Type manglar."
    ),
    (
        "Content type header {stated} does not match mime type {expected} for uploaded"
        " file. Please fix header or upload another file."
    ): Spoken(
        "Innholdstypen {stated} passer ikke med filen, som er {expected}. Rett headeren"
        " eller last opp en annen fil.",
        "Innhaldstypen {stated} passar ikkje med fila, som er {expected}. Rett headeren"
        " eller last opp ei anna fil.",
    ),
    (
        "Invalid content type: {given}. Please try another file. Permitted content"
        " types include: {permitted}"
    ): Spoken(
        "Innholdstypen {given} er ikke tillatt. Prøv en annen fil. Tillatt er:"
        " {permitted}",
        "Innhaldstypen {given} er ikkje tillaten. Prøv ei anna fil. Tillate er:"
        " {permitted}",
    ),
    # --- why something cannot be copied ---
    "its content is missing.": Spoken("innholdet mangler.", "innhaldet manglar."),
    "the data type {data_type} has no data model.": Spoken(
        "datatypen {data_type} har ingen datamodell.",
        "datatypen {data_type} har ingen datamodell.",
    ),
}
