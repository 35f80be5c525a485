"""The settings of the suite: the real ones, in a data folder of its own, with tasks run where they are sent.

``DATABASE_URL`` and ``REDIS_URL`` choose the servers as everywhere; without them the suite runs on the
embedded database and queue.
"""

import atexit
import os
import shutil
import tempfile

_data = tempfile.mkdtemp(prefix="lodestone-tests-")
atexit.register(shutil.rmtree, _data, ignore_errors=True)
os.environ["LODESTONE_DATA"] = _data
for _name in ("LODESTONE_PRODUCTION", "LODESTONE_HASHED_STATIC", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS"):
    os.environ.pop(_name, None)
# Two runs on one server keep apart.
_run = f"lodestone_tests_{os.getpid()}"
os.environ["REDIS_PREFIX"] = _run

from config.settings import *  # noqa: E402, F403
from config.settings import DATA_DIR, DATABASES  # noqa: E402

# Argon2 is slow on purpose; a suite signs in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A file, not memory: worker processes and server threads of the tests open the same database.
DATABASES["default"]["TEST"] = {
    "NAME": _run if DATABASES["default"].get("HOST") else DATA_DIR / "tests.sqlite3"
}
