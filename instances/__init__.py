"""Instances of applications: lifecycle, status, process state, history and query.

Promises that state, history and outbox change in one transaction. Knows nothing of the
data elements that belong to an instance. Imports ``events`` and the rooms below it.
"""
