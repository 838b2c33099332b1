"""Files: the style, what people send, the scanner, how long documents stay, who signs them."""

from pathlib import Path

from pio_portal.settings.base import BASE_DIR, PRODUCTION, VAR_DIR, env

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

# --- Documents: how long they stay, and who signs them (docs/operations.md) ---------------------
# Days after which the file of a job is purged, for kinds that say nothing else; 0: never. Per kind:
# reporting.yearly_report_pdf=30,evaluations.evaluator_pack=14. What counts in law is never purged.
DOCUMENT_KEPT_DAYS = env.int("DOCUMENT_KEPT_DAYS", 90)
DOCUMENT_KEPT_DAYS_BY_KIND = env.dict("DOCUMENT_KEPT_DAYS_BY_KIND", cast={"value": int}, default={})
# A PKCS#12 file with key and certificate, the file that holds its passphrase, and a server that
# stamps the time (RFC 3161). Empty: nothing is signed; no time stamp.
DOCUMENT_SIGNING_P12 = env.str("DOCUMENT_SIGNING_P12", "")
DOCUMENT_SIGNING_PASSPHRASE_FILE = env.str("DOCUMENT_SIGNING_PASSPHRASE_FILE", "")
DOCUMENT_SIGNING_TSA_URL = env.str("DOCUMENT_SIGNING_TSA_URL", "")
