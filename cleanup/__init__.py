"""The broom: what nobody needs any more is found and removed.

Promises to change nothing unless told to with ``--execute``, and to work in batches
that can be broken off. Has no models. Imports ``data_elements`` and the rooms below it.
"""
