"""What problems of the process say: of its steps, of signing, paying and receipts."""

from collections.abc import Mapping
from typing import Final

from api.problem_texts.spoken import Spoken

PROCESS: Final[Mapping[str, Spoken]] = {
    "process-not-started": Spoken(
        nb="Prosessen er ikke startet.", nn="Prosessen er ikkje starta."
    ),
    "process-already-started": Spoken(
        nb="Prosessen er allerede startet. Gå til neste steg i stedet.",
        nn="Prosessen er alt starta. Gå til neste steg i staden.",
    ),
    "process-ended": Spoken(nb="Prosessen er avsluttet.", nn="Prosessen er avslutta."),
    "start-event-not-found": Spoken(
        nb="Prosessen har ikke denne starthendelsen.",
        nn="Prosessen har ikkje denne starthendinga.",
    ),
    "process-leads-nowhere": Spoken(
        nb="Prosessen fører ikke videre herfra; det er en feil i applikasjonen.",
        nn="Prosessen fører ikkje vidare herifrå; det er ein feil i applikasjonen.",
    ),
    "process-ambiguous": Spoken(
        nb="Prosessen fører flere veier fra {element}; det er en feil i applikasjonen.",
        nn=(
            "Prosessen fører fleire vegar frå {element}; det er ein feil i"
            " applikasjonen."
        ),
    ),
    "process-loop": Spoken(
        nb="Prosessen går i ring; det er en feil i applikasjonen.",
        nn="Prosessen går i ring; det er ein feil i applikasjonen.",
    ),
    "process-next-not-permitted": Spoken(
        nb=(
            "Kalleren har ikke tilgang til å gå videre. Oppgave: {task}. Oppgavetype:"
            " {task_type}. Handling: {action}."
        ),
        nn=(
            "Kallaren har ikkje tilgang til å gå vidare. Oppgåve: {task}."
            " Oppgåvetype: {task_type}. Handling: {action}."
        ),
    ),
    "task-not-complete": Spoken(
        nb="Oppgaven {task} har {count} feil som må rettes først.",
        nn="Oppgåva {task} har {count} feil som må rettast først.",
    ),
    "task-not-in-deployment": Spoken(
        nb="Applikasjonen har ikke lenger {what} {name}.",
        nn="Applikasjonen har ikkje lenger {what} {name}.",
    ),
    "task-type-unknown": Spoken(
        nb="Oppgavetypen {task_type} er ukjent; det er en feil i applikasjonen.",
        nn="Oppgåvetypen {task_type} er ukjend; det er ein feil i applikasjonen.",
    ),
    "flow-does-not-lead-there": Spoken(
        nb=(
            "Prosessen står i {task} og fører ikke til {target}; den fører til"
            " {reachable}."
        ),
        nn=(
            "Prosessen står i {task} og fører ikkje til {target}; han fører til"
            " {reachable}."
        ),
    ),
    "flow-not-judged": Spoken(
        nb=(
            "En flyt av typen {flow_type} krever rettene til oppgaven den fører til,"
            " og applikasjonen har ingen oppgave {task}."
        ),
        nn=(
            "Ein flyt av typen {flow_type} krev rettane til oppgåva han fører til, og"
            " applikasjonen har inga oppgåve {task}."
        ),
    ),
    "no-task-to-leave": Spoken(
        nb=(
            "Instansen {instance_id} står ikke i noen oppgave, så prosessen blir som"
            " den er."
        ),
        nn=(
            "Instansen {instance_id} står ikkje i noka oppgåve, så prosessen blir som"
            " han er."
        ),
    ),
    "workflow-state-unknown": Spoken(
        nb="Prosessen har ingen tilstand {state!r}; den har: {known}.",
        nn="Prosessen har ingen tilstand {state!r}; han har: {known}.",
    ),
    "gateway-condition-not-evaluable": Spoken(
        nb="En betingelse for {gateway} kan ikke regnes ut: {reason}",
        nn="Eit vilkår for {gateway} kan ikkje reknast ut: {reason}",
    ),
    "form-not-evaluable": Spoken(
        nb="Skjemaet i oppgaven {task} kan ikke regnes ut: {reason}.",
        nn="Skjemaet i oppgåva {task} kan ikkje reknast ut: {reason}.",
    ),
    # --- service tasks ---
    "service-task-failed": Spoken(
        nb="Tjenesteoppgaven {task_type} {outcome}!",
        nn="Tenesteoppgåva {task_type} {outcome}!",
    ),
    "service-task-unsupported": Spoken(
        nb=(
            "Tjenesteoppgaven {task} av typen {task_type} kan ikke utføres av denne"
            " serveren."
        ),
        nn=(
            "Tenesteoppgåva {task} av typen {task_type} kan ikkje utførast av denne"
            " tenaren."
        ),
    ),
    "service-task-takes-no-action": Spoken(
        nb="Tjenesteoppgaver tar ikke imot handlinger fra brukere: {action}.",
        nn="Tenesteoppgåver tek ikkje imot handlingar frå brukarar: {action}.",
    ),
    "transition-running": Spoken(
        nb="Arbeidet i tjenesteoppgaven {task} er i gang; vent til det er ferdig.",
        nn="Arbeidet i tenesteoppgåva {task} er i gang; vent til det er ferdig.",
    ),
    "transition-not-failed": Spoken(
        nb="Overgangen i {task} for instansen {instance_id} har ikke feilet.",
        nn="Overgangen i {task} for instansen {instance_id} har ikkje feila.",
    ),
    "app-hook-failed": Spoken(
        nb=(
            "Koden til applikasjonen {app_id} feilet i {hook}; ingenting ble endret."
            " Serverens logg har sporings-id-en."
        ),
        nn=(
            "Koden til applikasjonen {app_id} feila i {hook}; ingenting vart endra."
            " Loggen til tenaren har sporings-id-en."
        ),
    ),
    "app-hook-timed-out": Spoken(
        nb=(
            "Koden til applikasjonen {app_id} brukte mer enn {seconds} sekunder i"
            " {hook}; ingenting ble endret. Serverens logg har sporings-id-en."
        ),
        nn=(
            "Koden til applikasjonen {app_id} brukte meir enn {seconds} sekund i"
            " {hook}; ingenting vart endra. Loggen til tenaren har sporings-id-en."
        ),
    ),
    "pdf-failed": Spoken(
        nb="PDF-en kunne ikke lages: {reason}.",
        nn="PDF-en kunne ikkje lagast: {reason}.",
    ),
    "pdf-unavailable": Spoken(
        nb="Serveren kan ikke lage PDF: {missing} mangler.",
        nn="Tenaren kan ikkje lage PDF: {missing} manglar.",
    ),
    "pdf-format-without-task": Spoken(
        nb="Instansen står ikke i noen oppgave.",
        nn="Instansen står ikkje i noka oppgåve.",
    ),
    "pdf-preview-without-task": Spoken(
        nb="Fant ikke instansen eller oppgaven.",
        nn="Fann ikkje instansen eller oppgåva.",
    ),
    # --- user actions ---
    "user-action-missing": Spoken(
        nb="Forespørselen sier ikke hvilken handling.",
        nn="Førespurnaden seier ikkje kva handling.",
    ),
    "user-action-unknown": Spoken(
        nb="Handlingen {action} er ukjent.", nn="Handlinga {action} er ukjend."
    ),
    "user-action-caller": Spoken(
        nb="Handlinger er for brukere og systembrukere.",
        nn="Handlingar er for brukarar og systembrukarar.",
    ),
    "user-action-not-permitted": Spoken(
        nb="Kalleren kan ikke utføre handlingen {action} i oppgaven {task}.",
        nn="Kallaren kan ikkje utføre handlinga {action} i oppgåva {task}.",
    ),
    "user-action-on-behalf-of": Spoken(
        nb="Kalleren kan ikke signere på vegne av organisasjonen {organisation}.",
        nn="Kallaren kan ikkje signere på vegner av organisasjonen {organisation}.",
    ),
    "user-action-unsupported": Spoken(
        nb=(
            "Handlingen {action} i oppgaven {task} kan ikke utføres av denne serveren."
        ),
        nn=("Handlinga {action} i oppgåva {task} kan ikkje utførast av denne tenaren."),
    ),
    # --- signing ---
    "not-a-signing-task": Spoken(
        nb="Dette gjelder signering, og oppgaven er ikke en signeringsoppgave.",
        nn="Dette gjeld signering, og oppgåva er ikkje ei signeringsoppgåve.",
    ),
    "signee-missing": Spoken(
        nb="Signaturen sier ikke hvem sin den er; oppgi UserId eller SystemUserId.",
        nn="Signaturen seier ikkje kven sin han er; oppgje UserId eller SystemUserId.",
    ),
    "signee-not-the-caller": Spoken(
        nb="{member} for den som signerer, er ikke kallerens.",
        nn="{member} for den som signerer, er ikkje kallaren sin.",
    ),
    "signer-not-a-user": Spoken(
        nb="Bare brukere og systembrukere kan signere.",
        nn="Berre brukarar og systembrukarar kan signere.",
    ),
    "signature-type-unfit": Spoken(
        nb="{data_type} er ikke en datatype for signaturer i {app_id}.",
        nn="{data_type} er ikkje ein datatype for signaturar i {app_id}.",
    ),
    "signed-element-not-found": Spoken(
        nb="Fant ikke dataelementet som skal signeres: {element_id}",
        nn="Fann ikkje dataelementet som skal signerast: {element_id}",
    ),
    "signed-content-unreadable": Spoken(
        nb="Innholdet som skal signeres, kan ikke leses: {element_id}",
        nn="Innhaldet som skal signerast, kan ikkje lesast: {element_id}",
    ),
    "signing-misconfigured": Spoken(
        nb="Oppgaven {task} i {app_id} kan ikke signeres: {reason}.",
        nn="Oppgåva {task} i {app_id} kan ikkje signerast: {reason}.",
    ),
    "nothing-to-sign": Spoken(
        nb="Oppgaven {task} signerer data av {types}, og instansen har ingen.",
        nn="Oppgåva {task} signerer data av {types}, og instansen har ingen.",
    ),
    "sign-on-behalf-of-not-permitted": Spoken(
        nb=(
            "Kalleren kan ikke signere på vegne av organisasjonen {organisation} i"
            " denne oppgaven."
        ),
        nn=(
            "Kallaren kan ikkje signere på vegner av organisasjonen {organisation} i"
            " denne oppgåva."
        ),
    ),
    # --- paying ---
    "not-a-payment-task": Spoken(
        nb="Dette gjelder betaling, og oppgaven er ikke en betalingsoppgave.",
        nn="Dette gjeld betaling, og oppgåva er ikkje ei betalingsoppgåve.",
    ),
    "payment-no-current-task": Spoken(
        nb="Instansen står ikke i noen oppgave.",
        nn="Instansen står ikkje i noka oppgåve.",
    ),
    "payment-misconfigured": Spoken(
        nb="Det kan ikke betales i oppgaven {task} i {app_id}: {reason}.",
        nn="Det kan ikkje betalast i oppgåva {task} i {app_id}: {reason}.",
    ),
    "payment-already-completed": Spoken(
        nb="Betalingen i oppgaven {task} er allerede gjort.",
        nn="Betalinga i oppgåva {task} er alt gjord.",
    ),
    "payment-not-completed": Spoken(
        nb="Betalingen i oppgaven {task} er {status}.",
        nn="Betalinga i oppgåva {task} er {status}.",
    ),
    "payment-processor-failed": Spoken(
        nb="Betalingsløsningen {processor} svarer ikke som den skal.",
        nn="Betalingsløysinga {processor} svarer ikkje slik ho skal.",
    ),
    "payment-callback-refused": Spoken(
        nb="Headeren Authorization er ugyldig.", nn="Headeren Authorization er ugyldig."
    ),
    # --- receipts ---
    "receipt-not-found": Spoken(
        nb=(
            "Instansen {instance_id} har ingen kvittering; prosessen er ikke avsluttet."
        ),
        nn=(
            "Instansen {instance_id} har inga kvittering; prosessen er ikkje avslutta."
        ),
    ),
    "receipt-not-permitted": Spoken(
        nb=(
            "Kvitteringen for instansen {instance_id} viser hasher av dataelementer"
            " som du ikke kan lese, av typene {types}; be noen som kan, om den."
        ),
        nn=(
            "Kvitteringa for instansen {instance_id} viser hashar av dataelement som"
            " du ikkje kan lese, av typane {types}; be nokon som kan, om ho."
        ),
    ),
}
