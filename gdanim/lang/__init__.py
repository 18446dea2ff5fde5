"""One module a language; each has WORDS, with the same keys in all, and DECIMAL."""
