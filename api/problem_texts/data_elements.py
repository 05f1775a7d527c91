"""What problems of data elements say: their types, contents, files and forms."""

from collections.abc import Mapping
from typing import Final

from api.problem_texts.spoken import Spoken

DATA_ELEMENTS: Final[Mapping[str, Spoken]] = {
    "data-element-not-found": Spoken(
        nb="Fant ikke noe dataelement med id: {element_id}.",
        nn="Fann ikkje noko dataelement med id: {element_id}.",
    ),
    "content-missing": Spoken(
        nb="Innholdet i dataelementet {element_id} kan ikke leses fra lageret.",
        nn="Innhaldet i dataelementet {element_id} kan ikkje lesast frå lageret.",
    ),
    "data-element-changed": Spoken(
        nb=(
            "Innholdet i dataelementet {element_id} ble endret av et annet kall etter"
            " at det ble lest."
        ),
        nn=(
            "Innhaldet i dataelementet {element_id} vart endra av eit anna kall etter"
            " at det vart lese."
        ),
    ),
    "data-element-locked": Spoken(
        nb="Dataelementet {element_id} er låst og kan ikke endres.",
        nn="Dataelementet {element_id} er låst og kan ikkje endrast.",
    ),
    "data-element-infected": Spoken(
        nb=("Dataelementet {element_id} har skadelig innhold, som ikke leveres ut."),
        nn=(
            "Dataelementet {element_id} har skadeleg innhald, som ikkje blir levert ut."
        ),
    ),
    "storage-unavailable": Spoken(
        nb=(
            "Lageret for innhold kan ikke brukes akkurat nå; prøv igjen om"
            " {retry_after} sekunder."
        ),
        nn=(
            "Lageret for innhald kan ikkje brukast akkurat no; prøv igjen om"
            " {retry_after} sekund."
        ),
    ),
    "not-downloaded-yet": Spoken(
        nb=(
            "Dataelementet {element_id} er aldri lastet ned av {org}; last det ned før"
            " det bekreftes."
        ),
        nn=(
            "Dataelementet {element_id} er aldri lasta ned av {org}; last det ned før"
            " det blir stadfesta."
        ),
    ),
    "scanned-content-gone": Spoken(
        nb=(
            "contentHash er ikke den til innholdet som dataelementet {element_id} har"
            " nå; søk gjennom det igjen."
        ),
        nn=(
            "contentHash er ikkje den til innhaldet som dataelementet {element_id} har"
            " no; søk gjennom det igjen."
        ),
    ),
    "element-address-mismatch": Spoken(
        nb="Adressen og dataelementet i innholdet stemmer ikke overens.",
        nn="Adressa og dataelementet i innhaldet stemmer ikkje overeins.",
    ),
    # --- contents and files ---
    "content-type-missing": Spoken(
        nb="Forespørselen mangler innholdstypen; oppgi Content-Type.",
        nn="Førespurnaden manglar innhaldstypen; oppgje Content-Type.",
    ),
    "content-empty": Spoken(
        nb="Innholdet er tomt, og kan ikke lagres.",
        nn="Innhaldet er tomt, og kan ikkje lagrast.",
    ),
    "replacement-empty": Spoken(
        nb="Det er ikke noe innhold å erstatte det gamle med.",
        nn="Det er ikkje noko innhald å erstatte det gamle med.",
    ),
    "content-too-large": Spoken(
        nb=(
            "Innholdet er for stort. Det er på {length} byte, mer enn grensen på"
            " {limit} MB."
        ),
        nn=(
            "Innhaldet er for stort. Det er på {length} byte, meir enn grensa på"
            " {limit} MB."
        ),
    ),
    "content-cut-short": Spoken(
        nb="Innholdet sluttet etter {received} byte; Content-Length lovet {announced}.",
        nn="Innhaldet slutta etter {received} byte; Content-Length lova {announced}.",
    ),
    "upload-too-slow": Spoken(
        nb="Innholdet kom ikke fram på {hours} timer.",
        nn="Innhaldet kom ikkje fram på {hours} timar.",
    ),
    "file-name-too-long": Spoken(
        nb="Filnavnet har {length} tegn; det kan ha 255.",
        nn="Filnamnet har {length} teikn; det kan ha 255.",
    ),
    "file-refused": Spoken(
        nb="Filen blir ikke tatt imot: {reason}",
        nn="Fila blir ikkje teken imot: {reason}",
    ),
    "file-invalid": Spoken(
        nb="Filen er ikke som applikasjonen vil ha den.",
        nn="Fila er ikkje slik applikasjonen vil ha ho.",
    ),
    # --- types ---
    "data-type-unknown": Spoken(
        nb="Applikasjonen har ikke datatypen «{data_type}».",
        nn="Applikasjonen har ikkje datatypen «{data_type}».",
    ),
    "owner-party-missing": Spoken(
        nb="Adressen nevner ingen eier: ingen part har id-en 0.",
        nn="Adressa nemner ingen eigar: ingen part har id-en 0.",
    ),
    "data-type-missing": Spoken(
        nb="Datatypen eller innholdet mangler; oppgi dataType.",
        nn="Datatypen eller innhaldet manglar; oppgje dataType.",
    ),
    "page-data-type-missing": Spoken(
        nb="Parameteren `dataTypeId` må oppgis.",
        nn="Parameteren `dataTypeId` må oppgjevast.",
    ),
    "data-type-mismatch": Spoken(
        nb=(
            "Datatypen {stated} passer ikke med dataelementet {element_id}, som er av"
            " typen {data_type}."
        ),
        nn=(
            "Datatypen {stated} passar ikkje med dataelementet {element_id}, som er av"
            " typen {data_type}."
        ),
    ),
    "data-type-generated": Spoken(
        nb="Dataelementer av typen {data_type} kan ikke endres.",
        nn="Dataelement av typen {data_type} kan ikkje endrast.",
    ),
    "data-type-of-other-task": Spoken(
        nb=(
            "Dataelementer av typen {data_type} kan bare endres i {task} (nå:"
            " {current})."
        ),
        nn=(
            "Dataelement av typen {data_type} kan berre endrast i {task} (no:"
            " {current})."
        ),
    ),
    "contributor-not-allowed": Spoken(
        nb="Kalleren er ikke en av dem som kan bidra til datatypen.",
        nn="Kallaren er ikkje ein av dei som kan bidra til datatypen.",
    ),
    "max-count-exceeded": Spoken(
        nb="Det kan ikke være mer enn {max_count} dataelementer av typen {data_type}.",
        nn="Det kan ikkje vere meir enn {max_count} dataelement av typen {data_type}.",
    ),
    "user-create-disallowed": Spoken(
        nb="Applikasjonen lar ikke brukere lage dataelementer av typen {data_type}.",
        nn="Applikasjonen lèt ikkje brukarar lage dataelement av typen {data_type}.",
    ),
    "user-delete-disallowed": Spoken(
        nb="Applikasjonen lar ikke brukere slette dataelementer av typen {data_type}.",
        nn="Applikasjonen lèt ikkje brukarar slette dataelement av typen {data_type}.",
    ),
    "main-element-kept": Spoken(
        nb="Applikasjonen trenger dette elementet, så det kan ikke slettes.",
        nn="Applikasjonen treng dette elementet, så det kan ikkje slettast.",
    ),
    "delayed-deletion-unsupported": Spoken(
        nb="Datatypen {data_type} tillater ikke sletting senere.",
        nn="Datatypen {data_type} tillèt ikkje sletting seinare.",
    ),
    "no-current-task": Spoken(
        nb="Instansen står ikke i noen oppgave.",
        nn="Instansen står ikkje i noka oppgåve.",
    ),
    # --- forms ---
    "form-content-type-unsupported": Spoken(
        nb="Innholdstypen {content_type} kan ikke leses; skjemaer er XML eller JSON.",
        nn="Innhaldstypen {content_type} kan ikkje lesast; skjema er XML eller JSON.",
    ),
    "form-too-large": Spoken(
        nb="Skjemaet er på {size} byte, mer enn de {limit} som et skjema kan ha.",
        nn="Skjemaet er på {size} byte, meir enn dei {limit} som eit skjema kan ha.",
    ),
    "no-form-data": Spoken(
        nb="Dataelementet {element_id} av typen {data_type} er ikke et skjema.",
        nn="Dataelementet {element_id} av typen {data_type} er ikkje eit skjema.",
    ),
    "patch-element-twice": Spoken(
        nb="Dataelementet {element_id} endres to ganger; send én endring for det.",
        nn="Dataelementet {element_id} blir endra to gonger; send éi endring for det.",
    ),
    "party-header-invalid": Spoken(
        nb=(
            "Headeren party er ugyldig. Skriv den som partyid:123, org:[orgnr] eller"
            " person:[fnr]."
        ),
        nn=(
            "Headeren party er ugyldig. Skriv han som partyid:123, org:[orgnr] eller"
            " person:[fnr]."
        ),
    ),
    "stateless-content-unsupported": Spoken(
        nb="Innholdstypen {content_type!r:.100} kan ikke leses.",
        nn="Innhaldstypen {content_type!r:.100} kan ikkje lesast.",
    ),
    "stateless-data-type-invalid": Spoken(
        nb="dataType {data_type} er ugyldig. Oppgi en gyldig dataType i spørringen.",
        nn="dataType {data_type} er ugyldig. Oppgje ein gyldig dataType i spørjinga.",
    ),
    # --- descriptions ---
    "metadata-keys-not-allowed": Spoken(
        nb="Disse nøklene er ikke tillatt: {keys}",
        nn="Desse nøklane er ikkje tillatne: {keys}",
    ),
    "metadata-keys-twice": Spoken(
        nb="Disse nøklene står to ganger: {keys}",
        nn="Desse nøklane står to gonger: {keys}",
    ),
    "tag-invalid": Spoken(
        nb="Merkelapper kan bare ha bokstaver, «-» og «_».",
        nn="Merkelappar kan berre ha bokstavar, «-» og «_».",
    ),
    "too-many-tags": Spoken(
        nb="Dataelementet {element_id} har {most} merkelapper, og kan ikke ha flere.",
        nn="Dataelementet {element_id} har {most} merkelappar, og kan ikkje ha fleire.",
    ),
}
