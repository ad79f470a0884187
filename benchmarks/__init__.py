"""What the service costs, measured beside what others take for the same in the same run."""
