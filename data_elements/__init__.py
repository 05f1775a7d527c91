"""The content of an instance: bytes, hash, lock, download and confirmation.

Promises that a row exists only for bytes that are safely stored, under an immutable
random key, and that content streams in and out. A data element knows its instance,
never the reverse. Imports ``instances`` and the rooms below it.
"""
