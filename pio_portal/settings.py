"""Settings come from the environment; `.env.example` documents every variable.

PIO_ENV is development (default), test or production. Production refuses to start with a default
secret, with DEBUG, or with the demo accounts: see `refuse_unsafe_production` at the end.
"""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from pio_portal.step_up import STEP_UP_VIEWS as STEP_UP_VIEWS

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PIO_ENV = env.str("PIO_ENV", "development")
PRODUCTION = PIO_ENV == "production"
DEFAULT_SECRET_KEY = "development-only-not-a-secret"  # noqa: S105 - refused in production below
SECRET_KEY = env.str("SECRET_KEY", DEFAULT_SECRET_KEY)
DEBUG = env.bool("DEBUG", False)
# Demo accounts with a published password, the readable mailbox and the "demo" banner.
DEMO_LOGIN = env.bool("DEMO_LOGIN", PIO_ENV == "development")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

INSTALLED_APPS = [
    # Before accounts, which takes their secrets out of /admin/.
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "dashboard",
    "operations",
    "retention",
    "rehearsals",
    "reporting",
    "payments",
    "funding",
    "evaluations",
    "projects",
    "calls",
    "accounts",
    "documents",
    "notifications",
    "audit",
    "common",
    "common.admin_site.PortalAdminConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_filters",
    "rules",
    "axes",
    "csp",
    "pgtrigger",
    "django_structlog",
]
if not PRODUCTION:
    INSTALLED_APPS.insert(0, "demo")

MIDDLEWARE = [
    # First, so that the instant of arrival is not moved by the time the rest of the stack takes.
    "common.middleware.ArrivalMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "operations.csp_reports.ReportingMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "common.middleware.LanguageCookieMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.StandingMiddleware",
    "pio_portal.limits.RateLimitMiddleware",
    "pio_portal.limits.BodyLimitMiddleware",
    "common.middleware.RequestLogMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "common.middleware.MethodsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "audit.middleware.AuditMiddleware",
    "accounts.middleware.ActiveOrganisationMiddleware",
    "accounts.middleware.RollingSessionMiddleware",
    "accounts.viewing.ReadOnlyViewingMiddleware",
    "accounts.step_up.StepUpMiddleware",
    "axes.middleware.AxesMiddleware",
    "common.middleware.StorableAddressMiddleware",
]

