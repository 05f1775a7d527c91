"""The ground: what every room may stand on and nothing of ours lies below.

Promises errors with a code, base models, UUIDv7 keys, times, and tools that know
nothing of Altinn: the one hardened XML parser, the one client for outgoing requests,
queries whose SQL is made once, admin pages of long lists. Imports none of the other
rooms. If it grows past these, a room is missing its name.
"""
