"""Everything the environment may say, in one place: nothing else reads it.

Each field is an environment variable with the prefix `COUNTERFOIL_`, in capitals; nested fields
join with two underscores (`COUNTERFOIL_POOLS__ENCODER__GPUS=0.25`). What the environment leaves out is read
from serve.yaml, which `COUNTERFOIL_CONFIG` may name.
"""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from catalog.postgres import PoolSizes
from catalog.tenants import KeepPictures
from cluster.config_file import CONFIG, settings_in
from scoring.errors import SettingsError


class Workers(BaseModel, frozen=True, extra="forbid"):
    """Workers of one kind: what each takes, how much it does at a time, how many at most."""

    max_size: int = Field(default=1, ge=1, description="workers at most")
    cpus: float = Field(default=1.0, ge=0, description="CPUs for each worker")
    batch: int = Field(default=16, ge=1, description="rows a worker takes at a time")


class Pool(Workers, frozen=True, extra="forbid"):
    """Workers that hold a model, and so stay."""

    min_size: int = Field(default=1, ge=1, description="workers that are always there")
    gpus: float = Field(default=0.0, ge=0, description="GPUs for each worker; a fraction shares one")


class Pools(BaseModel, frozen=True, extra="forbid"):
    """The bulk path's pools, in serve.yaml under `args`, beside the online path's replicas."""

    pictures: Workers = Workers(max_size=64)
    """Fetch, decode, fingerprint and geometry: CPU."""
    encoder: Pool = Pool(max_size=8)
    """Embeddings: give it `gpus` where there are any."""


class VisionPrices(BaseModel, frozen=True, extra="forbid"):
    """US dollars for 1,000 units, a unit being one feature of one picture.

    Of https://cloud.google.com/vision/pricing, up to five million units a month. The first 1,000 of a
    month are free for the whole billing account; they are counted at full price here.
    """

    read_on: date = Field(default=date(2026, 11, 24), description="the day these prices were looked up")
    vision_logo: Decimal = Field(default=Decimal("1.50"), ge=0)
    vision_text: Decimal = Field(default=Decimal("1.50"), ge=0)
    vision_web: Decimal = Field(default=Decimal("3.50"), ge=0)
    vision_objects: Decimal = Field(default=Decimal("2.25"), ge=0)


class GoogleVision(BaseModel, frozen=True, extra="forbid"):
    """How Google Cloud Vision is asked, for tenants that turned it on (`counterfoil paid on`)."""

    endpoint: str = Field(
        default="vision.googleapis.com", description="its host; `http://127.0.0.1:…` for an emulator"
    )
    credentials_file: Path | None = Field(default=None, description="the JSON key of a service account")
    credentials: SecretStr | None = Field(default=None, description="the same key as text, instead")
    seconds: float = Field(default=20.0, gt=0, description="how long one request is waited for")
    daily_units: int = Field(
        default=100,
        ge=0,
        description="cap of each feature for each tenant and UTC day: at most $0.88 for all",
    )
    prices: VisionPrices = VisionPrices()

    def unit_micros(self, feature: str) -> int:
        """What one unit of a paid feature costs, in millionths of a US dollar.

        >>> GoogleVision().unit_micros("vision_web")
        3500
        """
        dollars: Decimal = getattr(self.prices, feature)
        return round(dollars * 1000)


class S3(BaseModel, frozen=True, extra="forbid"):
    """How a blob store at `s3://bucket/folder` is reached.

    What is left out, the AWS SDK finds by itself: `AWS_…` variables, `~/.aws`, the machine's own role.
    """

    endpoint: str | None = Field(default=None, description="an S3-compatible server other than AWS")
    region: str | None = None
    access_key: str | None = None
    secret_key: SecretStr | None = None
    session_token: SecretStr | None = None

    def options(self) -> dict[str, Any]:
        """The same as fsspec's driver calls it."""
        told = {
            "endpoint_url": self.endpoint,
            "key": self.access_key,
            "secret": self.secret_key and self.secret_key.get_secret_value(),
            "token": self.session_token and self.session_token.get_secret_value(),
            "client_kwargs": {"region_name": self.region} if self.region else None,
        }
        return {name: value for name, value in told.items() if value is not None}


