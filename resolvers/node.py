"""What has an id that finds it again."""

import strawberry


@strawberry.interface(description="An object with an id that finds it again (Relay).")
class Node:
    """An object with an id."""

    id: strawberry.ID = strawberry.field(description="Opaque id.")
