"""How fast the server is, measured on this machine: ``make bench``.

Ratios within one run are the figures that count, for they depend on the machine least;
times, of the processor, stand beside them. The rounds of what is compared take turns,
and of all rounds the fastest counts: whatever else the machine does can only add to a
time.
"""
