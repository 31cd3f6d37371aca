"""The commands about agents: crawls on other machines."""
