"""The application API: what an end user's system and an owner do with one app's instances."""
