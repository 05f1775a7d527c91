"""Members of the register's documents that a party keeps in ``register_details``.

The name and the numbers of a party have columns of their own (authorization.md §3.1).
"""

from typing import Final

PERSON_NAMES: Final = ("firstName", "middleName", "lastName")
PERSON_MEMBERS: Final = (
    *PERSON_NAMES,
    "telephoneNumber",
    "mobileNumber",
    "mailingAddress",
    "mailingPostalCode",
    "mailingPostalCity",
    "addressMunicipalNumber",
    "addressMunicipalName",
    "addressStreetName",
    "addressHouseNumber",
    "addressHouseLetter",
    "addressPostalCode",
    "addressCity",
    "dateOfDeath",
)
ORGANIZATION_MEMBERS: Final = (
    "telephoneNumber",
    "mobileNumber",
    "faxNumber",
    "eMailAddress",
    "internetAddress",
    "mailingAddress",
    "mailingPostalCode",
    "mailingPostalCity",
    "businessAddress",
    "businessPostalCode",
    "businessPostalCity",
    "unitStatus",
)
