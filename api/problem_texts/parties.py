"""What problems of parties say: finding them, giving rights, reading their events."""

from collections.abc import Mapping
from typing import Final

from api.problem_texts.spoken import Spoken

PARTIES: Final[Mapping[str, Spoken]] = {
    "party-not-found": Spoken(
        nb="Registeret har ingen slik part; kontroller det som er oppgitt.",
        nn="Registeret har ingen slik part; kontroller det som er oppgjeve.",
    ),
    "party-not-represented": Spoken(
        nb="Kalleren kan ikke representere noen part med {what} {value}.",
        nn="Kallaren kan ikkje representere nokon part med {what} {value}.",
    ),
    "party-not-selectable": Spoken(
        nb="{caller} kan ikke representere {party_id}.",
        nn="{caller} kan ikkje representere {party_id}.",
    ),
    "profile-not-found": Spoken(
        nb="Registeret har ingen bruker {user}; kontroller nummeret.",
        nn="Registeret har ingen brukar {user}; kontroller nummeret.",
    ),
    "number-mistyped": Spoken(
        nb="Kontrollsifrene i {what} er feil; sammenlign med kilden.",
        nn="Kontrollsifra i {what} er feil; samanlikn med kjelda.",
    ),
    "look-ups-exhausted": Spoken(
        nb=(
            "For mange oppslag i registeret: {misses} oppslag i timen kan være uten"
            " treff; prøv igjen om {retry_after} sekunder."
        ),
        nn=(
            "For mange oppslag i registeret: {misses} oppslag i timen kan vere utan"
            " treff; prøv igjen om {retry_after} sekund."
        ),
    ),
    "no-roles": Spoken(
        nb="Bruker {user_id} har ingen rolle for parten {party_id}.",
        nn="Brukar {user_id} har inga rolle for parten {party_id}.",
    ),
    "nobody-represented": Spoken(
        nb="Bruker {user_id} kan ikke representere noen part i registeret.",
        nn="Brukar {user_id} kan ikkje representere nokon part i registeret.",
    ),
    "none-registered": Spoken(
        nb="Registeret har ingen av disse {count} partene.",
        nn="Registeret har ingen av desse {count} partane.",
    ),
    # --- giving rights ---
    "delegator-not-owner": Spoken(
        nb="Parten i from er ikke eieren av instansen {instance_id}.",
        nn="Parten i from er ikkje eigaren av instansen {instance_id}.",
    ),
    "recipient-unknown": Spoken(
        nb="Ingen har identifikatoren i to, av typen {type}.",
        nn="Ingen har identifikatoren i to, av typen {type}.",
    ),
    "self-delegation": Spoken(
        nb="Eieren av instansen kan ikke være mottaker også; oppgi en annen i to.",
        nn="Eigaren av instansen kan ikkje vere mottakar òg; oppgje ein annan i to.",
    ),
    "nothing-delegable": Spoken(
        nb="Reglene for applikasjonen lar den ikke gi noen av disse rettene.",
        nn="Reglane for applikasjonen lèt han ikkje gje nokon av desse rettane.",
    ),
    # --- events and subscriptions ---
    "event-unknown": Spoken(
        nb="Det er ingen hendelse {event_id}; begynn med parameteren from i stedet.",
        nn="Det er inga hending {event_id}; byrj med parameteren from i staden.",
    ),
    "events-of-owner-only": Spoken(
        nb="Hendelsene i {org}/{app} leses bare av tjenesteeieren {org}.",
        nn="Hendingane i {org}/{app} blir berre lesne av tenesteeigaren {org}.",
    ),
    "events-beginning-missing": Spoken(
        nb="Oppgi from eller after.", nn="Oppgje from eller after."
    ),
    "events-subject-missing": Spoken(
        nb="Oppgi party eller unit i spørringen, eller person i headeren.",
        nn="Oppgje party eller unit i spørjinga, eller person i headeren.",
    ),
    "event-source-not-served": Spoken(
        nb="{source} er ingen applikasjon her, så ingen kan abonnere på den.",
        nn="{source} er ingen applikasjon her, så ingen kan abonnere på han.",
    ),
    "subscription-not-found": Spoken(
        nb="Det er ikke noe abonnement {subscription_id}.",
        nn="Det er ikkje noko abonnement {subscription_id}.",
    ),
    "subscription-of-another": Spoken(
        nb="Abonnementet {subscription_id} ble laget av en annen.",
        nn="Abonnementet {subscription_id} vart laga av ein annan.",
    ),
    "too-many-subscriptions": Spoken(
        nb="{consumer} har {count} abonnementer; {most} er tillatt.",
        nn="{consumer} har {count} abonnement; {most} er tillatne.",
    ),
}
