import { graphql } from "./generated";

export const FRAME = graphql(`
  fragment FrameParts on RLEMaskListOnFrame {
    frameIndex
    rleMaskList {
      ...MaskParts
    }
  }
`);

export const MASK = graphql(`
  fragment MaskParts on RLEMaskForObject {
    objectId
    rleMask {
      size
      counts
    }
    predictedIou
    objectScore
    source
  }
`);

export const ADAPTER = graphql(`
  fragment AdapterParts on LoraAdapter {
    adapterId
    objectId
    rank
    frameIndices
    baselineIou
    trainingIou
    steps
    seconds
  }
`);

export const CANDIDATE = graphql(`
  fragment CandidateParts on LoraCandidate {
    adapterId
    objectId
    frameIndex
    rleMask {
      size
      counts
    }
    predictedIou
    objectScore
    agreement
  }
`);

export const VIDEO = graphql(`
  fragment VideoParts on Video {
    id
    path
    width
    height
    posterUrl
    frameCount
    fps
    durationSec
    frameUrlTemplate
  }
`);

export const LABEL = graphql(`
  fragment LabelParts on Label {
    name
    color
    key
    attributes {
      name
      values
    }
  }
`);

export const SESSION = graphql(`
  fragment SessionParts on Session {
    sessionId
    loraMode
    objects {
      objectId
      name
      label
      attributes {
        key
        value
      }
      promptedFrames
      absentRanges {
        first
        last
      }
      confirmedRanges {
        first
        last
      }
      staleRanges {
        first
        last
      }
      adapters {
        ...AdapterParts
      }
    }
    frameStep
    labels {
      ...LabelParts
    }
    video {
      ...VideoParts
    }
  }
`);

export const Start = graphql(`
  query Start {
    sessions {
      sessionId
      trackedFrameCount
      frameStep
      createdAt
      user
      private
      objects {
        objectId
        absentRanges {
          first
          last
        }
        confirmedRanges {
          first
          last
        }
      }
      video {
        path
        frameCount
        posterUrl
      }
    }
    viewer {
      name
    }
    model {
      name
      device
      parameterCount
    }
  }
`);

