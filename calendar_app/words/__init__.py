"""Values of the core into words: languages, catalogs of phrases, dates, pages and mails."""
