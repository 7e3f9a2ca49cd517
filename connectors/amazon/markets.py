"""Amazon's marketplaces: https://developer-docs.amazon.com/sp-api/docs/marketplace-ids."""

from dataclasses import dataclass

_HOSTS = {
    "na": "https://sellingpartnerapi-na.amazon.com",
    "eu": "https://sellingpartnerapi-eu.amazon.com",
    "fe": "https://sellingpartnerapi-fe.amazon.com",
}
"""One for each region: https://developer-docs.amazon.com/sp-api/docs/sp-api-endpoints."""


@dataclass(frozen=True, slots=True)
class Market:
    """One country's Amazon."""

    id: str
    region: str
    site: str

    @property
    def address(self) -> str:
        """Where its region answers."""
        return _HOSTS[self.region]


MARKETS = {
    "US": Market("ATVPDKIKX0DER", "na", "www.amazon.com"),
    "CA": Market("A2EUQ1WTGCTBG2", "na", "www.amazon.ca"),
    "MX": Market("A1AM78C64UM0Y8", "na", "www.amazon.com.mx"),
    "BR": Market("A2Q3Y263D00KWC", "na", "www.amazon.com.br"),
    "GB": Market("A1F83G8C2ARO7P", "eu", "www.amazon.co.uk"),
    "IE": Market("A28R8C7NBKEWEA", "eu", "www.amazon.ie"),
    "DE": Market("A1PA6795UKMFR9", "eu", "www.amazon.de"),
    "FR": Market("A13V1IB3VIYZZH", "eu", "www.amazon.fr"),
    "IT": Market("APJ6JRA9NG5V4", "eu", "www.amazon.it"),
    "ES": Market("A1RKKUPIHCS9HS", "eu", "www.amazon.es"),
    "NL": Market("A1805IZSGTT6HS", "eu", "www.amazon.nl"),
    "BE": Market("AMEN7PMS3EDWL", "eu", "www.amazon.com.be"),
    "SE": Market("A2NODRKZP88ZB9", "eu", "www.amazon.se"),
    "PL": Market("A1C3SOZRARQ6R3", "eu", "www.amazon.pl"),
    "TR": Market("A33AVAJ2PDY3EV", "eu", "www.amazon.com.tr"),
    "EG": Market("ARBP9OOSHTCHU", "eu", "www.amazon.eg"),
    "SA": Market("A17E79C6D8DWNP", "eu", "www.amazon.sa"),
    "AE": Market("A2VIGQ35RCS4UG", "eu", "www.amazon.ae"),
    "IN": Market("A21TJRUUN4KGV", "eu", "www.amazon.in"),
    "ZA": Market("AE08WJ6YKNBMC", "eu", "www.amazon.co.za"),
    "JP": Market("A1VC38T7YXB528", "fe", "www.amazon.co.jp"),
    "AU": Market("A39IBJ37TRP1C6", "fe", "www.amazon.com.au"),
    "SG": Market("A19VAU5U5O7RUS", "fe", "www.amazon.sg"),
}
