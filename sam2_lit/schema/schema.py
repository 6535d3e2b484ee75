"""Assembles the schema."""

import strawberry

from sam2_lit.records.interactions import InteractionKind
from sam2_lit.records.results import LoraMode, MaskSource, PropagationDirection, TrackingPurpose
from sam2_lit.schema.documents import DocumentExtension, ValidationOfKeptDocuments
from sam2_lit.schema.errors import ErrorCountingSchema, InternalErrors
from sam2_lit.schema.mutations import Mutation
from sam2_lit.schema.operations import OperationReport
from sam2_lit.schema.queries import Query
from sam2_lit.schema.query_limits import QueryLimitsExtension
from sam2_lit.schema.subscriptions import Subscription

for enumeration in (InteractionKind, LoraMode, MaskSource, PropagationDirection, TrackingPurpose):
    strawberry.enum(enumeration)

schema = ErrorCountingSchema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    extensions=[OperationReport, InternalErrors, QueryLimitsExtension, ValidationOfKeptDocuments, DocumentExtension],
)
