import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{a as t,c as n,d as r,i,l as a,n as o,o as s,r as c,s as l,t as u,u as d}from"./libraries-DOb0AUtx.js";(function(){let e=document.createElement(`link`).relList;if(e&&e.supports&&e.supports(`modulepreload`))return;for(let e of document.querySelectorAll(`link[rel="modulepreload"]`))n(e);new MutationObserver(e=>{for(let t of e)if(t.type===`childList`)for(let e of t.addedNodes)e.tagName===`LINK`&&e.rel===`modulepreload`&&n(e)}).observe(document,{childList:!0,subtree:!0});function t(e){let t={};return e.integrity&&(t.integrity=e.integrity),e.referrerPolicy&&(t.referrerPolicy=e.referrerPolicy),t.credentials=e.crossOrigin===`use-credentials`?`include`:e.crossOrigin===`anonymous`?`omit`:`same-origin`,t}function n(e){if(e.ep)return;e.ep=!0;let n=t(e);fetch(e.href,n)}})();var f=d(),p=`UNREACHABLE`,m=class extends Error{code;constructor(e,t){super(t),this.code=e}};function h(e){let t=e instanceof Error?e.message:String(e);return(/^[a-z]+\s/.test(t)?t.charAt(0).toUpperCase()+t.slice(1):t)+(/[.!?]$/.test(t)?``:`.`)}var g=`sam2-lit:token`;function _(){return sessionStorage.getItem(g)}function ee(e){sessionStorage.setItem(g,e)}function te(){let e=_();return e?{Authorization:`Bearer ${e}`}:{}}var ne=1e4,re=2e4,ie=new Set,ae;function oe(e){ie.add(e)}function se(e){for(let t of ie)t(e)}var ce=c({url:`${location.protocol===`https:`?`wss`:`ws`}://${location.host}/graphql`,connectionParams:te,retryAttempts:1/0,retryWait:e=>new Promise(t=>setTimeout(t,Math.min(500*2**e,5e3))),keepAlive:ne,on:{connected:()=>se(!0),closed:e=>{clearTimeout(ae),e.code!==1e3&&se(!1)},ping:e=>{e||(ae=setTimeout(()=>ce.terminate(),re))},pong:e=>{e&&clearTimeout(ae)}}}),le=new i({url:`/graphql`,preferGetMethod:!1,requestPolicy:`network-only`,fetchOptions:()=>({headers:{Accept:`application/graphql-response+json, application/json`,...te()}}),exchanges:[t,s({forwardSubscription:e=>({subscribe:t=>({unsubscribe:ce.subscribe({query:e.query??``,variables:e.variables},t)})})})]});async function v(e,t){let n=e.toString(),r=await le[n.trimStart().startsWith(`mutation`)?`mutation`:`query`](n,t).toPromise();if(r.error)throw de(r.error);return r.data}function y(e,t,r,i){let o=!0,s=null,{unsubscribe:c}=n(le.subscription(e.toString(),t),l(()=>{o&&i(s),o=!1}),a(e=>{o&&(e.error?s=de(e.error):e.data&&r(e.data))}));return()=>{o=!1,c()}}async function ue(){try{return(await fetch(`/healthz`,{cache:`no-store`})).ok}catch{return!1}}function de(e){let t=e.graphQLErrors[0];if(t)return new m(String(t.extensions?.code??`INTERNAL`),t.message);let n=e.response;return n?.status===401?new m(`UNAUTHENTICATED`,`The server asks for a token.`):n?.ok?new m(`INTERNAL`,`The server's response is not valid GraphQL: ${e.message}`):(se(!1),new m(p,`The server cannot be reached: this was not done.`))}var b=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},fe=new b(`
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
    `,{fragmentName:`MaskParts`}),pe=new b(`
    fragment FrameParts on RLEMaskListOnFrame {
  frameIndex
  rleMaskList {
    ...MaskParts
  }
}
    fragment MaskParts on RLEMaskForObject {
  objectId
  rleMask {
    size
    counts
  }
  predictedIou
  objectScore
  source
}`,{fragmentName:`FrameParts`}),me=new b(`
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
    `,{fragmentName:`CandidateParts`}),he={"\n  fragment FrameParts on RLEMaskListOnFrame {\n    frameIndex\n    rleMaskList {\n      ...MaskParts\n    }\n  }\n":pe,"\n  fragment MaskParts on RLEMaskForObject {\n    objectId\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    source\n  }\n":fe,"\n  fragment AdapterParts on LoraAdapter {\n    adapterId\n    objectId\n    rank\n    frameIndices\n    baselineIou\n    trainingIou\n    steps\n    seconds\n  }\n":new b(`
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
    `,{fragmentName:`AdapterParts`}),"\n  fragment CandidateParts on LoraCandidate {\n    adapterId\n    objectId\n    frameIndex\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    agreement\n  }\n":me,"\n  fragment VideoParts on Video {\n    id\n    path\n    width\n    height\n    posterUrl\n    frameCount\n    fps\n    durationSec\n    frameUrlTemplate\n  }\n":new b(`
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
    `,{fragmentName:`VideoParts`}),"\n  fragment SessionParts on Session {\n    sessionId\n    loraMode\n    objects {\n      objectId\n      name\n      promptedFrames\n      adapters {\n        ...AdapterParts\n      }\n    }\n    video {\n      ...VideoParts\n    }\n  }\n":new b(`
    fragment SessionParts on Session {
  sessionId
  loraMode
  objects {
    objectId
    name
    promptedFrames
    adapters {
      ...AdapterParts
    }
  }
  video {
    ...VideoParts
  }
}
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
}`,{fragmentName:`SessionParts`}),"\n  query Start {\n    sessions {\n      sessionId\n      trackedFrameCount\n      createdAt\n      objects {\n        objectId\n      }\n      video {\n        path\n        frameCount\n      }\n    }\n    model {\n      name\n      device\n      parameterCount\n    }\n  }\n":new b(`
    query Start {
  sessions {
    sessionId
    trackedFrameCount
    createdAt
    objects {
      objectId
    }
    video {
      path
      frameCount
    }
  }
  model {
    name
    device
    parameterCount
  }
}
    `),"\n  query Videos($search: String!, $first: Int!, $after: String) {\n    videos(search: $search, first: $first, after: $after) {\n      edges {\n        node {\n          ...VideoParts\n        }\n      }\n      unusable {\n        path\n        reason\n      }\n      preparing {\n        path\n        progress\n      }\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n":new b(`
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
}`),"\n  query SessionVideo($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      videoChange {\n        sameFrames\n        frameCount\n      }\n      video {\n        path\n        frameCount\n        damage {\n          first\n          last\n          reason\n        }\n      }\n    }\n  }\n":new b(`
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
    `),"\n  mutation ContinueSession($sessionId: String!) {\n    continueSession(input: { sessionId: $sessionId }) {\n      sessionId\n    }\n  }\n":new b(`
    mutation ContinueSession($sessionId: String!) {
  continueSession(input: {sessionId: $sessionId}) {
    sessionId
  }
}
    `),"\n  query SessionState($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      ...SessionParts\n    }\n  }\n":new b(`
    query SessionState($sessionId: String!) {
  session(sessionId: $sessionId) {
    ...SessionParts
  }
}
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
fragment SessionParts on Session {
  sessionId
  loraMode
  objects {
    objectId
    name
    promptedFrames
    adapters {
      ...AdapterParts
    }
  }
  video {
    ...VideoParts
  }
}`),"\n  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {\n    session(sessionId: $sessionId) {\n      masks(startFrameIndex: $first, endFrameIndex: $last) {\n        ...FrameParts\n      }\n    }\n  }\n":new b(`
    query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {
  session(sessionId: $sessionId) {
    masks(startFrameIndex: $first, endFrameIndex: $last) {
      ...FrameParts
    }
  }
}
    fragment FrameParts on RLEMaskListOnFrame {
  frameIndex
  rleMaskList {
    ...MaskParts
  }
}
fragment MaskParts on RLEMaskForObject {
  objectId
  rleMask {
    size
    counts
  }
  predictedIou
  objectScore
  source
}`),"\n  query SessionHistory($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      interactions {\n        kind\n        objectId\n        frameIndex\n        points\n        labels\n        clearOldPoints\n        box\n      }\n    }\n  }\n":new b(`
    query SessionHistory($sessionId: String!) {
  session(sessionId: $sessionId) {
    interactions {
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
    `),"\n  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {\n    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {\n      ...CandidateParts\n    }\n  }\n":new b(`
    query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {
  loraCandidates(
    sessionId: $sessionId
    objectId: $objectId
    frameIndex: $frameIndex
  ) {
    ...CandidateParts
  }
}
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
}`),"\n  mutation Upload($file: Upload!) {\n    uploadVideo(file: $file) {\n      path\n    }\n  }\n":new b(`
    mutation Upload($file: Upload!) {
  uploadVideo(file: $file) {
    path
  }
}
    `),"\n  mutation StartSession($path: String!) {\n    startSession(input: { path: $path }) {\n      sessionId\n    }\n  }\n":new b(`
    mutation StartSession($path: String!) {
  startSession(input: {path: $path}) {
    sessionId
  }
}
    `),"\n  mutation CloseSession($sessionId: String!) {\n    closeSession(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new b(`
    mutation CloseSession($sessionId: String!) {
  closeSession(input: {sessionId: $sessionId}) {
    success
  }
}
    `),"\n  mutation AddPoints($input: AddPointsInput!) {\n    addPoints(input: $input) {\n      ...FrameParts\n    }\n  }\n":new b(`
    mutation AddPoints($input: AddPointsInput!) {
  addPoints(input: $input) {
    ...FrameParts
  }
}
    fragment FrameParts on RLEMaskListOnFrame {
  frameIndex
  rleMaskList {
    ...MaskParts
  }
}
fragment MaskParts on RLEMaskForObject {
  objectId
  rleMask {
    size
    counts
  }
  predictedIou
  objectScore
  source
}`),"\n  mutation AddBox($input: AddBoxInput!) {\n    addBox(input: $input) {\n      ...FrameParts\n    }\n  }\n":new b(`
    mutation AddBox($input: AddBoxInput!) {
  addBox(input: $input) {
    ...FrameParts
  }
}
    fragment FrameParts on RLEMaskListOnFrame {
  frameIndex
  rleMaskList {
    ...MaskParts
  }
}
fragment MaskParts on RLEMaskForObject {
  objectId
  rleMask {
    size
    counts
  }
  predictedIou
  objectScore
  source
}`),"\n  mutation AddMask($input: AddMaskInput!) {\n    addMask(input: $input) {\n      ...FrameParts\n    }\n  }\n":new b(`
    mutation AddMask($input: AddMaskInput!) {
  addMask(input: $input) {
    ...FrameParts
  }
}
    fragment FrameParts on RLEMaskListOnFrame {
  frameIndex
  rleMaskList {
    ...MaskParts
  }
}
fragment MaskParts on RLEMaskForObject {
  objectId
  rleMask {
    size
    counts
  }
  predictedIou
  objectScore
  source
}`),"\n  mutation AddCorrection($input: AddCorrectionInput!) {\n    addCorrection(input: $input) {\n      frame {\n        ...FrameParts\n      }\n    }\n  }\n":new b(`
    mutation AddCorrection($input: AddCorrectionInput!) {
  addCorrection(input: $input) {
    frame {
      ...FrameParts
    }
  }
}
    fragment FrameParts on RLEMaskListOnFrame {
  frameIndex
  rleMaskList {
    ...MaskParts
  }
}
fragment MaskParts on RLEMaskForObject {
  objectId
  rleMask {
    size
    counts
  }
  predictedIou
  objectScore
  source
}`),"\n  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {\n    clearPointsInFrame(input: $input) {\n      ...FrameParts\n    }\n  }\n":new b(`
    mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {
  clearPointsInFrame(input: $input) {
    ...FrameParts
  }
}
    fragment FrameParts on RLEMaskListOnFrame {
  frameIndex
  rleMaskList {
    ...MaskParts
  }
}
fragment MaskParts on RLEMaskForObject {
  objectId
  rleMask {
    size
    counts
  }
  predictedIou
  objectScore
  source
}`),"\n  mutation TrainLora($input: TrainLoraInput!) {\n    trainLora(input: $input) {\n      ...AdapterParts\n    }\n  }\n":new b(`
    mutation TrainLora($input: TrainLoraInput!) {
  trainLora(input: $input) {
    ...AdapterParts
  }
}
    fragment AdapterParts on LoraAdapter {
  adapterId
  objectId
  rank
  frameIndices
  baselineIou
  trainingIou
  steps
  seconds
}`),"\n  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {\n    applyLoraCandidate(input: $input) {\n      ...FrameParts\n    }\n  }\n":new b(`
    mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {
  applyLoraCandidate(input: $input) {
    ...FrameParts
  }
}
    fragment FrameParts on RLEMaskListOnFrame {
  frameIndex
  rleMaskList {
    ...MaskParts
  }
}
fragment MaskParts on RLEMaskForObject {
  objectId
  rleMask {
    size
    counts
  }
  predictedIou
  objectScore
  source
}`),"\n  mutation SetLoraMode($input: SetLoraModeInput!) {\n    setLoraMode(input: $input) {\n      loraMode\n    }\n  }\n":new b(`
    mutation SetLoraMode($input: SetLoraModeInput!) {
  setLoraMode(input: $input) {
    loraMode
  }
}
    `),"\n  mutation ResetLora($sessionId: String!) {\n    resetLora(input: { sessionId: $sessionId }) {\n      ...SessionParts\n    }\n  }\n":new b(`
    mutation ResetLora($sessionId: String!) {
  resetLora(input: {sessionId: $sessionId}) {
    ...SessionParts
  }
}
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
fragment SessionParts on Session {
  sessionId
  loraMode
  objects {
    objectId
    name
    promptedFrames
    adapters {
      ...AdapterParts
    }
  }
  video {
    ...VideoParts
  }
}`),"\n  mutation NameObject($input: NameObjectInput!) {\n    nameObject(input: $input) {\n      objectId\n      name\n    }\n  }\n":new b(`
    mutation NameObject($input: NameObjectInput!) {
  nameObject(input: $input) {
    objectId
    name
  }
}
    `),"\n  mutation RemoveObject($input: RemoveObjectInput!) {\n    removeObject(input: $input) {\n      frameIndex\n    }\n  }\n":new b(`
    mutation RemoveObject($input: RemoveObjectInput!) {
  removeObject(input: $input) {
    frameIndex
  }
}
    `),"\n  mutation ExportAnnotations($input: ExportAnnotationsInput!) {\n    exportAnnotations(input: $input) {\n      url\n      filename\n      byteSize\n      losses\n    }\n  }\n":new b(`
    mutation ExportAnnotations($input: ExportAnnotationsInput!) {
  exportAnnotations(input: $input) {
    url
    filename
    byteSize
    losses
  }
}
    `),"\n  mutation ImportAnnotations($file: Upload!, $input: ImportAnnotationsInput!) {\n    importAnnotations(file: $file, input: $input) {\n      applied\n      format\n      video\n      frames\n      objects {\n        source\n        objectId\n        name\n        isNew\n        frameCount\n      }\n      frameCount\n      maskCount\n      replacedMaskCount\n      mismatches {\n        kind\n        message\n      }\n      losses\n    }\n  }\n":new b(`
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
    `),"\n  mutation CancelExport($sessionId: String!) {\n    cancelExport(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new b(`
    mutation CancelExport($sessionId: String!) {
  cancelExport(input: {sessionId: $sessionId}) {
    success
  }
}
    `),"\n  subscription Exporting($sessionId: String!) {\n    exportProgress(sessionId: $sessionId) {\n      completed\n      total\n    }\n  }\n":new b(`
    subscription Exporting($sessionId: String!) {
  exportProgress(sessionId: $sessionId) {
    completed
    total
  }
}
    `),"\n  subscription Importing($sessionId: String!) {\n    importProgress(sessionId: $sessionId) {\n      completed\n      total\n    }\n  }\n":new b(`
    subscription Importing($sessionId: String!) {
  importProgress(sessionId: $sessionId) {
    completed
    total
  }
}
    `),"\n  subscription Propagate($input: PropagateInVideoInput!) {\n    propagateInVideo(input: $input) {\n      propagationId\n      sequence\n      frameIndex\n      rleMaskList {\n        ...MaskParts\n      }\n      completed\n      total\n      revision\n      suggestions {\n        objectId\n        adapterId\n      }\n    }\n  }\n":new b(`
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
    fragment MaskParts on RLEMaskForObject {
  objectId
  rleMask {
    size
    counts
  }
  predictedIou
  objectScore
  source
}`),"\n  subscription Training($sessionId: String!) {\n    loraTraining(sessionId: $sessionId) {\n      objectId\n      frameIndex\n      step\n      steps\n      loss\n      iou\n      adapter {\n        ...AdapterParts\n      }\n      background\n    }\n  }\n":new b(`
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
    fragment AdapterParts on LoraAdapter {
  adapterId
  objectId
  rank
  frameIndices
  baselineIou
  trainingIou
  steps
  seconds
}`),"\n  subscription TrackingProgress($sessionId: String!) {\n    trackingProgress(sessionId: $sessionId) {\n      purpose\n      completed\n      total\n    }\n  }\n":new b(`
    subscription TrackingProgress($sessionId: String!) {
  trackingProgress(sessionId: $sessionId) {
    purpose
    completed
    total
  }
}
    `),"\n  mutation CancelTracking($sessionId: String!) {\n    cancelPropagateInVideo(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new b(`
    mutation CancelTracking($sessionId: String!) {
  cancelPropagateInVideo(input: {sessionId: $sessionId}) {
    success
  }
}
    `)};function x(e){return he[e]??{}}x(`
  fragment FrameParts on RLEMaskListOnFrame {
    frameIndex
    rleMaskList {
      ...MaskParts
    }
  }
`),x(`
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
`),x(`
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
`),x(`
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
`),x(`
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
`),x(`
  fragment SessionParts on Session {
    sessionId
    loraMode
    objects {
      objectId
      name
      promptedFrames
      adapters {
        ...AdapterParts
      }
    }
    video {
      ...VideoParts
    }
  }
`);var ge=x(`
  query Start {
    sessions {
      sessionId
      trackedFrameCount
      createdAt
      objects {
        objectId
      }
      video {
        path
        frameCount
      }
    }
    model {
      name
      device
      parameterCount
    }
  }
`),_e=x(`
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
`),ve=x(`
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
`),ye=x(`
  mutation ContinueSession($sessionId: String!) {
    continueSession(input: { sessionId: $sessionId }) {
      sessionId
    }
  }
`),be=x(`
  query SessionState($sessionId: String!) {
    session(sessionId: $sessionId) {
      ...SessionParts
    }
  }
`),xe=x(`
  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {
    session(sessionId: $sessionId) {
      masks(startFrameIndex: $first, endFrameIndex: $last) {
        ...FrameParts
      }
    }
  }
`),Se=x(`
  query SessionHistory($sessionId: String!) {
    session(sessionId: $sessionId) {
      interactions {
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
`),Ce=x(`
  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {
    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {
      ...CandidateParts
    }
  }
`),we=x(`
  mutation Upload($file: Upload!) {
    uploadVideo(file: $file) {
      path
    }
  }
`),Te=x(`
  mutation StartSession($path: String!) {
    startSession(input: { path: $path }) {
      sessionId
    }
  }
`),Ee=x(`
  mutation CloseSession($sessionId: String!) {
    closeSession(input: { sessionId: $sessionId }) {
      success
    }
  }
`),De=x(`
  mutation AddPoints($input: AddPointsInput!) {
    addPoints(input: $input) {
      ...FrameParts
    }
  }
`),Oe=x(`
  mutation AddBox($input: AddBoxInput!) {
    addBox(input: $input) {
      ...FrameParts
    }
  }
`),ke=x(`
  mutation AddMask($input: AddMaskInput!) {
    addMask(input: $input) {
      ...FrameParts
    }
  }
`),Ae=x(`
  mutation AddCorrection($input: AddCorrectionInput!) {
    addCorrection(input: $input) {
      frame {
        ...FrameParts
      }
    }
  }
`),je=x(`
  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {
    clearPointsInFrame(input: $input) {
      ...FrameParts
    }
  }
`),Me=x(`
  mutation TrainLora($input: TrainLoraInput!) {
    trainLora(input: $input) {
      ...AdapterParts
    }
  }
`),Ne=x(`
  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {
    applyLoraCandidate(input: $input) {
      ...FrameParts
    }
  }
`),Pe=x(`
  mutation SetLoraMode($input: SetLoraModeInput!) {
    setLoraMode(input: $input) {
      loraMode
    }
  }
`),Fe=x(`
  mutation ResetLora($sessionId: String!) {
    resetLora(input: { sessionId: $sessionId }) {
      ...SessionParts
    }
  }
`),Ie=x(`
  mutation NameObject($input: NameObjectInput!) {
    nameObject(input: $input) {
      objectId
      name
    }
  }
`),Le=x(`
  mutation RemoveObject($input: RemoveObjectInput!) {
    removeObject(input: $input) {
      frameIndex
    }
  }
`),Re=x(`
  mutation ExportAnnotations($input: ExportAnnotationsInput!) {
    exportAnnotations(input: $input) {
      url
      filename
      byteSize
      losses
    }
  }
`),ze=x(`
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
`),Be=x(`
  mutation CancelExport($sessionId: String!) {
    cancelExport(input: { sessionId: $sessionId }) {
      success
    }
  }
`),Ve=x(`
  subscription Exporting($sessionId: String!) {
    exportProgress(sessionId: $sessionId) {
      completed
      total
    }
  }
`),He=x(`
  subscription Importing($sessionId: String!) {
    importProgress(sessionId: $sessionId) {
      completed
      total
    }
  }
`),Ue=x(`
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
`),We=x(`
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
`),Ge=x(`
  subscription TrackingProgress($sessionId: String!) {
    trackingProgress(sessionId: $sessionId) {
      purpose
      completed
      total
    }
  }
`),Ke=x(`
  mutation CancelTracking($sessionId: String!) {
    cancelPropagateInVideo(input: { sessionId: $sessionId }) {
      success
    }
  }
`),qe=class{#e=new Map;get(e,t){return this.#e.get(e)?.get(t)}framesOf(e){return[...this.#e].filter(([,t])=>t.has(e)).map(([e])=>e).sort((e,t)=>e-t)}staleFrames(e){return this.framesOf(e).filter(t=>this.get(t,e)?.stale)}replace(e,t){t.length?this.#e.set(e,new Map(t.map(e=>[e.objectId,e]))):this.#e.delete(e)}removeObject(e){for(let t of this.#e.values())t.delete(e)}clear(){this.#e.clear()}markStale(e,t){for(let[n,r]of this.#e){let i=r.get(e);i&&i.source!==`PROMPT`&&i.source!==`IMPORTED`&&!i.stale&&n!==t&&(i.reverse?t>n:t<n)&&r.set(e,{...i,stale:!0})}}},Je={view:`loading`,connected:!0,sessionId:null,video:null,videoChange:null,loraMode:`SUGGEST`,objects:[],selected:null,frame:0,playing:!1,following:!1,tool:`point`,brush:12,showMasks:!0,masksVersion:0,imagesVersion:0,tracking:null,trackingFirst:null,pending:0,pendingPrompts:[],crosshair:null,corner:null,training:null,lastRun:null,candidates:[],hovered:null,suggested:new Set,corrected:new Set,accepted:new Set,prompts:new Map,undoStack:[],redoStack:[],notices:{},dialog:null,exporting:null},S=(e,t)=>`${e}:${t}`,Ye=(e,t)=>e.startsWith(`${t}:`);function C(e,t,n){let r=new Set(e);return n?r.add(t):r.delete(t),r}var w=o(()=>Je),{getState:T,setState:E,subscribe:Xe}=w,D=new qe,O={current:null};function Ze(){E(e=>({masksVersion:e.masksVersion+1}))}function k(e,t){E(n=>({objects:n.objects.map(n=>n.objectId===e?{...n,...t}:n)}))}function A(e,t,n=`error`){E(r=>({notices:{...r.notices,[e]:{text:t,kind:n}}}))}function j(e){E(t=>({notices:{...t.notices,[e]:void 0}}))}function M(e,t){let n=t instanceof m?t.code:null;n===`SESSION_NOT_FOUND`?E({view:`gone`}):n===`UNAUTHENTICATED`?E({view:`token`}):n!==`CANCELLED`&&A(e,h(t))}function N(e){return T().objects.find(t=>t.objectId===e)}function P({objectId:e,name:t}){return t||`Object ${e}`}function F(e){return e.split(`/`).at(-1).replace(e.startsWith(`uploads/`)?/-[0-9a-f]{12}(?=\.\w+$)/:``,``)}function I(e,t){return N(e)?.promptedFrames.includes(t)??!1}function Qe(e,t){let n=D.get(t,e);if(!n)return!1;if(n.source===`TRACKED`||n.source===`LORA`&&!I(e,t))return!0;let r=S(e,t);return T().corrected.has(r)||T().accepted.has(r)}function $e(){let{video:e,frame:t}=T();return et(1)[0]??(t===(e?.frameCount??0)-1?tt():t)}function et(e=1/0){let{objects:t,video:n}=T(),r=t.filter(({promptedFrames:e})=>e.length),i=[];for(let t=tt();r.length&&t<(n?.frameCount??0)&&i.length<e;t++)r.some(({objectId:e,promptedFrames:n})=>{let r=D.get(t,e);return t>n[0]&&(!r||r.stale)})&&i.push(t);return i}function tt(){return Math.min(...T().objects.flatMap(({promptedFrames:e})=>e[0]??[]))}function nt(){let{objects:e}=T(),t=new Set(e.flatMap(({objectId:e})=>D.framesOf(e))),n=new Set(e.flatMap(({objectId:e})=>D.staleFrames(e)));return{annotated:t.size,stale:n.size}}var rt=120,it=9,at,ot=``;function st(){Xe(({view:e,selected:t,frame:n,loraMode:r,playing:i,tracking:a,following:o,pending:s,training:c})=>{if(e!==`annotate`)return;let l=t===null?void 0:D.get(n,t),u=N(t)?.adapters??[],d=!i&&!(a&&o)&&s===0&&c===null&&l&&t!==null&&r!==`OFF`&&u.length>0&&!I(t,n),f=d?[t,n,l.serial,...u.map(e=>e.adapterId+e.trainingIou)].join():``;f!==ot&&(ot=f,clearTimeout(at),T().candidates.length&&E({candidates:[],hovered:null}),d&&(at=setTimeout(()=>void ct(t,n,f),rt)))})}async function ct(e,t,n){try{let{loraCandidates:r}=await v(Ce,{sessionId:T().sessionId,objectId:e,frameIndex:t});ot===n&&E({candidates:r.slice(0,it)})}catch(e){let t=e instanceof m&&e.code===`FEATURES_NOT_CAPTURED`;ot===n&&!t&&M(`learn`,e)}}var lt=[`#3b9cff`,`#ff8a3d`,`#35c98a`,`#e85bb0`,`#f2c744`,`#9a7bff`,`#3fd2d6`,`#f06a5f`,`#a3d14b`,`#c98fe8`];function ut(e){return lt[(Math.max(e,1)-1)%lt.length]}function dt(){let{objects:e}=T(),t=Math.max(0,...e.map(e=>e.objectId))+1,n={objectId:t,name:``,color:ut(t),hidden:!1,promptedFrames:[],adapters:[]};return E({objects:[...e,n],selected:t}),t}async function ft(e,t){let n=N(e);if(n&&n.name!==t.trim()&&(k(e,{name:t.trim()}),bt(n)))try{j(`objects`),await v(Ie,{input:{sessionId:T().sessionId,objectId:e,name:t}})}catch(t){k(e,{name:n.name}),M(`objects`,t)}}async function pt(e){let t=N(e)?.name;t&&await v(Ie,{input:{sessionId:T().sessionId,objectId:e,name:t}})}async function mt(e){let t=N(e);if(!t)return;try{j(`objects`),bt(t)&&await v(Le,{input:{sessionId:T().sessionId,objectId:e}})}catch(e){return M(`objects`,e)}D.removeObject(e);let n=t=>!Ye(t,e);E(t=>{let r=t.objects.filter(t=>t.objectId!==e);return{objects:r,selected:t.selected===e?r[0]?.objectId??null:t.selected,undoStack:t.undoStack.filter(t=>t.objectId!==e),redoStack:t.redoStack.filter(t=>t.objectId!==e),prompts:new Map([...t.prompts].filter(([e])=>n(e))),suggested:new Set([...t.suggested].filter(n)),corrected:new Set([...t.corrected].filter(n)),accepted:new Set([...t.accepted].filter(n))}}),Ze()}function ht(e){let t=N(e);t&&k(e,{hidden:!t.hidden})}function gt(e){let{objects:t,selected:n}=T();t.length!==0&&E({selected:t[(t.findIndex(({objectId:e})=>e===n)+e+t.length)%t.length].objectId})}async function _t(){let{sessionId:e}=T();if(!e)return;let{session:t}=await v(be,{sessionId:e});if(!t)return E({view:`gone`});vt(t)}function vt(e){if(T().sessionId!==e.sessionId)return;let t=T().objects,n=yt(e,Object.fromEntries(t.map(({objectId:e,color:t})=>[e,t])),t.filter(e=>e.hidden).map(({objectId:e})=>e)).map(e=>({...e,name:e.name||(N(e.objectId)?.name??``)})),r=t.filter(({objectId:e})=>!n.some(t=>t.objectId===e)).map(e=>({...e,promptedFrames:[],adapters:[]}));E({loraMode:e.loraMode,objects:[...n,...r].sort((e,t)=>e.objectId-t.objectId)})}function yt(e,t,n){return e.objects.map(({objectId:e,name:r,promptedFrames:i,adapters:a})=>({objectId:e,name:r??``,color:t[e]??ut(e),hidden:n.includes(e),promptedFrames:i,adapters:a})).sort((e,t)=>e.objectId-t.objectId)}function bt({promptedFrames:e,adapters:t}){return e.length+t.length>0}var xt=[1,0,-1,0],St=[0,1,0,-1];function Ct({width:e,height:t,data:n}){let r=new Path2D,i=e+1,a=new Uint8Array(i*(t+1)),o=null;for(let r=0;r<t;r++)for(let s=0;s<e;s++){let c=r*e+s;if(!n[c])continue;o??={x:s+.5,y:r};let l=r*i+s;r!==0&&n[c-e]||(a[l]|=1),s!==e-1&&n[c+1]||(a[l+1]|=2),r!==t-1&&n[c+e]||(a[l+i+1]|=4),s!==0&&n[c-1]||(a[l+i]|=8)}for(let e=0;e<a.length;e++)for(;a[e];)wt(a,e,i,r);return{path:r,top:o}}function wt(e,t,n,r){let i=t,a=Math.log2(e[t]&-e[t]),o=!0;do{let t=e[i];o||(a=[1,0,3].map(e=>(a+e)%4).find(e=>t&1<<e)??a),e[i]=t&~(1<<a);let s=i%n+xt[a]/2,c=Math.floor(i/n)+St[a]/2;o?r.moveTo(s,c):r.lineTo(s,c),o=!1,i+=xt[a]+St[a]*n}while(i!==t);r.closePath()}function Tt(e,t,n){let r=new Uint8Array(t*n),i=0;return Dt(e).forEach((e,a)=>{let o=Math.min(i+e,r.length);if(a%2==1){let e=Math.floor(i/n),a=i%n;for(let s=i;s<o;s++)r[a*t+e]=1,++a===n&&(a=0,e++)}i=o}),{width:t,height:n,data:r}}function Et({width:e,height:t,data:n}){let r=[],i=0,a=0;for(let o=0;o<e;o++)for(let s=0;s<t;s++)n[s*e+o]===i?a++:(r.push(a),i=1-i,a=1);return r.push(a),r.map((e,t)=>Ot(t>2?e-(r[t-2]??0):e)).join(``)}function Dt(e){let t=[],n=0,r=0;for(let i=0;i<e.length;i++){let a=e.charCodeAt(i)-48;n|=(a&31)<<r,r+=5,a&32||(a&16&&(n|=-1<<r),t.push(n+(t.length>2?t[t.length-2]??0:0)),n=r=0)}return t}function Ot(e){let t=``;for(let n=e,r=!0;r;){let e=n&31;n>>=5,r=e&16?n!==-1:n!==0,t+=String.fromCharCode((r?e|32:e)+48)}return t}var kt=0,At=new WeakMap,jt=new WeakMap;function Mt({objectId:e,rleMask:t,predictedIou:n,objectScore:r,source:i},a){return{serial:++kt,objectId:e,rle:t,predictedIou:n??null,objectScore:r??null,source:i,reverse:a,stale:!1}}function Nt({predictedIou:e,source:t}){return t!==`TRACKED`||typeof e==`number`}function Pt(e,{rleMask:t,source:n}){return e.rle.counts===t.counts&&e.source===n}function Ft({predictedIou:e,objectScore:t}){return e===null||t===null?null:Math.max(0,Math.min(1,e))/(1+Math.exp(-t))}function It(e){return zt(At,e,()=>Rt(e))}function Lt(e){return zt(jt,e,()=>Ct(Rt(e)))}function Rt({size:[e=0,t=0],counts:n}){return Tt(n,t,e)}function zt(e,t,n){let r=e.get(t);return r===void 0&&(r=n(),e.set(t,r)),r}async function Bt(e,t){let n=await fetch(Ht(e),{headers:te(),...t&&{signal:t}});if(!n.ok)throw Error(`HTTP status ${n.status}`);return n.blob()}async function Vt(e,t){return createImageBitmap(await Bt(e,t))}function Ht(e){return new URL(e,location.href).pathname}var Ut=256*2**20,Wt=4,Gt=16,Kt=6,qt=class{urlTemplate;frameCount;onFrame;#e=new Map;#t=new Map;#n=[];#r=0;#i;#a=!1;constructor(e,t,n,r){this.urlTemplate=e,this.frameCount=t,this.onFrame=r,this.#i=Math.max(24,Math.floor(Ut/(n*4)))}get(e){return this.#e.get(e)}prefetch(e,t){this.#r=e;let n=[e];for(let r=1;r<=Gt;r++)n.push(e+r*t),r<=Kt&&n.push(e-r*t);this.#n=n.filter(e=>e>=0&&e<this.frameCount&&!this.#e.has(e));for(let[e,t]of this.#t)this.#n.includes(e)||t.abort();this.#o()}close(){this.#a=!0,this.#n=[];for(let e of this.#t.values())e.abort();for(let e of this.#e.values())e.close();this.#e.clear()}#o(){for(let e of this.#n){if(this.#t.size>=Wt)return;this.#t.has(e)||this.#s(e)}}async#s(e){let t=new AbortController;this.#t.set(e,t);let n=null;try{let n=await Vt(this.urlTemplate.replace(`{index}`,String(e)),t.signal);if(this.#a)return n.close();this.#e.set(e,n),this.#c()}catch(e){n=e instanceof Error?e.message:String(e)}this.#t.delete(e),this.#a||(t.signal.aborted||(this.#n=this.#n.filter(t=>t!==e)),this.#o(),t.signal.aborted||this.onFrame(e,n))}#c(){if(this.#e.size<=this.#i)return;let e=e=>Math.abs(e-this.#r),t=[...this.#e.keys()].sort((t,n)=>e(n)-e(t));for(let e of t.slice(0,this.#e.size-this.#i))this.#e.get(e)?.close(),this.#e.delete(e)}},Jt={colors:{},hidden:[],stale:{},suggested:[],corrected:[],accepted:[]},L=`sam2-lit:session:`,Yt=20,Xt=300,Zt;function Qt(e){try{return{...Jt,...JSON.parse(localStorage.getItem(L+e)??`{}`)}}catch{return Jt}}function $t(e){return localStorage.getItem(L+e)!==null}function en(e){localStorage.removeItem(L+e)}function tn(){Xe((e,t)=>{e.objects===t.objects&&e.masksVersion===t.masksVersion&&e.suggested===t.suggested&&e.corrected===t.corrected&&e.accepted===t.accepted||e.view!==`annotate`||(clearTimeout(Zt),Zt=setTimeout(nn,Xt))}),addEventListener(`pagehide`,nn)}function nn(){let{sessionId:e,view:t,objects:n,suggested:r,corrected:i,accepted:a}=T();if(!e||t!==`annotate`)return;let o={colors:Object.fromEntries(n.map(({objectId:e,color:t})=>[e,t])),hidden:n.filter(({hidden:e})=>e).map(({objectId:e})=>e),stale:Object.fromEntries(n.map(({objectId:e})=>[e,D.staleFrames(e)])),suggested:[...r],corrected:[...i],accepted:[...a]},s=L+e;localStorage.removeItem(s);try{localStorage.setItem(s,JSON.stringify(o))}catch{}let c=Object.keys(localStorage).filter(e=>e.startsWith(L)&&e!==s);for(let e of c.slice(0,Math.max(0,c.length-Yt)))localStorage.removeItem(e)}function rn({stale:e}){return new Set(Object.entries(e).flatMap(([e,t])=>t.map(t=>S(Number(e),t))))}function an(e){let t=new Map,n=new Set,r=new Set,i=e=>{for(let i of[t,n,r])for(let t of i.keys())e(t)&&i.delete(t)};for(let a of e){let e=S(a.objectId??0,a.frameIndex??0);a.kind===`CLEAR_VIDEO`||a.kind===`RESET_SESSION`?i(()=>!0):a.kind===`REMOVE_OBJECT`?i(e=>Ye(e,a.objectId??0)):a.kind===`CLEAR_FRAME`&&i(t=>t===e),(a.kind===`PROMPT`||a.kind===`CORRECTION`)&&t.set(e,on(t.get(e),a)),a.kind===`CANDIDATE`&&t.set(e,null),(a.kind===`CORRECTION`||a.kind===`CANDIDATE`)&&(n.delete(e),r.delete(e),(a.kind===`CORRECTION`?n:r).add(e))}let a=[...t].filter(e=>e[1]!==null);return{prompts:new Map(a),corrected:n,accepted:r}}function on(e,{points:t,labels:n,clearOldPoints:r,box:i}){if(i)return[{kind:`box`,box:i}];if(!t||!n||e===null&&!r)return null;let a={kind:`points`,points:t,labels:n};return r?[a]:[...e??[],a]}var sn=Promise.resolve();function cn(e){let{sessionId:t}=T();return E(e=>({pending:e.pending+1,playing:!1,following:!1})),sn=sn.then(async()=>{if(T().sessionId===t)try{j(`stage`),await e()}catch(e){M(`stage`,e)}finally{E(e=>({pending:Math.max(0,e.pending-1)})),Ze()}}),sn}function ln(){return sn}var un=8,R=null,z=null,B=null;function dn(e){let{frame:t}=T();V(),j(`track`),hn(e);let n=!0;R=()=>n=!1,ln().then(()=>n&&mn(e,t))}function V(){R?.(),R=z=B=null,T().tracking&&E({tracking:null})}function fn(){let e=z??B;return V(),B=e,B!==null}function pn(){if(!B||B.sessionId!==T().sessionId)return;let e=B;B=null,hn(e.direction===`BACKWARD`),gn(e)}function H(e){T().tracking?V():dn(e)}function mn(e,t){let{sessionId:n,objects:r}=T();r.some(({promptedFrames:e})=>e.length)?gn({sessionId:n,startFrameIndex:e?t:$e(),direction:e?`BACKWARD`:`FORWARD`}):(V(),A(`track`,`There is nothing to track yet: click an object on the picture first.`,`note`))}function hn(e){E({tracking:{reverse:e,completed:0,total:0,revision:0,framesPerSecond:null},following:!0,playing:!1})}function gn(e){let t=e.direction===`BACKWARD`,n=[];z=e,R=y(Ue,{input:e},({propagateInVideo:r})=>{z={...e,propagationId:r.propagationId,fromSequence:r.sequence+1},n.push(performance.now()),n.length>un&&n.shift();let i=(n.at(-1)-n[0])/1e3;_n(r,t,i>0?(n.length-1)/i:null)},n=>{if(R=z=null,n?.code===`SEQUENCE_NOT_FOUND`)return mn(t,e.startFrameIndex??0);E({tracking:null}),n&&M(`track`,n)})}function _n(e,t,n){let{frameIndex:r,rleMaskList:i,completed:a,total:o,revision:s,suggestions:c}=e,l=i.map(e=>{let n=D.get(r,e.objectId),i=e.source===`TRACKED`&&I(e.objectId,r);return n&&(i||!n.stale&&Pt(n,e))?n:Mt(e,t)});D.replace(r,l);let u=new Set(T().suggested);for(let{objectId:e}of i)u.delete(S(e,r));for(let{objectId:e}of c)u.add(S(e,r));E(e=>({suggested:u,tracking:{reverse:t,completed:a,total:o,revision:s,framesPerSecond:n},masksVersion:e.masksVersion+1,frame:e.following?r:e.frame}))}var vn=null,U=null;function yn(e){vn?.(),vn=U=null,e!==null&&(vn=y(Ge,{sessionId:e},({trackingProgress:{purpose:e,completed:t,total:n}})=>{U!==null&&t>U||(U=null,E({trackingFirst:t<n?{purpose:e,completed:t,total:n}:null}))},t=>{E({trackingFirst:null}),t&&T().sessionId===e&&M(`track`,t)}))}async function bn(){try{await v(Ke,{sessionId:T().sessionId}),U=T().trackingFirst?.completed??null,E({trackingFirst:null})}catch(e){M(`track`,e)}}var xn=new Set,Sn=new Set,Cn=new Map,wn=null;function Tn(e,t){let n=S(e,t);T().loraMode!==`OFF`&&(xn.has(n)?Sn.add(n):(xn.add(n),En(e,t).finally(()=>{xn.delete(n),Sn.delete(n)&&Tn(e,t)})))}async function En(e,t){let{sessionId:n}=T();j(`learn`),Cn.delete(S(e,t)),E({training:{objectId:e,frame:t,ious:[],steps:0,adapter:null}});try{let{trainLora:r}=await v(Me,{input:{sessionId:n,objectId:e,frameIndex:t}});if(T().sessionId!==n)return;Dn({objectId:e,frame:t,ious:Cn.get(S(e,t))??[],steps:r.steps,adapter:r}),await _t()}catch(n){E({training:null}),n instanceof m&&n.code===`FEATURES_NOT_CAPTURED`?A(`learn`,`The correction is saved, but there is nothing to learn from frame ${t}: tracking ${P(N(e)??{objectId:e,name:``})} starts there.`,`note`):M(`learn`,n)}}function Dn(e){E(({training:t})=>({lastRun:e,training:t?.objectId===e.objectId&&t.frame===e.frame?null:t}))}function On(e,t){E(({lastRun:n})=>n&&S(n.objectId,n.frame)===e?{lastRun:{...n,ious:t}}:{})}function kn(e){wn?.(),wn=null,e!==null&&(wn=y(We,{sessionId:e},({loraTraining:{objectId:e,frameIndex:t,step:n,steps:r,iou:i,adapter:a,background:o}})=>{let s=S(e,t),c=n>1||a?Cn.get(s)??[]:[],l=a?c:[...c,i];if(Cn.set(s,l),o&&!a)return On(s,l);let u={objectId:e,frame:t,ious:l,steps:r,adapter:a??null};if(!a)return E({training:u});Dn(u),_t().catch(e=>M(`learn`,e))},t=>{t&&T().sessionId===e&&M(`learn`,t)}))}async function An(e){let{sessionId:t,loraMode:n}=T();E({loraMode:e});try{j(`learn`),await v(Pe,{input:{sessionId:t,mode:e}})}catch(e){E({loraMode:n}),M(`learn`,e)}}async function jn(){try{j(`learn`),vt((await v(Fe,{sessionId:T().sessionId})).resetLora),E({lastRun:null,suggested:new Set})}catch(e){M(`learn`,e)}}var Mn=400,Nn=5e3,Pn=60;function Fn(){addEventListener(`hashchange`,()=>void In()),In()}async function In(){let e=new URLSearchParams(location.hash.slice(1)).get(`session`);(e!==T().sessionId||T().view!==`annotate`)&&(Wn(),e?await zn(e):E({view:`start`}))}async function Ln(e){j(`start`);try{let{startSession:t}=await v(Te,{path:e});location.hash=`session=${t.sessionId}`}catch(e){M(`start`,e)}}async function Rn(){let{sessionId:e}=T();if(e){try{await v(Ee,{sessionId:e})}catch(e){return M(`stage`,e)}location.hash=``,en(e)}}async function zn(e){E({view:`loading`});try{let{session:t}=await v(be,{sessionId:e});if(!t)return E({view:`gone`,sessionId:e});if(await Bn(e))return;let{prompts:n,...r}=an((await v(Se,{sessionId:e})).session?.interactions??[]),i=Qt(e),{corrected:a,accepted:o}=$t(e)?i:r,{video:s}=t;O.current?.close(),O.current=new qt(s.frameUrlTemplate,s.frameCount,s.width*s.height,Gn);let c=yt(t,i.colors,i.hidden);E({...Je,view:`annotate`,connected:T().connected,sessionId:e,video:s,loraMode:t.loraMode,objects:c,selected:c[0]?.objectId??null,suggested:new Set(i.suggested),corrected:new Set(a),accepted:new Set(o),prompts:n,brush:Math.max(3,Math.round(Math.min(s.width,s.height)/30)),notices:{}}),O.current.prefetch(0,1),kn(e),yn(e),await Un(e,s.frameCount),Hn(e,0)}catch(e){M(T().view===`annotate`?`stage`:`start`,e),T().view===`loading`&&E({view:`start`})}}async function Bn(e){let{session:t}=await v(ve,{sessionId:e});if(!t?.videoChange)return!1;let{sameFrames:n,frameCount:r}=t.videoChange;return E({view:`changed`,sessionId:e,videoChange:{path:t.video.path,before:t.video.frameCount,after:r,same:n}}),!0}async function Vn(e){E({view:`loading`});try{await v(ye,{sessionId:e}),await zn(e)}catch(e){E({view:`start`}),M(`start`,e)}}async function Hn(e,t){if(T().sessionId!==e||t===Pn)return;let n=(await v(ve,{sessionId:e}).catch(()=>null))?.session?.video.damage;n?n.length&&T().sessionId===e&&A(`stage`,`Frames that cannot be shown as they are: ${n.map(({first:e,last:t,reason:n})=>`${e===t?e:`${e}–${t}`} (${n})`).join(`, `)}.`,`note`):setTimeout(()=>void Hn(e,t+1),Nn)}async function Un(e,t){let n=rn(Qt(e));D.clear();for(let r=0;r<t;r+=Mn){let i=Math.min(r+Mn,t)-1,{session:a}=await v(xe,{sessionId:e,first:r,last:i});if(T().sessionId!==e)return;for(let{frameIndex:e,rleMaskList:t}of a?.masks??[]){let r=t.map(t=>{let r=N(t.objectId)?.promptedFrames[0]??0,i=Mt(t,e<r);return{...i,stale:i.source!==`PROMPT`&&n.has(S(t.objectId,e))}});D.replace(e,r)}Ze()}}function Wn(){V(),kn(null),yn(null),O.current?.close(),O.current=null,D.clear(),E({...Je,connected:T().connected,notices:T().notices})}function Gn(e,t){t===null?E(e=>({imagesVersion:e.imagesVersion+1})):e===T().frame&&A(`stage`,`Frame ${e} could not be fetched (${t}).`)}var Kn=1500;function qn(){oe(e=>{e!==T().connected&&(E({connected:e,trackingFirst:null}),e?Yn():(fn()&&A(`track`,`Tracking is interrupted: the connection was lost.`),setTimeout(()=>void Jn(),Kn)))})}async function Jn(){T().connected||(await ue()?(E({connected:!0}),await Yn()):setTimeout(()=>void Jn(),Kn))}async function Yn(){let{view:e,sessionId:t,frame:n,selected:r}=T();if(e!==`annotate`||!t)return In();try{let{session:e}=await v(be,{sessionId:t});if(!e)return E({view:`gone`});vt(e),E({frame:n,selected:r});for(let e of[`stage`,`track`,`learn`,`objects`])j(e);O.current?.prefetch(n,1),await Un(t,e.video.frameCount),pn()}catch(e){e instanceof m&&e.code===`UNREACHABLE`||M(`stage`,e)}}function W(e){let t=(T().video?.frameCount??1)-1;E({frame:Math.max(0,Math.min(t,Math.round(e))),playing:!1,following:!1})}function Xn(e){W(T().frame+e)}var Zn=0;function Qn(){let{playing:e,frame:t,video:n}=T();if(e)return E({playing:!1});E({playing:!0,following:!1,frame:t===(n?.frameCount??1)-1?0:t});let r=++Zn,i=performance.now(),a=e=>{let{playing:t,frame:n,video:o}=T();if(!t||!o||r!==Zn)return;let s=n+1;if(s>=o.frameCount)return E({playing:!1});e>=i&&O.current?.get(s)&&(i=Math.max(i+1e3/o.fps,e-1e3/o.fps),E({frame:s})),requestAnimationFrame(a)};requestAnimationFrame(a)}function $n(){Xe((e,t)=>{(e.frame!==t.frame||e.video!==t.video)&&O.current?.prefetch(e.frame,e.frame<t.frame?-1:1)})}var G=e(r(),1);function er(e,t,n,r,i){let a=new XMLHttpRequest;return{done:new Promise((o,s)=>{let c=new FormData;c.append(`operations`,JSON.stringify({query:e.toString(),variables:{...t,file:null}})),c.append(`map`,JSON.stringify({0:[`variables.file`]})),c.append(`0`,n,r),a.upload.onprogress=e=>i(e.loaded/Math.max(e.total,1)),a.onerror=()=>s(new m(p,`The upload failed: the server cannot be reached or closed the connection.`)),a.onabort=()=>s(new m(`CANCELLED`,`The upload was cancelled.`)),a.onload=()=>{let{data:e,errors:t}=tr(a.responseText),n=t?.[0];e&&!n?o(e):s(new m(n?.extensions?.code??`INTERNAL`,n?.message??`HTTP status ${a.status}`))},a.open(`POST`,`/graphql`);for(let[e,t]of Object.entries(te()))a.setRequestHeader(e,t);a.send(c)}),cancel:()=>a.abort()}}function tr(e){try{return JSON.parse(e)}catch{return{}}}var K=null;async function nr(e,t){j(`start`),K?.cancel(),t(0);let n=K=er(we,{},e,e.name,t);try{let{uploadVideo:e}=await n.done;K===n&&await Ln(e.path)}catch(e){M(`start`,e)}finally{K===n&&(K=null,t(null))}}function rr(){K?.cancel()}var q=u();function J(){return(0,q.jsxs)(`span`,{className:`brand`,children:[`sam2`,(0,q.jsx)(`b`,{children:`lit`})]})}async function ir(e,t,n){let{sessionId:r,objects:i,exporting:a}=T();if(a)return;E({exporting:e}),j(`export`);let o=y(Ve,{sessionId:r},({exportProgress:{completed:e,total:t}})=>n(e/Math.max(t,1)),()=>{});try{let{exportAnnotations:n}=await v(Re,{input:{sessionId:r,format:e,colors:i.map(({objectId:e,color:t})=>({objectId:e,color:t})),...t}});await sr(n.url,n.filename),A(`export`,[`${n.filename} is saved (${cr(n.byteSize)}).`,...n.losses].join(` Lost: `),`note`)}catch(e){M(`export`,e)}finally{o(),E({exporting:null})}}async function ar(){let{sessionId:e}=T();e&&await v(Be,{sessionId:e}).catch(e=>M(`export`,e))}var or=6e4;async function sr(e,t){let n;try{n=await Bt(e)}catch(e){throw new m(p,`${t} was exported, but the download failed (${String(e)}); export it again.`)}let r=document.createElement(`a`);r.href=URL.createObjectURL(n),r.download=t,r.click(),setTimeout(()=>URL.revokeObjectURL(r.href),or)}function cr(e){return e<2**20?`${Math.ceil(e/1024)} KiB`:`${(e/2**20).toFixed(1)} MiB`}var lr={close:`M4 4l8 8M12 4l-8 8`,add:`M8 3v10M3 8h10`,point:`M8 2v4M8 10v4M2 8h4M10 8h4`,brush:`M13 2.5L7.5 8.5M6.5 8a2.4 2.4 0 0 1 1.8 3.4C7.5 13.2 5 13.5 2.5 13c1.2-.7 1.2-1.6 1.5-2.6A2.4 2.4 0 0 1 6.5 8z`,eraser:`M6 13h7M3.2 9.2l5.6-5.6a1.3 1.3 0 0 1 1.8 0l2 2a1.3 1.3 0 0 1 0 1.8L7 13H5L3.2 11a1.3 1.3 0 0 1 0-1.8zM6.2 6.2l3.8 3.8`,undo:`M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6`,redo:`M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3`,fit:`M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10`,zoomIn:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M7 5v4M5 7h4`,zoomOut:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M5 7h4`,eye:`M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z`,eyeOff:`M2 2l12 12M6 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.6M4.2 5A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 3-.8`,remove:`M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5`,play:`M5 3l8 5-8 5z`,pause:`M5 3v10M11 3v10`,previous:`M10 3L5 8l5 5`,next:`M6 3l5 5-5 5`,stop:`M4 4h8v8H4z`,light:`M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7`,dark:`M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z`,system:`M2 3h12v8H2zM6 14h4M8 11v3`,help:`M5.8 6a2.2 2.2 0 1 1 3.4 1.8C8.4 8.4 8 8.8 8 9.8M8 12.3v.2`,video:`M2 3.5h12v9H2zM6.5 6l3.5 2-3.5 2z`,doubt:`M2 11l3-4 3 3 2-5 4 6M8 14v-.5`,download:`M8 3v8M5 8l3 3 3-3M3 13h10`,upload:`M8 11V3M5 6l3-3 3 3M3 13h10`};function Y({name:e}){return(0,q.jsx)(`svg`,{className:`icon`,viewBox:`0 0 16 16`,"aria-hidden":`true`,children:(0,q.jsx)(`path`,{d:lr[e]})})}function ur({name:e,title:t,children:n}){let r=w(t=>t.dialog===e),i=(0,G.useRef)(null);(0,G.useLayoutEffect)(()=>{r?i.current?.showModal():i.current?.close()},[r]);let a=()=>E(({dialog:t})=>({dialog:t===e?null:t}));return(0,q.jsxs)(`dialog`,{ref:i,className:`dialog ${e}`,"aria-label":t,onClose:()=>r&&!i.current?.open&&a(),onClick:e=>e.target===e.currentTarget&&a(),children:[(0,q.jsxs)(`header`,{children:[(0,q.jsx)(`h2`,{children:t}),(0,q.jsx)(`button`,{className:`plain`,"aria-label":`Close`,onClick:a,children:(0,q.jsx)(Y,{name:`close`})})]}),r&&n]})}function X({place:e}){let t=w(t=>t.notices[e]);return(0,q.jsx)(`div`,{className:`notices`,"data-place":e,"aria-live":`polite`,children:t&&(0,q.jsxs)(`p`,{className:`notice ${t.kind}`,role:t.kind===`error`?`alert`:`status`,children:[(0,q.jsx)(`span`,{children:t.text}),(0,q.jsx)(`button`,{className:`plain`,"aria-label":`Dismiss`,onClick:()=>j(e),children:(0,q.jsx)(Y,{name:`close`})})]})})}var dr=[{format:`COCO`,label:`COCO`,holds:`One JSON file: RLE masks, boxes and areas, with frames and object ids (CocoVID).`},{format:`COCO_POLYGONS`,label:`Polygons`,holds:`The same JSON with polygons along the edges of pixels.`},{format:`DAVIS`,label:`DAVIS`,holds:`A zip of palette PNGs, one per frame, one value per object.`},{format:`YOUTUBE_VOS`,label:`YouTube-VOS`,holds:`A zip of palette PNGs with meta.json: names, and the frames of each object.`},{format:`YOLO_SEGMENTATION`,label:`YOLO segmentation`,holds:`A zip in Ultralytics' layout: a polygon per object, classes by name.`},{format:`CVAT_IMAGES`,label:`CVAT for images`,holds:`A zip of XML with masks, one image per frame.`},{format:`CVAT_VIDEO`,label:`CVAT, frame by frame`,holds:`A zip of XML for a video task, each mask a track of one frame.`},{format:`LABEL_STUDIO`,label:`Label Studio`,holds:`Tasks with brush masks, one per frame.`},{format:`MOTS`,label:`MOTS`,holds:`A zip of 16-bit PNGs and text, as in KITTI MOTS.`},{format:`PNG`,label:`Black and white PNGs`,holds:`A zip, one PNG for each object and frame.`},{format:`NUMPY`,label:`NumPy`,holds:`Arrays of booleans, one for each object.`},{format:`OVERLAY_MP4`,label:`Overlay video`,holds:`An MP4 of the frames with the masks on them, in the colors chosen here, with sound.`}];function fr(){return(0,q.jsx)(ur,{name:`export`,title:`Export`,children:(0,q.jsx)(pr,{})})}function pr(){let e=w(e=>e.exporting),t=w(e=>e.video.frameCount);w(e=>e.masksVersion);let{annotated:n,stale:r}=nt(),[i,a]=(0,G.useState)({objectIds:null,startFrameIndex:0,endFrameIndex:t-1,includePictures:!1}),[o,s]=(0,G.useState)(null),c=e=>{s(null),ir(e,i,s)},l=n===0||i.objectIds?.length===0;return(0,q.jsxs)(`div`,{className:`formats`,children:[(0,q.jsxs)(`p`,{children:[n,` of `,t,` frames have masks.`,r>0&&` On ${r} of them a mask is stale: track again first, so that it follows your corrections.`]}),(0,q.jsx)(mr,{selection:i,change:e=>a({...i,...e})}),(0,q.jsx)(`ul`,{children:dr.map(({format:t,label:n,holds:r})=>(0,q.jsx)(`li`,{children:(0,q.jsxs)(`button`,{"aria-disabled":e!==null||l,onClick:()=>l||c(t),children:[(0,q.jsx)(`b`,{children:n}),(0,q.jsx)(`span`,{children:e===t?`The server is exporting…`:r}),e===t&&(0,q.jsx)(`progress`,{"aria-label":`Exporting ${n}`,value:o!==null&&o<1?o:void 0})]})},t))}),e!==null&&(0,q.jsx)(`p`,{className:`importing`,children:(0,q.jsx)(`button`,{onClick:()=>void ar(),children:`Cancel`})}),(0,q.jsx)(X,{place:`export`})]})}function mr({selection:e,change:t}){let n=w(e=>e.objects),r=w(e=>e.video.frameCount),{objectIds:i,startFrameIndex:a,endFrameIndex:o,includePictures:s}=e,c=n.map(({objectId:e})=>e),l=(e,n)=>{let r=(i??c).filter(t=>t!==e).concat(n?[e]:[]);t({objectIds:r.length===c.length?null:r})};return(0,q.jsxs)(`fieldset`,{className:`selection`,children:[(0,q.jsx)(`legend`,{children:`What`}),n.map(e=>(0,q.jsxs)(`label`,{children:[(0,q.jsx)(`input`,{type:`checkbox`,checked:i?.includes(e.objectId)??!0,onChange:t=>l(e.objectId,t.target.checked)}),P(e)]},e.objectId)),(0,q.jsxs)(`label`,{children:[`From frame`,(0,q.jsx)(`input`,{type:`number`,min:0,max:o,value:a,onChange:e=>t({startFrameIndex:hr(e.target.valueAsNumber,0,o)})})]}),(0,q.jsxs)(`label`,{children:[`to frame`,(0,q.jsx)(`input`,{type:`number`,min:a,max:r-1,value:o,onChange:e=>t({endFrameIndex:hr(e.target.valueAsNumber,a,r-1)})})]}),(0,q.jsxs)(`label`,{children:[(0,q.jsx)(`input`,{type:`checkbox`,checked:s,onChange:e=>t({includePictures:e.target.checked})}),`Pictures of the frames`]})]})}function hr(e,t,n){return Number.isNaN(e)?t:Math.max(t,Math.min(n,Math.round(e)))}var gr=Uint32Array.from({length:256},(e,t)=>{let n=t;for(let e=0;e<8;e++)n=n&1?n>>>1^3988292384:n>>>1;return n}),_r=2048,vr=67324752,yr=33639248,br=101010256,xr=20,Sr=65535;async function Cr(e){if(e.length>Sr)throw Error(`The folder has more than ${Sr} files: zip it with another program.`);let t=[],n=[],r=0;for(let i of e){let e=new TextEncoder().encode(i.webkitRelativePath||i.name),a=Tr(new Uint8Array(await i.arrayBuffer())),o=[[2,xr],[2,_r],[2,0],[2,0],[2,33],[4,a],[4,i.size],[4,i.size],[2,e.length],[2,0]],s=[...wr([[4,vr],...o]),...e];n.push(Uint8Array.from([...wr([[4,yr],[2,xr],...o,[2,0],[2,0],[2,0],[4,0],[4,r]]),...e])),t.push(Uint8Array.from(s),i),r+=s.length+i.size}let i=n.reduce((e,{length:t})=>e+t,0),a=wr([[4,br],[2,0],[2,0],[2,e.length],[2,e.length],[4,i],[4,r],[2,0]]);return new Blob([...t,...n,Uint8Array.from(a)],{type:`application/zip`})}function wr(e){return e.flatMap(([e,t])=>Array.from({length:e},(e,n)=>t>>>8*n&255))}function Tr(e){let t=4294967295;for(let n of e)t=gr[(t^n)&255]^t>>>8;return(t^4294967295)>>>0}var Er=null;async function Dr(e,t,n){let{sessionId:r}=T();j(`import`),Er?.cancel();let i=y(He,{sessionId:r},({importProgress:{completed:e,total:t}})=>n(t?e/t:0),()=>{});try{let[i]=e;if(!i)return null;let a=e.length>1||i.webkitRelativePath!==``,o=a?await Cr(e):i,s=a?`${i.webkitRelativePath.split(`/`)[0]}.zip`:i.name,{importAnnotations:c}=await(Er=er(ze,{input:{sessionId:r,...t}},o,s,n)).done;return c.applied&&await kr(r,c),c}catch(e){return e instanceof m?M(`import`,e):A(`import`,`The folder cannot be read (${String(e)}).`),null}finally{Er=null,i()}}function Or(){Er?.cancel()}async function kr(e,{maskCount:t}){let{session:n}=await v(be,{sessionId:e}),{video:r,objects:i}=T();if(!n||!r)return;let a={...Qt(e).colors,...Object.fromEntries(i.map(({objectId:e,color:t})=>[e,t]))},o=i.filter(e=>e.hidden).map(({objectId:e})=>e);E(e=>{let t=yt(n,a,o);return{objects:t,selected:e.selected??t[0]?.objectId??null}}),await Un(e,r.frameCount),A(`import`,`${t} mask${t===1?` is`:`s are`} imported.`,`note`)}var Ar=[{value:`AUTO`,label:`by name, else by number`},{value:`NAME`,label:`by the names of files`},{value:`INDEX`,label:`by number`}];function jr(){return(0,q.jsx)(ur,{name:`import`,title:`Import`,children:(0,q.jsx)(Mr,{})})}function Mr(){let[e,t]=(0,G.useState)([]),[n,r]=(0,G.useState)({}),[i,a]=(0,G.useState)(null),[o,s]=(0,G.useState)(null),c=async(e,n,r)=>{s(0);let i=await Dr(e,{...n,dryRun:r,ignoreMismatches:!0},s);s(null),a(i?.applied?null:i),i?.applied&&t([])};return(0,q.jsxs)(`div`,{className:`formats`,children:[(0,q.jsx)(`p`,{children:`COCO, DAVIS, YouTube-VOS, YOLO segmentation, CVAT, Label Studio, MOTS, or an export of this page. Nothing changes before you have seen what would.`}),(0,q.jsx)(Nr,{disabled:o!==null,choose:e=>{let n=[...e??[]].filter(({name:e})=>!e.startsWith(`.`));n.length!==0&&(t(n),r({}),c(n,{},!0))}}),o!==null&&(0,q.jsxs)(`p`,{className:`importing`,children:[(0,q.jsx)(`progress`,{max:1,value:o<1?o:void 0,"aria-label":`Import`}),(0,q.jsx)(`button`,{onClick:Or,children:`Cancel`})]}),i&&o===null&&(0,q.jsx)(Pr,{plan:i,options:n,change:t=>{r(t),c(e,t,!0)},apply:()=>void c(e,n,!1)}),(0,q.jsx)(X,{place:`import`})]})}function Nr({disabled:e,choose:t}){let n=(0,G.useRef)(null),r=(0,G.useRef)(null);return(0,q.jsxs)(`p`,{className:`choosers`,children:[(0,q.jsx)(`button`,{className:`primary`,disabled:e,onClick:()=>n.current?.click(),children:`Choose a file`}),(0,q.jsx)(`button`,{disabled:e,onClick:()=>r.current?.click(),children:`Choose a folder`}),(0,q.jsx)(`input`,{ref:n,type:`file`,hidden:!0,"aria-label":`File of masks`,onChange:e=>t(e.target.files)}),(0,q.jsx)(`input`,{ref:e=>{r.current=e,e&&(e.webkitdirectory=!0)},type:`file`,hidden:!0,"aria-label":`Folder of masks`,onChange:e=>t(e.target.files)})]})}function Pr({plan:e,options:t,change:n,apply:r}){let i=(e,r)=>{let i=(t.objectMap??[]).filter(t=>t.source!==e);n({...t,objectMap:Number.isNaN(r)?i:[...i,{source:e,objectId:r}]})};return(0,q.jsxs)(`section`,{className:`plan`,"aria-label":`What would be imported`,children:[(0,q.jsxs)(`p`,{children:[(0,q.jsxs)(`b`,{children:[e.format,` · `,e.maskCount,` mask`,e.maskCount===1?``:`s`,` on `,e.frameCount,` frame`,e.frameCount===1?``:`s`]}),e.replacedMaskCount>0&&`, ${e.replacedMaskCount} of this session are replaced`]}),(0,q.jsxs)(`label`,{children:[`Frames match`,(0,q.jsx)(`select`,{value:t.frames??`AUTO`,onChange:e=>n({...t,frames:e.target.value}),children:Ar.map(({value:e,label:t})=>(0,q.jsx)(`option`,{value:e,children:t},e))})]}),(0,q.jsx)(`ul`,{children:e.objects.map(({source:e,objectId:t,name:n,isNew:r,frameCount:a})=>(0,q.jsxs)(`li`,{children:[(0,q.jsxs)(`span`,{children:[n??`Object ${e}`,` · `,a,` frame`,a===1?``:`s`,` →`]}),(0,q.jsxs)(`label`,{children:[`object`,(0,q.jsx)(`input`,{type:`number`,min:0,defaultValue:t,"aria-label":`Object for ${n??e}`,onBlur:n=>n.target.valueAsNumber!==t&&i(e,n.target.valueAsNumber)})]}),r&&(0,q.jsx)(`small`,{children:`new`})]},e))}),e.mismatches.length>0&&(0,q.jsx)(Fr,{title:`Left out`,messages:e.mismatches.map(({message:e})=>e)}),e.losses.length>0&&(0,q.jsx)(Fr,{title:`Not held`,messages:e.losses}),(0,q.jsxs)(`button`,{className:`primary`,disabled:e.maskCount===0,onClick:r,children:[`Import `,e.maskCount,` mask`,e.maskCount===1?``:`s`]})]})}function Fr({title:e,messages:t}){return(0,q.jsxs)(`div`,{className:`mismatches`,role:`note`,"aria-label":e,children:[(0,q.jsx)(`b`,{children:e}),(0,q.jsx)(`ul`,{children:t.map(e=>(0,q.jsx)(`li`,{children:e},e))})]})}async function Ir(e,t,n,{corrects:r=!1,clearOldPoints:i=!1}={}){let{sessionId:a,video:o}=T(),s={sessionId:a,objectId:e,frameIndex:t},c=e=>({size:[o.height,o.width],counts:e}),l;if(n.kind===`candidate`)l=(await v(Ne,{input:{...s,adapterId:n.adapterId}})).applyLoraCandidate;else if(r){let e=n.kind===`points`?{points:n.points,labels:n.labels}:n.kind===`box`?{box:n.box}:{rleMask:c(n.counts)};l=(await v(Ae,{input:{...s,...e,trainLora:!1}})).addCorrection.frame}else l=n.kind===`points`?(await v(De,{input:{...s,points:n.points,labels:n.labels,clearOldPoints:i}})).addPoints:n.kind===`box`?(await v(Oe,{input:{...s,box:n.box}})).addBox:(await v(ke,{input:{...s,rleMask:c(n.counts)}})).addMask;let u=zr(e,t);Rr(e,l),u&&await pt(e)}async function Lr(e,t){let{clearPointsInFrame:n}=await v(je,{input:{sessionId:T().sessionId,objectId:e,frameIndex:t}}),r=(N(e)?.promptedFrames??[]).filter(e=>e!==t);k(e,{promptedFrames:r}),r.length===0&&D.removeObject(e),Rr(e,n)}function Rr(e,{frameIndex:t,rleMaskList:n}){D.replace(t,n.filter(Nt).map(e=>{let n=D.get(t,e.objectId);return n&&Pt(n,e)?n:Mt(e,n?.reverse??!1)})),D.markStale(e,t),Ze()}function zr(e,t){let n=N(e)?.promptedFrames??[];return n.includes(t)||k(e,{promptedFrames:[...n,t].sort((e,t)=>e-t)}),n.length===0}function Br(e,t){return Z({kind:`points`,points:[e],labels:[t]})}function Vr(e){return Z({kind:`box`,box:e})}function Hr(e){return Z({kind:`mask`,counts:Et(e)})}function Ur(e){let t=D.get(T().frame,e);return t?.source===`IMPORTED`?(E({selected:e}),Z({kind:`mask`,counts:t.rle.counts})):Promise.resolve()}function Wr({adapterId:e,rleMask:t}){return E({hovered:null}),Z({kind:`candidate`,adapterId:e,counts:t.counts})}function Gr(){let{selected:e,frame:t}=T();return e===null||!I(e,t)?Promise.resolve():cn(async()=>{let n=Yr(e,t);await Qr(e,t,n,[]),Xr({objectId:e,frame:t,before:n,after:[],corrects:!1})})}function Kr(){return cn(async()=>{let e=T().undoStack.at(-1);e&&(E({frame:e.frame,selected:e.objectId}),await Qr(e.objectId,e.frame,e.after,e.before),E(t=>({undoStack:t.undoStack.slice(0,-1),redoStack:[...t.redoStack,e]})))})}function qr(){return cn(async()=>{let e=T().redoStack.at(-1);e&&(E({frame:e.frame,selected:e.objectId}),await Qr(e.objectId,e.frame,e.before,e.after),e.corrects&&Jr(e.objectId,e.frame,e.after.at(-1)),E(t=>({redoStack:t.redoStack.slice(0,-1),undoStack:[...t.undoStack,e]})))})}function Z(e){let t=T().selected??dt(),{frame:n}=T(),r={objectId:t,frame:n,prompt:e};return k(t,{hidden:!1}),E(e=>({showMasks:!0,pendingPrompts:[...e.pendingPrompts,r]})),cn(async()=>{let r=Yr(t,n),i=Qe(t,n);await Ir(t,n,e,{corrects:i});let a=e.kind===`points`?[...r,e]:[e];Xr({objectId:t,frame:n,before:r,after:a,corrects:i}),i&&Jr(t,n,e),i&&e.kind!==`candidate`&&Tn(t,n)}).finally(()=>E(e=>({pendingPrompts:e.pendingPrompts.filter(e=>e!==r)})))}function Jr(e,t,n){let r=S(e,t),i=n.kind!==`candidate`;E(e=>({corrected:C(e.corrected,r,i),accepted:C(e.accepted,r,!i),suggested:C(e.suggested,r,!1)}))}function Yr(e,t){let n=T().prompts.get(S(e,t));if(n)return n;let r=D.get(t,e);return r&&I(e,t)?[{kind:`mask`,counts:r.rle.counts}]:[]}function Xr(e){E(t=>({undoStack:[...t.undoStack,e],redoStack:[]})),Zr(e.objectId,e.frame,e.after)}function Zr(e,t,n){E(r=>({prompts:new Map(r.prompts).set(S(e,t),n)}))}async function Qr(e,t,n,r){let i=r.at(-1);if(i&&r.length===n.length+1)await Ir(e,t,i);else{let n=N(e)?.promptedFrames.some(e=>e!==t),i=D.framesOf(e).every(e=>e===t);(r.length===0||n||i)&&await Lr(e,t);for(let[n,i]of r.entries())await Ir(e,t,i,{clearOldPoints:n===0})}Zr(e,t,r);let a=S(e,t);r.length===0&&E(e=>({corrected:C(e.corrected,a,!1),accepted:C(e.accepted,a,!1)}))}function $r({children:e,question:t,title:n,className:r=``,label:i,onConfirm:a}){let[o,s]=(0,G.useState)(!1);return(0,q.jsx)(`button`,{"data-keeps-focus":!0,className:`${r} ${o?`danger`:``}`,title:n,"aria-label":i,onBlur:()=>s(!1),onClick:e=>{e.stopPropagation(),s(!o),o&&a()},children:o?t:e})}var ei=[{mode:`OFF`,label:`Off`,means:`Corrections train nothing; the model tracks alone.`},{mode:`SUGGEST`,label:`Suggest`,means:`Corrections train adapters; you choose among their masks.`},{mode:`AUTO`,label:`Auto`,means:`Near a correction, an adapter's mask is used where its shape is more like the frame before's.`}];function ti(){let e=w(e=>e.loraMode),t=w(e=>e.corrected.size),n=w(e=>e.accepted.size),r=w(e=>e.objects),i=r.reduce((e,t)=>e+t.adapters.length,0);return(0,q.jsxs)(`aside`,{className:`learn`,"aria-label":`Learning`,children:[(0,q.jsx)(`h2`,{children:`Learning`}),(0,q.jsx)(`div`,{className:`group modes`,role:`radiogroup`,"aria-label":`What adapters do`,children:ei.map(t=>(0,q.jsx)(`button`,{role:`radio`,"aria-checked":e===t.mode,title:`${t.means} (L)`,onClick:()=>void An(t.mode),children:t.label},t.mode))}),(0,q.jsx)(`p`,{className:`quiet`,children:ei.find(t=>t.mode===e)?.means}),(0,q.jsxs)(`dl`,{className:`counts`,children:[(0,q.jsx)(ni,{name:`Corrections made`,value:t}),(0,q.jsx)(ni,{name:`Corrections saved`,value:n,title:`Frames corrected by accepting a candidate`}),(0,q.jsx)(ni,{name:`Adapters`,value:i})]}),(0,q.jsx)(X,{place:`learn`}),(0,q.jsx)(ri,{}),(0,q.jsx)(ci,{}),i>0&&(0,q.jsxs)(`section`,{children:[(0,q.jsxs)(`h3`,{children:[`Adapters`,(0,q.jsx)($r,{className:`plain`,question:`Forget them?`,title:`Delete every adapter; masks stay`,onConfirm:()=>void jn(),children:`Forget`})]}),r.filter(e=>e.adapters.length).map(e=>(0,q.jsx)(ui,{object:e},e.objectId))]})]})}function ni({name:e,value:t,title:n}){return(0,q.jsxs)(`div`,{title:n,children:[(0,q.jsx)(`dt`,{children:e}),(0,q.jsx)(`dd`,{"data-count":e,children:t})]})}function ri(){let e=w(e=>e.training),t=w(e=>e.lastRun),n=w(e=>e.objects),r=e??t;if(!r)return(0,q.jsx)(`p`,{className:`quiet teach`,children:`Track, then correct a frame that came out wrong: the model learns from it at once.`});let i=n.find(e=>e.objectId===r.objectId);return(0,q.jsxs)(`section`,{className:`run`,"data-state":e?`training`:`trained`,children:[(0,q.jsxs)(`h3`,{children:[(0,q.jsx)(`i`,{style:{background:i?.color}}),e?`Learning`:`Learned`,` frame `,r.frame,(0,q.jsx)(`small`,{children:e?`step ${r.ious.length}${r.steps?` of at most ${r.steps}`:``}`:r.adapter&&`${r.adapter.seconds.toFixed(1)} s`})]}),(0,q.jsx)(si,{run:r,color:i?.color??`currentColor`}),r.adapter?(0,q.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,q.jsx)(`b`,{"data-iou":`before`,children:r.adapter.baselineIou.toFixed(2)}),` → `,(0,q.jsx)(`b`,{"data-iou":`after`,children:r.adapter.trainingIou.toFixed(2)}),(0,q.jsx)(`small`,{children:r.adapter.steps===1?`1 step`:`${r.adapter.steps} steps`})]}):(0,q.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,q.jsx)(`b`,{children:r.ious.at(-1)?.toFixed(2)??`…`})]})]})}var ii=256,ai=84,oi=22;function si({run:e,color:t}){let n=e.ious,r=Math.max(n.length-1,1),i=e.adapter?n.indexOf(Math.max(...n)):n.length-1,a=e=>oi+e/r*230,o=e=>6+(1-e)*72,s=n.map((e,t)=>`${a(t).toFixed(1)},${o(e).toFixed(1)}`).join(` `);return(0,q.jsxs)(`svg`,{className:`curve`,viewBox:`0 0 ${ii} ${ai}`,role:`img`,"aria-label":`IoU over ${n.length} steps, now ${n.at(-1)?.toFixed(2)??`unknown`}`,children:[[0,.5,1].map(e=>(0,q.jsxs)(`g`,{children:[(0,q.jsx)(`line`,{className:`rule`,x1:oi,x2:ii,y1:o(e),y2:o(e)}),(0,q.jsx)(`text`,{x:17,y:o(e)+3,children:e})]},e)),e.adapter&&(0,q.jsx)(`line`,{className:`baseline`,x1:oi,x2:ii,y1:o(e.adapter.baselineIou),y2:o(e.adapter.baselineIou)}),(0,q.jsx)(`polyline`,{points:s,stroke:t}),n.length>0&&(0,q.jsx)(`circle`,{cx:a(i),cy:o(n[i]),r:`3`,fill:t})]})}function ci(){let e=w(e=>e.candidates),t=w(e=>e.hovered);return e.length===0?null:(0,q.jsxs)(`section`,{className:`candidates`,children:[(0,q.jsxs)(`h3`,{children:[`Candidates `,(0,q.jsx)(`small`,{children:`point at one to compare it`})]}),e.map((e,n)=>(0,q.jsx)(li,{candidate:e,number:n+1,hovered:t===e.adapterId},e.adapterId))]})}function li({candidate:e,number:t,hovered:n}){let r=e=>()=>E({hovered:e});return(0,q.jsxs)(`button`,{className:`candidate`,"data-hovered":n,onPointerEnter:r(e.adapterId),onPointerLeave:r(null),onFocus:r(e.adapterId),onBlur:r(null),onClick:()=>void Wr(e),"aria-label":`Accept candidate ${t}, predicted IoU ${e.predictedIou.toFixed(2)}`,children:[(0,q.jsx)(`kbd`,{children:t}),(0,q.jsxs)(`span`,{children:[`predicted IoU `,(0,q.jsx)(`b`,{children:e.predictedIou.toFixed(2)})]}),(0,q.jsxs)(`small`,{title:`IoU with the mask shown`,children:[Math.round(e.agreement*100),` % overlap`]})]})}function ui({object:e}){return(0,q.jsx)(`ul`,{className:`adapters`,children:e.adapters.map(t=>(0,q.jsxs)(`li`,{children:[(0,q.jsx)(`i`,{style:{background:e.color}}),(0,q.jsxs)(`span`,{children:[`frame`,t.frameIndices.length>1?`s`:``,` `,t.frameIndices.join(`, `)]}),(0,q.jsxs)(`b`,{children:[t.baselineIou.toFixed(2),` → `,t.trainingIou.toFixed(2)]})]},t.adapterId))})}function di(){let e=w(e=>e.objects),t=w(e=>e.selected);return(0,q.jsxs)(`aside`,{className:`objects`,"aria-label":`Objects`,children:[(0,q.jsxs)(`h2`,{children:[`Objects`,(0,q.jsx)(`button`,{className:`plain`,title:`New object (N)`,"aria-label":`New object`,onClick:()=>dt(),children:(0,q.jsx)(Y,{name:`add`})})]}),(0,q.jsx)(`ul`,{children:e.map(e=>(0,q.jsx)(fi,{object:e,selected:e.objectId===t},e.objectId))}),e.length===0&&(0,q.jsx)(`p`,{className:`quiet`,children:`None yet. Your first click adds one.`}),(0,q.jsx)(X,{place:`objects`})]})}function fi({object:e,selected:t}){let{objectId:n,name:r,color:i,hidden:a,promptedFrames:o,adapters:s}=e,c=P(e);w(e=>e.masksVersion);let l=w(e=>e.frame),u=D.get(l,n)?.source===`IMPORTED`,d=[o.length===0?`no prompt yet`:`${o.length} prompt${o.length>1?`s`:``}`,...s.length?[`${s.length} adapter${s.length>1?`s`:``}`]:[]];return(0,q.jsxs)(`li`,{className:`object`,"aria-current":t,onClick:()=>E({selected:n}),children:[(0,q.jsx)(`input`,{type:`color`,value:i,"aria-label":`Color of ${c}`,title:`Color`,onChange:e=>k(n,{color:e.target.value})}),(0,q.jsxs)(`div`,{className:`about`,children:[(0,q.jsx)(pi,{objectId:n,name:r},r),(0,q.jsx)(`small`,{children:d.join(` · `)})]}),u&&(0,q.jsx)(`button`,{className:`plain`,title:`Use the imported mask on this frame as a prompt`,"aria-label":`Use the imported mask of ${c}`,onClick:e=>{e.stopPropagation(),Ur(n)},children:(0,q.jsx)(Y,{name:`point`})}),(0,q.jsx)(`button`,{className:`plain`,title:a?`Show (H)`:`Hide (H)`,"aria-label":`${a?`Show`:`Hide`} ${c}`,onClick:e=>{e.stopPropagation(),ht(n)},children:(0,q.jsx)(Y,{name:a?`eyeOff`:`eye`})}),(0,q.jsx)($r,{className:`remove plain`,question:`Remove?`,title:`Remove with its masks and adapters (Delete)`,label:`Remove ${c}`,onConfirm:()=>void mt(n),children:(0,q.jsx)(Y,{name:`remove`})})]})}function pi({objectId:e,name:t}){let[n,r]=(0,G.useState)(t);return(0,q.jsx)(`input`,{className:`name`,value:n,maxLength:100,placeholder:`Object ${e}`,"aria-label":`Name of object ${e}`,onChange:e=>r(e.target.value),onBlur:()=>void ft(e,n),onKeyDown:e=>{e.key===`Escape`&&r(t),(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}})}var mi=new WeakSet;function hi(){let e=_i()??gi();e?(j(`track`),mi.add(e.mask),E({selected:e.mask.objectId}),W(e.frame)):A(`track`,`No frame is in doubt: none has been tracked yet.`,`note`)}function gi(){return mi=new WeakSet,_i()}function _i(){let{objects:e,video:t}=T(),n=Math.max(2,Math.round((t?.frameCount??0)/40)),r=null;for(let{objectId:t,hidden:i,promptedFrames:a}of e){if(i)continue;let e=D.framesOf(t),o=[...e.filter(e=>mi.has(D.get(e,t))),...a];for(let i of e){let e=D.get(i,t),a=Ft(e),s=o.some(e=>Math.abs(e-i)<n);a!==null&&!s&&a<(r?.certainty??1/0)&&(r={frame:i,mask:e,certainty:a})}}return r}var Q={fit:()=>{},zoom:e=>{},pan:(e,t)=>{},dab:(e,t)=>{},panning:!1,panned:!1},vi=.01,yi=.05,bi={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,-1],ArrowDown:[0,1]};function xi(){E(({crosshair:e})=>({crosshair:e?null:[.5,.5],corner:null,playing:!1,following:!1}))}function Si(){let{crosshair:e,corner:t,tool:n}=T();if(!e||n!==`point`)return;if(!t)return E({corner:e});E({corner:null});let[r,i]=[Math.min(t[0],e[0]),Math.max(t[0],e[0])],[a,o]=[Math.min(t[1],e[1]),Math.max(t[1],e[1])];r<i&&a<o&&Vr([r,a,i,o])}function Ci(e){let{crosshair:t,tool:n}=T();if(!t||e.ctrlKey||e.metaKey)return!1;if(e.key===`Enter`)return e.target instanceof HTMLButtonElement?!1:(n===`point`?Br(t,+!e.altKey):Q.dab(...t),!0);let r=bi[e.key];if(!r)return!1;let i=e.shiftKey?yi:vi;return E({crosshair:[wi(t[0]+r[0]*i),wi(t[1]+r[1]*i)]}),!0}function wi(e){return Math.max(0,Math.min(1,e))}var Ti=[`OFF`,`SUGGEST`,`AUTO`],Ei=60,Di=[{title:`Moving`,shortcuts:[{shown:[`←`,`→`],does:`Previous, next frame`,keys:[`arrowleft`,`arrowright`,`,`,`.`],run:e=>Ai(e,1)},{shown:[`Shift ←`,`Shift →`],does:`Ten frames back, forward`,keys:[`shift+arrowleft`,`shift+arrowright`],run:e=>Ai(e,10)},{shown:[`Home`,`End`],does:`First, last frame`,keys:[`home`,`end`],run:e=>W(e===`home`?0:1/0)},{shown:[`Space`],does:`Play, pause`,keys:[` `],run:Qn},{shown:[`D`],does:`Next doubtful frame`,keys:[`d`],run:hi},{shown:[`+`,`−`,`0`],does:`Zoom in, out, to fit (or the wheel)`,keys:[`+`,`=`,`-`,`0`],run:ji},{shown:[`Space + drag`,`Ctrl ← → ↑ ↓`],does:`Move the picture`,keys:[`ctrl+arrowleft`,`ctrl+arrowright`,`ctrl+arrowup`,`ctrl+arrowdown`],run:Mi}]},{title:`Objects`,shortcuts:[{shown:[`N`],does:`New object`,keys:[`n`],run:()=>void dt()},{shown:[`↑`,`↓`],does:`Previous, next object`,keys:[`arrowup`,`arrowdown`],run:e=>gt(e===`arrowup`?-1:1)},{shown:[`R`],does:`Rename`,keys:[`r`,`f2`],run:()=>Li(`.object[aria-current=true] .name`)},{shown:[`H`],does:`Hide, show`,keys:[`h`],run:Ni},{shown:[`M`],does:`All masks off, on`,keys:[`m`],run:()=>E(({showMasks:e})=>({showMasks:!e}))},{shown:[`Delete`],does:`Remove the object (then Enter)`,keys:[`delete`],run:()=>Li(`.object[aria-current=true] .remove`,!0)}]},{title:`Prompts`,shortcuts:[{shown:[`Click`],does:`Part of the object`,keys:[]},{shown:[`Right click`,`Alt click`],does:`Not part of the object`,keys:[]},{shown:[`Drag`],does:`Box`,keys:[]},{shown:[`P`,`B`,`E`],does:`Points and boxes, brush, eraser`,keys:[`p`,`b`,`e`],run:e=>E({tool:e===`p`?`point`:e===`b`?`brush`:`eraser`,corner:null})},{shown:[`[`,`]`],does:`Brush smaller, larger`,keys:[`[`,`]`],run:e=>Pi(e===`[`?.8:1.25)},{shown:[`Ctrl Z`,`Ctrl Y`],does:`Undo, redo`,keys:[`ctrl+z`,`ctrl+y`,`ctrl+shift+z`],run:e=>void(e===`ctrl+z`?Kr():qr())},{shown:[`Backspace`],does:`Clear the object's prompts on this frame`,keys:[`backspace`],run:()=>void Gr()},{shown:[`C`],does:`Crosshair: arrows move it, Enter adds a point or paints, Alt Enter adds a background point`,keys:[`c`],run:xi},{shown:[`X`,`X`],does:`With the crosshair: one corner of a box, then the other`,keys:[`x`],run:Si}]},{title:`Tracking and learning`,shortcuts:[{shown:[`T`],does:`Track forward, stop`,keys:[`t`],run:()=>H(!1)},{shown:[`Shift T`],does:`Track backward from here, stop`,keys:[`shift+t`],run:()=>H(!0)},{shown:[`F`],does:`Follow the frame being tracked`,keys:[`f`],run:()=>E(({following:e})=>({following:!e}))},{shown:[`1 – 9`],does:`Accept a candidate`,keys:[`1`,`2`,`3`,`4`,`5`,`6`,`7`,`8`,`9`],run:Fi},{shown:[`L`],does:`Off, suggest, auto`,keys:[`l`],run:Ii},{shown:[`Ctrl O`],does:`Import masks`,keys:[`ctrl+o`],run:()=>E({dialog:`import`})},{shown:[`Ctrl S`],does:`Export`,keys:[`ctrl+s`],run:()=>E({dialog:`export`})},{shown:[`Esc`],does:`Stop, close, leave the crosshair`,keys:[`escape`],run:Ri},{shown:[`?`],does:`This list`,keys:[`?`,`shift+?`],run:()=>E({dialog:`shortcuts`})}]}],Oi=new Map(Di.flatMap(({shortcuts:e})=>e).flatMap(({keys:e,run:t})=>e.map(e=>[e,t])));function ki(e){return Oi.get(e)}function Ai(e,t){Xn(e.endsWith(`arrowleft`)||e===`,`?-t:t)}function ji(e){e===`0`?Q.fit():Q.zoom(e===`-`?.8:1.25)}function Mi(e){e===`ctrl+arrowleft`?Q.pan(Ei,0):e===`ctrl+arrowright`?Q.pan(-60,0):e===`ctrl+arrowup`?Q.pan(0,Ei):Q.pan(0,-60)}function Ni(){let{selected:e}=T();e!==null&&ht(e)}function Pi(e){E(({brush:t})=>({brush:Math.max(1,Math.min(200,t*e))}))}function Fi(e){let t=T().candidates[Number(e)-1];t&&Wr(t)}function Ii(){An(Ti[(Ti.indexOf(T().loraMode)+1)%Ti.length])}function Li(e,t=!1){let n=document.querySelector(e);n?.focus(),t&&n?.click()}function Ri(){let{crosshair:e,tracking:t}=T();e?E({crosshair:null,corner:null}):t?V():E({playing:!1})}function zi(){return(0,q.jsx)(ur,{name:`shortcuts`,title:`All keys`,children:(0,q.jsx)(`div`,{className:`columns`,children:Di.map(({title:e,shortcuts:t})=>(0,q.jsxs)(`section`,{children:[(0,q.jsx)(`h3`,{children:e}),(0,q.jsx)(`dl`,{children:t.map(({shown:e,does:t})=>(0,q.jsxs)(`div`,{children:[(0,q.jsx)(`dt`,{children:e.map((e,t)=>(0,q.jsx)(`kbd`,{children:e},t))}),(0,q.jsx)(`dd`,{children:t})]},t))})]},e))})})}function Bi(e,t,n,r,i){let{width:a,height:o,data:s}=e,c=Math.max(0,Math.floor(Math.min(t.x,n.x)-r)),l=Math.min(a-1,Math.ceil(Math.max(t.x,n.x)+r)),u=Math.max(0,Math.floor(Math.min(t.y,n.y)-r)),d=Math.min(o-1,Math.ceil(Math.max(t.y,n.y)+r)),[f,p]=[n.x-t.x,n.y-t.y],m=f*f+p*p;for(let e=u;e<=d;e++)for(let n=c;n<=l;n++){let[o,c]=[n+.5-t.x,e+.5-t.y],l=m?Math.max(0,Math.min(1,(o*f+c*p)/m)):0;(o-l*f)**2+(c-l*p)**2<=r*r&&(s[e*a+n]=i)}}var Vi=26;function Hi({view:e}){let t=w(e=>e.candidates),n=w(e=>e.frame),r=w(e=>e.hovered);return t.map((t,i)=>{let{top:a}=Lt(t.rleMask);if(!a||t.frameIndex!==n)return null;let o={left:e.x+a.x*e.scale+i*Vi,top:e.y+a.y*e.scale};return(0,q.jsx)(`button`,{className:`badge`,style:o,"data-hovered":t.adapterId===r,title:`Accept candidate ${i+1} (key ${i+1})`,"aria-label":`Accept candidate ${i+1}`,onPointerEnter:()=>E({hovered:t.adapterId}),onPointerLeave:()=>E({hovered:null}),onClick:()=>void Wr(t),children:i+1},t.adapterId)})}var Ui=`#12a150`,Wi=`#e5484d`;function Gi(e,t,n,r){let i=e.getContext(`2d`),a=devicePixelRatio;i.setTransform(1,0,0,1,0,0),i.clearRect(0,0,e.width,e.height),i.setTransform(t.scale*a,0,0,t.scale*a,t.x*a,t.y*a),i.lineJoin=`round`;let o=O.current?.get(n);if(!o)return[];i.imageSmoothingEnabled=t.scale*a<3,i.imageSmoothingQuality=t.scale*a<1?`medium`:`low`,i.drawImage(o,0,0);let{objects:s,selected:c,showMasks:l,candidates:u,hovered:d,pendingPrompts:f}=T(),p=r.painted?.frame===n?r.painted:null,m=u.find(e=>e.adapterId===d&&e.frameIndex===n),h=[];for(let e of s){let r=D.get(n,e.objectId);if(e.hidden||!l)continue;let a=e.objectId===c;p?.objectId===e.objectId?qi(i,Ct(p.bitmap).path,e.color,a,t):m?.objectId===e.objectId?qi(i,Lt(m.rleMask).path,e.color,a,t):r&&(qi(i,Lt(r.rle).path,e.color,a,t,r.stale),h.push(r))}for(let e of u){let r=s.find(t=>t.objectId===e.objectId);e.frameIndex===n&&r&&l&&!r.hidden&&Ji(i,Lt(e.rleMask).path,t,e.adapterId===d)}let g=s.find(e=>e.objectId===c);if(g){let e=T().prompts.get(S(g.objectId,n))??[],r=f.filter(e=>e.objectId===g.objectId&&e.frame===n);for(let n of[...e,...r.map(e=>e.prompt)])Yi(i,n,o,g,t)}r.box&&Zi(i,r.box,t,`#fff`),$i(i,o,t);let{crosshair:_,tool:ee}=T();return _&&ee!==`point`&&Qi(i,{x:_[0]*o.width,y:_[1]*o.height},t),r.pointer&&T().tool!==`point`&&Qi(i,r.pointer,t),h}function Ki(e){return e.map(e=>{let t=Ft(e);return`${P(N(e.objectId)??{objectId:e.objectId,name:``})}: ${t===null?`drawn by hand`:`confidence ${t.toFixed(2)}`}${e.source===`LORA`?`, by an adapter`:``}`}).join(`; `)}function qi(e,t,n,r,i,a=!1){e.fillStyle=n,e.globalAlpha=a?.18:r?.42:.32,e.fill(t,`evenodd`),e.globalAlpha=1,r&&(e.lineWidth=3.5/i.scale,e.strokeStyle=`rgba(0,0,0,.45)`,e.stroke(t)),e.lineWidth=(r?2:1.25)/i.scale,e.strokeStyle=n,e.setLineDash(a?[5/i.scale,4/i.scale]:[]),e.stroke(t),e.setLineDash([])}function Ji(e,t,n,r){e.lineWidth=(r?3:1.75)/n.scale,e.strokeStyle=`rgba(0,0,0,.7)`,e.stroke(t),e.setLineDash([6/n.scale,4/n.scale]),e.strokeStyle=`#fff`,e.stroke(t),e.setLineDash([])}function Yi(e,t,n,r,i){if(t.kind===`box`){let[a,o,s,c]=t.box;Zi(e,[a*n.width,o*n.height,s*n.width,c*n.height],i,r.color)}t.kind===`points`&&t.points.forEach(([r,a],o)=>Xi(e,r*n.width,a*n.height,t.labels[o]===1,i))}function Xi(e,t,n,r,i){let a=1/i.scale;e.beginPath(),e.arc(t,n,7*a,0,2*Math.PI),e.fillStyle=r?Ui:Wi,e.fill(),e.lineWidth=2*a,e.strokeStyle=`#fff`,e.stroke(),e.beginPath(),e.moveTo(t-3*a,n),e.lineTo(t+3*a,n),r&&(e.moveTo(t,n-3*a),e.lineTo(t,n+3*a)),e.stroke()}function Zi(e,[t,n,r,i],a,o){e.lineWidth=3/a.scale,e.strokeStyle=`rgba(0,0,0,.6)`,e.strokeRect(t,n,r-t,i-n),e.lineWidth=1.5/a.scale,e.strokeStyle=o,e.strokeRect(t,n,r-t,i-n)}function Qi(e,{x:t,y:n},r){for(let[i,a]of[[3,`rgba(0,0,0,.6)`],[1.25,`#fff`]])e.beginPath(),e.arc(t,n,T().brush,0,2*Math.PI),e.lineWidth=i/r.scale,e.strokeStyle=a,e.stroke()}function $i(e,t,n){let{crosshair:r,corner:i}=T();if(!r)return;let[a,o]=[r[0]*t.width,r[1]*t.height];i&&Zi(e,[i[0]*t.width,i[1]*t.height,a,o],n,`#fff`);let s=14/n.scale;for(let[t,r]of[[4,`rgba(0,0,0,.7)`],[1.75,`#fff`]])e.beginPath(),e.moveTo(a-s,o),e.lineTo(a+s,o),e.moveTo(a,o-s),e.lineTo(a,o+s),e.lineWidth=t/n.scale,e.strokeStyle=r,e.stroke()}var ea=.05,ta=40;function na(e,t,n,r){let i=Math.max(.01,Math.min((e-32)/n,(t-32)/r));return{scale:i,x:(e-n*i)/2,y:(t-r*i)/2}}function ra(e,t,n,r){let i=Math.max(ea,Math.min(ta,e.scale*t)),a=i/e.scale;return{scale:i,x:n-(n-e.x)*a,y:r-(r-e.y)*a}}var ia=4;function aa(){let e=w(e=>e.video),t=w(e=>e.tool),n=(0,G.useRef)(null),r=(0,G.useRef)(null),i=(0,G.useRef)(null),a=(0,G.useRef)(0),o=(0,G.useRef)({box:null,painted:null,pointer:null}),s=(0,G.useRef)(null),c=(0,G.useRef)(0),[l,u]=(0,G.useState)({scale:1,x:0,y:0}),d=(0,G.useRef)(()=>{cancelAnimationFrame(c.current),c.current=requestAnimationFrame(()=>{let e=r.current;if(!e||!i.current)return;O.current?.get(T().frame)&&(a.current=T().frame);let t=Gi(e,i.current,a.current,o.current);e.dataset.frame=O.current?.get(a.current)?String(a.current):``,e.dataset.masks=t.map(e=>`${e.objectId}:${e.serial}`).join(` `),e.setAttribute(`aria-label`,`Frame ${a.current}. ${Ki(t)||`No mask`}`)})}).current,f=(0,G.useRef)(e=>{i.current=e,u(e),d()}).current;(0,G.useLayoutEffect)(()=>{let t=r.current,a=n.current,o=!0,s=()=>{o=!0,f(na(a.clientWidth,a.clientHeight,e.width,e.height))},c=(e,t=a.clientWidth/2,n=a.clientHeight/2)=>{o=!1,f(ra(i.current,e,t,n))},l=()=>{t.width=Math.round(a.clientWidth*devicePixelRatio),t.height=Math.round(a.clientHeight*devicePixelRatio),o||!i.current?s():d()},u=e=>{e.preventDefault();let{left:t,top:n}=a.getBoundingClientRect();c(Math.exp(-e.deltaY*(e.deltaMode===1?.05:.0015)),e.clientX-t,e.clientY-n)},p=new ResizeObserver(l);return p.observe(a),t.addEventListener(`wheel`,u,{passive:!1}),Object.assign(Q,{fit:s,zoom:c,pan:(e,t)=>{o=!1,f({...i.current,x:i.current.x+e,y:i.current.y+t})}}),()=>{p.disconnect(),t.removeEventListener(`wheel`,u)}},[e,f,d]),(0,G.useEffect)(()=>Xe((e,t)=>{o.current.painted&&e.pending===0&&t.pending>0&&s.current?.kind!==`paint`&&(o.current.painted=null),d()}),[d]);let p=e=>{let{left:t,top:r}=n.current.getBoundingClientRect(),{scale:a,x:o,y:s}=i.current;return{x:(e.clientX-t-o)/a,y:(e.clientY-r-s)/a}},m=({x:t,y:n})=>t>=0&&n>=0&&t<=e.width&&n<=e.height,h=(t,n)=>{let r=T().selected??dt(),i=o.current.painted?.bitmap??sa(r,a.current,e.width,e.height);o.current.painted={objectId:r,frame:a.current,bitmap:i},Bi(i,t,t,T().brush,n)},g=()=>{let{bitmap:e}=o.current.painted;if(e.data.includes(1))return void Hr(e);o.current.painted=null,A(`stage`,`A mask needs at least one pixel. To remove it from this frame, press Backspace.`,`note`)},_=()=>a.current===T().frame||(A(`stage`,`Frame ${T().frame} is still loading.`,`note`),!1);return Q.dab=(n,r)=>{_()&&(h({x:n*e.width,y:r*e.height},+(t===`brush`)),g(),d())},(0,q.jsxs)(`section`,{className:`stage`,"aria-label":`Picture`,children:[(0,q.jsxs)(`div`,{className:`holder`,ref:n,children:[(0,q.jsx)(`canvas`,{ref:r,role:`img`,"data-tool":t,onMouseDown:e=>{e.preventDefault(),document.activeElement instanceof HTMLElement&&document.activeElement.blur()},onPointerDown:e=>{let n=p(e);if(e.currentTarget.setPointerCapture(e.pointerId),e.button===1||Q.panning)s.current={kind:`pan`,x:e.clientX,y:e.clientY},Q.panned=!0;else if(!_())return;else if(t!==`point`&&e.button===0){let r=t===`brush`===e.altKey?0:1;s.current={kind:`paint`,...n,value:r},h(n,r)}else m(n)&&(s.current={kind:`press`,...n,label:e.button===2||e.altKey?0:1});d()},onPointerMove:t=>{let n=p(t),r=s.current;if(o.current.pointer=n,r?.kind===`pan`){let{scale:e,x:n,y:a}=i.current;f({scale:e,x:n+t.clientX-r.x,y:a+t.clientY-r.y}),s.current={kind:`pan`,x:t.clientX,y:t.clientY}}else r?.kind===`paint`?(Bi(o.current.painted.bitmap,r,n,T().brush,r.value),s.current={...r,...n}):r?.kind===`press`&&r.label===1&&Math.hypot(n.x-r.x,n.y-r.y)*i.current.scale>ia&&(s.current={kind:`box`,x:r.x,y:r.y});s.current?.kind===`box`&&(o.current.box=ca(s.current,n,e.width,e.height)),d()},onPointerUp:()=>{let t=s.current;if(s.current=null,t?.kind===`press`)Br([la(t.x/e.width),la(t.y/e.height)],t.label);else if(t?.kind===`box`&&o.current.box){let[t,n,r,i]=o.current.box;r>t&&i>n&&Vr([t/e.width,n/e.height,r/e.width,i/e.height])}else t?.kind===`paint`&&g();o.current.box=null,d()},onPointerCancel:()=>{s.current=null,o.current={box:null,painted:null,pointer:null},d()},onPointerLeave:()=>{o.current.pointer=null,d()},onContextMenu:e=>e.preventDefault()}),(0,q.jsx)(Hi,{view:l}),(0,q.jsx)(oa,{})]}),(0,q.jsx)(X,{place:`stage`})]})}function oa(){let e=w(e=>e.objects.every(e=>e.promptedFrames.length===0)&&e.pendingPrompts.length===0),t=w(e=>e.tool);return e?(0,q.jsxs)(`p`,{className:`hint`,children:[t===`point`?`Click an object, or drag a box around it`:`Paint over an object`,` · press `,(0,q.jsx)(`kbd`,{children:`?`}),` for all keys`]}):null}function sa(e,t,n,r){let i=D.get(t,e);return{width:n,height:r,data:i?It(i.rle).data.slice():new Uint8Array(n*r)}}function ca(e,t,n,r){let[i,a]=[e.x,t.x].map(e=>Math.max(0,Math.min(n,e))).sort((e,t)=>e-t),[o,s]=[e.y,t.y].map(e=>Math.max(0,Math.min(r,e))).sort((e,t)=>e-t);return[i,o,a,s]}function la(e){return Math.max(0,Math.min(1,e))}var ua=`sam2-lit:theme`,da=[`system`,`light`,`dark`];function fa(){let e=localStorage.getItem(ua);return da.find(t=>t===e)??`system`}function pa(e){document.documentElement.dataset.theme=e,localStorage.setItem(ua,e)}function ma(){let e=da[(da.indexOf(fa())+1)%da.length];return pa(e),e}function ha(){let[e,t]=(0,G.useState)(fa);return(0,q.jsx)(`button`,{title:`Theme: ${e}`,"aria-label":`Theme: ${e}`,onClick:()=>t(ma()),children:(0,q.jsx)(Y,{name:e})})}var $=24,ga=1e3,_a=250;function va(){let e=w(e=>e.connected),[t,n]=(0,G.useState)(``),[r,i]=(0,G.useState)($),[a,o]=(0,G.useState)(null),s=(0,G.useRef)(0),c=(0,G.useCallback)(async()=>{let e=++s.current;try{let n=await ya(t,r);e===s.current&&o(n)}catch(t){e===s.current&&M(`start`,t)}},[t,r]);(0,G.useEffect)(()=>{if(!e)return;let n=setTimeout(()=>void c(),t?_a:0);return()=>clearTimeout(n)},[e,c,t]);let l=e&&!!a?.preparing.length;return(0,G.useEffect)(()=>{if(!l)return;let e=setInterval(()=>void c(),ga);return()=>clearInterval(e)},[l,c]),(0,q.jsxs)(q.Fragment,{children:[(0,q.jsxs)(`div`,{className:`heading`,children:[(0,q.jsx)(`h2`,{children:`Videos`}),a&&(t||a.totalCount>a.edges.length)&&(0,q.jsx)(`input`,{type:`search`,"aria-label":`Search videos`,placeholder:`Search ${a.totalCount}`,value:t,onChange:e=>{n(e.target.value),i($)}})]}),(0,q.jsx)(`ul`,{className:`videos`,children:a?.edges.map(({node:e})=>(0,q.jsx)(`li`,{children:(0,q.jsx)(ba,{video:e})},e.id))}),a?.pageInfo.hasNextPage&&(0,q.jsx)(`button`,{onClick:()=>i(r+$),children:`Show more videos`}),a?.preparing.map(e=>(0,q.jsxs)(`p`,{className:`preparing`,children:[e.path,`: its frames are put in order, `,Math.round(e.progress*100),` %`,` `,(0,q.jsx)(`progress`,{max:1,value:e.progress,"aria-label":e.path})]},e.path)),!!a?.unusable.length&&(0,q.jsxs)(`details`,{className:`unusable`,children:[(0,q.jsxs)(`summary`,{children:[a.unusable.length,` file`,a.unusable.length===1?``:`s`,` cannot be used`]}),(0,q.jsx)(`ul`,{children:a.unusable.map((e,t)=>(0,q.jsxs)(`li`,{children:[(0,q.jsx)(`b`,{children:e.path}),` `,e.reason]},t))})]})]})}async function ya(e,t){let{videos:n}=await v(_e,{search:e,first:$,after:null});for(;n.edges.length<t&&n.pageInfo.hasNextPage;){let{videos:t}=await v(_e,{search:e,first:$,after:n.pageInfo.endCursor});n={...t,edges:[...n.edges,...t.edges],unusable:[...n.unusable,...t.unusable],preparing:[...n.preparing,...t.preparing]}}return n}function ba({video:e}){let t=(0,G.useRef)(null),[n,r]=(0,G.useState)(!1),i=(0,G.useCallback)(async()=>{let n=await Vt(e.posterUrl),r=t.current;r&&(r.width=n.width,r.height=n.height,r.getContext(`2d`).drawImage(n,0,0))},[e]);return(0,G.useEffect)(()=>{i().catch(()=>{})},[i]),(0,q.jsxs)(`button`,{className:`card`,disabled:n,onClick:()=>{r(!0),Ln(e.path).finally(()=>r(!1))},children:[(0,q.jsx)(`canvas`,{ref:t,"aria-hidden":`true`}),(0,q.jsx)(`b`,{children:F(e.path)}),(0,q.jsxs)(`small`,{children:[e.width,` × `,e.height,` · `,e.frameCount,` frames · `,e.durationSec.toFixed(1),` s`]})]})}function xa({progress:e,upload:t}){let[n,r]=(0,G.useState)(null),i=w(e=>e.connected),a=(0,G.useRef)(null);return(0,G.useEffect)(()=>{i&&v(ge,{}).then(r,e=>M(`start`,e))},[i]),(0,q.jsxs)(`main`,{className:`start`,children:[(0,q.jsxs)(`header`,{children:[(0,q.jsx)(J,{}),(0,q.jsx)(`p`,{children:`Track objects through a video. Every correction teaches the model while you work.`}),(0,q.jsx)(ha,{})]}),(0,q.jsx)(X,{place:`start`}),(0,q.jsx)(`section`,{className:`drop`,onClick:e=>e.target===e.currentTarget&&a.current?.click(),children:e===null?(0,q.jsxs)(q.Fragment,{children:[(0,q.jsx)(Y,{name:`upload`}),(0,q.jsx)(`p`,{children:`Drop a video or a ZIP of frames here, or`}),(0,q.jsx)(`button`,{className:`primary`,onClick:()=>a.current?.click(),children:`choose a file`}),(0,q.jsx)(`input`,{ref:a,type:`file`,accept:`video/*,.mkv,.ts,.mts,.m2ts,.gif,.zip`,hidden:!0,onChange:e=>e.target.files?.[0]&&t(e.target.files[0])})]}):(0,q.jsxs)(q.Fragment,{children:[(0,q.jsx)(`p`,{children:e<1?`Uploading, ${Math.round(e*100)} %`:`The server is reading the video…`}),(0,q.jsx)(`progress`,{max:1,value:e<1?e:void 0,"aria-label":`Upload`}),(0,q.jsx)(`button`,{onClick:rr,children:`Cancel`})]})}),(0,q.jsx)(va,{}),n&&n.sessions.length>0&&(0,q.jsxs)(q.Fragment,{children:[(0,q.jsx)(`h2`,{children:`Open sessions`}),(0,q.jsx)(`ul`,{className:`sessions`,children:n.sessions.map(e=>(0,q.jsx)(`li`,{children:(0,q.jsxs)(`a`,{href:`#session=${e.sessionId}`,children:[(0,q.jsx)(`b`,{children:F(e.video.path)}),(0,q.jsxs)(`span`,{children:[e.objects.length,` object`,e.objects.length===1?``:`s`,` · `,e.trackedFrameCount,` of `,e.video.frameCount,` frames`]}),(0,q.jsx)(`time`,{dateTime:e.createdAt,children:new Date(e.createdAt).toLocaleString([],{dateStyle:`medium`,timeStyle:`short`})})]})},e.sessionId))})]}),n&&(0,q.jsxs)(`footer`,{children:[`Model `,n.model.name,` on `,n.model.device,`, `,(n.model.parameterCount/1e6).toFixed(1),` million parameters ·`,` `,(0,q.jsx)(`a`,{href:`/graphql`,children:`GraphQL`})]})]})}var Sa={PROPAGATE_TO_FRAME:`Tracking to a frame`,PROMPT:`Tracking before the prompt`,CORRECTION:`Tracking before the correction`,TRAINING:`Tracking before the training`,CANDIDATES:`Tracking before the candidates`};function Ca(){let e=w(e=>e.trackingFirst);return e?(0,q.jsxs)(`span`,{className:`progress first`,children:[Sa[e.purpose],(0,q.jsx)(`progress`,{max:e.total,value:e.completed,"aria-label":`Frames tracked first`}),(0,q.jsxs)(`output`,{children:[e.completed,` / `,e.total]}),(0,q.jsx)(`button`,{title:`Frames that are tracked already stay; nothing else changes`,onClick:()=>void bn(),children:`Cancel`})]}):null}var wa=34,Ta=20,Ea=16;function Da(){return(0,q.jsxs)(`footer`,{className:`timeline`,"aria-label":`Timeline`,children:[(0,q.jsx)(Oa,{}),(0,q.jsx)(Aa,{})]})}function Oa(){let{frame:e,video:t,playing:n,tracking:r,following:i,objects:a}=w(),[o,s]=(0,G.useState)(null),c=t.frameCount,l=r?0:et().length,u=a.some(e=>e.promptedFrames.length);return(0,q.jsxs)(`div`,{className:`transport`,children:[(0,q.jsxs)(`div`,{className:`group`,children:[(0,q.jsx)(`button`,{title:`Previous frame (←)`,"aria-label":`Previous frame`,onClick:()=>Xn(-1),children:(0,q.jsx)(Y,{name:`previous`})}),(0,q.jsx)(`button`,{title:`Play, pause (Space)`,"aria-label":n?`Pause`:`Play`,onClick:Qn,children:(0,q.jsx)(Y,{name:n?`pause`:`play`})}),(0,q.jsx)(`button`,{title:`Next frame (→)`,"aria-label":`Next frame`,onClick:()=>Xn(1),children:(0,q.jsx)(Y,{name:`next`})})]}),(0,q.jsxs)(`label`,{className:`frame`,children:[(0,q.jsx)(`span`,{children:`Frame`}),(0,q.jsx)(`input`,{type:`number`,min:0,max:c-1,value:o??e,onFocus:()=>s(String(e)),onBlur:()=>s(null),onChange:e=>{s(e.target.value),e.target.value!==``&&W(e.target.valueAsNumber)},onKeyDown:e=>(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}),(0,q.jsxs)(`small`,{children:[`of `,c,` · `,(e/t.fps).toFixed(2),` s`]})]}),r?(0,q.jsxs)(`button`,{className:`primary stop`,title:`Stop (T)`,onClick:()=>H(!1),children:[(0,q.jsx)(Y,{name:`stop`}),` Stop`]}):(0,q.jsxs)(`div`,{className:`group`,children:[(0,q.jsxs)(`button`,{className:`primary`,title:`Track forward from the first frame that needs it (T)`,disabled:!u,onClick:()=>H(!1),children:[`Track`,l>0&&(0,q.jsxs)(`small`,{children:[l,` frames`]})]}),(0,q.jsx)(`button`,{title:`Track backward from this frame (Shift T)`,disabled:!u||e===0,onClick:()=>H(!0),children:`Back`})]}),r&&(0,q.jsxs)(`span`,{className:`progress`,children:[(0,q.jsx)(`progress`,{max:Math.max(r.total,1),value:r.completed,"aria-label":`Frames tracked`}),(0,q.jsxs)(`output`,{children:[r.completed,` / `,r.total||`…`,r.framesPerSecond!==null&&` · ${r.framesPerSecond.toFixed(1)} frames/s`]}),(0,q.jsxs)(`label`,{children:[(0,q.jsx)(`input`,{type:`checkbox`,checked:i,onChange:e=>E({following:e.target.checked})}),` Follow`]})]}),(0,q.jsx)(Ca,{}),(0,q.jsxs)(`button`,{title:`Go to the mask that the model is least sure of (D)`,onClick:hi,children:[(0,q.jsx)(Y,{name:`doubt`}),` Next doubtful frame`]}),(0,q.jsx)(X,{place:`track`}),(0,q.jsx)(`span`,{className:`spring`}),(0,q.jsx)(ka,{})]})}function ka(){return(0,q.jsxs)(`ul`,{className:`legend`,"aria-label":`Legend`,children:[(0,q.jsxs)(`li`,{children:[(0,q.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,q.jsx)(`path`,{className:`prompted`,d:`M6 1l5 5-5 5-5-5z`})}),` prompt`]}),(0,q.jsxs)(`li`,{children:[(0,q.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,q.jsx)(`circle`,{className:`correction`,cx:`6`,cy:`6`,r:`4`})}),` correction`]}),(0,q.jsxs)(`li`,{children:[(0,q.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,q.jsx)(`rect`,{className:`adapter`,x:`1`,y:`4`,width:`10`,height:`4`})}),` by an adapter`]}),(0,q.jsxs)(`li`,{children:[(0,q.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,q.jsx)(`path`,{className:`suggested`,d:`M6 2l4 8H2z`})}),` suggestion`]}),(0,q.jsxs)(`li`,{children:[(0,q.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,q.jsx)(`path`,{className:`sure`,d:`M1 9l3-5 3 3 4-5`})}),` confidence`]}),(0,q.jsxs)(`li`,{children:[(0,q.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,q.jsx)(`rect`,{className:`stale`,x:`1`,y:`2`,width:`10`,height:`8`})}),` stale`]})]})}function Aa(){let e=w(e=>e.objects),t=w(e=>e.selected),n=w(e=>e.video.frameCount),r=w(e=>e.video.fps),i=w(e=>e.masksVersion),a=w(e=>e.corrected),o=w(e=>e.accepted),s=w(e=>e.suggested),c=(0,G.useRef)(null),[l,u]=(0,G.useState)(600);(0,G.useLayoutEffect)(()=>{let e=new ResizeObserver(()=>u(c.current.clientWidth));return e.observe(c.current),()=>e.disconnect()},[]);let d=new ja(l,n),f=e=>{e.buttons===1&&(e.currentTarget.setPointerCapture(e.pointerId),W(d.frameAt(e.clientX-e.currentTarget.getBoundingClientRect().left)))};return(0,q.jsxs)(`div`,{className:`tracks`,children:[(0,q.jsx)(`ul`,{className:`labels`,style:{paddingTop:Ta},children:e.map(({objectId:e,name:n,color:r})=>(0,q.jsxs)(`li`,{style:{height:wa},"aria-current":e===t,onClick:()=>E({selected:e}),children:[(0,q.jsx)(`i`,{style:{background:r}}),(0,q.jsx)(`span`,{children:P({objectId:e,name:n})})]},e))}),(0,q.jsxs)(`div`,{className:`scrub`,ref:c,onPointerDown:f,onPointerMove:f,children:[(0,q.jsx)(Ma,{scale:d,height:Ta+Math.max(e.length,1)*wa}),(0,q.jsxs)(`svg`,{width:l,height:Ta+Math.max(e.length,1)*wa,"aria-hidden":`true`,children:[(0,q.jsx)(`defs`,{children:(0,q.jsx)(`pattern`,{id:`stale`,width:`5`,height:`5`,patternUnits:`userSpaceOnUse`,patternTransform:`rotate(45)`,children:(0,q.jsx)(`rect`,{width:`2`,height:`5`})})}),(0,q.jsx)(Na,{scale:d,fps:r}),e.map((e,n)=>(0,q.jsxs)(`g`,{transform:`translate(0 ${Ta+n*wa})`,children:[(0,q.jsx)(`rect`,{className:`row`,"data-selected":e.objectId===t,width:l,height:33}),(0,q.jsx)(Pa,{object:e,scale:d,width:l,version:i,corrected:a,accepted:o,suggested:s})]},e.objectId))]})]})]})}var ja=class{count;step;constructor(e,t){this.count=t,this.step=(e-32)/Math.max(t,1)}x(e){return Ea+(e+.5)*this.step}frameAt(e){return Math.max(0,Math.min(this.count-1,Math.floor((e-Ea)/this.step)))}};function Ma({scale:e,height:t}){let n=w(e=>e.frame);return(0,q.jsx)(`div`,{className:`playhead`,role:`slider`,tabIndex:0,"aria-label":`Frame`,"aria-valuemin":0,"aria-valuemax":e.count-1,"aria-valuenow":n,style:{left:e.x(n),height:t}})}function Na({scale:e,fps:t}){let n=[1,2,5,10,20,50,100,200,500,1e3,2e3,5e3,1e4].find(t=>t*e.step>=56)??2e4;return Array.from({length:Math.ceil(e.count/n)},(e,t)=>t*n).map(n=>(0,q.jsxs)(`g`,{className:`mark`,children:[(0,q.jsx)(`line`,{x1:e.x(n),x2:e.x(n),y1:15,y2:Ta}),(0,q.jsxs)(`text`,{x:e.x(n),y:12,textAnchor:`middle`,children:[n,(0,q.jsxs)(`title`,{children:[(n/t).toFixed(2),` s`]})]})]},n))}var Pa=(0,G.memo)(function({object:e,scale:t,corrected:n,accepted:r,suggested:i}){let{objectId:a,promptedFrames:o,color:s}=e,c=D.framesOf(a),l=e=>c.filter(e),u=e=>D.get(e,a),d=new Set(o),f=e=>n.has(S(a,e))||r.has(S(a,e)),p=wa/2;return(0,q.jsxs)(`g`,{"data-row":a,children:[(0,q.jsx)(`path`,{className:`tracked`,d:Fa(c,t,3,26),fill:s}),(0,q.jsx)(`path`,{className:`stale`,d:Fa(l(e=>u(e).stale),t,3,26)}),(0,q.jsx)(`path`,{className:`adapter`,d:Fa(l(e=>u(e).source===`LORA`),t,27,4),fill:s}),(0,q.jsx)(`path`,{className:`doubt`,d:La(c,t,a,!0)}),(0,q.jsx)(`path`,{className:`sure`,d:La(c,t,a,!1)}),l(e=>i.has(S(a,e))).map(e=>(0,q.jsx)(`path`,{className:`suggested`,d:`M${t.x(e)} 2l3.5 6h-7z`},e)),o.map(e=>f(e)?(0,q.jsx)(`circle`,{className:`correction`,"data-correction":e,"data-accepted":r.has(S(a,e)),cx:t.x(e),cy:p,r:`4.5`},e):(0,q.jsx)(`path`,{className:`prompted`,"data-prompted":e,d:`M${t.x(e)} 11.5l5.5 5.5-5.5 5.5-5.5-5.5z`},e)),(0,q.jsx)(`title`,{children:`${c.length-d.size} frames tracked`})]})},Ra);function Fa(e,t,n,r){let i=``;for(let a=0;a<e.length;){let o=a;for(;e[o+1]===e[o]+1;)o++;let s=t.x(e[a])-t.step/2;i+=`M${s.toFixed(1)} ${n}h${((o-a+1)*t.step).toFixed(1)}v${r}h${(-(o-a+1)*t.step).toFixed(1)}z`,a=o+1}return i}var Ia=4;function La(e,t,n,r){let i=``,a=-2;for(let o of e){let e=Ft(D.get(o,n));if(e===null)continue;let s=o===a+1,[c,l]=[t.x(o).toFixed(1),(Ia+(1-e)*24).toFixed(1)];r&&!s&&(i+=`${i&&`V${Ia}Z`}M${c} ${Ia}`),i+=`${s||r?`L`:`M`}${c} ${l}`,a=o}return r&&i?`${i}V${Ia}Z`:i}function Ra(e,t){return e.object===t.object&&e.width===t.width&&e.scale.count===t.scale.count&&e.version===t.version&&e.corrected===t.corrected&&e.accepted===t.accepted&&e.suggested===t.suggested}var za=[{tool:`point`,label:`Points and boxes`,key:`P`},{tool:`brush`,label:`Brush`,key:`B`},{tool:`eraser`,label:`Eraser`,key:`E`}];function Ba(){let e=w(e=>e.video),t=w(e=>e.tool),n=w(e=>e.brush),r=w(e=>e.undoStack.length>0),i=w(e=>e.redoStack.length>0);return(0,q.jsxs)(`header`,{className:`toolbar`,children:[(0,q.jsx)(J,{}),(0,q.jsxs)(`button`,{className:`video`,title:`Back to the videos; the session stays open`,onClick:()=>location.hash=``,children:[(0,q.jsx)(Y,{name:`video`}),(0,q.jsx)(`span`,{children:e&&F(e.path)})]}),(0,q.jsx)(`div`,{className:`group`,role:`radiogroup`,"aria-label":`Tool`,children:za.map(e=>(0,q.jsxs)(`button`,{role:`radio`,"aria-checked":t===e.tool,title:`${e.label} (${e.key})`,onClick:()=>E({tool:e.tool}),children:[(0,q.jsx)(Y,{name:e.tool}),(0,q.jsx)(`span`,{children:e.label})]},e.tool))}),t!==`point`&&(0,q.jsxs)(`label`,{className:`brush`,title:`Radius of the brush in video pixels ([ and ])`,children:[(0,q.jsx)(`span`,{children:`Size`}),(0,q.jsx)(`input`,{type:`range`,min:1,max:100,value:n,onChange:e=>E({brush:e.target.valueAsNumber})}),(0,q.jsx)(`output`,{children:Math.round(n)})]}),(0,q.jsxs)(`div`,{className:`group`,children:[(0,q.jsx)(`button`,{title:`Undo (Ctrl Z)`,"aria-label":`Undo`,disabled:!r,onClick:()=>void Kr(),children:(0,q.jsx)(Y,{name:`undo`})}),(0,q.jsx)(`button`,{title:`Redo (Ctrl Y)`,"aria-label":`Redo`,disabled:!i,onClick:()=>void qr(),children:(0,q.jsx)(Y,{name:`redo`})})]}),(0,q.jsxs)(`div`,{className:`group`,children:[(0,q.jsx)(`button`,{title:`Zoom out (−)`,"aria-label":`Zoom out`,onClick:()=>Q.zoom(.8),children:(0,q.jsx)(Y,{name:`zoomOut`})}),(0,q.jsx)(`button`,{title:`Zoom in (+)`,"aria-label":`Zoom in`,onClick:()=>Q.zoom(1.25),children:(0,q.jsx)(Y,{name:`zoomIn`})}),(0,q.jsx)(`button`,{title:`Fit (0)`,"aria-label":`Fit`,onClick:()=>Q.fit(),children:(0,q.jsx)(Y,{name:`fit`})})]}),(0,q.jsx)(`span`,{className:`spring`}),(0,q.jsxs)(`button`,{title:`Import masks from a file (Ctrl O)`,onClick:()=>E({dialog:`import`}),children:[(0,q.jsx)(Y,{name:`upload`}),` Import`]}),(0,q.jsxs)(`button`,{title:`Export the masks (Ctrl S)`,onClick:()=>E({dialog:`export`}),children:[(0,q.jsx)(Y,{name:`download`}),` Export`]}),(0,q.jsx)($r,{question:`Delete masks and adapters?`,title:`End the session and delete its masks and adapters`,onConfirm:()=>void Rn(),children:`End session`}),(0,q.jsx)(ha,{}),(0,q.jsx)(`button`,{title:`All keys (?)`,"aria-label":`All keys`,onClick:()=>E({dialog:`shortcuts`}),children:(0,q.jsx)(Y,{name:`help`})})]})}function Va(){let e=w(e=>e.view),[t,n]=(0,G.useState)(null),[r,i]=(0,G.useState)(!1),a=e=>{T().view===`annotate`&&(location.hash=``),nr(e,n)};return(0,q.jsxs)(`div`,{className:`app`,"data-view":e,onDragOver:e=>{e.preventDefault(),i(e.dataTransfer.types.includes(`Files`))},onDragLeave:e=>e.relatedTarget===null&&i(!1),onDrop:e=>{e.preventDefault(),i(!1);let t=e.dataTransfer.files[0];t&&a(t)},children:[(0,q.jsx)(Ua,{}),e===`start`&&(0,q.jsx)(xa,{progress:t,upload:a}),e===`annotate`&&(0,q.jsx)(Ha,{}),e===`loading`&&(0,q.jsx)(`p`,{className:`middle quiet`,children:`Loading…`}),e===`gone`&&(0,q.jsx)(Wa,{}),e===`changed`&&(0,q.jsx)(Ga,{}),e===`token`&&(0,q.jsx)(Ka,{}),r&&(0,q.jsx)(`p`,{className:`dropping`,children:`Drop the video to upload it`})]})}function Ha(){return(0,q.jsxs)(q.Fragment,{children:[(0,q.jsx)(Ba,{}),(0,q.jsx)(di,{}),(0,q.jsx)(aa,{}),(0,q.jsx)(ti,{}),(0,q.jsx)(Da,{}),(0,q.jsx)(zi,{}),(0,q.jsx)(fr,{}),(0,q.jsx)(jr,{})]})}function Ua(){return w(e=>e.connected)?null:(0,q.jsx)(`p`,{className:`banner`,role:`alert`,children:`The server cannot be reached. Reconnecting; everything that it acknowledged is saved.`})}function Wa(){let e=w(e=>e.video);return(0,q.jsxs)(`main`,{className:`middle card`,children:[(0,q.jsx)(J,{}),(0,q.jsx)(`h2`,{children:`This session is gone`}),(0,q.jsx)(`p`,{children:`The server has no such session: it was ended, or the server now uses another data directory.`}),(0,q.jsxs)(`div`,{className:`group`,children:[e&&(0,q.jsxs)(`button`,{className:`primary`,onClick:()=>void Ln(e.path),children:[`Start a new session on `,F(e.path)]}),(0,q.jsx)(`button`,{className:e?``:`primary`,onClick:()=>location.hash=``,children:`Choose a video`})]})]})}function Ga(){let e=w(e=>e.videoChange),t=w(e=>e.sessionId);return!e||!t?null:(0,q.jsxs)(`main`,{className:`middle card`,children:[(0,q.jsx)(J,{}),(0,q.jsxs)(`h2`,{children:[F(e.path),` has changed`]}),(0,q.jsx)(`p`,{children:e.after===0?`Its file is gone. Put it back to continue the session.`:e.same===0?`None of its frames is known to be the same as when the session was started. Put the old file back, or start a new session.`:`Of the ${e.before} frames when the session was started, the first ${e.same} are the same; now there are ${e.after}. The session can continue with their masks and prompts; those on other frames are deleted.`}),(0,q.jsxs)(`div`,{className:`group`,children:[e.same>0&&(0,q.jsxs)(`button`,{className:`primary`,onClick:()=>void Vn(t),children:[`Continue with the first `,e.same,` frames`]}),e.after>0&&(0,q.jsx)(`button`,{onClick:()=>void Ln(e.path),children:`Start a new session`}),(0,q.jsx)(`button`,{onClick:()=>location.hash=``,children:`Choose a video`})]})]})}function Ka(){let[e,t]=(0,G.useState)(``);return(0,q.jsxs)(`form`,{className:`middle card`,onSubmit:t=>{t.preventDefault(),ee(e),E({view:`loading`}),location.reload()},children:[(0,q.jsx)(J,{}),(0,q.jsx)(`h2`,{children:`This server asks for a token`}),(0,q.jsxs)(`label`,{children:[`Token `,(0,q.jsx)(`input`,{type:`password`,autoFocus:!0,autoComplete:`off`,value:e,onChange:e=>t(e.target.value)})]}),(0,q.jsx)(`button`,{className:`primary`,children:`Continue`})]})}function qa(){addEventListener(`keydown`,Ja),addEventListener(`keyup`,e=>{e.key===` `&&Q.panning&&(Q.panning=!1,Q.panned||Qn())}),addEventListener(`click`,e=>{let t=document.activeElement;e.detail>0&&t instanceof HTMLButtonElement&&!t.dataset.keepsFocus&&t.blur()})}function Ja(e){let{view:t,dialog:n}=T();if(t!==`annotate`)return;let r=Xa(e);if(n&&r===`escape`)return Ya(e);if(Za(e.target))return;if(n)return r===`?`||r===`shift+?`?Ya(e):void 0;if(r===` `){if(e.target instanceof HTMLButtonElement)return;e.preventDefault(),e.repeat||(Q.panned=!1),Q.panning=!0;return}if(Ci(e))return e.preventDefault();let i=ki(r);i&&(e.preventDefault(),i(r))}function Ya(e){e.preventDefault(),E({dialog:null})}function Xa(e){let t=[];return(e.ctrlKey||e.metaKey)&&t.push(`ctrl`),e.shiftKey&&t.push(`shift`),[...t,e.key.toLowerCase()].join(`+`)}function Za(e){return e instanceof HTMLInputElement?e.type!==`range`&&e.type!==`radio`&&e.type!==`color`:e instanceof HTMLSelectElement||e instanceof HTMLTextAreaElement}pa(fa()),qa(),$n(),st(),tn(),(0,f.createRoot)(document.getElementById(`page`)).render((0,q.jsx)(Va,{})),qn(),Fn();