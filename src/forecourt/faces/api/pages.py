"""How lists are cut: `limit` and `offset`, answered with `items` and how many there are in all."""

from typing import Any, Final

from django.db.models import QuerySet
from ninja import Schema
from ninja.pagination import LimitOffsetPagination
from pydantic import Field

from forecourt.faces.api import looks

AT_MOST: Final = 500
_FARTHEST: Final = 10_000_000


class Pages(LimitOffsetPagination):
    """Nobody asks for everything at once, nor for what no number of the database can name. Whom a page showed is written down."""

    class Input(Schema):
        limit: int = Field(100, ge=1, le=AT_MOST)
        offset: int = Field(0, ge=0, le=_FARTHEST)

    def paginate_queryset(self, queryset: QuerySet[Any], pagination: Any, request: Any, **params: Any) -> dict[str, Any]:
        page: dict[str, Any] = super().paginate_queryset(queryset, pagination, request=request, **params)
        page[self.items_attribute] = list(page[self.items_attribute])
        looks.listed(request, queryset.model, page[self.items_attribute])
        return page
