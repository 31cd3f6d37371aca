"""The outbox emptied: guarded HTTP, SMTP, Apprise, heartbeat, mark links."""
