"""The files of the catalogue: read whole or refused with every fault, compared, and written."""
