"""An owner's query, answered as one file: written piece by piece, in the worker.

Promises that an export that was begun ends, whatever is killed on the way; that each
instance is in it once; and that it has what the policy permits when it is written.
Imports ``data_elements`` and the rooms below it; how a query is read and what an
instance's document is, the faces hand in.
"""
