"""Contact strings in what sellers write: one form for every way of writing one, the platforms' own left out.

What two unrelated sellers could both write is no contact: digits that may be an article number need a `+`
or a word before them, names need their messenger's, and bare domains need an ending that no sentence makes.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Contact:
    """A way to reach somebody, normalised."""

    kind: str
    """email, phone, site, or a messenger's name."""
    value: str

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


_FREE = """
    gmail googlemail outlook hotmail live msn yahoo ymail icloud me mac aol gmx web proton protonmail
    mail yandex rambler bk list inbox qq 163 126 139 sina sohu foxmail yeah naver daum hanmail zoho"""
_FREE_MAIL = frozenset(_FREE.split())
_NOBODYS = """
    ebay ebayimg ebaystatic ebaydesc amazon media-amazon ssl-images-amazon amazonaws aliexpress alibaba
    alicdn taobao tmall 1688 dhgate shopee shopeemobile susercontent lazada lazcdn slatic etsy etsystatic
    walmart walmartimages rakuten mercadolibre mercadolivre mlstatic wish temu shein vinted kleinanzeigen
    tokopedia bukalapak flipkart cdiscount allegro fnac zalando otto poshmark depop mercari grailed stockx
    shopify cdn-shopify myshopify facebook fbcdn fb instagram whatsapp telegram youtube youtu google
    googleapis gstatic goo bing wikipedia wikimedia paypal paypalobjects stripe klarna twitter twimg x tiktok
    pinterest pinimg linkedin imgur imgbb postimg photobucket cloudinary cloudfront akamaihd wixstatic dhl
    ups fedex usps royalmail hermes dpd gls 17track trustpilot w3 schema jquery bootstrapcdn inkfrog auctiva
    frooition afterbuy sellbrite jtl apple microsoft adobe bit tinyurl t wa"""
"""The name before the ending of addresses that belong to no seller: marketplaces, services, what their
descriptions are made with."""
_PLATFORMS = frozenset(_NOBODYS.split())
_HOSTED = (
    "myshopify.com",
    "x.yupoo.com",
    "yupoo.com",
    "wixsite.com",
    "blogspot.com",
    "wordpress.com",
    "weebly.com",
)
"""Under these each shop has a name of its own, which is all that tells it from others."""
_SECOND = frozenset({"co", "com", "net", "org", "gov", "edu", "ac", "gob", "ne", "or"})
_BARE = "com|net|org|shop|store|online|info|top|vip|cc|xyz|site|club|cn|ru|co.uk|com.[a-z]{2}"

_AT = re.compile(r"\s*[\[({]\s*(?:at|@)\s*[\])}]\s*|\s+at\s+(?=[\w-]+\s*(?:[\[({]|\bdot\b))")
_DOT = re.compile(r"\s*[\[({]\s*(?:dot|\.)\s*[\])}]\s*|(?<=\w)\s+dot\s+(?=\w)")
_EMAIL = re.compile(r"(?<![\w.+-])([a-z0-9][\w.+-]*)@([a-z0-9-]+(?:\.[a-z0-9-]+)+)")
_PHONE = re.compile(
    r"(?:(?:whats\s?app|wa\.me/|phone=|viber|signal|zalo|phone|mobile|tel(?:ephone|efon)?|cell|call|text|handy|"
    r"hp|电话|手机|微信电话)[^\w+]{0,4}(?:(?:no|number|nr|us)[^\w+]{1,3})?\+?|(?<![\w+])\+)"
    r"(\(?\d[\d ().\-/]{6,20}\d)(?!\d)"
)
_NAMED = {
    "telegram": re.compile(r"(?:\bt\.me/|\btelegram\s*(?:id)?\s*[:@]+\s*@?)([a-z][a-z0-9_]{4,31})"),
    "wechat": re.compile(
        r"(?:\bwe\s?chat|\bweixin|微信|\bvx|\bv信)\s*(?:(?:id|号)\s*:?|:)\s*([a-z][a-z0-9_-]{5,19})"
    ),
    "qq": re.compile(r"\bqq\s*(?:id|号)?\s*[:\s]\s*(\d{5,11})(?!\d)"),
    "line": re.compile(r"\bline\s*id\s*[:\s]\s*@?([a-z0-9][a-z0-9._-]{3,19})"),
    "skype": re.compile(r"\bskype\s*(?:id)?\s*:\s*(?:live:)?([a-z][a-z0-9._-]{5,31})"),
    "instagram": re.compile(
        r"(?:instagram\.com/|\b(?:instagram|insta|ig)\s*(?:id)?\s*[:@]+\s*@?)([a-z0-9_][a-z0-9._]{2,29})"
    ),
    "facebook": re.compile(r"facebook\.com/(?:profile\.php\?id=)?([a-z0-9.]{5,50})"),
    "tiktok": re.compile(r"tiktok\.com/@([a-z0-9._]{2,24})"),
}
_PAGES = frozenset({"sharer", "share", "groups", "explore", "pages", "sharer.php", "plugins", "marketplace"})
"""Paths of messengers' own, where a name would be."""
_SITE = re.compile(
    r"(?:https?://|\bwww\.)([a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    rf"|(?<![\w@./-])([a-z0-9][a-z0-9-]{{2,}}(?:\.[a-z0-9-]+)*\.(?:{_BARE}))(?![\w-]|\.\w)"
)
_DIGITS_TOLD = 9
"""The last digits of a number: the same with its country's code, with a 0, or with neither."""


