"""Bodies of a receiver's own form: templates, the sandbox they run in and the samples that try them."""
