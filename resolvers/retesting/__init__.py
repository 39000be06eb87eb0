"""Pure: was a test just done elsewhere, and can its result be used again?"""
