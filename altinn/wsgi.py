"""The WSGI entry point; the code does not know which server calls it.

A server whose settings fail a system check does not start: the checks are run here too,
because no command runs them for a WSGI server.
"""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from altinn.content_types import ReadableContentType

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altinn.settings")
application = ReadableContentType(get_wsgi_application())
call_command("check")
