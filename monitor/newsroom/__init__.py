"""Simulated outlets and a webhook receiver on loopback, for the demo, the tests and the benches.

It must not know the product: it imports nothing of the line, and its ledgers are its own.
"""
