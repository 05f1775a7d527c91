"""Calls that are carried out once: a caller's key, and the answer that it was given.

Promises that of all calls with one key at most one does its work, also through crashes:
the answer is kept in the transaction of the work. It takes plain texts for callers and
addresses, so that every room above may use it. Imports ``common``.
"""
