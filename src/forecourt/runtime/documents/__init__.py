"""Papers as PDF, set by Typst from a template of ours and values given as JSON.

Values are data to the template, never markup, so what people wrote cannot become code. The same values, language and fonts give
the same bytes. Words are translated by whoever has the paper made; dates and money are put into words by `formats`.
"""

from forecourt.runtime.documents.typesetting import families, picture, render

__all__ = ["families", "picture", "render"]
