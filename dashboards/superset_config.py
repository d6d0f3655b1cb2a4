"""Superset's settings. Superset imports this file by the path in ``SUPERSET_CONFIG_PATH``.

Settings only: the code they call is in ``dashboards/inside``. The secret key is made on the first
start (``python -m dashboards bootstrap``) and kept in a file that only its owner can read.
"""

import os
from datetime import timedelta
from pathlib import Path

from sqlalchemy.pool import QueuePool

from baokuan.home import Home
from dashboards.inside import events, language, metadata, quick, reading

metadata.tune()

STATE = Path(os.environ.get("SUPERSET_HOME") or Home.from_env().state / "superset")
SECRET_KEY = (STATE / "secret_key").read_text("utf-8").strip()
GUEST_TOKEN_JWT_SECRET = SECRET_KEY

SQLALCHEMY_DATABASE_URI = f"sqlite:///{STATE / 'superset.db'}?check_same_thread=false&timeout=30"
SQLALCHEMY_ENGINE_OPTIONS = {"poolclass": QueuePool, "pool_size": 20, "max_overflow": 20}

APP_NAME = "爆款 baokuan"
LOGO_TARGET_PATH = "/dashboard/list/"
FAB_API_SWAGGER_UI = False
BABEL_DEFAULT_LOCALE = "zh"
LANGUAGES = {
    "zh": {"flag": "cn", "name": "简体中文"},
    "en": {"flag": "us", "name": "English"},
}
CURRENCIES = ["CNY"]

FEATURE_FLAGS = {
    "DASHBOARD_RBAC": True,
    "ENABLE_TEMPLATE_PROCESSING": True,
    "RLS_IN_SQLLAB": True,
    "ALERT_REPORTS": False,
    "THUMBNAILS": False,
}
ENABLE_UI_THEME_ADMINISTRATION = False
THEME_DARK = None
THEME_DEFAULT = {
    "algorithm": "default",
    "token": {
        "brandAppName": APP_NAME,
        "brandLogoAlt": "Apache Superset",
        "brandLogoUrl": "/static/assets/images/superset-logo-horiz.png",
        "brandLogoMargin": "18px 0",
        "brandLogoHref": LOGO_TARGET_PATH,
        "brandLogoHeight": "24px",
        "colorPrimary": "#1F6F8B",
        "colorLink": "#1F6F8B",
        "fontUrls": [],
        "fontFamily": "Inter, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
    },
}

# Only this server is spoken to: no maps, no fonts, no telemetry pixel.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
SESSION_COOKIE_SAMESITE = "Lax"
PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
RATELIMIT_STORAGE_URI = "memory://"

CACHE_DEFAULT_TIMEOUT = int(timedelta(days=1).total_seconds())
CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_THRESHOLD": 500}
DATA_CACHE_CONFIG = {
    "CACHE_TYPE": "dashboards.inside.cache.make",
    "CACHE_DIR": str(STATE / "cache"),
    "CACHE_THRESHOLD": 4000,
}
DB_CONNECTION_MUTATOR = reading.mutate
FLASK_APP_MUTATOR = quick.after(language.mend)
EVENT_LOGGER = events.EventLog()
JINJA_CONTEXT_ADDONS = {"regions_of": reading.regions_of}
DISALLOWED_SQL_FUNCTIONS = {
    "duckdb": {
        "read_csv",
        "read_csv_auto",
        "read_json",
        "read_json_auto",
        "read_ndjson",
        "read_parquet",
        "parquet_scan",
        "read_text",
        "read_blob",
        "glob",
        "sniff_csv",
        "getenv",
        "query",
        "query_table",
        "enable_logging",
        "which_secret",
        "duckdb_secrets",
        "duckdb_settings",
    }
}
ROW_LIMIT = 10_000
SQL_MAX_ROW = 50_000
DISPLAY_MAX_ROW = 5_000
SQLLAB_TIMEOUT = 60
SUPERSET_WEBSERVER_TIMEOUT = 90
LOG_LEVEL = "WARNING"
