"""What sources send of their own accord: that something changed, and where records lie. Never what they say."""
