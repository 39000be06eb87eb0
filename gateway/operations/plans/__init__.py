"""Operations compiled once: what a selection reads from an object, as generated Python.

A *unit* completes one value of a selection: it reads attributes, tests that every value is exactly what its type
promises, and builds the answer. Anything else makes it give up, and the library completes the same value anew: texts,
paths and order of errors, null propagation and waiting are therefore the library's own, never ours.
"""
