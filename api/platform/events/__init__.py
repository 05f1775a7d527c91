"""The platform's events service: subscriptions, and reading events page by page."""
