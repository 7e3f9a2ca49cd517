"""`counterfoil search`: pictures that were seen on marketplaces, found by words."""

from dataclasses import dataclass
from typing import Any

from catalog.adapters import encoder_of
from catalog.vectors import VectorIndex, collection_name
from cluster.encoder_plan import EVERYWHERE, EncoderPlan
from cluster.encoders import load_encoder
from cluster.state import State
from scoring.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A picture that was seen."""

    sha256: str
    cosine: float
    """To the words. Pictures and words lie apart: 0.3 is much by a CLIP, and compares with no picture's."""
    payload: dict[str, Any]
    """Whatever else is kept of the sighting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the words found."""

    encoder: str
    seen: int
    """Pictures that were searched."""
    found: tuple[Found, ...]


def search_words(words: str, tenant: str, state: State, vectors: VectorIndex, *, limit: int = 10) -> Answer:
    """The pictures a tenant's scans have seen that are most like the words, best first.

    Raises EncoderError where the tenant's encoder reads no words, SettingsError where it has none.
    """
    if not words.strip():
        raise SettingsError("there are no words to search by.", hint='Say what the picture shows: "red bag".')
    model = EncoderPlan.of(state, tenant).model(EVERYWHERE)
    if model is None:
        raise SettingsError(
            f"tenant {tenant!r} has no encoder.",
            hint=f"Choose one that reads words: counterfoil models use default --tenant {tenant}",
        )
    # An adapter moves pictures away from words: both are the encoder's own here.
    encoder = load_encoder(state.settings, encoder_of(model), words=True)
    sightings = collection_name("sightings", encoder.key)
    vectors.ensure(sightings, encoder.size)
    (hits,) = vectors.search(sightings, encoder.read([words]), tenant=tenant, limit=limit)
    return Answer(
        encoder=encoder.key,
        seen=vectors.count(sightings, tenant=tenant),
        found=tuple(
            Found(
                sha256=str(hit.payload["sha256"]),
                cosine=hit.score,
                payload={key: it for key, it in hit.payload.items() if key not in ("sha256", "tenant")},
            )
            for hit in hits
        ),
    )
