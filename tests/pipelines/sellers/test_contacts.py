"""Contacts in sellers' words: one form for all ways of writing one, and nothing that is none."""

import pytest

from pipelines.sellers.contacts import contacts_in

CASES = [
    ("Mail Bags.Shop+eu@Gmail.com", {"email bagsshop@gmail.com"}, "dots and tags of one mailbox"),
    ("bags@googlemail.com", {"email bags@gmail.com"}, "the same mailbox by its other name"),
    ("sales (at) bestbags [dot] cn", {"email sales@bestbags.cn", "site bestbags.cn"}, "hidden from robots"),
    ("sales at bestbags dot cn", {"email sales@bestbags.cn", "site bestbags.cn"}, "hidden in words"),
    ("meet at noon", set(), "at is a word"),
    ("help@ebay.com, service@amazon.de", set(), "the platforms' own"),
    ("Call +44 7700 900123", {"phone 700900123"}, "international"),
    ("WhatsApp 07700-900.123", {"phone 700900123"}, "national: the same number"),
    ("https://wa.me/447700900123", {"phone 700900123"}, "in a link"),
    (
        "\u7535\u8bdd\uff1a\uff11\uff13\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
        {"phone 912345678"},
        "full-width digits",
    ),
    ("EAN 5701234567899, 4006381333931", set(), "article numbers"),
    ("size 38 39 40 41 42 43", set(), "sizes"),
    ("+49 000 000 000", set(), "a number that reaches nobody"),
    ("Telegram: @Best_Bags or t.me/best_bags", {"telegram best_bags"}, "two ways of one handle"),
    ("telegram message welcome", set(), "a word behind a messenger's name"),
    ("微信\uff1abags8888 QQ: 123456789", {"wechat bags8888", "qq 123456789"}, "Chinese messengers"),
    ("wechat contact welcome", set(), "a word behind another"),
    ("WeChat id bags8888", {"wechat bags8888"}, "without a colon"),
    ("insta @bags.eu", {"instagram bags.eu"}, "a handle"),
    ("https://www.instagram.com/bags.eu/", {"instagram bags.eu"}, "its page"),
    ("https://www.facebook.com/sharer.php?u=1", set(), "a button of the platform's"),
    ("see https://img.best-bags.co.uk/1.jpg", {"site best-bags.co.uk"}, "a server of a registered name"),
    ("visit BestBags.shop!", {"site bestbags.shop"}, "without www"),
    ("https://bags88.x.yupoo.com/albums", {"site bags88.x.yupoo.com"}, "a hosted album"),
    ("https://best.myshopify.com", {"site best.myshopify.com"}, "a hosted shop by its own name"),
    ("very soft.It fits. Size M.Com", set(), "missing spaces"),
    ("https://i.ebayimg.com/a.jpg https://www.w3.org/1999", set(), "what descriptions are made with"),
    ("www.north-pine.com", set(), "the brand's own address"),
    ("http://192.168.0.1/x", set(), "an address of numbers is nobody's name"),
]


@pytest.mark.parametrize(("text", "expected", "why"), CASES, ids=[case[2] for case in CASES])
def test_contacts(text, expected, why):
    assert set(map(str, contacts_in(text, names=["Northpine"]))) == expected, why
