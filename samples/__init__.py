"""Samples of our own making: applications, parties, and journeys that callers take."""
