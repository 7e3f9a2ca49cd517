"""What searching and indexing by picture take and tell."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from deployments.media_desk import Found as FoundHere
from deployments.media_desk import Groups as GroupsHere
from deployments.problems import Problem
from scoring.similarity import HOW_SCORED, Confidence, FoundBy

MOST_RESULTS = 100
MOST_MEDIA = 500
"""Pictures that one request may index."""
MOST_NAME = 200
_ADDRESS = "http, https or data address of a JPEG, PNG, WebP, … picture"
_NAME = Field(
    default="", max_length=MOST_NAME, pattern=r"^[^\x00]*$", description="default: the end of the address"
)


class SearchWanted(BaseModel):
    """A picture to look for by its address."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://cdn.example.com/product-photo.jpg", "top_k": 5}]},
    )

    url: str = Field(description=_ADDRESS)
    top_k: int = Field(default=10, ge=1, le=MOST_RESULTS, description="matches at most")


class MediaMatch(BaseModel):
    """Something that the picture is like."""

    media_id: str = Field(description="of indexed media, or of a reference")
    name: str = Field(examples=["brand-catalog-sku-10042.jpg"])
    kind: Literal["reference", "media"] = Field(description="a brand's genuine picture, or an indexed one")
    brand: str | None = Field(description="of a reference")
    similarity_score: float = Field(ge=0, le=1, description=HOW_SCORED)
    confidence: Confidence
    found_by: FoundBy
    detail: str = Field(description="what the score rests on, in words")


class MediaFound(BaseModel):
    """What a search found, best first."""

    query_media_id: str = Field(description="what the picture is, or would be, indexed as")
    results: list[MediaMatch]
    limited: list[str] = Field(description="why less than usual was compared; most often empty")
    units: int = Field(description="what it took of the image similarity cap; indexed pictures are free")

    @classmethod
    def of(cls, found: FoundHere) -> "MediaFound":
        """A search's answer as the API tells it."""
        return cls(
            query_media_id=found.id,
            results=[
                MediaMatch(
                    media_id=it.id,
                    name=it.name,
                    kind="media" if it.brand is None else "reference",
                    brand=it.brand,
                    similarity_score=round(it.similarity.score, 4),
                    confidence=it.similarity.confidence,
                    found_by=it.similarity.found_by,
                    detail=it.similarity.detail,
                )
                for it in found.matches
            ],
            limited=list(found.limited),
            units=found.units,
        )


class MediaWanted(BaseModel):
    """A picture to index."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"url": "https://cdn.example.com/sku-10042.jpg", "name": "SKU 10042"}]
        },
    )

    url: str = Field(min_length=1, description=_ADDRESS)
    name: str = _NAME


class MediaBatch(BaseModel):
    """Pictures to index."""

    model_config = ConfigDict(extra="forbid")

    media: list[MediaWanted] = Field(min_length=1, max_length=MOST_MEDIA)


class MediaRow(BaseModel):
    """What became of one picture."""

    row: int = Field(description="its place in the request, from 1; a CSV's header is not counted")
    status: Literal["indexed", "known", "failed"] = Field(
        description="known: these bytes were indexed before"
    )
    media_id: str | None
    name: str
    problem: Problem | None = Field(description="why it failed")


class MediaIndexed(BaseModel):
    """What became of each picture, in the order sent."""

    indexed: int
    known: int
    failed: int
    results: list[MediaRow]


class GroupMember(BaseModel):
    """One of a group."""

    media_id: str
    name: str


class MediaGroup(BaseModel):
    """Indexed media that show the same picture: the first was indexed first."""

    members: list[GroupMember]


class MediaGroups(BaseModel):
    """The largest groups."""

    there: int = Field(description="groups in all")
    groups: list[MediaGroup]

    @classmethod
    def of(cls, groups: GroupsHere) -> "MediaGroups":
        """Groups as the API tells them."""
        return cls(
            there=groups.there,
            groups=[
                MediaGroup(members=[GroupMember(media_id=key, name=name) for key, name in group.members])
                for group in groups.groups
            ],
        )
