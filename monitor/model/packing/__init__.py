"""How values are packed on their way from process to process."""
