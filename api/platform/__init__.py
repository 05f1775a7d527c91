"""The platform API: storage across apps, and the platform's other services."""
