"""What an encoder's cosines are worth by what reviewers decided, on the pairs that teach adapters."""

from typing import Any

import numpy as np

from catalog.adapters import encoder_of
from catalog.vectors import VectorIndex
from cluster.calibrating import Wanted, fit_to, in_use
from cluster.encoder_plan import EncoderPlan
from cluster.encoders import Embedders
from cluster.labelled_pairs import Measured
from cluster.state import State
from pipelines.learning.pairs import decided
from pipelines.learning.projection import Told
from scoring.errors import EncoderError, SettingsError


def calibrate_by_decisions(wanted: Wanted, state: State, vectors: VectorIndex) -> dict[str, Any]:
    """Fit a tenant's map to its standing decisions, by stored vectors; as `cluster.calibrating` keeps it.

    Raises EncoderError where there are too few pairs, and says which decisions taught nothing.
    """
    if wanted.tenant is None:
        raise SettingsError("decisions are a tenant's.", hint="Name whose with --tenant.")
    used = in_use(wanted, state)
    model = EncoderPlan.of(state, wanted.tenant).model(wanted.place) or ""
    embedder = Embedders(state.settings, vectors, load=lambda *_: used.encoder).of(encoder_of(model))
    gathered = decided(state, wanted.tenant, wanted.place, embedder, model)
    left_out = [f"{count} decisions: {why}" for why, count in gathered.left_out.items()]
    if not gathered.pairs:
        raise EncoderError(
            f"no decision of tenant {wanted.tenant} says anything of a picture ({'; '.join(left_out)}).",
            hint="Label pairs of pictures instead: counterfoil calibrate PAIRS.jsonl.",
        )
    told = Told.of(gathered.pairs)
    measured = Measured(
        np.clip(told.cosines(used.adapter), -1, 1).tolist(), (told.same > 0).tolist(), left_out
    )
    return fit_to(measured, f"decisions of tenant {wanted.tenant}", used, wanted, state)
