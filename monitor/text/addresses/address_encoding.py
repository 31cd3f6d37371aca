"""An address as people write it in the characters that travel: IDNA for the host, percent-encoded UTF-8 elsewhere."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

# What RFC 3986 gives a meaning, and "%" of what is encoded already.
_KEPT = "%/:?#[]@!$&'()*+,;=~"

# What to do with "https://user:password@host/".
LOGIN_HINT = (
    "its address carries a user name or password: write it without them, and put user:password into a file of mode "
    '0600 named by login_file, as in login_file = "desk.login"'
)


def encode_address(url: str) -> str:
    """`url` in ASCII; one that is ASCII already comes back as it is.

    Raises ValueError where its host or port cannot be read or its host cannot be encoded (a label of more than 63
    letters, a letter that IDNA does not know).
    """
    if url.isascii():
        return url
    parts = urlsplit(url)
    try:
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"the host cannot be encoded: {error}") from None
    login, at, _ = parts.netloc.rpartition("@")
    port = "" if parts.port is None else f":{parts.port}"
    netloc = f"{quote(login, safe=_KEPT)}{at}{host}{port}"
    rest = (quote(part, safe=_KEPT) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, *rest))
