"""Profile: users, and what they have chosen."""
