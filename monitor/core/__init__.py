"""Pure functions from values to values: no IO, no clock, no chance."""