class Connectors(RootModel[dict[str, dict[str, SecretStr]]]):
    """What each marketplace asks for: `COUNTERFOIL_CONNECTORS__EBAY__CLIENT_ID` and so on.

    `…__ADDRESS` names another address than the marketplace's own, such as the sandbox's.
    """

    model_config = ConfigDict(frozen=True)

    def __hash__(self) -> int:
        """Of the names alone: a dictionary has no hash, and equal credentials have equal names."""
        return hash(tuple(sorted((platform, name) for platform in self.root for name in self.root[platform])))


class Oidc(BaseModel, frozen=True, extra="forbid"):
    """Whose ID tokens the API takes beside keys; none where no issuer is named."""

    issuer: str | None = Field(default=None, description="the `iss` of every token, an https URL")
    audience: str = Field(default="counterfoil", description="the `aud` that tokens must be made out to")
    jwks_url: str | None = Field(
        default=None, description="its keys; default: as the issuer's discovery says"
    )
    tenant_claim: str = Field(default="counterfoil_tenant", description="the claim that names the tenant")
    role_claim: str = Field(
        default="counterfoil_role", description="the claim that says scorer, reviewer or admin"
    )
    keys_seconds: float = Field(default=600.0, gt=0, description="how long its keys are kept")


class Limits(BaseModel, frozen=True, extra="forbid"):
    """What a caller may ask of one replica of the API, and of a day."""

    requests_per_second: float = Field(default=50.0, gt=0, description="of one key, on the average")
    burst: int = Field(default=100, ge=1, description="of one key, at once")
    image_similarity_daily: int = Field(
        default=1000,
        ge=0,
        description="listings of a tenant whose pictures are measured in a UTC day, on both paths together",
    )
    media_daily: int = Field(
        default=10_000,
        ge=0,
        description="pictures that a tenant may index in a UTC day, to search among them",
    )


class Metrics(BaseModel, frozen=True, extra="forbid"):
    """Who may read GET /metrics, beside the operator."""

    token: SecretStr | None = Field(
        default=None,
        description="what scrapers send as `Authorization: Bearer …`; default: the operator's key",
    )
    open: bool = Field(
        default=False,
        description="answer everybody: only where a network policy lets nobody but Prometheus in",
    )


class RetentionDays(BaseModel, frozen=True, extra="forbid"):
    """How long is kept what a tenant has not set periods of its own for (`counterfoil retention set`).

    Nobody measured these; each is the least that its users need, with room.
    """

    sightings_days: int = Field(
        default=180,
        ge=1,
        description="listings seen, their hashes, embeddings and measurements: what comes back after a "
        "take-down does so within weeks, and grouping wants a season",
    )
    pictures_days: int = Field(
        default=90,
        ge=1,
        description="their pictures, which are other people's: a quarter, to look at what a new reference "
        "would have found",
    )
    cases_days: int = Field(
        default=1461,
        ge=1,
        description="what belongs to a decided case, from its decision: four years hold the three from the "
        "end of the year in which many claims lapse",
    )


class Flood(BaseModel, frozen=True, extra="forbid"):
    """When a reference matches so much, so suddenly, that people look at the reference first.

    Chosen, not measured: no crawl with a flood was at hand. One photograph that fifty sellers use is ordinary
    (DESIGN section 5), so a flood takes more sellers than that.
    """

    listings: int = Field(
        default=200, ge=1, description="new listings in the queue for one reference within `days`, at least"
    )
    sellers: int = Field(default=60, ge=1, description="of as many sellers, at least")
    times: float = Field(
        default=10.0, ge=1, description="and so many times what was usual in the four periods before"
    )
    days: int = Field(default=7, ge=1, description="the period")


def _none(value: object) -> object:
    return None if isinstance(value, str) and value.strip().lower() == "none" else value


