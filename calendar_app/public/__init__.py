"""Every public byte: a pure function of the catalogue, the day and the URL."""
