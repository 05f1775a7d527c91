"""Django's PostgreSQL backend; its connections are kept, and cheaply looked after."""
