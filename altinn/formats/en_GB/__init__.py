"""The admin's language."""
