"""What this gateway itself keeps: where records lie. Never what they say, and citizens only by their keyed hash."""
