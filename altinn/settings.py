"""Every environment variable, read once. docs/settings.md documents each of them.

Safe by default: production unless told otherwise, no debug pages, no default secret, no
sandbox. What a value must satisfy is a system check (altinn/checks.py), not an ``if``
here.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from altinn.environment import Environment
from altinn.logging import logging_config

env = Environment()  # every variable X can come from a file named by X_FILE
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
ALTINN_TRANSACTION_POOLER = env.bool("ALTINN_TRANSACTION_POOLER", default=False)
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
    DATABASES["default"] |= {
        "ENGINE": "common.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A transaction's pooler gives each its connection: nothing stays prepared.
        "DISABLE_SERVER_SIDE_CURSORS": ALTINN_TRANSACTION_POOLER,
    }
    if not ALTINN_TRANSACTION_POOLER:
        # PostgreSQL plans a statement once a connection; both options are needed.
        _options = DATABASES["default"].setdefault("OPTIONS", {})
        _options.update(server_side_binding=True, prepare_threshold=1)
        # What decides who sees which rows looks costly to the planner and is not: with
        # its compiler a list takes seconds that the rows do not.
        _options["options"] = f"{_options.get('options', '')} -c jit=off".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- where the contents of data elements lie ------------------------------------------
ALTINN_BLOBS = env.str("ALTINN_BLOBS", default="file")
ALTINN_BLOBS_DIR = Path(
    env.str("ALTINN_BLOBS_DIR", default=str(ALTINN_DATA_DIR / "blobs"))
)
ALTINN_BLOBS_PATIENCE = env.int("ALTINN_BLOBS_PATIENCE", default=10)
ALTINN_BLOBS_PART_MIB = env.int("ALTINN_BLOBS_PART_MIB", default=8)
ALTINN_BLOBS_PARTS_AT_ONCE = env.int("ALTINN_BLOBS_PARTS_AT_ONCE", default=4)
ALTINN_S3_BUCKET = env.str("ALTINN_S3_BUCKET", default="")
ALTINN_S3_ENDPOINT = env.str("ALTINN_S3_ENDPOINT", default="")
ALTINN_S3_REGION = env.str("ALTINN_S3_REGION", default="")
ALTINN_S3_ADDRESSING = env.str("ALTINN_S3_ADDRESSING", default="auto")
ALTINN_S3_ACCESS_KEY = env.str("ALTINN_S3_ACCESS_KEY", default="")
ALTINN_S3_SECRET_KEY = env.str("ALTINN_S3_SECRET_KEY", default="")
ALTINN_AZURE_CONTAINER = env.str("ALTINN_AZURE_CONTAINER", default="")
ALTINN_AZURE_CONNECTION = env.str("ALTINN_AZURE_CONNECTION", default="")
ALTINN_AZURE_ENDPOINT = env.str("ALTINN_AZURE_ENDPOINT", default="")
ALTINN_BLOB_HAND_OFF = env.str("ALTINN_BLOB_HAND_OFF", default="")
ALTINN_BLOB_X_ACCEL_PATH = env.str("ALTINN_BLOB_X_ACCEL_PATH", default="/blobs/")
ALTINN_BLOB_URL_SECONDS = env.int("ALTINN_BLOB_URL_SECONDS", default=60)
_far_away = {
    "part_bytes": ALTINN_BLOBS_PART_MIB * 2**20,
    "parts_at_once": ALTINN_BLOBS_PARTS_AT_ONCE,
    "patience": ALTINN_BLOBS_PATIENCE,
}
_BLOB_STORES = {  # by path: a store that is not used is not imported
    "file": {
        "BACKEND": "data_elements.stores.files.FileBlobs",
        "OPTIONS": {"location": str(ALTINN_BLOBS_DIR)},
    },
    "s3": {
        "BACKEND": "data_elements.stores.s3.S3Blobs",
        "OPTIONS": {
            "bucket_name": ALTINN_S3_BUCKET,
            "endpoint_url": ALTINN_S3_ENDPOINT or None,
            "region_name": ALTINN_S3_REGION or None,
            "addressing_style": ALTINN_S3_ADDRESSING,
            "access_key": ALTINN_S3_ACCESS_KEY or None,
            "secret_key": ALTINN_S3_SECRET_KEY or None,
            **_far_away,
        },
    },
    "azure": {
        "BACKEND": "data_elements.stores.azure.AzureBlobs",
        "OPTIONS": {
            "azure_container": ALTINN_AZURE_CONTAINER,
            "connection_string": ALTINN_AZURE_CONNECTION or None,
            "endpoint": ALTINN_AZURE_ENDPOINT,
            **_far_away,
        },
    },
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "blobs": _BLOB_STORES.get(ALTINN_BLOBS, _BLOB_STORES["file"]),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- applications' own code -----------------------------------------------------------
ALTINN_APP_HOOKS = env.list("ALTINN_APP_HOOKS", default=[])
ALTINN_EVENT_CODES = env.list("ALTINN_EVENT_CODES", default=[])
ALTINN_NOTIFICATION_CODES = env.list("ALTINN_NOTIFICATION_CODES", default=[])
ALTINN_PAYMENT_PROCESSORS = env.list("ALTINN_PAYMENT_PROCESSORS", default=[])
ALTINN_PAYMENT_CALLBACK_CODES = env.list("ALTINN_PAYMENT_CALLBACK_CODES", default=[])
ALTINN_LIBRARY_URL = env.str("ALTINN_LIBRARY_URL", default="")
ALTINN_HOOK_SECONDS = env.float("ALTINN_HOOK_SECONDS", default=30.0)

# --- malware --------------------------------------------------------------------------
ALTINN_FILE_SCAN = env.str("ALTINN_FILE_SCAN", default="")

# --- calls that wait ------------------------------------------------------------------
ALTINN_WAITING_CALLS = env.int("ALTINN_WAITING_CALLS", default=1)

# --- work that waits in the database --------------------------------------------------
ALTINN_EMBEDDED_WORKER = env.bool(
    "ALTINN_EMBEDDED_WORKER", default="sqlite" in DATABASES["default"]["ENGINE"]
)
ALTINN_EXPORTS_KEPT_DAYS = env.int("ALTINN_EXPORTS_KEPT_DAYS", default=7)
ALTINN_EVENTS_KEPT_DAYS = env.int("ALTINN_EVENTS_KEPT_DAYS", default=0)
ALTINN_DELIVERIES_KEPT_DAYS = env.int("ALTINN_DELIVERIES_KEPT_DAYS", default=30)
ALTINN_DELIVERY_SECONDS = env.float("ALTINN_DELIVERY_SECONDS", default=10.0)

# --- browsers -------------------------------------------------------------------------
ALTINN_LOGIN_URL = env.str("ALTINN_LOGIN_URL", default="")

# --- tokens ---------------------------------------------------------------------------
ALTINN_KEYS_DIR = Path(
    env.str("ALTINN_KEYS_DIR", default=str(ALTINN_DATA_DIR / "keys"))
)
ALTINN_TRUSTED_ISSUERS = env.str("ALTINN_TRUSTED_ISSUERS", default="")
ALTINN_TOKEN_LIFETIME = timedelta(
    minutes=env.int("ALTINN_TOKEN_LIFETIME_MINUTES", default=30)
)
ALTINN_EXCHANGES_PER_MINUTE = env.int("ALTINN_EXCHANGES_PER_MINUTE", default=300)

# --- the way out ----------------------------------------------------------------------
ALTINN_INTERNAL_HOSTS = env.list("ALTINN_INTERNAL_HOSTS", default=[])
ALTINN_INTERNAL_RECEIVERS = env.list("ALTINN_INTERNAL_RECEIVERS", default=None)

# --- what callers may do --------------------------------------------------------------
ALTINN_STRICT_INSTANCE_SCOPES = env.bool("ALTINN_STRICT_INSTANCE_SCOPES", default=False)
ALTINN_SYNC_ADAPTER_CLIENTS = env.list("ALTINN_SYNC_ADAPTER_CLIENTS", default=[])

# --- people who sign in to the admin --------------------------------------------------
ALTINN_OIDC_ISSUER = env.str("ALTINN_OIDC_ISSUER", default="")
ALTINN_OIDC_CLIENT_ID = env.str("ALTINN_OIDC_CLIENT_ID", default="")
ALTINN_OIDC_CLIENT_SECRET = env.str("ALTINN_OIDC_CLIENT_SECRET", default="")
ALTINN_OIDC_SCOPES = env.str("ALTINN_OIDC_SCOPES", default="openid profile email")
ALTINN_OIDC_NAME = env.str("ALTINN_OIDC_NAME", default="")
ALTINN_OIDC_MEMBERSHIPS = env.str("ALTINN_OIDC_MEMBERSHIPS", default="")
LOGIN_REDIRECT_URL = "/admin/"  # instead of a page that a form may not name
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses who has guessed too often
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = env.int("ALTINN_LOGIN_FAILURES", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("ALTINN_LOGIN_LOCK_MINUTES", default=15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "api.client_address.client_network"
AXES_LOCKOUT_CALLABLE = "altinn.admin_login.locked_out"
AXES_RESET_ON_SUCCESS = True
# Who keeps trying must not keep the person whose name it is out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # a second record of who came when
AXES_VERBOSE = False

# --- limits ---------------------------------------------------------------------------
ALTINN_MAX_UPLOAD_MIB = env.int("ALTINN_MAX_UPLOAD_MIB", default=2000)
ALTINN_MAX_APP_MIB = env.int("ALTINN_MAX_APP_MIB", default=50)
ALTINN_MAX_APP_FILES = env.int("ALTINN_MAX_APP_FILES", default=2000)
ALTINN_MAX_JSON_MIB = env.int("ALTINN_MAX_JSON_MIB", default=2)
ALTINN_COSTLY_QUERY_SECONDS = env.int("ALTINN_COSTLY_QUERY_SECONDS", default=10)
ALTINN_LOOKUP_MISSES_PER_USER = env.int("ALTINN_LOOKUP_MISSES_PER_USER", default=5)
ALTINN_LOOKUP_MISSES_PER_ADDRESS = env.int(
    "ALTINN_LOOKUP_MISSES_PER_ADDRESS", default=50
)
ALTINN_METRICS_API_KEY = env.str("ALTINN_METRICS_API_KEY", default="")
# Prometheus reads the same file without what is around the token.
ALTINN_METRICS_TOKEN = env.str("ALTINN_METRICS_TOKEN", default="").strip()
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20  # bodies read whole: small JSON and forms
FILE_UPLOAD_HANDLERS = ["common.bounded_upload.NoFiles"]  # pages that take some say so
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
    "altinn.apps.SignInGuardConfig",
    "audit",
    "idempotency",
    "parties",
    "apps_registry",
    "authorization",
    "events",
    "instances",
    "data_elements",
    "cleanup",
    "exports",
    "payments",
    "receipts",
    "process",
    "api.apps.ApiConfig",
    "altinn.apps.AltinnConfig",
]
AUTH_USER_MODEL = "parties.User"
MIDDLEWARE = [
    "altinn.logging.TraceMiddleware",
    "api.headers.ResponseHeadersMiddleware",
    "altinn.content_policy.ContentPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "altinn.hosts.HostMiddleware",
    "altinn.admin_middleware.AdminSessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "altinn.admin_middleware.AdminAuthenticationMiddleware",
    "altinn.admin_middleware.AdminMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
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
# A browser takes a cookie of that name from this very host alone, and only over TLS.
SESSION_COOKIE_NAME = "__Host-admin-session" if _https else "admin-session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_REFERRER_POLICY = "no-referrer"  # pages with forms say same-origin inside
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_SSL_REDIRECT = env.bool("ALTINN_SSL_REDIRECT", default=_https)
ALTINN_TRUST_PROXY = env.bool("ALTINN_TRUST_PROXY", default=False)
ALTINN_TRUSTED_PROXIES = env.list("ALTINN_TRUSTED_PROXIES", default=[])
if ALTINN_TRUST_PROXY:
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
