"""What a person knows of each listing of a labelled set; scoring never reads it."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.file.client import read_records
from scoring.errors import SourceError


class Label(BaseModel):
    """The truth about one listing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    verdict: Literal["infringing", "lawful"]
    kind: str
    """The scenario, as every table names it."""
    brand: str | None = None
    """Whose rights are infringed; for a lawful listing, whom it might be mistaken for."""
    variant: str | None = None
    """Which form of the scenario, e.g. the edit of a copied picture."""

    @property
    def infringing(self) -> bool:
        """Whether it ought to reach a person."""
        return self.verdict == "infringing"


def read_labels(labelled: Path) -> list[Label]:
    """The label of every row, in order; `SourceError` names the first row without a usable one."""
    labels = []
    for record in read_records(labelled):
        try:
            labels.append(Label.model_validate((record.fields or {}).get("label")))
        except ValidationError as error:
            raise SourceError(
                f"row {record.number} of {labelled} has no usable label.",
                hint='Every row needs "label": {"verdict": "infringing" or "lawful", "kind": "…"}.',
            ) from error
    if not labels:
        raise SourceError(f"{labelled} holds no listing.", hint="Name a file with at least one labelled row.")
    return labels
