"""What a listing is, what each signal says of it, and how evidence becomes a verdict. Pure."""

from scoring.brand import Brand, Reference, ReferenceKind
from scoring.evidence import Abstention, Contribution, Evidence, Exemption, Verdict
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing, Money, Seller, Stock
from scoring.recipe import Recipe

__all__ = [
    "Abstention",
    "Brand",
    "Contribution",
    "Evidence",
    "Exemption",
    "Funnel",
    "Listing",
    "Money",
    "Needs",
    "Recipe",
    "Reference",
    "ReferenceKind",
    "Seller",
    "Stock",
    "Verdict",
]
