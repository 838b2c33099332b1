"""The portal itself: its apps, middleware, templates, language and time."""

from pathlib import Path

import environ

from pio_portal.step_up import STEP_UP_VIEWS as STEP_UP_VIEWS

BASE_DIR = Path(__file__).resolve().parent.parent.parent
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
    "pio_portal.methods.MethodsMiddleware",
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

# --- Language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # machine-readable numbers in attributes; amounts go through |eur
TIME_ZONE = "Europe/Brussels"
