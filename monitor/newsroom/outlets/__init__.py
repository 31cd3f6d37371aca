"""The simulated outlets, one file each."""