ROOT_URLCONF = "pio_portal.urls"
WSGI_APPLICATION = "pio_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ]
            if not DEBUG
            else [
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.context_processors.portal",
                "accounts.context_processors.signed_in",
            ],
            "builtins": ["common.templatetags.portal", "common.templatetags.page_parts"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Database ---------------------------------------------------------------------------------
DATABASES = {
    "default": env.db_url("DATABASE_URL", default="postgresql://pio@localhost:5432/pio"),
}
# A streaming standby that reports read from (reporting/standby.py); empty: they read the primary.
if env.str("REPORT_DATABASE_URL", ""):
    DATABASES["reports"] = env.db_url("REPORT_DATABASE_URL")
    DATABASE_ROUTERS = ["common.database.ReportRouter"]
# Seconds that a report waits until the standby knows what the primary knows.
REPORT_DATABASE_PATIENCE = env.float("REPORT_DATABASE_PATIENCE", 1.0)
for _database in DATABASES.values():
    # A Unix socket arrives as ?host=/folder; Django wants it as HOST.
    _database["HOST"] = _database.get("OPTIONS", {}).pop("host", "") or _database["HOST"]
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    _database["CONN_HEALTH_CHECKS"] = True
    _database["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("DISABLE_SERVER_SIDE_CURSORS", False)
if "reports" in DATABASES:
    _options = DATABASES["reports"].setdefault("OPTIONS", {})
    # One that does not answer is not waited for: there is the primary. Seconds, and milliseconds.
    _options.setdefault("connect_timeout", 2)
    _options.setdefault("tcp_user_timeout", 10_000)
    # PgBouncer refuses what it can't keep per client; each report's transaction says it anyhow.
    if not DATABASES["reports"]["DISABLE_SERVER_SIDE_CURSORS"]:
        _options.setdefault("options", "-c default_transaction_read_only=on")
    DATABASES["reports"]["TEST"] = {"MIRROR": "default"}
DATABASES["default"]["TEST"] = {
    "NAME": env.str("TEST_DB_NAME", "test_pio"),
    "TEMPLATE": env.str("TEST_DB_TEMPLATE", "") or None,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "accounts.oidc.backend.AcmIdmBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "accounts.password_validation.PassphraseLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "dashboard:home"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = env.int("SESSION_MINUTES", 8 * 60) * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_WARN_SECONDS = env.int("SESSION_WARN_MINUTES", 5) * 60
CSRF_FAILURE_VIEW = "accounts.views.typed_text.csrf_failure"
# A second step for staff with a local account, and what its app calls the portal.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", PRODUCTION)
OTP_TOTP_ISSUER = "PIO Portal"
# A fresh proof of who one is before decisions, payments and personal data, and how long it counts.
STEP_UP = env.bool("STEP_UP", PRODUCTION)
STEP_UP_MINUTES = env.int("STEP_UP_MINUTES", 15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.int("SIGN_IN_FAILURE_LIMIT", 10)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_CALLABLE = "accounts.views.lock_out.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the time that the page names is kept
# What a failed sign-in keeps of the form: nothing that was typed beside the address.
AXES_SENSITIVE_PARAMETERS = [
    *("username", "ip_address", "proof", "typed_text", "csrfmiddlewaretoken"),
]
# Failed passwords of one account in a day, from all places together, before a browser that never
# signed in with it must choose a new password first (slow guessing from many places).
SIGN_IN_ACCOUNT_LIMIT = env.int("SIGN_IN_ACCOUNT_LIMIT", 50)
# Links to choose a password: how many an hour for one address of a person, and from one place.
PASSWORD_RESETS_PER_PERSON = env.int("PASSWORD_RESETS_PER_PERSON", 3)
PASSWORD_RESETS_PER_PLACE = env.int("PASSWORD_RESETS_PER_PLACE", 60)
PROXY_COUNT = env.int("PROXY_COUNT", 1 if PRODUCTION else 0)
AXES_CLIENT_IP_CALLABLE = "accounts.client_address.client_address"
AXES_VERBOSE = False

# --- ACM/IDM: off as long as no issuer is set (domain.md 9.3) -------------------------------------
OIDC_ISSUER = env.str("OIDC_ISSUER", "").rstrip("/")
OIDC_RP_CLIENT_ID = env.str("OIDC_RP_CLIENT_ID", "")
OIDC_RP_CLIENT_SECRET = env.str("OIDC_RP_CLIENT_SECRET", "")
OIDC_CLIENT_KEY_FILE = env.str("OIDC_CLIENT_KEY_FILE", "")
# A scope that was not granted makes the provider refuse everybody; never ask for rrn.
OIDC_RP_SCOPES = env.str("OIDC_RP_SCOPES", "openid profile vo pio_portaal")
OIDC_ROLE_CLAIM = env.str("OIDC_ROLE_CLAIM", "pio_portaal_rol_3d")
# Empty: asked of the provider itself, at its discovery address.
OIDC_OP_AUTHORIZATION_ENDPOINT = env.str("OIDC_OP_AUTHORIZATION_ENDPOINT", "")
OIDC_OP_TOKEN_ENDPOINT = env.str("OIDC_OP_TOKEN_ENDPOINT", "")
OIDC_OP_JWKS_ENDPOINT = env.str("OIDC_OP_JWKS_ENDPOINT", "")
OIDC_OP_END_SESSION_ENDPOINT = env.str("OIDC_OP_END_SESSION_ENDPOINT", "")
# Levels of assurance (`acr` of the ID token) that are enough; empty: whatever the provider accepts.
OIDC_ACR_VALUES = env.list("OIDC_ACR_VALUES", default=[])
# Every address of the provider is https; the tests' own provider alone is not.
OIDC_HTTPS_ONLY = PIO_ENV != "test"
OIDC_TIMEOUT = env.int("OIDC_TIMEOUT", 10)
OIDC_TOKEN_USE_BASIC_AUTH = not OIDC_CLIENT_KEY_FILE
# Only these organisations (OVO codes) make people staff, whatever roles another one writes.
OIDC_STAFF_ORGANISATIONS = env.list("OIDC_STAFF_ORGANISATIONS", default=[])
# Names of roles at ACM/IDM and the group in the portal (the names are ours, domain.md 9.3 [D]).
OIDC_STAFF_ROLES = {
    "PIOMedewerker-begeleider": "pio_team_member",
    "PIOMedewerker-projectleider": "pio_project_leader",
    "PIOMedewerker-rapporteur": "programme_manager",
    "PIOMedewerker-secretaris": "committee_secretary",
    "PIOMedewerker-auditor": "auditor",
    "PIOMedewerker-beheerder": "administrator",
    "VLAIOAdviseur": "vlaio_adviser",
}

# --- Language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # machine-readable numbers in attributes; amounts go through |eur
TIME_ZONE = "Europe/Brussels"

# --- Rules of the programme -------------------------------------------------------------------
# Working days to answer a question about a proposal, when staff choose no other day [D].
INFORMATION_WORKING_DAYS = env.int("INFORMATION_WORKING_DAYS", 10)

# --- Privacy ------------------------------------------------------------------------------------
# Months to answer what a person asks about the own data, and how many more once (AVG art. 12.3).
PRIVACY_REQUEST_MONTHS = env.int("PRIVACY_REQUEST_MONTHS", 1)
PRIVACY_EXTENSION_MONTHS = env.int("PRIVACY_EXTENSION_MONTHS", 2)

# --- Record ---------------------------------------------------------------------------------
AUDIT_HISTORY = "pio_portal.history"  # which tables keep what changed in their rows
# Different refused attempts of one person that are listed per hour; more are counted together.
AUDIT_REFUSALS_PER_HOUR = env.int("AUDIT_REFUSALS_PER_HOUR", 100)

# --- Files ------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "files")))  # private: never under a URL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", "")  # e.g. /private-files/ behind nginx
FILE_UPLOAD_PERMISSIONS = 0o640
# A bucket of S3-compatible storage for the private files, in place of MEDIA_ROOT; empty: on disk. A
# prefix in it; the address of a service that is not AWS's; and its region. Credentials:
# AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
FILES_S3_BUCKET = env.str("FILES_S3_BUCKET", "")
FILES_S3_PREFIX = env.str("FILES_S3_PREFIX", "")
FILES_S3_ENDPOINT = env.str("FILES_S3_ENDPOINT", "")
FILES_S3_REGION = env.str("FILES_S3_REGION", "")
# ClamAV's daemon, a Unix socket (a path) or host:port; empty: files are not scanned. And for how
# many seconds it may be silent.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", "")
CLAMD_TIMEOUT = env.int("CLAMD_TIMEOUT", 60)
# Text in one request, files not counted. A pasted book must reach the form, which says by how much
# it is too long and keeps it; percent-encoding makes a text up to three times as large.
DATA_UPLOAD_MAX_MEMORY_SIZE = 40 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Workers ----------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True  # results are rows: documents.Job
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # A page must not hang when the broker is away: the row is written, the sweep picks it up.
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "documents.*": {"queue": "pdf"},
    "rehearsals.*": {"queue": "rehearsal"},  # a minute's work: nobody's receipt waits for it
    "notifications.*": {"queue": "mail"},
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "documents.sweep_jobs", "schedule": 30},
    "sweep-scans": {"task": "documents.sweep_scans", "schedule": 60},
    "purge-documents": {"task": "documents.purge", "schedule": 24 * 3600},
    "sweep-rehearsals": {"task": "rehearsals.sweep", "schedule": 60},
    "remove-old-rehearsals": {"task": "rehearsals.remove_old", "schedule": 24 * 3600},
    "plan-reminders": {"task": "notifications.plan_reminders", "schedule": 300},
    "send-due-reminders": {"task": "notifications.send_due_reminders", "schedule": 60},
    "deliver-outbox": {"task": "notifications.deliver_outbox", "schedule": 30},
    "send-digests": {"task": "notifications.send_digests", "schedule": 300},
    "announce-openings": {"task": "calls.announce_openings", "schedule": 60},
    "forget-old-traces": {"task": "calls.forget_old_traces", "schedule": 3600},
    "find-conflicts": {"task": "evaluations.find_conflicts", "schedule": 3600},
    "carry-out-divisions": {"task": "evaluations.carry_out_divisions", "schedule": 60},
    "settle-reopened": {"task": "projects.settle_reopened", "schedule": 60},
    "tick": {"task": "operations.tick", "schedule": 60},
    "draw-destruction-lists": {"task": "retention.draw_lists", "schedule": 24 * 3600},
    "warn-of-drafts": {"task": "retention.warn_of_drafts", "schedule": 24 * 3600},
    "carry-out-destruction": {"task": "retention.carry_out_waiting", "schedule": 600},
    "inspect": {"task": "operations.inspect", "schedule": 6 * 3600},
    "remove-old-heartbeats": {"task": "operations.remove_old", "schedule": 24 * 3600},
    "log-audit-head": {"task": "audit.log_head", "schedule": 24 * 3600},
    "mail-saved-views": {"task": "evaluations.mail_saved_views", "schedule": 900},
}

# --- Operation: how the portal watches over itself (docs/operations.md) -------------------------
# Where beat asks each minute whether the web server is ready; empty: it does not ask.
WEB_PROBE_URL = env.str("WEB_PROBE_URL", "")
HEARTBEAT_SILENCE_MINUTES = env.int("HEARTBEAT_SILENCE_MINUTES", 5)
HEARTBEAT_DAYS = env.int("HEARTBEAT_DAYS", 90)
# From how many minutes a gap is an outage, and until how many hours after it a closing suffered.
OUTAGE_MINUTES = env.int("OUTAGE_MINUTES", 5)
OUTAGE_SHADOW_HOURS = env.int("OUTAGE_SHADOW_HOURS", 24)
# Where `manage.py backup` writes, and how many it keeps; empty: backups are made elsewhere.
BACKUP_DIR = env.str("BACKUP_DIR", "")
BACKUP_COUNT = env.int("BACKUP_COUNT", 14)
# When the doctor speaks up: a backup older than so many hours, a restore test than so many days,
# and less than so many GB (of 1,000,000,000 bytes) free for files.
BACKUP_HOURS = env.int("BACKUP_HOURS", 26)
RESTORE_TEST_DAYS = env.int("RESTORE_TEST_DAYS", 90)
FREE_GIGABYTES = env.int("FREE_GIGABYTES", 2)
# Who may read /metrics: a bearer token, or addresses and networks; neither: nobody (404).
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
METRICS_ADDRESSES = env.list("METRICS_ADDRESSES", default=[])
# No upgrade within so many hours of a closing (`manage.py deploy_guard`).
DEPLOY_GUARD_HOURS = env.int("DEPLOY_GUARD_HOURS", 24)

# --- Documents: how long they stay, and who signs them (docs/operations.md) ----------------------
# Days after which the file of a job is purged, for kinds that say nothing else; 0: never. Per kind:
# reporting.yearly_report_pdf=30,evaluations.evaluator_pack=14. What counts in law is never purged.
DOCUMENT_KEPT_DAYS = env.int("DOCUMENT_KEPT_DAYS", 90)
DOCUMENT_KEPT_DAYS_BY_KIND = env.dict("DOCUMENT_KEPT_DAYS_BY_KIND", cast={"value": int}, default={})
# A PKCS#12 file with key and certificate, the file that holds its passphrase, and a server that
# stamps the time (RFC 3161). Empty: nothing is signed; no time stamp.
DOCUMENT_SIGNING_P12 = env.str("DOCUMENT_SIGNING_P12", "")
DOCUMENT_SIGNING_PASSPHRASE_FILE = env.str("DOCUMENT_SIGNING_PASSPHRASE_FILE", "")
DOCUMENT_SIGNING_TSA_URL = env.str("DOCUMENT_SIGNING_TSA_URL", "")

# --- Mail -------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "PIO Portal <no-reply@example.invalid>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "pio@example.invalid")
# Hours of Brussels in which nothing leaves but legal notices and urgent reminders (from, up to; the
# same hour twice: none). Tests run at any hour, so there it is off until a test is about it.
MAIL_QUIET_FROM = env.int("MAIL_QUIET_FROM", 0 if PIO_ENV == "test" else 21)
MAIL_QUIET_UNTIL = env.int("MAIL_QUIET_UNTIL", 0 if PIO_ENV == "test" else 7)
# So many hours before its deadline a reminder is urgent.
MAIL_URGENT_HOURS = env.int("MAIL_URGENT_HOURS", 12)
# Mails to one person on one day; more wait for the digest, which leaves at this hour.
MAIL_MAX_PER_DAY = env.int("MAIL_MAX_PER_DAY", 15)
MAIL_DIGEST_HOUR = env.int("MAIL_DIGEST_HOUR", 7)
# Where a mail server reports what it could not deliver; each mail gets an address of its own in it
# (bounces+12-abc@…). Empty: reports go to the sender of DEFAULT_FROM_EMAIL.
MAIL_BOUNCE_ADDRESS = env.str("MAIL_BOUNCE_ADDRESS", "")
# After so many permanent refusals an address counts as one that does not work.
MAIL_BOUNCE_LIMIT = env.int("MAIL_BOUNCE_LIMIT", 3)

# --- Defaults of the programme: assumptions of ours that can be changed here ------------------
# Share in percent (together 100), condition, and in how many days after the commitment the claim is
# expected; a proposal that staff change per commitment (domain.md 6.5, a default of ours).
INSTALMENT_SCHEDULE = [
    ("30", "Overeenkomst getekend en opdracht gegund", 120),
    ("40", "Tussentijds verslag aanvaard en 60 % van de kosten gemaakt", 365),
    ("30", "Eindverslag en kostenstaat aanvaard", 730),
]
# The last day on which the administration books for a year (month, day), how many days before it we
# speak of it, and from which percentage of a credit we warn (domain.md 7 and ours).
BUDGET_CUT_OFF = (12, 1)
BUDGET_CUT_OFF_NOTICE_DAYS = env.int("BUDGET_CUT_OFF_NOTICE_DAYS", 30)
BUDGET_WARNING_SHARE = env.int("BUDGET_WARNING_SHARE", 90)
# How registers outside name the programme and who pays (domain.md 9.5; the prefix is ours).
SUBSIDY_MEASURE = env.str("SUBSIDY_MEASURE", "Programma Innovatieve Overheidsopdrachten (PIO)")
GRANT_PREFIX = env.str("GRANT_PREFIX", "360G-pio")
GRANT_FUNDER = {
    "id": env.str("GRANT_FUNDER_ID", "BE-BCE_KBO-0316380841"),
    "name": env.str("GRANT_FUNDER_NAME", "Vlaamse overheid"),
}
OPEN_DATA_LICENCE = env.str(
    "OPEN_DATA_LICENCE",
    "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
)
# From which likeness of titles (0 to 1, trigrams) two subsidies of one body may be the same.
DOUBLE_SUBSIDY_LIKENESS = env.float("DOUBLE_SUBSIDY_LIKENESS", 0.4)

# The account that pays: name, IBAN and BIC as the bank knows them. Outside production an example.
PAYMENT_DEBTOR_NAME = env.str(
    "PAYMENT_DEBTOR_NAME",
    "" if PRODUCTION else "Fonds voor Innoveren en Ondernemen (voorbeeld)",
)
PAYMENT_DEBTOR_IBAN = env.str("PAYMENT_DEBTOR_IBAN", "" if PRODUCTION else "BE68539007547034")
# Calendar days in which a beneficiary pays back what was paid too much [D].
RECOVERY_DAYS = env.int("RECOVERY_DAYS", 30)
PAYMENT_DEBTOR_BIC = env.str("PAYMENT_DEBTOR_BIC", "" if PRODUCTION else "GKCCBEBB")

# --- Web security -----------------------------------------------------------------------------
# Requests a minute of one person or one network address; 0: no limit. Far above what hands can do:
# a town hall of a hundred people may share one address (pio_portal/limits.py).
RATE_LIMITS = env.bool("RATE_LIMITS", PIO_ENV != "test")
REQUESTS_PER_MINUTE = {
    "person": env.int("RATE_PERSON", 600),
    "person_writes": env.int("RATE_PERSON_WRITES", 240),
    "address": env.int("RATE_ADDRESS", 3000),
    "address_writes": env.int("RATE_ADDRESS_WRITES", 300),
    "search": env.int("RATE_SEARCH", 600),
    "sign_in": env.int("RATE_SIGN_IN", 300),
    "reports": env.int("RATE_REPORTS", 60),
}
# Where the counts stand; sessions and the like do not need it, and without it nothing is counted.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "limits": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://", 1),
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    },
}
# Bytes of one request: of who is not signed in, of text, of the pages that take files.
BODY_LIMITS = {
    "small": 64 * 1024,
    "anonymous": 4 * 1024 * 1024,
    "text": DATA_UPLOAD_MAX_MEMORY_SIZE + 1024 * 1024,
    "files": 110 * 1024 * 1024,
}
CSP_REPORT_PATH = "/csp-melding/"
SMALL_BODY_VIEWS = {
    *("operations:csp_report", "operations:live", "operations:ready", "operations:startup"),
    *("operations:metrics", "calls:stop_following"),
}
# Pages where a visitor may send a file: read once, never kept.
VISITORS_UPLOAD_VIEWS = {"documents:control"}
# Every page with a field for files (tests/portal/test_urls.py finds those that are not here).
UPLOAD_VIEWS = {
    "documents:control",
    *("projects:section", "projects:information", "projects:partner_part"),
    *("projects:obligation_deliver", "calls:document_add", "evaluations:upload_scores"),
    *("payments:organisation_accounts", "payments:bank_files", "reporting:double_subsidies"),
    *("funding:claim_new", "funding:request_new", "funding:request_rule"),
    *("funding:request_tender_document", "funding:agreement_sign", "funding:agreement_member_sign"),
}
# Signing in and out posts a form here that is answered by the way to the provider.
_provider_origins = sorted(
    {
        "/".join(address.split("/")[:3])
        for address in (OIDC_ISSUER, OIDC_OP_AUTHORIZATION_ENDPOINT, OIDC_OP_END_SESSION_ENDPOINT)
        if address
    }
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *_provider_origins],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "report-uri": CSP_REPORT_PATH,  # the older way, which all browsers know
        "report-to": "csp",
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb")
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready|startup)$", r"^metrics$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# --- Logs: JSON in production, readable elsewhere; never personal data ---------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"structlog": {"()": "pio_portal.logs.formatter", "json": PRODUCTION}},
    "filters": {"task_failure": {"()": "pio_portal.logs.TaskFailureFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structlog"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django_structlog": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
        # It names who failed to sign in; that stands in its own tables.
        "axes": {"level": "ERROR"},
        "celery.app.trace": {"filters": ["task_failure"]},
    },
}
# The id of a request goes with every task that it wakes; no address of a visitor.
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False


