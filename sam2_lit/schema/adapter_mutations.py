"""GraphQL mutations that give objects adapters of others, and write them to files."""

import asyncio

import strawberry
from strawberry.file_uploads import Upload

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.exports.names import video_name
from sam2_lit.lora.peft_archive import MAX_BYTES
from sam2_lit.schema.context import Info
from sam2_lit.schema.inputs import uploaded_file
from sam2_lit.schema.types.exports import Export
from sam2_lit.schema.types.sessions import TrackedObject


@strawberry.input
class CopyAdaptersInput:
    session_id: str
    object_id: int = strawberry.field(description="The object that gets them.")
    source_session_id: str = strawberry.field(description="May be the same session.")
    source_object_id: int


@strawberry.input
class ExportAdaptersInput:
    session_id: str
    object_ids: list[int] | None = strawberry.field(default=None, description="All objects where null.")


@strawberry.input
class ImportAdaptersInput:
    session_id: str
    object_id: int = strawberry.field(description="The object that gets them.")


@strawberry.type
class AdapterMutations:
    @strawberry.mutation(
        description="Gives an object copies of another object's adapters, for example one of the same label in "
        "another video (adapterSources). They propose masks at once, and a correction that one of them nearly handles "
        "trains it on from there. ADAPTER_NOT_FOUND where they were trained for another model."
    )
    async def copy_adapters(self, info: Info, input: CopyAdaptersInput) -> TrackedObject:
        copied = await info.context.engine.adapters.copy(
            input.session_id, input.object_id, input.source_session_id, input.source_object_id
        )
        return TrackedObject.of(copied, input.session_id)

    @strawberry.mutation(
        description="Writes the adapters of a session to a ZIP file: for each a folder that Hugging Face PEFT loads "
        "onto the mask decoder."
    )
    async def export_adapters(self, info: Info, input: ExportAdaptersInput) -> Export:
        context = info.context
        session = await context.engine.session(input.session_id)
        write = await context.engine.adapters.archive_writer(input.session_id, input.object_ids)
        name = f"{video_name(session.video.path)}-adapters.zip"
        return Export.of(await context.exporter.store(name, write, session), context.base_url)

    @strawberry.mutation(
        description="Gives an object the adapters of a ZIP file, such as exportAdapters writes: folders in the layout "
        "of Hugging Face PEFT. UNSUPPORTED_MEDIA where it is not one, ADAPTER_NOT_FOUND where they are for another "
        "model."
    )
    async def import_adapters(self, info: Info, file: Upload, input: ImportAdaptersInput) -> TrackedObject:
        await info.context.engine.session(input.session_id)
        content = await asyncio.to_thread(uploaded_file(file).file.read, MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise LitError(
                ErrorCode.UPLOAD_TOO_LARGE,
                f"the file has more than {MAX_BYTES // 2**20} MiB, the most that is accepted",
            )
        imported = await info.context.engine.adapters.add(input.session_id, input.object_id, content)
        return TrackedObject.of(imported, input.session_id)
