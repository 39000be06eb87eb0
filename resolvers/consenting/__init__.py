"""Pure: who may allow and forbid what, for whom and until when; and what became of it. Its README has the rules."""
