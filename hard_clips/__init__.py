"""Hard clips with ground truth, every pixel drawn: nothing in them was ever in a data set or a package."""
