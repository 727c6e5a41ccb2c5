"""Keys, hosts, cookies, passwords."""

from forecourt.config.environment import environment

SECRET_KEY = environment().secret_key
SEAL_KEYS = environment().seal_keys
ALLOWED_HOSTS = list(environment().allowed_hosts)
CSRF_COOKIE_NAME = f"forecourt_csrf_{environment().port}"  # cookies know no port: two copies run side by side
SESSION_COOKIE_NAME = f"forecourt_session_{environment().port}"
DEVICE_COOKIE_NAME = f"forecourt_me_{environment().port}"  # customers: not Django's session, which is for staff
CHALLENGE_COOKIE_NAME = f"forecourt_challenge_{environment().port}"  # what a passkey is to sign
ASKER_COOKIE_NAME = f"forecourt_asked_{environment().port}"  # the browser that asked for a code
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
IS_BEHIND_PROXY = environment().public_url.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
if IS_BEHIND_PROXY:
    # A proxy ends TLS for us: cookies travel over it alone, and what it says of the scheme counts.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [environment().public_url]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 14 * 24 * 3600
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "forecourt.records.accounts.passwords.HardToGuess"},
]
LIVE_URL = environment().live_url or f"{environment().origin.rsplit(':', 1)[0]}:{environment().live_port}"
SMTP_URL = environment().smtp_url
TEXTS_TOKEN = environment().texts_token  # with it the gateway signs what it tells us
