import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{a as t,c as n,d as r,i,l as a,n as o,o as s,r as c,s as l,t as u,u as d}from"./libraries-DOb0AUtx.js";(function(){let e=document.createElement(`link`).relList;if(e&&e.supports&&e.supports(`modulepreload`))return;for(let e of document.querySelectorAll(`link[rel="modulepreload"]`))n(e);new MutationObserver(e=>{for(let t of e)if(t.type===`childList`)for(let e of t.addedNodes)e.tagName===`LINK`&&e.rel===`modulepreload`&&n(e)}).observe(document,{childList:!0,subtree:!0});function t(e){let t={};return e.integrity&&(t.integrity=e.integrity),e.referrerPolicy&&(t.referrerPolicy=e.referrerPolicy),t.credentials=e.crossOrigin===`use-credentials`?`include`:e.crossOrigin===`anonymous`?`omit`:`same-origin`,t}function n(e){if(e.ep)return;e.ep=!0;let n=t(e);fetch(e.href,n)}})();var f=d(),p=`UNREACHABLE`,m=class extends Error{code;constructor(e,t){super(t),this.code=e}};function h(e){let t=e instanceof Error?e.message:String(e);return(/^[a-z]+\s/.test(t)?t.charAt(0).toUpperCase()+t.slice(1):t)+(/[.!?]$/.test(t)?``:`.`)}var g=`sam2-lit:token`;function _(){return sessionStorage.getItem(g)}function v(e){sessionStorage.setItem(g,e)}function y(){let e=_();return e?{Authorization:`Bearer ${e}`}:{}}var b=1e4,ee=2e4,te=new Set,ne,re=!0,ie=!1;addEventListener(`pagehide`,()=>ie=!0),addEventListener(`pageshow`,()=>ie=!1);function ae(e){te.add(e)}function oe(e){re=e;for(let t of te)t(e)}var se=c({url:`${location.protocol===`https:`?`wss`:`ws`}://${location.host}/graphql`,connectionParams:y,retryAttempts:1/0,retryWait:e=>new Promise(t=>setTimeout(t,Math.min(500*2**e,5e3))),keepAlive:b,on:{connected:()=>oe(!0),closed:e=>{clearTimeout(ne),e.code!==1e3&&oe(!1)},ping:e=>{e||(clearTimeout(ne),ne=setTimeout(()=>se.terminate(),ee))},pong:e=>{e&&clearTimeout(ne)}}}),ce=new i({url:`/graphql`,preferGetMethod:!1,requestPolicy:`network-only`,fetchOptions:()=>({keepalive:ie,headers:{Accept:`application/graphql-response+json, application/json`,...y()}}),exchanges:[t,s({forwardSubscription:e=>({subscribe:t=>({unsubscribe:se.subscribe({query:e.query??``,variables:e.variables},t)})})})]});async function x(e,t){let n=e.toString(),r=n.trimStart().startsWith(`mutation`),i=re,a=await ce[r?`mutation`:`query`](n,t).toPromise();if(a.error)throw de(a.error,i);return re=!0,a.data}function le(e,t,r,i){let o=!0,s=null,{unsubscribe:c}=n(ce.subscription(e.toString(),t),l(()=>{o&&i(s),o=!1}),a(e=>{o&&(e.error?s=de(e.error,re):e.data&&r(e.data))}));return()=>{o=!1,c()}}async function ue(){try{return(await fetch(`/healthz`,{cache:`no-store`})).ok}catch{return!1}}function de(e,t){let n=e.graphQLErrors[0];if(n)return new m(String(n.extensions?.code??`INTERNAL`),n.message);let r=e.response;return r?.status===401?new m(`UNAUTHENTICATED`,`The server asks for a token.`):r?.ok?new m(`INTERNAL`,`The server's response is not valid GraphQL: ${e.message}`):(oe(!1),new m(p,t?`The connection was lost before the server answered. Once it is back, the page shows whether this was done.`:`The server cannot be reached: this was not done.`))}var S=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},fe=new S(`
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
    `,{fragmentName:`MaskParts`}),pe=new S(`
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
}`,{fragmentName:`FrameParts`}),me=new S(`
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
    `,{fragmentName:`CandidateParts`}),he={"\n  fragment FrameParts on RLEMaskListOnFrame {\n    frameIndex\n    rleMaskList {\n      ...MaskParts\n    }\n  }\n":pe,"\n  fragment MaskParts on RLEMaskForObject {\n    objectId\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    source\n  }\n":fe,"\n  fragment AdapterParts on LoraAdapter {\n    adapterId\n    objectId\n    rank\n    frameIndices\n    baselineIou\n    trainingIou\n    steps\n    seconds\n  }\n":new S(`
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
    `,{fragmentName:`AdapterParts`}),"\n  fragment CandidateParts on LoraCandidate {\n    adapterId\n    objectId\n    frameIndex\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    agreement\n  }\n":me,"\n  fragment VideoParts on Video {\n    id\n    path\n    width\n    height\n    posterUrl\n    frameCount\n    fps\n    durationSec\n    frameUrlTemplate\n  }\n":new S(`
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
    `,{fragmentName:`VideoParts`}),"\n  fragment SessionParts on Session {\n    sessionId\n    loraMode\n    objects {\n      objectId\n      name\n      promptedFrames\n      adapters {\n        ...AdapterParts\n      }\n    }\n    video {\n      ...VideoParts\n    }\n  }\n":new S(`
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
}`,{fragmentName:`SessionParts`}),"\n  query Start {\n    sessions {\n      sessionId\n      trackedFrameCount\n      createdAt\n      objects {\n        objectId\n      }\n      video {\n        path\n        frameCount\n        posterUrl\n      }\n    }\n    model {\n      name\n      device\n      parameterCount\n    }\n  }\n":new S(`
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
      posterUrl
    }
  }
  model {
    name
    device
    parameterCount
  }
}
    `),"\n  query Videos($search: String!, $first: Int!, $after: String) {\n    videos(search: $search, first: $first, after: $after) {\n      edges {\n        node {\n          ...VideoParts\n        }\n      }\n      unusable {\n        path\n        reason\n      }\n      preparing {\n        path\n        progress\n      }\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n":new S(`
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
}`),"\n  query SessionVideo($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      videoChange {\n        sameFrames\n        frameCount\n      }\n      video {\n        path\n        frameCount\n        damage {\n          first\n          last\n          reason\n        }\n      }\n    }\n  }\n":new S(`
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
    `),"\n  mutation ContinueSession($sessionId: String!) {\n    continueSession(input: { sessionId: $sessionId }) {\n      sessionId\n    }\n  }\n":new S(`
    mutation ContinueSession($sessionId: String!) {
  continueSession(input: {sessionId: $sessionId}) {
    sessionId
  }
}
    `),"\n  query SessionState($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      ...SessionParts\n    }\n  }\n":new S(`
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
}`),"\n  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {\n    session(sessionId: $sessionId) {\n      masks(startFrameIndex: $first, endFrameIndex: $last) {\n        ...FrameParts\n      }\n    }\n  }\n":new S(`
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
}`),"\n  query SessionHistory($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      interactions {\n        kind\n        objectId\n        frameIndex\n        points\n        labels\n        clearOldPoints\n        box\n      }\n    }\n  }\n":new S(`
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
    `),"\n  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {\n    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {\n      ...CandidateParts\n    }\n  }\n":new S(`
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
}`),"\n  mutation Upload($file: Upload!) {\n    uploadVideo(file: $file) {\n      path\n    }\n  }\n":new S(`
    mutation Upload($file: Upload!) {
  uploadVideo(file: $file) {
    path
  }
}
    `),"\n  mutation StartSession($path: String!) {\n    startSession(input: { path: $path }) {\n      sessionId\n    }\n  }\n":new S(`
    mutation StartSession($path: String!) {
  startSession(input: {path: $path}) {
    sessionId
  }
}
    `),"\n  mutation CloseSession($sessionId: String!) {\n    closeSession(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new S(`
    mutation CloseSession($sessionId: String!) {
  closeSession(input: {sessionId: $sessionId}) {
    success
  }
}
    `),"\n  mutation AddPoints($input: AddPointsInput!) {\n    addPoints(input: $input) {\n      ...FrameParts\n    }\n  }\n":new S(`
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
}`),"\n  mutation AddBox($input: AddBoxInput!) {\n    addBox(input: $input) {\n      ...FrameParts\n    }\n  }\n":new S(`
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
}`),"\n  mutation AddMask($input: AddMaskInput!) {\n    addMask(input: $input) {\n      ...FrameParts\n    }\n  }\n":new S(`
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
}`),"\n  mutation AddCorrection($input: AddCorrectionInput!) {\n    addCorrection(input: $input) {\n      frame {\n        ...FrameParts\n      }\n    }\n  }\n":new S(`
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
}`),"\n  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {\n    clearPointsInFrame(input: $input) {\n      ...FrameParts\n    }\n  }\n":new S(`
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
}`),"\n  mutation TrainLora($input: TrainLoraInput!) {\n    trainLora(input: $input) {\n      ...AdapterParts\n    }\n  }\n":new S(`
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
}`),"\n  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {\n    applyLoraCandidate(input: $input) {\n      ...FrameParts\n    }\n  }\n":new S(`
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
}`),"\n  mutation SetLoraMode($input: SetLoraModeInput!) {\n    setLoraMode(input: $input) {\n      loraMode\n    }\n  }\n":new S(`
    mutation SetLoraMode($input: SetLoraModeInput!) {
  setLoraMode(input: $input) {
    loraMode
  }
}
    `),"\n  mutation ResetLora($sessionId: String!) {\n    resetLora(input: { sessionId: $sessionId }) {\n      ...SessionParts\n    }\n  }\n":new S(`
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
}`),"\n  mutation NameObject($input: NameObjectInput!) {\n    nameObject(input: $input) {\n      objectId\n      name\n    }\n  }\n":new S(`
    mutation NameObject($input: NameObjectInput!) {
  nameObject(input: $input) {
    objectId
    name
  }
}
    `),"\n  mutation RemoveObject($input: RemoveObjectInput!) {\n    removeObject(input: $input) {\n      frameIndex\n    }\n  }\n":new S(`
    mutation RemoveObject($input: RemoveObjectInput!) {
  removeObject(input: $input) {
    frameIndex
  }
}
    `),"\n  mutation ExportAnnotations($input: ExportAnnotationsInput!) {\n    exportAnnotations(input: $input) {\n      url\n      filename\n      byteSize\n      losses\n    }\n  }\n":new S(`
    mutation ExportAnnotations($input: ExportAnnotationsInput!) {
  exportAnnotations(input: $input) {
    url
    filename
    byteSize
    losses
  }
}
    `),"\n  mutation ImportAnnotations($file: Upload!, $input: ImportAnnotationsInput!) {\n    importAnnotations(file: $file, input: $input) {\n      applied\n      format\n      video\n      frames\n      objects {\n        source\n        objectId\n        name\n        isNew\n        frameCount\n      }\n      frameCount\n      maskCount\n      replacedMaskCount\n      mismatches {\n        kind\n        message\n      }\n      losses\n    }\n  }\n":new S(`
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
    `),"\n  mutation CancelExport($sessionId: String!) {\n    cancelExport(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new S(`
    mutation CancelExport($sessionId: String!) {
  cancelExport(input: {sessionId: $sessionId}) {
    success
  }
}
    `),"\n  subscription Exporting($sessionId: String!) {\n    exportProgress(sessionId: $sessionId) {\n      completed\n      total\n    }\n  }\n":new S(`
    subscription Exporting($sessionId: String!) {
  exportProgress(sessionId: $sessionId) {
    completed
    total
  }
}
    `),"\n  subscription Importing($sessionId: String!) {\n    importProgress(sessionId: $sessionId) {\n      completed\n      total\n    }\n  }\n":new S(`
    subscription Importing($sessionId: String!) {
  importProgress(sessionId: $sessionId) {
    completed
    total
  }
}
    `),"\n  subscription Propagate($input: PropagateInVideoInput!) {\n    propagateInVideo(input: $input) {\n      propagationId\n      sequence\n      frameIndex\n      rleMaskList {\n        ...MaskParts\n      }\n      completed\n      total\n      revision\n      suggestions {\n        objectId\n        adapterId\n      }\n    }\n  }\n":new S(`
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
}`),"\n  subscription Training($sessionId: String!) {\n    loraTraining(sessionId: $sessionId) {\n      objectId\n      frameIndex\n      step\n      steps\n      loss\n      iou\n      adapter {\n        ...AdapterParts\n      }\n      background\n    }\n  }\n":new S(`
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
}`),"\n  subscription TrackingProgress($sessionId: String!) {\n    trackingProgress(sessionId: $sessionId) {\n      purpose\n      completed\n      total\n    }\n  }\n":new S(`
    subscription TrackingProgress($sessionId: String!) {
  trackingProgress(sessionId: $sessionId) {
    purpose
    completed
    total
  }
}
    `),"\n  mutation CancelTracking($sessionId: String!) {\n    cancelPropagateInVideo(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new S(`
    mutation CancelTracking($sessionId: String!) {
  cancelPropagateInVideo(input: {sessionId: $sessionId}) {
    success
  }
}
    `)};function C(e){return he[e]??{}}C(`
  fragment FrameParts on RLEMaskListOnFrame {
    frameIndex
    rleMaskList {
      ...MaskParts
    }
  }
`),C(`
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
`),C(`
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
`),C(`
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
`),C(`
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
`),C(`
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
`);var ge=C(`
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
        posterUrl
      }
    }
    model {
      name
      device
      parameterCount
    }
  }
`),_e=C(`
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
`),ve=C(`
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
`),ye=C(`
  mutation ContinueSession($sessionId: String!) {
    continueSession(input: { sessionId: $sessionId }) {
      sessionId
    }
  }
`),be=C(`
  query SessionState($sessionId: String!) {
    session(sessionId: $sessionId) {
      ...SessionParts
    }
  }
`),xe=C(`
  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {
    session(sessionId: $sessionId) {
      masks(startFrameIndex: $first, endFrameIndex: $last) {
        ...FrameParts
      }
    }
  }
`),Se=C(`
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
`),Ce=C(`
  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {
    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {
      ...CandidateParts
    }
  }
`),we=C(`
  mutation Upload($file: Upload!) {
    uploadVideo(file: $file) {
      path
    }
  }
`),Te=C(`
  mutation StartSession($path: String!) {
    startSession(input: { path: $path }) {
      sessionId
    }
  }
`),Ee=C(`
  mutation CloseSession($sessionId: String!) {
    closeSession(input: { sessionId: $sessionId }) {
      success
    }
  }
`),De=C(`
  mutation AddPoints($input: AddPointsInput!) {
    addPoints(input: $input) {
      ...FrameParts
    }
  }
`),Oe=C(`
  mutation AddBox($input: AddBoxInput!) {
    addBox(input: $input) {
      ...FrameParts
    }
  }
`),ke=C(`
  mutation AddMask($input: AddMaskInput!) {
    addMask(input: $input) {
      ...FrameParts
    }
  }
`),Ae=C(`
  mutation AddCorrection($input: AddCorrectionInput!) {
    addCorrection(input: $input) {
      frame {
        ...FrameParts
      }
    }
  }
`),je=C(`
  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {
    clearPointsInFrame(input: $input) {
      ...FrameParts
    }
  }
`),Me=C(`
  mutation TrainLora($input: TrainLoraInput!) {
    trainLora(input: $input) {
      ...AdapterParts
    }
  }
`),Ne=C(`
  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {
    applyLoraCandidate(input: $input) {
      ...FrameParts
    }
  }
`),Pe=C(`
  mutation SetLoraMode($input: SetLoraModeInput!) {
    setLoraMode(input: $input) {
      loraMode
    }
  }
`),Fe=C(`
  mutation ResetLora($sessionId: String!) {
    resetLora(input: { sessionId: $sessionId }) {
      ...SessionParts
    }
  }
`),Ie=C(`
  mutation NameObject($input: NameObjectInput!) {
    nameObject(input: $input) {
      objectId
      name
    }
  }
`),Le=C(`
  mutation RemoveObject($input: RemoveObjectInput!) {
    removeObject(input: $input) {
      frameIndex
    }
  }
`),Re=C(`
  mutation ExportAnnotations($input: ExportAnnotationsInput!) {
    exportAnnotations(input: $input) {
      url
      filename
      byteSize
      losses
    }
  }
`),ze=C(`
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
`),Be=C(`
  mutation CancelExport($sessionId: String!) {
    cancelExport(input: { sessionId: $sessionId }) {
      success
    }
  }
`),Ve=C(`
  subscription Exporting($sessionId: String!) {
    exportProgress(sessionId: $sessionId) {
      completed
      total
    }
  }
`),He=C(`
  subscription Importing($sessionId: String!) {
    importProgress(sessionId: $sessionId) {
      completed
      total
    }
  }
`),Ue=C(`
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
`),We=C(`
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
`),Ge=C(`
  subscription TrackingProgress($sessionId: String!) {
    trackingProgress(sessionId: $sessionId) {
      purpose
      completed
      total
    }
  }
`),Ke=C(`
  mutation CancelTracking($sessionId: String!) {
    cancelPropagateInVideo(input: { sessionId: $sessionId }) {
      success
    }
  }
