"""The ground: what every room may stand on and nothing of ours lies below.

Promises errors with a code, base models, UUIDv7 keys and the one hardened XML parser.
Imports none of the other rooms. If it grows past these, a room is missing its name.
"""
