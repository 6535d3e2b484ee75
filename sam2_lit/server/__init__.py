"""The application: Starlette, its routes and its middleware around the GraphQL schema."""
