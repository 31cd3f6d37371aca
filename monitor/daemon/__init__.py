"""The daemon: engine, ticks, signals, pages process, upkeep."""
