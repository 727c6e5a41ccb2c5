"""The kernel: values and arithmetic in plain Python, known to every floor above.

It knows no Django, no database connection, no clock and no language: instants, days and
wording are handed in by the caller.
"""
