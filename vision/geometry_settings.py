"""How local features are measured, matched and believed, with the figures behind each number."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometrySettings:
    """Every number that geometry depends on."""

    long_side: int = 448
    """Larger pictures are reduced to this long side, in pixels, before they are described. At 640 the finest
    detail of a 1,024 px picture fills the reference's share, and copies at half its size are missed."""
    closer_side: int = 896
    """Where the first pass found nothing, a larger picture is described again at this long side: a product on
    a tenth to a third of a crowded photograph's width then has pixels enough. At 1,600 px, of 60 scenes:
    34 were found in the first pass and 56 with this one, which takes 2.8 times as long as the first ..."""
    closer_keypoints: int = 2000
    """... keeping so many keypoints; 3,000 find three more of them and take 4.4 times as long."""
    closer_from: float = 1.25
    """Larger: the picture's long side over `long_side`, at least."""
    short_of: int = 384
    """Smaller pictures are enlarged to this long side (320 and 448 find as many shop photographs) ..."""
    magnify: float = 3.0
    """... by at most this factor: beyond it there is only blur to describe."""
    contrast: float = 0.03
    """SIFT's contrast threshold; keypoints that stand out less are dropped."""
    keypoints: int = 1000
    """The strongest that are kept of a picture."""
    reference_keypoints: int = 800
    """The strongest that are kept of a reference."""
    ratio: float = 0.9
    """A match's distance over its runner-up's, at most this in both directions; below 1."""
    voters: int = 200
    """The most distinct matches of one reference whose similarities are put to the vote of all."""
    slack: float = 8.0
    """How far, in pixels, a match may lie from where another match's similarity puts it ..."""
    slack_share: float = 0.2
    """... and how much farther for each pixel between the two: one keypoint tells scale and angle roughly."""
    turn: float = 35.0
    """Degrees by which a match's rotation may differ from the hypothesis's."""
    stretch: float = 1.7
    """Factor by which a match's scale may differ from the hypothesis's."""
    hypotheses: int = 5
    """The best supported similarities that are refined into homographies."""
    voters_support: int = 3
    """On a shortlist one is matched in full only where so many matches of the keypoints that voted for
    it support one similarity. Of references that geometry would find, 99.0 % on every other package and
    99.4 % on the rest pass, all of the packages' own among them, and 7 and 10 % of those that it would not
    (136 pictures among 1,000 references); at 2, 28 and 33 % of those."""
    support: int = 4
    """Matches that must support a similarity before it is refined: a homography takes four."""
    tolerance: float = 5.0
    """Pixels between a keypoint and its image under the homography."""
    clear: int = 30
    """Inliers from which neither a further hypothesis nor the mirror image of the reference is tried."""
    accept: int = 8
    """The fewest inliers of a hit. Measured on 636 unrelated photographs against 20 packages: 18 reach 4
    inliers, 3 reach 5, none 6; copies of 160 have 31 or more."""
    guided_cosine: float = 0.8
    """Where fewer than `accept` agree, keypoints are looked for where the place puts them; so alike is found.
    Of 45 phone photographs that geometry missed, as many stood clear of chance at 0.75, and less clearly."""
    guided_stretch: float = 1.5
    """Factor by which sizes may differ there ..."""
    guided_turn: float = 25.0
    """... and degrees by which angles may."""
    guided_surprise: float = 18.0
    """Nats: how unlikely by chance what is found there must be. Of those 45 photographs 9 have 18 or more.
    In 420 photographs without any of ten packages seven places were supposed, and the clearest has 5.6; but
    two drawn look-alikes in the scenarios' report half had 16 and 17 ..."""
    guided_spread: float = 0.03
    """... and how far, of the reference's long side, it must deviate across its line ..."""
    guided_breadth: float = 0.2
    """... and of its deviation along it. What has 10 nats and is wrong, among drawn goods and packages of
    others, is lettering: at most 0.18 of it, or 0.028 of the reference. The two cost 2 of the 9."""
    grid: int = 6
    """Columns and rows of the grid that is laid over the reference ..."""
    cells: int = 2
    """... and its cells that must hold inliers."""
    area: tuple[float, float] = (0.01, 12.0)
    """Smallest and largest area of the quadrilateral, as a multiple of the reference's, both described at
    `long_side`: from a tenth of its size to a crop that shows a third of each side."""
    sides: float = 8.0
    """The longest side of the quadrilateral over its shortest, at most."""
    foreshortening: float = 8.0
    """The nearest corner's depth over the farthest's, inverted, at most."""


DEFAULT_GEOMETRY = GeometrySettings()
"""What bulk and online use unless a tenant's operator says otherwise."""
