"""The web server's door: ``granian --interface wsgi config.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

from config import celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
celery_app.loader.import_default_modules()  # so that nobody who sends something waits for it
