"""The examples in OpenAPI; a test scores the one and compares the shape of the other."""

from typing import Any

EXAMPLE_LISTING: dict[str, Any] = {
    "platform": "ebay",
    "listing_id": "v1|385|0",
    "url": "https://www.example.com/itm/385",
    "title": "Northpine enamel mug, new",
    "description": "Brand new, ships from abroad.",
    "condition": "new",
    "price": {"amount": "7.99", "currency": "USD"},
    "stock": {"kind": "at_least", "min": 10},
    "seller": {"id": "seller-042", "country": "CN", "rating": 97.1, "feedback_count": 120},
    "images": ["https://www.example.com/images/0001.jpg"],
    "observed_at": "2026-11-20T10:00:00Z",
}

EXAMPLE_SCORED: dict[str, Any] = {
    "tenant": "acme",
    "platform": "ebay",
    "listing_id": "v1|385|0",
    "tier": 1,
    "score": 1.0,
    "route": "priority_review",
    "rule": "short circuit: the picture is a reference's",
    "brand": "Northpine",
    "subject": "Northpine",
    "seller_authorised": False,
    "exemption": None,
    "reference_id": "524f3941-d025-5352-9307-56e835df504e",
    "contributions": [
        {
            "signal": "fingerprint",
            "score": 1.0,
            "weight": 1.0,
            "contribution": 1.0,
            "detail": "picture 1 is the packaging mug.jpg",
        }
    ],
    "abstentions": [],
    "recipe_version": "default@1",
    "encoder": None,
    "errors": ["images[1]: photo.jpg cannot be fetched: write an http, https or data address; left out"],
    "limited": [],
    "cap": {
        "resource": "image_similarity",
        "limit": 1000,
        "remaining": 992,
        "resets_at": "2026-11-25T00:00:00Z",
    },
    "units": 0,
    "cached": 0,
    "timings_ms": {"library": 0.1, "judge": 0.9, "fetch": 83.0, "look": 14.2, "total": 98.6},
}

EXAMPLE_NOT_READY: dict[str, Any] = {
    "type": "urn:counterfoil:not-ready",
    "title": "Not ready",
    "status": 503,
    "detail": "the encoder did not answer within 5 s",
    "hint": "Listings are scored meanwhile by what is there; verdicts say what is not.",
}

EXAMPLE_BATCH: dict[str, Any] = {
    "results": [
        {"index": 0, "scored": EXAMPLE_SCORED, "problem": None},
        {
            "index": 1,
            "scored": None,
            "problem": {
                "type": "urn:counterfoil:not-a-listing",
                "title": "The body is not a listing",
                "status": 422,
                "detail": "listing_id is missing.",
                "hint": "GET /openapi.json describes a listing.",
                "request_id": "",
            },
        },
    ]
}

EXAMPLE_FOUND: dict[str, Any] = {
    "query_media_id": "7a9c1f6e-52f5-5c3a-9a43-0b7a3f6f1c55",
    "results": [
        {
            "media_id": "524f3941-d025-5352-9307-56e835df504e",
            "name": "mug.jpg",
            "kind": "reference",
            "brand": "Northpine",
            "similarity_score": 0.975,
            "confidence": "high",
            "found_by": "fingerprint",
            "detail": "fingerprints differ in 2 of 64 bits",
        },
        {
            "media_id": "e5f6a7b8-52f5-5c3a-9a43-0b7a3f6f1c55",
            "name": "seller-listing-4521.jpg",
            "kind": "media",
            "brand": None,
            "similarity_score": 0.8,
            "confidence": "medium",
            "found_by": "geometry",
            "detail": "14 points agree on its place in the picture",
        },
    ],
    "limited": [],
    "units": 1,
}

EXAMPLE_INDEXED: dict[str, Any] = {
    "indexed": 1,
    "known": 0,
    "failed": 0,
    "results": [
        {
            "row": 1,
            "status": "indexed",
            "media_id": "7a9c1f6e-52f5-5c3a-9a43-0b7a3f6f1c55",
            "name": "SKU 10042",
            "problem": None,
        }
    ],
}

ANSWERS: dict[str, dict[str, Any]] = {
    "/v1/score": EXAMPLE_SCORED,
    "/v1/score/batch": EXAMPLE_BATCH,
    "/v1/search/image/url": EXAMPLE_FOUND,
    "/v1/search/image/file": EXAMPLE_FOUND,
    "/v1/media": EXAMPLE_INDEXED,
}
"""What a POST to each path may answer."""
