"""Configurations that watch for the word "quay": the topic, a channel and, where all want the same, the alert."""

from __future__ import annotations

# Each test has its own [alerts.*] behind it; `{hook}` is the receiver's address.
QUAY_HOOK = """
[topics.quay]
seeds = ""

[topics.quay.rules.quay]
query = "quay"

[channels.hook]
kind = "webhook"
url = "{hook}"
secret_file = "hook.secret"
"""
# Every match alerts once; `{address}` is the receiver's.
QUAY_DESK = """
[topics.quay]
seeds = ""
[topics.quay.rules.any]
query = "quay"
[channels.desk]
kind = "webhook"
url = "{address}"
[alerts.desk]
topics = ["quay"]
channels = ["desk"]
per = "article"
"""
