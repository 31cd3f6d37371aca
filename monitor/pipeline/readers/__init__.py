"""What a process that reads pages has at hand before the first of them comes."""

PRELOADED = ("monitor.pipeline.readers.first_reading:prepare_reading",)  # for `Workers`, in whose processes it runs
