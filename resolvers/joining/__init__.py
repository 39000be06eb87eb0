"""The same fact from two systems is one item with two provenances. README.md holds the rules in words."""

from resolvers.joining.items import join, named

__all__ = ["join", "named"]
