"""References that PostgreSQL checks as a set: a foreign key in all but that it is not gone through row by row.

A foreign key asks for the row it names once for each row added, which is the larger part of adding many. Here each statement asks
once for all of its rows. What holds is the same: nothing refers to what is not there, nothing goes that is referred to, and who adds a
reference holds what it names until the end of the transaction, so that nobody takes it away meanwhile. Besides, what is named must be
of the same dealer, for the policies apply. Not seen: TRUNCATE of what is named, which the application's role may not.

A model says `ForeignKey(..., db_constraint=False)`, its migration `checked_as_sets`. docs/decisions/0016-references-as-sets.md says what was weighed.
"""

from django.db.migrations import RunSQL


def checked_as_sets(table: str, column: str, to: str) -> RunSQL:
    """For a migration: the triggers of one reference, where its foreign key is gone."""
    name = f"{table}_{column}"
    return RunSQL(
        f"""
        CREATE TRIGGER {name}_named AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION forecourt_refer('{column}', '{to}');
        CREATE TRIGGER {name}_named_anew AFTER UPDATE OF {column} ON {table} FOR EACH ROW
            WHEN (NEW.{column} IS DISTINCT FROM OLD.{column} AND NEW.{column} IS NOT NULL)
            EXECUTE FUNCTION forecourt_refer_anew('{column}', '{to}');
        CREATE CONSTRAINT TRIGGER {name}_kept AFTER DELETE OR UPDATE OF id ON {to} DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION forecourt_is_referred_to('{table}', '{column}');
        """,
        f"""
        DROP TRIGGER {name}_named ON {table};
        DROP TRIGGER {name}_named_anew ON {table};
        DROP TRIGGER {name}_kept ON {to};
        """,
    )
