"""Signatures: documents that say who signed which content, and when.

Promises that what is signed is what was stored, and that nobody signs in another's
name. Has no models: a signature is a data element. Imports ``data_elements`` and the
rooms below it.
"""
