"""Test tokens and logins (authorization.md §1.11): the sandbox's own, 404 elsewhere.

With them a vendor tries everything that production does, as anybody whom the sandbox's
register knows. A system check refuses to start production with the sandbox on.
"""
