"""The error of a cluster that cannot be used."""


class ClusterError(Exception):
    """The message says why the cluster cannot be used, in one line."""
