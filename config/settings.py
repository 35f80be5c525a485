"""The one settings base: secure by default, everything that may differ read from the environment.

Without any variable set this is the embedded default: SQLite, a file broker and a generated key, all in
``LODESTONE_DATA``, answering to this machine only. ``LODESTONE_PRODUCTION=1`` asks for the key, the database,
the broker and the host names, and turns on everything that needs HTTPS.
"""

import os
from pathlib import Path

from celery.schedules import schedule
from django.core.exceptions import ImproperlyConfigured

from config import environment

# Cores are shared out among processes. The threads of the array library would spin while they wait for one: fitting
# took five times the processor time with them on a busy machine. It reads this once, when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.folder("LODESTONE_DATA", BASE_DIR / "var")
PRODUCTION = environment.flag("LODESTONE_PRODUCTION")
DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.secret_key("SECRET_KEY", kept_in=DATA_DIR / "secret_key", required=PRODUCTION)
ALLOWED_HOSTS = environment.listing(
    "ALLOWED_HOSTS", default=() if PRODUCTION else ("localhost", "127.0.0.1", "[::1]", "testserver")
)
CSRF_TRUSTED_ORIGINS = environment.listing("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "collection",
    "reports",
]

MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.security.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "collection.web.uploads.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "collection.web.access.ViewerMiddleware",
    "collection.web.kept.TypistMiddleware",
    "collection.web.read_log.ReadLogMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "collection.web.buttons.ButtonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "collection.web.kit.context.frame",
            ],
            "libraries": {"kit": "collection.web.kit.tags"},
        },
    }
]

# --- Data
# ---------------------------------------------------------------------------------------------------

DATABASES = {"default": environment.database("DATABASE_URL", default_file=DATA_DIR / "lodestone.sqlite3")}
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "media/"
REDIS_URL = environment.redis_address("REDIS_URL")
REDIS_PREFIX = environment.text("REDIS_PREFIX", "lodestone")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}
}

# --- People
# -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "collection.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- The browser
# --------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.flag("BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Map tiles are the one thing a page may fetch from elsewhere, and only when a tile server is named.
MAP_TILE_URL = environment.text("MAP_TILE_URL")
# Roads from an OSRM- or Valhalla-compatible router; without one, from the local road model.
ROAD_ROUTER_URL = environment.text("ROAD_ROUTER_URL")
ROAD_ROUTER_KIND = environment.one_of("ROAD_ROUTER_KIND", ("osrm", "valhalla"))
ROAD_ROUTER_PROFILES = {
    "van": environment.text("ROAD_ROUTER_VAN", "driving" if ROAD_ROUTER_KIND == "osrm" else "auto"),
    "hgv": environment.text("ROAD_ROUTER_HGV", "driving" if ROAD_ROUTER_KIND == "osrm" else "truck"),
}
ROAD_ROUTER_MOST_PLACES = environment.whole_number("ROAD_ROUTER_MOST_PLACES", 100, lowest=2)
ROAD_ROUTER_TIMEOUT_S = environment.whole_number("ROAD_ROUTER_TIMEOUT_S", 10, lowest=1)
MAP_TILE_ATTRIBUTION = environment.text("MAP_TILE_ATTRIBUTION")
# A service that speaks Nominatim's language finds a better point than the postcode's; none unless named.
GEOCODER_URL = environment.text("GEOCODER_URL").rstrip("/")
GEOCODER_USER_AGENT = environment.text("GEOCODER_USER_AGENT", "Lodestone")
GEOCODER_SECONDS_APART = environment.whole_number("GEOCODER_SECONDS_APART", 2, lowest=1, highest=3600)

# Sums with defence lots in them are told to viewers without clearance from so many lots of so many holders on.
# Ten is the usual least count of official statistics; with fewer than three holders each knows the other's part.
DEFENCE_LEAST_LOTS = environment.whole_number("DEFENCE_LEAST_LOTS", 10, lowest=3)
DEFENCE_LEAST_HOLDERS = environment.whole_number("DEFENCE_LEAST_HOLDERS", 3, lowest=3)

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

STATIC_URL = "static/"
STATIC_ROOT = Path(environment.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
# Hashed names need collectstatic first: `make run` and the container do so; tests and single commands need
# not.
HASHED_STATIC = environment.flag("LODESTONE_HASHED_STATIC", default=PRODUCTION)
WHITENOISE_USE_FINDERS = not HASHED_STATIC
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.static_files.HashedStaticFiles"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Language and time
# --------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# --- E-mail
# -------------------------------------------------------------------------------------------------

EMAIL_BACKEND = environment.text("EMAIL_BACKEND", "config.mail.LogBackend")
EMAIL_HOST = environment.text("EMAIL_HOST", "localhost")
EMAIL_PORT = environment.whole_number("EMAIL_PORT", 25, lowest=1, highest=65535)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
# Where links in e-mails lead, and the name in their Message-IDs.
SITE_ADDRESS = environment.text("SITE_ADDRESS", "http://localhost:8000")
SITE_NAME_IN_MAIL = environment.text("SITE_NAME_IN_MAIL", "lodestone.localhost")
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "Lodestone <lodestone@localhost>")

