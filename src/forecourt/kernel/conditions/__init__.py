"""One rule tree for segments, flows, surveys and points.

`tree` holds the rule and its JSON form, `truth` says whether it holds for given facts and why,
`sql` says the same to PostgreSQL. All evaluators agree: a fact that is absent makes every
comparison false (only `is_empty` is true of it), and its negation by Not true.
"""

from forecourt.kernel.conditions.sql import Column, Elsewhere, Expression, to_sql
from forecourt.kernel.conditions.tree import (
    All,
    Any,
    Compare,
    Condition,
    Kind,
    Not,
    Scalar,
    Value,
    comparisons,
    dump,
    fields_of,
    parse,
)
from forecourt.kernel.conditions.truth import Reason, because, evaluate, explain

__all__ = [
    "All",
    "Any",
    "Column",
    "Compare",
    "Condition",
    "Elsewhere",
    "Expression",
    "Kind",
    "Not",
    "Reason",
    "Scalar",
    "Value",
    "because",
    "comparisons",
    "dump",
    "evaluate",
    "explain",
    "fields_of",
    "parse",
    "to_sql",
]
