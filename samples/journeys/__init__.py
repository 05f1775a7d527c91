"""Journeys of callers, played over HTTP against a running server.

They need Python's standard library alone, and read as what a caller must write.
"""
