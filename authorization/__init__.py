"""May this principal do this action on this resource?

Promises one source of decisions: the app's policy, compiled to a decision table, for a
single request and as a predicate for lists. Deny by default. Rooms hand it a
``resources.Resource``; it never loads an instance. Imports ``apps_registry``,
``parties`` and ``common``.
"""
