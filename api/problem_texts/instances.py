"""What problems of instances say: finding, making, copying, locking, deleting them."""

from collections.abc import Mapping
from typing import Final

from api.problem_texts.spoken import Spoken

INSTANCES: Final[Mapping[str, Spoken]] = {
    "instance-not-found": Spoken(
        nb="Fant ingen instans med id: {instance_id}.",
        nn="Fann ingen instans med id: {instance_id}.",
    ),
    "instance-changed": Spoken(
        nb=(
            "Instansen {instance_id} ble endret av et annet kall imens; les den på"
            " nytt."
        ),
        nn=(
            "Instansen {instance_id} vart endra av eit anna kall imens; les han på"
            " nytt."
        ),
    ),
    "instance-not-active": Spoken(
        nb=(
            "Dataelementer i den arkiverte eller slettede instansen {instance_id} kan"
            " ikke endres."
        ),
        nn=(
            "Dataelement i den arkiverte eller sletta instansen {instance_id} kan"
            " ikkje endrast."
        ),
    ),
    "instance-purged": Spoken(
        nb="Instansen er slettet for godt og kan ikke gjenopprettes.",
        nn="Instansen er sletta for godt og kan ikkje gjenopprettast.",
    ),
    "deletion-prevented": Spoken(
        nb="Instansen kan ikke slettes ennå: applikasjonen holder på den.",
        nn="Instansen kan ikkje slettast enno: applikasjonen held på han.",
    ),
    "external-reference-taken": Spoken(
        nb=(
            "{existing} av {app_id} har allerede externalReference"
            " {reference!r}; gå videre med den, eller send en annen referanse."
        ),
        nn=(
            "{existing} av {app_id} har alt externalReference"
            " {reference!r}; gå vidare med han, eller send ein annan referanse."
        ),
    ),
    "too-many-values": Spoken(
        nb="En instans kan ha 100 {what}; denne ville få {count}.",
        nn="Ein instans kan ha 100 {what}; denne ville få {count}.",
    ),
    "instance-event-not-found": Spoken(
        nb="Instansen {instance_id} har ingen hendelse {event_id}.",
        nn="Instansen {instance_id} har inga hending {event_id}.",
    ),
    "read-status-invalid": Spoken(
        nb=(
            "Ugyldig lesestatus: {status}. Gyldige er: Unread, Read,"
            " UpdatedSinceLastReview"
        ),
        nn=(
            "Ugyldig lesestatus: {status}. Gyldige er: Unread, Read,"
            " UpdatedSinceLastReview"
        ),
    ),
    "event-instance-mismatch": Spoken(
        nb=(
            "Hendelsens instanceId {stated!r} er ikke instansen {instance_id} i"
            " adressen; gjør dem like."
        ),
        nn=(
            "instanceId {stated!r} i hendinga er ikkje instansen {instance_id} i"
            " adressa; gjer dei like."
        ),
    ),
    "app-id-missing": Spoken(nb="Oppgi appId.", nn="Oppgje appId."),
    "org-or-app-missing": Spoken(
        nb="Oppgi org eller appId.", nn="Oppgje org eller appId."
    ),
    "search-invalid": Spoken(
        nb="Innholdet i et søk er et JSON-objekt; dette er {given}.",
        nn="Innhaldet i eit søk er eit JSON-objekt; dette er {given}.",
    ),
    "substatus-invalid": Spoken(
        nb="Ugyldig substatus: {substatus}. En substatus har en label.",
        nn="Ugyldig substatus: {substatus}. Ein substatus har ein label.",
    ),
    # --- locks ---
    "instance-locked": Spoken(
        nb=(
            "Instansen {instance_id} er låst av en annen til {until}; vent, eller send"
            " låsens token i headeren Altinn-Storage-Lock-Token."
        ),
        nn=(
            "Instansen {instance_id} er låst av ein annan til {until}; vent, eller"
            " send tokenet til låsen i headeren Altinn-Storage-Lock-Token."
        ),
    ),
    "instance-lock-held": Spoken(
        nb="Instansen er allerede låst.", nn="Instansen er alt låst."
    ),
    "instance-lock-expired": Spoken(nb="Låsen er utløpt.", nn="Låsen er gått ut."),
    "instance-lock-not-found": Spoken(nb="Fant ikke låsen.", nn="Fann ikkje låsen."),
    "lock-not-permitted": Spoken(
        nb="Kalleren har ikke tilgang til å låse instansen.",
        nn="Kallaren har ikkje tilgang til å låse instansen.",
    ),
    "lock-holder-unknown": Spoken(
        nb="Det lar seg ikke avgjøre hvem brukeren er.",
        nn="Det lèt seg ikkje avgjere kven brukaren er.",
    ),
    "lock-time-negative": Spoken(
        nb="TtlSeconds kan ikke være negativ.",
        nn="TtlSeconds kan ikkje vere negativ.",
    ),
    "lock-token-invalid": Spoken(
        nb="Låsens token er ikke gyldig.", nn="Tokenet til låsen er ikkje gyldig."
    ),
    "lock-token-malformed": Spoken(
        nb="Låsens token kan ikke leses.", nn="Tokenet til låsen kan ikkje lesast."
    ),
    "lock-token-missing": Spoken(
        nb="Headeren med låsens token mangler.",
        nn="Headeren med tokenet til låsen manglar.",
    ),
    # --- instantiation ---
    "instance-owner-empty": Spoken(
        nb=(
            "instanceOwnerPartyId er tom og InstanceOwner mangler i malen for"
            " instansen. Oppgi en av dem."
        ),
        nn=(
            "instanceOwnerPartyId er tom og InstanceOwner manglar i malen for"
            " instansen. Oppgje ein av dei."
        ),
    ),
    "instance-owner-twice": Spoken(
        nb=(
            "instanceOwnerPartyId kan ikke stå i spørringen når det er en mal for"
            " instansen i innholdet. Velg en av dem."
        ),
        nn=(
            "instanceOwnerPartyId kan ikkje stå i spørjinga når det er ein mal for"
            " instansen i innhaldet. Vel ein av dei."
        ),
    ),
    "instance-owner-contradictory": Spoken(
        nb=(
            "Eieren av instansen er oppgitt to ganger, og ikke likt: {member} {number}"
            " hører ikke til parten {party_id}. Send bare en av dem."
        ),
        nn=(
            "Eigaren av instansen er oppgjeven to gonger, og ikkje likt: {member}"
            " {number} høyrer ikkje til parten {party_id}. Send berre ein av dei."
        ),
    ),
    "instance-owner-missing": Spoken(
        nb="Kallet sier ikke hvem instansen er for; oppgi instanceOwner.",
        nn="Kallet seier ikkje kven instansen er for; oppgje instanceOwner.",
    ),
    "instance-owner-invalid": Spoken(
        nb="En instans kan ikke opprettes uten instanceOwner.partyId.",
        nn="Ein instans kan ikkje opprettast utan instanceOwner.partyId.",
    ),
    "party-id-invalid": Spoken(
        nb="partyId {text!r} er ikke et helt tall.",
        nn="partyId {text!r} er ikkje eit heilt tal.",
    ),
    "party-type-not-allowed": Spoken(
        nb="Parten {party_id} har ikke lov til å starte applikasjonen {app_id}",
        nn="Parten {party_id} har ikkje lov til å starte applikasjonen {app_id}",
    ),
    "user-instantiation-disabled": Spoken(
        nb="Brukere kan ikke starte applikasjonen {app_id} selv.",
        nn="Brukarar kan ikkje starte applikasjonen {app_id} sjølve.",
    ),
    "multipart-part-refused": Spoken(
        nb="En del passer ikke med det applikasjonen tar imot: {reason}",
        nn="Ein del passar ikkje med det applikasjonen tek imot: {reason}",
    ),
    "prefill-refused": Spoken(
        nb="Forhåndsutfyllingen av {path!r} er {text!r:.100}, og må være {wanted}.",
        nn="Førehandsutfyllinga av {path!r} er {text!r:.100}, og må vere {wanted}.",
    ),
    "app-not-stateless": Spoken(
        nb="Spørringen kan bare fylle ut et skjema uten instans.",
        nn="Spørjinga kan berre fylle ut eit skjema utan instans.",
    ),
    "query-params-unknown": Spoken(
        nb="Ingen av parameterne er kjent.", nn="Ingen av parametrane er kjende."
    ),
    # --- copies ---
    "copying-disabled": Spoken(
        nb="Applikasjonen tillater ikke kopier av arkiverte instanser.",
        nn="Applikasjonen tillèt ikkje kopiar av arkiverte instansar.",
    ),
    "copy-source-not-archived": Spoken(
        nb="Instansen som kopieres, må være arkivert.",
        nn="Instansen som blir kopiert, må vere arkivert.",
    ),
    "copy-of-another-owner": Spoken(
        nb="Instanser kan ikke kopieres fra en eier til en annen.",
        nn="Instansar kan ikkje kopierast frå ein eigar til ein annan.",
    ),
    "copy-source-unavailable": Spoken(
        nb="Instansen som skal kopieres, kan ikke leses: status {status}",
        nn="Instansen som skal kopierast, kan ikkje lesast: status {status}",
    ),
    "cross-site-navigation": Spoken(
        nb="En side fra et annet nettsted ({site}) får ikke lage en kopi.",
        nn="Ei side frå ein annan nettstad ({site}) får ikkje lage ein kopi.",
    ),
    "data-not-copyable": Spoken(
        nb="Dataelementet {element_id} kan ikke kopieres: {reason}",
        nn="Dataelementet {element_id} kan ikkje kopierast: {reason}",
    ),
}
