"""HTTP routes other than `/graphql`, one module for each group."""
