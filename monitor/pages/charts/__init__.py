"""Charts as SVG markup, drawn on the server; colours come from the style sheet by class, for no style may be inline."""