class Settings(BaseSettings):
    """Where state lives, which encoder runs, how large the pools are."""

    model_config = SettingsConfigDict(
        env_prefix="COUNTERFOIL_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    config: Path = Field(default=CONFIG, description="the serve.yaml with the sizes of pools and replicas")
    home: Path = Field(default=Path(".counterfoil"), description="the folder of everything embedded")
    database_url: str | None = Field(
        default=None, repr=False, description="SQLAlchemy URL; default: SQLite in `home`"
    )
    database_reader_url: str | None = Field(
        default=None,
        repr=False,
        description="the same records for those who only read them, by a role that may do no more",
    )
    database_pool: PoolSizes = PoolSizes()
    key_pepper: SecretStr | None = Field(
        default=None, description="keys the digests of API keys; default: a file in `home`"
    )
    blob_url: str | None = Field(default=None, description="fsspec URL; default: a folder in `home`")
    qdrant_url: str | None = Field(default=None, description="a Qdrant server; default: embedded in `home`")
    qdrant_api_key: SecretStr | None = None
    qdrant_seconds: int = Field(default=30, ge=1, description="how long one request to it is waited for")
    s3: S3 = S3()
    ray_address: str | None = Field(default=None, description="a running cluster; default: start one here")
    ray_jobs: str | None = Field(
        default=None, description="a cluster's job server for `counterfoil submit`, as in http://HEAD:8265"
    )
    encoder: Annotated[str | None, BeforeValidator(_none)] = Field(
        default=None,
        description="`builtin`, an open_clip hub name (`ViT-B-32/laion2b_s34b_b79k`), a folder, or `none`",
    )
    encoder_device: str = Field(default="auto", description="auto, cpu, cuda, cuda:N or mps")
    encoder_precision: Literal["fp32", "fp16", "bf16", "auto"] = Field(
        default="fp32", description="`auto` is bf16 on a CUDA device that has it, and fp32 elsewhere"
    )
    captions: Annotated[str | None, BeforeValidator(_none)] = Field(
        default=None,
        description="a CoCa that writes captions of pictures (`coca_ViT-B-32/laion2b_s13b_b90k`), or `none`",
    )
    encoders_held: int = Field(
        default=4, ge=1, description="encoders that one worker keeps in memory, the least used given up first"
    )
    hub: str | None = Field(default=None, description="a mirror of the model hub; default: huggingface.co")
    neighbours: int = Field(default=5, ge=1, description="references an embedding is compared with further")
    embedding_days: int = Field(default=30, ge=0, description="how long a seen picture's embedding is reused")
    near_duplicate_bits: int = Field(
        default=2, ge=0, le=3, description="bits of 128 within which one measurement serves several pictures"
    )
    private_addresses: bool = Field(
        default=False, description="fetch pictures from private addresses too (an on-premise shop)"
    )
    keep_pictures: KeepPictures = Field(
        default="one_of_each",
        description="which pictures of listings are kept for `rescan`: those of listings that go to a person "
        "(`routed`), beside them one of each near-identical group (`one_of_each`), or `all`",
    )
    marks_queries: int = Field(
        default=20, ge=1, description="queries that a source of marks (`ebay:marks`) becomes at most"
    )
    connectors: Connectors = Connectors({})
    pools: Pools = Pools()
    google_vision: GoogleVision = GoogleVision()
    oidc: Oidc = Oidc()
    limits: Limits = Limits()
    metrics: Metrics = Metrics()
    retention: RetentionDays = RetentionDays()
    flood: Flood = Flood()

    @property
    def models(self) -> Path:
        """Where pulled models lie."""
        return self.home / "models"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the hook's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the hook's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller says, then the environment, then serve.yaml."""
        given = init_settings().get("config") or os.environ.get("COUNTERFOIL_CONFIG") or CONFIG
        written = InitSettingsSource(settings_cls, init_kwargs=settings_in(Path(given)))
        return init_settings, env_settings, written

    @classmethod
    def load(cls, **overrides: object) -> "Settings":
        """Read the environment; `SettingsError` names each variable that cannot be used."""
        try:
            return cls(**overrides)  # type: ignore[arg-type]  # pydantic validates what the caller overrides
        except ValidationError as error:
            faults = "; ".join(
                f"COUNTERFOIL_{'__'.join(str(part).upper() for part in fault['loc'])}: {fault['msg']}"
                for fault in error.errors()
            )
            raise SettingsError(
                f"a setting cannot be used: {faults}.",
                hint="Change the variable, or what serve.yaml says under `args`.",
            ) from error

    def resolved_database_url(self) -> str:
        """The record store's URL."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'catalogue.sqlite'}"

    def resolved_blob_url(self) -> str:
        """The blob store's URL."""
        return self.blob_url or str(self.home.resolve() / "blobs")

    def blob_options(self) -> dict[str, Any]:
        """What the blob store's driver is told beside its URL."""
        return self.s3.options() if self.resolved_blob_url().startswith(("s3://", "s3a://")) else {}
