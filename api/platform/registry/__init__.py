"""Registry: applications and their deployments."""
