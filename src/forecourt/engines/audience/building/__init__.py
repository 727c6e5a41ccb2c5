"""Facts of a whole dealer as Ibis expressions over plain tables: the same rows from DuckDB inside the process and from a Spark cluster.

`tables` says what the plain tables hold, `histories` what follows from visits whatever the day, `falling` what is due and who a car's
keeper is to the dealer today. Everything is whole numbers, days too (`days`), so that no engine's own calendar or rounding has a say.
Knows neither Django nor where the tables lie.
"""
