"""HTTP: the guard, the cache in front of Flask, and the pages behind it."""
