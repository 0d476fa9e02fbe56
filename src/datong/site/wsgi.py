"""WSGI entry point of `datong serve`."""

import os

from django.core.wsgi import get_wsgi_application

from datong.kernel import telemetry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datong.site.settings")
application = get_wsgi_application()
telemetry.start()
