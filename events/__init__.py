"""The outbox: what happened, told to the world as CloudEvents.

Promises that an event is written in the transaction that causes it, so that nothing is
lost or told of what was rolled back. It is handed an envelope and never loads an
instance. Imports ``authorization``, ``apps_registry``, ``parties`` and ``common``.
"""
