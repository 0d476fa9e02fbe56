"""WSGI entry point of `datong serve`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datong.site.settings")
application = get_wsgi_application()
