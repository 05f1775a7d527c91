"""Documents as PDF that people keep, and that a screen reader reads (PDF/UA).

Promises that a document is drawn of what it is told alone: no network and no file is
asked for anything. Knows nothing of instances: whoever has the answers says what stands
in it. Imports the registry and the ground alone; the library that draws is loaded when
it draws.
"""
