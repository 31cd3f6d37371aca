"""config.toml and profile.toml to values, and edits that keep a person's bytes; no network, no database."""
