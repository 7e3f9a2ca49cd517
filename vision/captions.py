"""Captions of pictures by a CoCa checkpoint: the likeliest next word, again and again.

open_clip's own `generate` needs transformers even for this; beam search would read better and cost six times
as much. A caption is what a network would write under a picture, not what the picture says: it may name a
brand that is not there, so the signals that read it weigh little, and never count alone.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.errors import EncoderError
from vision.encoder import Encoder

MOST_WORDS = 24
"""Tokens of a caption at most, without its start and end."""


class Captioner:
    """Writes captions with an encoder that was loaded with its words."""

    def __init__(self, encoder: Encoder) -> None:
        if encoder.words is None or not hasattr(encoder.network, "text_decoder"):
            raise EncoderError(
                f"The encoder {encoder.key} writes no captions.",
                hint="Pull one that does, such as coca_ViT-B-32/laion2b_s13b_b90k.",
            )
        self.encoder = encoder
        self._tokenizer: Any = encoder.words.tokenizer

    def captions(self, prepared: npt.NDArray[np.float32]) -> list[str]:
        """A caption for each prepared picture, (N, *shape). The same picture always has the same one."""
        import torch  # noqa: PLC0415 - whoever built the encoder has paid for it

        if not len(prepared):
            return []
        model = self.encoder.network
        start, end = self._tokenizer.sot_token_id, self._tokenizer.eot_token_id
        with torch.inference_mode():
            latent, shown = model._encode_image(self.encoder.batch(prepared))  # noqa: SLF001 - it has no public name
            tokens = torch.full((len(prepared), 1), start, dtype=torch.long, device=latent.device)
            ended = torch.zeros(len(prepared), dtype=torch.bool, device=latent.device)
            for _ in range(min(MOST_WORDS, self._tokenizer.context_length - 1)):
                told = model(None, tokens, image_latent=latent, image_embs=shown, output_labels=False)
                likeliest = told["logits"][:, -1].float().argmax(dim=-1)
                likeliest = torch.where(ended, torch.full_like(likeliest, end), likeliest)
                tokens = torch.cat([tokens, likeliest[:, None]], dim=1)
                ended |= likeliest == end
                if ended.all():
                    break
        return [self._text(row) for row in tokens.tolist()]

    def _text(self, row: list[int]) -> str:
        end = self._tokenizer.eot_token_id
        body = row[1:]
        told = body[: body.index(end)] if end in body else body
        return str(self._tokenizer.decode(told)).strip()
