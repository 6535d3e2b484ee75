"""The Starlette application around the GraphQL schema: routes, middleware, metrics and logs."""
