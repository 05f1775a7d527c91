"""Malware scanners: one module per kind, each with the face of ``Scanner``.

Which one it is, ``ALTINN_FILE_SCAN`` says by its scheme. Only
``data_elements/scanning.py`` calls them.
"""
