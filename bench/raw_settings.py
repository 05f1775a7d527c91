"""The house with ``bench.raw_views`` in place of its faces; for measuring alone."""

from altinn.settings import *  # noqa: F403  all but what follows
from altinn.settings import MIDDLEWARE

# In the place of what chooses a face by host, what chooses the raw views for all.
MIDDLEWARE = [
    "bench.raw_views.serve_raw_views" if one == "altinn.hosts.HostMiddleware" else one
    for one in MIDDLEWARE
]
