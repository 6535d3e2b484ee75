"""Hard clips with ground truth, drawn from a seed: nothing in them was ever in a data set or a package."""
