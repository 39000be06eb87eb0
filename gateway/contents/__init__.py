"""``GET /documents/{id}``: the content of a document, passed on from its source as it comes."""
