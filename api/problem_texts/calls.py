"""What problems of a call itself say: its address, caller, headers, body and pace."""

from collections.abc import Mapping
from typing import Final

from api.problem_texts.spoken import Spoken

CALLS: Final[Mapping[str, Spoken]] = {
    "error": Spoken(
        nb="Forespørselen kunne ikke utføres.",
        nn="Førespurnaden kunne ikkje utførast.",
    ),
    "not-found": Spoken(
        nb="Det er ingenting på denne adressen.",
        nn="Det er ingenting på denne adressa.",
    ),
    "route-not-found": Spoken(
        nb="Det er ingen ressurs på {path}; se /docs/application og /docs/platform.",
        nn="Det er ingen ressurs på {path}; sjå /docs/application og /docs/platform.",
    ),
    "method-not-allowed": Spoken(
        nb="Metoden {method} er ikke tillatt på {path}; se headeren Allow.",
        nn="Metoden {method} er ikkje tillaten på {path}; sjå headeren Allow.",
    ),
    "host-unknown": Spoken(
        nb="Denne serveren svarer ikke for verten {host!r}; se ALTINN_BASE_URL.",
        nn="Denne tenaren svarer ikkje for verten {host!r}; sjå ALTINN_BASE_URL.",
    ),
    "internal-error": Spoken(
        nb="Serveren klarte ikke å utføre forespørselen; loggen har sporings-id-en.",
        nn="Tenaren klarte ikkje å utføre førespurnaden; loggen har sporings-id-en.",
    ),
    # --- who calls, and what he may ---
    "token-missing": Spoken(
        nb="Dette kallet krever et tilgangstoken; send det som Bearer-token.",
        nn="Dette kallet krev eit tilgangstoken; send det som Bearer-token.",
    ),
    "invalid-token": Spoken(
        nb=(
            "Tilgangstokenet er ikke gyldig; hent et nytt og send det som Bearer-token."
        ),
        nn=(
            "Tilgangstokenet er ikkje gyldig; hent eit nytt og send det som"
            " Bearer-token."
        ),
    ),
    "session-ended": Spoken(
        nb="Denne sesjonen kan ikke forlenges; hent et nytt token.",
        nn="Denne sesjonen kan ikkje forlengjast; hent eit nytt token.",
    ),
    "session-not-prolonged": Spoken(
        nb="Sesjonen kan ikke forlenges; logg inn på nytt.",
        nn="Sesjonen kan ikkje forlengjast; logg inn på nytt.",
    ),
    "anti-forgery-failed": Spoken(
        nb=(
            "En endring som er autentisert med informasjonskapsel, må ha headeren"
            " X-XSRF-TOKEN med verdien av informasjonskapselen XSRF-TOKEN."
        ),
        nn=(
            "Ei endring som er autentisert med informasjonskapsel, må ha headeren"
            " X-XSRF-TOKEN med verdien av informasjonskapselen XSRF-TOKEN."
        ),
    ),
    "not-permitted": Spoken(
        nb="Reglene for applikasjonen tillater ikke {action} for denne kalleren her.",
        nn="Reglane for applikasjonen tillèt ikkje {action} for denne kallaren her.",
    ),
    "authentication-level-too-low": Spoken(
        nb="Dette krever autentiseringsnivå {level}; tokenet har {has}.",
        nn="Dette krev autentiseringsnivå {level}; tokenet har {has}.",
    ),
    "scope-missing": Spoken(
        nb="Dette kallet krever scopet {scope}, og det har ikke tokenet.",
        nn="Dette kallet krev scopet {scope}, og det har ikkje tokenet.",
    ),
    "altinn-scope-missing": Spoken(
        nb="Tokenet har ikke noe scope som begynner med altinn:; be om ett med det.",
        nn="Tokenet har ikkje noko scope som byrjar med altinn:; be om eitt med det.",
    ),
    "owner-only": Spoken(
        nb=("Bare tjenesteeieren {org} kan gjøre dette; send et token for den eieren."),
        nn=(
            "Berre tenesteeigaren {org} kan gjere dette; send eit token for den"
            " eigaren."
        ),
    ),
    "user-only": Spoken(
        nb="Dette er for brukere, og tokenet er ikke en brukers.",
        nn="Dette er for brukarar, og tokenet er ikkje ein brukar sitt.",
    ),
    "own-user-only": Spoken(
        nb="Bare bruker {user_id} kan spørre om dette, med et token for seg selv.",
        nn="Berre brukar {user_id} kan spørje om dette, med eit token for seg sjølv.",
    ),
    "caller-unidentified": Spoken(
        nb="Autentiseringen sier ikke hvem som kaller.",
        nn="Autentiseringa seier ikkje kven som kallar.",
    ),
    "caller-without-profile": Spoken(
        nb="Den som kaller, har ingen profil: {kind}",
        nn="Den som kallar, har ingen profil: {kind}",
    ),
    "caller-cannot-list": Spoken(
        nb=(
            "Et slikt token lister ingen instanser; bruk et token for en bruker eller"
            " en tjenesteeier."
        ),
        nn=(
            "Eit slikt token listar ingen instansar; bruk eit token for ein brukar"
            " eller ein tenesteeigar."
        ),
    ),
    # --- how often ---
    "rate-limited": Spoken(
        nb="Dette ble kalt for ofte; prøv igjen om {retry_after} sekunder.",
        nn="Dette vart kalla for ofte; prøv igjen om {retry_after} sekund.",
    ),
    "too-many-requests": Spoken(
        nb="For mange forespørsler; prøv igjen om {retry_after} sekunder.",
        nn="For mange førespurnader; prøv igjen om {retry_after} sekund.",
    ),
    "too-early": Spoken(
        nb="Det er for tidlig for dette; prøv igjen senere.",
        nn="Det er for tidleg for dette; prøv igjen seinare.",
    ),
    "idempotency-key-in-use": Spoken(
        nb=(
            "Et kall med denne Idempotency-Key er i gang; send det igjen om"
            " {retry_after} sekunder."
        ),
        nn=(
            "Eit kall med denne Idempotency-Key er i gang; send det igjen om"
            " {retry_after} sekund."
        ),
    ),
    "idempotency-key-invalid": Spoken(
        nb="Headeren Idempotency-Key må ha 1 til 255 synlige ASCII-tegn.",
        nn="Headeren Idempotency-Key må ha 1 til 255 synlege ASCII-teikn.",
    ),
    "idempotency-key-reused": Spoken(
        nb=(
            "Denne Idempotency-Key ble brukt på denne adressen med et annet innhold;"
            " send et nytt kall med sin egen nøkkel."
        ),
        nn=(
            "Denne Idempotency-Key vart brukt på denne adressa med eit anna innhald;"
            " send eit nytt kall med sin eigen nøkkel."
        ),
    ),
    "idempotent-answer-dropped": Spoken(
        nb=(
            "Kallet ble utført tidligere med status {status}; svaret var for stort til"
            " å bli tatt vare på."
        ),
        nn=(
            "Kallet vart utført tidlegare med status {status}; svaret var for stort"
            " til å bli teke vare på."
        ),
    ),
    "database-unavailable": Spoken(
        nb="Databasen svarer ikke nå; prøv igjen om {retry_after} sekunder.",
        nn="Databasen svarer ikkje no; prøv igjen om {retry_after} sekund.",
    ),
    "query-too-slow": Spoken(
        nb=(
            "Spørringen ble stoppet etter {seconds} sekunder; avgrens den med appId,"
            " tilstand eller tid, eller be om et anslag av antallet."
        ),
        nn=(
            "Spørjinga vart stoppa etter {seconds} sekund; avgrens ho med appId,"
            " tilstand eller tid, eller be om eit overslag av talet."
        ),
    ),
    "continuation-token-invalid": Spoken(
        nb=(
            "continuationToken er ikke fra denne listen, eller for gammelt; begynn på"
            " nytt uten."
        ),
        nn=(
            "continuationToken er ikkje frå denne lista, eller for gammalt; byrj på"
            " nytt utan."
        ),
    ),
    "precondition-failed": Spoken(
        nb="{thing} er endret siden lesingen; les på nytt.",
        nn="{thing} er endra sidan lesinga; les på nytt.",
    ),
    "parameter-invalid": Spoken(nb="{reasons}", nn="{reasons}"),
    # --- the body ---
    "request-refused": Spoken(
        nb="Forespørselen kan ikke leses: {reason}",
        nn="Førespurnaden kan ikkje lesast: {reason}",
    ),
    "body-missing": Spoken(
        nb="Forespørselen må ha et innhold.",
        nn="Førespurnaden må ha eit innhald.",
    ),
    "body-too-large": Spoken(
        nb="Innholdet er større enn det serveren leser her.",
        nn="Innhaldet er større enn det tenaren les her.",
    ),
    "json-too-large": Spoken(
        nb="JSON kan ha {limit} byte; dette er mer.",
        nn="JSON kan ha {limit} byte; dette er meir.",
    ),
    "json-malformed": Spoken(
        nb="Innholdet er ikke JSON: {reason}",
        nn="Innhaldet er ikkje JSON: {reason}",
    ),
    "validation-failed": Spoken(
        nb="{count} felt i innholdet er ikke som de må være: {names}.",
        nn="{count} felt i innhaldet er ikkje slik dei må vere: {names}.",
    ),
    "content-type-unsupported": Spoken(
        nb="Innholdstypen {content_type!r} blir ikke tatt imot her.",
        nn="Innhaldstypen {content_type!r} blir ikkje teken imot her.",
    ),
    "content-type-malformed": Spoken(
        nb="Content-Type har et kontrolltegn.",
        nn="Content-Type har eit kontrollteikn.",
    ),
    "content-type-too-long": Spoken(
        nb="Content-Type har {length} tegn; det kan være 255.",
        nn="Content-Type har {length} teikn; det kan vere 255.",
    ),
    "content-length-missing": Spoken(
        nb=(
            "Innhold av typen {content_type!r} må ha Content-Length: i biter uten ser"
            " et avkortet innhold ut som et helt."
        ),
        nn=(
            "Innhald av typen {content_type!r} må ha Content-Length: i bitar utan ser"
            " eit avkorta innhald ut som eit heilt."
        ),
    ),
    "range-not-satisfiable": Spoken(
        nb="Området {range!r} ligger utenfor de {size} bytene av innholdet.",
        nn="Området {range!r} ligg utanfor dei {size} bytane av innhaldet.",
    ),
    "xml-malformed": Spoken(
        nb="XML-en er feil bygd opp på linje {line}: {reason}",
        nn="XML-en er feil bygd opp på linje {line}: {reason}",
    ),
    "xml-doctype-refused": Spoken(
        nb="XML-en har en DOCTYPE; send den uten.",
        nn="XML-en har ein DOCTYPE; send han utan.",
    ),
    "xml-too-deep": Spoken(
        nb="XML-en er nøstet dypere enn 64 elementer.",
        nn="XML-en er nøsta djupare enn 64 element.",
    ),
    "xml-too-long": Spoken(
        nb=(
            "XML-en har et attributt på mer enn 65536 tegn eller en tekst på mer enn"
            " 10000000."
        ),
        nn=(
            "XML-en har eit attributt på meir enn 65536 teikn eller ein tekst på meir"
            " enn 10000000."
        ),
    ),
}
