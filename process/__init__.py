"""The engine: moves an instance through its app's BPMN process.

Promises that of two concurrent moves exactly one happens, and that state, history,
locks and outbox change with it in one transaction. Has no models: the state is columns
of the instance. Imports ``data_elements`` and the rooms below it.
"""
