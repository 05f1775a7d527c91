"""Names that no org and no application may have (decisions D-18)."""

RESERVED_ORG_CODES = frozenset(
    # the first segments of addresses that answer on every host, and of the platform API
    [
        "admin",
        "health",
        "static",
        "docs",
        "problems",
        "home",
        "storage",
        "authentication",
        "authorization",
        "register",
        "profile",
        "events",
        "registry",
        "accessmanagement",
        "notifications",
        "correspondence",
        "broker",
        "resourceregistry",
        "api",
        "apps",
        "instances",
        "media",
        "metrics",
        "platform",
        "swagger",
    ]
)
RESERVED_APP_NAMES = frozenset(
    ["health", "static", "docs", "problems", "home", "instances"]
)

ORG_PATTERN = r"[a-zæøå][a-zæøå0-9]*"
APP_PATTERN = r"[a-zæøå][a-zæøå0-9-]*"

# What the database has room for.
MAX_ORG, MAX_APP = 40, 80
MAX_LABEL = 80  # of deployments
MAX_ID = 128  # of tasks, end events and data types
