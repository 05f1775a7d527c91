"""What the page of receipts says, in the languages of the country and in English."""

from typing import Final

from api.page_texts import by_language

# The second half is by the codes of receipts.verification.NotVerified.
TEXTS: Final = by_language(
    {
        "title": (
            "Kontroller en kvittering",
            "Kontroller ei kvittering",
            "Verify a receipt",
        ),
        "intro": (
            "En kvittering viser hva som ble sendt inn, og når. Her ser du om den er"
            " ekte. Ingenting blir lagret.",
            "Ei kvittering viser kva som vart sendt inn, og når. Her ser du om ho er"
            " ekte. Ingenting blir lagra.",
            "A receipt shows what was sent in, and when. Here you see whether it is"
            " genuine. Nothing is stored.",
        ),
        "file": ("Fil med kvitteringen", "Fil med kvitteringa", "File of the receipt"),
        "text": ("Eller lim den inn", "Eller lim ho inn", "Or paste it"),
        "verify": ("Kontroller", "Kontroller", "Verify"),
        "keys": ("Offentlige nøkler", "Offentlege nøklar", "Public keys"),
        "holds": (
            "Kvitteringen er ekte",
            "Kvitteringa er ekte",
            "The receipt is genuine",
        ),
        "refused": (
            "Kvitteringen er ikke bekreftet",
            "Kvitteringa er ikkje stadfesta",
            "The receipt is not verified",
        ),
        "application": ("Tjeneste", "Teneste", "Application"),
        "deployment": ("Utgave", "Utgåve", "Deployment"),
        "instance": ("Innsending", "Innsending", "Instance"),
        "party": ("Avgiver (part)", "Avgjevar (part)", "Instance owner (party)"),
        "organisation": (
            "Organisasjonsnummer",
            "Organisasjonsnummer",
            "Organisation number",
        ),
        "ended": ("Sendt inn (UTC)", "Sendt inn (UTC)", "Sent in (UTC)"),
        "sequence": ("Nummer i kjeden", "Nummer i kjeda", "Number in the chain"),
        "previous": (
            "Hash av forrige kvittering",
            "Hash av førre kvittering",
            "Hash of the receipt before",
        ),
        "key": ("Signert med nøkkel", "Signert med nøkkel", "Signed with key"),
        "elements": ("Innhold", "Innhald", "Content"),
        "type": ("Type", "Type", "Type"),
        "media": ("Format", "Format", "Format"),
        "size": ("Byte", "Byte", "Bytes"),
        "hash": ("SHA-256", "SHA-256", "SHA-256"),
        "withheld": (
            "Bare for den som kan lese det",
            "Berre for den som kan lese det",
            "For those who may read it",
        ),
        "more": ("flere vises ikke", "fleire blir ikkje viste", "more are not shown"),
        "signatures": ("Signaturer", "Signaturar", "Signatures"),
        "signer": ("Signert av", "Signert av", "Signed by"),
        "signed": ("Tidspunkt (UTC)", "Tidspunkt (UTC)", "Time (UTC)"),
        "language": ("Språk", "Språk", "Language"),
        # --- what is wrong with a receipt ---
        "empty": (
            "Velg en fil, eller lim inn kvitteringen.",
            "Vel ei fil, eller lim inn kvitteringa.",
            "Choose a file, or paste the receipt.",
        ),
        "malformed": (
            "Dette er ingen kvittering: den er verken en JWS eller JSON med en.",
            "Dette er inga kvittering: ho er verken ein JWS eller JSON med ein.",
            "This is no receipt: neither a JWS nor JSON with one.",
        ),
        "other-type": (
            "Dette er signert, men er ingen kvittering.",
            "Dette er signert, men er inga kvittering.",
            "This is signed, but it is no receipt.",
        ),
        "key-unknown": (
            "Nøkkelen som signerte, er ikke en av tjenerens.",
            "Nøkkelen som signerte, er ikkje ein av tenaren sine.",
            "The key that signed it is none of this server's.",
        ),
        "signature-wrong": (
            "Signaturen stemmer ikke: innholdet er endret.",
            "Signaturen stemmer ikkje: innhaldet er endra.",
            "The signature does not hold: the content was changed.",
        ),
        "manifest-malformed": (
            "Signaturen stemmer, men innholdet er ikke en kvittering.",
            "Signaturen stemmer, men innhaldet er inga kvittering.",
            "The signature holds, but the content is no receipt.",
        ),
        "disclosure-unknown": (
            "Opplysningene utenfor signaturen hører ikke til kvitteringen.",
            "Opplysningane utanfor signaturen høyrer ikkje til kvitteringa.",
            "What is disclosed besides does not belong to the receipt.",
        ),
        "too-large": (
            "Kvitteringen er for stor: den kan ha høyst 8 MiB.",
            "Kvitteringa er for stor: ho kan ha høgst 8 MiB.",
            "The receipt is too large: it may have at most 8 MiB.",
        ),
    }
)
