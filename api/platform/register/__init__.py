"""Register: who exists."""
