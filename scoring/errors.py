"""Every error Counterfoil raises, grouped by what the caller should do next.

    CounterfoilError
    ├── SetupError            a person must change something, then run again
    │   ├── SettingsError     the environment or a command's options
    │   ├── RecipeError       a recipe that cannot work
    │   ├── BrandKitError     a brand kit that cannot be imported
    │   ├── CatalogError      the record store, the vector index or the blobs
    │   │   └── InUseError    another process has it open
    │   ├── EncoderError      a checkpoint that cannot be loaded
    │   └── SourceError       a marketplace or a file that cannot be read at all
    ├── RetryError            the same call may succeed later
    │   ├── UnreachableError  no answer, or a 5xx
    │   └── RateLimitedError  the other side asked us to wait
    ├── RowError              this row or picture is bad: keep it with its reason, go on
    │   ├── ListingError      a line that is not a listing
    │   ├── FetchError        a picture that cannot be had
    │   │   └── NotKeptError  one of an earlier scan, of which only hashes are known
    │   └── ImageError        bytes that are not a usable picture
    │       ├── UnknownFormatError     not a picture format we read
    │       ├── TruncatedImageError    the file ends too early
    │       ├── OversizedImageError    more bytes or pixels than the limits allow
    │       ├── DecodeTimeoutError     decoding took longer than the limit
    │       └── CorruptImageError      the decoder refused it
    └── UnavailableError      a model, index or paid service is missing: its signals abstain

An error's text says what happened; its `hint` says what to do. All of them survive pickle,
because Ray carries them between processes.
"""


class CounterfoilError(Exception):
    """The root: catch this to catch everything Counterfoil raises on purpose."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        message = str(self.args[0])
        return f"{message} {self.hint}" if self.hint else message


class SetupError(CounterfoilError):
    """A person must change something; trying again as it is will not help."""


class SettingsError(SetupError):
    """A setting or a command's option cannot be used."""


class RecipeError(SetupError):
    """A recipe names something that does not exist or can never happen."""


class BrandKitError(SetupError):
    """A brand kit cannot be imported."""


class CatalogError(SetupError):
    """The record store, the vector index or the blob store cannot be used."""


class InUseError(CatalogError):
    """Another process has it open, and it takes one at a time."""


class EncoderError(SetupError):
    """An encoder's checkpoint or config cannot be loaded."""


class SourceError(SetupError):
    """A source of listings cannot be read at all."""


class RetryError(CounterfoilError):
    """The same call may succeed later, after `retry_after` seconds where that is known."""

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class UnreachableError(RetryError):
    """The other side did not answer, or answered with a server error."""


class RateLimitedError(RetryError):
    """The other side asked us to slow down."""


class RowError(CounterfoilError):
    """One row or picture is bad; it is kept with this reason and the work goes on."""


class ListingError(RowError):
    """A line of a source is not a listing."""


class FetchError(RowError):
    """A picture cannot be had: missing, refused, too large, or not a picture."""


class NotKeptError(FetchError):
    """Of a picture that an earlier scan has seen only its hashes are known."""


class ImageError(RowError):
    """Bytes that are not a usable picture."""


class UnknownFormatError(ImageError):
    """Not a picture format that Counterfoil reads."""


class TruncatedImageError(ImageError):
    """The file ends before the picture does."""


class OversizedImageError(ImageError):
    """More bytes or pixels than the decode limits allow."""


class DecodeTimeoutError(ImageError):
    """Decoding took longer than the limit allows."""


class CorruptImageError(ImageError):
    """The decoder refused the file."""


class UnavailableError(CounterfoilError):
    """A model, an index or a paid service is missing; signals that need it abstain."""
