"""Words for codes, in the caller's language. What a source wrote is never touched: words stand beside it."""
