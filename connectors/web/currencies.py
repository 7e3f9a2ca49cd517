"""What is paid with where: for platforms that show each country its own prices."""

from collections.abc import Mapping

_COUNTRIES = {
    "EUR": "AT BE DE ES FR IE IT NL",
    "AUD": "AU",
    "BRL": "BR",
    "CAD": "CA",
    "CHF": "CH",
    "CLP": "CL",
    "CZK": "CZ",
    "DKK": "DK",
    "GBP": "GB",
    "HKD": "HK",
    "ILS": "IL",
    "INR": "IN",
    "JPY": "JP",
    "KRW": "KR",
    "MXN": "MX",
    "MYR": "MY",
    "NOK": "NO",
    "NZD": "NZ",
    "PHP": "PH",
    "PLN": "PL",
    "SEK": "SE",
    "SGD": "SG",
    "TRY": "TR",
    "USD": "US",
    "ZAR": "ZA",
}
_CURRENCIES = {country: currency for currency, them in _COUNTRIES.items() for country in them.split()}


def currencies_of(countries: str) -> Mapping[str, str]:
    """ISO 3166 codes, blanks between them, to their currencies (ISO 4217), in the same order.

    >>> currencies_of("US DE")
    {'US': 'USD', 'DE': 'EUR'}
    """
    return {country: _CURRENCIES[country] for country in countries.split()}
