"""Who signs in: passwords, sessions, the second step, fresh proof, and ACM/IDM."""

from datetime import timedelta

from pio_portal.settings.base import PIO_ENV, PRODUCTION, env

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
AXES_ENABLE_ADMIN = False  # accounts/admin.py shows what it notes; its own tables can be emptied

# --- ACM/IDM: off as long as no issuer is set (domain.md 9.3) -----------------------------------
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
