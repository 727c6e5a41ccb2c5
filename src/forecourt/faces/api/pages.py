"""How lists are cut: `limit` and `offset`, answered with `items` and how many there are in all."""

from typing import Final

from ninja import Schema
from ninja.pagination import LimitOffsetPagination
from pydantic import Field

AT_MOST: Final = 500
_FARTHEST: Final = 10_000_000


class Pages(LimitOffsetPagination):
    """Nobody asks for everything at once, nor for what no number of the database can name."""

    class Input(Schema):
        limit: int = Field(100, ge=1, le=AT_MOST)
        offset: int = Field(0, ge=0, le=_FARTHEST)
