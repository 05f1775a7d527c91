"""What an application is, and who owns it.

Promises immutable, numbered deployments read from Altinn config folders, their parsed
parts cached by content hash, and the public addresses of apps. It parses and never
decides: ``process`` walks the BPMN, ``authorization`` judges by the policy. Imports
``common`` alone.
"""