export const Videos = graphql(`
  query Videos($search: String!, $first: Int!, $after: String) {
    videos(search: $search, first: $first, after: $after) {
      edges {
        node {
          ...VideoParts
        }
      }
      unusable {
        path
        reason
      }
      preparing {
        path
        progress
      }
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const SessionVideo = graphql(`
  query SessionVideo($sessionId: String!) {
    session(sessionId: $sessionId) {
      videoChange {
        sameFrames
        frameCount
      }
      video {
        path
        frameCount
        damage {
          first
          last
          reason
        }
      }
    }
  }
`);

export const ContinueSession = graphql(`
  mutation ContinueSession($sessionId: String!) {
    continueSession(input: { sessionId: $sessionId }) {
      sessionId
    }
  }
`);

export const SessionState = graphql(`
  query SessionState($sessionId: String!) {
    session(sessionId: $sessionId) {
      ...SessionParts
    }
  }
`);

export const SessionMasks = graphql(`
  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {
    session(sessionId: $sessionId) {
      masks(startFrameIndex: $first, endFrameIndex: $last) {
        ...FrameParts
      }
    }
  }
`);

export const SessionHistory = graphql(`
  query SessionHistory($sessionId: String!) {
    session(sessionId: $sessionId) {
      interactions {
        at
        kind
        objectId
        frameIndex
        points
        labels
        clearOldPoints
        box
      }
    }
  }
`);

export const SessionChangesMade = graphql(`
  query SessionChangesMade($sessionId: String!, $first: Int, $last: Int, $after: String) {
    session(sessionId: $sessionId) {
      history(first: $first, last: $last, after: $after) {
        edges {
          node {
            at
            kind
            isUndone
            isKept
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

export const ChangeCursor = graphql(`
  query ChangeCursor($sessionId: String!) {
    session(sessionId: $sessionId) {
      changeCursor
    }
  }
`);

export const SessionChanges = graphql(`
  subscription SessionChanges($sessionId: String!, $since: String) {
    sessionChanges(sessionId: $sessionId, since: $since) {
      kind
      client
      parts
      frames {
        first
        last
      }
    }
  }
`);

export const Undo = graphql(`
  mutation Undo($sessionId: String!) {
    undo(input: { sessionId: $sessionId }) {
      ...RevertParts
    }
  }
`);

export const Redo = graphql(`
  mutation Redo($sessionId: String!) {
    redo(input: { sessionId: $sessionId }) {
      ...RevertParts
    }
  }
`);

export const REVERT = graphql(`
  fragment RevertParts on Revert {
    change {
      kind
      objectIds
      frames {
        first
        last
      }
    }
  }
`);

export const MarkAbsent = graphql(`
  mutation MarkAbsent($input: MarkAbsentInput!) {
    markAbsent(input: $input) {
      kept {
        first
        last
      }
    }
  }
`);

export const RemoveMasks = graphql(`
  mutation RemoveMasks($input: RemoveMasksInput!) {
    removeMasks(input: $input) {
      kept {
        first
        last
      }
    }
  }
`);

export const ConfirmFrames = graphql(`
  mutation ConfirmFrames($input: ConfirmFramesInput!) {
    confirmFrames(input: $input) {
      objectId
    }
  }
`);

export const UnconfirmFrames = graphql(`
  mutation UnconfirmFrames($input: UnconfirmFramesInput!) {
    unconfirmFrames(input: $input) {
      objectId
    }
  }
`);

export const LabelObject = graphql(`
  mutation LabelObject($input: LabelObjectInput!) {
    labelObject(input: $input) {
      objectId
    }
  }
`);

export const SetLabels = graphql(`
  mutation SetLabels($input: SetLabelsInput!) {
    setLabels(input: $input) {
      labels {
        ...LabelParts
      }
    }
  }
`);

export const Candidates = graphql(`
  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {
    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {
      ...CandidateParts
    }
  }
`);

export const Upload = graphql(`
  mutation Upload($file: Upload!) {
    uploadVideo(file: $file) {
      path
    }
  }
`);

export const StartSession = graphql(`
  mutation StartSession($path: String!, $frameStep: Int!) {
    startSession(input: { path: $path, frameStep: $frameStep }) {
      sessionId
    }
  }
`);

export const CloseSession = graphql(`
  mutation CloseSession($sessionId: String!) {
    closeSession(input: { sessionId: $sessionId }) {
      success
    }
  }
`);

export const AddPoints = graphql(`
  mutation AddPoints($input: AddPointsInput!) {
    addPoints(input: $input) {
      ...FrameParts
    }
  }
`);

export const AddBox = graphql(`
  mutation AddBox($input: AddBoxInput!) {
    addBox(input: $input) {
      ...FrameParts
    }
  }
`);

export const AddMask = graphql(`
  mutation AddMask($input: AddMaskInput!) {
    addMask(input: $input) {
      ...FrameParts
    }
  }
`);

export const AddCorrection = graphql(`
  mutation AddCorrection($input: AddCorrectionInput!) {
    addCorrection(input: $input) {
      frame {
        ...FrameParts
      }
    }
  }
`);

export const ClearPointsInFrame = graphql(`
  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {
    clearPointsInFrame(input: $input) {
      ...FrameParts
    }
  }
`);

export const TrainLora = graphql(`
  mutation TrainLora($input: TrainLoraInput!) {
    trainLora(input: $input) {
      ...AdapterParts
    }
  }
`);

export const ApplyLoraCandidate = graphql(`
  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {
    applyLoraCandidate(input: $input) {
      ...FrameParts
    }
  }
`);

export const SetLoraMode = graphql(`
  mutation SetLoraMode($input: SetLoraModeInput!) {
    setLoraMode(input: $input) {
      loraMode
    }
  }
`);

export const AdapterSources = graphql(`
  query AdapterSources($sessionId: String!, $objectId: Int!) {
    adapterSources(sessionId: $sessionId, objectId: $objectId) {
      sessionId
      videoPath
      objectId
      name
      adapters {
        adapterId
      }
    }
  }
`);

export const CopyAdapters = graphql(`
  mutation CopyAdapters($input: CopyAdaptersInput!) {
    copyAdapters(input: $input) {
      objectId
    }
  }
`);

export const ResetLora = graphql(`
  mutation ResetLora($sessionId: String!) {
    resetLora(input: { sessionId: $sessionId }) {
      ...SessionParts
    }
  }
`);

export const NameObject = graphql(`
  mutation NameObject($input: NameObjectInput!) {
    nameObject(input: $input) {
      objectId
      name
    }
  }
`);

export const RemoveObject = graphql(`
  mutation RemoveObject($input: RemoveObjectInput!) {
    removeObject(input: $input) {
      frameIndex
    }
  }
`);

export const ExportAnnotations = graphql(`
  mutation ExportAnnotations($input: ExportAnnotationsInput!) {
    exportAnnotations(input: $input) {
      url
      filename
      byteSize
      losses
    }
  }
`);

export const ImportAnnotations = graphql(`
  mutation ImportAnnotations($file: Upload!, $input: ImportAnnotationsInput!) {
    importAnnotations(file: $file, input: $input) {
      applied
      format
      video
      frames
      objects {
        source
        objectId
        name
        isNew
        frameCount
      }
      frameCount
      maskCount
      replacedMaskCount
      mismatches {
        kind
        message
      }
      losses
    }
  }
`);

export const CancelExport = graphql(`
  mutation CancelExport($sessionId: String!) {
    cancelExport(input: { sessionId: $sessionId }) {
      success
    }
  }
`);

export const Exporting = graphql(`
  subscription Exporting($sessionId: String!) {
    exportProgress(sessionId: $sessionId) {
      completed
      total
    }
  }
`);

export const Importing = graphql(`
  subscription Importing($sessionId: String!) {
    importProgress(sessionId: $sessionId) {
      completed
      total
    }
  }
`);

export const Propagate = graphql(`
  subscription Propagate($input: PropagateInVideoInput!) {
    propagateInVideo(input: $input) {
      propagationId
      sequence
      frameIndex
      rleMaskList {
        ...MaskParts
      }
      completed
      total
      revision
      suggestions {
        objectId
        adapterId
      }
    }
  }
`);

export const Training = graphql(`
  subscription Training($sessionId: String!) {
    loraTraining(sessionId: $sessionId) {
      objectId
      frameIndex
      step
      steps
      loss
      iou
      adapter {
        ...AdapterParts
      }
      background
    }
  }
`);

export const TrackingProgress = graphql(`
  subscription TrackingProgress($sessionId: String!) {
    trackingProgress(sessionId: $sessionId) {
      purpose
      completed
      total
    }
  }
`);

export const CancelTracking = graphql(`
  mutation CancelTracking($sessionId: String!) {
    cancelPropagateInVideo(input: { sessionId: $sessionId }) {
      success
    }
  }
`);
