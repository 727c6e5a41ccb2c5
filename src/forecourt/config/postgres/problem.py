"""What goes wrong with a database server, in words for the person who started it."""


class PostgresProblem(RuntimeError):
    """The database cannot serve; the text says why and what to do."""
