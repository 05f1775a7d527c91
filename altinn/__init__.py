"""The house: settings, hosts and urlconfs.

It wires the rooms and contains no behaviour.
"""
