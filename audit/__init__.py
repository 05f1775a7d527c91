"""The audit trail of people: who did or saw what, when, and from where.

Promises that a row is written in the transaction of the change that it tells of, and is
never changed. It takes plain ids, so that every room may write to it and a row outlives
what it tells of. Imports ``common``.
"""
