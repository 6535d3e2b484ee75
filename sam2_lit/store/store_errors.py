"""Why a store cannot be opened."""


class StoreError(Exception):
    """The data directory or its database cannot be used; the message says why in one line."""


class DirectoryInUse(StoreError):
    """Another server uses the data directory."""


class NewerDatabase(StoreError):
    """The database was written by a newer version of this program."""


class DatabaseInUse(StoreError):
    """Another server uses the database."""
