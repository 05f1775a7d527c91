"""Payments: what is to be paid in a task, with which processor, and how far it is.

Promises that a task to pay in is completed by a payment or by nothing to pay, and that
how far it is, is what the processor says. The information is a data element; the one
table is of the sandbox's own processor. Imports ``data_elements`` and the rooms below.
"""
