"""What a person can do about a failed request, by its error in words (`Reply.error`)."""

from __future__ import annotations

_AUTHORITY = (
    "no authority that is trusted here has signed it: name the file with the certificate of the authority that did, or "
    "with the receiver's own where it signed itself, as ca_file in its [channels.NAME]"
)
_CURES = (
    # What `init` says of an outlet's address, for a receiver's.
    ("address refused", "if you trust it, add its host to [fetch] allow in config.toml"),
    (
        "certificate refused: certificate has expired",
        "the receiver's owner has to renew its certificate; nothing is sent to it until then",
    ),
    ("certificate refused: hostname mismatch", "write the address with the name that its certificate is made out to"),
    ("certificate refused: ip address mismatch", "write the address with the name that its certificate is made out to"),
    ("certificate refused", _AUTHORITY),
)


def explain_failure(error: str | None) -> str | None:
    """The cure for an error, None where there is none but to mend the receiver."""
    said = (error or "").lower()
    return next((cure for start, cure in _CURES if said.startswith(start)), None)
