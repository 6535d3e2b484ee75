"""GraphQL mutations of labels and attributes."""

import strawberry

from sam2_lit.schema.context import Info
from sam2_lit.schema.label_inputs import LabelObjectInput, SetLabelsInput, attributes_of
from sam2_lit.schema.types.sessions import Session, TrackedObject


@strawberry.type
class LabelMutations:
    @strawberry.mutation(
        description="Sets the labels of the session's project, the folder of videos that its video is in, for all of "
        "its sessions. Objects keep the labels that they have. Not in the history of a session, since other sessions "
        "have the labels too."
    )
    async def set_labels(self, info: Info, input: SetLabelsInput) -> Session:
        context = info.context
        session = await context.engine.session(input.session_id)
        drafts = None if input.labels is None else [each.draft() for each in input.labels]
        await context.engine.labels.set(session.video.path, drafts)
        return Session.of(session, context.base_url)

    @strawberry.mutation(description="Gives an object a label and attributes, which all exports carry that can.")
    async def label_object(self, info: Info, input: LabelObjectInput) -> TrackedObject:
        attributes = attributes_of(input.attributes)
        tracked = await info.context.engine.label_object(input.session_id, input.object_id, input.label, attributes)
        return TrackedObject.of(tracked, input.session_id)
