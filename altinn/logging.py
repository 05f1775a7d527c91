"""Structured logs: one redacted line of JSON an event, with the request's trace id.

Never a token, an identity number or a document's content: ``redact`` is the last
processor.
"""

import re
import secrets
from collections.abc import Callable, Mapping, MutableMapping

import structlog
from django.http import HttpRequest, HttpResponse

_SECRET_KEYS = frozenset(
    {"authorization", "cookie", "token", "password", "secret", "ssn", "personnumber"}
)
_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")
# Behind an escape of an address too: the digits of ``%20`` are no number's.
_ELEVEN_DIGITS = re.compile(r"(?:(?<!\d)|(?<=%[0-9A-Fa-f]{2}))\d{11}(?!\d)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Ids of traces and rows; eleven digits in a row inside one are nobody's number.
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")


def redact(
    logger: object, name: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    """Mask tokens, identity numbers and control characters in a log line's values."""
    for key, value in event.items():
        event[key] = _masked(key, value)
    return event


def _masked(key: object, value: object) -> object:
    """Return a value as the line may have it, all the way down."""
    if str(key).lower().replace("_", "") in _SECRET_KEYS:
        return "***"
    if isinstance(value, str):
        return value if _ID.fullmatch(value) else _clean(value)
    if isinstance(value, Mapping):
        return {_clean(str(name)): _masked(name, one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked("", one) for one in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return _clean(repr(value))  # as the line would have it: it can say anything


def _clean(text: str) -> str:
    text = _ELEVEN_DIGITS.sub("***********", _TOKEN.sub("***", text))
    return _CONTROL.sub(lambda match: repr(match.group())[1:-1], text)


_SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(*, level: str) -> dict[str, object]:
    """Return Django's LOGGING: all, the libraries' lines too, as redacted JSON."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    final: list[Callable[..., object]] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        redact,
        structlog.processors.JSONRenderer(),
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": final,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": level},
            # A refused host or a denied request is the caller's doing, told to the
            # caller, and in a line of ours; Django has a traceback for each.
            "django.security": {"level": "CRITICAL"},
            "django.request": {"level": "ERROR"},
            # They tell of every request, with what it is signed by.
            **{name: {"level": "WARNING"} for name in ("azure", "boto3", "botocore")},
            # Refusals and privileged calls are recorded whatever the level of the rest.
            "altinn.audit": {"level": "INFO"},
        },
    }


class TraceMiddleware:
    """Gives each request a trace id: the caller's W3C ``traceparent``, or a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = _TRACEPARENT.match(request.META.get("HTTP_TRACEPARENT", ""))
        trace_id = given.group(1) if given else secrets.token_hex(16)
        request.trace_id = trace_id  # type: ignore[attr-defined]  # ours
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(trace_id=trace_id)
        return self.get_response(request)
