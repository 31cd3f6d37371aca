"""What a process that reads has at hand before the first page or text comes: for `Workers`, in whose it runs."""

PRELOADED = ("monitor.pipeline.readers.first_reading:prepare_reading",)
# For those who are given no page: without what reads one, which takes longer to load than all the rest.
PRELOADED_FOR_TEXTS = ("monitor.pipeline.readers.first_text:prepare_texts",)
