"""The pages that people look at, rendered on the server for Datasette; they read the database and must not write."""
