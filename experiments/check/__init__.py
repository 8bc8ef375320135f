"""The figures that the source documents fix, each met or not; and what of the documents is in the model."""
