"""What an outlet's own pages and addresses say of where it announces its articles."""
