"""What a running daemon does now and then beside watching: copies of the database, terms to propose."""
