"""What rules cannot decide: learned from the dealer's own decided lines, and what people decide, which wins over all else.

`lessons` teaches and measures itself on what it held back, `learned` answers, `shelf` keeps what was learned in the dealer's own file;
all three know neither Django nor a database, and scikit-learn is imported only where something is taught. `teaching` says what is taught
and when, `answers` what is stored because of it, `deciding` what people decide, `review` what waits for them.
"""
