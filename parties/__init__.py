"""Who exists, and who is asking.

Promises parties (persons, organisations, sub-units), the users of the register,
accounts for the admin, and tokens verified into a ``Principal``. Imports ``common``
alone.
"""
