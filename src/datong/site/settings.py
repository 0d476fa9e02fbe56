"""Settings of the Django project. Everything a deployment may change comes from the environment (docs/reference)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from datong.kernel import roles
from datong.site.secret import installation_secret, older_secrets

DEBUG = os.environ.get("DATONG_DEBUG") == "1"
SECRET_KEY = installation_secret()
SECRET_KEY_FALLBACKS = older_secrets()
DATONG_ROLE_PREFIX = os.environ.get("DATONG_ROLE_PREFIX", "datong")
ALLOWED_HOSTS = os.environ.get("DATONG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

MODULES = (
    "kernel",
    "brand",
    "access",
    "risk",
    "ledger",
    "customers",
    "catalog",
    "wallet",
    "matching",
    "payments",
    "merchants",
    "inventory",
    "fulfilment",
    "orders",
    "purchasing",
    "books",
    "invoices",
    "service",
    "integration",
    "sync",
    "tills",
    "imports",
    "insight",
    "shadow",
    "channels",
    "site",
)
"""From the ground up; the order of the layers."""

INSTALLED_APPS = [
    *(f"datong.{module}" for module in MODULES if (Path(__file__).parents[1] / module / "apps.py").exists()),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "lucide",
]

GLOBAL_TABLES = frozenset(
    {
        "brand_brand",
        "access_user",
        "access_client",
        "access_session",
        "access_try",
        "access_login",
        "account_emailaddress",
        "account_emailconfirmation",
        "mfa_authenticator",
        "integration_endpoint",
        "django_content_type",
        "django_migrations",
        "django_session",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
    }
)
"""The one list of tables that belong to no brand; a test allows no other."""

AUTH_USER_MODEL = "access.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "datong.site.urls"
WSGI_APPLICATION = "datong.site.wsgi.application"

MIDDLEWARE = [
    "datong.site.middleware.trace",
    "datong.site.middleware.security_headers",
    "datong.site.middleware.problems",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "datong.site.middleware.storable",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]


def database(url: str, *, user: str = "", password: str = "", pool: int = 0) -> dict[str, Any]:
    """A Django database from postgresql://user:password@host:port/name?sslmode=..., for one of our roles."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("DATABASE_URL must start with postgresql://")
    options: dict[str, Any] = {
        **dict(parse_qsl(parts.query)),
        # Django turns prepared statements off; they halve the planning cost of the hot path.
        "prepare_threshold": 2,
        "server_side_binding": True,
        "application_name": f"datong-{user or 'owner'}",
    }
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    return {
        "ENGINE": "datong.kernel.backend",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": user or unquote(parts.username or ""),
        "PASSWORD": password or unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "ATOMIC_REQUESTS": False,
        "TEST": {"MIRROR": "default"} if user != f"{DATONG_ROLE_PREFIX}_app" else {},
    }


def _as(name: str, pool: int) -> dict[str, Any]:
    return database(
        DATABASE_URL, user=f"{DATONG_ROLE_PREFIX}_{name}", password=roles.password(name, SECRET_KEY), pool=pool
    )


# Set by the command line, which starts the embedded server when there is none (site.bootstrap).
DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://datong_owner@127.0.0.1:1/datong")
DATABASES = {
    "default": _as("app", int(os.environ.get("DATONG_POOL", "0"))),
    "owner": database(DATABASE_URL),
    "relay": _as("relay", 0),
}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese"))]
LOGIN_URL = "/login/"

# The second factor is allauth's, the pages and the log-in are ours (docs/adr/0021).
MFA_ADAPTER = "datong.access.factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"
LOGIN_REDIRECT_URL = "/"

# smtp://user:password@host:587 (STARTTLS where the server offers it: ?tls=1), smtps://... for TLS from the start.
DATONG_SMTP = urlsplit(os.environ.get("DATONG_SMTP_URL", "")) if os.environ.get("DATONG_SMTP_URL") else None
EMAIL_HOST = (DATONG_SMTP and DATONG_SMTP.hostname) or "localhost"
EMAIL_PORT = (DATONG_SMTP and DATONG_SMTP.port) or (465 if DATONG_SMTP and DATONG_SMTP.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote((DATONG_SMTP and DATONG_SMTP.username) or "")
EMAIL_HOST_PASSWORD = unquote((DATONG_SMTP and DATONG_SMTP.password) or "")
EMAIL_USE_SSL = bool(DATONG_SMTP and DATONG_SMTP.scheme == "smtps")
EMAIL_USE_TLS = bool(DATONG_SMTP and "tls=1" in DATONG_SMTP.query)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DATONG_MAIL_FROM", "datong@localhost")

# The member card in phones' wallets: a folder with Apple's certificate, a service account's JSON file of Google's.
APPLE_PASS = os.environ.get("DATONG_APPLE_PASS", "")
GOOGLE_WALLET = os.environ.get("DATONG_GOOGLE_WALLET", "")

# How many minutes an order that is to be paid first waits for its money before it is cancelled.
PAY_WITHIN_MINUTES = max(1, int(os.environ.get("DATONG_PAY_WITHIN_MINUTES") or "15"))

STATIC_URL = "/static/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = os.environ.get("DATONG_HTTPS") == "1"
# How many proxies of ours stand in front, each appending to X-Forwarded-For (channels/console/who.py).
PRINTERS_ANYWHERE = os.environ.get("DATONG_PRINTERS_ANYWHERE") == "1"
PROXIES = max(0, int(os.environ.get("DATONG_PROXIES") or "0"))
# Browsers let http://localhost have passkeys; fido2 wants to be told.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# A map tile server, for example https://tiles.example.com/{z}/{x}/{y}.png; without one the base map is our own.
TILE_URL = os.environ.get("DATONG_TILE_URL", "")
TILE_CREDIT = os.environ.get("DATONG_TILE_CREDIT", "")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
# The proxy says so (docs/how-to/run-in-production.md). Without it no request would count as secure: HSTS would never be
# sent, and every form would be refused, because its origin starts with https.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "datong.kernel.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("DATONG_LOG", "WARNING")},
}
