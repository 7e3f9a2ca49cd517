"""Every signal, one line each; a signal's own file is the only other place that knows it."""

from scoring.signals.appearance import Appearance
from scoring.signals.authorised_seller import AuthorisedSellerSignal
from scoring.signals.barcode import Barcode
from scoring.signals.certification import Certification
from scoring.signals.colour import ColourSignal
from scoring.signals.consistency import Consistency
from scoring.signals.fingerprint import Fingerprint
from scoring.signals.geometry import Geometry
from scoring.signals.gtin import Gtin
from scoring.signals.interface import Example, Signal
from scoring.signals.logo import Logo
from scoring.signals.names import Names
from scoring.signals.names_in_caption import NamesInCaption
from scoring.signals.pattern import Pattern
from scoring.signals.price import PriceSignal
from scoring.signals.second_hand import SecondHand
from scoring.signals.text_in_picture import TextInPicture
from scoring.signals.vision_logo import VisionLogo
from scoring.signals.vision_text import VisionText
from scoring.signals.vision_web import VisionWeb
from scoring.signals.watch_terms import WatchTerms
from scoring.signals.watch_terms_in_caption import WatchTermsInCaption
from scoring.signals.watch_terms_in_picture import WatchTermsInPicture

SIGNALS: dict[str, type[Signal]] = {
    signal.name: signal
    for signal in (
        AuthorisedSellerSignal,
        SecondHand,
        Fingerprint,
        Appearance,
        Geometry,
        Logo,
        Names,
        Pattern,
        WatchTerms,
        TextInPicture,
        WatchTermsInPicture,
        NamesInCaption,
        WatchTermsInCaption,
        VisionLogo,
        VisionText,
        VisionWeb,
        PriceSignal,
        Consistency,
        Barcode,
        Gtin,
        ColourSignal,
        Certification,
    )
}

__all__ = ["SIGNALS", "Example", "Signal"]