def contacts_in(text: str, *, names: Collection[str] = ()) -> frozenset[Contact]:
    """The contacts in a text. `names` are brands': addresses called like them are the brand's own.

    >>> sorted(map(str, contacts_in("WhatsApp: +44 (7700) 900-123, bags (at) fakes (dot) cn")))
    ['email bags@fakes.cn', 'phone 700900123', 'site fakes.cn']
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _DOT.sub(".", _AT.sub("@", plain))
    own = frozenset(re.sub(r"[\W_]+", "", it.casefold()) for it in names)
    return frozenset((*_emails(plain, own), *_phones(plain), *_handles(plain), *_sites(plain, own)))


def _emails(text: str, own: frozenset[str]) -> Iterator[Contact]:
    for name, host in _EMAIL.findall(text):
        site = _site(host.strip(".-"), own)
        label = host.split(".", 1)[0]
        if label in _FREE_MAIL:
            kept = name.partition("+")[0]
            kept = kept.replace(".", "") if label in ("gmail", "googlemail") else kept
            yield Contact("email", f"{kept}@{'gmail.com' if label == 'googlemail' else host}")
        elif site is not None:
            yield Contact("email", f"{name.partition('+')[0]}@{host}")
            yield Contact("site", site)


def _phones(text: str) -> Iterator[Contact]:
    for written in _PHONE.findall(text):
        digits = re.sub(r"\D", "", written)
        if 9 <= len(digits) <= 15 and len(set(digits[-_DIGITS_TOLD:])) > 2:
            yield Contact("phone", digits[-_DIGITS_TOLD:])


def _handles(text: str) -> Iterator[Contact]:
    for messenger, pattern in _NAMED.items():
        for name in pattern.findall(text):
            if (value := name.strip("._-")) and value not in _PAGES:
                yield Contact(messenger, value)


def _sites(text: str, own: frozenset[str]) -> Iterator[Contact]:
    for full, bare in _SITE.findall(_EMAIL.sub(" ", text)):
        if (site := _site(full or bare, own)) is not None:
            yield Contact("site", site)


def _site(host: str, own: frozenset[str]) -> str | None:
    """The address that somebody registered, or a hosted shop's; None where it is nobody's in particular."""
    host = host.removeprefix("www.")
    for base in _HOSTED:
        if host.endswith(f".{base}"):
            return ".".join(host.split(".")[-base.count(".") - 2 :])
    parts = host.split(".")
    ending = 2 if len(parts) > 2 and parts[-2] in _SECOND and len(parts[-1]) == 2 else 1
    if len(parts) <= ending or parts[-1].isdigit():
        return None
    name = parts[-ending - 1]
    if name in _PLATFORMS or name in _FREE_MAIL or name.replace("-", "") in own:
        return None
    return ".".join(parts[-ending - 1 :])
