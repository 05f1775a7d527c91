"""The application API: what end users and the owner do with one app's instances."""
