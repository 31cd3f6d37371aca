"""The commands that make a watch of a person's subject: `init` and `seeds`."""
