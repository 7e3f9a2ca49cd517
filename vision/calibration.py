"""What a cosine is worth: one encoder's map from raw similarity to probability of the same product."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scoring.errors import EncoderError

Cosine = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Fitted(BaseModel):
    """What a map rests on, for whoever reads the file; nothing is computed from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str = Field(description="What the pairs were.")
    method: Literal["isotonic", "platt"]
    same: int = Field(ge=0, description="Pairs of one product.")
    different: int = Field(ge=0, description="Pairs of two.")
    prior: Probability = Field(description="How often a pair was taken to show one product.")
    held_out_error: Probability = Field(description="Expected calibration error on pairs left out in turn.")


class Calibration(BaseModel):
    """A monotone, piecewise-linear map from cosine to probability, measured for one encoder.

    Between two points it is a straight line, beyond the ends it is flat. An encoder without one
    says so with None: there is no default map, because cosines of two encoders do not compare.

    >>> Calibration(encoder="e", points=((0.2, 0.0), (0.6, 0.5), (0.9, 1.0))).probability(0.75)
    0.75
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoder: str = Field(min_length=1, description="The key of the encoder it was measured for.")
    points: tuple[tuple[Cosine, Probability], ...] = Field(
        min_length=2, description="(cosine, probability) pairs; cosines rise, probabilities never fall."
    )
    fitted: Fitted | None = Field(default=None, description="What it was fitted on, where that is known.")

    @model_validator(mode="after")
    def _monotone(self) -> Self:
        for (cosine, probability), (next_cosine, next_probability) in pairwise(self.points):
            if next_cosine <= cosine:
                raise ValueError(f"cosine {next_cosine} does not rise above {cosine} before it")
            if next_probability < probability:
                raise ValueError(f"probability {next_probability} falls below {probability} before it")
        return self

    def probability(self, cosine: float) -> float:
        """Probability, 0 to 1, that two pictures this similar (-1 to 1) show the same product."""
        cosines, probabilities = zip(*self.points, strict=True)
        return float(np.interp(cosine, cosines, probabilities))

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(self.model_dump_json(indent=2, exclude_none=True) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """The inverse of `save`. Raises EncoderError where the file cannot be read or is no such map."""
        hint = "Write it again from measured pairs, or leave it out: the encoder then has no calibration."
        try:
            return cls.model_validate(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise EncoderError(f"The calibration {path} cannot be read: {error}.", hint=hint) from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "points"
            raise EncoderError(
                f"The calibration {path} cannot be used: {where}: {first['msg']}.", hint=hint
            ) from error
