"""`counterfoil models list`: what there is, what is here, what is calibrated, and who uses which."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cluster.encoders import calibrations, model_store
from cluster.state import State
from vision.checkpoint import EncoderSpec
from vision.checkpoint_files import BUILTIN, CALIBRATION, read_config, weights_in
from vision.encoder import key_name
from vision.known_models import KNOWN, full_name

_HERE = "the file here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One encoder in the list."""

    name: str
    alias: str | None
    here: bool
    """Whether it needs no download."""
    size: int
    """Width of its vectors."""
    megabytes: float
    megabytes_from: str
    """Who says so: the file that is here, or whoever published it."""
    licence: str | None
    """None: nobody here has read it."""
    licence_from: str | None
    about: str
    calibrated: str
    """`shipped`, `here` (fitted on this machine), the tenants that fitted it, or `no`."""
    used_by: tuple[str, ...]


def list_models(state: State) -> tuple[Listed, ...]:
    """The built-in one, then what was pulled, then what is known and could be."""
    uses, fitted = _uses(state), _fitted(state)
    store = model_store(state.settings)
    known = {it.name: it for it in KNOWN}
    folder = EncoderSpec(model=BUILTIN).folder
    listed = []
    if folder is not None:
        listed.append(
            _of_folder(
                folder,
                BUILTIN,
                fitted,
                uses,
                licence="Apache-2.0",
                licence_from="ours",
                about="docs/model-card.md",
            )
        )
    listed += _adapters(state, uses, fitted)
    for manifest in store.all():
        fact = known.pop(manifest.name, None)
        listed.append(
            _of_folder(
                store.folder(manifest.name),
                manifest.name,
                fitted,
                uses,
                alias=fact.alias if fact else None,
                licence=fact.licence if fact else None,
                licence_from=fact.licence_from if fact else None,
                about=f"from {manifest.source}, {manifest.pulled_at:%Y-%m-%d}",
            )
        )
    listed += [
        Listed(
            name=it.name,
            alias=it.alias,
            here=False,
            size=it.size,
            megabytes=it.megabytes,
            megabytes_from=it.megabytes_from,
            licence=it.licence,
            licence_from=it.licence_from,
            about=it.about,
            calibrated="no",
            used_by=uses.get(it.name, ()),
        )
        for it in known.values()
    ]
    return tuple(listed)


def _adapters(
    state: State, uses: dict[str, tuple[str, ...]], fitted: dict[str, tuple[str, ...]]
) -> Iterator[Listed]:
    """Every tenant's adapters, each under the name that `models use` takes."""
    for tenant in state.catalog.tenants.names():
        for it in state.catalog.adapters.of(tenant):
            name = str(it.name)
            yield Listed(
                name=name,
                alias=None,
                here=True,
                size=int(it.document["size"]),
                megabytes=round(sum(map(len, map(str, it.document.values()))) / 1e6, 1),
                megabytes_from=_HERE,
                licence="yours",
                licence_from="learned here",
                about=f"learned from {it.worth['fitted_to']} pairs, {it.learned_at:%Y-%m-%d}",
                calibrated=", ".join(fitted.get(it.key, ())) or "no",
                used_by=uses.get(name, ()),
            )


def _of_folder(
    folder: Path,
    name: str,
    fitted: dict[str, tuple[str, ...]],
    uses: dict[str, tuple[str, ...]],
    **told: str | None,
) -> Listed:
    weights = weights_in(folder)
    config = read_config(folder)
    called = name.removeprefix("hf-hub:") if "/" in name else str(config.get("name") or "local")
    keys = [key for key in fitted if re.fullmatch(rf"{key_name(called)}-[0-9a-f]{{12}}", key)]
    here = sorted({who for key in keys for who in fitted[key]})
    shipped = ["shipped"] if (folder / CALIBRATION).is_file() else []
    return Listed(
        name=name,
        alias=told.get("alias"),
        here=True,
        size=int(config["model_cfg"]["embed_dim"]),
        megabytes=round(weights.stat().st_size / 1e6, 1),
        megabytes_from=_HERE,
        licence=told.get("licence"),
        licence_from=told.get("licence_from"),
        about=told.get("about") or "",
        calibrated=", ".join(shipped + here) or "no",
        used_by=uses.get(name, ()),
    )


def _uses(state: State) -> dict[str, tuple[str, ...]]:
    """Who uses each model, by its name: tenants with where they do, and whoever chose nothing."""
    found: dict[str, list[str]] = {}
    if state.settings.encoder is not None:
        found.setdefault(full_name(state.settings.encoder), []).append("whoever chose none")
    for tenant in state.catalog.tenants.names():
        for choice in state.catalog.encoder_choices.of(tenant):
            where = " ".join(it for it in (choice.category, choice.region) if it)
            found.setdefault(choice.model, []).append(f"{tenant} ({where})" if where else tenant)
    return {model: tuple(users) for model, users in found.items()}


def _fitted(state: State) -> dict[str, tuple[str, ...]]:
    """Who fitted a calibration, by the encoder's key."""
    found = {path.stem: ["here"] for path in calibrations(state.settings).glob("*.json")}
    for tenant in state.catalog.tenants.names():
        for stored in state.catalog.calibrations.of(tenant):
            where = f"{tenant} ({stored.category})" if stored.category else tenant
            found.setdefault(stored.encoder, []).append(where)
    return {key: tuple(who) for key, who in found.items()}
