"""Who exists, and who is asking.

Promises parties (persons, organisations, sub-units), the users of the register and
limits on looking them up, accounts for the admin and their sign-in at an OpenID
provider, and tokens of trusted issuers verified into a ``Principal``. Imports
``common`` alone.
"""
