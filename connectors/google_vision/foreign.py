"""What Google's libraries raise and what a picture's own status says, as our errors: the one place."""

from dataclasses import dataclass
from typing import NamedTuple

from google.api_core import exceptions as google
from google.auth import exceptions as auth
from google.rpc import code_pb2, error_details_pb2, status_pb2

from scoring.errors import (
    CounterfoilError,
    ImageError,
    RateLimitedError,
    RetryError,
    UnavailableError,
    UnreachableError,
)

FOREIGN: tuple[type[Exception], ...] = (google.GoogleAPIError, auth.GoogleAuthError)
"""Everything to be caught and translated; anything else is a fault of ours and goes through."""

SERVICE = "Google Cloud Vision"

_HINT = "Check the service account, its project's billing and that the Vision API is enabled there."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer for a picture."""

    error: CounterfoilError
    billed: bool
    """Whether the service may have done the work, and so may ask for its price."""


class _Rule(NamedTuple):
    kinds: tuple[type[Exception], ...]
    becomes: type[CounterfoilError]
    says: str
    billed: bool = False
    hint: str = ""


_RULES = (
    _Rule((auth.TransportError,), UnreachableError, "no access token was to be had"),
    _Rule((auth.GoogleAuthError,), UnavailableError, "it does not take the credentials", hint=_HINT),
    _Rule((google.TooManyRequests,), RateLimitedError, "its quota is used up"),
    _Rule((google.ServiceUnavailable,), UnreachableError, "it is away"),
    # The service may have been at work when the time was up.
    _Rule((google.GatewayTimeout,), UnreachableError, "it did not answer in time", billed=True),
    _Rule(
        (
            google.Unauthorized,
            google.Forbidden,
            google.NotFound,
            google.MethodNotImplemented,
            google.FailedPrecondition,
        ),
        UnavailableError,
        "it refused us",
        hint=_HINT,
    ),
    _Rule((google.BadRequest,), ImageError, "it refused the picture"),
    _Rule((google.GoogleAPIError,), UnreachableError, "it failed", billed=True),
)
"""The first that fits holds: what is special stands before what is general."""

_NOT_BEGUN = (google.TooManyRequests, google.ServiceUnavailable)
"""The service says itself that it did not begin, so asking again cannot be billed twice."""


def translated(error: Exception) -> Refusal:
    """Our error for one of `FOREIGN`, by what the caller should do next."""
    rule = next((rule for rule in _RULES if isinstance(error, rule.kinds)), None)
    if rule is None:
        raise TypeError(f"{type(error).__name__} is not a foreign error we translate") from error
    ours = rule.becomes(f"{SERVICE}: {rule.says}: {_said(error)}.", hint=rule.hint)
    if isinstance(ours, RetryError):
        ours.retry_after = retry_delay(error)
    return Refusal(ours, rule.billed)


def of_status(status: status_pb2.Status) -> Refusal:
    """Our error for the status of one picture in an answer that came. Its work may be billed."""
    said = status.message or code_pb2.Code.Name(status.code)
    if status.code in (code_pb2.INVALID_ARGUMENT, code_pb2.OUT_OF_RANGE, code_pb2.FAILED_PRECONDITION):
        return Refusal(ImageError(f"{SERVICE} cannot use the picture: {said}."), billed=True)
    return Refusal(UnreachableError(f"{SERVICE} failed on the picture: {said}."), billed=True)


def may_ask_again(error: Exception) -> bool:
    """Whether the very same call may be made again at once, or after `retry_delay`."""
    return isinstance(error, _NOT_BEGUN)


def retry_delay(error: Exception) -> float | None:
    """Seconds that the service asks us to wait, where it says so."""
    for detail in getattr(error, "details", ()):
        if isinstance(detail, error_details_pb2.RetryInfo):
            return float(detail.retry_delay.seconds + detail.retry_delay.nanos / 1e9)
    return None


def _said(error: Exception) -> str:
    """What the service said, in one line; the library's own text goes on for many."""
    lines = str(getattr(error, "message", "") or error or type(error).__name__).splitlines()
    return (lines or [type(error).__name__])[0][:300].rstrip(". ")
