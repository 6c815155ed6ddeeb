"""The book's own Sphinx extensions: chapter numbers, derived lists, lint of figures, offline pages."""
