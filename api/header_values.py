"""Parameters of header values (RFC 9110 §5.6.6), read without guessing at charsets."""

import re

# Where a WSGI environ has the Content-Type as it was sent, if Django could not have
# read it.
SENT_CONTENT_TYPE = "altinn.sent_content_type"
# A backslash escapes only inside quotes; a quote that never closes is part of a token.
_PARAMETER = re.compile(
    r"""(?:^|;)\s*+([^\s;="]+)\s*+=\s*+(?:"((?:\\.|[^"\\])*+)"|([^;]*))""", re.DOTALL
)


def parameters_of(value: str) -> dict[str, str]:
    """Return the parameters by name in lower case, the first of each name.

    Quotes are removed; ``name*`` keeps its star and its encoded value.
    """
    found: dict[str, str] = {}
    for name, quoted, token in _PARAMETER.findall(value):
        text = re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) or token.strip()
        found.setdefault(name.lower(), text)
    return found
