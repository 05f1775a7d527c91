"""Authentication: who issues our tokens, and with which keys."""
