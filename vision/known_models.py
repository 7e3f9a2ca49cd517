"""Published encoders that suit this work, by a short name: what each is, before anything is downloaded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """Facts of a published checkpoint, as its authors state them."""

    alias: str
    """What it may be called here instead of its name."""
    name: str
    """What open_clip or the model hub calls it."""
    size: int
    """Width of its vectors."""
    megabytes: int
    """Of its weights: four bytes a parameter, both towers."""
    licence: str
    about: str


KNOWN: tuple[KnownModel, ...] = (
    KnownModel(
        alias="default",
        name="ViT-B-32/laion2b_s34b_b79k",
        size=512,
        megabytes=605,
        licence="MIT",
        about="the usual choice; English words",
    ),
    KnownModel(
        alias="siglip",
        name="ViT-B-16-SigLIP/webli",
        size=768,
        megabytes=813,
        licence="Apache-2.0",
        about="finer detail, four times the work of `default`; words need transformers",
    ),
    KnownModel(
        alias="mobileclip",
        name="MobileCLIP-S1/datacompdr",
        size=512,
        megabytes=340,
        licence="apple-amlr (Apple's own: read it before commercial use)",
        about="small and quick; English words",
    ),
    KnownModel(
        alias="fashion",
        name="hf-hub:Marqo/marqo-fashionSigLIP",
        size=768,
        megabytes=813,
        licence="Apache-2.0",
        about="clothes, shoes, bags; words need transformers",
    ),
    KnownModel(
        alias="multilingual",
        name="xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k",
        size=512,
        megabytes=1464,
        licence="MIT",
        about="pictures of shops in many languages; pictures only, its words are another library's",
    ),
)
"""Sizes and licences from the model cards; `models list` says once pulled what it really has."""


def full_name(model: str) -> str:
    """The name that an alias stands for; any other name is itself.

    >>> full_name("default"), full_name("builtin")
    ('ViT-B-32/laion2b_s34b_b79k', 'builtin')
    """
    return next((known.name for known in KNOWN if known.alias == model), model)
