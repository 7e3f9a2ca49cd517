"""Published encoders that suit this work, by a short name: what is known of each before it is downloaded."""

from dataclasses import dataclass

_PROFILE = "open_clip's docs/model_profile.csv, four bytes a parameter"
_BUILT = "counted in open_clip's network, four bytes a parameter"
_CARD = "its model card"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A published checkpoint. What nobody here has read is None, and is told as unknown."""

    alias: str
    """What it may be called here instead of its name."""
    name: str
    """What open_clip or the model hub calls it."""
    size: int
    """Width of its vectors, by open_clip's own config of the architecture; a test compares them."""
    megabytes: int
    """Of its weights: both towers, and a caption writer's decoder."""
    megabytes_from: str
    licence: str | None
    licence_from: str | None
    """Where the licence was read."""
    about: str


KNOWN: tuple[KnownModel, ...] = (
    KnownModel(
        alias="default",
        name="ViT-B-32/laion2b_s34b_b79k",
        size=512,
        megabytes=605,
        megabytes_from=_PROFILE,
        licence="MIT",
        licence_from=f"{_CARD}, which also calls any deployed use out of scope",
        about="the usual choice; English words",
    ),
    KnownModel(
        alias="siglip",
        name="ViT-B-16-SigLIP/webli",
        size=768,
        megabytes=813,
        megabytes_from=_PROFILE,
        licence="Apache-2.0",
        licence_from=_CARD,
        about="finer detail, four times the work of `default`; words need transformers",
    ),
    KnownModel(
        alias="mobileclip",
        name="MobileCLIP-S1/datacompdr",
        size=512,
        megabytes=340,
        megabytes_from=_BUILT,
        licence=None,
        licence_from=None,
        about="small and quick; English words; Apple's own terms",
    ),
    KnownModel(
        alias="fashion",
        name="hf-hub:Marqo/marqo-fashionSigLIP",
        size=768,
        megabytes=813,
        megabytes_from=f"its base, ViT-B-16-SigLIP: {_PROFILE}",
        licence="Apache-2.0",
        licence_from="its authors' announcement, marqo.ai/blog/search-model-for-fashion",
        about="clothes, shoes, bags; words need transformers",
    ),
    KnownModel(
        alias="multilingual",
        name="xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k",
        size=512,
        megabytes=1464,
        megabytes_from=_PROFILE,
        licence=None,
        licence_from=None,
        about="pictures of shops in many languages; pictures only, its words are another library's",
    ),
    KnownModel(
        alias="coca",
        name="coca_ViT-B-32/laion2b_s13b_b90k",
        size=512,
        megabytes=1014,
        megabytes_from=_PROFILE,
        licence=None,
        licence_from=None,
        about="writes captions (COUNTERFOIL_CAPTIONS); English words",
    ),
)
"""Nothing was downloaded for this: `models list` says once pulled what a checkpoint really has."""


def full_name(model: str) -> str:
    """The name that an alias stands for; any other name is itself.

    >>> full_name("default"), full_name("builtin")
    ('ViT-B-32/laion2b_s34b_b79k', 'builtin')
    """
    return next((known.name for known in KNOWN if known.alias == model), model)