# --- API
# ----------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["collection.api.permissions.MayUse"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "collection.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "EXCEPTION_HANDLER": "collection.api.errors.answer_error",
    "DEFAULT_THROTTLE_RATES": {"sign_in": "20/min"},
    # A caller cannot choose the network address their tries are counted under.
    "NUM_PROXIES": 1 if environment.flag("BEHIND_PROXY") else 0,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["collection.api.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lodestone API",
    "DESCRIPTION": (BASE_DIR / "config" / "api-conventions.md").read_text(encoding="utf-8"),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # 3.1 can say that an object may be null; 3.0 cannot.
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "collection.api.schema.with_common_refusals",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "UnitEnum": "collection.models.Unit",
        "PlaceEnum": "collection.api.shapes.PLACES",
        "LotStateEnum": "collection.api.shapes.STATES",
        "BandEnum": "collection.api.overrides.BANDS",
        "OfferStateEnum": "collection.api.offers.STATES",
        "JobStateEnum": "collection.models.JobState",
        "RoundStateEnum": "collection.models.RoundState",
        "PickupStateEnum": "collection.models.PickupState",
        "HolderAnswerEnum": "collection.models.HolderAnswer",
        "HolderAnswerGivenEnum": "collection.api.answers.ANSWERS",
        "PaperKindEnum": "collection.models.PaperKind",
        "PlanChangeKindEnum": "collection.api.plan_changes.CHANGE_KINDS",
        "ServiceTimesStateEnum": "collection.models.service_times.ServiceTimes.State",
    },
}

# --- Background work (docs/decisions/embedded-broker.md) --------------------------------------------------

LONGEST_TASK_SECONDS = 30 * 60
CELERY_BROKER_URL = REDIS_URL or "folder://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    environment.redis_broker(prefix=REDIS_PREFIX, longest_task_seconds=LONGEST_TASK_SECONDS)
    if REDIS_URL
    else environment.folder_broker(DATA_DIR / "queue")
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 1
# A web request tries the broker once: the row is the queue, a lost nudge is found by the sweep.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_DEFAULT_QUEUE = "lodestone"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = LONGEST_TASK_SECONDS
# The folder is looked into once a poll, so a few messages are fetched ahead; rows, not messages, hold the
# work.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1 if REDIS_URL else 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "collection.heartbeat", "schedule": schedule(10), "options": {"expires": 30}},
    # The sweeps: whatever a lost message left behind is found by these.
    "assess due lots": {
        "task": "collection.assess_due_lots",
        "schedule": schedule(20),
        "options": {"expires": 60},
    },
    "announce flags": {
        "task": "collection.announce_flags",
        "schedule": schedule(30),
        "options": {"expires": 60},
    },
    "send notifications": {
        "task": "collection.send_waiting_notifications",
        "schedule": schedule(30),
        "options": {"expires": 60},
    },
    "run waiting plans": {
        "task": "collection.run_waiting_plans",
        "schedule": schedule(10),
        "options": {"expires": 20},
    },
    "watch rounds": {
        "task": "collection.watch_rounds",
        "schedule": schedule(60),
        "options": {"expires": 120},
    },
    "send reminders": {
        "task": "collection.send_reminders",
        "schedule": schedule(300),
        "options": {"expires": 600},
    },
    "plan regular rounds": {
        "task": "collection.plan_regular_rounds",
        "schedule": schedule(900),
        "options": {"expires": 1800},
    },
    "fit service times": {
        "task": "collection.fit_service_times",
        "schedule": schedule(6 * 3600),
        "options": {"expires": 3600},
    },
    "look up places": {
        "task": "collection.look_up_places",
        "schedule": schedule(120),
        "options": {"expires": 120},
    },
    "remind of watched sources": {
        "task": "collection.remind_of_watched_sources",
        "schedule": schedule(600),
        "options": {"expires": 600},
    },
    # Daily, so that the month that has closed meanwhile gets its row.
    "watch the risk model": {"task": "collection.watch_risk", "schedule": schedule(86_400)},
    "end what ran out": {
        "task": "collection.end_what_ran_out",
        "schedule": schedule(60),
        "options": {"expires": 120},
    },
    "fold reports": {"task": "reports.fold", "schedule": schedule(30), "options": {"expires": 60}},
    "tell defence in whole quarters": {
        "task": "reports.tell_defence",
        "schedule": schedule(86_400),
        "options": {"expires": 86_400},
    },
}
# Celery closes the database connection after every task unless told how many may share one.
CELERY_DB_REUSE_MAX = 1000

# --- Log
# ----------------------------------------------------------------------------------------------------

LOG_LEVEL = environment.text("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    raise ImproperlyConfigured(f"LOG_LEVEL is “{LOG_LEVEL}”; write DEBUG, INFO, WARNING, ERROR or CRITICAL.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)-7s %(name)s  %(message)s", "datefmt": "%H:%M:%S"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "PIL": {"level": "WARNING"},
    },
}

if PRODUCTION:
    missing = [
        name
        for name, value in {
            "DATABASE_URL": environment.text("DATABASE_URL"),
            "REDIS_URL": REDIS_URL,
            "ALLOWED_HOSTS": ALLOWED_HOSTS,
        }.items()
        if not value
    ]
    if missing:
        raise ImproperlyConfigured(f"LODESTONE_PRODUCTION=1 also needs {' and '.join(missing)}.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG=1 shows the program's inside to strangers; unset it in production.")
