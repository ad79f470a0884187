"""What is mailed, how it is sent, and what comes back."""
