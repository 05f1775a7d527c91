"""Every environment variable, read once. docs/settings.md documents each of them.

Safe by default: production unless told otherwise, no debug pages, no default secret, no
sandbox. What a value must satisfy is a system check (altinn/checks.py), not an ``if``
here.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ

from altinn.logging import logging_config

env = environ.FileAwareEnv()  # every variable X can come from a file named by X_FILE
BASE_DIR = Path(__file__).resolve().parent.parent

# --- what kind of server this is ------------------------------------------------------
ALTINN_ENVIRONMENT = env.str("ALTINN_ENVIRONMENT", default="production")
ALTINN_SANDBOX = env.bool("ALTINN_SANDBOX", default=False)
SECRET_KEY = (
    env.str("ALTINN_SECRET_KEY", default="") or "unset"
)  # altinn.E003 refuses it
DEBUG = False  # a debug page shows settings and data; there is no variable for it

# --- where it is found ----------------------------------------------------------------
ALTINN_BASE_URL = env.str("ALTINN_BASE_URL", default="http://localhost:8000").rstrip(
    "/"
)
ALTINN_EXTRA_HOSTS = env.list("ALTINN_EXTRA_HOSTS", default=[])
_base = urlsplit(ALTINN_BASE_URL)
ALTINN_DOMAIN = _base.hostname or "localhost"
# altinn/hosts.py narrows `.apps.` to one label and chooses the urlconf.
ALLOWED_HOSTS = [
    ALTINN_DOMAIN,
    f"platform.{ALTINN_DOMAIN}",
    f"storage.{ALTINN_DOMAIN}",
    f".apps.{ALTINN_DOMAIN}",
    "localhost",
    "127.0.0.1",
    "[::1]",
    *ALTINN_EXTRA_HOSTS,
]
ROOT_URLCONF = "altinn.urls"
WSGI_APPLICATION = "altinn.wsgi.application"
APPEND_SLASH = False  # the routes take an optional final slash themselves

# --- where its data lies --------------------------------------------------------------
ALTINN_DATA_DIR = Path(env.str("ALTINN_DATA_DIR", default=str(BASE_DIR / "var")))
ALTINN_SQLITE_SYNCHRONOUS = env.str("ALTINN_SQLITE_SYNCHRONOUS", default="NORMAL")
DATABASES = {
    "default": env.db_url(
        "DATABASE_URL", default=f"sqlite:///{ALTINN_DATA_DIR / 'altinn.sqlite3'}"
    )
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE takes the write lock when the transaction begins: a deferred one
        # that reads and then writes fails at once, whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous={ALTINN_SQLITE_SYNCHRONOUS};"
            "PRAGMA mmap_size=268435456; PRAGMA cache_size=-64000;"
            "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
        ),
    }
else:
    # One persistent connection a thread; a connection a request costs three times the
    # CPU.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "blobs": {
        "BACKEND": "data_elements.blobs.BlobFileStorage",
        "OPTIONS": {"location": str(ALTINN_DATA_DIR / "blobs")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- tokens ---------------------------------------------------------------------------
ALTINN_KEYS_DIR = Path(
    env.str("ALTINN_KEYS_DIR", default=str(ALTINN_DATA_DIR / "keys"))
)
ALTINN_TRUSTED_ISSUERS = env.str("ALTINN_TRUSTED_ISSUERS", default="")
ALTINN_TOKEN_LIFETIME = timedelta(
    minutes=env.int("ALTINN_TOKEN_LIFETIME_MINUTES", default=30)
)

# --- limits ---------------------------------------------------------------------------
ALTINN_MAX_UPLOAD_MIB = env.int("ALTINN_MAX_UPLOAD_MIB", default=2000)
ALTINN_MAX_JSON_MIB = env.int("ALTINN_MAX_JSON_MIB", default=2)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20  # bodies read whole: small JSON and forms
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# --- the house ------------------------------------------------------------------------
INSTALLED_APPS = [
    "altinn.apps.AltinnAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "parties",
    "apps_registry",
    "authorization",
    "events",
    "instances",
    "data_elements",
    "cleanup",
    "api.apps.ApiConfig",
    "altinn.apps.AltinnConfig",
]
AUTH_USER_MODEL = "parties.User"
MIDDLEWARE = [
    "altinn.logging.TraceMiddleware",
    "api.headers.ResponseHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "altinn.hosts.HostMiddleware",
    "altinn.admin_middleware.AdminSessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "altinn.admin_middleware.AdminAuthenticationMiddleware",
    "altinn.admin_middleware.AdminMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "api.everywhere.sandbox",
            ],
        },
    }
]
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = ["altinn.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # no collectstatic step to forget
LOGGING = logging_config(level=env.str("ALTINN_LOG_LEVEL", default="INFO"))

# --- the faces ------------------------------------------------------------------------
REST_FRAMEWORK = {
    # api/views.py sets the faces' own classes; what is not of the faces is refused.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.FaceSchema",
    "EXCEPTION_HANDLER": "api.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is no parameter of ours, so a 400
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # That check takes both faces for one document; each is checked when it is written.
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "POSTPROCESSING_HOOKS": ["api.schema.finish"],
}

# --- defences -------------------------------------------------------------------------
_https = _base.scheme == "https"
CSRF_COOKIE_NAME = "XSRF-TOKEN"  # Altinn's names: clients echo the cookie in the header
CSRF_HEADER_NAME = "HTTP_X_XSRF_TOKEN"
CSRF_FAILURE_VIEW = "api.problems.csrf_failure"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_REFERRER_POLICY = "no-referrer"  # pages with forms say same-origin inside
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_SSL_REDIRECT = env.bool("ALTINN_SSL_REDIRECT", default=_https)
if env.bool("ALTINN_TRUST_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        # Swagger UI, ReDoc and the admin set style attributes from scripts.
        "style-src": ["'self'", "'unsafe-inline'"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
