"""What problems of an application's own files and lists say."""

from collections.abc import Mapping
from typing import Final

from api.problem_texts.spoken import Spoken

APPLICATIONS: Final[Mapping[str, Spoken]] = {
    "app-not-found": Spoken(
        nb="Fant ingen applikasjon med appId={app_id}",
        nn="Fann ingen applikasjon med appId={app_id}",
    ),
    "app-unreadable": Spoken(
        nb="Utgaven av {app_id} kan ikke leses; eieren må importere den på nytt.",
        nn="Utgåva av {app_id} kan ikkje lesast; eigaren må importere ho på nytt.",
    ),
    "app-file-unreadable": Spoken(
        nb="Filen {path} i {app_id} kan ikke leses: {reason}",
        nn="Fila {path} i {app_id} kan ikkje lesast: {reason}",
    ),
    "layout-set-missing": Spoken(
        nb=(
            "Dette endepunktet finnes ikke lenger. Bruk /{org}/{app}/api/layoutsets for"
            " å se hvilke layoutsett som finnes, og /{org}/{app}/api/layouts/{id} for å"
            " hente et av dem."
        ),
        nn=(
            "Dette endepunktet finst ikkje lenger. Bruk /{org}/{app}/api/layoutsets for"
            " å sjå kva layoutsett som finst, og /{org}/{app}/api/layouts/{id} for å"
            " hente eitt av dei."
        ),
    ),
    "language-invalid": Spoken(
        nb="Språket {language} er ugyldig. En språkkode har to tegn.",
        nn="Språket {language} er ugyldig. Ein språkkode har to teikn.",
    ),
    "code-list-not-found": Spoken(
        nb="Biblioteket har ingen kodeliste {reference}.",
        nn="Biblioteket har inga kodeliste {reference}.",
    ),
    "code-list-unavailable": Spoken(
        nb="Kodelisten {reference} kan ikke hentes fra biblioteket nå.",
        nn="Kodelista {reference} kan ikkje hentast frå biblioteket no.",
    ),
    "data-list-not-found": Spoken(
        nb="Applikasjonen {app_id} har ingen dataliste {name!r}.",
        nn="Applikasjonen {app_id} har inga dataliste {name!r}.",
    ),
    "options-of-instance": Spoken(
        nb=(
            "Disse valgene hører til en instans. Bruk endepunktet som krever"
            " instanceOwnerPartyId og instanceId."
        ),
        nn=(
            "Desse vala høyrer til ein instans. Bruk endepunktet som krev"
            " instanceOwnerPartyId og instanceId."
        ),
    ),
    "external-api-unknown": Spoken(
        nb="Fant ikke noe eksternt API med id '{id}'.",
        nn="Fann ikkje noko eksternt API med id '{id}'.",
    ),
    "redirect-url-empty": Spoken(
        nb="Parameteren url kan ikke være tom.",
        nn="Parameteren url kan ikkje vere tom.",
    ),
    "redirect-url-unreadable": Spoken(
        nb="Parameteren url må være en gyldig tekst i base64.",
        nn="Parameteren url må vere ein gyldig tekst i base64.",
    ),
    "prefill-target-unknown": Spoken(
        nb=(
            "Filen models/{data_type}.prefill.json fyller ut {target!r}, som skjemaet"
            " ikke har som felt utenfor rader."
        ),
        nn=(
            "Fila models/{data_type}.prefill.json fyller ut {target!r}, som skjemaet"
            " ikkje har som felt utanfor rader."
        ),
    ),
    "prefill-unfit": Spoken(
        nb=(
            "Det registeret sier om {section}.{source}, passer ikke i feltet {target!r}"
            " i {data_type}."
        ),
        nn=(
            "Det registeret seier om {section}.{source}, passar ikkje i feltet"
            " {target!r} i {data_type}."
        ),
    ),
    "stateless-form-unmodelled": Spoken(
        nb=(
            "Datatypen {data_type} har ingen datamodell i models/, og et skjema uten"
            " instans må ha en."
        ),
        nn=(
            "Datatypen {data_type} har ingen datamodell i models/, og eit skjema utan"
            " instans må ha ein."
        ),
    ),
}
