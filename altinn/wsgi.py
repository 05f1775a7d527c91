"""The WSGI entry point; the code does not know which server calls it.

A server whose settings fail a system check does not start: the checks are run here too,
because no command runs them for a WSGI server.
"""

import os

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from altinn import collector
from altinn.content_types import ReadableContentType
from altinn.whole_answers import WholeAnswers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altinn.settings")
application = ReadableContentType(WholeAnswers(get_wsgi_application()))
call_command("check")
if settings.ALTINN_EMBEDDED_WORKER:
    from altinn import embedded  # it knows the models, which are there by now

    embedded.start()
collector.spare()