def refuse_unsafe_production() -> None:
    """Stop at start-up rather than run unsafely.

    Raises:
        ImproperlyConfigured: naming the variable to set.
    """
    if PIO_ENV not in {"development", "test", "production"}:
        raise ImproperlyConfigured("PIO_ENV must be development, test or production.")
    if OIDC_HTTPS_ONLY:
        for name, address in {
            "OIDC_ISSUER": OIDC_ISSUER,
            "OIDC_OP_AUTHORIZATION_ENDPOINT": OIDC_OP_AUTHORIZATION_ENDPOINT,
            "OIDC_OP_TOKEN_ENDPOINT": OIDC_OP_TOKEN_ENDPOINT,
            "OIDC_OP_JWKS_ENDPOINT": OIDC_OP_JWKS_ENDPOINT,
            "OIDC_OP_END_SESSION_ENDPOINT": OIDC_OP_END_SESSION_ENDPOINT,
        }.items():
            if address and not address.startswith("https://"):
                raise ImproperlyConfigured(f"{name} must be an https address.")
    if not PRODUCTION:
        return
    if SECRET_KEY == DEFAULT_SECRET_KEY or len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("Set SECRET_KEY to a random value of 50 characters or more.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production.")
    if DEMO_LOGIN:
        raise ImproperlyConfigured("DEMO_LOGIN must be off in production.")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("Set ALLOWED_HOSTS to the portal's host names.")
    if not STAFF_SECOND_FACTOR or not STEP_UP:
        raise ImproperlyConfigured("STAFF_SECOND_FACTOR and STEP_UP must be on in production.")
    if OIDC_ISSUER and not (OIDC_RP_CLIENT_ID and (OIDC_RP_CLIENT_SECRET or OIDC_CLIENT_KEY_FILE)):
        raise ImproperlyConfigured(
            "With OIDC_ISSUER, set OIDC_RP_CLIENT_ID and a secret or OIDC_CLIENT_KEY_FILE."
        )
    if "rrn" in OIDC_RP_SCOPES.split():
        raise ImproperlyConfigured("OIDC_RP_SCOPES must not ask for rrn.")


refuse_unsafe_production()
