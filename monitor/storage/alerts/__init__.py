"""Tables of alerts: the outbox, attempts, channels, holds."""
