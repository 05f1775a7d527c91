"""Access management: applications give rights to their instances, and revoke them."""