`),qe=class{#e=new Map;get(e,t){return this.#e.get(e)?.get(t)}framesOf(e){return[...this.#e].filter(([,t])=>t.has(e)).map(([e])=>e).sort((e,t)=>e-t)}staleFrames(e){return this.framesOf(e).filter(t=>this.get(t,e)?.stale)}replace(e,t){t.length?this.#e.set(e,new Map(t.map(e=>[e.objectId,e]))):this.#e.delete(e)}removeObject(e){for(let t of this.#e.values())t.delete(e)}clear(){this.#e.clear()}markStale(e,t){for(let[n,r]of this.#e){let i=r.get(e);i&&i.source!==`PROMPT`&&i.source!==`IMPORTED`&&!i.stale&&n!==t&&(i.reverse?t>n:t<n)&&r.set(e,{...i,stale:!0})}}},w={least:1,most:200},Je={view:`loading`,connected:!0,sessionId:null,video:null,videoChange:null,loraMode:`SUGGEST`,objects:[],selected:null,frame:0,playing:!1,following:!1,speed:1,tool:`point`,brush:12,renaming:null,range:null,noOverlap:!1,panels:!0,showMasks:!0,masksVersion:0,imagesVersion:0,tracking:null,trackingFirst:null,pending:0,pendingPrompts:[],crosshair:null,corner:null,training:null,lastRun:null,candidates:[],hovered:null,suggested:new Set,corrected:new Set,accepted:new Set,prompts:new Map,undoStack:[],redoStack:[],notices:{},dialog:null,exporting:null},T=(e,t)=>`${e}:${t}`,Ye=(e,t)=>e.startsWith(`${t}:`);function Xe(e,t,n){let r=new Set(e);return n?r.add(t):r.delete(t),r}var E=o(()=>Je),{getState:D,setState:O,subscribe:k}=E,A=new qe,j={current:null};function Ze(){O(e=>({masksVersion:e.masksVersion+1}))}function M(e,t){O(n=>({objects:n.objects.map(n=>n.objectId===e?{...n,...t}:n)}))}function N(e,t,n=`error`,r){O(i=>({notices:{...i.notices,[e]:{text:t,kind:n,...r&&{action:r}}}}))}function P(e){O(t=>({notices:{...t.notices,[e]:void 0}}))}function F(e,t){let n=t instanceof m?t.code:null;n===`SESSION_NOT_FOUND`?O({view:`gone`}):n===`UNAUTHENTICATED`?O({view:`token`}):n!==`CANCELLED`&&N(e,h(t))}function I(e){return D().objects.find(t=>t.objectId===e)}function L({objectId:e,name:t}){return t||`Object ${e}`}function R(e){return e.split(`/`).at(-1).replace(e.startsWith(`uploads/`)?/-[0-9a-f]{12}(?=\.\w+$)/:``,``)}function Qe(e,t){return I(e)?.promptedFrames.includes(t)??!1}function $e(e,t){let n=A.get(t,e);if(!n)return!1;if(n.source===`TRACKED`||n.source===`LORA`&&!Qe(e,t))return!0;let r=T(e,t);return D().corrected.has(r)||D().accepted.has(r)}function et(e=1/0){let{objects:t,video:n}=D(),r=t.filter(({promptedFrames:e})=>e.length),i=[];for(let t=tt();r.length&&t<(n?.frameCount??0)&&i.length<e;t++)r.some(({objectId:e,promptedFrames:n})=>{let r=A.get(t,e);return t>n[0]&&(!r||r.stale)})&&i.push(t);return i}function tt(){return Math.min(...D().objects.flatMap(({promptedFrames:e})=>e[0]??[]))}function nt(){let{objects:e}=D(),t=new Set(e.flatMap(({objectId:e})=>A.framesOf(e))),n=new Set(e.flatMap(({objectId:e})=>A.staleFrames(e)));return{annotated:t.size,stale:n.size}}var rt=120,it=9,at=.95,ot,st=``;function ct(){k(({view:e,selected:t,frame:n,loraMode:r,playing:i,tracking:a,following:o,pending:s,training:c})=>{if(e!==`annotate`)return;let l=t===null?void 0:A.get(n,t),u=I(t)?.adapters??[],d=!i&&!(a&&o)&&s===0&&c===null&&l&&t!==null&&r!==`OFF`&&u.length>0&&!Qe(t,n),f=d?[t,n,l.serial,...u.map(e=>e.adapterId+e.trainingIou)].join():``;f!==st&&(st=f,clearTimeout(ot),D().candidates.length&&O({candidates:[],hovered:null}),d&&(ot=setTimeout(()=>void lt(t,n,f),rt)))})}async function lt(e,t,n){try{let{loraCandidates:r}=await x(Ce,{sessionId:D().sessionId,objectId:e,frameIndex:t}),i=r.filter(({agreement:e})=>e<=at);st===n&&O({candidates:i.slice(0,it)})}catch(e){let t=e instanceof m&&e.code===`FEATURES_NOT_CAPTURED`;st===n&&!t&&F(`learn`,e)}}var ut=[`#3b9cff`,`#ff8a3d`,`#35c98a`,`#e85bb0`,`#f2c744`,`#9a7bff`,`#3fd2d6`,`#f06a5f`,`#a3d14b`,`#c98fe8`];function dt(e){return ut[(Math.max(e,1)-1)%ut.length]}function ft(){let{objects:e}=D(),t=Math.max(0,...e.map(e=>e.objectId))+1,n={objectId:t,name:``,color:dt(t),hidden:!1,promptedFrames:[],adapters:[]};return O({objects:[...e,n],selected:t}),t}async function pt(e,t){let n=I(e);if(n&&n.name!==t.trim()&&(M(e,{name:t.trim()}),xt(n)))try{P(`objects`),await x(Ie,{input:{sessionId:D().sessionId,objectId:e,name:t}})}catch(t){M(e,{name:n.name}),F(`objects`,t)}}async function mt(e){let t=I(e)?.name;t&&await x(Ie,{input:{sessionId:D().sessionId,objectId:e,name:t}})}async function ht(e){let t=I(e);if(!t)return;try{P(`objects`),xt(t)&&await x(Le,{input:{sessionId:D().sessionId,objectId:e}})}catch(e){return F(`objects`,e)}A.removeObject(e);let n=t=>!Ye(t,e);O(t=>{let r=t.objects.filter(t=>t.objectId!==e);return{objects:r,selected:t.selected===e?r[0]?.objectId??null:t.selected,undoStack:t.undoStack.filter(t=>t.objectId!==e),redoStack:t.redoStack.filter(t=>t.objectId!==e),prompts:new Map([...t.prompts].filter(([e])=>n(e))),suggested:new Set([...t.suggested].filter(n)),corrected:new Set([...t.corrected].filter(n)),accepted:new Set([...t.accepted].filter(n))}}),Ze()}function gt(e){let t=I(e);t&&M(e,{hidden:!t.hidden})}function _t(e){let{objects:t,selected:n}=D();t.length!==0&&O({selected:t[(t.findIndex(({objectId:e})=>e===n)+e+t.length)%t.length].objectId})}async function vt(){let{sessionId:e}=D();if(!e)return;let{session:t}=await x(be,{sessionId:e});if(!t)return O({view:`gone`});yt(t)}function yt(e){if(D().sessionId!==e.sessionId)return;let t=D().objects,n=bt(e,Object.fromEntries(t.map(({objectId:e,color:t})=>[e,t])),t.filter(e=>e.hidden).map(({objectId:e})=>e)).map(e=>({...e,name:e.name||(I(e.objectId)?.name??``)})),r=t.filter(({objectId:e})=>!n.some(t=>t.objectId===e)).map(e=>({...e,promptedFrames:[],adapters:[]}));O({loraMode:e.loraMode,objects:[...n,...r].sort((e,t)=>e.objectId-t.objectId)})}function bt(e,t,n){return e.objects.map(({objectId:e,name:r,promptedFrames:i,adapters:a})=>({objectId:e,name:r??``,color:t[e]??dt(e),hidden:n.includes(e),promptedFrames:i,adapters:a})).sort((e,t)=>e.objectId-t.objectId)}function xt({promptedFrames:e,adapters:t}){return e.length+t.length>0}var St=[1,0,-1,0],Ct=[0,1,0,-1];function wt({width:e,height:t,data:n}){let r=new Path2D,i=e+1,a=new Uint8Array(i*(t+1)),o=null;for(let r=0;r<t;r++)for(let s=0;s<e;s++){let c=r*e+s;if(!n[c])continue;o??={x:s+.5,y:r};let l=r*i+s;r!==0&&n[c-e]||(a[l]|=1),s!==e-1&&n[c+1]||(a[l+1]|=2),r!==t-1&&n[c+e]||(a[l+i+1]|=4),s!==0&&n[c-1]||(a[l+i]|=8)}for(let e=0;e<a.length;e++)for(;a[e];)Tt(a,e,i,r);return{path:r,top:o}}function Tt(e,t,n,r){let i=t,a=Math.log2(e[t]&-e[t]),o=!0;do{let t=e[i];o||(a=[1,0,3].map(e=>(a+e)%4).find(e=>t&1<<e)??a),e[i]=t&~(1<<a);let s=i%n+St[a]/2,c=Math.floor(i/n)+Ct[a]/2;o?r.moveTo(s,c):r.lineTo(s,c),o=!1,i+=St[a]+Ct[a]*n}while(i!==t);r.closePath()}function Et(e,t,n){let r=new Uint8Array(t*n),i=0;return Ot(e).forEach((e,a)=>{let o=Math.min(i+e,r.length);if(a%2==1){let e=Math.floor(i/n),a=i%n;for(let s=i;s<o;s++)r[a*t+e]=1,++a===n&&(a=0,e++)}i=o}),{width:t,height:n,data:r}}function Dt({width:e,height:t,data:n}){let r=[],i=0,a=0;for(let o=0;o<e;o++)for(let s=0;s<t;s++)n[s*e+o]===i?a++:(r.push(a),i=1-i,a=1);return r.push(a),r.map((e,t)=>kt(t>2?e-(r[t-2]??0):e)).join(``)}function Ot(e){let t=[],n=0,r=0;for(let i=0;i<e.length;i++){let a=e.charCodeAt(i)-48;n|=(a&31)<<r,r+=5,a&32||(a&16&&(n|=-1<<r),t.push(n+(t.length>2?t[t.length-2]??0:0)),n=r=0)}return t}function kt(e){let t=``;for(let n=e,r=!0;r;){let e=n&31;n>>=5,r=e&16?n!==-1:n!==0,t+=String.fromCharCode((r?e|32:e)+48)}return t}var At=0,jt=new WeakMap,Mt=new WeakMap,Nt=new WeakMap;function Pt({objectId:e,rleMask:t,predictedIou:n,objectScore:r,source:i},a){return{serial:++At,objectId:e,rle:t,predictedIou:n??null,objectScore:r??null,source:i,reverse:a,stale:!1}}function Ft({predictedIou:e,source:t}){return t!==`TRACKED`||typeof e==`number`}function It(e,{rleMask:t,source:n}){return e.rle.counts===t.counts&&e.source===n}function Lt({predictedIou:e,objectScore:t}){return e===null||t===null?null:Math.max(0,Math.min(1,e))/(1+Math.exp(-t))}function z(e){return Vt(jt,e,()=>Bt(e))}function Rt(e){return Vt(Mt,e,()=>wt(Bt(e)))}function zt(e,t){let n=Nt.get(t);if(n&&n.before===e)return n.difference;let{width:r,height:i,data:a}=z(t),o=e?z(e).data:new Uint8Array(a.length),s={added:wt({width:r,height:i,data:a.map((e,t)=>e&~o[t]&1)}),removed:wt({width:r,height:i,data:a.map((e,t)=>~e&o[t]&1)})};return Nt.set(t,{before:e,difference:s}),s}function Bt({size:[e=0,t=0],counts:n}){return Et(n,t,e)}function Vt(e,t,n){let r=e.get(t);return r===void 0&&(r=n(),e.set(t,r)),r}var Ht={colors:{},hidden:[],stale:{},suggested:[],corrected:[],accepted:[],frame:0,selected:null,tool:`point`,brush:null},Ut=`sam2-lit:session:`,Wt=20,Gt=300,Kt;function qt(e){try{return{...Ht,...JSON.parse(localStorage.getItem(Ut+e)??`{}`)}}catch{return Ht}}function Jt(e){return localStorage.getItem(Ut+e)!==null}function Yt(e){localStorage.removeItem(Ut+e)}function Xt(){k((e,t)=>{e.objects===t.objects&&e.masksVersion===t.masksVersion&&e.suggested===t.suggested&&e.corrected===t.corrected&&e.accepted===t.accepted&&e.frame===t.frame&&e.selected===t.selected&&e.tool===t.tool&&e.brush===t.brush||e.view!==`annotate`||(clearTimeout(Kt),Kt=setTimeout(Zt,Gt))}),addEventListener(`pagehide`,Zt)}function Zt(){let{sessionId:e,view:t,objects:n,suggested:r,corrected:i,accepted:a,frame:o,selected:s,tool:c,brush:l}=D();if(!e||t!==`annotate`)return;let u={colors:Object.fromEntries(n.map(({objectId:e,color:t})=>[e,t])),hidden:n.filter(({hidden:e})=>e).map(({objectId:e})=>e),stale:Object.fromEntries(n.map(({objectId:e})=>[e,A.staleFrames(e)])),suggested:[...r],corrected:[...i],accepted:[...a],frame:o,selected:s,tool:c,brush:l},d=Ut+e;localStorage.removeItem(d);try{localStorage.setItem(d,JSON.stringify(u))}catch{}let f=Object.keys(localStorage).filter(e=>e.startsWith(Ut)&&e!==d);for(let e of f.slice(0,Math.max(0,f.length-Wt)))localStorage.removeItem(e)}function Qt({stale:e}){return new Set(Object.entries(e).flatMap(([e,t])=>t.map(t=>T(Number(e),t))))}var $t=400,en=64,tn=400,nn=5;async function rn(e,t){let n=Qt(qt(e));A.clear();for(let r=0;r<t;r+=$t){let i=Math.min(r+$t,t)-1,{session:a}=await x(xe,{sessionId:e,first:r,last:i});if(D().sessionId!==e)return;for(let{frameIndex:e,rleMaskList:t}of a?.masks??[]){let r=t.map(t=>{let r=I(t.objectId)?.promptedFrames[0]??0,i=Pt(t,e<r);return{...i,stale:i.source!==`PROMPT`&&n.has(T(t.objectId,e))}});A.replace(e,r)}Ze()}}async function an(e,t,n){let r=D().video?.frameCount??0,i=n?Math.max(0,t-en):t+1,a=n?t-1:Math.min(r-1,t+en);if(i>a)return;let o=``;for(let t=0;t<nn;t++){await new Promise(e=>setTimeout(e,tn));let{session:t}=await x(xe,{sessionId:e,first:i,last:a}),r=D();if(r.sessionId!==e||r.tracking||!t)return;for(let{frameIndex:e,rleMaskList:r}of t.masks)A.replace(e,r.map(t=>{let r=A.get(e,t.objectId);return r&&It(r,t)?r:Pt(t,n)}));Ze();let s=t.masks.map(({frameIndex:e,rleMaskList:t})=>[e,...t.map(e=>e.rleMask.counts)]).join();if(s===o)return;o=s}}async function on(e,t){let n=await fetch(cn(e),{headers:y(),...t&&{signal:t}});if(!n.ok)throw Error(`HTTP status ${n.status}`);return n.blob()}async function sn(e,t){return createImageBitmap(await on(e,t))}function cn(e){return new URL(e,location.href).pathname}var ln=256*2**20,un=4,dn=16,fn=6,pn=class{urlTemplate;frameCount;onFrame;#e=new Map;#t=new Map;#n=[];#r=0;#i;#a=!1;constructor(e,t,n,r){this.urlTemplate=e,this.frameCount=t,this.onFrame=r,this.#i=Math.max(24,Math.floor(ln/(n*4)))}get(e){return this.#e.get(e)}prefetch(e,t){this.#r=e;let n=[e];for(let r=1;r<=dn;r++)n.push(e+r*t),r<=fn&&n.push(e-r*t);this.#n=n.filter(e=>e>=0&&e<this.frameCount&&!this.#e.has(e));for(let[e,t]of this.#t)this.#n.includes(e)||t.abort();this.#o()}close(){this.#a=!0,this.#n=[];for(let e of this.#t.values())e.abort();for(let e of this.#e.values())e.close();this.#e.clear()}#o(){for(let e of this.#n){if(this.#t.size>=un)return;this.#t.has(e)||this.#s(e)}}async#s(e){let t=new AbortController;this.#t.set(e,t);let n=null;try{let n=await sn(this.urlTemplate.replace(`{index}`,String(e)),t.signal);if(this.#a)return n.close();this.#e.set(e,n),this.#c()}catch(e){n=e instanceof Error?e.message:String(e)}this.#t.delete(e),this.#a||(t.signal.aborted||(this.#n=this.#n.filter(t=>t!==e)),this.#o(),t.signal.aborted||this.onFrame(e,n))}#c(){if(this.#e.size<=this.#i)return;let e=e=>Math.abs(e-this.#r),t=[...this.#e.keys()].sort((t,n)=>e(n)-e(t));for(let e of t.slice(0,this.#e.size-this.#i))this.#e.get(e)?.close(),this.#e.delete(e)}},mn=`sam2-lit:view`,hn={panels:!0,hints:!0,noOverlap:!1,filmstrip:!1,timeline:null};function gn(){try{return{...hn,...JSON.parse(localStorage.getItem(mn)??`{}`)}}catch{return hn}}function B(e){localStorage.setItem(mn,JSON.stringify({...gn(),...e}))}function _n(){return!gn().hints}function vn(){B({hints:!1})}function yn(e){let t=new Map,n=new Set,r=new Set,i=e=>{for(let i of[t,n,r])for(let t of i.keys())e(t)&&i.delete(t)};for(let a of e){let e=T(a.objectId??0,a.frameIndex??0);a.kind===`CLEAR_VIDEO`||a.kind===`RESET_SESSION`?i(()=>!0):a.kind===`REMOVE_OBJECT`?i(e=>Ye(e,a.objectId??0)):a.kind===`CLEAR_FRAME`&&i(t=>t===e),(a.kind===`PROMPT`||a.kind===`CORRECTION`)&&t.set(e,bn(t.get(e),a)),a.kind===`CANDIDATE`&&t.set(e,null),(a.kind===`CORRECTION`||a.kind===`CANDIDATE`)&&(n.delete(e),r.delete(e),(a.kind===`CORRECTION`?n:r).add(e))}let a=[...t].filter(e=>e[1]!==null);return{prompts:new Map(a),corrected:n,accepted:r}}function bn(e,{points:t,labels:n,clearOldPoints:r,box:i}){if(i)return[{kind:`box`,box:i}];if(!t||!n||e===null&&!r)return null;let a={kind:`points`,points:t,labels:n};return r?[a]:[...e??[],a]}var xn=null;function Sn(){let{sessionId:e}=D();return e?Promise.resolve(e):(xn??=Cn().finally(()=>xn=null),xn)}async function Cn(){let{video:e}=D(),{sessionId:t}=(await x(Te,{path:e.path})).startSession;return D().video===e&&(history.replaceState(null,``,`#session=${t}`),O({sessionId:t})),t}var wn=Promise.resolve();function Tn(e){let{video:t}=D();return O(e=>({pending:e.pending+1,playing:!1,following:!1})),wn=wn.then(async()=>{if(D().video===t)try{P(`stage`),await Sn(),await e()}catch(e){F(`stage`,e)}finally{O(e=>({pending:Math.max(0,e.pending-1)})),Ze()}}),wn}function En(){return wn}var Dn=8,V=null,H=null;function On(e){Mn({direction:e?`BACKWARD`:`FORWARD`,from:e?D().frame:null,maxFrames:null})}function kn(e){Mn({direction:`FORWARD`,from:e,maxFrames:null})}function An(){Mn({direction:`BOTH`,from:D().frame,maxFrames:null})}function jn({first:e,last:t},n){Mn({direction:n?`BACKWARD`:`FORWARD`,from:n?t:e,maxFrames:t-e})}function Mn(e){U(),P(`track`),Nn(e)}function Nn(e){let t=V={request:e,input:null,received:null,unsubscribe:()=>{}};zn(e.direction===`BACKWARD`),En().then(()=>V===t&&Rn(t))}function U(){let e=V;if(Pn(),H=null,e?.input&&e.received!==null){let{frame:t,reverse:n}=e.received;an(e.input.sessionId,t,n).catch(e=>F(`track`,e))}}function Pn(){V?.unsubscribe(),V=null,D().tracking&&O({tracking:null})}function Fn(){return H=V??H,Pn(),H!==null}function In(){let e=H;if(H=null,e){if(!e.input)return Nn(e.request);e.input.sessionId===D().sessionId&&(zn(e.request.direction===`BACKWARD`),Bn(V=e,e.input))}}function Ln(e){D().tracking?U():On(e)}function Rn(e){let{sessionId:t,objects:n,frame:r,video:i}=D(),{direction:a,maxFrames:o}=e.request;if(!t||!n.some(({promptedFrames:e})=>e.length)){Pn(),N(`track`,`There is nothing to track yet: click an object on the picture first.`,`note`);return}let s=e.request.from??et(1)[0];if(s===void 0){Pn();let e=r===(i?.frameCount??0)-1?tt():r;N(`track`,`Nothing is left to track: every frame after the first prompt has a mask that follows your prompts.`,`note`,{label:`Track again from frame ${e}`,run:()=>kn(e)})}else Bn(e,{sessionId:t,startFrameIndex:s,direction:a,...o!==null&&{maxFrames:o}})}function zn(e){O({tracking:{reverse:e,completed:0,total:0,revision:0,framesPerSecond:null},following:!0,playing:!1})}function Bn(e,t){let n=t.direction===`BACKWARD`,r=[];e.input=t,e.unsubscribe=le(Ue,{input:t},({propagateInVideo:i})=>{e.input={...t,propagationId:i.propagationId,fromSequence:i.sequence+1};let a=t.direction===`BOTH`&&i.frameIndex<(t.startFrameIndex??0);e.received={frame:i.frameIndex,reverse:n||a},r.push(performance.now()),r.length>Dn&&r.shift();let o=(r.at(-1)-r[0])/1e3;Vn(i,e.received.reverse,o>0?(r.length-1)/o:null)},t=>{if(V===e){if(t?.code===`SEQUENCE_NOT_FOUND`)return Rn(e);V=null,O({tracking:null}),t&&F(`track`,t)}})}function Vn(e,t,n){let{frameIndex:r,rleMaskList:i,completed:a,total:o,revision:s,suggestions:c}=e,l=i.map(e=>{let n=A.get(r,e.objectId),i=e.source===`TRACKED`&&Qe(e.objectId,r);return n&&(i||!n.stale&&It(n,e))?n:Pt(e,t)});A.replace(r,l);let u=new Set(D().suggested);for(let{objectId:e}of i)u.delete(T(e,r));for(let{objectId:e}of c)u.add(T(e,r));O(e=>({suggested:u,tracking:{reverse:t,completed:a,total:o,revision:s,framesPerSecond:n},masksVersion:e.masksVersion+1,frame:e.following?r:e.frame}))}var Hn=null,Un=null;function Wn(e){Hn?.(),Hn=Un=null,e!==null&&(Hn=le(Ge,{sessionId:e},({trackingProgress:{purpose:e,completed:t,total:n}})=>{Un!==null&&t>Un||(Un=null,O({trackingFirst:t<n?{purpose:e,completed:t,total:n}:null}))},t=>{O({trackingFirst:null}),t&&D().sessionId===e&&F(`track`,t)}))}async function Gn(){try{await x(Ke,{sessionId:D().sessionId}),Un=D().trackingFirst?.completed??null,O({trackingFirst:null})}catch(e){F(`track`,e)}}var Kn=new Set,qn=new Set,Jn=1500,W=new Map,Yn=new Map,Xn=null;function Zn(e,t){let n=T(e,t);if(D().loraMode===`OFF`)return;clearTimeout(W.get(n)?.timer);let r=()=>{W.delete(n),tr(e,t)};W.set(n,{timer:setTimeout(r,Jn),run:r})}function Qn(){for(let{timer:e,run:t}of[...W.values()])clearTimeout(e),t()}function $n(e,t){let n=T(e,t);clearTimeout(W.get(n)?.timer),W.delete(n),qn.delete(n)}function er(){k((e,t)=>{(e.frame!==t.frame||e.selected!==t.selected||e.tracking&&!t.tracking)&&W.size&&Qn()}),addEventListener(`pagehide`,Qn)}function tr(e,t){let n=T(e,t);Kn.has(n)?qn.add(n):(Kn.add(n),nr(e,t).finally(()=>{Kn.delete(n),qn.delete(n)&&tr(e,t)}))}async function nr(e,t){let{sessionId:n}=D();P(`learn`),Yn.delete(T(e,t)),O({training:{objectId:e,frame:t,ious:[],steps:0,adapter:null}});try{let{trainLora:r}=await x(Me,{input:{sessionId:n,objectId:e,frameIndex:t}});if(D().sessionId!==n)return;rr({objectId:e,frame:t,ious:Yn.get(T(e,t))??[],steps:r.steps,adapter:r}),await vt()}catch(n){O({training:null}),n instanceof m&&n.code===`FEATURES_NOT_CAPTURED`?N(`learn`,`The correction is saved, but there is nothing to learn from frame ${t}: tracking ${L(I(e)??{objectId:e,name:``})} starts there.`,`note`):F(`learn`,n)}}function rr(e){O(({training:t})=>({lastRun:e,training:t?.objectId===e.objectId&&t.frame===e.frame?null:t}))}function ir(e,t){O(({lastRun:n})=>n&&T(n.objectId,n.frame)===e?{lastRun:{...n,ious:t}}:{})}function ar(e){Xn?.(),Xn=null,e!==null&&(Xn=le(We,{sessionId:e},({loraTraining:{objectId:e,frameIndex:t,step:n,steps:r,iou:i,adapter:a,background:o}})=>{let s=T(e,t),c=n>1||a?Yn.get(s)??[]:[],l=a?c:[...c,i];if(Yn.set(s,l),o&&!a)return ir(s,l);let u={objectId:e,frame:t,ious:l,steps:r,adapter:a??null};if(!a)return O({training:u});rr(u),vt().catch(e=>F(`learn`,e))},t=>{t&&D().sessionId===e&&F(`learn`,t)}))}async function or(e){let{loraMode:t}=D();O({loraMode:e});try{P(`learn`),await x(Pe,{input:{sessionId:await Sn(),mode:e}})}catch(e){O({loraMode:t}),F(`learn`,e)}}async function sr(){try{P(`learn`),yt((await x(Fe,{sessionId:D().sessionId})).resetLora),O({lastRun:null,suggested:new Set})}catch(e){F(`learn`,e)}}var cr=100,lr=5e3,ur=60;function dr(){addEventListener(`hashchange`,()=>void fr()),k((e,t)=>{e.sessionId!==null&&t.sessionId===null&&e.view===`annotate`&&t.view===`annotate`&&(yr(e.sessionId),Sr(e.sessionId,0))}),fr()}async function fr(){let e=new URLSearchParams(location.hash.slice(1)),[t,n]=[e.get(`session`),e.get(`video`)],r=D();r.view===`annotate`&&(t?t===r.sessionId:n&&!r.sessionId&&n===r.video?.path)||(Cr(),t?await _r(t):n?await mr(n):O({view:`start`}))}function pr(e){P(`start`),location.hash=`video=${encodeURIComponent(e)}`}async function mr(e){O({view:`loading`});try{let t=await hr(e);if(!t)throw Error(`There is no video ${R(e)}`);new URLSearchParams(location.hash.slice(1)).get(`video`)===e&&vr(t,{})}catch(e){O({view:`start`}),F(`start`,e)}}async function hr(e){for(let t=null;;){let{videos:n}=await x(_e,{search:e,first:cr,after:t}),r=n.edges.find(({node:t})=>t.path===e);if(r||!n.pageInfo.hasNextPage)return r?.node;t=n.pageInfo.endCursor??null}}async function gr(e=D().sessionId){let{view:t}=D();try{e&&await x(Ee,{sessionId:e})}catch(e){return F(t===`annotate`?`stage`:`start`,e)}e&&Yt(e),t===`annotate`&&(location.hash=``)}async function _r(e){O({view:`loading`});try{let{session:t}=await x(be,{sessionId:e});if(!t)return O({view:`gone`,sessionId:e});if(await br(e))return;let{prompts:n,...r}=yn((await x(Se,{sessionId:e})).session?.interactions??[]),i=qt(e),{corrected:a,accepted:o}=Jt(e)?i:r,{video:s}=t,c=bt(t,i.colors,i.hidden),l=c.some(({objectId:e})=>e===i.selected);vr(s,{sessionId:e,loraMode:t.loraMode,objects:c,selected:l?i.selected:c[0]?.objectId??null,frame:Math.min(i.frame,s.frameCount-1),tool:i.tool,...i.brush!==null&&{brush:i.brush},suggested:new Set(i.suggested),corrected:new Set(a),accepted:new Set(o),prompts:n}),yr(e),await rn(e,s.frameCount),Sr(e,0)}catch(e){F(D().view===`annotate`?`stage`:`start`,e),D().view===`loading`&&O({view:`start`})}}function vr(e,t){j.current?.close(),j.current=new pn(e.frameUrlTemplate,e.frameCount,e.width*e.height,wr);let n=Math.max(3,Math.min(w.most,Math.round(Math.min(e.width,e.height)/30))),{panels:r,noOverlap:i}=gn();O({...Je,connected:D().connected,panels:r,noOverlap:i,view:`annotate`,video:e,brush:n,...t}),j.current.prefetch(D().frame,1)}function yr(e){ar(e),Wn(e)}async function br(e){let{session:t}=await x(ve,{sessionId:e});if(!t?.videoChange)return!1;let{sameFrames:n,frameCount:r}=t.videoChange;return O({view:`changed`,sessionId:e,videoChange:{path:t.video.path,before:t.video.frameCount,after:r,same:n}}),!0}async function xr(e){O({view:`loading`});try{await x(ye,{sessionId:e}),await _r(e)}catch(e){O({view:`start`}),F(`start`,e)}}async function Sr(e,t){if(D().sessionId!==e||t===ur)return;let n=(await x(ve,{sessionId:e}).catch(()=>null))?.session?.video.damage;n?n.length&&D().sessionId===e&&N(`stage`,`Frames that cannot be shown as they are: ${n.map(({first:e,last:t,reason:n})=>`${e===t?e:`${e}–${t}`} (${n})`).join(`, `)}.`,`note`):setTimeout(()=>void Sr(e,t+1),lr)}function Cr(){Qn(),U(),yr(null),j.current?.close(),j.current=null,A.clear(),O({...Je,connected:D().connected,notices:D().notices})}function wr(e,t){t===null?O(e=>({imagesVersion:e.imagesVersion+1})):e===D().frame&&N(`stage`,`Frame ${e} could not be fetched (${t}).`)}var Tr=1500;function Er(){ae(e=>{e!==D().connected&&(O({connected:e,trackingFirst:null}),e?Or():(Fn()&&N(`track`,`The connection was lost. Tracking goes on when it is back.`,`note`),setTimeout(()=>void Dr(),Tr)))})}async function Dr(){D().connected||(await ue()?(O({connected:!0}),await Or()):setTimeout(()=>void Dr(),Tr))}async function Or(){let{view:e,sessionId:t,frame:n,selected:r}=D();if(e!==`annotate`||!t)return fr();try{let{session:e}=await x(be,{sessionId:t});if(!e)return O({view:`gone`});yt(e),O({frame:n,selected:r}),yr(t);for(let e of[`stage`,`track`,`learn`,`objects`])P(e);j.current?.prefetch(n,1),await rn(t,e.video.frameCount),In()}catch(e){e instanceof m&&e.code===`UNREACHABLE`||F(`stage`,e)}}function G(e){let t=(D().video?.frameCount??1)-1;O({frame:Math.max(0,Math.min(t,Math.round(e))),playing:!1,following:!1})}function kr(e){G(D().frame+e)}function Ar(e){let{objects:t,selected:n,frame:r}=D(),i=t.filter(({objectId:e})=>n===null||e===n).flatMap(({promptedFrames:e})=>e).filter(t=>(t-r)*e>0);i.length&&G(e>0?Math.min(...i):Math.max(...i))}var jr=0;function Mr(){let{playing:e,frame:t,video:n}=D();if(e)return O({playing:!1});O({playing:!0,following:!1,frame:t===(n?.frameCount??1)-1?0:t});let r=++jr,i=performance.now(),a=e=>{let{playing:t,frame:n,video:o,speed:s}=D();if(!t||!o||r!==jr)return;let c=n+1;if(c>=o.frameCount)return O({playing:!1});if(e>=i&&j.current?.get(c)){let t=1e3/(o.fps*s);i=Math.max(i+t,e-t),O({frame:c})}requestAnimationFrame(a)};requestAnimationFrame(a)}function Nr(){k((e,t)=>{(e.frame!==t.frame||e.video!==t.video)&&j.current?.prefetch(e.frame,e.frame<t.frame?-1:1)})}var K=e(r(),1);function Pr(e,t,n,r,i){let a=new XMLHttpRequest;return{done:new Promise((o,s)=>{let c=new FormData;c.append(`operations`,JSON.stringify({query:e.toString(),variables:{...t,file:null}})),c.append(`map`,JSON.stringify({0:[`variables.file`]})),c.append(`0`,n,r),a.upload.onprogress=e=>i(e.loaded/Math.max(e.total,1)),a.onerror=()=>s(new m(p,`The upload failed: the server cannot be reached or closed the connection.`)),a.onabort=()=>s(new m(`CANCELLED`,`The upload was cancelled.`)),a.onload=()=>{let{data:e,errors:t}=Fr(a.responseText),n=t?.[0];e&&!n?o(e):s(new m(n?.extensions?.code??`INTERNAL`,n?.message??`HTTP status ${a.status}`))},a.open(`POST`,`/graphql`);for(let[e,t]of Object.entries(y()))a.setRequestHeader(e,t);a.send(c)}),cancel:()=>a.abort()}}function Fr(e){try{return JSON.parse(e)}catch{return{}}}var q=null;async function Ir(e,t){P(`start`),q?.cancel(),t(0);let n=q=Pr(we,{},e,e.name,t);try{let{uploadVideo:e}=await n.done;q===n&&pr(e.path)}catch(e){F(`start`,e)}finally{q===n&&(q=null,t(null))}}function Lr(){q?.cancel()}var J=u();function Rr(){return(0,J.jsxs)(`span`,{className:`brand`,children:[`sam2`,(0,J.jsx)(`b`,{children:`lit`})]})}var zr={close:`M4 4l8 8M12 4l-8 8`,add:`M8 3v10M3 8h10`,point:`M8 2v4M8 10v4M2 8h4M10 8h4`,brush:`M13 2.5L7.5 8.5M6.5 8a2.4 2.4 0 0 1 1.8 3.4C7.5 13.2 5 13.5 2.5 13c1.2-.7 1.2-1.6 1.5-2.6A2.4 2.4 0 0 1 6.5 8z`,eraser:`M6 13h7M3.2 9.2l5.6-5.6a1.3 1.3 0 0 1 1.8 0l2 2a1.3 1.3 0 0 1 0 1.8L7 13H5L3.2 11a1.3 1.3 0 0 1 0-1.8zM6.2 6.2l3.8 3.8`,polygon:`M8 2.5l5.5 4-2 6.5h-7l-2-6.5z`,lasso:`M8 3c3.3 0 5.5 1.6 5.5 3.7S11.3 10.5 8 10.5 2.5 8.9 2.5 6.7 4.7 3 8 3zM5 10c.8 1 .6 3-1.5 3.5`,more:`M3 8h.01M8 8h.01M13 8h.01`,panels:`M2 3h12v10H2zM10 3v10`,review:`M2.5 8.5l3 3 3-6M9 11.5l1.5 1.5 3.5-7`,undo:`M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6`,redo:`M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3`,fit:`M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10`,zoomIn:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M7 5v4M5 7h4`,zoomOut:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M5 7h4`,eye:`M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z`,eyeOff:`M2 2l12 12M6 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.6M4.2 5A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 3-.8`,remove:`M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5`,play:`M5 3l8 5-8 5z`,pause:`M5 3v10M11 3v10`,previous:`M10 3L5 8l5 5`,next:`M6 3l5 5-5 5`,previousKey:`M12 3L7 8l5 5M4 6.5L5.5 8 4 9.5 2.5 8z`,nextKey:`M4 3l5 5-5 5M12 6.5L13.5 8 12 9.5 10.5 8z`,stop:`M4 4h8v8H4z`,light:`M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7`,dark:`M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z`,system:`M2 3h12v8H2zM6 14h4M8 11v3`,help:`M5.8 6a2.2 2.2 0 1 1 3.4 1.8C8.4 8.4 8 8.8 8 9.8M8 12.3v.2`,video:`M2 3.5h12v9H2zM6.5 6l3.5 2-3.5 2z`,doubt:`M2 11l3-4 3 3 2-5 4 6M8 14v-.5`,download:`M8 3v8M5 8l3 3 3-3M3 13h10`,upload:`M8 11V3M5 6l3-3 3 3M3 13h10`};function Y({name:e}){return(0,J.jsx)(`svg`,{className:`icon`,viewBox:`0 0 16 16`,"aria-hidden":`true`,children:(0,J.jsx)(`path`,{d:zr[e]})})}function Br({name:e,title:t,children:n}){let r=E(t=>t.dialog===e),i=(0,K.useRef)(null);(0,K.useLayoutEffect)(()=>{r?i.current?.showModal():i.current?.close()},[r]);let a=()=>O(({dialog:t})=>({dialog:t===e?null:t}));return(0,J.jsxs)(`dialog`,{ref:i,className:`dialog ${e}`,"aria-label":t,onClose:()=>r&&!i.current?.open&&a(),onClick:e=>e.target===e.currentTarget&&a(),children:[(0,J.jsxs)(`header`,{children:[(0,J.jsx)(`h2`,{children:t}),(0,J.jsx)(`button`,{className:`plain`,"aria-label":`Close`,onClick:a,children:(0,J.jsx)(Y,{name:`close`})})]}),r&&n]})}function Vr(){return(0,J.jsx)(Br,{name:`delete`,title:`Delete this session?`,children:(0,J.jsx)(Hr,{})})}function Hr(){let e=E(e=>e.objects),t=E(e=>e.video);E(e=>e.masksVersion);let n=e.reduce((e,t)=>e+t.adapters.length,0),r=[Ur(e.length,`object`),`masks on ${Ur(nt().annotated,`frame`)}`,Ur(n,`adapter`)];return(0,J.jsxs)(`div`,{className:`formats`,children:[(0,J.jsxs)(`p`,{children:[`For good: `,r.join(`, `),`, and the history of this session. `,R(t.path),` itself stays.`]}),(0,J.jsxs)(`p`,{className:`choosers`,children:[(0,J.jsx)(`button`,{className:`danger`,onClick:()=>void gr(),children:`Delete`}),(0,J.jsx)(`button`,{onClick:()=>O({dialog:`export`}),children:`Export first`}),(0,J.jsx)(`button`,{autoFocus:!0,onClick:()=>O({dialog:null}),children:`Cancel`})]})]})}function Ur(e,t){return`${e} ${t}${e===1?``:`s`}`}async function Wr(e,t,n){let{sessionId:r,objects:i,exporting:a}=D();if(a)return;O({exporting:e}),P(`export`);let o=le(Ve,{sessionId:r},({exportProgress:{completed:e,total:t}})=>n(e/Math.max(t,1)),()=>{});try{let{exportAnnotations:n}=await x(Re,{input:{sessionId:r,format:e,colors:i.map(({objectId:e,color:t})=>({objectId:e,color:t})),...t}});await qr(n.url,n.filename),N(`export`,[`${n.filename} is saved (${Jr(n.byteSize)}).`,...n.losses].join(` Lost: `),`note`)}catch(e){F(`export`,e)}finally{o(),O({exporting:null})}}async function Gr(){let{sessionId:e}=D();e&&await x(Be,{sessionId:e}).catch(e=>F(`export`,e))}var Kr=6e4;async function qr(e,t){let n;try{n=await on(e)}catch(e){throw new m(p,`${t} was exported, but the download failed (${String(e)}); export it again.`)}let r=document.createElement(`a`);r.href=URL.createObjectURL(n),r.download=t,r.click(),setTimeout(()=>URL.revokeObjectURL(r.href),Kr)}function Jr(e){return e<2**20?`${Math.ceil(e/1024)} KiB`:`${(e/2**20).toFixed(1)} MiB`}function X({place:e}){let t=E(t=>t.notices[e]);return(0,J.jsx)(`div`,{className:`notices`,"data-place":e,"aria-live":`polite`,children:t&&(0,J.jsxs)(`p`,{className:`notice ${t.kind}`,role:t.kind===`error`?`alert`:`status`,children:[(0,J.jsx)(`span`,{children:t.text}),t.action&&(0,J.jsx)(`button`,{className:`act`,onClick:()=>{P(e),t.action?.run()},children:t.action.label}),(0,J.jsx)(`button`,{className:`plain`,"aria-label":`Dismiss`,onClick:()=>P(e),children:(0,J.jsx)(Y,{name:`close`})})]})})}var Yr=[{format:`COCO`,label:`COCO`,holds:`One JSON file: RLE masks, boxes and areas, with frames and object ids (CocoVID).`},{format:`COCO_POLYGONS`,label:`Polygons`,holds:`The same JSON with polygons along the edges of pixels.`},{format:`DAVIS`,label:`DAVIS`,holds:`A zip of palette PNGs, one per frame, one value per object.`},{format:`YOUTUBE_VOS`,label:`YouTube-VOS`,holds:`A zip of palette PNGs with meta.json: names, and the frames of each object.`},{format:`YOLO_SEGMENTATION`,label:`YOLO segmentation`,holds:`A zip in Ultralytics' layout: a polygon per object, classes by name.`},{format:`CVAT_IMAGES`,label:`CVAT for images`,holds:`A zip of XML with masks, one image per frame.`},{format:`CVAT_VIDEO`,label:`CVAT, frame by frame`,holds:`A zip of XML for a video task, each mask a track of one frame.`},{format:`LABEL_STUDIO`,label:`Label Studio`,holds:`Tasks with brush masks, one per frame.`},{format:`MOTS`,label:`MOTS`,holds:`A zip of 16-bit PNGs and text, as in KITTI MOTS.`},{format:`PNG`,label:`Black and white PNGs`,holds:`A zip, one PNG for each object and frame.`},{format:`NUMPY`,label:`NumPy`,holds:`Arrays of booleans, one for each object.`},{format:`OVERLAY_MP4`,label:`Overlay video`,holds:`An MP4 of the frames with the masks on them, in the colors chosen here, with sound.`}];function Xr(){return(0,J.jsx)(Br,{name:`export`,title:`Export`,children:(0,J.jsx)(Zr,{})})}function Zr(){let e=E(e=>e.exporting),t=E(e=>e.video.frameCount);E(e=>e.masksVersion);let{annotated:n,stale:r}=nt(),[i,a]=(0,K.useState)({objectIds:null,startFrameIndex:0,endFrameIndex:t-1,includePictures:!1}),[o,s]=(0,K.useState)(null),c=e=>{s(null),Wr(e,i,s)},l=n===0||i.objectIds?.length===0;return(0,J.jsxs)(`div`,{className:`formats`,children:[(0,J.jsxs)(`p`,{children:[n,` of `,t,` frames have masks.`,r>0&&` On ${r} of them a mask is stale: track again first, so that it follows your corrections.`]}),(0,J.jsx)(Qr,{selection:i,change:e=>a({...i,...e})}),(0,J.jsx)(`ul`,{children:Yr.map(({format:t,label:n,holds:r})=>(0,J.jsx)(`li`,{children:(0,J.jsxs)(`button`,{"aria-disabled":e!==null||l,onClick:()=>l||c(t),children:[(0,J.jsx)(`b`,{children:n}),(0,J.jsx)(`span`,{children:e===t?`The server is exporting…`:r}),e===t&&(0,J.jsx)(`progress`,{"aria-label":`Exporting ${n}`,value:o!==null&&o<1?o:void 0})]})},t))}),e!==null&&(0,J.jsx)(`p`,{className:`importing`,children:(0,J.jsx)(`button`,{onClick:()=>void Gr(),children:`Cancel`})}),(0,J.jsx)(X,{place:`export`})]})}function Qr({selection:e,change:t}){let n=E(e=>e.objects),r=E(e=>e.video.frameCount),{objectIds:i,startFrameIndex:a,endFrameIndex:o,includePictures:s}=e,c=n.map(({objectId:e})=>e),l=(e,n)=>{let r=(i??c).filter(t=>t!==e).concat(n?[e]:[]);t({objectIds:r.length===c.length?null:r})};return(0,J.jsxs)(`fieldset`,{className:`selection`,children:[(0,J.jsx)(`legend`,{children:`What`}),n.map(e=>(0,J.jsxs)(`label`,{children:[(0,J.jsx)(`input`,{type:`checkbox`,checked:i?.includes(e.objectId)??!0,onChange:t=>l(e.objectId,t.target.checked)}),L(e)]},e.objectId)),(0,J.jsxs)(`label`,{children:[`From frame`,(0,J.jsx)(`input`,{type:`number`,min:0,max:o,value:a,onChange:e=>t({startFrameIndex:$r(e.target.valueAsNumber,0,o)})})]}),(0,J.jsxs)(`label`,{children:[`to frame`,(0,J.jsx)(`input`,{type:`number`,min:a,max:r-1,value:o,onChange:e=>t({endFrameIndex:$r(e.target.valueAsNumber,a,r-1)})})]}),(0,J.jsxs)(`label`,{children:[(0,J.jsx)(`input`,{type:`checkbox`,checked:s,onChange:e=>t({includePictures:e.target.checked})}),`Pictures of the frames`]})]})}function $r(e,t,n){return Number.isNaN(e)?t:Math.max(t,Math.min(n,Math.round(e)))}var ei=Uint32Array.from({length:256},(e,t)=>{let n=t;for(let e=0;e<8;e++)n=n&1?n>>>1^3988292384:n>>>1;return n}),ti=2048,ni=67324752,ri=33639248,ii=101010256,ai=20,oi=65535;async function si(e){if(e.length>oi)throw Error(`The folder has more than ${oi} files: zip it with another program.`);let t=[],n=[],r=0;for(let i of e){let e=new TextEncoder().encode(i.webkitRelativePath||i.name),a=li(new Uint8Array(await i.arrayBuffer())),o=[[2,ai],[2,ti],[2,0],[2,0],[2,33],[4,a],[4,i.size],[4,i.size],[2,e.length],[2,0]],s=[...ci([[4,ni],...o]),...e];n.push(Uint8Array.from([...ci([[4,ri],[2,ai],...o,[2,0],[2,0],[2,0],[4,0],[4,r]]),...e])),t.push(Uint8Array.from(s),i),r+=s.length+i.size}let i=n.reduce((e,{length:t})=>e+t,0),a=ci([[4,ii],[2,0],[2,0],[2,e.length],[2,e.length],[4,i],[4,r],[2,0]]);return new Blob([...t,...n,Uint8Array.from(a)],{type:`application/zip`})}function ci(e){return e.flatMap(([e,t])=>Array.from({length:e},(e,n)=>t>>>8*n&255))}function li(e){let t=4294967295;for(let n of e)t=ei[(t^n)&255]^t>>>8;return(t^4294967295)>>>0}var ui=null;async function di(e,t,n){P(`import`),ui?.cancel();let r=()=>{};try{let i=await Sn();r=le(He,{sessionId:i},({importProgress:{completed:e,total:t}})=>n(t?e/t:0),()=>{});let[a]=e;if(!a)return null;let o=e.length>1||a.webkitRelativePath!==``,s=o?await si(e):a,c=o?`${a.webkitRelativePath.split(`/`)[0]}.zip`:a.name,{importAnnotations:l}=await(ui=Pr(ze,{input:{sessionId:i,...t}},s,c,n)).done;return l.applied&&await pi(i,l),l}catch(e){return e instanceof m?F(`import`,e):N(`import`,`The folder cannot be read (${String(e)}).`),null}finally{ui=null,r()}}function fi(){ui?.cancel()}async function pi(e,{maskCount:t}){let{session:n}=await x(be,{sessionId:e}),{video:r,objects:i}=D();if(!n||!r)return;let a={...qt(e).colors,...Object.fromEntries(i.map(({objectId:e,color:t})=>[e,t]))},o=i.filter(e=>e.hidden).map(({objectId:e})=>e);O(e=>{let t=bt(n,a,o);return{objects:t,selected:e.selected??t[0]?.objectId??null}}),await rn(e,r.frameCount),N(`import`,`${t} mask${t===1?` is`:`s are`} imported.`,`note`)}var mi=[{value:`AUTO`,label:`by name, else by number`},{value:`NAME`,label:`by the names of files`},{value:`INDEX`,label:`by number`}];function hi(){return(0,J.jsx)(Br,{name:`import`,title:`Import`,children:(0,J.jsx)(gi,{})})}function gi(){let[e,t]=(0,K.useState)([]),[n,r]=(0,K.useState)({}),[i,a]=(0,K.useState)(null),[o,s]=(0,K.useState)(null),c=async(e,n,r)=>{s(0);let i=await di(e,{...n,dryRun:r,ignoreMismatches:!0},s);s(null),a(i?.applied?null:i),i?.applied&&t([])};return(0,J.jsxs)(`div`,{className:`formats`,children:[(0,J.jsx)(`p`,{children:`COCO, DAVIS, YouTube-VOS, YOLO segmentation, CVAT, Label Studio, MOTS, or an export of this page. Nothing changes before you have seen what would.`}),(0,J.jsx)(_i,{disabled:o!==null,choose:e=>{let n=[...e??[]].filter(({name:e})=>!e.startsWith(`.`));n.length!==0&&(t(n),r({}),c(n,{},!0))}}),o!==null&&(0,J.jsxs)(`p`,{className:`importing`,children:[(0,J.jsx)(`progress`,{max:1,value:o<1?o:void 0,"aria-label":`Import`}),(0,J.jsx)(`button`,{onClick:fi,children:`Cancel`})]}),i&&o===null&&(0,J.jsx)(vi,{plan:i,options:n,change:t=>{r(t),c(e,t,!0)},apply:()=>void c(e,n,!1)}),(0,J.jsx)(X,{place:`import`})]})}function _i({disabled:e,choose:t}){let n=(0,K.useRef)(null),r=(0,K.useRef)(null);return(0,J.jsxs)(`p`,{className:`choosers`,children:[(0,J.jsx)(`button`,{className:`primary`,disabled:e,onClick:()=>n.current?.click(),children:`Choose a file`}),(0,J.jsx)(`button`,{disabled:e,onClick:()=>r.current?.click(),children:`Choose a folder`}),(0,J.jsx)(`input`,{ref:n,type:`file`,hidden:!0,"aria-label":`File of masks`,onChange:e=>t(e.target.files)}),(0,J.jsx)(`input`,{ref:e=>{r.current=e,e&&(e.webkitdirectory=!0)},type:`file`,hidden:!0,"aria-label":`Folder of masks`,onChange:e=>t(e.target.files)})]})}function vi({plan:e,options:t,change:n,apply:r}){let i=(e,r)=>{let i=(t.objectMap??[]).filter(t=>t.source!==e);n({...t,objectMap:Number.isNaN(r)?i:[...i,{source:e,objectId:r}]})};return(0,J.jsxs)(`section`,{className:`plan`,"aria-label":`What would be imported`,children:[(0,J.jsxs)(`p`,{children:[(0,J.jsxs)(`b`,{children:[e.format,` · `,e.maskCount,` mask`,e.maskCount===1?``:`s`,` on `,e.frameCount,` frame`,e.frameCount===1?``:`s`]}),e.replacedMaskCount>0&&`, ${e.replacedMaskCount} of this session are replaced`]}),(0,J.jsxs)(`label`,{children:[`Frames match`,(0,J.jsx)(`select`,{value:t.frames??`AUTO`,onChange:e=>n({...t,frames:e.target.value}),children:mi.map(({value:e,label:t})=>(0,J.jsx)(`option`,{value:e,children:t},e))})]}),(0,J.jsx)(`ul`,{children:e.objects.map(({source:e,objectId:t,name:n,isNew:r,frameCount:a})=>(0,J.jsxs)(`li`,{children:[(0,J.jsxs)(`span`,{children:[n??`Object ${e}`,` · `,a,` frame`,a===1?``:`s`,` →`]}),(0,J.jsxs)(`label`,{children:[`object`,(0,J.jsx)(`input`,{type:`number`,min:0,defaultValue:t,"aria-label":`Object for ${n??e}`,onBlur:n=>n.target.valueAsNumber!==t&&i(e,n.target.valueAsNumber)})]}),r&&(0,J.jsx)(`small`,{children:`new`})]},e))}),e.mismatches.length>0&&(0,J.jsx)(yi,{title:`Left out`,messages:e.mismatches.map(({message:e})=>e)}),e.losses.length>0&&(0,J.jsx)(yi,{title:`Not held`,messages:e.losses}),(0,J.jsxs)(`button`,{className:`primary`,disabled:e.maskCount===0,onClick:r,children:[`Import `,e.maskCount,` mask`,e.maskCount===1?``:`s`]})]})}function yi({title:e,messages:t}){return(0,J.jsxs)(`div`,{className:`mismatches`,role:`note`,"aria-label":e,children:[(0,J.jsx)(`b`,{children:e}),(0,J.jsx)(`ul`,{children:t.map(e=>(0,J.jsx)(`li`,{children:e},e))})]})}var bi=.1;function xi(e){let{width:t,height:n}=e,r=new Uint8Array(e.data.length).fill(1);for(let i of wi(e,0))if(i.some(e=>e%t===0||e%t===t-1||e<t||e>=t*(n-1)))for(let e of i)r[e]=0;return{width:t,height:n,data:r}}function Si(e){let t=wi(e,1),n=t.reduce((e,{length:t})=>Math.max(e,t),0),r=new Uint8Array(e.data.length);for(let e of t.filter(({length:e})=>e>=bi*n))for(let t of e)r[t]=1;return{...e,data:r}}function Ci({width:e,height:t,data:n}){let[r,i,a,o]=[e,t,0,0];for(let t=0;t<n.length;t++){if(!n[t])continue;let[s,c]=[t%e,Math.floor(t/e)];r=Math.min(r,s),a=Math.max(a,s+1),i=Math.min(i,c),o=Math.max(o,c+1)}return a>0?[r,i,a,o]:null}function wi({width:e,height:t,data:n},r){let i=new Uint8Array(n.length),a=[];for(let o=0;o<n.length;o++){if(i[o]||n[o]!==r)continue;let s=[o];i[o]=1;for(let a=0;a<s.length;a++){let o=s[a],[c,l]=[o%e,Math.floor(o/e)];for(let a=-1;a<=1;a++)for(let o=-1;o<=1;o++){if(r===0&&o&&a)continue;let[u,d]=[c+o,l+a],f=d*e+u;u<0||d<0||u>=e||d>=t||i[f]||n[f]!==r||(i[f]=1,s.push(f))}}a.push(s)}return a}async function Ti(e,t,n,{corrects:r=!1,clearOldPoints:i=!1}={}){let{sessionId:a,video:o}=D(),s={sessionId:a,objectId:e,frameIndex:t},c=e=>({size:[o.height,o.width],counts:e}),l;if(n.kind===`candidate`)l=(await x(Ne,{input:{...s,adapterId:n.adapterId}})).applyLoraCandidate;else if(r){let e=n.kind===`points`?{points:n.points,labels:n.labels}:n.kind===`box`?{box:n.box}:{rleMask:c(n.counts)};l=(await x(Ae,{input:{...s,...e,trainLora:!1}})).addCorrection.frame}else l=n.kind===`points`?(await x(De,{input:{...s,points:n.points,labels:n.labels,clearOldPoints:i}})).addPoints:n.kind===`box`?(await x(Oe,{input:{...s,box:n.box}})).addBox:(await x(ke,{input:{...s,rleMask:c(n.counts)}})).addMask;let u=Oi(e,t);Di(e,l),u&&await mt(e)}async function Ei(e,t){let{clearPointsInFrame:n}=await x(je,{input:{sessionId:D().sessionId,objectId:e,frameIndex:t}}),r=(I(e)?.promptedFrames??[]).filter(e=>e!==t);M(e,{promptedFrames:r}),r.length===0&&A.removeObject(e),Di(e,n)}function Di(e,{frameIndex:t,rleMaskList:n}){A.replace(t,n.filter(Ft).map(e=>{let n=A.get(t,e.objectId);return n&&It(n,e)?n:Pt(e,n?.reverse??!1)})),A.markStale(e,t),Ze()}function Oi(e,t){let n=I(e)?.promptedFrames??[];return n.includes(t)||M(e,{promptedFrames:[...n,t].sort((e,t)=>e-t)}),n.length===0}function ki(e,t){return Ri({kind:`points`,points:[e],labels:[t]})}function Ai(e){return Ri({kind:`box`,box:e})}function ji(e){return Ri({kind:`mask`,counts:Dt(e)})}function Mi(e){let{selected:t,frame:n}=D(),r=t===null?void 0:A.get(n,t);if(!r)return N(`stage`,`The selected object has no mask on this frame.`,`note`),Promise.resolve();let i=z(r.rle),a=e===`holes`?xi(i):Si(i);return a.data.every((e,t)=>e===i.data[t])?(N(`stage`,`The mask has no ${e}.`,`note`),Promise.resolve()):ji(a)}function Ni(e){let t=A.get(D().frame,e);return t?.source===`IMPORTED`?(O({selected:e}),Ri({kind:`mask`,counts:t.rle.counts})):Promise.resolve()}function Pi({adapterId:e,rleMask:t}){return O({hovered:null}),Ri({kind:`candidate`,adapterId:e,counts:t.counts})}function Fi(){let{selected:e,frame:t}=D();return e===null||!Qe(e,t)?Promise.resolve():Tn(async()=>{let n=Bi(e,t);await Ui(e,t,n,[]),Vi({objectId:e,frame:t,before:n,after:[],corrects:!1})})}function Ii(){return Tn(async()=>{let e=D().undoStack.at(-1);e&&($n(e.objectId,e.frame),O({frame:e.frame,selected:e.objectId}),await Ui(e.objectId,e.frame,e.after,e.before),O(t=>({undoStack:t.undoStack.slice(0,-1),redoStack:[...t.redoStack,e]})))})}function Li(){return Tn(async()=>{let e=D().redoStack.at(-1);e&&(O({frame:e.frame,selected:e.objectId}),await Ui(e.objectId,e.frame,e.before,e.after),e.corrects&&zi(e.objectId,e.frame,e.after.at(-1)),O(t=>({redoStack:t.redoStack.slice(0,-1),undoStack:[...t.undoStack,e]})))})}function Ri(e){let t=D().selected??ft(),{frame:n}=D(),r={objectId:t,frame:n,prompt:e};return M(t,{hidden:!1}),O(e=>({showMasks:!0,pendingPrompts:[...e.pendingPrompts,r]})),Tn(async()=>{let r=Bi(t,n),i=$e(t,n);await Ti(t,n,e,{corrects:i});let a=e.kind===`points`?[...r,e]:[e];Vi({objectId:t,frame:n,before:r,after:a,corrects:i}),i&&zi(t,n,e),i&&e.kind!==`candidate`&&Zn(t,n)}).finally(()=>O(e=>({pendingPrompts:e.pendingPrompts.filter(e=>e!==r)})))}function zi(e,t,n){let r=T(e,t),i=n.kind!==`candidate`;O(e=>({corrected:Xe(e.corrected,r,i),accepted:Xe(e.accepted,r,!i),suggested:Xe(e.suggested,r,!1)}))}function Bi(e,t){let n=D().prompts.get(T(e,t));if(n)return n;let r=A.get(t,e);return r&&Qe(e,t)?[{kind:`mask`,counts:r.rle.counts}]:[]}function Vi(e){O(t=>({undoStack:[...t.undoStack,e],redoStack:[]})),Hi(e.objectId,e.frame,e.after)}function Hi(e,t,n){O(r=>({prompts:new Map(r.prompts).set(T(e,t),n)}))}async function Ui(e,t,n,r){let i=r.at(-1);if(i&&r.length===n.length+1)await Ti(e,t,i);else{let n=I(e)?.promptedFrames.some(e=>e!==t),i=A.framesOf(e).every(e=>e===t);(r.length===0||n||i)&&await Ei(e,t);for(let[n,i]of r.entries())await Ti(e,t,i,{clearOldPoints:n===0})}Hi(e,t,r);let a=T(e,t);r.length===0&&O(e=>({corrected:Xe(e.corrected,a,!1),accepted:Xe(e.accepted,a,!1)}))}function Wi({children:e,question:t,title:n,className:r=``,label:i,onConfirm:a}){let[o,s]=(0,K.useState)(!1);return(0,J.jsx)(`button`,{"data-keeps-focus":!0,className:`${r} ${o?`danger`:``}`,title:n,"aria-label":i,onBlur:()=>s(!1),onClick:e=>{e.stopPropagation(),s(!o),o&&a()},children:o?t:e})}function Gi({word:e,children:t}){return(0,J.jsxs)(`details`,{className:`explain`,children:[(0,J.jsx)(`summary`,{"aria-label":`What is ${e}?`,children:`?`}),(0,J.jsx)(`p`,{children:t})]})}var Ki=[{mode:`OFF`,label:`Off`,means:`Corrections train nothing; the model tracks alone.`},{mode:`SUGGEST`,label:`Suggest`,means:`Corrections train adapters; you choose among their masks.`},{mode:`AUTO`,label:`Auto`,means:`Near a correction, an adapter's mask is used where its shape is more like the frame before's.`}];function qi(){let e=E(e=>e.loraMode),t=E(e=>e.objects),n=t.reduce((e,t)=>e+t.adapters.length,0);return(0,J.jsxs)(`aside`,{className:`learn`,"aria-label":`Learning`,children:[(0,J.jsx)(`h2`,{children:`Learning`}),(0,J.jsx)(`div`,{className:`group modes`,role:`radiogroup`,"aria-label":`What adapters do`,children:Ki.map(t=>(0,J.jsx)(`button`,{role:`radio`,"aria-checked":e===t.mode,title:`${t.means} (L)`,onClick:()=>void or(t.mode),children:t.label},t.mode))}),(0,J.jsx)(`p`,{className:`quiet`,children:Ki.find(t=>t.mode===e)?.means}),(0,J.jsx)(Ji,{}),(0,J.jsx)(X,{place:`learn`}),(0,J.jsx)(Yi,{}),(0,J.jsx)(ta,{}),(0,J.jsxs)(`section`,{children:[(0,J.jsxs)(`h3`,{children:[(0,J.jsx)(`span`,{"data-count":`adapters`,children:n}),` adapter`,n===1?``:`s`,(0,J.jsx)(Gi,{word:`an adapter`,children:`A few weights that were trained on your corrections of one object. On other frames they propose masks, the candidates. Without them, masks stay as they are.`}),n>0&&(0,J.jsx)(Wi,{className:`plain`,question:`Forget them?`,title:`Delete every adapter; masks stay`,onConfirm:()=>void sr(),children:`Forget`})]}),t.filter(e=>e.adapters.length).map(e=>(0,J.jsx)(ra,{object:e},e.objectId))]})]})}function Ji(){let e=E(e=>e.corrected.size),t=E(e=>e.accepted.size);return(0,J.jsxs)(`p`,{className:`effort`,title:`Frames that you corrected by hand, and frames where you accepted a candidate instead`,children:[`You corrected `,(0,J.jsx)(`b`,{"data-count":`corrected`,children:e}),` frame`,e===1?``:`s`,`. The model saved you`,` `,(0,J.jsx)(`b`,{"data-count":`saved`,children:t}),`.`]})}function Yi(){let e=E(e=>e.training),t=E(e=>e.lastRun),n=E(e=>e.objects),r=e??t;if(!r)return(0,J.jsx)(`p`,{className:`quiet teach`,children:`Track, then correct a frame that came out wrong: the model learns from it at once.`});let i=n.find(e=>e.objectId===r.objectId);return(0,J.jsxs)(`section`,{className:`run`,"data-state":e?`training`:`trained`,children:[(0,J.jsxs)(`h3`,{children:[(0,J.jsx)(`i`,{style:{background:i?.color}}),e?`Learning`:`Learned`,` frame `,r.frame,(0,J.jsx)(`small`,{children:e?`step ${r.ious.length}${r.steps?` of at most ${r.steps}`:``}`:r.adapter&&`${r.adapter.seconds.toFixed(1)} s`})]}),(0,J.jsx)(ea,{run:r,color:i?.color??`currentColor`}),r.adapter?(0,J.jsx)(Xi,{adapter:r.adapter}):(0,J.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,J.jsx)(`b`,{children:r.ious.at(-1)?.toFixed(2)??`…`})]})]})}function Xi({adapter:e}){let t=(0,J.jsx)(`b`,{"data-iou":`before`,children:e.baselineIou.toFixed(2)}),n=(0,J.jsx)(`b`,{"data-iou":`after`,children:e.trainingIou.toFixed(2)}),r=e.trainingIou.toFixed(2)>e.baselineIou.toFixed(2);return(0,J.jsxs)(`div`,{className:`gain`,"data-gain":r,children:[(0,J.jsx)(`small`,{children:e.steps===1?`1 step`:`${e.steps} steps`}),r?(0,J.jsxs)(J.Fragment,{children:[`IoU `,t,` to `,n]}):(0,J.jsxs)(J.Fragment,{children:[`No better than before: IoU `,t,` before, `,n,` after`]}),(0,J.jsx)(Gi,{word:`IoU`,children:`What two masks both cover, divided by what either covers: 1 where they are the same. Here it compares the model's mask on this frame with your correction, before the training and after it.`})]})}var Zi=256,Qi=84,$i=22;function ea({run:e,color:t}){let n=e.ious,r=Math.max(n.length-1,1),i=e.adapter?n.indexOf(Math.max(...n)):n.length-1,a=e=>$i+e/r*230,o=e=>6+(1-e)*72,s=n.map((e,t)=>`${a(t).toFixed(1)},${o(e).toFixed(1)}`).join(` `);return(0,J.jsxs)(`svg`,{className:`curve`,viewBox:`0 0 ${Zi} ${Qi}`,role:`img`,"aria-label":`IoU over ${n.length} steps, now ${n.at(-1)?.toFixed(2)??`unknown`}`,children:[[0,.5,1].map(e=>(0,J.jsxs)(`g`,{children:[(0,J.jsx)(`line`,{className:`rule`,x1:$i,x2:Zi,y1:o(e),y2:o(e)}),(0,J.jsx)(`text`,{x:17,y:o(e)+3,children:e})]},e)),e.adapter&&(0,J.jsx)(`line`,{className:`baseline`,x1:$i,x2:Zi,y1:o(e.adapter.baselineIou),y2:o(e.adapter.baselineIou)}),(0,J.jsx)(`polyline`,{points:s,stroke:t}),n.length>0&&(0,J.jsx)(`circle`,{cx:a(i),cy:o(n[i]),r:`3`,fill:t})]})}function ta(){let e=E(e=>e.candidates),t=E(e=>e.hovered);return e.length===0?null:(0,J.jsxs)(`section`,{className:`candidates`,children:[(0,J.jsxs)(`h3`,{children:[`Candidates `,(0,J.jsx)(`small`,{children:e.length>1?`point at one to see it`:`on the picture`})]}),(0,J.jsxs)(`p`,{className:`quiet`,children:[(0,J.jsx)(`i`,{className:`added`}),` is added, `,(0,J.jsx)(`i`,{className:`removed`}),` is taken away.`]}),e.map((e,n)=>(0,J.jsx)(na,{candidate:e,number:n+1,hovered:t===e.adapterId},e.adapterId))]})}function na({candidate:e,number:t,hovered:n}){let r=e=>()=>O({hovered:e});E(e=>e.masksVersion);let i=A.get(e.frameIndex,e.objectId)?.predictedIou??null,a=`${i===null?``:`${i.toFixed(2)} to `}${e.predictedIou.toFixed(2)}`;return(0,J.jsxs)(`button`,{className:`candidate`,"data-hovered":n,onPointerEnter:r(e.adapterId),onPointerLeave:r(null),onFocus:r(e.adapterId),onBlur:r(null),onClick:()=>void Pi(e),"aria-label":`Accept candidate ${t}, predicted IoU ${a}`,title:`The model's own estimate of the IoU: of the mask shown, and of the candidate`,children:[(0,J.jsx)(`kbd`,{children:t}),(0,J.jsxs)(`span`,{children:[`predicted IoU `,(0,J.jsx)(`b`,{children:a})]})]})}function ra({object:e}){return(0,J.jsx)(`ul`,{className:`adapters`,children:e.adapters.map(t=>(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`i`,{style:{background:e.color}}),(0,J.jsxs)(`span`,{children:[`frame`,t.frameIndices.length>1?`s`:``,` `,t.frameIndices.join(`, `)]}),(0,J.jsxs)(`b`,{children:[t.baselineIou.toFixed(2),` to `,t.trainingIou.toFixed(2)]})]},t.adapterId))})}function ia(){let e=E(e=>e.objects),t=E(e=>e.selected);return(0,J.jsxs)(`aside`,{className:`objects`,"aria-label":`Objects`,children:[(0,J.jsx)(`h2`,{children:`Objects`}),(0,J.jsx)(`ul`,{children:e.map(e=>(0,J.jsx)(aa,{object:e,selected:e.objectId===t},e.objectId))}),e.length===0&&(0,J.jsx)(`p`,{className:`quiet`,children:`None yet. Your first click adds one.`}),e.length>0&&(0,J.jsxs)(`button`,{className:`add`,title:`New object (N)`,onClick:()=>ft(),children:[(0,J.jsx)(Y,{name:`add`}),` Add object `,(0,J.jsx)(`kbd`,{children:`N`})]}),(0,J.jsx)(X,{place:`objects`})]})}function aa({object:e,selected:t}){let{objectId:n,color:r,hidden:i,promptedFrames:a,adapters:o}=e,s=L(e),c=(0,K.useRef)(null);E(e=>e.masksVersion);let l=E(e=>e.frame),u=A.get(l,n)?.source===`IMPORTED`,d=[a.length===0?`no prompt yet`:`${a.length} prompt${a.length>1?`s`:``}`,...o.length?[`${o.length} adapter${o.length>1?`s`:``}`]:[]];return(0,K.useEffect)(()=>{t&&c.current?.scrollIntoView({block:`nearest`})},[t]),(0,J.jsxs)(`li`,{ref:c,className:`object`,"aria-current":t,onClick:()=>O({selected:n}),children:[(0,J.jsx)(`input`,{type:`color`,value:r,"aria-label":`Color of ${s}`,title:`Color`,onChange:e=>M(n,{color:e.target.value})}),(0,J.jsxs)(`div`,{className:`about`,children:[(0,J.jsx)(oa,{object:e}),(0,J.jsx)(`small`,{children:d.join(` · `)})]}),u&&(0,J.jsx)(`button`,{className:`plain`,title:`Use the imported mask on this frame as a prompt`,"aria-label":`Use the imported mask of ${s}`,onClick:e=>{e.stopPropagation(),Ni(n)},children:(0,J.jsx)(Y,{name:`point`})}),(0,J.jsx)(`button`,{className:`plain`,title:i?`Show (H)`:`Hide (H)`,"aria-label":`${i?`Show`:`Hide`} ${s}`,onClick:e=>{e.stopPropagation(),gt(n)},children:(0,J.jsx)(Y,{name:i?`eyeOff`:`eye`})}),(0,J.jsx)(Wi,{className:`remove plain`,question:`Remove?`,title:`Remove with its masks and adapters (Delete)`,label:`Remove ${s}`,onConfirm:()=>void ht(n),children:(0,J.jsx)(Y,{name:`remove`})})]})}function oa({object:e}){let{objectId:t,name:n}=e;return E(e=>e.renaming===t)?(0,J.jsx)(sa,{objectId:t,name:n}):(0,J.jsx)(`button`,{className:`name`,title:`${L(e)}\nDouble click or F2 renames`,"aria-label":`${L(e)}: select; F2 renames`,onDoubleClick:()=>O({renaming:t}),children:L(e)})}function sa({objectId:e,name:t}){let[n,r]=(0,K.useState)(t),i=(0,K.useRef)(!1);return(0,J.jsx)(`input`,{className:`name`,value:n,maxLength:100,autoFocus:!0,placeholder:`Object ${e}`,"aria-label":`Name of object ${e}`,onFocus:e=>e.target.select(),onChange:e=>r(e.target.value),onBlur:()=>{O({renaming:null}),i.current||pt(e,n)},onKeyDown:e=>{i.current=e.key===`Escape`,(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}})}var ca=new WeakSet;function la(){let e=da()??ua();e?(P(`track`),ca.add(e.mask),O({selected:e.mask.objectId}),G(e.frame)):N(`track`,`No frame is in doubt: none has been tracked yet.`,`note`)}function ua(){return ca=new WeakSet,da()}function da(){let{objects:e,video:t}=D(),n=Math.max(2,Math.round((t?.frameCount??0)/40)),r=null;for(let{objectId:t,hidden:i,promptedFrames:a}of e){if(i)continue;let e=A.framesOf(t),o=[...e.filter(e=>ca.has(A.get(e,t))),...a];for(let i of e){let e=A.get(i,t),a=Lt(e),s=o.some(e=>Math.abs(e-i)<n);a!==null&&!s&&a<(r?.certainty??1/0)&&(r={frame:i,mask:e,certainty:a})}}return r}var Z={fit:()=>{},zoom:e=>{},pan:(e,t)=>{},cancel:()=>!1,close:()=>!1,removeCorner:()=>!1,zoomTo:(e,t,n,r)=>{},dab:(e,t)=>{},panning:!1,panned:!1},fa=.01,pa=.05,ma={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,-1],ArrowDown:[0,1]};function ha(){O(({crosshair:e})=>({crosshair:e?null:[.5,.5],corner:null,playing:!1,following:!1}))}function ga(){let{crosshair:e,corner:t,tool:n}=D();if(!e||n!==`point`)return;if(!t)return O({corner:e});O({corner:null});let[r,i]=[Math.min(t[0],e[0]),Math.max(t[0],e[0])],[a,o]=[Math.min(t[1],e[1]),Math.max(t[1],e[1])];r<i&&a<o&&Ai([r,a,i,o])}function _a(e){let{crosshair:t,tool:n}=D();if(!t||e.ctrlKey||e.metaKey)return!1;if(e.key===`Enter`)return e.target instanceof HTMLButtonElement?!1:(n===`point`?ki(t,+!e.altKey):Z.dab(...t),!0);let r=ma[e.key];if(!r)return!1;let i=e.shiftKey?pa:fa;return O({crosshair:[va(t[0]+r[0]*i),va(t[1]+r[1]*i)]}),!0}function va(e){return Math.max(0,Math.min(1,e))}var ya=[`OFF`,`SUGGEST`,`AUTO`],ba=60,xa={p:`point`,b:`brush`,e:`eraser`,o:`polygon`,a:`lasso`},Sa=[{title:`Moving`,shortcuts:[{shown:[`←`,`→`],does:`Previous, next frame`,keys:[`arrowleft`,`arrowright`,`,`,`.`],run:e=>Ta(e,1)},{shown:[`Shift ←`,`Shift →`],does:`Ten frames back, forward`,keys:[`shift+arrowleft`,`shift+arrowright`],run:e=>Ta(e,10)},{shown:[`G`],does:`Go to a frame by its number`,keys:[`g`],run:()=>Pa(`.frame input`)},{shown:[`Page Up`,`Page Down`],does:`Previous, next prompt of the object`,keys:[`pageup`,`pagedown`],run:e=>Ar(e===`pageup`?-1:1)},{shown:[`Home`,`End`],does:`First, last frame`,keys:[`home`,`end`],run:e=>G(e===`home`?0:1/0)},{shown:[`Space`],does:`Play, pause`,keys:[` `],run:Mr},{shown:[`D`],does:`Next doubtful frame`,keys:[`d`],run:la},{shown:[`+`,`−`,`0`],does:`Zoom in, out, to fit (or the wheel)`,keys:[`+`,`=`,`-`,`0`],run:Ea},{shown:[`Z`],does:`Zoom to the object`,keys:[`z`],run:Da},{shown:[`\\`],does:`Hide, show the panels`,keys:[`\\`],run:Oa},{shown:[`Space + drag`,`Ctrl ← → ↑ ↓`],does:`Move the picture`,keys:[`ctrl+arrowleft`,`ctrl+arrowright`,`ctrl+arrowup`,`ctrl+arrowdown`],run:ka}]},{title:`Objects`,shortcuts:[{shown:[`N`],does:`New object`,keys:[`n`],run:()=>void ft()},{shown:[`↑`,`↓`],does:`Previous, next object`,keys:[`arrowup`,`arrowdown`],run:e=>_t(e===`arrowup`?-1:1)},{shown:[`Click`],does:`On another object's mask: select it (Shift click: prompt)`,keys:[]},{shown:[`F2`,`R`],does:`Rename (or double click the name)`,keys:[`r`,`f2`],run:()=>O(({selected:e})=>({renaming:e,panels:!0}))},{shown:[`H`],does:`Hide, show`,keys:[`h`],run:Aa},{shown:[`M`],does:`All masks off, on`,keys:[`m`],run:()=>O(({showMasks:e})=>({showMasks:!e}))},{shown:[`Delete`],does:`Remove the object (then Enter)`,keys:[`delete`],run:()=>Pa(`.object[aria-current=true] .remove`,!0)}]},{title:`Prompts`,shortcuts:[{shown:[`Click`],does:`Part of the object`,keys:[]},{shown:[`Right click`,`Alt click`],does:`Not part of the object`,keys:[]},{shown:[`Drag`],does:`Box`,keys:[]},{shown:[`P`,`B`,`E`],does:`Points and boxes, brush, eraser`,keys:[`p`,`b`,`e`,`o`,`a`],run:e=>O({tool:xa[e],corner:null})},{shown:[`O`,`A`],does:`Polygon (Enter closes it), lasso; Alt takes away`,keys:[`enter`],run:()=>void Z.close()},{shown:[`[`,`]`],does:`Brush smaller, larger`,keys:[`[`,`]`],run:e=>ja(e===`[`?.8:1.25)},{shown:[`Ctrl Z`,`Ctrl Y`],does:`Undo, redo`,keys:[`ctrl+z`,`ctrl+y`,`ctrl+shift+z`],run:e=>void(e===`ctrl+z`?Ii():Li())},{shown:[`Backspace`],does:`Clear the object's prompts on this frame`,keys:[`backspace`],run:()=>void(Z.removeCorner()||Fi())},{shown:[`Shift F`,`Shift D`],does:`Fill the mask's holes, drop its specks`,keys:[`shift+f`,`shift+d`],run:e=>void Mi(e===`shift+f`?`holes`:`specks`)},{shown:[`C`],does:`Crosshair: arrows move it, Enter adds a point or paints, Alt Enter adds a background point`,keys:[`c`],run:ha},{shown:[`X`,`X`],does:`With the crosshair: one corner of a box, then the other`,keys:[`x`],run:ga}]},{title:`Tracking and learning`,shortcuts:[{shown:[`T`],does:`Track forward, stop`,keys:[`t`],run:()=>Ln(!1)},{shown:[`Shift + drag`],does:`On the timeline: mark frames to track`,keys:[]},{shown:[`Shift T`],does:`Track backward from here, stop`,keys:[`shift+t`],run:()=>Ln(!0)},{shown:[`F`],does:`Follow the frame being tracked`,keys:[`f`],run:()=>O(({following:e})=>({following:!e}))},{shown:[`1 – 9`],does:`Accept a candidate`,keys:[`1`,`2`,`3`,`4`,`5`,`6`,`7`,`8`,`9`],run:Ma},{shown:[`L`],does:`Off, suggest, auto`,keys:[`l`],run:Na},{shown:[`Ctrl O`],does:`Import masks`,keys:[`ctrl+o`],run:()=>O({dialog:`import`})},{shown:[`Ctrl S`],does:`Export`,keys:[`ctrl+s`],run:()=>O({dialog:`export`})},{shown:[`Esc`],does:`Stop, close, leave the crosshair`,keys:[`escape`],run:Fa},{shown:[`?`],does:`This list`,keys:[`?`,`shift+?`],run:()=>O({dialog:`shortcuts`})}]}],Ca=new Map(Sa.flatMap(({shortcuts:e})=>e).flatMap(({keys:e,run:t})=>e.map(e=>[e,t])));function wa(e){return Ca.get(e)}function Ta(e,t){kr(e.endsWith(`arrowleft`)||e===`,`?-t:t)}function Ea(e){e===`0`?Z.fit():Z.zoom(e===`-`?.8:1.25)}function Da(){let{selected:e,frame:t}=D(),n=e===null?void 0:A.get(t,e),r=n&&Ci(z(n.rle));r&&Z.zoomTo(...r)}function Oa(){let e=!D().panels;O({panels:e}),B({panels:e})}function ka(e){e===`ctrl+arrowleft`?Z.pan(ba,0):e===`ctrl+arrowright`?Z.pan(-60,0):e===`ctrl+arrowup`?Z.pan(0,ba):Z.pan(0,-60)}function Aa(){let{selected:e}=D();e!==null&&gt(e)}function ja(e){O(({brush:t})=>({brush:Math.max(w.least,Math.min(w.most,t*e))}))}function Ma(e){let t=D().candidates[Number(e)-1];t&&Pi(t)}function Na(){or(ya[(ya.indexOf(D().loraMode)+1)%ya.length])}function Pa(e,t=!1){let n=document.querySelector(e);n?.focus(),t&&n?.click()}function Fa(){let{crosshair:e,tracking:t,range:n}=D();Z.cancel()||(e?O({crosshair:null,corner:null}):t?U():O(n?{range:null}:{playing:!1}))}function Ia(){return(0,J.jsx)(Br,{name:`shortcuts`,title:`All keys`,children:(0,J.jsx)(`div`,{className:`columns`,children:Sa.map(({title:e,shortcuts:t})=>(0,J.jsxs)(`section`,{children:[(0,J.jsx)(`h3`,{children:e}),(0,J.jsx)(`dl`,{children:t.map(({shown:e,does:t})=>(0,J.jsxs)(`div`,{children:[(0,J.jsx)(`dt`,{children:e.map((e,t)=>(0,J.jsx)(`kbd`,{children:e},t))}),(0,J.jsx)(`dd`,{children:t})]},t))})]},e))})})}var La=26;function Ra({view:e}){let t=E(e=>e.candidates),n=E(e=>e.frame),r=E(e=>e.hovered);return t.map((t,i)=>{let{added:a,removed:o}=zt(A.get(n,t.objectId)?.rle,t.rleMask),s=a.top??o.top;if(!s||t.frameIndex!==n)return null;let c={left:e.x+s.x*e.scale+i*La,top:e.y+s.y*e.scale};return(0,J.jsx)(`button`,{className:`badge`,style:c,"data-hovered":t.adapterId===r,title:`Accept candidate ${i+1} (key ${i+1})`,"aria-label":`Accept candidate ${i+1}`,onPointerEnter:()=>O({hovered:t.adapterId}),onPointerLeave:()=>O({hovered:null}),onClick:()=>void Pi(t),children:i+1},t.adapterId)})}var za=`#12a150`,Ba=`#e5484d`,Va=`#2f9bff`,Ha=`#ffa51f`;function Ua(e,t,n,r){let i=e.getContext(`2d`),a=devicePixelRatio;i.setTransform(1,0,0,1,0,0),i.clearRect(0,0,e.width,e.height),i.setTransform(t.scale*a,0,0,t.scale*a,t.x*a,t.y*a),i.lineJoin=`round`;let o=j.current?.get(n);if(!o)return[];i.imageSmoothingEnabled=t.scale*a<3,i.imageSmoothingQuality=t.scale*a<1?`medium`:`low`,i.drawImage(o,0,0);let{objects:s,selected:c,showMasks:l,candidates:u,hovered:d,pendingPrompts:f}=D(),p=r.painted?.frame===n?r.painted:null,m=[];for(let e of s){let r=A.get(n,e.objectId);if(e.hidden||!l)continue;let a=e.objectId===c;p?.objectId===e.objectId?Ga(i,wt(p.bitmap).path,e.color,a,t):r&&(Ga(i,Rt(r.rle).path,e.color,a,t,r.stale),m.push(r))}let h=u.find(e=>e.adapterId===d)??u[0],g=s.find(e=>e.objectId===h?.objectId);if(h?.frameIndex===n&&g&&l&&!g.hidden&&!p){let{added:e,removed:r}=zt(A.get(n,g.objectId)?.rle,h.rleMask);Ka(i,e.path,Va,t,[]),Ka(i,r.path,Ha,t,[6/t.scale,4/t.scale])}for(let e of m)Ya(i,e,t);let _=s.find(e=>e.objectId===c);if(_){let e=D().prompts.get(T(_.objectId,n))??[],r=f.filter(e=>e.objectId===_.objectId&&e.frame===n);for(let n of[...e,...r.map(e=>e.prompt)])Qa(i,n,o,_,t)}r.box&&eo(i,r.box,t,`#fff`),r.polygon&&Za(i,r.polygon.points,r.pointer,t),no(i,o,t);let{crosshair:v,tool:y}=D(),b=y===`brush`||y===`eraser`;return v&&b&&to(i,{x:v[0]*o.width,y:v[1]*o.height},t),r.pointer&&b&&to(i,r.pointer,t),m}function Wa(e){return e.map(e=>{let t=Lt(e);return`${L(I(e.objectId)??{objectId:e.objectId,name:``})}: ${t===null?`drawn by hand`:`confidence ${t.toFixed(2)}`}${e.source===`LORA`?`, by an adapter`:``}`}).join(`; `)}function Ga(e,t,n,r,i,a=!1){e.fillStyle=n,e.globalAlpha=a?.18:r?.42:.32,e.fill(t,`evenodd`),e.globalAlpha=1,r&&(e.lineWidth=3.5/i.scale,e.strokeStyle=`rgba(0,0,0,.45)`,e.stroke(t)),e.lineWidth=(r?2:1.25)/i.scale,e.strokeStyle=n,e.setLineDash(a?[5/i.scale,4/i.scale]:[]),e.stroke(t),e.setLineDash([])}function Ka(e,t,n,r,i){e.fillStyle=n,e.globalAlpha=.5,e.fill(t,`evenodd`),e.globalAlpha=1,e.lineWidth=3/r.scale,e.strokeStyle=`rgba(0,0,0,.7)`,e.stroke(t),e.lineWidth=1.5/r.scale,e.strokeStyle=n,e.setLineDash(i),e.stroke(t),e.setLineDash([])}var qa=12,Ja=4;function Ya(e,t,n){let r=I(t.objectId),{top:i}=Rt(t.rle);if(!i||!r||!r.name&&D().objects.length===1)return;let a=1/n.scale;e.font=`600 ${qa*a}px system-ui, sans-serif`;let o=L(r),s=e.measureText(o).width+8*a,c=17*a,[l,u]=[Math.max(0,i.x-s/2),Math.max(0,i.y-c-3*a)];e.fillStyle=r.color,e.beginPath(),e.roundRect(l,u,s,c,4*a),e.fill(),e.fillStyle=Xa(r.color)?`#fff`:`#101318`,e.textBaseline=`middle`,e.fillText(o,l+Ja*a,u+c/2)}function Xa(e){let[t,n,r]=[1,3,5].map(t=>{let n=parseInt(e.slice(t,t+2),16)/255;return n<=.04045?n/12.92:((n+.055)/1.055)**2.4});return .2126*t+.7152*n+.0722*r<.179}function Za(e,t,n,r){let i=1/r.scale;for(let[r,a]of[[3.5,`rgba(0,0,0,.65)`],[1.5,`#fff`]]){e.beginPath();for(let{x:r,y:i}of n?[...t,n]:t)e.lineTo(r,i);e.lineWidth=r*i,e.strokeStyle=a,e.stroke()}let[a]=t;a&&(e.beginPath(),e.arc(a.x,a.y,5*i,0,2*Math.PI),e.fillStyle=`#fff`,e.fill())}function Qa(e,t,n,r,i){if(t.kind===`box`){let[a,o,s,c]=t.box;eo(e,[a*n.width,o*n.height,s*n.width,c*n.height],i,r.color)}t.kind===`points`&&t.points.forEach(([r,a],o)=>$a(e,r*n.width,a*n.height,t.labels[o]===1,i))}function $a(e,t,n,r,i){let a=1/i.scale;e.beginPath(),e.arc(t,n,7*a,0,2*Math.PI),e.fillStyle=r?za:Ba,e.fill(),e.lineWidth=2*a,e.strokeStyle=`#fff`,e.stroke(),e.beginPath(),e.moveTo(t-3*a,n),e.lineTo(t+3*a,n),r&&(e.moveTo(t,n-3*a),e.lineTo(t,n+3*a)),e.stroke()}function eo(e,[t,n,r,i],a,o){e.lineWidth=3/a.scale,e.strokeStyle=`rgba(0,0,0,.6)`,e.strokeRect(t,n,r-t,i-n),e.lineWidth=1.5/a.scale,e.strokeStyle=o,e.strokeRect(t,n,r-t,i-n)}function to(e,{x:t,y:n},r){for(let[i,a]of[[3,`rgba(0,0,0,.6)`],[1.25,`#fff`]])e.beginPath(),e.arc(t,n,D().brush,0,2*Math.PI),e.lineWidth=i/r.scale,e.strokeStyle=a,e.stroke()}function no(e,t,n){let{crosshair:r,corner:i}=D();if(!r)return;let[a,o]=[r[0]*t.width,r[1]*t.height];i&&eo(e,[i[0]*t.width,i[1]*t.height,a,o],n,`#fff`);let s=14/n.scale;for(let[t,r]of[[4,`rgba(0,0,0,.7)`],[1.75,`#fff`]])e.beginPath(),e.moveTo(a-s,o),e.lineTo(a+s,o),e.moveTo(a,o-s),e.lineTo(a,o+s),e.lineWidth=t/n.scale,e.strokeStyle=r,e.stroke()}function ro(e,t,n,r,i){let{width:a,height:o,data:s}=e,c=Math.max(0,Math.floor(Math.min(t.x,n.x)-r)),l=Math.min(a-1,Math.ceil(Math.max(t.x,n.x)+r)),u=Math.max(0,Math.floor(Math.min(t.y,n.y)-r)),d=Math.min(o-1,Math.ceil(Math.max(t.y,n.y)+r)),[f,p]=[n.x-t.x,n.y-t.y],m=f*f+p*p;for(let e=u;e<=d;e++)for(let n=c;n<=l;n++){let[o,c]=[n+.5-t.x,e+.5-t.y],l=m?Math.max(0,Math.min(1,(o*f+c*p)/m)):0;(o-l*f)**2+(c-l*p)**2<=r*r&&(s[e*a+n]=i)}}function io({width:e,height:t,data:n},r,i){for(let a=0;a<t;a++){let t=[];r.forEach((e,n)=>{let i=r[(n+1)%r.length];e.y<=a+.5!=i.y<=a+.5&&t.push(e.x+(a+.5-e.y)/(i.y-e.y)*(i.x-e.x))}),t.sort((e,t)=>e-t);for(let r=0;r+1<t.length;r+=2){let o=Math.max(0,Math.ceil(t[r]-.5)),s=Math.min(e-1,Math.ceil(t[r+1]-.5)-1);o<=s&&n.fill(i,a*e+o,a*e+s+1)}}}var ao=.05,oo=40;function so(e,t,n,r){let i=Math.max(.01,Math.min((e-16)/n,(t-16)/r));return{scale:i,x:(e-n*i)/2,y:(t-r*i)/2}}function co(e,t,n,r,i,a){let o=Math.max(ao,Math.min(oo,e/(2*(i-n)),t/(2*(a-r))));return{scale:o,x:e/2-(n+i)/2*o,y:t/2-(r+a)/2*o}}function lo(e,t,n,r){let i=Math.max(ao,Math.min(oo,e.scale*t)),a=i/e.scale;return{scale:i,x:n-(n-e.x)*a,y:r-(r-e.y)*a}}var uo=4,fo=9,po=500,mo=class{surface;draft={box:null,painted:null,pointer:null,polygon:null};#e=null;#t=new Map;constructor(e){this.surface=e}down(e,t){let n=this.#l(t),{tool:r}=D();if(e.pointerType===`touch`&&(this.#t.set(e.pointerId,t),this.#t.size>1))this.cancel(),this.#e={kind:`pinch`};else{if(e.button===1||Z.panning)this.#e={kind:`pan`,at:t},Z.panned=!0;else if(!this.#s())return;else if(r===`polygon`&&e.button===0)this.#r(n,+!e.altKey);else if(r===`lasso`&&e.button===0)this.draft.polygon={points:[n],value:+!e.altKey},this.#e={kind:`lasso`};else if((r===`brush`||r===`eraser`)&&e.button===0){let t=r===`brush`===e.altKey?0:1;this.#e={kind:`paint`,at:n,value:t},this.#a(n,t)}else if(r===`point`){let t=e.button===2||e.altKey?0:1;this.#e={kind:`press`,from:n,label:t,shift:e.shiftKey,began:e.timeStamp,touch:e.pointerType===`touch`}}this.#e?.kind!==`pan`&&O({following:!1,playing:!1}),this.surface.redraw()}}move(e,t){let n=this.#l(t),r=this.#e;if(this.draft.pointer=n,r?.kind===`pinch`)return this.#c(e.pointerId,t);if(e.pointerType===`touch`&&this.#t.set(e.pointerId,t),r?.kind===`pan`){let{scale:e,x:n,y:i}=this.surface.view();this.surface.showView({scale:e,x:n+t.x-r.at.x,y:i+t.y-r.at.y}),this.#e={kind:`pan`,at:t}}else r?.kind===`paint`?(ro(this.draft.painted.bitmap,r.at,n,D().brush,r.value),this.#e={...r,at:n}):r?.kind===`lasso`?this.draft.polygon?.points.push(n):r?.kind===`press`&&r.label===1&&this.#u(r.from,n,uo)&&(this.#e={kind:`box`,from:r.from});this.#e?.kind===`box`&&(this.draft.box=this.#d(this.#e.from,n)),this.surface.redraw()}up(e){let t=this.#e;if(this.#t.delete(e.pointerId),!(t?.kind===`pinch`&&this.#t.size>0)){if(this.#e=null,t?.kind===`press`)this.#n(t.from,t.touch&&e.timeStamp-t.began>=po?0:t.label,t.shift);else if(t?.kind===`box`&&this.draft.box){let[e,t,n,r]=this.draft.box,{width:i,height:a}=this.surface;n>e&&r>t&&Ai([e/i,t/a,n/i,r/a])}else t?.kind===`lasso`?this.closePolygon():t?.kind===`paint`&&this.#o();this.draft.box=null,this.surface.redraw()}}leave(e){this.draft.pointer=null,e.type===`pointercancel`&&(this.#t.delete(e.pointerId),this.cancel()),this.surface.redraw()}cancel(){if(this.#e?.kind===`pan`||this.#e?.kind===`pinch`)return!1;let e=this.#e!==null||this.draft.polygon!==null,t=this.#e?.kind===`paint`;return this.#e=null,this.draft.box=this.draft.polygon=null,t&&(this.draft.painted=null),this.surface.redraw(),e}forgetPainted(){this.#e?.kind!==`paint`&&(this.draft.painted=null)}removeCorner(){let{polygon:e}=this.draft;return e?(e.points.pop(),e.points.length===0&&(this.draft.polygon=null),this.surface.redraw(),!0):!1}closePolygon(){let{polygon:e}=this.draft;return this.draft.polygon=null,e?(e.points.length>2&&(this.#i(),io(this.draft.painted.bitmap,e.points,e.value),this.#o()),this.surface.redraw(),!0):!1}dab(e){let{tool:t}=D();this.#s()&&(t===`polygon`||t===`lasso`?this.#r(e,1):(this.#a(e,t===`eraser`?0:1),this.#o()),this.surface.redraw())}otherObjectAt(e){let{x:t,y:n}=this.#l(e),{tool:r,selected:i,showMasks:a,objects:o}=D(),{width:s,height:c}=this.surface;if(r!==`point`||!a||i===null||t<0||n<0||t>=s||n>=c||!I(i)?.promptedFrames.length)return null;let l=e=>{let r=A.get(this.surface.frame(),e);return r&&z(r.rle).data[Math.floor(n)*s+Math.floor(t)]===1};return l(i)?null:o.findLast(({objectId:e,hidden:t})=>!t&&l(e))?.objectId??null}#n(e,t,n){let{width:r,height:i}=this.surface;if(e.x<0||e.y<0||e.x>r||e.y>i)return;let{scale:a,x:o,y:s}=this.surface.view(),c=t===1&&!n?this.otherObjectAt({x:e.x*a+o,y:e.y*a+s}):null;if(c!==null)return O({selected:c});ki([e.x/r,e.y/i],t)}#r(e,t){let{polygon:n}=this.draft;n?n.points.length>2&&!this.#u(n.points[0],e,fo)?this.closePolygon():n.points.push(e):this.draft.polygon={points:[e],value:t}}#i(){let e=D().selected??ft(),t=this.surface.frame(),{width:n,height:r}=this.surface,{painted:i}=this.draft,a=i?.objectId===e&&i.frame===t?i.bitmap:go(e,t,n,r);this.draft.painted={objectId:e,frame:t,bitmap:a}}#a(e,t){this.#i(),ro(this.draft.painted.bitmap,e,e,D().brush,t)}#o(){let{bitmap:e,objectId:t,frame:n}=this.draft.painted;if(D().noOverlap&&_o(e,t,n),e.data.includes(1))return void ji(e);this.draft.painted=null,N(`stage`,`A mask needs at least one pixel. To remove it from this frame, press Backspace.`,`note`)}#s(){return this.surface.frame()===D().frame||(N(`stage`,`Frame ${D().frame} is still loading.`,`note`,{label:`Dismiss`,run:()=>P(`stage`)}),!1)}#c(e,t){let[n,r]=[...this.#t.values()];this.#t.set(e,t);let[i,a]=[...this.#t.values()];if(!n||!r||!i||!a)return;let[o,s]=[ho(n,r),ho(i,a)],c=this.surface.view(),l=Math.hypot(i.x-a.x,i.y-a.y)/Math.max(1,Math.hypot(n.x-r.x,n.y-r.y));this.surface.showView(lo({...c,x:c.x+s.x-o.x,y:c.y+s.y-o.y},l,s.x,s.y))}#l(e){let{scale:t,x:n,y:r}=this.surface.view();return{x:(e.x-n)/t,y:(e.y-r)/t}}#u(e,t,n){return Math.hypot(t.x-e.x,t.y-e.y)*this.surface.view().scale>n}#d(e,t){let{width:n,height:r}=this.surface,[i,a]=[e.x,t.x].map(e=>Math.max(0,Math.min(n,e))).sort((e,t)=>e-t),[o,s]=[e.y,t.y].map(e=>Math.max(0,Math.min(r,e))).sort((e,t)=>e-t);return[i,o,a,s]}};function ho(e,t){return{x:(e.x+t.x)/2,y:(e.y+t.y)/2}}function go(e,t,n,r){let i=A.get(t,e);return{width:n,height:r,data:i?z(i.rle).data.slice():new Uint8Array(n*r)}}function _o(e,t,n){for(let r of D().objects){let i=r.objectId===t?void 0:A.get(n,r.objectId);i&&z(i.rle).data.forEach((t,n)=>t&&(e.data[n]=0))}}function vo(){let[e,t]=(0,K.useState)(_n),n=yo();return e||!n?null:(0,J.jsxs)(`div`,{className:`hint`,role:`note`,"aria-label":`Hint`,children:[n,(0,J.jsx)(`button`,{className:`plain`,title:`No more hints`,"aria-label":`No more hints`,onClick:()=>{vn(),t(!0)},children:(0,J.jsx)(Y,{name:`close`})})]})}function yo(){let e=E(e=>e.tool),t=E(e=>e.objects),n=E(e=>e.tracking!==null),r=E(e=>e.training!==null),i=E(e=>e.lastRun!==null||e.objects.some(e=>e.adapters.length)),a=E(e=>e.corrected.size+e.accepted.size),o=E(e=>e.pendingPrompts.length>0);E(e=>e.masksVersion);let s=t.filter(({promptedFrames:e})=>e.length).length;return n||r||o?null:s===0?(0,J.jsxs)(`span`,{children:[e===`point`?`Click an object, or drag a box around it`:`Draw over an object`,` · `,(0,J.jsx)(`kbd`,{children:`?`}),` lists all keys`]}):nt().annotated>Math.max(...t.map(({promptedFrames:e})=>e.length))?i||a>0?null:(0,J.jsxs)(`span`,{children:[`Look at the frame`,` `,(0,J.jsxs)(`button`,{onClick:la,children:[`most in doubt `,(0,J.jsx)(`kbd`,{children:`D`})]}),`. Where a mask is wrong, correct it with a click: the model learns from it`]}):s<t.length?(0,J.jsx)(`span`,{children:`Click the new object`}):(0,J.jsxs)(`span`,{children:[`Wrong? Click what is missing, right click what is too much. Then`,` `,(0,J.jsxs)(`button`,{onClick:()=>ft(),children:[`add the next object `,(0,J.jsx)(`kbd`,{children:`N`})]}),` `,`or`,` `,(0,J.jsxs)(`button`,{onClick:()=>On(!1),children:[`track `,(0,J.jsx)(`kbd`,{children:`T`})]})]})}var bo=300,xo={x:0,y:0};addEventListener(`pointermove`,e=>Object.assign(xo,{x:e.clientX,y:e.clientY}),{passive:!0});function So(){let e=E(e=>e.pending>0),[t,n]=(0,K.useState)(null);return(0,K.useEffect)(()=>{if(!e)return;let t=()=>n({...xo}),r=setTimeout(()=>{t(),addEventListener(`pointermove`,t,{passive:!0})},bo);return()=>{clearTimeout(r),removeEventListener(`pointermove`,t),n(null)}},[e]),t?(0,J.jsx)(`span`,{className:`spinner`,role:`status`,style:{left:t.x,top:t.y},children:(0,J.jsx)(`span`,{className:`unseen`,children:`The server is working`})}):null}var Co={PROPAGATE_TO_FRAME:`Tracking to a frame`,PROMPT:`Tracking before the prompt`,CORRECTION:`Tracking before the correction`,TRAINING:`Tracking before the training`,CANDIDATES:`Tracking before the candidates`};function wo(){let e=E(e=>e.trackingFirst);return e?(0,J.jsxs)(`p`,{className:`notice progress first`,role:`status`,children:[Co[e.purpose],(0,J.jsx)(`progress`,{max:e.total,value:e.completed,"aria-label":`Frames tracked first`}),(0,J.jsxs)(`output`,{children:[e.completed,` / `,e.total]}),(0,J.jsx)(`button`,{title:`Frames that are tracked already stay; nothing else changes`,onClick:()=>void Gn(),children:`Cancel`})]}):null}function To(){let e=E(e=>e.video),t=E(e=>e.tool),n=(0,K.useRef)(null),r=(0,K.useRef)(null),i=(0,K.useRef)(null),a=(0,K.useRef)(0),o=(0,K.useRef)(0),[s,c]=(0,K.useState)({scale:1,x:0,y:0}),l=(0,K.useRef)(()=>{cancelAnimationFrame(o.current),o.current=requestAnimationFrame(()=>{let e=r.current;if(!e||!i.current)return;j.current?.get(D().frame)&&(a.current=D().frame);let t=Ua(e,i.current,a.current,d.draft);e.dataset.frame=j.current?.get(a.current)?String(a.current):``,e.dataset.masks=t.map(e=>`${e.objectId}:${e.serial}`).join(` `),e.setAttribute(`aria-label`,`Frame ${a.current}. ${Wa(t)||`No mask`}`)})}).current,u=(0,K.useRef)(e=>{i.current=e,c(e),l()}).current,[d]=(0,K.useState)(()=>new mo({width:e.width,height:e.height,view:()=>i.current,showView:u,frame:()=>a.current,redraw:l}));(0,K.useLayoutEffect)(()=>{let t=r.current,a=n.current,o=!0,s=()=>{o=!0,u(so(a.clientWidth,a.clientHeight,e.width,e.height))},c=(e,t=a.clientWidth/2,n=a.clientHeight/2)=>{o=!1,u(lo(i.current,e,t,n))},f=()=>{t.width=Math.round(a.clientWidth*devicePixelRatio),t.height=Math.round(a.clientHeight*devicePixelRatio),o||!i.current?s():l()},p=e=>{e.preventDefault();let{left:t,top:n}=a.getBoundingClientRect();c(Math.exp(-e.deltaY*(e.deltaMode===1?.05:.0015)),e.clientX-t,e.clientY-n)},m=new ResizeObserver(f);m.observe(a),t.addEventListener(`wheel`,p,{passive:!1});let h=(e,t)=>{o=!1,u({...i.current,x:i.current.x+e,y:i.current.y+t})},g=(e,t,n,r)=>{o=!1,u(co(a.clientWidth,a.clientHeight,e,t,n,r))},_=(t,n)=>d.dab({x:t*e.width,y:n*e.height}),[v,y,b]=[()=>d.cancel(),()=>d.closePolygon(),()=>d.removeCorner()];return Object.assign(Z,{fit:s,zoom:c,pan:h,zoomTo:g,dab:_,cancel:v,close:y,removeCorner:b}),()=>{m.disconnect(),t.removeEventListener(`wheel`,p)}},[e,d,u,l]),(0,K.useEffect)(()=>k((e,t)=>{e.pending===0&&t.pending>0&&d.forgetPainted(),(e.tool!==t.tool||e.frame!==t.frame)&&d.cancel(),l()}),[d,l]);let f=e=>{let{left:t,top:r}=n.current.getBoundingClientRect();return{x:e.clientX-t,y:e.clientY-r}};return(0,J.jsxs)(`section`,{className:`stage`,"aria-label":`Picture`,children:[(0,J.jsxs)(`div`,{className:`holder`,ref:n,children:[(0,J.jsx)(`canvas`,{ref:r,role:`img`,"data-tool":t,onMouseDown:e=>{e.preventDefault(),document.activeElement instanceof HTMLElement&&document.activeElement.blur()},onPointerDown:e=>{e.currentTarget.setPointerCapture(e.pointerId),d.down(e.nativeEvent,f(e))},onPointerMove:e=>{d.move(e.nativeEvent,f(e));let t=e.buttons?null:d.otherObjectAt(f(e));e.currentTarget.dataset.over=String(t??``)},onPointerUp:e=>d.up(e.nativeEvent),onPointerCancel:e=>d.leave(e.nativeEvent),onPointerLeave:e=>d.leave(e.nativeEvent),onDoubleClick:()=>d.closePolygon(),onContextMenu:e=>e.preventDefault()}),(0,J.jsx)(Ra,{view:s}),(0,J.jsx)(vo,{})]}),(0,J.jsxs)(`div`,{className:`overlay`,children:[(0,J.jsx)(wo,{}),(0,J.jsx)(X,{place:`stage`}),(0,J.jsx)(X,{place:`track`})]}),(0,J.jsx)(So,{})]})}function Eo({url:e}){let t=(0,K.useRef)(null);return(0,K.useEffect)(()=>{let n=new AbortController;return sn(e,n.signal).then(e=>{let n=t.current;n&&(n.width=e.width,n.height=e.height,n.getContext(`2d`).drawImage(e,0,0))}).catch(()=>{}),()=>n.abort()},[e]),(0,J.jsx)(`canvas`,{ref:t,"aria-hidden":`true`})}var Do=6;function Oo({sessions:e,reload:t}){let[n,r]=(0,K.useState)(!1);if(e.length===0)return null;let i=e.toReversed();return(0,J.jsxs)(J.Fragment,{children:[(0,J.jsx)(`h2`,{children:`Go on`}),(0,J.jsx)(`ul`,{className:`sessions`,children:i.slice(0,n?void 0:Do).map(e=>(0,J.jsx)(`li`,{children:(0,J.jsx)(ko,{session:e,reload:t})},e.sessionId))}),!n&&e.length>Do&&(0,J.jsxs)(`button`,{onClick:()=>r(!0),children:[`Show all `,e.length,` sessions`]})]})}function ko({session:e,reload:t}){let{sessionId:n,video:r,objects:i,trackedFrameCount:a,createdAt:o}=e,s=R(r.path);return(0,J.jsxs)(J.Fragment,{children:[(0,J.jsxs)(`a`,{href:`#session=${n}`,title:s,children:[(0,J.jsx)(Eo,{url:r.posterUrl}),(0,J.jsxs)(`span`,{className:`about`,children:[(0,J.jsx)(`b`,{children:s}),(0,J.jsxs)(`small`,{children:[i.length,` object`,i.length===1?``:`s`,` ·`,` `,(0,J.jsx)(`time`,{dateTime:o,children:new Date(o).toLocaleString([],{dateStyle:`medium`,timeStyle:`short`})})]}),(0,J.jsxs)(`small`,{className:`done`,children:[(0,J.jsx)(`progress`,{max:r.frameCount,value:a,"aria-label":`Frames with masks`}),a,` of `,r.frameCount,` frames`]})]})]}),(0,J.jsx)(Wi,{className:`plain`,question:`Delete its masks?`,title:`Delete the session with its masks and adapters; the video stays`,label:`Delete the session on ${s}`,onConfirm:()=>void gr(n).then(t),children:(0,J.jsx)(Y,{name:`remove`})})]})}var Ao=`sam2-lit:theme`,jo=[`system`,`light`,`dark`];function Mo(){let e=localStorage.getItem(Ao);return jo.find(t=>t===e)??`system`}function No(e){document.documentElement.dataset.theme=e,localStorage.setItem(Ao,e)}function Po(){let e=jo[(jo.indexOf(Mo())+1)%jo.length];return No(e),e}function Fo(){let[e,t]=(0,K.useState)(Mo);return(0,J.jsx)(`button`,{title:`Theme: ${e}`,"aria-label":`Theme: ${e}`,onClick:()=>t(Po()),children:(0,J.jsx)(Y,{name:e})})}var Q=24,Io=1e3,Lo=250;function Ro(){let e=E(e=>e.connected),[t,n]=(0,K.useState)(``),[r,i]=(0,K.useState)(Q),[a,o]=(0,K.useState)(null),s=(0,K.useRef)(0),c=(0,K.useCallback)(async()=>{let e=++s.current;try{let n=await zo(t,r);e===s.current&&o(n)}catch(t){e===s.current&&F(`start`,t)}},[t,r]);(0,K.useEffect)(()=>{if(!e)return;let n=setTimeout(()=>void c(),t?Lo:0);return()=>clearTimeout(n)},[e,c,t]);let l=e&&!!a?.preparing.length;return(0,K.useEffect)(()=>{if(!l)return;let e=setInterval(()=>void c(),Io);return()=>clearInterval(e)},[l,c]),(0,J.jsxs)(J.Fragment,{children:[(0,J.jsxs)(`div`,{className:`heading`,children:[(0,J.jsx)(`h2`,{children:`Videos`}),a&&(t||a.totalCount>a.edges.length)&&(0,J.jsx)(`input`,{type:`search`,"aria-label":`Search videos`,placeholder:`Search ${a.totalCount}`,value:t,onChange:e=>{n(e.target.value),i(Q)}})]}),(0,J.jsx)(`ul`,{className:`videos`,children:a?.edges.map(({node:e})=>(0,J.jsx)(`li`,{children:(0,J.jsx)(Bo,{video:e})},e.id))}),a?.pageInfo.hasNextPage&&(0,J.jsx)(`button`,{onClick:()=>i(r+Q),children:`Show more videos`}),a?.preparing.map(e=>(0,J.jsxs)(`p`,{className:`preparing`,children:[e.path,`: its frames are put in order, `,Math.round(e.progress*100),` %`,` `,(0,J.jsx)(`progress`,{max:1,value:e.progress,"aria-label":e.path})]},e.path)),!!a?.unusable.length&&(0,J.jsxs)(`details`,{className:`unusable`,children:[(0,J.jsxs)(`summary`,{children:[a.unusable.length,` file`,a.unusable.length===1?``:`s`,` cannot be used`]}),(0,J.jsx)(`ul`,{children:a.unusable.map((e,t)=>(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`b`,{children:e.path}),` `,e.reason]},t))})]})]})}async function zo(e,t){let{videos:n}=await x(_e,{search:e,first:Q,after:null});for(;n.edges.length<t&&n.pageInfo.hasNextPage;){let{videos:t}=await x(_e,{search:e,first:Q,after:n.pageInfo.endCursor});n={...t,edges:[...n.edges,...t.edges],unusable:[...n.unusable,...t.unusable],preparing:[...n.preparing,...t.preparing]}}return n}function Bo({video:e}){return(0,J.jsxs)(`button`,{className:`card`,title:R(e.path),onClick:()=>pr(e.path),children:[(0,J.jsx)(Eo,{url:e.posterUrl}),(0,J.jsx)(`b`,{children:R(e.path)}),(0,J.jsxs)(`small`,{children:[e.width,` × `,e.height,` · `,e.frameCount,` frames · `,e.durationSec.toFixed(1),` s`]})]})}var Vo=`sam2.1_hiera_small`;function Ho({progress:e,upload:t}){let[n,r]=(0,K.useState)(null),i=E(e=>e.connected),a=(0,K.useRef)(null),o=(0,K.useCallback)(()=>void x(ge,{}).then(r,e=>F(`start`,e)),[]);return(0,K.useEffect)(()=>{i&&o()},[i,o]),(0,J.jsxs)(`main`,{className:`start`,children:[(0,J.jsxs)(`header`,{children:[(0,J.jsx)(Rr,{}),(0,J.jsx)(`p`,{children:`Track objects through a video. Every correction teaches the model while you work.`}),(0,J.jsx)(Fo,{})]}),(0,J.jsx)(X,{place:`start`}),n&&(0,J.jsx)(Oo,{sessions:n.sessions,reload:o}),(0,J.jsx)(`section`,{className:`drop`,onClick:e=>e.target===e.currentTarget&&a.current?.click(),children:e===null?(0,J.jsxs)(J.Fragment,{children:[(0,J.jsx)(Y,{name:`upload`}),(0,J.jsx)(`p`,{children:`Drop a video or a ZIP of frames here, or`}),(0,J.jsx)(`button`,{className:`primary`,onClick:()=>a.current?.click(),children:`choose a file`}),(0,J.jsx)(`input`,{ref:a,type:`file`,accept:`video/*,.mkv,.ts,.mts,.m2ts,.gif,.zip`,hidden:!0,onChange:e=>e.target.files?.[0]&&t(e.target.files[0])})]}):(0,J.jsxs)(J.Fragment,{children:[(0,J.jsx)(`p`,{children:e<1?`Uploading, ${Math.round(e*100)} %`:`The server is reading the video…`}),(0,J.jsx)(`progress`,{max:1,value:e<1?e:void 0,"aria-label":`Upload`}),(0,J.jsx)(`button`,{onClick:Lr,children:`Cancel`})]})}),(0,J.jsx)(Ro,{}),n?.model.name===`pocket`&&(0,J.jsx)(`p`,{className:`notice`,role:`note`,"aria-label":`About the model`,children:(0,J.jsxs)(`span`,{children:[`The model here, pocket, is small: it is for trying the page out. For real work stop the server, then`,` `,(0,J.jsxs)(`code`,{children:[`.venv/bin/sam2-lit download `,Vo]}),` and `,(0,J.jsxs)(`code`,{children:[`scripts/serve --model `,Vo]}),`.`]})}),n&&(0,J.jsxs)(`footer`,{children:[`Model `,n.model.name,` on `,n.model.device,`, `,(n.model.parameterCount/1e6).toFixed(1),` million parameters ·`,` `,(0,J.jsx)(`a`,{href:`/graphql`,children:`GraphQL`})]})]})}var Uo=40,Wo=400,Go=null,$=new Map,Ko=Promise.resolve();function qo(e,t,n){Go!==e&&$.clear(),Go=e;let r=$.get(t);if(r)return Promise.resolve(r);let i=Ko.then(async()=>{if(!n()||Go!==e)return null;let r=await sn(e.frameUrlTemplate.replace(`{index}`,String(t))),i=await createImageBitmap(r,{resizeHeight:80,resizeQuality:`medium`});return r.close(),$.size>=Wo&&$.delete($.keys().next().value),$.set(t,i),i});return Ko=i.catch(()=>{}),i}function Jo({scale:e,scroller:t}){let n=E(e=>e.video),[r,i]=(0,K.useState)(0);(0,K.useEffect)(()=>{let e=t.current,n=()=>i(e.scrollLeft);return e.addEventListener(`scroll`,n,{passive:!0}),()=>e.removeEventListener(`scroll`,n)},[t]);let a=Uo*n.width/n.height,o=Math.max(1,Math.ceil(a/e.step)),s=Math.max(0,Math.floor(e.frameAt(r)/o)*o),c=e.frameAt(r+(t.current?.clientWidth??0)),l=[];for(let e=s;e<=c;e+=o)l.push(e);return(0,J.jsx)(`div`,{className:`film`,style:{height:Uo},"aria-label":`Filmstrip`,role:`group`,children:l.map(t=>(0,J.jsx)(Yo,{video:n,frame:t,x:e.x(t)-e.step/2,width:a},t))})}function Yo({video:e,frame:t,x:n,width:r}){let i=(0,K.useRef)(null);return(0,K.useEffect)(()=>{let n=!0;return qo(e,t,()=>n).then(e=>{let t=i.current;e&&t&&(t.width=e.width,t.height=e.height,t.getContext(`2d`).drawImage(e,0,0),t.dataset.shown=`true`)}).catch(()=>{}),()=>void(n=!1)},[e,t]),(0,J.jsx)(`canvas`,{ref:i,"data-thumbnail":t,style:{left:n,width:r,height:Uo},onClick:()=>G(t)})}var Xo=12,Zo=class{width;count;step;constructor(e,t){this.width=e,this.count=t,this.step=(e-24)/Math.max(t,1)}x(e){return Xo+(e+.5)*this.step}frameAt(e){return Math.max(0,Math.min(this.count-1,Math.floor((e-Xo)/this.step)))}bands(e,t,n){let r=``;for(let i=0;i<e.length;){let a=i;for(;e[a+1]===e[a]+1;)a++;let o=this.x(e[i])-this.step/2,s=(a-i+1)*this.step;r+=`M${o.toFixed(1)} ${t}h${s.toFixed(1)}v${n}h${(-s).toFixed(1)}z`,i=a+1}return r}},Qo=[.9,.75,.5,.25,0];function $o(e){return Qo.findIndex(t=>e>=t)}var es=2,ts=15,ns={top:18,height:8},rs=(0,K.memo)(function({object:e,scale:t,corrected:n,accepted:r,suggested:i}){let{objectId:a,promptedFrames:o,color:s}=e,c=A.framesOf(a),l=e=>c.filter(e),u=e=>A.get(e,a),d=e=>n.has(T(a,e))||r.has(T(a,e)),f=Qo.map(()=>[]);for(let e of c){let t=Lt(u(e));t!==null&&f[$o(t)].push(e)}return(0,J.jsxs)(`g`,{"data-row":a,children:[(0,J.jsx)(`path`,{className:`tracked`,d:t.bands(c,es,ts),fill:s}),(0,J.jsx)(`path`,{className:`stale`,d:t.bands(l(e=>u(e).stale),es,ts)}),(0,J.jsx)(`path`,{className:`adapter`,d:t.bands(l(e=>u(e).source===`LORA`),13,4)}),f.map((e,n)=>(0,J.jsx)(`path`,{className:`doubt`,"data-step":n,d:t.bands(e,ns.top,ns.height)},n)),l(e=>i.has(T(a,e))).map(e=>(0,J.jsx)(`path`,{className:`suggested`,d:`M${t.x(e)} ${es}l3.5 6h-7z`},e)),o.map(e=>d(e)?(0,J.jsx)(`circle`,{className:`correction`,"data-correction":e,"data-accepted":r.has(T(a,e)),cx:t.x(e),cy:9.5,r:`4.5`},e):(0,J.jsx)(`path`,{className:`prompted`,"data-prompted":e,d:`M${t.x(e)} 4l5.5 5.5-5.5 5.5-5.5-5.5z`},e)),(0,J.jsx)(`rect`,{className:`row-edge`,y:29,width:t.width,height:`1`})]})},is);function is(e,t){return e.object===t.object&&e.scale.width===t.scale.width&&e.scale.count===t.scale.count&&e.version===t.version&&e.corrected===t.corrected&&e.accepted===t.accepted&&e.suggested===t.suggested}var as=132;function os({zoom:e,setZoom:t,filmstrip:n,height:r}){let i=E(e=>e.objects),a=E(e=>e.selected),o=E(e=>e.video.frameCount),s=E(e=>e.video.fps),c=E(e=>e.masksVersion),l=E(e=>e.corrected),u=E(e=>e.accepted),d=E(e=>e.suggested),f=E(e=>e.range),p=(0,K.useRef)(null),[m,h]=(0,K.useState)(600);(0,K.useLayoutEffect)(()=>{let e=new ResizeObserver(()=>h(p.current.clientWidth-as));return e.observe(p.current),()=>e.disconnect()},[]);let g=Math.max(1,o*32/m),_=new Zo(m*Math.min(e,g),o);ss(p,e,g,t);let v=(0,K.useRef)(0),y=e=>{if(e.buttons!==1)return;e.currentTarget.setPointerCapture(e.pointerId);let t=_.frameAt(e.clientX-e.currentTarget.getBoundingClientRect().left);e.type===`pointerdown`&&(v.current=t),e.shiftKey?O({range:{first:Math.min(v.current,t),last:Math.max(v.current,t)}}):G(t)},b=Math.max(i.length,1)*30;return(0,J.jsxs)(`div`,{className:`tracks`,ref:p,style:{gridTemplateColumns:`${as}px ${_.width}px`,...r!==null&&{height:r,maxHeight:`none`}},children:[(0,J.jsx)(`div`,{className:`corner`}),(0,J.jsxs)(`div`,{className:`ruler`,onPointerDown:y,onPointerMove:y,children:[(0,J.jsx)(`svg`,{width:_.width,height:20,"aria-hidden":`true`,children:(0,J.jsx)(ds,{scale:_,fps:s})}),(0,J.jsx)(ls,{scale:_,scroller:p})]}),n&&(0,J.jsxs)(J.Fragment,{children:[(0,J.jsx)(`div`,{className:`corner film`}),(0,J.jsx)(Jo,{scale:_,scroller:p})]}),(0,J.jsx)(`ul`,{className:`labels`,children:i.map(({objectId:e,name:t,color:n})=>(0,J.jsx)(cs,{name:L({objectId:e,name:t}),color:n,selected:e===a,select:()=>O({selected:e})},e))}),(0,J.jsxs)(`div`,{className:`scrub`,onPointerDown:y,onPointerMove:y,children:[(0,J.jsxs)(`svg`,{width:_.width,height:b,"aria-hidden":`true`,children:[(0,J.jsx)(`defs`,{children:(0,J.jsx)(`pattern`,{id:`stale`,width:`5`,height:`5`,patternUnits:`userSpaceOnUse`,patternTransform:`rotate(45)`,children:(0,J.jsx)(`rect`,{width:`2.5`,height:`5`})})}),i.map((e,t)=>(0,J.jsxs)(`g`,{transform:`translate(0 ${t*30})`,children:[(0,J.jsx)(`rect`,{className:`row`,"data-selected":e.objectId===a,width:_.width,height:29}),(0,J.jsx)(rs,{object:e,scale:_,version:c,corrected:l,accepted:u,suggested:d})]},e.objectId)),f&&(0,J.jsx)(`path`,{className:`range`,d:`M${_.x(f.first)-_.step/2} 0H${_.x(f.last)+_.step/2}V${b}H${_.x(f.first)-_.step/2}z`})]}),(0,J.jsx)(us,{scale:_})]})]})}function ss(e,t,n,r){(0,K.useLayoutEffect)(()=>{let i=e.current,a=e=>{if(!e.ctrlKey&&!e.metaKey)return;e.preventDefault();let a=Math.max(1,Math.min(n,t*Math.exp(-e.deltaY*.003))),o=e.clientX-i.getBoundingClientRect().left-as;r(a),requestAnimationFrame(()=>i.scrollLeft=(i.scrollLeft+o)*a/t-o)};return i.addEventListener(`wheel`,a,{passive:!1}),()=>i.removeEventListener(`wheel`,a)},[e,t,n,r])}function cs({name:e,color:t,selected:n,select:r}){let i=(0,K.useRef)(null);return(0,K.useEffect)(()=>{n&&i.current?.scrollIntoView({block:`nearest`,inline:`nearest`})},[n]),(0,J.jsxs)(`li`,{ref:i,style:{height:30},"aria-current":n,title:e,onClick:r,children:[(0,J.jsx)(`i`,{style:{background:t}}),(0,J.jsx)(`span`,{children:e})]})}function ls({scale:e,scroller:t}){let n=E(e=>e.frame),r=e.x(n);return(0,K.useLayoutEffect)(()=>{let e=t.current;if(!e)return;let n=e.clientWidth-as;(r<e.scrollLeft||r>e.scrollLeft+n)&&(e.scrollLeft=r-n/2)},[r,t]),(0,J.jsx)(`div`,{className:`playhead`,role:`slider`,tabIndex:0,"aria-label":`Frame`,"aria-valuemin":0,"aria-valuemax":e.count-1,"aria-valuenow":n,style:{left:r}})}function us({scale:e}){let t=E(e=>e.frame);return(0,J.jsx)(`div`,{className:`line`,style:{left:e.x(t)}})}function ds({scale:e,fps:t}){let n=[1,2,5,10,20,50,100,200,500,1e3,2e3,5e3,1e4].find(t=>t*e.step>=56)??2e4;return Array.from({length:Math.ceil(e.count/n)},(e,t)=>t*n).map(n=>(0,J.jsxs)(`g`,{className:`mark`,children:[(0,J.jsx)(`line`,{x1:e.x(n),x2:e.x(n),y1:15,y2:20}),(0,J.jsxs)(`text`,{x:e.x(n),y:12,textAnchor:`middle`,children:[n,(0,J.jsxs)(`title`,{children:[(n/t).toFixed(2),` s`]})]})]},n))}function fs({label:e,title:t,button:n,children:r}){let[i,a]=(0,K.useState)(!1),o=(0,K.useRef)(null);return(0,K.useEffect)(()=>{if(!i)return;let e=e=>o.current?.contains(e.target)||a(!1),t=e=>{e.key===`Escape`&&(e.stopPropagation(),a(!1))};return addEventListener(`pointerdown`,e),addEventListener(`keydown`,t,{capture:!0}),()=>{removeEventListener(`pointerdown`,e),removeEventListener(`keydown`,t,{capture:!0})}},[i]),(0,J.jsxs)(`div`,{className:`menu`,ref:o,children:[(0,J.jsx)(`button`,{"aria-expanded":i,"aria-label":e,title:t??e,onClick:()=>a(!i),children:n}),i&&(0,J.jsx)(`div`,{className:`choices`,onClick:e=>e.target.closest(`button`)&&a(!1),children:r})]})}function ps(){return(0,J.jsx)(fs,{label:`Legend`,title:`What the timeline's colors and marks mean`,button:(0,J.jsx)(J.Fragment,{children:`Legend`}),children:(0,J.jsxs)(`ul`,{className:`legend`,children:[(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`path`,{className:`prompted`,d:`M6 1l5 5-5 5-5-5z`})}),` prompt`]}),(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`circle`,{className:`correction`,cx:`6`,cy:`6`,r:`4`})}),` correction`]}),(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`rect`,{className:`adapter`,x:`0`,y:`4`,width:`12`,height:`4`})}),` mask by an adapter`]}),(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`path`,{className:`suggested`,d:`M6 2l4 8H2z`})}),` an adapter suggests a mask`]}),(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`rect`,{className:`stale`,x:`1`,y:`2`,width:`10`,height:`8`})}),` stale: track again`]}),(0,J.jsxs)(`li`,{className:`scale`,children:[(0,J.jsx)(`span`,{children:`Doubt, by the model's confidence (predicted IoU times the probability that the object is in view):`}),(0,J.jsx)(ms,{numbers:!0})]})]})})}function ms({numbers:e=!1}){return(0,J.jsxs)(`span`,{className:`doubts`,title:`The lower strip of each object: how sure the model is`,children:[e?`1`:`sure`,Qo.map((t,n)=>(0,J.jsxs)(`span`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 8`,children:(0,J.jsx)(`rect`,{className:`doubt`,"data-step":n,width:`12`,height:`8`})}),e&&t]},n)),e?``:`in doubt`]})}var hs=[.25,.5,1,2,4];function gs({zoom:e,setZoom:t,filmstrip:n,toggleFilmstrip:r}){let i=E(e=>e.playing),a=E(e=>e.speed);return(0,J.jsxs)(`div`,{className:`transport`,children:[(0,J.jsxs)(`div`,{className:`group`,children:[(0,J.jsx)(`button`,{title:`Previous prompt of the object (Page Up)`,"aria-label":`Previous prompt`,onClick:()=>Ar(-1),children:(0,J.jsx)(Y,{name:`previousKey`})}),(0,J.jsx)(`button`,{title:`Previous frame (←)`,"aria-label":`Previous frame`,onClick:()=>kr(-1),children:(0,J.jsx)(Y,{name:`previous`})}),(0,J.jsx)(`button`,{title:`Play, pause (Space)`,"aria-label":i?`Pause`:`Play`,onClick:Mr,children:(0,J.jsx)(Y,{name:i?`pause`:`play`})}),(0,J.jsx)(`button`,{title:`Next frame (→)`,"aria-label":`Next frame`,onClick:()=>kr(1),children:(0,J.jsx)(Y,{name:`next`})}),(0,J.jsx)(`button`,{title:`Next prompt of the object (Page Down)`,"aria-label":`Next prompt`,onClick:()=>Ar(1),children:(0,J.jsx)(Y,{name:`nextKey`})})]}),(0,J.jsx)(_s,{}),(0,J.jsx)(`select`,{"aria-label":`Playback speed`,title:`Playback speed`,value:a,onChange:e=>O({speed:Number(e.target.value)}),children:hs.map(e=>(0,J.jsxs)(`option`,{value:e,children:[e,`×`]},e))}),(0,J.jsx)(vs,{}),(0,J.jsxs)(`button`,{title:`Go to the mask that the model is least sure of (D)`,onClick:la,children:[(0,J.jsx)(Y,{name:`doubt`}),` Next doubtful`]}),(0,J.jsx)(ys,{}),(0,J.jsx)(bs,{}),(0,J.jsx)(`span`,{className:`spring`}),(0,J.jsx)(ms,{}),(0,J.jsx)(ps,{}),(0,J.jsxs)(`div`,{className:`group`,children:[(0,J.jsx)(`button`,{title:`Pictures along the timeline`,"aria-label":`Filmstrip`,"aria-pressed":n,onClick:r,children:(0,J.jsx)(Y,{name:`video`})}),(0,J.jsx)(`button`,{title:`Timeline: zoom out (Ctrl and the wheel)`,"aria-label":`Timeline: zoom out`,disabled:e<=1,onClick:()=>t(Math.max(1,e/1.6)),children:(0,J.jsx)(Y,{name:`zoomOut`})}),(0,J.jsx)(`button`,{title:`Timeline: zoom in (Ctrl and the wheel)`,"aria-label":`Timeline: zoom in`,onClick:()=>t(e*1.6),children:(0,J.jsx)(Y,{name:`zoomIn`})})]})]})}function _s(){let e=E(e=>e.frame),t=E(e=>e.video),[n,r]=(0,K.useState)(null);return(0,J.jsxs)(`label`,{className:`frame`,title:`Go to a frame (G)`,children:[(0,J.jsx)(`span`,{children:`Frame`}),(0,J.jsx)(`input`,{type:`number`,"aria-label":`Frame`,min:0,max:t.frameCount-1,value:n??e,onFocus:t=>{r(String(e)),t.target.select()},onBlur:()=>r(null),onChange:e=>{r(e.target.value),e.target.value!==``&&G(e.target.valueAsNumber)},onKeyDown:e=>(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}),(0,J.jsxs)(`small`,{children:[`of `,t.frameCount,` · `,(e/t.fps).toFixed(2),` s`]})]})}function vs(){let e=E(e=>e.tracking),t=E(e=>e.objects.some(e=>e.promptedFrames.length));E(e=>e.masksVersion),E(e=>e.objects);let n=e?0:et().length;return e?(0,J.jsxs)(`button`,{className:`primary stop`,title:`Stop (T)`,onClick:U,children:[(0,J.jsx)(Y,{name:`stop`}),` Stop`]}):(0,J.jsxs)(`div`,{className:`group`,children:[(0,J.jsxs)(`button`,{className:`primary`,title:`Track forward from the first frame that needs it (T)`,disabled:!t,onClick:()=>Ln(!1),children:[`Track`,n>0&&(0,J.jsxs)(`small`,{children:[n,` frames`]})]}),(0,J.jsxs)(fs,{label:`More ways to track`,button:(0,J.jsx)(Y,{name:`more`}),children:[(0,J.jsxs)(`button`,{disabled:!t,onClick:()=>On(!0),children:[`Back from this frame `,(0,J.jsx)(`kbd`,{children:`Shift T`})]}),(0,J.jsx)(`button`,{disabled:!t,onClick:An,children:`Both ways from this frame`}),(0,J.jsx)(`p`,{className:`quiet`,children:`Shift and drag on the timeline marks frames to track.`})]})]})}function ys(){let e=E(e=>e.range),t=E(e=>e.objects.some(e=>e.promptedFrames.length));return e?(0,J.jsxs)(`span`,{className:`progress marked`,children:[`Frames `,e.first,` to `,e.last,(0,J.jsx)(`button`,{disabled:!t,title:`Track these frames forward`,onClick:()=>jn(e,!1),children:`Track`}),(0,J.jsx)(`button`,{disabled:!t,title:`Track these frames backward`,onClick:()=>jn(e,!0),children:`Back`}),(0,J.jsx)(`button`,{className:`plain`,"aria-label":`Unmark the frames`,onClick:()=>O({range:null}),children:(0,J.jsx)(Y,{name:`close`})})]}):null}function bs(){let e=E(e=>e.tracking),t=E(e=>e.following);return e?(0,J.jsxs)(`span`,{className:`progress`,children:[(0,J.jsx)(`progress`,{max:Math.max(e.total,1),value:e.completed,"aria-label":`Frames tracked`}),(0,J.jsxs)(`output`,{children:[e.completed,` / `,e.total||`…`,e.framesPerSecond!==null&&` · ${e.framesPerSecond.toFixed(1)} frames/s`]}),(0,J.jsxs)(`label`,{children:[(0,J.jsx)(`input`,{type:`checkbox`,checked:t,onChange:e=>O({following:e.target.checked})}),` Follow`]})]}):null}var xs=56,Ss=20;function Cs(){let[e,t]=(0,K.useState)(1),[n,r]=(0,K.useState)(()=>gn().filmstrip),[i,a]=(0,K.useState)(()=>gn().timeline),o=e=>{let t=innerHeight/2,n=Math.round(Math.max(xs,Math.min(t,e)));a(n),B({timeline:n})},s=()=>document.querySelector(`.tracks`).clientHeight;return(0,J.jsxs)(`footer`,{className:`timeline`,"aria-label":`Timeline`,children:[(0,J.jsx)(`div`,{className:`splitter`,role:`separator`,"aria-orientation":`horizontal`,"aria-label":`Height of the timeline`,"aria-valuenow":i??0,tabIndex:0,title:`Drag to change the height; double click fits the objects`,onPointerMove:e=>{e.buttons===1&&(e.currentTarget.setPointerCapture(e.pointerId),o(document.querySelector(`.tracks`).getBoundingClientRect().bottom-e.clientY-document.querySelector(`.transport`).offsetHeight))},onDoubleClick:()=>{a(null),B({timeline:null})},onKeyDown:e=>{(e.key===`ArrowUp`||e.key===`ArrowDown`)&&(e.stopPropagation(),o(s()+(e.key===`ArrowUp`?Ss:-20)))}}),(0,J.jsx)(gs,{zoom:e,setZoom:t,filmstrip:n,toggleFilmstrip:()=>{r(!n),B({filmstrip:!n})}}),(0,J.jsx)(os,{zoom:e,setZoom:t,filmstrip:n,height:i})]})}function ws(){let e=E(e=>e.pending>0),t=E(e=>e.connected),n=E(e=>e.sessionId===null),r=t?e?`Saving…`:n?`Nothing to save yet`:`Saved`:`Not connected`;return(0,J.jsx)(`span`,{className:`saved`,role:`status`,"data-saved":r===`Saved`,title:`The server saves every change when it answers`,children:r})}var Ts=[{tool:`point`,label:`Points and boxes`,key:`P`},{tool:`brush`,label:`Brush`,key:`B`},{tool:`eraser`,label:`Eraser`,key:`E`},{tool:`polygon`,label:`Polygon`,key:`O`},{tool:`lasso`,label:`Lasso`,key:`A`}];function Es(){let e=E(e=>e.video),t=E(e=>e.undoStack.length>0),n=E(e=>e.redoStack.length>0),r=E(e=>e.panels);return(0,J.jsxs)(`header`,{className:`toolbar`,children:[(0,J.jsx)(Rr,{}),(0,J.jsxs)(`button`,{className:`video`,title:`${R(e.path)}\nBack to the videos; the session stays`,onClick:()=>location.hash=``,children:[(0,J.jsx)(Y,{name:`video`}),(0,J.jsx)(`span`,{children:R(e.path)})]}),(0,J.jsx)(Ds,{}),(0,J.jsxs)(`div`,{className:`group`,children:[(0,J.jsx)(`button`,{title:`Undo (Ctrl Z)`,"aria-label":`Undo`,disabled:!t,onClick:()=>void Ii(),children:(0,J.jsx)(Y,{name:`undo`})}),(0,J.jsx)(`button`,{title:`Redo (Ctrl Y)`,"aria-label":`Redo`,disabled:!n,onClick:()=>void Li(),children:(0,J.jsx)(Y,{name:`redo`})})]}),(0,J.jsxs)(`div`,{className:`group`,children:[(0,J.jsx)(`button`,{title:`Zoom out (−)`,"aria-label":`Zoom out`,onClick:()=>Z.zoom(.8),children:(0,J.jsx)(Y,{name:`zoomOut`})}),(0,J.jsx)(`button`,{title:`Zoom in (+)`,"aria-label":`Zoom in`,onClick:()=>Z.zoom(1.25),children:(0,J.jsx)(Y,{name:`zoomIn`})}),(0,J.jsx)(`button`,{title:`Fit (0); Z shows the object`,"aria-label":`Fit`,onClick:()=>Z.fit(),children:(0,J.jsx)(Y,{name:`fit`})})]}),(0,J.jsx)(`span`,{className:`spring`}),(0,J.jsx)(ws,{}),(0,J.jsxs)(`button`,{title:`Export the masks (Ctrl S)`,onClick:()=>O({dialog:`export`}),children:[(0,J.jsx)(Y,{name:`download`}),` Export`]}),(0,J.jsx)(`button`,{title:`Show or hide the panels (\\)`,"aria-label":`Panels`,"aria-pressed":r,onClick:()=>{O({panels:!r}),B({panels:!r})},children:(0,J.jsx)(Y,{name:`panels`})}),(0,J.jsx)(Fo,{}),(0,J.jsxs)(fs,{label:`More`,button:(0,J.jsx)(Y,{name:`more`}),children:[(0,J.jsxs)(`button`,{onClick:()=>O({dialog:`import`}),children:[(0,J.jsx)(Y,{name:`upload`}),` Import masks… `,(0,J.jsx)(`kbd`,{children:`Ctrl O`})]}),(0,J.jsxs)(`button`,{onClick:()=>O({dialog:`shortcuts`}),children:[(0,J.jsx)(Y,{name:`help`}),` All keys `,(0,J.jsx)(`kbd`,{children:`?`})]}),(0,J.jsxs)(`button`,{onClick:()=>O({dialog:`delete`}),children:[(0,J.jsx)(Y,{name:`remove`}),` Delete session…`]})]})]})}function Ds(){let e=E(e=>e.tool),t=E(e=>e.brush),n=E(e=>e.noOverlap),r=e===`brush`||e===`eraser`;return(0,J.jsxs)(J.Fragment,{children:[(0,J.jsx)(`div`,{className:`group`,role:`radiogroup`,"aria-label":`Tool`,children:Ts.map(t=>(0,J.jsx)(`button`,{role:`radio`,"aria-checked":e===t.tool,"aria-label":t.label,title:`${t.label} (${t.key})`,onClick:()=>O({tool:t.tool}),children:(0,J.jsx)(Y,{name:t.tool})},t.tool))}),(0,J.jsxs)(`label`,{className:`brush`,"data-used":r,title:`Radius of the brush in video pixels ([ and ])`,children:[(0,J.jsx)(`span`,{children:`Size`}),(0,J.jsx)(`input`,{type:`range`,min:w.least,max:w.most,disabled:!r,value:t,onChange:e=>O({brush:e.target.valueAsNumber})}),(0,J.jsx)(`output`,{children:Math.round(t)})]}),(0,J.jsxs)(fs,{label:`Mask`,title:`What to do with the mask`,button:(0,J.jsx)(J.Fragment,{children:`Mask`}),children:[(0,J.jsxs)(`button`,{onClick:()=>void Mi(`holes`),children:[`Fill holes `,(0,J.jsx)(`kbd`,{children:`Shift F`})]}),(0,J.jsxs)(`button`,{onClick:()=>void Mi(`specks`),children:[`Drop specks `,(0,J.jsx)(`kbd`,{children:`Shift D`})]}),(0,J.jsxs)(`label`,{title:`Masks that you draw leave out the other objects' masks on the frame`,children:[(0,J.jsx)(`input`,{type:`checkbox`,checked:n,onChange:e=>{O({noOverlap:e.target.checked}),B({noOverlap:e.target.checked})}}),`No overlap between objects`]})]})]})}function Os(){let e=E(e=>e.view),[t,n]=(0,K.useState)(null),[r,i]=(0,K.useState)(!1),a=e=>{D().view===`annotate`&&(location.hash=``),Ir(e,n)};return(0,J.jsxs)(`div`,{className:`app`,"data-view":e,onDragOver:e=>{e.preventDefault(),i(e.dataTransfer.types.includes(`Files`))},onDragLeave:e=>e.relatedTarget===null&&i(!1),onDrop:e=>{e.preventDefault(),i(!1);let t=e.dataTransfer.files[0];t&&a(t)},children:[(0,J.jsx)(As,{}),e===`start`&&(0,J.jsx)(Ho,{progress:t,upload:a}),e===`annotate`&&(0,J.jsx)(ks,{}),e===`loading`&&(0,J.jsx)(`p`,{className:`middle quiet`,children:`Loading…`}),e===`gone`&&(0,J.jsx)(js,{}),e===`changed`&&(0,J.jsx)(Ms,{}),e===`token`&&(0,J.jsx)(Ns,{}),r&&(0,J.jsx)(`p`,{className:`dropping`,children:`Drop the video to upload it`})]})}function ks(){let e=E(e=>e.panels),t=E(e=>e.video);return(0,J.jsxs)(J.Fragment,{children:[(0,J.jsx)(Es,{}),(0,J.jsx)(To,{},t?.path),e&&(0,J.jsxs)(`div`,{className:`side`,children:[(0,J.jsx)(ia,{}),(0,J.jsx)(qi,{})]}),(0,J.jsx)(Cs,{}),(0,J.jsx)(Ia,{}),(0,J.jsx)(Xr,{}),(0,J.jsx)(hi,{}),(0,J.jsx)(Vr,{})]})}function As(){return E(e=>e.connected)?null:(0,J.jsx)(`p`,{className:`banner`,role:`alert`,children:`The server cannot be reached. Reconnecting; everything that it acknowledged is saved.`})}function js(){let e=E(e=>e.video);return(0,J.jsxs)(`main`,{className:`middle card`,children:[(0,J.jsx)(Rr,{}),(0,J.jsx)(`h2`,{children:`This session is gone`}),(0,J.jsx)(`p`,{children:`The server has no such session: it was deleted, or the server now uses another data directory.`}),(0,J.jsxs)(`div`,{className:`group`,children:[e&&(0,J.jsxs)(`button`,{className:`primary`,onClick:()=>pr(e.path),children:[`Open `,R(e.path)]}),(0,J.jsx)(`button`,{className:e?``:`primary`,onClick:()=>location.hash=``,children:`Choose a video`})]})]})}function Ms(){let e=E(e=>e.videoChange),t=E(e=>e.sessionId);return!e||!t?null:(0,J.jsxs)(`main`,{className:`middle card`,children:[(0,J.jsx)(Rr,{}),(0,J.jsxs)(`h2`,{children:[R(e.path),` has changed`]}),(0,J.jsx)(`p`,{children:e.after===0?`Its file is gone. Put it back to continue the session.`:e.same===0?`None of its frames is known to be the same as when the session was started. Put the old file back, or start a new session.`:`Of the ${e.before} frames when the session was started, the first ${e.same} are the same; now there are ${e.after}. The session can continue with their masks and prompts; those on other frames are deleted.`}),(0,J.jsxs)(`div`,{className:`group`,children:[e.same>0&&(0,J.jsxs)(`button`,{className:`primary`,onClick:()=>void xr(t),children:[`Continue with the first `,e.same,` frames`]}),e.after>0&&(0,J.jsx)(`button`,{onClick:()=>pr(e.path),children:`Start a new session`}),(0,J.jsx)(`button`,{onClick:()=>location.hash=``,children:`Choose a video`})]})]})}function Ns(){let[e,t]=(0,K.useState)(``);return(0,J.jsxs)(`form`,{className:`middle card`,onSubmit:t=>{t.preventDefault(),v(e),O({view:`loading`}),location.reload()},children:[(0,J.jsx)(Rr,{}),(0,J.jsx)(`h2`,{children:`This server asks for a token`}),(0,J.jsxs)(`label`,{children:[`Token `,(0,J.jsx)(`input`,{type:`password`,autoFocus:!0,autoComplete:`off`,value:e,onChange:e=>t(e.target.value)})]}),(0,J.jsx)(`button`,{className:`primary`,children:`Continue`})]})}function Ps(){addEventListener(`keydown`,Fs),addEventListener(`keyup`,e=>{e.key===` `&&Z.panning&&(Z.panning=!1,Z.panned||Mr())}),addEventListener(`click`,e=>{let t=document.activeElement;e.detail>0&&t instanceof HTMLButtonElement&&!t.dataset.keepsFocus&&t.blur()})}function Fs(e){let{view:t,dialog:n}=D();if(t!==`annotate`)return;let r=Ls(e);if(n&&r===`escape`)return Is(e);if(Rs(e.target))return;if(n)return r===`?`||r===`shift+?`?Is(e):void 0;if(r===` `){if(e.target instanceof HTMLButtonElement||e.target.closest(`summary`))return;e.preventDefault(),e.repeat||(Z.panned=!1),Z.panning=!0;return}if(_a(e))return e.preventDefault();let i=wa(r);!i||r===`enter`&&e.target!==document.body||(e.preventDefault(),i(r))}function Is(e){e.preventDefault(),O({dialog:null})}function Ls(e){let t=[];return(e.ctrlKey||e.metaKey)&&t.push(`ctrl`),e.shiftKey&&t.push(`shift`),[...t,e.key.toLowerCase()].join(`+`)}function Rs(e){return e instanceof HTMLInputElement?e.type!==`range`&&e.type!==`radio`&&e.type!==`color`:e instanceof HTMLSelectElement||e instanceof HTMLTextAreaElement}No(Mo()),Ps(),Nr(),ct(),er(),Xt(),(0,f.createRoot)(document.getElementById(`page`)).render((0,J.jsx)(Os,{})),Er(),dr();