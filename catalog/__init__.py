"""What each tenant protects and what is already known: SQL records, vectors, blobs.

`catalog.records.open_catalog` opens the records, `catalog.blobs` keeps the bytes,
`catalog.vectors` the embeddings, and `catalog.intake.import_kit` fills all of them from a brand kit.
Nothing is re-exported here, so that a process that needs one of them does not load the others.
"""
