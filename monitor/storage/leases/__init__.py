"""What is due when, who may ask which host until when, and the agents that ask on other machines."""
