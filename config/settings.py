"""Base settings. A minimal start: the platform work replaces this with typed environment readers."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("LODESTONE_DATA", BASE_DIR / "var")).resolve()
SECRET_KEY = os.environ.get("SECRET_KEY", "development-only")
DEBUG = True
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "collection",
    "reports",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "lodestone.sqlite3"}}
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en-gb"
AUTH_USER_MODEL = "collection.User"
