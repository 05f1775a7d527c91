"""The broom: what nobody needs any more is found and removed, again and again.

Promises to change nothing unless told to, to work in batches that can be broken off,
and that what recurs is a row: any number of workers do it, and never two at once.
Imports ``data_elements`` and the rooms below it.
"""
