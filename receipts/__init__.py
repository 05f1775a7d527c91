"""Receipts: what was submitted when, signed by the server and chained by application.

Promises that each end of a process has one, written in the transaction of the end, that
no person number is in it, and that anybody who has the public keys can verify it
without this server. Takes instances as they are. Imports ``data_elements`` and the
rooms below it, and nothing of ``signing``, ``payments`` and ``pdf``, which it stands
beside.
"""
