"""A dealer's history as Parquet files beside the database, from which all facts are built at once.

Disposable: written from committed rows, brought up to date by what changed, thrown away whenever in doubt (`place`). Holds ids of cars, visits' days,
numbers and digests of texts; no person, no name, no text.
"""
