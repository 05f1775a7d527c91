"""What is written in a form: its data, and the expressions that ask about it.

No tables and no HTTP. Form data is one tree of plain values, whether it came as XML or
as JSON; the expression language (app-api.md §19) is one implementation for gateways,
layouts and validation. May import `authorization`, `apps_registry`, `parties`, `audit`
and `common`.
"""
