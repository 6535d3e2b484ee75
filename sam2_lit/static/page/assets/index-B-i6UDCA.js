import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{a as t,c as n,d as r,i,l as a,n as o,o as s,r as c,s as l,t as u,u as d}from"./libraries-DOb0AUtx.js";(function(){let e=document.createElement(`link`).relList;if(e&&e.supports&&e.supports(`modulepreload`))return;for(let e of document.querySelectorAll(`link[rel="modulepreload"]`))n(e);new MutationObserver(e=>{for(let t of e)if(t.type===`childList`)for(let e of t.addedNodes)e.tagName===`LINK`&&e.rel===`modulepreload`&&n(e)}).observe(document,{childList:!0,subtree:!0});function t(e){let t={};return e.integrity&&(t.integrity=e.integrity),e.referrerPolicy&&(t.referrerPolicy=e.referrerPolicy),t.credentials=e.crossOrigin===`use-credentials`?`include`:e.crossOrigin===`anonymous`?`omit`:`same-origin`,t}function n(e){if(e.ep)return;e.ep=!0;let n=t(e);fetch(e.href,n)}})();var f=d(),p=`page ${crypto.getRandomValues(new Uint32Array(2)).join(``)}`,m=`UNREACHABLE`,h=class extends Error{code;constructor(e,t){super(t),this.code=e}};function g(e){let t=e instanceof Error?e.message:String(e);return(/^[a-z]+\s/.test(t)?t.charAt(0).toUpperCase()+t.slice(1):t)+(/[.!?]$/.test(t)?``:`.`)}var _=`sam2-lit:token`;function v(){return sessionStorage.getItem(_)}function y(e){sessionStorage.setItem(_,e)}function b(){let e=v();return e?{Authorization:`Bearer ${e}`}:{}}var ee=1e4,te=2e4,ne=new Set,re,ie=!0,ae=!1;addEventListener(`pagehide`,()=>ae=!0),addEventListener(`pageshow`,()=>ae=!1);function oe(e){ne.add(e)}function se(e){ie=e;for(let t of ne)t(e)}var ce=c({url:`${location.protocol===`https:`?`wss`:`ws`}://${location.host}/graphql`,connectionParams:()=>({...b(),clientName:p}),retryAttempts:1/0,retryWait:e=>new Promise(t=>setTimeout(t,Math.min(500*2**e,5e3))),keepAlive:ee,on:{connected:()=>se(!0),closed:e=>{clearTimeout(re),e.code!==1e3&&se(!1)},ping:e=>{e||(clearTimeout(re),re=setTimeout(()=>ce.terminate(),te))},pong:e=>{e&&clearTimeout(re)}}}),le=new i({url:`/graphql`,preferGetMethod:!1,requestPolicy:`network-only`,fetchOptions:()=>({keepalive:ae,headers:{Accept:`application/graphql-response+json, application/json`,"X-Client-Name":p,...b()}}),exchanges:[t,s({forwardSubscription:e=>({subscribe:t=>({unsubscribe:ce.subscribe({query:e.query??``,variables:e.variables},t)})})})]});async function x(e,t){let n=e.toString(),r=n.trimStart().startsWith(`mutation`),i=ie,a=await le[r?`mutation`:`query`](n,t).toPromise();if(a.error)throw de(a.error,i);return ie=!0,a.data}function S(e,t,r,i){let o=!0,s=null,{unsubscribe:c}=n(le.subscription(e.toString(),t),l(()=>{o&&i(s),o=!1}),a(e=>{o&&(e.error?s=de(e.error,ie):e.data&&r(e.data))}));return()=>{o=!1,c()}}async function ue(){try{return(await fetch(`/healthz`,{cache:`no-store`})).ok}catch{return!1}}function de(e,t){let n=e.graphQLErrors[0];if(n)return new h(String(n.extensions?.code??`INTERNAL`),n.message);let r=e.response;return r?.status===401?new h(`UNAUTHENTICATED`,`The server asks for a token.`):r?.ok?new h(`INTERNAL`,`The server's response is not valid GraphQL: ${e.message}`):(se(!1),new h(m,t?`The connection was lost before the server answered. Once it is back, the page shows whether this was done.`:`The server cannot be reached: this was not done.`))}var C=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},fe=new C(`
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
    `,{fragmentName:`MaskParts`}),pe=new C(`
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
}`,{fragmentName:`FrameParts`}),me=new C(`
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
    `,{fragmentName:`CandidateParts`}),he=new C(`
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
    `,{fragmentName:`AdapterParts`}),ge=new C(`
    fragment LabelParts on Label {
  name
  color
  key
  attributes {
    name
    values
  }
}
    `,{fragmentName:`LabelParts`}),_e=new C(`
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
    `,{fragmentName:`VideoParts`}),ve=new C(`
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
fragment LabelParts on Label {
  name
  color
  key
  attributes {
    name
    values
  }
}`,{fragmentName:`SessionParts`}),ye=new C(`
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
    `,{fragmentName:`RevertParts`}),be={"\n  fragment FrameParts on RLEMaskListOnFrame {\n    frameIndex\n    rleMaskList {\n      ...MaskParts\n    }\n  }\n":pe,"\n  fragment MaskParts on RLEMaskForObject {\n    objectId\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    source\n  }\n":fe,"\n  fragment AdapterParts on LoraAdapter {\n    adapterId\n    objectId\n    rank\n    frameIndices\n    baselineIou\n    trainingIou\n    steps\n    seconds\n  }\n":he,"\n  fragment CandidateParts on LoraCandidate {\n    adapterId\n    objectId\n    frameIndex\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    agreement\n  }\n":me,"\n  fragment VideoParts on Video {\n    id\n    path\n    width\n    height\n    posterUrl\n    frameCount\n    fps\n    durationSec\n    frameUrlTemplate\n  }\n":_e,"\n  fragment LabelParts on Label {\n    name\n    color\n    key\n    attributes {\n      name\n      values\n    }\n  }\n":ge,"\n  fragment SessionParts on Session {\n    sessionId\n    loraMode\n    objects {\n      objectId\n      name\n      label\n      attributes {\n        key\n        value\n      }\n      promptedFrames\n      adapters {\n        ...AdapterParts\n      }\n    }\n    frameStep\n    labels {\n      ...LabelParts\n    }\n    video {\n      ...VideoParts\n    }\n  }\n":ve,"\n  query Start {\n    sessions {\n      sessionId\n      trackedFrameCount\n      createdAt\n      objects {\n        objectId\n      }\n      video {\n        path\n        frameCount\n        posterUrl\n      }\n    }\n    model {\n      name\n      device\n      parameterCount\n    }\n  }\n":new C(`
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
    `),"\n  query Videos($search: String!, $first: Int!, $after: String) {\n    videos(search: $search, first: $first, after: $after) {\n      edges {\n        node {\n          ...VideoParts\n        }\n      }\n      unusable {\n        path\n        reason\n      }\n      preparing {\n        path\n        progress\n      }\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n":new C(`
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
}`),"\n  query SessionVideo($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      videoChange {\n        sameFrames\n        frameCount\n      }\n      video {\n        path\n        frameCount\n        damage {\n          first\n          last\n          reason\n        }\n      }\n    }\n  }\n":new C(`
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
    `),"\n  mutation ContinueSession($sessionId: String!) {\n    continueSession(input: { sessionId: $sessionId }) {\n      sessionId\n    }\n  }\n":new C(`
    mutation ContinueSession($sessionId: String!) {
  continueSession(input: {sessionId: $sessionId}) {
    sessionId
  }
}
    `),"\n  query SessionState($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      ...SessionParts\n    }\n  }\n":new C(`
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
fragment LabelParts on Label {
  name
  color
  key
  attributes {
    name
    values
  }
}
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
}`),"\n  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {\n    session(sessionId: $sessionId) {\n      masks(startFrameIndex: $first, endFrameIndex: $last) {\n        ...FrameParts\n      }\n    }\n  }\n":new C(`
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
}`),"\n  query SessionHistory($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      interactions {\n        at\n        kind\n        objectId\n        frameIndex\n        points\n        labels\n        clearOldPoints\n        box\n      }\n    }\n  }\n":new C(`
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
    `),"\n  query SessionChangesMade($sessionId: String!, $first: Int, $last: Int, $after: String) {\n    session(sessionId: $sessionId) {\n      history(first: $first, last: $last, after: $after) {\n        edges {\n          node {\n            at\n            kind\n            isUndone\n            isKept\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n":new C(`
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
    `),"\n  query ChangeCursor($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      changeCursor\n    }\n  }\n":new C(`
    query ChangeCursor($sessionId: String!) {
  session(sessionId: $sessionId) {
    changeCursor
  }
}
    `),"\n  subscription SessionChanges($sessionId: String!, $since: String) {\n    sessionChanges(sessionId: $sessionId, since: $since) {\n      kind\n      client\n      parts\n      frames {\n        first\n        last\n      }\n    }\n  }\n":new C(`
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
    `),"\n  mutation Undo($sessionId: String!) {\n    undo(input: { sessionId: $sessionId }) {\n      ...RevertParts\n    }\n  }\n":new C(`
    mutation Undo($sessionId: String!) {
  undo(input: {sessionId: $sessionId}) {
    ...RevertParts
  }
}
    fragment RevertParts on Revert {
  change {
    kind
    objectIds
    frames {
      first
      last
    }
  }
}`),"\n  mutation Redo($sessionId: String!) {\n    redo(input: { sessionId: $sessionId }) {\n      ...RevertParts\n    }\n  }\n":new C(`
    mutation Redo($sessionId: String!) {
  redo(input: {sessionId: $sessionId}) {
    ...RevertParts
  }
}
    fragment RevertParts on Revert {
  change {
    kind
    objectIds
    frames {
      first
      last
    }
  }
}`),"\n  fragment RevertParts on Revert {\n    change {\n      kind\n      objectIds\n      frames {\n        first\n        last\n      }\n    }\n  }\n":ye,"\n  mutation LabelObject($input: LabelObjectInput!) {\n    labelObject(input: $input) {\n      objectId\n    }\n  }\n":new C(`
    mutation LabelObject($input: LabelObjectInput!) {
  labelObject(input: $input) {
    objectId
  }
}
    `),"\n  mutation SetLabels($input: SetLabelsInput!) {\n    setLabels(input: $input) {\n      labels {\n        ...LabelParts\n      }\n    }\n  }\n":new C(`
    mutation SetLabels($input: SetLabelsInput!) {
  setLabels(input: $input) {
    labels {
      ...LabelParts
    }
  }
}
    fragment LabelParts on Label {
  name
  color
  key
  attributes {
    name
    values
  }
}`),"\n  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {\n    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {\n      ...CandidateParts\n    }\n  }\n":new C(`
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
}`),"\n  mutation Upload($file: Upload!) {\n    uploadVideo(file: $file) {\n      path\n    }\n  }\n":new C(`
    mutation Upload($file: Upload!) {
  uploadVideo(file: $file) {
    path
  }
}
    `),"\n  mutation StartSession($path: String!, $frameStep: Int!) {\n    startSession(input: { path: $path, frameStep: $frameStep }) {\n      sessionId\n    }\n  }\n":new C(`
    mutation StartSession($path: String!, $frameStep: Int!) {
  startSession(input: {path: $path, frameStep: $frameStep}) {
    sessionId
  }
}
    `),"\n  mutation CloseSession($sessionId: String!) {\n    closeSession(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new C(`
    mutation CloseSession($sessionId: String!) {
  closeSession(input: {sessionId: $sessionId}) {
    success
  }
}
    `),"\n  mutation AddPoints($input: AddPointsInput!) {\n    addPoints(input: $input) {\n      ...FrameParts\n    }\n  }\n":new C(`
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
}`),"\n  mutation AddBox($input: AddBoxInput!) {\n    addBox(input: $input) {\n      ...FrameParts\n    }\n  }\n":new C(`
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
}`),"\n  mutation AddMask($input: AddMaskInput!) {\n    addMask(input: $input) {\n      ...FrameParts\n    }\n  }\n":new C(`
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
}`),"\n  mutation AddCorrection($input: AddCorrectionInput!) {\n    addCorrection(input: $input) {\n      frame {\n        ...FrameParts\n      }\n    }\n  }\n":new C(`
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
}`),"\n  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {\n    clearPointsInFrame(input: $input) {\n      ...FrameParts\n    }\n  }\n":new C(`
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
}`),"\n  mutation TrainLora($input: TrainLoraInput!) {\n    trainLora(input: $input) {\n      ...AdapterParts\n    }\n  }\n":new C(`
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
}`),"\n  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {\n    applyLoraCandidate(input: $input) {\n      ...FrameParts\n    }\n  }\n":new C(`
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
}`),"\n  mutation SetLoraMode($input: SetLoraModeInput!) {\n    setLoraMode(input: $input) {\n      loraMode\n    }\n  }\n":new C(`
    mutation SetLoraMode($input: SetLoraModeInput!) {
  setLoraMode(input: $input) {
    loraMode
  }
}
    `),"\n  mutation ResetLora($sessionId: String!) {\n    resetLora(input: { sessionId: $sessionId }) {\n      ...SessionParts\n    }\n  }\n":new C(`
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
fragment LabelParts on Label {
  name
  color
  key
  attributes {
    name
    values
  }
}
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
}`),"\n  mutation NameObject($input: NameObjectInput!) {\n    nameObject(input: $input) {\n      objectId\n      name\n    }\n  }\n":new C(`
    mutation NameObject($input: NameObjectInput!) {
  nameObject(input: $input) {
    objectId
    name
  }
}
    `),"\n  mutation RemoveObject($input: RemoveObjectInput!) {\n    removeObject(input: $input) {\n      frameIndex\n    }\n  }\n":new C(`
    mutation RemoveObject($input: RemoveObjectInput!) {
  removeObject(input: $input) {
    frameIndex
  }
}
    `),"\n  mutation ExportAnnotations($input: ExportAnnotationsInput!) {\n    exportAnnotations(input: $input) {\n      url\n      filename\n      byteSize\n      losses\n    }\n  }\n":new C(`
    mutation ExportAnnotations($input: ExportAnnotationsInput!) {
  exportAnnotations(input: $input) {
    url
    filename
    byteSize
    losses
  }
}
    `),"\n  mutation ImportAnnotations($file: Upload!, $input: ImportAnnotationsInput!) {\n    importAnnotations(file: $file, input: $input) {\n      applied\n      format\n      video\n      frames\n      objects {\n        source\n        objectId\n        name\n        isNew\n        frameCount\n      }\n      frameCount\n      maskCount\n      replacedMaskCount\n      mismatches {\n        kind\n        message\n      }\n      losses\n    }\n  }\n":new C(`
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
    `),"\n  mutation CancelExport($sessionId: String!) {\n    cancelExport(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new C(`
    mutation CancelExport($sessionId: String!) {
  cancelExport(input: {sessionId: $sessionId}) {
    success
  }
}
    `),"\n  subscription Exporting($sessionId: String!) {\n    exportProgress(sessionId: $sessionId) {\n      completed\n      total\n    }\n  }\n":new C(`
    subscription Exporting($sessionId: String!) {
  exportProgress(sessionId: $sessionId) {
    completed
    total
  }
}
    `),"\n  subscription Importing($sessionId: String!) {\n    importProgress(sessionId: $sessionId) {\n      completed\n      total\n    }\n  }\n":new C(`
    subscription Importing($sessionId: String!) {
  importProgress(sessionId: $sessionId) {
    completed
    total
  }
}
    `),"\n  subscription Propagate($input: PropagateInVideoInput!) {\n    propagateInVideo(input: $input) {\n      propagationId\n      sequence\n      frameIndex\n      rleMaskList {\n        ...MaskParts\n      }\n      completed\n      total\n      revision\n      suggestions {\n        objectId\n        adapterId\n      }\n    }\n  }\n":new C(`
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
}`),"\n  subscription Training($sessionId: String!) {\n    loraTraining(sessionId: $sessionId) {\n      objectId\n      frameIndex\n      step\n      steps\n      loss\n      iou\n      adapter {\n        ...AdapterParts\n      }\n      background\n    }\n  }\n":new C(`
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
}`),"\n  subscription TrackingProgress($sessionId: String!) {\n    trackingProgress(sessionId: $sessionId) {\n      purpose\n      completed\n      total\n    }\n  }\n":new C(`
    subscription TrackingProgress($sessionId: String!) {
  trackingProgress(sessionId: $sessionId) {
    purpose
    completed
    total
  }
}
    `),"\n  mutation CancelTracking($sessionId: String!) {\n    cancelPropagateInVideo(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new C(`
    mutation CancelTracking($sessionId: String!) {
  cancelPropagateInVideo(input: {sessionId: $sessionId}) {
    success
  }
}
    `)};function w(e){return be[e]??{}}w(`
  fragment FrameParts on RLEMaskListOnFrame {
    frameIndex
    rleMaskList {
      ...MaskParts
    }
  }
`),w(`
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
`),w(`
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
`),w(`
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
`),w(`
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
`),w(`
  fragment LabelParts on Label {
    name
    color
    key
    attributes {
      name
      values
    }
  }
`),w(`
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
`);var xe=w(`
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
`),Se=w(`
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
`),Ce=w(`
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
`),we=w(`
  mutation ContinueSession($sessionId: String!) {
    continueSession(input: { sessionId: $sessionId }) {
      sessionId
    }
  }
`),Te=w(`
  query SessionState($sessionId: String!) {
    session(sessionId: $sessionId) {
      ...SessionParts
    }
  }
`),Ee=w(`
  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {
    session(sessionId: $sessionId) {
      masks(startFrameIndex: $first, endFrameIndex: $last) {
        ...FrameParts
      }
    }
  }
`),De=w(`
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
`),Oe=w(`
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
`),ke=w(`
  query ChangeCursor($sessionId: String!) {
    session(sessionId: $sessionId) {
      changeCursor
    }
  }
`),Ae=w(`
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
`),je=w(`
  mutation Undo($sessionId: String!) {
    undo(input: { sessionId: $sessionId }) {
      ...RevertParts
    }
  }
`),Me=w(`
  mutation Redo($sessionId: String!) {
    redo(input: { sessionId: $sessionId }) {
      ...RevertParts
    }
  }
`);w(`
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
`);var Ne=w(`
  mutation LabelObject($input: LabelObjectInput!) {
    labelObject(input: $input) {
      objectId
    }
  }
`),Pe=w(`
  mutation SetLabels($input: SetLabelsInput!) {
    setLabels(input: $input) {
      labels {
        ...LabelParts
      }
    }
  }
`),Fe=w(`
  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {
    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {
      ...CandidateParts
    }
  }
`),Ie=w(`
  mutation Upload($file: Upload!) {
    uploadVideo(file: $file) {
      path
    }
  }
`),Le=w(`
  mutation StartSession($path: String!, $frameStep: Int!) {
    startSession(input: { path: $path, frameStep: $frameStep }) {
      sessionId
    }
  }
`),Re=w(`
  mutation CloseSession($sessionId: String!) {
    closeSession(input: { sessionId: $sessionId }) {
      success
    }
  }
`),ze=w(`
  mutation AddPoints($input: AddPointsInput!) {
    addPoints(input: $input) {
      ...FrameParts
    }
  }
`),Be=w(`
  mutation AddBox($input: AddBoxInput!) {
    addBox(input: $input) {
      ...FrameParts
    }
  }
`),Ve=w(`
  mutation AddMask($input: AddMaskInput!) {
    addMask(input: $input) {
      ...FrameParts
    }
  }
`),He=w(`
  mutation AddCorrection($input: AddCorrectionInput!) {
    addCorrection(input: $input) {
      frame {
        ...FrameParts
      }
    }
  }
`),Ue=w(`
  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {
    clearPointsInFrame(input: $input) {
      ...FrameParts
    }
  }
`),We=w(`
  mutation TrainLora($input: TrainLoraInput!) {
    trainLora(input: $input) {
      ...AdapterParts
    }
  }
`),Ge=w(`
  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {
    applyLoraCandidate(input: $input) {
      ...FrameParts
    }
  }
`),Ke=w(`
  mutation SetLoraMode($input: SetLoraModeInput!) {
    setLoraMode(input: $input) {
      loraMode
    }
  }
`),qe=w(`
  mutation ResetLora($sessionId: String!) {
    resetLora(input: { sessionId: $sessionId }) {
      ...SessionParts
    }
  }
`),Je=w(`
  mutation NameObject($input: NameObjectInput!) {
    nameObject(input: $input) {
      objectId
      name
    }
  }
`),Ye=w(`
  mutation RemoveObject($input: RemoveObjectInput!) {
    removeObject(input: $input) {
      frameIndex
    }
  }
`),Xe=w(`
  mutation ExportAnnotations($input: ExportAnnotationsInput!) {
    exportAnnotations(input: $input) {
      url
      filename
      byteSize
      losses
    }
  }
`),Ze=w(`
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
`),Qe=w(`
  mutation CancelExport($sessionId: String!) {
    cancelExport(input: { sessionId: $sessionId }) {
      success
    }
  }
`),$e=w(`
  subscription Exporting($sessionId: String!) {
    exportProgress(sessionId: $sessionId) {
      completed
      total
    }
  }
`),et=w(`
  subscription Importing($sessionId: String!) {
    importProgress(sessionId: $sessionId) {
      completed
      total
    }
  }
`),tt=w(`
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
`),nt=w(`
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
`),rt=w(`
  subscription TrackingProgress($sessionId: String!) {
    trackingProgress(sessionId: $sessionId) {
      purpose
      completed
      total
    }
  }
`),it=w(`
  mutation CancelTracking($sessionId: String!) {
    cancelPropagateInVideo(input: { sessionId: $sessionId }) {
      success
    }
  }
`),at=class{#e=new Map;get(e,t){return this.#e.get(e)?.get(t)}framesOf(e){return[...this.#e].filter(([,t])=>t.has(e)).map(([e])=>e).sort((e,t)=>e-t)}staleFrames(e){return this.framesOf(e).filter(t=>this.get(t,e)?.stale)}replace(e,t){t.length?this.#e.set(e,new Map(t.map(e=>[e.objectId,e]))):this.#e.delete(e)}removeObject(e){for(let t of this.#e.values())t.delete(e)}clear(){this.#e.clear()}markStale(e,t){for(let[n,r]of this.#e){let i=r.get(e);i&&i.source!==`PROMPT`&&i.source!==`IMPORTED`&&!i.stale&&n!==t&&(i.reverse?t>n:t<n)&&r.set(e,{...i,stale:!0})}}},ot={least:1,most:200},st={view:`loading`,connected:!0,sessionId:null,video:null,videoChange:null,loraMode:`SUGGEST`,objects:[],selected:null,frame:0,playing:!1,following:!1,speed:1,tool:`point`,brush:12,renaming:null,range:null,noOverlap:!1,panels:!0,showMasks:!0,masksVersion:0,imagesVersion:0,tracking:null,trackingFirst:null,pending:0,pendingPrompts:[],crosshair:null,corner:null,training:null,lastRun:null,candidates:[],hovered:null,suggested:new Set,corrected:new Set,accepted:new Set,prompts:new Map,canUndo:!1,canRedo:!1,labels:[],frameStep:1,notices:{},dialog:null,exporting:null},T=(e,t)=>`${e}:${t}`,ct=(e,t)=>e.startsWith(`${t}:`);function lt(e,t,n){let r=new Set(e);return n?r.add(t):r.delete(t),r}var E=o(()=>st),{getState:D,setState:O,subscribe:k}=E,A=new at,j={current:null};function M(){O(e=>({masksVersion:e.masksVersion+1}))}function N(e,t){O(n=>({objects:n.objects.map(n=>n.objectId===e?{...n,...t}:n)}))}function P(e,t,n=`error`,r){O(i=>({notices:{...i.notices,[e]:{text:t,kind:n,...r&&{action:r}}}}))}function F(e){O(t=>({notices:{...t.notices,[e]:void 0}}))}function I(e,t){let n=t instanceof h?t.code:null;n===`SESSION_NOT_FOUND`?O({view:`gone`}):n===`UNAUTHENTICATED`?O({view:`token`}):n!==`CANCELLED`&&P(e,g(t))}function L(e){return D().objects.find(t=>t.objectId===e)}function R({objectId:e,name:t}){return t||`Object ${e}`}function z(e){return e.split(`/`).at(-1).replace(e.startsWith(`uploads/`)?/-[0-9a-f]{12}(?=\.\w+$)/:``,``)}function ut(e,t){return L(e)?.promptedFrames.includes(t)??!1}function dt({promptedFrames:e,adapters:t}){return e.length+t.length>0}function ft(e,t){let n=A.get(t,e);if(!n)return!1;if(n.source===`TRACKED`||n.source===`LORA`&&!ut(e,t))return!0;let r=T(e,t);return D().corrected.has(r)||D().accepted.has(r)}function pt(e=1/0){let{objects:t,video:n,frameStep:r}=D(),i=t.filter(({promptedFrames:e})=>e.length),a=[];for(let t=mt();i.length&&t<(n?.frameCount??0)&&a.length<e;t+=r)i.some(({objectId:e,promptedFrames:n})=>{let r=A.get(t,e);return t>n[0]&&(!r||r.stale)})&&a.push(t);return a}function mt(){return Math.min(...D().objects.flatMap(({promptedFrames:e})=>e[0]??[]))}function ht(){let{objects:e}=D(),t=new Set(e.flatMap(({objectId:e})=>A.framesOf(e))),n=new Set(e.flatMap(({objectId:e})=>A.staleFrames(e)));return{annotated:t.size,stale:n.size}}var gt=120,_t=9,vt=.95,yt,bt=``;function xt(){k(({view:e,selected:t,frame:n,loraMode:r,playing:i,tracking:a,following:o,pending:s,training:c})=>{if(e!==`annotate`)return;let l=t===null?void 0:A.get(n,t),u=L(t)?.adapters??[],d=!i&&!(a&&o)&&s===0&&c===null&&l&&t!==null&&r!==`OFF`&&u.length>0&&!ut(t,n),f=d?[t,n,l.serial,...u.map(e=>e.adapterId+e.trainingIou)].join():``;f!==bt&&(bt=f,clearTimeout(yt),D().candidates.length&&O({candidates:[],hovered:null}),d&&(yt=setTimeout(()=>void St(t,n,f),gt)))})}async function St(e,t,n){try{let{loraCandidates:r}=await x(Fe,{sessionId:D().sessionId,objectId:e,frameIndex:t}),i=r.filter(({agreement:e})=>e<=vt);bt===n&&O({candidates:i.slice(0,_t)})}catch(e){let t=e instanceof h&&e.code===`FEATURES_NOT_CAPTURED`;bt===n&&!t&&I(`learn`,e)}}var Ct=[`#3b9cff`,`#ff8a3d`,`#35c98a`,`#e85bb0`,`#f2c744`,`#9a7bff`,`#3fd2d6`,`#f06a5f`,`#a3d14b`,`#c98fe8`];function wt(e){return Ct[(Math.max(e,1)-1)%Ct.length]}var Tt={label:null,attributes:[],promptedFrames:[],adapters:[]},Et=0;function Dt(){let{objects:e}=D(),t=Math.max(0,...e.map(e=>e.objectId))+1,n={objectId:t,name:``,color:wt(t),hidden:!1,...Tt};return O({objects:[...e,n],selected:t}),t}async function Ot(e,t){let n=L(e);if(n&&n.name!==t.trim()&&(N(e,{name:t.trim()}),dt(n)))try{F(`objects`),await x(Je,{input:{sessionId:D().sessionId,objectId:e,name:t}})}catch(t){N(e,{name:n.name}),I(`objects`,t)}}async function kt(e){let{name:t,label:n,attributes:r}=L(e)??{};(n||r?.length)&&await x(Ne,{input:{sessionId:D().sessionId,objectId:e,label:n??null,attributes:r??null}}),t&&await x(Je,{input:{sessionId:D().sessionId,objectId:e,name:t}})}async function At(e){let t=L(e);if(!t)return;try{F(`objects`),dt(t)&&await x(Ye,{input:{sessionId:D().sessionId,objectId:e}})}catch(e){return I(`objects`,e)}A.removeObject(e);let n=t=>!ct(t,e);O(r=>{let i=r.objects.filter(t=>t.objectId!==e);return{objects:i,selected:r.selected===e?i[0]?.objectId??null:r.selected,canUndo:r.canUndo||dt(t),prompts:new Map([...r.prompts].filter(([e])=>n(e))),suggested:new Set([...r.suggested].filter(n)),corrected:new Set([...r.corrected].filter(n)),accepted:new Set([...r.accepted].filter(n))}}),M()}function jt(e){let t=L(e);t&&N(e,{hidden:!t.hidden})}function Mt(e){let{objects:t,selected:n}=D();t.length!==0&&O({selected:t[(t.findIndex(({objectId:e})=>e===n)+e+t.length)%t.length].objectId})}async function Nt(){let{sessionId:e}=D();if(!e)return;let t=++Et,{session:n}=await x(Te,{sessionId:e});if(t===Et){if(!n)return O({view:`gone`});Pt(n)}}function Pt(e){if(D().sessionId!==e.sessionId)return;let t=D().objects,n=Ft(e,Object.fromEntries(t.map(({objectId:e,color:t})=>[e,t])),t.filter(e=>e.hidden).map(({objectId:e})=>e)),r=t.filter(({objectId:e})=>!n.some(t=>t.objectId===e)).filter(e=>!dt(e));O(({selected:t})=>{let i=[...n,...r].sort((e,t)=>e.objectId-t.objectId),a=i.some(({objectId:e})=>e===t);return{loraMode:e.loraMode,labels:e.labels,objects:i,selected:a?t:i[0]?.objectId??null}});for(let{objectId:e}of t)L(e)||A.removeObject(e);M()}function Ft(e,t,n){return e.objects.map(({objectId:e,name:r,label:i,...a})=>({...a,objectId:e,name:r??``,label:i??null,color:t[e]??wt(e),hidden:n.includes(e)})).sort((e,t)=>e.objectId-t.objectId)}var It=100;async function Lt(e,t){if(!t){let{session:t}=await x(Oe,{sessionId:e,last:It,first:null,after:null});t&&D().sessionId===e&&O(Bt(t.history.edges.map(({node:e})=>e)));return}let n=await Rt(e),{session:r}=await x(De,{sessionId:e});r&&D().sessionId===e&&O({...Bt(n),...Vt(r.interactions,n)})}async function Rt(e){let t=[];for(let n=null;;){let{session:r}=await x(Oe,{sessionId:e,first:It,after:n,last:null});if(!r||(t.push(...r.history.edges.map(({node:e})=>e)),!r.history.pageInfo.hasNextPage))return t;n=r.history.pageInfo.endCursor??null}}async function zt(e){return(await Rt(e)).find(({isUndone:e})=>e)?.kind??null}function Bt(e){return{canUndo:e.some(({isUndone:e,isKept:t})=>!e&&t),canRedo:e.some(({isUndone:e,isKept:t})=>e&&t)}}function Vt(e,t){let n=new Map,r=new Set,i=new Set,a=e=>{for(let t of[n,r,i])for(let n of t.keys())e(n)&&t.delete(n)};for(let o of e.filter(Ht(t))){let e=T(o.objectId??0,o.frameIndex??0);o.kind===`CLEAR_VIDEO`||o.kind===`RESET_SESSION`?a(()=>!0):o.kind===`REMOVE_OBJECT`?a(e=>ct(e,o.objectId??0)):o.kind===`CLEAR_FRAME`&&a(t=>t===e),(o.kind===`PROMPT`||o.kind===`CORRECTION`)&&n.set(e,Ut(n.get(e),o)),o.kind===`CANDIDATE`&&n.set(e,null),(o.kind===`CORRECTION`||o.kind===`CANDIDATE`)&&(r.delete(e),i.delete(e),(o.kind===`CORRECTION`?r:i).add(e))}let o=[...n].filter(e=>e[1]!==null);return{prompts:new Map(o),corrected:r,accepted:i}}function Ht(e){let t=new Set(e.filter(({isUndone:e})=>!e).map(({at:e})=>e)),n=e[0]?.at;return({at:e})=>t.has(e)||n===void 0||e<n}function Ut(e,{points:t,labels:n,clearOldPoints:r,box:i}){if(i)return[{kind:`box`,box:i}];if(!t||!n||e===null&&!r)return null;let a={kind:`points`,points:t,labels:n};return r?[a]:[...e??[],a]}var Wt=[1,0,-1,0],Gt=[0,1,0,-1];function Kt({width:e,height:t,data:n}){let r=new Path2D,i=e+1,a=new Uint8Array(i*(t+1)),o=null;for(let r=0;r<t;r++)for(let s=0;s<e;s++){let c=r*e+s;if(!n[c])continue;o??={x:s+.5,y:r};let l=r*i+s;r!==0&&n[c-e]||(a[l]|=1),s!==e-1&&n[c+1]||(a[l+1]|=2),r!==t-1&&n[c+e]||(a[l+i+1]|=4),s!==0&&n[c-1]||(a[l+i]|=8)}for(let e=0;e<a.length;e++)for(;a[e];)qt(a,e,i,r);return{path:r,top:o}}function qt(e,t,n,r){let i=t,a=Math.log2(e[t]&-e[t]),o=!0;do{let t=e[i];o||(a=[1,0,3].map(e=>(a+e)%4).find(e=>t&1<<e)??a),e[i]=t&~(1<<a);let s=i%n+Wt[a]/2,c=Math.floor(i/n)+Gt[a]/2;o?r.moveTo(s,c):r.lineTo(s,c),o=!1,i+=Wt[a]+Gt[a]*n}while(i!==t);r.closePath()}function Jt(e,t,n){let r=new Uint8Array(t*n),i=0;return Xt(e).forEach((e,a)=>{let o=Math.min(i+e,r.length);if(a%2==1){let e=Math.floor(i/n),a=i%n;for(let s=i;s<o;s++)r[a*t+e]=1,++a===n&&(a=0,e++)}i=o}),{width:t,height:n,data:r}}function Yt({width:e,height:t,data:n}){let r=[],i=0,a=0;for(let o=0;o<e;o++)for(let s=0;s<t;s++)n[s*e+o]===i?a++:(r.push(a),i=1-i,a=1);return r.push(a),r.map((e,t)=>Zt(t>2?e-(r[t-2]??0):e)).join(``)}function Xt(e){let t=[],n=0,r=0;for(let i=0;i<e.length;i++){let a=e.charCodeAt(i)-48;n|=(a&31)<<r,r+=5,a&32||(a&16&&(n|=-1<<r),t.push(n+(t.length>2?t[t.length-2]??0:0)),n=r=0)}return t}function Zt(e){let t=``;for(let n=e,r=!0;r;){let e=n&31;n>>=5,r=e&16?n!==-1:n!==0,t+=String.fromCharCode((r?e|32:e)+48)}return t}var Qt=0,$t=new WeakMap,en=new WeakMap,tn=new WeakMap;function nn({objectId:e,rleMask:t,predictedIou:n,objectScore:r,source:i},a){return{serial:++Qt,objectId:e,rle:t,predictedIou:n??null,objectScore:r??null,source:i,reverse:a,stale:!1}}function rn({predictedIou:e,source:t}){return t!==`TRACKED`||typeof e==`number`}function an(e,{rleMask:t,source:n}){return e.rle.counts===t.counts&&e.source===n}function on({predictedIou:e,objectScore:t}){return e===null||t===null?null:Math.max(0,Math.min(1,e))/(1+Math.exp(-t))}function B(e){return un($t,e,()=>ln(e))}function sn(e){return un(en,e,()=>Kt(ln(e)))}function cn(e,t){let n=tn.get(t);if(n&&n.before===e)return n.difference;let{width:r,height:i,data:a}=B(t),o=e?B(e).data:new Uint8Array(a.length),s={added:Kt({width:r,height:i,data:a.map((e,t)=>e&~o[t]&1)}),removed:Kt({width:r,height:i,data:a.map((e,t)=>~e&o[t]&1)})};return tn.set(t,{before:e,difference:s}),s}function ln({size:[e=0,t=0],counts:n}){return Jt(n,t,e)}function un(e,t,n){let r=e.get(t);return r===void 0&&(r=n(),e.set(t,r)),r}var dn={colors:{},hidden:[],stale:{},suggested:[],frame:0,selected:null,tool:`point`,brush:null},fn=`sam2-lit:session:`,pn=20,mn=300,hn;function gn(e){try{return{...dn,...JSON.parse(localStorage.getItem(fn+e)??`{}`)}}catch{return dn}}function _n(e){localStorage.removeItem(fn+e)}function vn(){k((e,t)=>{e.objects===t.objects&&e.masksVersion===t.masksVersion&&e.suggested===t.suggested&&e.frame===t.frame&&e.selected===t.selected&&e.tool===t.tool&&e.brush===t.brush||e.view!==`annotate`||(clearTimeout(hn),hn=setTimeout(yn,mn))}),addEventListener(`pagehide`,yn)}function yn(){let{sessionId:e,view:t,objects:n,suggested:r,frame:i,selected:a,tool:o,brush:s}=D();if(!e||t!==`annotate`)return;let c={colors:Object.fromEntries(n.map(({objectId:e,color:t})=>[e,t])),hidden:n.filter(({hidden:e})=>e).map(({objectId:e})=>e),stale:Object.fromEntries(n.map(({objectId:e})=>[e,A.staleFrames(e)])),suggested:[...r],frame:i,selected:a,tool:o,brush:s},l=fn+e;localStorage.removeItem(l);try{localStorage.setItem(l,JSON.stringify(c))}catch{}let u=Object.keys(localStorage).filter(e=>e.startsWith(fn)&&e!==l);for(let e of u.slice(0,Math.max(0,u.length-pn)))localStorage.removeItem(e)}function bn({stale:e}){return new Set(Object.entries(e).flatMap(([e,t])=>t.map(t=>T(Number(e),t))))}var xn=400,Sn=64,Cn=400,wn=5;async function Tn(e,t){let n=bn(gn(e));A.clear(),await En(e,0,t-1,n)}async function En(e,t,n,r=new Set){for(let i=t;i<=n;i+=xn){let t=Math.min(i+xn-1,n),{session:a}=await x(Ee,{sessionId:e,first:i,last:t});if(D().sessionId!==e)return;let o=new Map((a?.masks??[]).map(({frameIndex:e,rleMaskList:t})=>[e,t]));for(let e=i;e<=t;e++)A.replace(e,(o.get(e)??[]).map(t=>{let n=A.get(e,t.objectId),i=L(t.objectId)?.promptedFrames[0]??0,a=n&&an(n,t)?n:nn(t,e<i);return r.has(T(t.objectId,e))&&a.source!==`PROMPT`?{...a,stale:!0}:a}));M()}}async function Dn(e,t,n){let r=D().video?.frameCount??0,i=n?Math.max(0,t-Sn):t+1,a=n?t-1:Math.min(r-1,t+Sn);if(i>a)return;let o=``;for(let t=0;t<wn;t++){await new Promise(e=>setTimeout(e,Cn));let{session:t}=await x(Ee,{sessionId:e,first:i,last:a}),r=D();if(r.sessionId!==e||r.tracking||!t)return;for(let{frameIndex:e,rleMaskList:r}of t.masks)A.replace(e,r.map(t=>{let r=A.get(e,t.objectId);return r&&an(r,t)?r:nn(t,n)}));M();let s=t.masks.map(({frameIndex:e,rleMaskList:t})=>[e,...t.map(e=>e.rleMask.counts)]).join();if(s===o)return;o=s}}async function On(e,t){let n=await fetch(An(e),{headers:b(),...t&&{signal:t}});if(!n.ok)throw Error(`HTTP status ${n.status}`);return n.blob()}async function kn(e,t){return createImageBitmap(await On(e,t))}function An(e){return new URL(e,location.href).pathname}var jn=256*2**20,Mn=4,Nn=16,Pn=6,Fn=class{urlTemplate;frameCount;onFrame;#e=new Map;#t=new Map;#n=[];#r=0;#i;#a=!1;constructor(e,t,n,r){this.urlTemplate=e,this.frameCount=t,this.onFrame=r,this.#i=Math.max(24,Math.floor(jn/(n*4)))}get(e){return this.#e.get(e)}prefetch(e,t){this.#r=e;let n=[e];for(let r=1;r<=Nn;r++)n.push(e+r*t),r<=Pn&&n.push(e-r*t);this.#n=n.filter(e=>e>=0&&e<this.frameCount&&!this.#e.has(e));for(let[e,t]of this.#t)this.#n.includes(e)||t.abort();this.#o()}close(){this.#a=!0,this.#n=[];for(let e of this.#t.values())e.abort();for(let e of this.#e.values())e.close();this.#e.clear()}#o(){for(let e of this.#n){if(this.#t.size>=Mn)return;this.#t.has(e)||this.#s(e)}}async#s(e){let t=new AbortController;this.#t.set(e,t);let n=null;try{let n=await kn(this.urlTemplate.replace(`{index}`,String(e)),t.signal);if(this.#a)return n.close();this.#e.set(e,n),this.#c()}catch(e){n=e instanceof Error?e.message:String(e)}this.#t.delete(e),this.#a||(t.signal.aborted||(this.#n=this.#n.filter(t=>t!==e)),this.#o(),t.signal.aborted||this.onFrame(e,n))}#c(){if(this.#e.size<=this.#i)return;let e=e=>Math.abs(e-this.#r),t=[...this.#e.keys()].sort((t,n)=>e(n)-e(t));for(let e of t.slice(0,this.#e.size-this.#i))this.#e.get(e)?.close(),this.#e.delete(e)}},In=`sam2-lit:view`,Ln={panels:!0,hints:!0,noOverlap:!1,filmstrip:!1,timeline:null};function Rn(){try{return{...Ln,...JSON.parse(localStorage.getItem(In)??`{}`)}}catch{return Ln}}function V(e){localStorage.setItem(In,JSON.stringify({...Rn(),...e}))}function zn(){return!Rn().hints}function Bn(){V({hints:!1})}var Vn=150,Hn=[`SET_LORA_MODE`,`SET_LABELS`,`UNDO`,`REDO`],Un=null,Wn=[],Gn;function Kn(e,t){Un?.(),Un=null,Wn=[],e!==null&&(Un=S(Ae,{sessionId:e,since:t},({sessionChanges:t})=>{Wn.push(t),qn(e)},t=>{t&&D().sessionId===e&&I(`stage`,t)}))}function qn(e){Gn??=setTimeout(()=>{Gn=void 0,D().sessionId===e&&Jn(e)},Vn)}async function Jn(e){let{tracking:t,pending:n}=D();if(t||n>0)return qn(e);let r=Wn;Wn=[];let i=r.filter(({client:e})=>e===p),a=r.filter(({client:e})=>e!==p);i.some(({kind:e})=>!Hn.includes(e))&&O({canUndo:!0,canRedo:!1});try{(a.length||i.some(({kind:e})=>e===`TRACKING`))&&await Nt();for(let{first:t,last:n}of a.filter(({parts:e})=>e.includes(`MASKS`)).flatMap(({frames:e})=>e))await En(e,t,n);a.length&&await Lt(e,!0)}catch(e){D().connected&&I(`stage`,e)}}var Yn=null;function Xn(){let{sessionId:e}=D();return e?Promise.resolve(e):(Yn??=Zn().finally(()=>Yn=null),Yn)}async function Zn(){let{video:e,frameStep:t}=D(),{sessionId:n}=(await x(Le,{path:e.path,frameStep:t})).startSession;return D().video===e&&(history.replaceState(null,``,`#session=${n}`),O({sessionId:n})),n}var Qn=Promise.resolve();function $n(e){let{video:t}=D();return O(e=>({pending:e.pending+1,playing:!1,following:!1})),Qn=Qn.then(async()=>{if(D().video===t)try{F(`stage`),await Xn(),await e()}catch(e){I(`stage`,e)}finally{O(e=>({pending:Math.max(0,e.pending-1)})),M()}}),Qn}function er(){return Qn}var tr=8,H=null,U=null;function nr(e){or({direction:e?`BACKWARD`:`FORWARD`,from:e?D().frame:null,maxFrames:null})}function rr(e){or({direction:`FORWARD`,from:e,maxFrames:null})}function ir(){or({direction:`BOTH`,from:D().frame,maxFrames:null})}function ar({first:e,last:t},n){or({direction:n?`BACKWARD`:`FORWARD`,from:n?t:e,maxFrames:t-e})}function or(e){W(),F(`track`),sr(e)}function sr(e){let t=H={request:e,input:null,received:null,unsubscribe:()=>{}};pr(e.direction===`BACKWARD`),er().then(()=>H===t&&fr(t))}function W(){let e=H;if(cr(),U=null,e?.input&&e.received!==null){let{frame:t,reverse:n}=e.received;Dn(e.input.sessionId,t,n).catch(e=>I(`track`,e))}}function cr(){H?.unsubscribe(),H=null,D().tracking&&O({tracking:null})}function lr(){return U=H??U,cr(),U!==null}function ur(){let e=U;if(U=null,e){if(!e.input)return sr(e.request);e.input.sessionId===D().sessionId&&(pr(e.request.direction===`BACKWARD`),mr(H=e,e.input))}}function dr(e){D().tracking?W():nr(e)}function fr(e){let{sessionId:t,objects:n,frame:r,video:i}=D(),{direction:a,maxFrames:o}=e.request;if(!t||!n.some(({promptedFrames:e})=>e.length)){cr(),P(`track`,`There is nothing to track yet: click an object on the picture first.`,`note`);return}let s=e.request.from??pt(1)[0];if(s===void 0){cr();let e=r===(i?.frameCount??0)-1?mt():r;P(`track`,`Nothing is left to track: every frame after the first prompt has a mask that follows your prompts.`,`note`,{label:`Track again from frame ${e}`,run:()=>rr(e)})}else mr(e,{sessionId:t,startFrameIndex:s,direction:a,...o!==null&&{maxFrames:o}})}function pr(e){O({tracking:{reverse:e,completed:0,total:0,revision:0,framesPerSecond:null},following:!0,playing:!1})}function mr(e,t){let n=t.direction===`BACKWARD`,r=[];e.input=t,e.unsubscribe=S(tt,{input:t},({propagateInVideo:i})=>{e.input={...t,propagationId:i.propagationId,fromSequence:i.sequence+1};let a=t.direction===`BOTH`&&i.frameIndex<(t.startFrameIndex??0);e.received={frame:i.frameIndex,reverse:n||a},r.push(performance.now()),r.length>tr&&r.shift();let o=(r.at(-1)-r[0])/1e3;hr(i,e.received.reverse,o>0?(r.length-1)/o:null)},t=>{if(H===e){if(t?.code===`SEQUENCE_NOT_FOUND`)return fr(e);H=null,O({tracking:null}),t&&I(`track`,t)}})}function hr(e,t,n){let{frameIndex:r,rleMaskList:i,completed:a,total:o,revision:s,suggestions:c}=e,l=i.map(e=>{let n=A.get(r,e.objectId),i=e.source===`TRACKED`&&ut(e.objectId,r);return n&&(i||!n.stale&&an(n,e))?n:nn(e,t)});A.replace(r,l);let u=new Set(D().suggested);for(let{objectId:e}of i)u.delete(T(e,r));for(let{objectId:e}of c)u.add(T(e,r));O(e=>({suggested:u,tracking:{reverse:t,completed:a,total:o,revision:s,framesPerSecond:n},masksVersion:e.masksVersion+1,frame:e.following?r:e.frame}))}var gr=null,_r=null;function vr(e){gr?.(),gr=_r=null,e!==null&&(gr=S(rt,{sessionId:e},({trackingProgress:{purpose:e,completed:t,total:n}})=>{_r!==null&&t>_r||(_r=null,O({trackingFirst:t<n?{purpose:e,completed:t,total:n}:null}))},t=>{O({trackingFirst:null}),t&&D().sessionId===e&&I(`track`,t)}))}async function yr(){try{await x(it,{sessionId:D().sessionId}),_r=D().trackingFirst?.completed??null,O({trackingFirst:null})}catch(e){I(`track`,e)}}var br=new Set,xr=new Set,Sr=1500,G=new Map,Cr=new Map,wr=null;function Tr(e,t){let n=T(e,t);if(D().loraMode===`OFF`)return;clearTimeout(G.get(n)?.timer);let r=()=>{G.delete(n),kr(e,t)};G.set(n,{timer:setTimeout(r,Sr),run:r})}function Er(){for(let{timer:e,run:t}of[...G.values()])clearTimeout(e),t()}function Dr(e,t){let n=T(e,t);clearTimeout(G.get(n)?.timer),G.delete(n),xr.delete(n)}function Or(){k((e,t)=>{(e.frame!==t.frame||e.selected!==t.selected||e.tracking&&!t.tracking)&&G.size&&Er()}),addEventListener(`pagehide`,Er)}function kr(e,t){let n=T(e,t);br.has(n)?xr.add(n):(br.add(n),Ar(e,t).finally(()=>{br.delete(n),xr.delete(n)&&kr(e,t)}))}async function Ar(e,t){let{sessionId:n}=D();F(`learn`),Cr.delete(T(e,t)),O({training:{objectId:e,frame:t,ious:[],steps:0,adapter:null}});try{let{trainLora:r}=await x(We,{input:{sessionId:n,objectId:e,frameIndex:t}});if(D().sessionId!==n)return;jr({objectId:e,frame:t,ious:Cr.get(T(e,t))??[],steps:r.steps,adapter:r}),await Nt()}catch(n){O({training:null}),n instanceof h&&n.code===`FEATURES_NOT_CAPTURED`?P(`learn`,`The correction is saved, but there is nothing to learn from frame ${t}: tracking ${R(L(e)??{objectId:e,name:``})} starts there.`,`note`):I(`learn`,n)}}function jr(e){O(({training:t})=>({lastRun:e,training:t?.objectId===e.objectId&&t.frame===e.frame?null:t}))}function Mr(e,t){O(({lastRun:n})=>n&&T(n.objectId,n.frame)===e?{lastRun:{...n,ious:t}}:{})}function Nr(e){wr?.(),wr=null,e!==null&&(wr=S(nt,{sessionId:e},({loraTraining:{objectId:e,frameIndex:t,step:n,steps:r,iou:i,adapter:a,background:o}})=>{let s=T(e,t),c=n>1||a?Cr.get(s)??[]:[],l=a?c:[...c,i];if(Cr.set(s,l),o&&!a)return Mr(s,l);let u={objectId:e,frame:t,ious:l,steps:r,adapter:a??null};if(!a)return O({training:u});jr(u),Nt().catch(e=>I(`learn`,e))},t=>{t&&D().sessionId===e&&I(`learn`,t)}))}async function Pr(e){let{loraMode:t}=D();O({loraMode:e});try{F(`learn`),await x(Ke,{input:{sessionId:await Xn(),mode:e}})}catch(e){O({loraMode:t}),I(`learn`,e)}}async function Fr(){try{F(`learn`),Pt((await x(qe,{sessionId:D().sessionId})).resetLora),O({lastRun:null,suggested:new Set})}catch(e){I(`learn`,e)}}var Ir=100,Lr=5e3,Rr=60;function zr(){addEventListener(`hashchange`,()=>void Br()),k((e,t)=>{e.sessionId!==null&&t.sessionId===null&&e.view===`annotate`&&t.view===`annotate`&&(qr(e.sessionId),Xr(e.sessionId,0))}),Br()}async function Br(){let e=new URLSearchParams(location.hash.slice(1)),[t,n]=[e.get(`session`),e.get(`video`)],r=D();r.view===`annotate`&&(t?t===r.sessionId:n&&!r.sessionId&&n===r.video?.path)||(Zr(),t?await Gr(t):n?await Hr(n):O({view:`start`}))}function Vr(e){F(`start`),location.hash=`video=${encodeURIComponent(e)}`}async function Hr(e){O({view:`loading`});try{let t=await Ur(e);if(!t)throw Error(`There is no video ${z(e)}`);new URLSearchParams(location.hash.slice(1)).get(`video`)===e&&Kr(t,{})}catch(e){O({view:`start`}),I(`start`,e)}}async function Ur(e){for(let t=null;;){let{videos:n}=await x(Se,{search:e,first:Ir,after:t}),r=n.edges.find(({node:t})=>t.path===e);if(r||!n.pageInfo.hasNextPage)return r?.node;t=n.pageInfo.endCursor??null}}async function Wr(e=D().sessionId){let{view:t}=D();try{e&&await x(Re,{sessionId:e})}catch(e){return I(t===`annotate`?`stage`:`start`,e)}e&&_n(e),t===`annotate`&&(location.hash=``)}async function Gr(e){O({view:`loading`});try{let t=(await x(ke,{sessionId:e})).session?.changeCursor??null,{session:n}=await x(Te,{sessionId:e});if(!n)return O({view:`gone`,sessionId:e});if(await Jr(e))return;let r=gn(e),{video:i}=n,a=Ft(n,r.colors,r.hidden),o=a.some(({objectId:e})=>e===r.selected);Kr(i,{sessionId:e,loraMode:n.loraMode,labels:n.labels,frameStep:n.frameStep,objects:a,selected:o?r.selected:a[0]?.objectId??null,frame:Math.min(r.frame,i.frameCount-1),tool:r.tool,...r.brush!==null&&{brush:r.brush},suggested:new Set(r.suggested)}),qr(e,t),await Promise.all([Lt(e,!0),Tn(e,i.frameCount)]),Xr(e,0)}catch(e){I(D().view===`annotate`?`stage`:`start`,e),D().view===`loading`&&O({view:`start`})}}function Kr(e,t){j.current?.close(),j.current=new Fn(e.frameUrlTemplate,e.frameCount,e.width*e.height,Qr);let n=Math.max(3,Math.min(ot.most,Math.round(Math.min(e.width,e.height)/30))),{panels:r,noOverlap:i}=Rn();O({...st,connected:D().connected,panels:r,noOverlap:i,view:`annotate`,video:e,brush:n,...t}),j.current.prefetch(D().frame,1)}function qr(e,t=null){Nr(e),vr(e),Kn(e,t)}async function Jr(e){let{session:t}=await x(Ce,{sessionId:e});if(!t?.videoChange)return!1;let{sameFrames:n,frameCount:r}=t.videoChange;return O({view:`changed`,sessionId:e,videoChange:{path:t.video.path,before:t.video.frameCount,after:r,same:n}}),!0}async function Yr(e){O({view:`loading`});try{await x(we,{sessionId:e}),await Gr(e)}catch(e){O({view:`start`}),I(`start`,e)}}async function Xr(e,t){if(D().sessionId!==e||t===Rr)return;let n=(await x(Ce,{sessionId:e}).catch(()=>null))?.session?.video.damage;n?n.length&&D().sessionId===e&&P(`stage`,`Frames that cannot be shown as they are: ${n.map(({first:e,last:t,reason:n})=>`${e===t?e:`${e}–${t}`} (${n})`).join(`, `)}.`,`note`):setTimeout(()=>void Xr(e,t+1),Lr)}function Zr(){Er(),W(),qr(null),j.current?.close(),j.current=null,A.clear(),O({...st,connected:D().connected,notices:D().notices})}function Qr(e,t){t===null?O(e=>({imagesVersion:e.imagesVersion+1})):e===D().frame&&P(`stage`,`Frame ${e} could not be fetched (${t}).`)}var $r=1500;function ei(){oe(e=>{e!==D().connected&&(O({connected:e,trackingFirst:null}),e?ni():(lr()&&P(`track`,`The connection was lost. Tracking goes on when it is back.`,`note`),setTimeout(()=>void ti(),$r)))})}async function ti(){D().connected||(await ue()?(O({connected:!0}),await ni()):setTimeout(()=>void ti(),$r))}async function ni(){let{view:e,sessionId:t,frame:n,selected:r}=D();if(e!==`annotate`||!t)return Br();try{let e=(await x(ke,{sessionId:t})).session?.changeCursor??null,{session:i}=await x(Te,{sessionId:t});if(!i)return O({view:`gone`});Pt(i),O({frame:n,selected:r}),qr(t,e);for(let e of[`stage`,`track`,`learn`,`objects`])F(e);j.current?.prefetch(n,1),await Promise.all([Lt(t,!0),Tn(t,i.video.frameCount)]),ur()}catch(e){e instanceof h&&e.code===`UNREACHABLE`||I(`stage`,e)}}function K(e){let{video:t,frameStep:n}=D(),r=Math.floor(((t?.frameCount??1)-1)/n);O({frame:Math.max(0,Math.min(r,Math.round(e/n)))*n,playing:!1,following:!1})}function ri(e){K(D().frame+e*D().frameStep)}function ii(e){let{objects:t,selected:n,frame:r}=D(),i=t.filter(({objectId:e})=>n===null||e===n).flatMap(({promptedFrames:e})=>e).filter(t=>(t-r)*e>0);i.length&&K(e>0?Math.min(...i):Math.max(...i))}var ai=0;function oi(){let{playing:e,frame:t,video:n}=D();if(e)return O({playing:!1});O({playing:!0,following:!1,frame:t===(n?.frameCount??1)-1?0:t});let r=++ai,i=performance.now(),a=e=>{let{playing:t,frame:n,video:o,speed:s,frameStep:c}=D();if(!t||!o||r!==ai)return;let l=n+c;if(l>=o.frameCount)return O({playing:!1});if(e>=i&&j.current?.get(l)){let t=1e3*c/(o.fps*s);i=Math.max(i+t,e-t),O({frame:l})}requestAnimationFrame(a)};requestAnimationFrame(a)}function si(){k((e,t)=>{(e.frame!==t.frame||e.video!==t.video)&&j.current?.prefetch(e.frame,e.frame<t.frame?-1:1)})}var q=e(r(),1);function ci(e,t,n,r,i){let a=new XMLHttpRequest;return{done:new Promise((o,s)=>{let c=new FormData;c.append(`operations`,JSON.stringify({query:e.toString(),variables:{...t,file:null}})),c.append(`map`,JSON.stringify({0:[`variables.file`]})),c.append(`0`,n,r),a.upload.onprogress=e=>i(e.loaded/Math.max(e.total,1)),a.onerror=()=>s(new h(m,`The upload failed: the server cannot be reached or closed the connection.`)),a.onabort=()=>s(new h(`CANCELLED`,`The upload was cancelled.`)),a.onload=()=>{let{data:e,errors:t}=li(a.responseText),n=t?.[0];e&&!n?o(e):s(new h(n?.extensions?.code??`INTERNAL`,n?.message??`HTTP status ${a.status}`))},a.open(`POST`,`/graphql`);for(let[e,t]of Object.entries({"X-Client-Name":p,...b()}))a.setRequestHeader(e,t);a.send(c)}),cancel:()=>a.abort()}}function li(e){try{return JSON.parse(e)}catch{return{}}}var J=null;async function ui(e,t){F(`start`),J?.cancel(),t(0);let n=J=ci(Ie,{},e,e.name,t);try{let{uploadVideo:e}=await n.done;J===n&&Vr(e.path)}catch(e){I(`start`,e)}finally{J===n&&(J=null,t(null))}}function di(){J?.cancel()}var Y=u();function fi(){return(0,Y.jsxs)(`span`,{className:`brand`,children:[`sam2`,(0,Y.jsx)(`b`,{children:`lit`})]})}var pi={close:`M4 4l8 8M12 4l-8 8`,add:`M8 3v10M3 8h10`,point:`M8 2v4M8 10v4M2 8h4M10 8h4`,brush:`M13 2.5L7.5 8.5M6.5 8a2.4 2.4 0 0 1 1.8 3.4C7.5 13.2 5 13.5 2.5 13c1.2-.7 1.2-1.6 1.5-2.6A2.4 2.4 0 0 1 6.5 8z`,eraser:`M6 13h7M3.2 9.2l5.6-5.6a1.3 1.3 0 0 1 1.8 0l2 2a1.3 1.3 0 0 1 0 1.8L7 13H5L3.2 11a1.3 1.3 0 0 1 0-1.8zM6.2 6.2l3.8 3.8`,polygon:`M8 2.5l5.5 4-2 6.5h-7l-2-6.5z`,lasso:`M8 3c3.3 0 5.5 1.6 5.5 3.7S11.3 10.5 8 10.5 2.5 8.9 2.5 6.7 4.7 3 8 3zM5 10c.8 1 .6 3-1.5 3.5`,label:`M2.5 2.5h5l6 6-5 5-6-6zM5.5 5.5h.01`,more:`M3 8h.01M8 8h.01M13 8h.01`,panels:`M2 3h12v10H2zM10 3v10`,review:`M2.5 8.5l3 3 3-6M9 11.5l1.5 1.5 3.5-7`,undo:`M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6`,redo:`M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3`,fit:`M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10`,zoomIn:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M7 5v4M5 7h4`,zoomOut:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M5 7h4`,eye:`M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z`,eyeOff:`M2 2l12 12M6 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.6M4.2 5A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 3-.8`,remove:`M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5`,play:`M5 3l8 5-8 5z`,pause:`M5 3v10M11 3v10`,previous:`M10 3L5 8l5 5`,next:`M6 3l5 5-5 5`,previousKey:`M12 3L7 8l5 5M4 6.5L5.5 8 4 9.5 2.5 8z`,nextKey:`M4 3l5 5-5 5M12 6.5L13.5 8 12 9.5 10.5 8z`,stop:`M4 4h8v8H4z`,light:`M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7`,dark:`M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z`,system:`M2 3h12v8H2zM6 14h4M8 11v3`,help:`M5.8 6a2.2 2.2 0 1 1 3.4 1.8C8.4 8.4 8 8.8 8 9.8M8 12.3v.2`,video:`M2 3.5h12v9H2zM6.5 6l3.5 2-3.5 2z`,doubt:`M2 11l3-4 3 3 2-5 4 6M8 14v-.5`,download:`M8 3v8M5 8l3 3 3-3M3 13h10`,upload:`M8 11V3M5 6l3-3 3 3M3 13h10`};function X({name:e}){return(0,Y.jsx)(`svg`,{className:`icon`,viewBox:`0 0 16 16`,"aria-hidden":`true`,children:(0,Y.jsx)(`path`,{d:pi[e]})})}function mi({name:e,title:t,children:n}){let r=E(t=>t.dialog===e),i=(0,q.useRef)(null);(0,q.useLayoutEffect)(()=>{r?i.current?.showModal():i.current?.close()},[r]);let a=()=>O(({dialog:t})=>({dialog:t===e?null:t}));return(0,Y.jsxs)(`dialog`,{ref:i,className:`dialog ${e}`,"aria-label":t,onClose:()=>r&&!i.current?.open&&a(),onClick:e=>e.target===e.currentTarget&&a(),children:[(0,Y.jsxs)(`header`,{children:[(0,Y.jsx)(`h2`,{children:t}),(0,Y.jsx)(`button`,{className:`plain`,"aria-label":`Close`,onClick:a,children:(0,Y.jsx)(X,{name:`close`})})]}),r&&n]})}function hi(){return(0,Y.jsx)(mi,{name:`delete`,title:`Delete this session?`,children:(0,Y.jsx)(gi,{})})}function gi(){let e=E(e=>e.objects),t=E(e=>e.video);E(e=>e.masksVersion);let n=e.reduce((e,t)=>e+t.adapters.length,0),r=[_i(e.length,`object`),`masks on ${_i(ht().annotated,`frame`)}`,_i(n,`adapter`)];return(0,Y.jsxs)(`div`,{className:`formats`,children:[(0,Y.jsxs)(`p`,{children:[`For good: `,r.join(`, `),`, and the history of this session. `,z(t.path),` itself stays.`]}),(0,Y.jsxs)(`p`,{className:`choosers`,children:[(0,Y.jsx)(`button`,{className:`danger`,onClick:()=>void Wr(),children:`Delete`}),(0,Y.jsx)(`button`,{onClick:()=>O({dialog:`export`}),children:`Export first`}),(0,Y.jsx)(`button`,{autoFocus:!0,onClick:()=>O({dialog:null}),children:`Cancel`})]})]})}function _i(e,t){return`${e} ${t}${e===1?``:`s`}`}async function vi(e,t,n){let{sessionId:r,objects:i,exporting:a}=D();if(a)return;O({exporting:e}),F(`export`);let o=S($e,{sessionId:r},({exportProgress:{completed:e,total:t}})=>n(e/Math.max(t,1)),()=>{});try{let{exportAnnotations:n}=await x(Xe,{input:{sessionId:r,format:e,colors:i.map(({objectId:e,color:t})=>({objectId:e,color:t})),...t}});await xi(n.url,n.filename),P(`export`,[`${n.filename} is saved (${Si(n.byteSize)}).`,...n.losses].join(` Lost: `),`note`)}catch(e){I(`export`,e)}finally{o(),O({exporting:null})}}async function yi(){let{sessionId:e}=D();e&&await x(Qe,{sessionId:e}).catch(e=>I(`export`,e))}var bi=6e4;async function xi(e,t){let n;try{n=await On(e)}catch(e){throw new h(m,`${t} was exported, but the download failed (${String(e)}); export it again.`)}let r=document.createElement(`a`);r.href=URL.createObjectURL(n),r.download=t,r.click(),setTimeout(()=>URL.revokeObjectURL(r.href),bi)}function Si(e){return e<2**20?`${Math.ceil(e/1024)} KiB`:`${(e/2**20).toFixed(1)} MiB`}function Z({place:e}){let t=E(t=>t.notices[e]);return(0,Y.jsx)(`div`,{className:`notices`,"data-place":e,"aria-live":`polite`,children:t&&(0,Y.jsxs)(`p`,{className:`notice ${t.kind}`,role:t.kind===`error`?`alert`:`status`,children:[(0,Y.jsx)(`span`,{children:t.text}),t.action&&(0,Y.jsx)(`button`,{className:`act`,onClick:()=>{F(e),t.action?.run()},children:t.action.label}),(0,Y.jsx)(`button`,{className:`plain`,"aria-label":`Dismiss`,onClick:()=>F(e),children:(0,Y.jsx)(X,{name:`close`})})]})})}var Ci=[{format:`COCO`,label:`COCO`,holds:`One JSON file: RLE masks, boxes and areas, with frames and object ids (CocoVID).`},{format:`COCO_POLYGONS`,label:`Polygons`,holds:`The same JSON with polygons along the edges of pixels.`},{format:`DAVIS`,label:`DAVIS`,holds:`A zip of palette PNGs, one per frame, one value per object.`},{format:`YOUTUBE_VOS`,label:`YouTube-VOS`,holds:`A zip of palette PNGs with meta.json: names, and the frames of each object.`},{format:`YOLO_SEGMENTATION`,label:`YOLO segmentation`,holds:`A zip in Ultralytics' layout: a polygon per object, classes by name.`},{format:`CVAT_IMAGES`,label:`CVAT for images`,holds:`A zip of XML with masks, one image per frame.`},{format:`CVAT_VIDEO`,label:`CVAT, frame by frame`,holds:`A zip of XML for a video task, each mask a track of one frame.`},{format:`LABEL_STUDIO`,label:`Label Studio`,holds:`Tasks with brush masks, one per frame.`},{format:`MOTS`,label:`MOTS`,holds:`A zip of 16-bit PNGs and text, as in KITTI MOTS.`},{format:`PNG`,label:`Black and white PNGs`,holds:`A zip, one PNG for each object and frame.`},{format:`NUMPY`,label:`NumPy`,holds:`Arrays of booleans, one for each object.`},{format:`OVERLAY_MP4`,label:`Overlay video`,holds:`An MP4 of the frames with the masks on them, in the colors chosen here, with sound.`}];function wi(){return(0,Y.jsx)(mi,{name:`export`,title:`Export`,children:(0,Y.jsx)(Ti,{})})}function Ti(){let e=E(e=>e.exporting),t=E(e=>e.video.frameCount);E(e=>e.masksVersion);let{annotated:n,stale:r}=ht(),[i,a]=(0,q.useState)({objectIds:null,startFrameIndex:0,endFrameIndex:t-1,includePictures:!1}),[o,s]=(0,q.useState)(null),c=e=>{s(null),vi(e,i,s)},l=n===0||i.objectIds?.length===0;return(0,Y.jsxs)(`div`,{className:`formats`,children:[(0,Y.jsxs)(`p`,{children:[n,` of `,t,` frames have masks.`,r>0&&` On ${r} of them a mask is stale: track again first, so that it follows your corrections.`]}),(0,Y.jsx)(Ei,{selection:i,change:e=>a({...i,...e})}),(0,Y.jsx)(`ul`,{children:Ci.map(({format:t,label:n,holds:r})=>(0,Y.jsx)(`li`,{children:(0,Y.jsxs)(`button`,{"aria-disabled":e!==null||l,onClick:()=>l||c(t),children:[(0,Y.jsx)(`b`,{children:n}),(0,Y.jsx)(`span`,{children:e===t?`The server is exporting…`:r}),e===t&&(0,Y.jsx)(`progress`,{"aria-label":`Exporting ${n}`,value:o!==null&&o<1?o:void 0})]})},t))}),e!==null&&(0,Y.jsx)(`p`,{className:`importing`,children:(0,Y.jsx)(`button`,{onClick:()=>void yi(),children:`Cancel`})}),(0,Y.jsx)(Z,{place:`export`})]})}function Ei({selection:e,change:t}){let n=E(e=>e.objects),r=E(e=>e.video.frameCount),{objectIds:i,startFrameIndex:a,endFrameIndex:o,includePictures:s}=e,c=n.map(({objectId:e})=>e),l=(e,n)=>{let r=(i??c).filter(t=>t!==e).concat(n?[e]:[]);t({objectIds:r.length===c.length?null:r})};return(0,Y.jsxs)(`fieldset`,{className:`selection`,children:[(0,Y.jsx)(`legend`,{children:`What`}),n.map(e=>(0,Y.jsxs)(`label`,{children:[(0,Y.jsx)(`input`,{type:`checkbox`,checked:i?.includes(e.objectId)??!0,onChange:t=>l(e.objectId,t.target.checked)}),R(e)]},e.objectId)),(0,Y.jsxs)(`label`,{children:[`From frame`,(0,Y.jsx)(`input`,{type:`number`,min:0,max:o,value:a,onChange:e=>t({startFrameIndex:Di(e.target.valueAsNumber,0,o)})})]}),(0,Y.jsxs)(`label`,{children:[`to frame`,(0,Y.jsx)(`input`,{type:`number`,min:a,max:r-1,value:o,onChange:e=>t({endFrameIndex:Di(e.target.valueAsNumber,a,r-1)})})]}),(0,Y.jsxs)(`label`,{children:[(0,Y.jsx)(`input`,{type:`checkbox`,checked:s,onChange:e=>t({includePictures:e.target.checked})}),`Pictures of the frames`]})]})}function Di(e,t,n){return Number.isNaN(e)?t:Math.max(t,Math.min(n,Math.round(e)))}var Oi=Uint32Array.from({length:256},(e,t)=>{let n=t;for(let e=0;e<8;e++)n=n&1?n>>>1^3988292384:n>>>1;return n}),ki=2048,Ai=67324752,ji=33639248,Mi=101010256,Ni=20,Pi=65535;async function Fi(e){if(e.length>Pi)throw Error(`The folder has more than ${Pi} files: zip it with another program.`);let t=[],n=[],r=0;for(let i of e){let e=new TextEncoder().encode(i.webkitRelativePath||i.name),a=Li(new Uint8Array(await i.arrayBuffer())),o=[[2,Ni],[2,ki],[2,0],[2,0],[2,33],[4,a],[4,i.size],[4,i.size],[2,e.length],[2,0]],s=[...Ii([[4,Ai],...o]),...e];n.push(Uint8Array.from([...Ii([[4,ji],[2,Ni],...o,[2,0],[2,0],[2,0],[4,0],[4,r]]),...e])),t.push(Uint8Array.from(s),i),r+=s.length+i.size}let i=n.reduce((e,{length:t})=>e+t,0),a=Ii([[4,Mi],[2,0],[2,0],[2,e.length],[2,e.length],[4,i],[4,r],[2,0]]);return new Blob([...t,...n,Uint8Array.from(a)],{type:`application/zip`})}function Ii(e){return e.flatMap(([e,t])=>Array.from({length:e},(e,n)=>t>>>8*n&255))}function Li(e){let t=4294967295;for(let n of e)t=Oi[(t^n)&255]^t>>>8;return(t^4294967295)>>>0}var Ri=null;async function zi(e,t,n){F(`import`),Ri?.cancel();let r=()=>{};try{let i=await Xn();r=S(et,{sessionId:i},({importProgress:{completed:e,total:t}})=>n(t?e/t:0),()=>{});let[a]=e;if(!a)return null;let o=e.length>1||a.webkitRelativePath!==``,s=o?await Fi(e):a,c=o?`${a.webkitRelativePath.split(`/`)[0]}.zip`:a.name,{importAnnotations:l}=await(Ri=ci(Ze,{input:{sessionId:i,...t}},s,c,n)).done;return l.applied&&await Vi(i,l),l}catch(e){return e instanceof h?I(`import`,e):P(`import`,`The folder cannot be read (${String(e)}).`),null}finally{Ri=null,r()}}function Bi(){Ri?.cancel()}async function Vi(e,{maskCount:t}){let{session:n}=await x(Te,{sessionId:e}),{video:r,objects:i}=D();if(!n||!r)return;let a={...gn(e).colors,...Object.fromEntries(i.map(({objectId:e,color:t})=>[e,t]))},o=i.filter(e=>e.hidden).map(({objectId:e})=>e);O(e=>{let t=Ft(n,a,o);return{objects:t,selected:e.selected??t[0]?.objectId??null}}),await Tn(e,r.frameCount),P(`import`,`${t} mask${t===1?` is`:`s are`} imported.`,`note`)}var Hi=[{value:`AUTO`,label:`by name, else by number`},{value:`NAME`,label:`by the names of files`},{value:`INDEX`,label:`by number`}];function Ui(){return(0,Y.jsx)(mi,{name:`import`,title:`Import`,children:(0,Y.jsx)(Wi,{})})}function Wi(){let[e,t]=(0,q.useState)([]),[n,r]=(0,q.useState)({}),[i,a]=(0,q.useState)(null),[o,s]=(0,q.useState)(null),c=async(e,n,r)=>{s(0);let i=await zi(e,{...n,dryRun:r,ignoreMismatches:!0},s);s(null),a(i?.applied?null:i),i?.applied&&t([])};return(0,Y.jsxs)(`div`,{className:`formats`,children:[(0,Y.jsx)(`p`,{children:`COCO, DAVIS, YouTube-VOS, YOLO segmentation, CVAT, Label Studio, MOTS, or an export of this page. Nothing changes before you have seen what would.`}),(0,Y.jsx)(Gi,{disabled:o!==null,choose:e=>{let n=[...e??[]].filter(({name:e})=>!e.startsWith(`.`));n.length!==0&&(t(n),r({}),c(n,{},!0))}}),o!==null&&(0,Y.jsxs)(`p`,{className:`importing`,children:[(0,Y.jsx)(`progress`,{max:1,value:o<1?o:void 0,"aria-label":`Import`}),(0,Y.jsx)(`button`,{onClick:Bi,children:`Cancel`})]}),i&&o===null&&(0,Y.jsx)(Ki,{plan:i,options:n,change:t=>{r(t),c(e,t,!0)},apply:()=>void c(e,n,!1)}),(0,Y.jsx)(Z,{place:`import`})]})}function Gi({disabled:e,choose:t}){let n=(0,q.useRef)(null),r=(0,q.useRef)(null);return(0,Y.jsxs)(`p`,{className:`choosers`,children:[(0,Y.jsx)(`button`,{className:`primary`,disabled:e,onClick:()=>n.current?.click(),children:`Choose a file`}),(0,Y.jsx)(`button`,{disabled:e,onClick:()=>r.current?.click(),children:`Choose a folder`}),(0,Y.jsx)(`input`,{ref:n,type:`file`,hidden:!0,"aria-label":`File of masks`,onChange:e=>t(e.target.files)}),(0,Y.jsx)(`input`,{ref:e=>{r.current=e,e&&(e.webkitdirectory=!0)},type:`file`,hidden:!0,"aria-label":`Folder of masks`,onChange:e=>t(e.target.files)})]})}function Ki({plan:e,options:t,change:n,apply:r}){let i=(e,r)=>{let i=(t.objectMap??[]).filter(t=>t.source!==e);n({...t,objectMap:Number.isNaN(r)?i:[...i,{source:e,objectId:r}]})};return(0,Y.jsxs)(`section`,{className:`plan`,"aria-label":`What would be imported`,children:[(0,Y.jsxs)(`p`,{children:[(0,Y.jsxs)(`b`,{children:[e.format,` · `,e.maskCount,` mask`,e.maskCount===1?``:`s`,` on `,e.frameCount,` frame`,e.frameCount===1?``:`s`]}),e.replacedMaskCount>0&&`, ${e.replacedMaskCount} of this session are replaced`]}),(0,Y.jsxs)(`label`,{children:[`Frames match`,(0,Y.jsx)(`select`,{value:t.frames??`AUTO`,onChange:e=>n({...t,frames:e.target.value}),children:Hi.map(({value:e,label:t})=>(0,Y.jsx)(`option`,{value:e,children:t},e))})]}),(0,Y.jsx)(`ul`,{children:e.objects.map(({source:e,objectId:t,name:n,isNew:r,frameCount:a})=>(0,Y.jsxs)(`li`,{children:[(0,Y.jsxs)(`span`,{children:[n??`Object ${e}`,` · `,a,` frame`,a===1?``:`s`,` →`]}),(0,Y.jsxs)(`label`,{children:[`object`,(0,Y.jsx)(`input`,{type:`number`,min:0,defaultValue:t,"aria-label":`Object for ${n??e}`,onBlur:n=>n.target.valueAsNumber!==t&&i(e,n.target.valueAsNumber)})]}),r&&(0,Y.jsx)(`small`,{children:`new`})]},e))}),e.mismatches.length>0&&(0,Y.jsx)(qi,{title:`Left out`,messages:e.mismatches.map(({message:e})=>e)}),e.losses.length>0&&(0,Y.jsx)(qi,{title:`Not held`,messages:e.losses}),(0,Y.jsxs)(`button`,{className:`primary`,disabled:e.maskCount===0,onClick:r,children:[`Import `,e.maskCount,` mask`,e.maskCount===1?``:`s`]})]})}function qi({title:e,messages:t}){return(0,Y.jsxs)(`div`,{className:`mismatches`,role:`note`,"aria-label":e,children:[(0,Y.jsx)(`b`,{children:e}),(0,Y.jsx)(`ul`,{children:t.map(e=>(0,Y.jsx)(`li`,{children:e},e))})]})}function Ji(e){let{labels:t,selected:n}=D(),r=t.find(t=>t.key===e),i=L(n);r&&i&&Yi(i.objectId,i.label===r.name?``:r.name)}async function Yi(e,t){await Zi(e,{label:t||null},{label:t})}async function Xi(e,t){await Zi(e,{attributes:t},{attributes:t})}async function Zi(e,t,n){let r=L(e);r&&(N(e,t),dt(r)&&await $n(async()=>{try{await x(Ne,{input:{sessionId:D().sessionId,objectId:e,...n}})}catch(t){throw N(e,{label:r.label,attributes:r.attributes}),t}}))}async function Qi(e){try{F(`labels`);let{setLabels:t}=await x(Pe,{input:{sessionId:await Xn(),labels:e}});return O({labels:t.labels}),!0}catch(e){return I(`labels`,e),!1}}function $i(){return(0,Y.jsx)(mi,{name:`labelSet`,title:`Labels`,children:(0,Y.jsx)(ta,{})})}var ea=[1,2,3,4,5,6,7,8,9];function ta(){let[e,t]=(0,q.useState)(E(e=>e.labels)),n=(n,r)=>t(e.map((e,t)=>t===n?{...e,...r}:e)),r=()=>{let n=ea.find(t=>!e.some(e=>e.key===t))??null;t([...e,{name:``,color:wt(e.length+1),key:n,attributes:[]}])},i=async e=>{await Qi(e?.filter(({name:e})=>e.trim())??null)&&O({dialog:null})};return(0,Y.jsxs)(`form`,{className:`formats`,onSubmit:t=>{t.preventDefault(),i(e)},children:[(0,Y.jsx)(`p`,{children:`What objects can be, in this video's folder. A number key labels the selected object, and all exports carry the label.`}),(0,Y.jsx)(`ul`,{children:e.map((r,i)=>(0,Y.jsxs)(`li`,{className:`label-row`,children:[(0,Y.jsx)(`input`,{type:`color`,value:r.color,"aria-label":`Color of label ${i+1}`,onChange:e=>n(i,{color:e.target.value})}),(0,Y.jsx)(`input`,{value:r.name,maxLength:100,placeholder:`Name`,"aria-label":`Name of label ${i+1}`,autoFocus:r.name===``,onChange:e=>n(i,{name:e.target.value})}),(0,Y.jsxs)(`select`,{value:r.key??``,"aria-label":`Key of label ${i+1}`,onChange:e=>n(i,{key:Number(e.target.value)||null}),children:[(0,Y.jsx)(`option`,{value:``,children:`no key`}),ea.map(e=>(0,Y.jsx)(`option`,{children:e},e))]}),(0,Y.jsx)(`button`,{type:`button`,className:`plain`,"aria-label":`Remove label ${i+1}`,onClick:()=>t(e.filter((e,t)=>t!==i)),children:(0,Y.jsx)(X,{name:`remove`})})]},i))}),(0,Y.jsxs)(`p`,{className:`choosers`,children:[(0,Y.jsxs)(`button`,{type:`button`,onClick:r,children:[(0,Y.jsx)(X,{name:`add`}),` Add label`]}),(0,Y.jsx)(`button`,{className:`primary`,children:`Save`}),(0,Y.jsx)(`button`,{type:`button`,title:`Those of labels.json or labels.yaml in the folder of the video, if there is one`,onClick:()=>void i(null),children:`From the folder's file`})]}),(0,Y.jsx)(Z,{place:`labels`})]})}var na=.1;function ra(e){let{width:t,height:n}=e,r=new Uint8Array(e.data.length).fill(1);for(let i of oa(e,0))if(i.some(e=>e%t===0||e%t===t-1||e<t||e>=t*(n-1)))for(let e of i)r[e]=0;return{width:t,height:n,data:r}}function ia(e){let t=oa(e,1),n=t.reduce((e,{length:t})=>Math.max(e,t),0),r=new Uint8Array(e.data.length);for(let e of t.filter(({length:e})=>e>=na*n))for(let t of e)r[t]=1;return{...e,data:r}}function aa({width:e,height:t,data:n}){let[r,i,a,o]=[e,t,0,0];for(let t=0;t<n.length;t++){if(!n[t])continue;let[s,c]=[t%e,Math.floor(t/e)];r=Math.min(r,s),a=Math.max(a,s+1),i=Math.min(i,c),o=Math.max(o,c+1)}return a>0?[r,i,a,o]:null}function oa({width:e,height:t,data:n},r){let i=new Uint8Array(n.length),a=[];for(let o=0;o<n.length;o++){if(i[o]||n[o]!==r)continue;let s=[o];i[o]=1;for(let a=0;a<s.length;a++){let o=s[a],[c,l]=[o%e,Math.floor(o/e)];for(let a=-1;a<=1;a++)for(let o=-1;o<=1;o++){if(r===0&&o&&a)continue;let[u,d]=[c+o,l+a],f=d*e+u;u<0||d<0||u>=e||d>=t||i[f]||n[f]!==r||(i[f]=1,s.push(f))}}a.push(s)}return a}async function sa(e,t,n,r){let{sessionId:i,video:a}=D(),o={sessionId:i,objectId:e,frameIndex:t},s=e=>({size:[a.height,a.width],counts:e}),c;if(n.kind===`candidate`)c=(await x(Ge,{input:{...o,adapterId:n.adapterId}})).applyLoraCandidate;else if(r){let e=n.kind===`points`?{points:n.points,labels:n.labels}:n.kind===`box`?{box:n.box}:{rleMask:s(n.counts)};c=(await x(He,{input:{...o,...e,trainLora:!1}})).addCorrection.frame}else c=n.kind===`points`?(await x(ze,{input:{...o,points:n.points,labels:n.labels,clearOldPoints:!1}})).addPoints:n.kind===`box`?(await x(Be,{input:{...o,box:n.box}})).addBox:(await x(Ve,{input:{...o,rleMask:s(n.counts)}})).addMask;let l=ua(e,t);la(e,c),l&&await kt(e)}async function ca(e,t){let{clearPointsInFrame:n}=await x(Ue,{input:{sessionId:D().sessionId,objectId:e,frameIndex:t}}),r=L(e)?.promptedFrames??[],i=r.filter(e=>e!==t);N(e,{promptedFrames:i}),r.length>0&&i.length===0&&A.removeObject(e),la(e,n)}function la(e,{frameIndex:t,rleMaskList:n}){A.replace(t,n.filter(rn).map(e=>{let n=A.get(t,e.objectId);return n&&an(n,e)?n:nn(e,n?.reverse??!1)})),A.markStale(e,t),M()}function ua(e,t){let n=L(e)?.promptedFrames??[];return n.includes(t)||N(e,{promptedFrames:[...n,t].sort((e,t)=>e-t)}),n.length===0}function da(e,t){return xa({kind:`points`,points:[e],labels:[t]})}function fa(e){return xa({kind:`box`,box:e})}function pa(e){return xa({kind:`mask`,counts:Yt(e)})}function ma(e){let{selected:t,frame:n}=D(),r=t===null?void 0:A.get(n,t);if(!r)return P(`stage`,`The selected object has no mask on this frame.`,`note`),Promise.resolve();let i=B(r.rle),a=e===`holes`?ra(i):ia(i);return a.data.every((e,t)=>e===i.data[t])?(P(`stage`,`The mask has no ${e}.`,`note`),Promise.resolve()):pa(a)}function ha(e){let t=A.get(D().frame,e);return t?.source===`IMPORTED`?(O({selected:e}),xa({kind:`mask`,counts:t.rle.counts})):Promise.resolve()}function ga({adapterId:e,rleMask:t}){return O({hovered:null}),xa({kind:`candidate`,adapterId:e,counts:t.counts})}function _a(){let{selected:e,frame:t}=D();return e===null||!ut(e,t)?Promise.resolve():$n(async()=>{Dr(e,t),await ca(e,t);let n=T(e,t);O(e=>({prompts:new Map(e.prompts).set(n,[]),corrected:lt(e.corrected,n,!1),accepted:lt(e.accepted,n,!1),canUndo:!0,canRedo:!1}))})}function va(){let{selected:e,frame:t}=D();return e!==null&&Dr(e,t),ba(async e=>{for(;;){let{change:t}=(await x(je,{sessionId:e})).undo;if(t?.kind!==`TRAINING`)return t??null}})}function ya(){return ba(async e=>{let{change:t}=(await x(Me,{sessionId:e})).redo;for(;await zt(e)===`TRAINING`;)await x(Me,{sessionId:e});return t??null})}function ba(e){return D().sessionId?$n(async()=>{let{sessionId:t,video:n}=D();W();let r=await e(t);if(!r)return void await Lt(t,!1);let[i]=r.objectIds,[a]=r.frames;a&&r.frames.length===1&&a.first===a.last&&O({frame:a.first}),await Nt(),i!==void 0&&L(i)&&O({selected:i});let o={first:0,last:n.frameCount-1};for(let{first:e,last:n}of r.frames.length?r.frames:[o])await En(t,e,n);await Lt(t,!0)}):Promise.resolve()}function xa(e){let t=D().selected??Dt(),{frame:n}=D(),r={objectId:t,frame:n,prompt:e};return N(t,{hidden:!1}),O(e=>({showMasks:!0,pendingPrompts:[...e.pendingPrompts,r]})),$n(async()=>{let r=ft(t,n);await sa(t,n,e,r);let i=T(t,n),a=D().prompts.get(i)??[],o=e.kind===`points`?[...a,e]:[e];O(e=>({prompts:new Map(e.prompts).set(i,o),canUndo:!0,canRedo:!1})),r&&Sa(t,n,e),r&&e.kind!==`candidate`&&Tr(t,n)}).finally(()=>O(e=>({pendingPrompts:e.pendingPrompts.filter(e=>e!==r)})))}function Sa(e,t,n){let r=T(e,t),i=n.kind!==`candidate`;O(e=>({corrected:lt(e.corrected,r,i),accepted:lt(e.accepted,r,!i),suggested:lt(e.suggested,r,!1)}))}function Ca({children:e,question:t,title:n,className:r=``,label:i,onConfirm:a}){let[o,s]=(0,q.useState)(!1);return(0,Y.jsx)(`button`,{"data-keeps-focus":!0,className:`${r} ${o?`danger`:``}`,title:n,"aria-label":i,onBlur:()=>s(!1),onClick:e=>{e.stopPropagation(),s(!o),o&&a()},children:o?t:e})}function wa({word:e,children:t}){return(0,Y.jsxs)(`details`,{className:`explain`,children:[(0,Y.jsx)(`summary`,{"aria-label":`What is ${e}?`,children:`?`}),(0,Y.jsx)(`p`,{children:t})]})}var Ta=[{mode:`OFF`,label:`Off`,means:`Corrections train nothing; the model tracks alone.`},{mode:`SUGGEST`,label:`Suggest`,means:`Corrections train adapters; you choose among their masks.`},{mode:`AUTO`,label:`Auto`,means:`Near a correction, an adapter's mask is used where its shape is more like the frame before's.`}];function Ea(){let e=E(e=>e.loraMode),t=E(e=>e.objects),n=t.reduce((e,t)=>e+t.adapters.length,0);return(0,Y.jsxs)(`aside`,{className:`learn`,"aria-label":`Learning`,children:[(0,Y.jsx)(`h2`,{children:`Learning`}),(0,Y.jsx)(`div`,{className:`group modes`,role:`radiogroup`,"aria-label":`What adapters do`,children:Ta.map(t=>(0,Y.jsx)(`button`,{role:`radio`,"aria-checked":e===t.mode,title:`${t.means} (L)`,onClick:()=>void Pr(t.mode),children:t.label},t.mode))}),(0,Y.jsx)(`p`,{className:`quiet`,children:Ta.find(t=>t.mode===e)?.means}),(0,Y.jsx)(Da,{}),(0,Y.jsx)(Z,{place:`learn`}),(0,Y.jsx)(Oa,{}),(0,Y.jsx)(Pa,{}),(0,Y.jsxs)(`section`,{children:[(0,Y.jsxs)(`h3`,{children:[(0,Y.jsx)(`span`,{"data-count":`adapters`,children:n}),` adapter`,n===1?``:`s`,(0,Y.jsx)(wa,{word:`an adapter`,children:`A few weights that were trained on your corrections of one object. On other frames they propose masks, the candidates. Without them, masks stay as they are.`}),n>0&&(0,Y.jsx)(Ca,{className:`plain`,question:`Forget them?`,title:`Delete every adapter; masks stay`,onConfirm:()=>void Fr(),children:`Forget`})]}),t.filter(e=>e.adapters.length).map(e=>(0,Y.jsx)(Ia,{object:e},e.objectId))]})]})}function Da(){let e=E(e=>e.corrected.size),t=E(e=>e.accepted.size);return(0,Y.jsxs)(`p`,{className:`effort`,title:`Frames that you corrected by hand, and frames where you accepted a candidate instead`,children:[`You corrected `,(0,Y.jsx)(`b`,{"data-count":`corrected`,children:e}),` frame`,e===1?``:`s`,`. The model saved you`,` `,(0,Y.jsx)(`b`,{"data-count":`saved`,children:t}),`.`]})}function Oa(){let e=E(e=>e.training),t=E(e=>e.lastRun),n=E(e=>e.objects),r=e??t;if(!r)return(0,Y.jsx)(`p`,{className:`quiet teach`,children:`Track, then correct a frame that came out wrong: the model learns from it at once.`});let i=n.find(e=>e.objectId===r.objectId);return(0,Y.jsxs)(`section`,{className:`run`,"data-state":e?`training`:`trained`,children:[(0,Y.jsxs)(`h3`,{children:[(0,Y.jsx)(`i`,{style:{background:i?.color}}),e?`Learning`:`Learned`,` frame `,r.frame,(0,Y.jsx)(`small`,{children:e?`step ${r.ious.length}${r.steps?` of at most ${r.steps}`:``}`:r.adapter&&`${r.adapter.seconds.toFixed(1)} s`})]}),(0,Y.jsx)(Na,{run:r,color:i?.color??`currentColor`}),r.adapter?(0,Y.jsx)(ka,{adapter:r.adapter}):(0,Y.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,Y.jsx)(`b`,{children:r.ious.at(-1)?.toFixed(2)??`…`})]})]})}function ka({adapter:e}){let t=(0,Y.jsx)(`b`,{"data-iou":`before`,children:e.baselineIou.toFixed(2)}),n=(0,Y.jsx)(`b`,{"data-iou":`after`,children:e.trainingIou.toFixed(2)}),r=e.trainingIou.toFixed(2)>e.baselineIou.toFixed(2);return(0,Y.jsxs)(`div`,{className:`gain`,"data-gain":r,children:[(0,Y.jsx)(`small`,{children:e.steps===1?`1 step`:`${e.steps} steps`}),r?(0,Y.jsxs)(Y.Fragment,{children:[`IoU `,t,` to `,n]}):(0,Y.jsxs)(Y.Fragment,{children:[`No better than before: IoU `,t,` before, `,n,` after`]}),(0,Y.jsx)(wa,{word:`IoU`,children:`What two masks both cover, divided by what either covers: 1 where they are the same. Here it compares the model's mask on this frame with your correction, before the training and after it.`})]})}var Aa=256,ja=84,Ma=22;function Na({run:e,color:t}){let n=e.ious,r=Math.max(n.length-1,1),i=e.adapter?n.indexOf(Math.max(...n)):n.length-1,a=e=>Ma+e/r*230,o=e=>6+(1-e)*72,s=n.map((e,t)=>`${a(t).toFixed(1)},${o(e).toFixed(1)}`).join(` `);return(0,Y.jsxs)(`svg`,{className:`curve`,viewBox:`0 0 ${Aa} ${ja}`,role:`img`,"aria-label":`IoU over ${n.length} steps, now ${n.at(-1)?.toFixed(2)??`unknown`}`,children:[[0,.5,1].map(e=>(0,Y.jsxs)(`g`,{children:[(0,Y.jsx)(`line`,{className:`rule`,x1:Ma,x2:Aa,y1:o(e),y2:o(e)}),(0,Y.jsx)(`text`,{x:17,y:o(e)+3,children:e})]},e)),e.adapter&&(0,Y.jsx)(`line`,{className:`baseline`,x1:Ma,x2:Aa,y1:o(e.adapter.baselineIou),y2:o(e.adapter.baselineIou)}),(0,Y.jsx)(`polyline`,{points:s,stroke:t}),n.length>0&&(0,Y.jsx)(`circle`,{cx:a(i),cy:o(n[i]),r:`3`,fill:t})]})}function Pa(){let e=E(e=>e.candidates),t=E(e=>e.hovered);return e.length===0?null:(0,Y.jsxs)(`section`,{className:`candidates`,children:[(0,Y.jsxs)(`h3`,{children:[`Candidates `,(0,Y.jsx)(`small`,{children:e.length>1?`point at one to see it`:`on the picture`})]}),(0,Y.jsxs)(`p`,{className:`quiet`,children:[(0,Y.jsx)(`i`,{className:`added`}),` is added, `,(0,Y.jsx)(`i`,{className:`removed`}),` is taken away.`]}),e.map((e,n)=>(0,Y.jsx)(Fa,{candidate:e,number:n+1,hovered:t===e.adapterId},e.adapterId))]})}function Fa({candidate:e,number:t,hovered:n}){let r=e=>()=>O({hovered:e});E(e=>e.masksVersion);let i=A.get(e.frameIndex,e.objectId)?.predictedIou??null,a=`${i===null?``:`${i.toFixed(2)} to `}${e.predictedIou.toFixed(2)}`;return(0,Y.jsxs)(`button`,{className:`candidate`,"data-hovered":n,onPointerEnter:r(e.adapterId),onPointerLeave:r(null),onFocus:r(e.adapterId),onBlur:r(null),onClick:()=>void ga(e),"aria-label":`Accept candidate ${t}, predicted IoU ${a}`,title:`The model's own estimate of the IoU: of the mask shown, and of the candidate`,children:[(0,Y.jsx)(`kbd`,{children:t}),(0,Y.jsxs)(`span`,{children:[`predicted IoU `,(0,Y.jsx)(`b`,{children:a})]})]})}function Ia({object:e}){return(0,Y.jsx)(`ul`,{className:`adapters`,children:e.adapters.map(t=>(0,Y.jsxs)(`li`,{children:[(0,Y.jsx)(`i`,{style:{background:e.color}}),(0,Y.jsxs)(`span`,{children:[`frame`,t.frameIndices.length>1?`s`:``,` `,t.frameIndices.join(`, `)]}),(0,Y.jsxs)(`b`,{children:[t.baselineIou.toFixed(2),` to `,t.trainingIou.toFixed(2)]})]},t.adapterId))})}function La({object:e}){let{objectId:t,label:n,attributes:r}=e,i=E(e=>e.labels),[a,o]=(0,q.useState)(``),s=i.find(({name:e})=>e===n)?.attributes??[],c=[...new Set([...s.map(({name:e})=>e),...r.map(e=>e.key)])],l=(e,n)=>{let i=r.filter(t=>t.key!==e);Xi(t,n?[...i,{key:e,value:n}]:i)},u=i.map(({name:e})=>e);return(0,Y.jsxs)(`div`,{className:`details`,children:[(0,Y.jsxs)(`label`,{children:[`Label`,(0,Y.jsxs)(`select`,{value:n??``,onChange:e=>void Yi(t,e.target.value),children:[(0,Y.jsx)(`option`,{value:``,children:`none`}),(n&&!u.includes(n)?[n,...u]:u).map(e=>(0,Y.jsx)(`option`,{children:e},e))]}),(0,Y.jsx)(`button`,{className:`plain`,onClick:()=>O({dialog:`labelSet`}),children:`Edit…`})]}),c.map(e=>{let t=r.find(t=>t.key===e)?.value??``,n=s.find(({name:t})=>t===e)?.values??[];return(0,Y.jsxs)(`label`,{children:[e,(0,Y.jsx)(Ra,{name:e,value:t,values:n,set:t=>l(e,t)},t)]},e)}),(0,Y.jsx)(`form`,{onSubmit:e=>{e.preventDefault();let[t,...n]=a.split(`=`);t?.trim()&&n.length&&l(t.trim(),n.join(`=`).trim()),o(``)},children:(0,Y.jsx)(`input`,{value:a,placeholder:`attribute = value`,"aria-label":`New attribute`,onChange:e=>o(e.target.value)})})]})}function Ra({name:e,value:t,values:n,set:r}){let[i,a]=(0,q.useState)(t);return n.length?(0,Y.jsx)(`select`,{value:t,"aria-label":e,onChange:e=>r(e.target.value),children:[``,...new Set([t,...n].filter(Boolean))].map(e=>(0,Y.jsx)(`option`,{children:e},e))}):(0,Y.jsx)(`input`,{value:i,"aria-label":e,onChange:e=>a(e.target.value),onBlur:()=>i!==t&&r(i)})}function za(){let e=E(e=>e.objects),t=E(e=>e.selected);return(0,Y.jsxs)(`aside`,{className:`objects`,"aria-label":`Objects`,children:[(0,Y.jsx)(`h2`,{children:`Objects`}),(0,Y.jsx)(`ul`,{children:e.map(e=>(0,Y.jsx)(Ba,{object:e,selected:e.objectId===t},e.objectId))}),e.length===0&&(0,Y.jsx)(`p`,{className:`quiet`,children:`None yet. Your first click adds one.`}),e.length>0&&(0,Y.jsxs)(`button`,{className:`add`,title:`New object (N)`,onClick:()=>Dt(),children:[(0,Y.jsx)(X,{name:`add`}),` Add object `,(0,Y.jsx)(`kbd`,{children:`N`})]}),(0,Y.jsx)(Z,{place:`objects`})]})}function Ba({object:e,selected:t}){let{objectId:n,label:r,color:i,hidden:a,promptedFrames:o,adapters:s}=e,c=R(e),l=(0,q.useRef)(null);E(e=>e.masksVersion);let u=E(e=>e.frame),d=A.get(u,n)?.source===`IMPORTED`,f=[o.length===0?`no prompt yet`:`${o.length} prompt${o.length>1?`s`:``}`,...s.length?[`${s.length} adapter${s.length>1?`s`:``}`]:[]];return(0,q.useEffect)(()=>{t&&l.current?.scrollIntoView({block:`nearest`})},[t]),(0,Y.jsxs)(`li`,{ref:l,className:`object`,"aria-current":t,onClick:()=>O({selected:n}),children:[(0,Y.jsxs)(`div`,{className:`row-of`,children:[(0,Y.jsx)(`input`,{type:`color`,value:i,"aria-label":`Color of ${c}`,title:`Color`,onChange:e=>N(n,{color:e.target.value})}),(0,Y.jsxs)(`div`,{className:`about`,children:[(0,Y.jsx)(Ha,{object:e}),(0,Y.jsxs)(`small`,{children:[r&&(0,Y.jsx)(Va,{name:r}),f.join(` · `)]})]}),d&&(0,Y.jsx)(`button`,{className:`plain`,title:`Use the imported mask on this frame as a prompt`,"aria-label":`Use the imported mask of ${c}`,onClick:e=>{e.stopPropagation(),ha(n)},children:(0,Y.jsx)(X,{name:`point`})}),(0,Y.jsx)(`button`,{className:`plain`,title:a?`Show (H)`:`Hide (H)`,"aria-label":`${a?`Show`:`Hide`} ${c}`,onClick:e=>{e.stopPropagation(),jt(n)},children:(0,Y.jsx)(X,{name:a?`eyeOff`:`eye`})}),(0,Y.jsx)(Ca,{className:`remove plain`,question:`Remove?`,title:`Remove with its masks and adapters (Delete)`,label:`Remove ${c}`,onConfirm:()=>void At(n),children:(0,Y.jsx)(X,{name:`remove`})})]}),t&&(0,Y.jsx)(La,{object:e})]})}function Va({name:e}){let t=E(t=>t.labels.find(t=>t.name===e)?.color);return(0,Y.jsxs)(`span`,{className:`label-mark`,children:[(0,Y.jsx)(`i`,{style:{background:t}}),` `,e,` ·`,` `]})}function Ha({object:e}){let{objectId:t,name:n}=e;return E(e=>e.renaming===t)?(0,Y.jsx)(Ua,{objectId:t,name:n}):(0,Y.jsx)(`button`,{className:`name`,title:`${R(e)}\nDouble click or F2 renames`,"aria-label":`${R(e)}: select; F2 renames`,onDoubleClick:()=>O({renaming:t}),children:R(e)})}function Ua({objectId:e,name:t}){let[n,r]=(0,q.useState)(t),i=(0,q.useRef)(!1);return(0,Y.jsx)(`input`,{className:`name`,value:n,maxLength:100,autoFocus:!0,placeholder:`Object ${e}`,"aria-label":`Name of object ${e}`,onFocus:e=>e.target.select(),onChange:e=>r(e.target.value),onBlur:()=>{O({renaming:null}),i.current||Ot(e,n)},onKeyDown:e=>{i.current=e.key===`Escape`,(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}})}var Wa=new WeakSet;function Ga(){let e=qa()??Ka();e?(F(`track`),Wa.add(e.mask),O({selected:e.mask.objectId}),K(e.frame)):P(`track`,`No frame is in doubt: none has been tracked yet.`,`note`)}function Ka(){return Wa=new WeakSet,qa()}function qa(){let{objects:e,video:t}=D(),n=Math.max(2,Math.round((t?.frameCount??0)/40)),r=null;for(let{objectId:t,hidden:i,promptedFrames:a}of e){if(i)continue;let e=A.framesOf(t),o=[...e.filter(e=>Wa.has(A.get(e,t))),...a];for(let i of e){let e=A.get(i,t),a=on(e),s=o.some(e=>Math.abs(e-i)<n);a!==null&&!s&&a<(r?.certainty??1/0)&&(r={frame:i,mask:e,certainty:a})}}return r}var Q={fit:()=>{},zoom:e=>{},pan:(e,t)=>{},cancel:()=>!1,close:()=>!1,removeCorner:()=>!1,zoomTo:(e,t,n,r)=>{},dab:(e,t)=>{},panning:!1,panned:!1},Ja=.01,Ya=.05,Xa={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,-1],ArrowDown:[0,1]};function Za(){O(({crosshair:e})=>({crosshair:e?null:[.5,.5],corner:null,playing:!1,following:!1}))}function Qa(){let{crosshair:e,corner:t,tool:n}=D();if(!e||n!==`point`)return;if(!t)return O({corner:e});O({corner:null});let[r,i]=[Math.min(t[0],e[0]),Math.max(t[0],e[0])],[a,o]=[Math.min(t[1],e[1]),Math.max(t[1],e[1])];r<i&&a<o&&fa([r,a,i,o])}function $a(e){let{crosshair:t,tool:n}=D();if(!t||e.ctrlKey||e.metaKey)return!1;if(e.key===`Enter`)return e.target instanceof HTMLButtonElement?!1:(n===`point`?da(t,+!e.altKey):Q.dab(...t),!0);let r=Xa[e.key];if(!r)return!1;let i=e.shiftKey?Ya:Ja;return O({crosshair:[eo(t[0]+r[0]*i),eo(t[1]+r[1]*i)]}),!0}function eo(e){return Math.max(0,Math.min(1,e))}var to=[`OFF`,`SUGGEST`,`AUTO`],no=60,ro={p:`point`,b:`brush`,e:`eraser`,o:`polygon`,a:`lasso`},io=[{title:`Moving`,shortcuts:[{shown:[`←`,`→`],does:`Previous, next frame`,keys:[`arrowleft`,`arrowright`,`,`,`.`],run:e=>so(e,1)},{shown:[`Shift ←`,`Shift →`],does:`Ten frames back, forward`,keys:[`shift+arrowleft`,`shift+arrowright`],run:e=>so(e,10)},{shown:[`G`],does:`Go to a frame by its number`,keys:[`g`],run:()=>_o(`.frame input`)},{shown:[`Page Up`,`Page Down`],does:`Previous, next prompt of the object`,keys:[`pageup`,`pagedown`],run:e=>ii(e===`pageup`?-1:1)},{shown:[`Home`,`End`],does:`First, last frame`,keys:[`home`,`end`],run:e=>K(e===`home`?0:1/0)},{shown:[`Space`],does:`Play, pause`,keys:[` `],run:oi},{shown:[`D`],does:`Next doubtful frame`,keys:[`d`],run:Ga},{shown:[`+`,`−`,`0`],does:`Zoom in, out, to fit (or the wheel)`,keys:[`+`,`=`,`-`,`0`],run:co},{shown:[`Z`],does:`Zoom to the object`,keys:[`z`],run:lo},{shown:[`\\`],does:`Hide, show the panels`,keys:[`\\`],run:uo},{shown:[`Space + drag`,`Ctrl ← → ↑ ↓`],does:`Move the picture`,keys:[`ctrl+arrowleft`,`ctrl+arrowright`,`ctrl+arrowup`,`ctrl+arrowdown`],run:fo}]},{title:`Objects`,shortcuts:[{shown:[`N`],does:`New object`,keys:[`n`],run:()=>void Dt()},{shown:[`↑`,`↓`],does:`Previous, next object`,keys:[`arrowup`,`arrowdown`],run:e=>Mt(e===`arrowup`?-1:1)},{shown:[`Click`],does:`On another object's mask: select it (Shift click: prompt)`,keys:[]},{shown:[`F2`,`R`],does:`Rename (or double click the name)`,keys:[`r`,`f2`],run:()=>O(({selected:e})=>({renaming:e,panels:!0}))},{shown:[`H`],does:`Hide, show`,keys:[`h`],run:po},{shown:[`M`],does:`All masks off, on`,keys:[`m`],run:()=>O(({showMasks:e})=>({showMasks:!e}))},{shown:[`Delete`],does:`Remove the object (then Enter)`,keys:[`delete`],run:()=>_o(`.object[aria-current=true] .remove`,!0)}]},{title:`Prompts`,shortcuts:[{shown:[`Click`],does:`Part of the object`,keys:[]},{shown:[`Right click`,`Alt click`],does:`Not part of the object`,keys:[]},{shown:[`Drag`],does:`Box`,keys:[]},{shown:[`P`,`B`,`E`],does:`Points and boxes, brush, eraser`,keys:[`p`,`b`,`e`,`o`,`a`],run:e=>O({tool:ro[e],corner:null})},{shown:[`O`,`A`],does:`Polygon (Enter closes it), lasso; Alt takes away`,keys:[`enter`],run:()=>void Q.close()},{shown:[`[`,`]`],does:`Brush smaller, larger`,keys:[`[`,`]`],run:e=>mo(e===`[`?.8:1.25)},{shown:[`Ctrl Z`,`Ctrl Y`],does:`Undo, redo`,keys:[`ctrl+z`,`ctrl+y`,`ctrl+shift+z`],run:e=>void(e===`ctrl+z`?va():ya())},{shown:[`Backspace`],does:`Clear the object's prompts on this frame`,keys:[`backspace`],run:()=>void(Q.removeCorner()||_a())},{shown:[`Shift F`,`Shift D`],does:`Fill the mask's holes, drop its specks`,keys:[`shift+f`,`shift+d`],run:e=>void ma(e===`shift+f`?`holes`:`specks`)},{shown:[`C`],does:`Crosshair: arrows move it, Enter adds a point or paints, Alt Enter adds a background point`,keys:[`c`],run:Za},{shown:[`X`,`X`],does:`With the crosshair: one corner of a box, then the other`,keys:[`x`],run:Qa}]},{title:`Tracking and learning`,shortcuts:[{shown:[`T`],does:`Track forward, stop`,keys:[`t`],run:()=>dr(!1)},{shown:[`Shift + drag`],does:`On the timeline: mark frames to track`,keys:[]},{shown:[`Shift T`],does:`Track backward from here, stop`,keys:[`shift+t`],run:()=>dr(!0)},{shown:[`F`],does:`Follow the frame being tracked`,keys:[`f`],run:()=>O(({following:e})=>({following:!e}))},{shown:[`1 – 9`],does:`Accept a candidate; where there is none, label the object`,keys:[`1`,`2`,`3`,`4`,`5`,`6`,`7`,`8`,`9`],run:ho},{shown:[`L`],does:`Off, suggest, auto`,keys:[`l`],run:go},{shown:[`Ctrl O`],does:`Import masks`,keys:[`ctrl+o`],run:()=>O({dialog:`import`})},{shown:[`Ctrl S`],does:`Export`,keys:[`ctrl+s`],run:()=>O({dialog:`export`})},{shown:[`Esc`],does:`Stop, close, leave the crosshair`,keys:[`escape`],run:vo},{shown:[`?`],does:`This list`,keys:[`?`,`shift+?`],run:()=>O({dialog:`shortcuts`})}]}],ao=new Map(io.flatMap(({shortcuts:e})=>e).flatMap(({keys:e,run:t})=>e.map(e=>[e,t])));function oo(e){return ao.get(e)}function so(e,t){ri(e.endsWith(`arrowleft`)||e===`,`?-t:t)}function co(e){e===`0`?Q.fit():Q.zoom(e===`-`?.8:1.25)}function lo(){let{selected:e,frame:t}=D(),n=e===null?void 0:A.get(t,e),r=n&&aa(B(n.rle));r&&Q.zoomTo(...r)}function uo(){let e=!D().panels;O({panels:e}),V({panels:e})}function fo(e){e===`ctrl+arrowleft`?Q.pan(no,0):e===`ctrl+arrowright`?Q.pan(-60,0):e===`ctrl+arrowup`?Q.pan(0,no):Q.pan(0,-60)}function po(){let{selected:e}=D();e!==null&&jt(e)}function mo(e){O(({brush:t})=>({brush:Math.max(ot.least,Math.min(ot.most,t*e))}))}function ho(e){let{candidates:t}=D(),n=t[Number(e)-1];n?ga(n):t.length===0&&Ji(Number(e))}function go(){Pr(to[(to.indexOf(D().loraMode)+1)%to.length])}function _o(e,t=!1){let n=document.querySelector(e);n?.focus(),t&&n?.click()}function vo(){let{crosshair:e,tracking:t,range:n}=D();Q.cancel()||(e?O({crosshair:null,corner:null}):t?W():O(n?{range:null}:{playing:!1}))}function yo(){return(0,Y.jsx)(mi,{name:`shortcuts`,title:`All keys`,children:(0,Y.jsx)(`div`,{className:`columns`,children:io.map(({title:e,shortcuts:t})=>(0,Y.jsxs)(`section`,{children:[(0,Y.jsx)(`h3`,{children:e}),(0,Y.jsx)(`dl`,{children:t.map(({shown:e,does:t})=>(0,Y.jsxs)(`div`,{children:[(0,Y.jsx)(`dt`,{children:e.map((e,t)=>(0,Y.jsx)(`kbd`,{children:e},t))}),(0,Y.jsx)(`dd`,{children:t})]},t))})]},e))})})}var bo=26;function xo({view:e}){let t=E(e=>e.candidates),n=E(e=>e.frame),r=E(e=>e.hovered);return t.map((t,i)=>{let{added:a,removed:o}=cn(A.get(n,t.objectId)?.rle,t.rleMask),s=a.top??o.top;if(!s||t.frameIndex!==n)return null;let c={left:e.x+s.x*e.scale+i*bo,top:e.y+s.y*e.scale};return(0,Y.jsx)(`button`,{className:`badge`,style:c,"data-hovered":t.adapterId===r,title:`Accept candidate ${i+1} (key ${i+1})`,"aria-label":`Accept candidate ${i+1}`,onPointerEnter:()=>O({hovered:t.adapterId}),onPointerLeave:()=>O({hovered:null}),onClick:()=>void ga(t),children:i+1},t.adapterId)})}var So=`#12a150`,Co=`#e5484d`,wo=`#2f9bff`,To=`#ffa51f`;function Eo(e,t,n,r){let i=e.getContext(`2d`),a=devicePixelRatio;i.setTransform(1,0,0,1,0,0),i.clearRect(0,0,e.width,e.height),i.setTransform(t.scale*a,0,0,t.scale*a,t.x*a,t.y*a),i.lineJoin=`round`;let o=j.current?.get(n);if(!o)return[];i.imageSmoothingEnabled=t.scale*a<3,i.imageSmoothingQuality=t.scale*a<1?`medium`:`low`,i.drawImage(o,0,0);let{objects:s,selected:c,showMasks:l,candidates:u,hovered:d,pendingPrompts:f}=D(),p=r.painted?.frame===n?r.painted:null,m=[];for(let e of s){let r=A.get(n,e.objectId);if(e.hidden||!l)continue;let a=e.objectId===c;p?.objectId===e.objectId?Oo(i,Kt(p.bitmap).path,e.color,a,t):r&&(Oo(i,sn(r.rle).path,e.color,a,t,r.stale),m.push(r))}let h=u.find(e=>e.adapterId===d)??u[0],g=s.find(e=>e.objectId===h?.objectId);if(h?.frameIndex===n&&g&&l&&!g.hidden&&!p){let{added:e,removed:r}=cn(A.get(n,g.objectId)?.rle,h.rleMask);ko(i,e.path,wo,t,[]),ko(i,r.path,To,t,[6/t.scale,4/t.scale])}for(let e of m)Mo(i,e,t);let _=s.find(e=>e.objectId===c);if(_){let e=D().prompts.get(T(_.objectId,n))??[],r=f.filter(e=>e.objectId===_.objectId&&e.frame===n);for(let n of[...e,...r.map(e=>e.prompt)])Fo(i,n,o,_,t)}r.box&&Lo(i,r.box,t,`#fff`),r.polygon&&Po(i,r.polygon.points,r.pointer,t),zo(i,o,t);let{crosshair:v,tool:y}=D(),b=y===`brush`||y===`eraser`;return v&&b&&Ro(i,{x:v[0]*o.width,y:v[1]*o.height},t),r.pointer&&b&&Ro(i,r.pointer,t),m}function Do(e){return e.map(e=>{let t=on(e);return`${R(L(e.objectId)??{objectId:e.objectId,name:``})}: ${t===null?`drawn by hand`:`confidence ${t.toFixed(2)}`}${e.source===`LORA`?`, by an adapter`:``}`}).join(`; `)}function Oo(e,t,n,r,i,a=!1){e.fillStyle=n,e.globalAlpha=a?.18:r?.42:.32,e.fill(t,`evenodd`),e.globalAlpha=1,r&&(e.lineWidth=3.5/i.scale,e.strokeStyle=`rgba(0,0,0,.45)`,e.stroke(t)),e.lineWidth=(r?2:1.25)/i.scale,e.strokeStyle=n,e.setLineDash(a?[5/i.scale,4/i.scale]:[]),e.stroke(t),e.setLineDash([])}function ko(e,t,n,r,i){e.fillStyle=n,e.globalAlpha=.5,e.fill(t,`evenodd`),e.globalAlpha=1,e.lineWidth=3/r.scale,e.strokeStyle=`rgba(0,0,0,.7)`,e.stroke(t),e.lineWidth=1.5/r.scale,e.strokeStyle=n,e.setLineDash(i),e.stroke(t),e.setLineDash([])}var Ao=12,jo=4;function Mo(e,t,n){let r=L(t.objectId),{top:i}=sn(t.rle);if(!i||!r||!r.name&&D().objects.length===1)return;let a=1/n.scale;e.font=`600 ${Ao*a}px system-ui, sans-serif`;let o=R(r),s=e.measureText(o).width+8*a,c=17*a,[l,u]=[Math.max(0,i.x-s/2),Math.max(0,i.y-c-3*a)];e.fillStyle=r.color,e.beginPath(),e.roundRect(l,u,s,c,4*a),e.fill(),e.fillStyle=No(r.color)?`#fff`:`#101318`,e.textBaseline=`middle`,e.fillText(o,l+jo*a,u+c/2)}function No(e){let[t,n,r]=[1,3,5].map(t=>{let n=parseInt(e.slice(t,t+2),16)/255;return n<=.04045?n/12.92:((n+.055)/1.055)**2.4});return .2126*t+.7152*n+.0722*r<.179}function Po(e,t,n,r){let i=1/r.scale;for(let[r,a]of[[3.5,`rgba(0,0,0,.65)`],[1.5,`#fff`]]){e.beginPath();for(let{x:r,y:i}of n?[...t,n]:t)e.lineTo(r,i);e.lineWidth=r*i,e.strokeStyle=a,e.stroke()}let[a]=t;a&&(e.beginPath(),e.arc(a.x,a.y,5*i,0,2*Math.PI),e.fillStyle=`#fff`,e.fill())}function Fo(e,t,n,r,i){if(t.kind===`box`){let[a,o,s,c]=t.box;Lo(e,[a*n.width,o*n.height,s*n.width,c*n.height],i,r.color)}t.kind===`points`&&t.points.forEach(([r,a],o)=>Io(e,r*n.width,a*n.height,t.labels[o]===1,i))}function Io(e,t,n,r,i){let a=1/i.scale;e.beginPath(),e.arc(t,n,7*a,0,2*Math.PI),e.fillStyle=r?So:Co,e.fill(),e.lineWidth=2*a,e.strokeStyle=`#fff`,e.stroke(),e.beginPath(),e.moveTo(t-3*a,n),e.lineTo(t+3*a,n),r&&(e.moveTo(t,n-3*a),e.lineTo(t,n+3*a)),e.stroke()}function Lo(e,[t,n,r,i],a,o){e.lineWidth=3/a.scale,e.strokeStyle=`rgba(0,0,0,.6)`,e.strokeRect(t,n,r-t,i-n),e.lineWidth=1.5/a.scale,e.strokeStyle=o,e.strokeRect(t,n,r-t,i-n)}function Ro(e,{x:t,y:n},r){for(let[i,a]of[[3,`rgba(0,0,0,.6)`],[1.25,`#fff`]])e.beginPath(),e.arc(t,n,D().brush,0,2*Math.PI),e.lineWidth=i/r.scale,e.strokeStyle=a,e.stroke()}function zo(e,t,n){let{crosshair:r,corner:i}=D();if(!r)return;let[a,o]=[r[0]*t.width,r[1]*t.height];i&&Lo(e,[i[0]*t.width,i[1]*t.height,a,o],n,`#fff`);let s=14/n.scale;for(let[t,r]of[[4,`rgba(0,0,0,.7)`],[1.75,`#fff`]])e.beginPath(),e.moveTo(a-s,o),e.lineTo(a+s,o),e.moveTo(a,o-s),e.lineTo(a,o+s),e.lineWidth=t/n.scale,e.strokeStyle=r,e.stroke()}function Bo(e,t,n,r,i){let{width:a,height:o,data:s}=e,c=Math.max(0,Math.floor(Math.min(t.x,n.x)-r)),l=Math.min(a-1,Math.ceil(Math.max(t.x,n.x)+r)),u=Math.max(0,Math.floor(Math.min(t.y,n.y)-r)),d=Math.min(o-1,Math.ceil(Math.max(t.y,n.y)+r)),[f,p]=[n.x-t.x,n.y-t.y],m=f*f+p*p;for(let e=u;e<=d;e++)for(let n=c;n<=l;n++){let[o,c]=[n+.5-t.x,e+.5-t.y],l=m?Math.max(0,Math.min(1,(o*f+c*p)/m)):0;(o-l*f)**2+(c-l*p)**2<=r*r&&(s[e*a+n]=i)}}function Vo({width:e,height:t,data:n},r,i){for(let a=0;a<t;a++){let t=[];r.forEach((e,n)=>{let i=r[(n+1)%r.length];e.y<=a+.5!=i.y<=a+.5&&t.push(e.x+(a+.5-e.y)/(i.y-e.y)*(i.x-e.x))}),t.sort((e,t)=>e-t);for(let r=0;r+1<t.length;r+=2){let o=Math.max(0,Math.ceil(t[r]-.5)),s=Math.min(e-1,Math.ceil(t[r+1]-.5)-1);o<=s&&n.fill(i,a*e+o,a*e+s+1)}}}var Ho=.05,Uo=40;function Wo(e,t,n,r){let i=Math.max(.01,Math.min((e-16)/n,(t-16)/r));return{scale:i,x:(e-n*i)/2,y:(t-r*i)/2}}function Go(e,t,n,r,i,a){let o=Math.max(Ho,Math.min(Uo,e/(2*(i-n)),t/(2*(a-r))));return{scale:o,x:e/2-(n+i)/2*o,y:t/2-(r+a)/2*o}}function Ko(e,t,n,r){let i=Math.max(Ho,Math.min(Uo,e.scale*t)),a=i/e.scale;return{scale:i,x:n-(n-e.x)*a,y:r-(r-e.y)*a}}var qo=4,Jo=9,Yo=500,Xo=class{surface;draft={box:null,painted:null,pointer:null,polygon:null};#e=null;#t=new Map;constructor(e){this.surface=e}down(e,t){let n=this.#l(t),{tool:r}=D();if(e.pointerType===`touch`&&(this.#t.set(e.pointerId,t),this.#t.size>1))this.cancel(),this.#e={kind:`pinch`};else{if(e.button===1||Q.panning)this.#e={kind:`pan`,at:t},Q.panned=!0;else if(!this.#s())return;else if(r===`polygon`&&e.button===0)this.#r(n,+!e.altKey);else if(r===`lasso`&&e.button===0)this.draft.polygon={points:[n],value:+!e.altKey},this.#e={kind:`lasso`};else if((r===`brush`||r===`eraser`)&&e.button===0){let t=r===`brush`===e.altKey?0:1;this.#e={kind:`paint`,at:n,value:t},this.#a(n,t)}else if(r===`point`){let t=e.button===2||e.altKey?0:1;this.#e={kind:`press`,from:n,label:t,shift:e.shiftKey,began:e.timeStamp,touch:e.pointerType===`touch`}}this.#e?.kind!==`pan`&&O({following:!1,playing:!1}),this.surface.redraw()}}move(e,t){let n=this.#l(t),r=this.#e;if(this.draft.pointer=n,r?.kind===`pinch`)return this.#c(e.pointerId,t);if(e.pointerType===`touch`&&this.#t.set(e.pointerId,t),r?.kind===`pan`){let{scale:e,x:n,y:i}=this.surface.view();this.surface.showView({scale:e,x:n+t.x-r.at.x,y:i+t.y-r.at.y}),this.#e={kind:`pan`,at:t}}else r?.kind===`paint`?(Bo(this.draft.painted.bitmap,r.at,n,D().brush,r.value),this.#e={...r,at:n}):r?.kind===`lasso`?this.draft.polygon?.points.push(n):r?.kind===`press`&&r.label===1&&this.#u(r.from,n,qo)&&(this.#e={kind:`box`,from:r.from});this.#e?.kind===`box`&&(this.draft.box=this.#d(this.#e.from,n)),this.surface.redraw()}up(e){let t=this.#e;if(this.#t.delete(e.pointerId),!(t?.kind===`pinch`&&this.#t.size>0)){if(this.#e=null,t?.kind===`press`)this.#n(t.from,t.touch&&e.timeStamp-t.began>=Yo?0:t.label,t.shift);else if(t?.kind===`box`&&this.draft.box){let[e,t,n,r]=this.draft.box,{width:i,height:a}=this.surface;n>e&&r>t&&fa([e/i,t/a,n/i,r/a])}else t?.kind===`lasso`?this.closePolygon():t?.kind===`paint`&&this.#o();this.draft.box=null,this.surface.redraw()}}leave(e){this.draft.pointer=null,e.type===`pointercancel`&&(this.#t.delete(e.pointerId),this.cancel()),this.surface.redraw()}cancel(){if(this.#e?.kind===`pan`||this.#e?.kind===`pinch`)return!1;let e=this.#e!==null||this.draft.polygon!==null,t=this.#e?.kind===`paint`;return this.#e=null,this.draft.box=this.draft.polygon=null,t&&(this.draft.painted=null),this.surface.redraw(),e}forgetPainted(){this.#e?.kind!==`paint`&&(this.draft.painted=null)}removeCorner(){let{polygon:e}=this.draft;return e?(e.points.pop(),e.points.length===0&&(this.draft.polygon=null),this.surface.redraw(),!0):!1}closePolygon(){let{polygon:e}=this.draft;return this.draft.polygon=null,e?(e.points.length>2&&(this.#i(),Vo(this.draft.painted.bitmap,e.points,e.value),this.#o()),this.surface.redraw(),!0):!1}dab(e){let{tool:t}=D();this.#s()&&(t===`polygon`||t===`lasso`?this.#r(e,1):(this.#a(e,t===`eraser`?0:1),this.#o()),this.surface.redraw())}otherObjectAt(e){let{x:t,y:n}=this.#l(e),{tool:r,selected:i,showMasks:a,objects:o}=D(),{width:s,height:c}=this.surface;if(r!==`point`||!a||i===null||t<0||n<0||t>=s||n>=c||!L(i)?.promptedFrames.length)return null;let l=e=>{let r=A.get(this.surface.frame(),e);return r&&B(r.rle).data[Math.floor(n)*s+Math.floor(t)]===1};return l(i)?null:o.findLast(({objectId:e,hidden:t})=>!t&&l(e))?.objectId??null}#n(e,t,n){let{width:r,height:i}=this.surface;if(e.x<0||e.y<0||e.x>r||e.y>i)return;let{scale:a,x:o,y:s}=this.surface.view(),c=t===1&&!n?this.otherObjectAt({x:e.x*a+o,y:e.y*a+s}):null;if(c!==null)return O({selected:c});da([e.x/r,e.y/i],t)}#r(e,t){let{polygon:n}=this.draft;n?n.points.length>2&&!this.#u(n.points[0],e,Jo)?this.closePolygon():n.points.push(e):this.draft.polygon={points:[e],value:t}}#i(){let e=D().selected??Dt(),t=this.surface.frame(),{width:n,height:r}=this.surface,{painted:i}=this.draft,a=i?.objectId===e&&i.frame===t?i.bitmap:Qo(e,t,n,r);this.draft.painted={objectId:e,frame:t,bitmap:a}}#a(e,t){this.#i(),Bo(this.draft.painted.bitmap,e,e,D().brush,t)}#o(){let{bitmap:e,objectId:t,frame:n}=this.draft.painted;if(D().noOverlap&&$o(e,t,n),e.data.includes(1))return void pa(e);this.draft.painted=null,P(`stage`,`A mask needs at least one pixel. To remove it from this frame, press Backspace.`,`note`)}#s(){return this.surface.frame()===D().frame||(P(`stage`,`Frame ${D().frame} is still loading.`,`note`,{label:`Dismiss`,run:()=>F(`stage`)}),!1)}#c(e,t){let[n,r]=[...this.#t.values()];this.#t.set(e,t);let[i,a]=[...this.#t.values()];if(!n||!r||!i||!a)return;let[o,s]=[Zo(n,r),Zo(i,a)],c=this.surface.view(),l=Math.hypot(i.x-a.x,i.y-a.y)/Math.max(1,Math.hypot(n.x-r.x,n.y-r.y));this.surface.showView(Ko({...c,x:c.x+s.x-o.x,y:c.y+s.y-o.y},l,s.x,s.y))}#l(e){let{scale:t,x:n,y:r}=this.surface.view();return{x:(e.x-n)/t,y:(e.y-r)/t}}#u(e,t,n){return Math.hypot(t.x-e.x,t.y-e.y)*this.surface.view().scale>n}#d(e,t){let{width:n,height:r}=this.surface,[i,a]=[e.x,t.x].map(e=>Math.max(0,Math.min(n,e))).sort((e,t)=>e-t),[o,s]=[e.y,t.y].map(e=>Math.max(0,Math.min(r,e))).sort((e,t)=>e-t);return[i,o,a,s]}};function Zo(e,t){return{x:(e.x+t.x)/2,y:(e.y+t.y)/2}}function Qo(e,t,n,r){let i=A.get(t,e);return{width:n,height:r,data:i?B(i.rle).data.slice():new Uint8Array(n*r)}}function $o(e,t,n){for(let r of D().objects){let i=r.objectId===t?void 0:A.get(n,r.objectId);i&&B(i.rle).data.forEach((t,n)=>t&&(e.data[n]=0))}}function es(){let[e,t]=(0,q.useState)(zn),n=ts();return e||!n?null:(0,Y.jsxs)(`div`,{className:`hint`,role:`note`,"aria-label":`Hint`,children:[n,(0,Y.jsx)(`button`,{className:`plain`,title:`No more hints`,"aria-label":`No more hints`,onClick:()=>{Bn(),t(!0)},children:(0,Y.jsx)(X,{name:`close`})})]})}function ts(){let e=E(e=>e.tool),t=E(e=>e.objects),n=E(e=>e.tracking!==null),r=E(e=>e.training!==null),i=E(e=>e.lastRun!==null||e.objects.some(e=>e.adapters.length)),a=E(e=>e.corrected.size+e.accepted.size),o=E(e=>e.pendingPrompts.length>0);E(e=>e.masksVersion);let s=t.filter(({promptedFrames:e})=>e.length).length;return n||r||o?null:s===0?(0,Y.jsxs)(`span`,{children:[e===`point`?`Click an object, or drag a box around it`:`Draw over an object`,` · `,(0,Y.jsx)(`kbd`,{children:`?`}),` lists all keys`]}):ht().annotated>Math.max(...t.map(({promptedFrames:e})=>e.length))?i||a>0?null:(0,Y.jsxs)(`span`,{children:[`Look at the frame`,` `,(0,Y.jsxs)(`button`,{onClick:Ga,children:[`most in doubt `,(0,Y.jsx)(`kbd`,{children:`D`})]}),`. Where a mask is wrong, correct it with a click: the model learns from it`]}):s<t.length?(0,Y.jsx)(`span`,{children:`Click the new object`}):(0,Y.jsxs)(`span`,{children:[`Wrong? Click what is missing, right click what is too much. Then`,` `,(0,Y.jsxs)(`button`,{onClick:()=>Dt(),children:[`add the next object `,(0,Y.jsx)(`kbd`,{children:`N`})]}),` `,`or`,` `,(0,Y.jsxs)(`button`,{onClick:()=>nr(!1),children:[`track `,(0,Y.jsx)(`kbd`,{children:`T`})]})]})}var ns=300,rs={x:0,y:0};addEventListener(`pointermove`,e=>Object.assign(rs,{x:e.clientX,y:e.clientY}),{passive:!0});function is(){let e=E(e=>e.pending>0),[t,n]=(0,q.useState)(null);return(0,q.useEffect)(()=>{if(!e)return;let t=()=>n({...rs}),r=setTimeout(()=>{t(),addEventListener(`pointermove`,t,{passive:!0})},ns);return()=>{clearTimeout(r),removeEventListener(`pointermove`,t),n(null)}},[e]),t?(0,Y.jsx)(`span`,{className:`spinner`,role:`status`,style:{left:t.x,top:t.y},children:(0,Y.jsx)(`span`,{className:`unseen`,children:`The server is working`})}):null}var as={PROPAGATE_TO_FRAME:`Tracking to a frame`,PROMPT:`Tracking before the prompt`,CORRECTION:`Tracking before the correction`,TRAINING:`Tracking before the training`,CANDIDATES:`Tracking before the candidates`};function os(){let e=E(e=>e.trackingFirst);return e?(0,Y.jsxs)(`p`,{className:`notice progress first`,role:`status`,children:[as[e.purpose],(0,Y.jsx)(`progress`,{max:e.total,value:e.completed,"aria-label":`Frames tracked first`}),(0,Y.jsxs)(`output`,{children:[e.completed,` / `,e.total]}),(0,Y.jsx)(`button`,{title:`Frames that are tracked already stay; nothing else changes`,onClick:()=>void yr(),children:`Cancel`})]}):null}function ss(){let e=E(e=>e.video),t=E(e=>e.tool),n=(0,q.useRef)(null),r=(0,q.useRef)(null),i=(0,q.useRef)(null),a=(0,q.useRef)(0),o=(0,q.useRef)(0),[s,c]=(0,q.useState)({scale:1,x:0,y:0}),l=(0,q.useRef)(()=>{cancelAnimationFrame(o.current),o.current=requestAnimationFrame(()=>{let e=r.current;if(!e||!i.current)return;j.current?.get(D().frame)&&(a.current=D().frame);let t=Eo(e,i.current,a.current,d.draft);e.dataset.frame=j.current?.get(a.current)?String(a.current):``,e.dataset.masks=t.map(e=>`${e.objectId}:${e.serial}`).join(` `),e.setAttribute(`aria-label`,`Frame ${a.current}. ${Do(t)||`No mask`}`)})}).current,u=(0,q.useRef)(e=>{i.current=e,c(e),l()}).current,[d]=(0,q.useState)(()=>new Xo({width:e.width,height:e.height,view:()=>i.current,showView:u,frame:()=>a.current,redraw:l}));(0,q.useLayoutEffect)(()=>{let t=r.current,a=n.current,o=!0,s=()=>{o=!0,u(Wo(a.clientWidth,a.clientHeight,e.width,e.height))},c=(e,t=a.clientWidth/2,n=a.clientHeight/2)=>{o=!1,u(Ko(i.current,e,t,n))},f=()=>{t.width=Math.round(a.clientWidth*devicePixelRatio),t.height=Math.round(a.clientHeight*devicePixelRatio),o||!i.current?s():l()},p=e=>{e.preventDefault();let{left:t,top:n}=a.getBoundingClientRect();c(Math.exp(-e.deltaY*(e.deltaMode===1?.05:.0015)),e.clientX-t,e.clientY-n)},m=new ResizeObserver(f);m.observe(a),t.addEventListener(`wheel`,p,{passive:!1});let h=(e,t)=>{o=!1,u({...i.current,x:i.current.x+e,y:i.current.y+t})},g=(e,t,n,r)=>{o=!1,u(Go(a.clientWidth,a.clientHeight,e,t,n,r))},_=(t,n)=>d.dab({x:t*e.width,y:n*e.height}),[v,y,b]=[()=>d.cancel(),()=>d.closePolygon(),()=>d.removeCorner()];return Object.assign(Q,{fit:s,zoom:c,pan:h,zoomTo:g,dab:_,cancel:v,close:y,removeCorner:b}),()=>{m.disconnect(),t.removeEventListener(`wheel`,p)}},[e,d,u,l]),(0,q.useEffect)(()=>k((e,t)=>{e.pending===0&&t.pending>0&&d.forgetPainted(),(e.tool!==t.tool||e.frame!==t.frame)&&d.cancel(),l()}),[d,l]);let f=e=>{let{left:t,top:r}=n.current.getBoundingClientRect();return{x:e.clientX-t,y:e.clientY-r}};return(0,Y.jsxs)(`section`,{className:`stage`,"aria-label":`Picture`,children:[(0,Y.jsxs)(`div`,{className:`holder`,ref:n,children:[(0,Y.jsx)(`canvas`,{ref:r,role:`img`,"data-tool":t,onMouseDown:e=>{e.preventDefault(),document.activeElement instanceof HTMLElement&&document.activeElement.blur()},onPointerDown:e=>{e.currentTarget.setPointerCapture(e.pointerId),d.down(e.nativeEvent,f(e))},onPointerMove:e=>{d.move(e.nativeEvent,f(e));let t=e.buttons?null:d.otherObjectAt(f(e));e.currentTarget.dataset.over=String(t??``)},onPointerUp:e=>d.up(e.nativeEvent),onPointerCancel:e=>d.leave(e.nativeEvent),onPointerLeave:e=>d.leave(e.nativeEvent),onDoubleClick:()=>d.closePolygon(),onContextMenu:e=>e.preventDefault()}),(0,Y.jsx)(xo,{view:s}),(0,Y.jsx)(es,{})]}),(0,Y.jsxs)(`div`,{className:`overlay`,children:[(0,Y.jsx)(os,{}),(0,Y.jsx)(Z,{place:`stage`}),(0,Y.jsx)(Z,{place:`track`})]}),(0,Y.jsx)(is,{})]})}function cs({url:e}){let t=(0,q.useRef)(null);return(0,q.useEffect)(()=>{let n=new AbortController;return kn(e,n.signal).then(e=>{let n=t.current;n&&(n.width=e.width,n.height=e.height,n.getContext(`2d`).drawImage(e,0,0))}).catch(()=>{}),()=>n.abort()},[e]),(0,Y.jsx)(`canvas`,{ref:t,"aria-hidden":`true`})}var ls=6;function us({sessions:e,reload:t}){let[n,r]=(0,q.useState)(!1);if(e.length===0)return null;let i=e.toReversed();return(0,Y.jsxs)(Y.Fragment,{children:[(0,Y.jsx)(`h2`,{children:`Go on`}),(0,Y.jsx)(`ul`,{className:`sessions`,children:i.slice(0,n?void 0:ls).map(e=>(0,Y.jsx)(`li`,{children:(0,Y.jsx)(ds,{session:e,reload:t})},e.sessionId))}),!n&&e.length>ls&&(0,Y.jsxs)(`button`,{onClick:()=>r(!0),children:[`Show all `,e.length,` sessions`]})]})}function ds({session:e,reload:t}){let{sessionId:n,video:r,objects:i,trackedFrameCount:a,createdAt:o}=e,s=z(r.path);return(0,Y.jsxs)(Y.Fragment,{children:[(0,Y.jsxs)(`a`,{href:`#session=${n}`,title:s,children:[(0,Y.jsx)(cs,{url:r.posterUrl}),(0,Y.jsxs)(`span`,{className:`about`,children:[(0,Y.jsx)(`b`,{children:s}),(0,Y.jsxs)(`small`,{children:[i.length,` object`,i.length===1?``:`s`,` ·`,` `,(0,Y.jsx)(`time`,{dateTime:o,children:new Date(o).toLocaleString([],{dateStyle:`medium`,timeStyle:`short`})})]}),(0,Y.jsxs)(`small`,{className:`done`,children:[(0,Y.jsx)(`progress`,{max:r.frameCount,value:a,"aria-label":`Frames with masks`}),a,` of `,r.frameCount,` frames`]})]})]}),(0,Y.jsx)(Ca,{className:`plain`,question:`Delete its masks?`,title:`Delete the session with its masks and adapters; the video stays`,label:`Delete the session on ${s}`,onConfirm:()=>void Wr(n).then(t),children:(0,Y.jsx)(X,{name:`remove`})})]})}var fs=`sam2-lit:theme`,ps=[`system`,`light`,`dark`];function ms(){let e=localStorage.getItem(fs);return ps.find(t=>t===e)??`system`}function hs(e){document.documentElement.dataset.theme=e,localStorage.setItem(fs,e)}function gs(){let e=ps[(ps.indexOf(ms())+1)%ps.length];return hs(e),e}function _s(){let[e,t]=(0,q.useState)(ms);return(0,Y.jsx)(`button`,{title:`Theme: ${e}`,"aria-label":`Theme: ${e}`,onClick:()=>t(gs()),children:(0,Y.jsx)(X,{name:e})})}var vs=24,ys=1e3,bs=250;function xs(){let e=E(e=>e.connected),[t,n]=(0,q.useState)(``),[r,i]=(0,q.useState)(vs),[a,o]=(0,q.useState)(null),s=(0,q.useRef)(0),c=(0,q.useCallback)(async()=>{let e=++s.current;try{let n=await Ss(t,r);e===s.current&&o(n)}catch(t){e===s.current&&I(`start`,t)}},[t,r]);(0,q.useEffect)(()=>{if(!e)return;let n=setTimeout(()=>void c(),t?bs:0);return()=>clearTimeout(n)},[e,c,t]);let l=e&&!!a?.preparing.length;return(0,q.useEffect)(()=>{if(!l)return;let e=setInterval(()=>void c(),ys);return()=>clearInterval(e)},[l,c]),(0,Y.jsxs)(Y.Fragment,{children:[(0,Y.jsxs)(`div`,{className:`heading`,children:[(0,Y.jsx)(`h2`,{children:`Videos`}),a&&(t||a.totalCount>a.edges.length)&&(0,Y.jsx)(`input`,{type:`search`,"aria-label":`Search videos`,placeholder:`Search ${a.totalCount}`,value:t,onChange:e=>{n(e.target.value),i(vs)}})]}),(0,Y.jsx)(`ul`,{className:`videos`,children:a?.edges.map(({node:e})=>(0,Y.jsx)(`li`,{children:(0,Y.jsx)(Cs,{video:e})},e.id))}),a?.pageInfo.hasNextPage&&(0,Y.jsx)(`button`,{onClick:()=>i(r+vs),children:`Show more videos`}),a?.preparing.map(e=>(0,Y.jsxs)(`p`,{className:`preparing`,children:[e.path,`: its frames are put in order, `,Math.round(e.progress*100),` %`,` `,(0,Y.jsx)(`progress`,{max:1,value:e.progress,"aria-label":e.path})]},e.path)),!!a?.unusable.length&&(0,Y.jsxs)(`details`,{className:`unusable`,children:[(0,Y.jsxs)(`summary`,{children:[a.unusable.length,` file`,a.unusable.length===1?``:`s`,` cannot be used`]}),(0,Y.jsx)(`ul`,{children:a.unusable.map((e,t)=>(0,Y.jsxs)(`li`,{children:[(0,Y.jsx)(`b`,{children:e.path}),` `,e.reason]},t))})]})]})}async function Ss(e,t){let{videos:n}=await x(Se,{search:e,first:vs,after:null});for(;n.edges.length<t&&n.pageInfo.hasNextPage;){let{videos:t}=await x(Se,{search:e,first:vs,after:n.pageInfo.endCursor});n={...t,edges:[...n.edges,...t.edges],unusable:[...n.unusable,...t.unusable],preparing:[...n.preparing,...t.preparing]}}return n}function Cs({video:e}){return(0,Y.jsxs)(`button`,{className:`card`,title:z(e.path),onClick:()=>Vr(e.path),children:[(0,Y.jsx)(cs,{url:e.posterUrl}),(0,Y.jsx)(`b`,{children:z(e.path)}),(0,Y.jsxs)(`small`,{children:[e.width,` × `,e.height,` · `,e.frameCount,` frames · `,e.durationSec.toFixed(1),` s`]})]})}var ws=`sam2.1_hiera_small`;function Ts({progress:e,upload:t}){let[n,r]=(0,q.useState)(null),i=E(e=>e.connected),a=(0,q.useRef)(null),o=(0,q.useCallback)(()=>void x(xe,{}).then(r,e=>I(`start`,e)),[]);return(0,q.useEffect)(()=>{i&&o()},[i,o]),(0,Y.jsxs)(`main`,{className:`start`,children:[(0,Y.jsxs)(`header`,{children:[(0,Y.jsx)(fi,{}),(0,Y.jsx)(`p`,{children:`Track objects through a video. Every correction teaches the model while you work.`}),(0,Y.jsx)(_s,{})]}),(0,Y.jsx)(Z,{place:`start`}),n&&(0,Y.jsx)(us,{sessions:n.sessions,reload:o}),(0,Y.jsx)(`section`,{className:`drop`,onClick:e=>e.target===e.currentTarget&&a.current?.click(),children:e===null?(0,Y.jsxs)(Y.Fragment,{children:[(0,Y.jsx)(X,{name:`upload`}),(0,Y.jsx)(`p`,{children:`Drop a video or a ZIP of frames here, or`}),(0,Y.jsx)(`button`,{className:`primary`,onClick:()=>a.current?.click(),children:`choose a file`}),(0,Y.jsx)(`input`,{ref:a,type:`file`,accept:`video/*,.mkv,.ts,.mts,.m2ts,.gif,.zip`,hidden:!0,onChange:e=>e.target.files?.[0]&&t(e.target.files[0])})]}):(0,Y.jsxs)(Y.Fragment,{children:[(0,Y.jsx)(`p`,{children:e<1?`Uploading, ${Math.round(e*100)} %`:`The server is reading the video…`}),(0,Y.jsx)(`progress`,{max:1,value:e<1?e:void 0,"aria-label":`Upload`}),(0,Y.jsx)(`button`,{onClick:di,children:`Cancel`})]})}),(0,Y.jsx)(xs,{}),n?.model.name===`pocket`&&(0,Y.jsx)(`p`,{className:`notice`,role:`note`,"aria-label":`About the model`,children:(0,Y.jsxs)(`span`,{children:[`The model here, pocket, is small: it is for trying the page out. For real work stop the server, then`,` `,(0,Y.jsxs)(`code`,{children:[`.venv/bin/sam2-lit download `,ws]}),` and `,(0,Y.jsxs)(`code`,{children:[`scripts/serve --model `,ws]}),`.`]})}),n&&(0,Y.jsxs)(`footer`,{children:[`Model `,n.model.name,` on `,n.model.device,`, `,(n.model.parameterCount/1e6).toFixed(1),` million parameters ·`,` `,(0,Y.jsx)(`a`,{href:`/graphql`,children:`GraphQL`})]})]})}var Es=40,Ds=400,Os=null,$=new Map,ks=Promise.resolve();function As(e,t,n){Os!==e&&$.clear(),Os=e;let r=$.get(t);if(r)return Promise.resolve(r);let i=ks.then(async()=>{if(!n()||Os!==e)return null;let r=await kn(e.frameUrlTemplate.replace(`{index}`,String(t))),i=await createImageBitmap(r,{resizeHeight:80,resizeQuality:`medium`});return r.close(),$.size>=Ds&&$.delete($.keys().next().value),$.set(t,i),i});return ks=i.catch(()=>{}),i}function js({scale:e,scroller:t}){let n=E(e=>e.video),[r,i]=(0,q.useState)(0);(0,q.useEffect)(()=>{let e=t.current,n=()=>i(e.scrollLeft);return e.addEventListener(`scroll`,n,{passive:!0}),()=>e.removeEventListener(`scroll`,n)},[t]);let a=Es*n.width/n.height,o=Math.max(1,Math.ceil(a/e.step)),s=Math.max(0,Math.floor(e.frameAt(r)/o)*o),c=e.frameAt(r+(t.current?.clientWidth??0)),l=[];for(let e=s;e<=c;e+=o)l.push(e);return(0,Y.jsx)(`div`,{className:`film`,style:{height:Es},"aria-label":`Filmstrip`,role:`group`,children:l.map(t=>(0,Y.jsx)(Ms,{video:n,frame:t,x:e.x(t)-e.step/2,width:a},t))})}function Ms({video:e,frame:t,x:n,width:r}){let i=(0,q.useRef)(null);return(0,q.useEffect)(()=>{let n=!0;return As(e,t,()=>n).then(e=>{let t=i.current;e&&t&&(t.width=e.width,t.height=e.height,t.getContext(`2d`).drawImage(e,0,0),t.dataset.shown=`true`)}).catch(()=>{}),()=>void(n=!1)},[e,t]),(0,Y.jsx)(`canvas`,{ref:i,"data-thumbnail":t,style:{left:n,width:r,height:Es},onClick:()=>K(t)})}var Ns=12,Ps=class{width;count;step;constructor(e,t){this.width=e,this.count=t,this.step=(e-24)/Math.max(t,1)}x(e){return Ns+(e+.5)*this.step}frameAt(e){return Math.max(0,Math.min(this.count-1,Math.floor((e-Ns)/this.step)))}bands(e,t,n){let r=``;for(let i=0;i<e.length;){let a=i;for(;e[a+1]===e[a]+1;)a++;let o=this.x(e[i])-this.step/2,s=(a-i+1)*this.step;r+=`M${o.toFixed(1)} ${t}h${s.toFixed(1)}v${n}h${(-s).toFixed(1)}z`,i=a+1}return r}},Fs=[.9,.75,.5,.25,0];function Is(e){return Fs.findIndex(t=>e>=t)}var Ls=2,Rs=15,zs={top:18,height:8},Bs=(0,q.memo)(function({object:e,scale:t,corrected:n,accepted:r,suggested:i}){let{objectId:a,promptedFrames:o,color:s}=e,c=A.framesOf(a),l=e=>c.filter(e),u=e=>A.get(e,a),d=e=>n.has(T(a,e))||r.has(T(a,e)),f=Fs.map(()=>[]);for(let e of c){let t=on(u(e));t!==null&&f[Is(t)].push(e)}return(0,Y.jsxs)(`g`,{"data-row":a,children:[(0,Y.jsx)(`path`,{className:`tracked`,d:t.bands(c,Ls,Rs),fill:s}),(0,Y.jsx)(`path`,{className:`stale`,d:t.bands(l(e=>u(e).stale),Ls,Rs)}),(0,Y.jsx)(`path`,{className:`adapter`,d:t.bands(l(e=>u(e).source===`LORA`),13,4)}),f.map((e,n)=>(0,Y.jsx)(`path`,{className:`doubt`,"data-step":n,d:t.bands(e,zs.top,zs.height)},n)),l(e=>i.has(T(a,e))).map(e=>(0,Y.jsx)(`path`,{className:`suggested`,d:`M${t.x(e)} ${Ls}l3.5 6h-7z`},e)),o.map(e=>d(e)?(0,Y.jsx)(`circle`,{className:`correction`,"data-correction":e,"data-accepted":r.has(T(a,e)),cx:t.x(e),cy:9.5,r:`4.5`},e):(0,Y.jsx)(`path`,{className:`prompted`,"data-prompted":e,d:`M${t.x(e)} 4l5.5 5.5-5.5 5.5-5.5-5.5z`},e)),(0,Y.jsx)(`rect`,{className:`row-edge`,y:29,width:t.width,height:`1`})]})},Vs);function Vs(e,t){return e.object===t.object&&e.scale.width===t.scale.width&&e.scale.count===t.scale.count&&e.version===t.version&&e.corrected===t.corrected&&e.accepted===t.accepted&&e.suggested===t.suggested}var Hs=132;function Us({zoom:e,setZoom:t,filmstrip:n,height:r}){let i=E(e=>e.objects),a=E(e=>e.selected),o=E(e=>e.video.frameCount),s=E(e=>e.video.fps),c=E(e=>e.masksVersion),l=E(e=>e.corrected),u=E(e=>e.accepted),d=E(e=>e.suggested),f=E(e=>e.range),p=(0,q.useRef)(null),[m,h]=(0,q.useState)(600);(0,q.useLayoutEffect)(()=>{let e=new ResizeObserver(()=>h(p.current.clientWidth-Hs));return e.observe(p.current),()=>e.disconnect()},[]);let g=Math.max(1,o*32/m),_=new Ps(m*Math.min(e,g),o);Ws(p,e,g,t);let v=(0,q.useRef)(0),y=e=>{if(e.buttons!==1)return;e.currentTarget.setPointerCapture(e.pointerId);let t=_.frameAt(e.clientX-e.currentTarget.getBoundingClientRect().left);e.type===`pointerdown`&&(v.current=t),e.shiftKey?O({range:{first:Math.min(v.current,t),last:Math.max(v.current,t)}}):K(t)},b=Math.max(i.length,1)*30;return(0,Y.jsxs)(`div`,{className:`tracks`,ref:p,style:{gridTemplateColumns:`${Hs}px ${_.width}px`,...r!==null&&{height:r,maxHeight:`none`}},children:[(0,Y.jsx)(`div`,{className:`corner`}),(0,Y.jsxs)(`div`,{className:`ruler`,onPointerDown:y,onPointerMove:y,children:[(0,Y.jsx)(`svg`,{width:_.width,height:20,"aria-hidden":`true`,children:(0,Y.jsx)(Js,{scale:_,fps:s})}),(0,Y.jsx)(Ks,{scale:_,scroller:p})]}),n&&(0,Y.jsxs)(Y.Fragment,{children:[(0,Y.jsx)(`div`,{className:`corner film`}),(0,Y.jsx)(js,{scale:_,scroller:p})]}),(0,Y.jsx)(`ul`,{className:`labels`,children:i.map(({objectId:e,name:t,color:n})=>(0,Y.jsx)(Gs,{name:R({objectId:e,name:t}),color:n,selected:e===a,select:()=>O({selected:e})},e))}),(0,Y.jsxs)(`div`,{className:`scrub`,onPointerDown:y,onPointerMove:y,children:[(0,Y.jsxs)(`svg`,{width:_.width,height:b,"aria-hidden":`true`,children:[(0,Y.jsx)(`defs`,{children:(0,Y.jsx)(`pattern`,{id:`stale`,width:`5`,height:`5`,patternUnits:`userSpaceOnUse`,patternTransform:`rotate(45)`,children:(0,Y.jsx)(`rect`,{width:`2.5`,height:`5`})})}),i.map((e,t)=>(0,Y.jsxs)(`g`,{transform:`translate(0 ${t*30})`,children:[(0,Y.jsx)(`rect`,{className:`row`,"data-selected":e.objectId===a,width:_.width,height:29}),(0,Y.jsx)(Bs,{object:e,scale:_,version:c,corrected:l,accepted:u,suggested:d})]},e.objectId)),f&&(0,Y.jsx)(`path`,{className:`range`,d:`M${_.x(f.first)-_.step/2} 0H${_.x(f.last)+_.step/2}V${b}H${_.x(f.first)-_.step/2}z`})]}),(0,Y.jsx)(qs,{scale:_})]})]})}function Ws(e,t,n,r){(0,q.useLayoutEffect)(()=>{let i=e.current,a=e=>{if(!e.ctrlKey&&!e.metaKey)return;e.preventDefault();let a=Math.max(1,Math.min(n,t*Math.exp(-e.deltaY*.003))),o=e.clientX-i.getBoundingClientRect().left-Hs;r(a),requestAnimationFrame(()=>i.scrollLeft=(i.scrollLeft+o)*a/t-o)};return i.addEventListener(`wheel`,a,{passive:!1}),()=>i.removeEventListener(`wheel`,a)},[e,t,n,r])}function Gs({name:e,color:t,selected:n,select:r}){let i=(0,q.useRef)(null);return(0,q.useEffect)(()=>{n&&i.current?.scrollIntoView({block:`nearest`,inline:`nearest`})},[n]),(0,Y.jsxs)(`li`,{ref:i,style:{height:30},"aria-current":n,title:e,onClick:r,children:[(0,Y.jsx)(`i`,{style:{background:t}}),(0,Y.jsx)(`span`,{children:e})]})}function Ks({scale:e,scroller:t}){let n=E(e=>e.frame),r=e.x(n);return(0,q.useLayoutEffect)(()=>{let e=t.current;if(!e)return;let n=e.clientWidth-Hs;(r<e.scrollLeft||r>e.scrollLeft+n)&&(e.scrollLeft=r-n/2)},[r,t]),(0,Y.jsx)(`div`,{className:`playhead`,role:`slider`,tabIndex:0,"aria-label":`Frame`,"aria-valuemin":0,"aria-valuemax":e.count-1,"aria-valuenow":n,style:{left:r}})}function qs({scale:e}){let t=E(e=>e.frame);return(0,Y.jsx)(`div`,{className:`line`,style:{left:e.x(t)}})}function Js({scale:e,fps:t}){let n=[1,2,5,10,20,50,100,200,500,1e3,2e3,5e3,1e4].find(t=>t*e.step>=56)??2e4;return Array.from({length:Math.ceil(e.count/n)},(e,t)=>t*n).map(n=>(0,Y.jsxs)(`g`,{className:`mark`,children:[(0,Y.jsx)(`line`,{x1:e.x(n),x2:e.x(n),y1:15,y2:20}),(0,Y.jsxs)(`text`,{x:e.x(n),y:12,textAnchor:`middle`,children:[n,(0,Y.jsxs)(`title`,{children:[(n/t).toFixed(2),` s`]})]})]},n))}function Ys({label:e,title:t,button:n,children:r}){let[i,a]=(0,q.useState)(!1),o=(0,q.useRef)(null);return(0,q.useEffect)(()=>{if(!i)return;let e=e=>o.current?.contains(e.target)||a(!1),t=e=>{e.key===`Escape`&&(e.stopPropagation(),a(!1))};return addEventListener(`pointerdown`,e),addEventListener(`keydown`,t,{capture:!0}),()=>{removeEventListener(`pointerdown`,e),removeEventListener(`keydown`,t,{capture:!0})}},[i]),(0,Y.jsxs)(`div`,{className:`menu`,ref:o,children:[(0,Y.jsx)(`button`,{"aria-expanded":i,"aria-label":e,title:t??e,onClick:()=>a(!i),children:n}),i&&(0,Y.jsx)(`div`,{className:`choices`,onClick:e=>e.target.closest(`button`)&&a(!1),children:r})]})}function Xs(){return(0,Y.jsx)(Ys,{label:`Legend`,title:`What the timeline's colors and marks mean`,button:(0,Y.jsx)(Y.Fragment,{children:`Legend`}),children:(0,Y.jsxs)(`ul`,{className:`legend`,children:[(0,Y.jsxs)(`li`,{children:[(0,Y.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,Y.jsx)(`path`,{className:`prompted`,d:`M6 1l5 5-5 5-5-5z`})}),` prompt`]}),(0,Y.jsxs)(`li`,{children:[(0,Y.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,Y.jsx)(`circle`,{className:`correction`,cx:`6`,cy:`6`,r:`4`})}),` correction`]}),(0,Y.jsxs)(`li`,{children:[(0,Y.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,Y.jsx)(`rect`,{className:`adapter`,x:`0`,y:`4`,width:`12`,height:`4`})}),` mask by an adapter`]}),(0,Y.jsxs)(`li`,{children:[(0,Y.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,Y.jsx)(`path`,{className:`suggested`,d:`M6 2l4 8H2z`})}),` an adapter suggests a mask`]}),(0,Y.jsxs)(`li`,{children:[(0,Y.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,Y.jsx)(`rect`,{className:`stale`,x:`1`,y:`2`,width:`10`,height:`8`})}),` stale: track again`]}),(0,Y.jsxs)(`li`,{className:`scale`,children:[(0,Y.jsx)(`span`,{children:`Doubt, by the model's confidence (predicted IoU times the probability that the object is in view):`}),(0,Y.jsx)(Zs,{numbers:!0})]})]})})}function Zs({numbers:e=!1}){return(0,Y.jsxs)(`span`,{className:`doubts`,title:`The lower strip of each object: how sure the model is`,children:[e?`1`:`sure`,Fs.map((t,n)=>(0,Y.jsxs)(`span`,{children:[(0,Y.jsx)(`svg`,{viewBox:`0 0 12 8`,children:(0,Y.jsx)(`rect`,{className:`doubt`,"data-step":n,width:`12`,height:`8`})}),e&&t]},n)),e?``:`in doubt`]})}var Qs=[.25,.5,1,2,4];function $s({zoom:e,setZoom:t,filmstrip:n,toggleFilmstrip:r}){let i=E(e=>e.playing),a=E(e=>e.speed);return(0,Y.jsxs)(`div`,{className:`transport`,children:[(0,Y.jsxs)(`div`,{className:`group`,children:[(0,Y.jsx)(`button`,{title:`Previous prompt of the object (Page Up)`,"aria-label":`Previous prompt`,onClick:()=>ii(-1),children:(0,Y.jsx)(X,{name:`previousKey`})}),(0,Y.jsx)(`button`,{title:`Previous frame (←)`,"aria-label":`Previous frame`,onClick:()=>ri(-1),children:(0,Y.jsx)(X,{name:`previous`})}),(0,Y.jsx)(`button`,{title:`Play, pause (Space)`,"aria-label":i?`Pause`:`Play`,onClick:oi,children:(0,Y.jsx)(X,{name:i?`pause`:`play`})}),(0,Y.jsx)(`button`,{title:`Next frame (→)`,"aria-label":`Next frame`,onClick:()=>ri(1),children:(0,Y.jsx)(X,{name:`next`})}),(0,Y.jsx)(`button`,{title:`Next prompt of the object (Page Down)`,"aria-label":`Next prompt`,onClick:()=>ii(1),children:(0,Y.jsx)(X,{name:`nextKey`})})]}),(0,Y.jsx)(ec,{}),(0,Y.jsx)(`select`,{"aria-label":`Playback speed`,title:`Playback speed`,value:a,onChange:e=>O({speed:Number(e.target.value)}),children:Qs.map(e=>(0,Y.jsxs)(`option`,{value:e,children:[e,`×`]},e))}),(0,Y.jsx)(nc,{}),(0,Y.jsx)(rc,{}),(0,Y.jsxs)(`button`,{title:`Go to the mask that the model is least sure of (D)`,onClick:Ga,children:[(0,Y.jsx)(X,{name:`doubt`}),` Next doubtful`]}),(0,Y.jsx)(ic,{}),(0,Y.jsx)(ac,{}),(0,Y.jsx)(`span`,{className:`spring`}),(0,Y.jsx)(Zs,{}),(0,Y.jsx)(Xs,{}),(0,Y.jsxs)(`div`,{className:`group`,children:[(0,Y.jsx)(`button`,{title:`Pictures along the timeline`,"aria-label":`Filmstrip`,"aria-pressed":n,onClick:r,children:(0,Y.jsx)(X,{name:`video`})}),(0,Y.jsx)(`button`,{title:`Timeline: zoom out (Ctrl and the wheel)`,"aria-label":`Timeline: zoom out`,disabled:e<=1,onClick:()=>t(Math.max(1,e/1.6)),children:(0,Y.jsx)(X,{name:`zoomOut`})}),(0,Y.jsx)(`button`,{title:`Timeline: zoom in (Ctrl and the wheel)`,"aria-label":`Timeline: zoom in`,onClick:()=>t(e*1.6),children:(0,Y.jsx)(X,{name:`zoomIn`})})]})]})}function ec(){let e=E(e=>e.frame),t=E(e=>e.video),[n,r]=(0,q.useState)(null);return(0,Y.jsxs)(`label`,{className:`frame`,title:`Go to a frame (G)`,children:[(0,Y.jsx)(`span`,{children:`Frame`}),(0,Y.jsx)(`input`,{type:`number`,"aria-label":`Frame`,min:0,max:t.frameCount-1,value:n??e,onFocus:t=>{r(String(e)),t.target.select()},onBlur:()=>r(null),onChange:e=>{r(e.target.value),e.target.value!==``&&K(e.target.valueAsNumber)},onKeyDown:e=>(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}),(0,Y.jsxs)(`small`,{children:[`of `,t.frameCount,` · `,(e/t.fps).toFixed(2),` s`]})]})}var tc=[1,2,3,4,5,6,8,10,12,15,20,25,30,60];function nc(){let e=E(e=>e.frameStep),t=E(e=>e.sessionId!==null);return t&&e===1?null:(0,Y.jsx)(`select`,{"aria-label":`Frames to work on`,title:t?`The session works on these frames`:`Which frames to work on; this stays as it is from the first change on`,disabled:t,value:e,onChange:e=>O({frameStep:Number(e.target.value),frame:0}),children:[...new Set([...tc,e])].map(e=>(0,Y.jsx)(`option`,{value:e,children:e===1?`every frame`:`every ${e}${e===2?`nd`:e===3?`rd`:`th`} frame`},e))})}function rc(){let e=E(e=>e.tracking),t=E(e=>e.objects.some(e=>e.promptedFrames.length));E(e=>e.masksVersion),E(e=>e.objects);let n=e?0:pt().length;return e?(0,Y.jsxs)(`button`,{className:`primary stop`,title:`Stop (T)`,onClick:W,children:[(0,Y.jsx)(X,{name:`stop`}),` Stop`]}):(0,Y.jsxs)(`div`,{className:`group`,children:[(0,Y.jsxs)(`button`,{className:`primary`,title:`Track forward from the first frame that needs it (T)`,disabled:!t,onClick:()=>dr(!1),children:[`Track`,n>0&&(0,Y.jsxs)(`small`,{children:[n,` frames`]})]}),(0,Y.jsxs)(Ys,{label:`More ways to track`,button:(0,Y.jsx)(X,{name:`more`}),children:[(0,Y.jsxs)(`button`,{disabled:!t,onClick:()=>nr(!0),children:[`Back from this frame `,(0,Y.jsx)(`kbd`,{children:`Shift T`})]}),(0,Y.jsx)(`button`,{disabled:!t,onClick:ir,children:`Both ways from this frame`}),(0,Y.jsx)(`p`,{className:`quiet`,children:`Shift and drag on the timeline marks frames to track.`})]})]})}function ic(){let e=E(e=>e.range),t=E(e=>e.objects.some(e=>e.promptedFrames.length));return e?(0,Y.jsxs)(`span`,{className:`progress marked`,children:[`Frames `,e.first,` to `,e.last,(0,Y.jsx)(`button`,{disabled:!t,title:`Track these frames forward`,onClick:()=>ar(e,!1),children:`Track`}),(0,Y.jsx)(`button`,{disabled:!t,title:`Track these frames backward`,onClick:()=>ar(e,!0),children:`Back`}),(0,Y.jsx)(`button`,{className:`plain`,"aria-label":`Unmark the frames`,onClick:()=>O({range:null}),children:(0,Y.jsx)(X,{name:`close`})})]}):null}function ac(){let e=E(e=>e.tracking),t=E(e=>e.following);return e?(0,Y.jsxs)(`span`,{className:`progress`,children:[(0,Y.jsx)(`progress`,{max:Math.max(e.total,1),value:e.completed,"aria-label":`Frames tracked`}),(0,Y.jsxs)(`output`,{children:[e.completed,` / `,e.total||`…`,e.framesPerSecond!==null&&` · ${e.framesPerSecond.toFixed(1)} frames/s`]}),(0,Y.jsxs)(`label`,{children:[(0,Y.jsx)(`input`,{type:`checkbox`,checked:t,onChange:e=>O({following:e.target.checked})}),` Follow`]})]}):null}var oc=56,sc=20;function cc(){let[e,t]=(0,q.useState)(1),[n,r]=(0,q.useState)(()=>Rn().filmstrip),[i,a]=(0,q.useState)(()=>Rn().timeline),o=e=>{let t=innerHeight/2,n=Math.round(Math.max(oc,Math.min(t,e)));a(n),V({timeline:n})},s=()=>document.querySelector(`.tracks`).clientHeight;return(0,Y.jsxs)(`footer`,{className:`timeline`,"aria-label":`Timeline`,children:[(0,Y.jsx)(`div`,{className:`splitter`,role:`separator`,"aria-orientation":`horizontal`,"aria-label":`Height of the timeline`,"aria-valuenow":i??0,tabIndex:0,title:`Drag to change the height; double click fits the objects`,onPointerMove:e=>{e.buttons===1&&(e.currentTarget.setPointerCapture(e.pointerId),o(document.querySelector(`.tracks`).getBoundingClientRect().bottom-e.clientY-document.querySelector(`.transport`).offsetHeight))},onDoubleClick:()=>{a(null),V({timeline:null})},onKeyDown:e=>{(e.key===`ArrowUp`||e.key===`ArrowDown`)&&(e.stopPropagation(),o(s()+(e.key===`ArrowUp`?sc:-20)))}}),(0,Y.jsx)($s,{zoom:e,setZoom:t,filmstrip:n,toggleFilmstrip:()=>{r(!n),V({filmstrip:!n})}}),(0,Y.jsx)(Us,{zoom:e,setZoom:t,filmstrip:n,height:i})]})}function lc(){let e=E(e=>e.pending>0),t=E(e=>e.connected),n=E(e=>e.sessionId===null),r=t?e?`Saving…`:n?`Nothing to save yet`:`Saved`:`Not connected`;return(0,Y.jsx)(`span`,{className:`saved`,role:`status`,"data-saved":r===`Saved`,title:`The server saves every change when it answers`,children:r})}var uc=[{tool:`point`,label:`Points and boxes`,key:`P`},{tool:`brush`,label:`Brush`,key:`B`},{tool:`eraser`,label:`Eraser`,key:`E`},{tool:`polygon`,label:`Polygon`,key:`O`},{tool:`lasso`,label:`Lasso`,key:`A`}];function dc(){let e=E(e=>e.video),t=E(e=>e.canUndo),n=E(e=>e.canRedo),r=E(e=>e.panels);return(0,Y.jsxs)(`header`,{className:`toolbar`,children:[(0,Y.jsx)(fi,{}),(0,Y.jsxs)(`button`,{className:`video`,title:`${z(e.path)}\nBack to the videos; the session stays`,onClick:()=>location.hash=``,children:[(0,Y.jsx)(X,{name:`video`}),(0,Y.jsx)(`span`,{children:z(e.path)})]}),(0,Y.jsx)(fc,{}),(0,Y.jsxs)(`div`,{className:`group`,children:[(0,Y.jsx)(`button`,{title:`Undo (Ctrl Z)`,"aria-label":`Undo`,disabled:!t,onClick:()=>void va(),children:(0,Y.jsx)(X,{name:`undo`})}),(0,Y.jsx)(`button`,{title:`Redo (Ctrl Y)`,"aria-label":`Redo`,disabled:!n,onClick:()=>void ya(),children:(0,Y.jsx)(X,{name:`redo`})})]}),(0,Y.jsxs)(`div`,{className:`group`,children:[(0,Y.jsx)(`button`,{title:`Zoom out (−)`,"aria-label":`Zoom out`,onClick:()=>Q.zoom(.8),children:(0,Y.jsx)(X,{name:`zoomOut`})}),(0,Y.jsx)(`button`,{title:`Zoom in (+)`,"aria-label":`Zoom in`,onClick:()=>Q.zoom(1.25),children:(0,Y.jsx)(X,{name:`zoomIn`})}),(0,Y.jsx)(`button`,{title:`Fit (0); Z shows the object`,"aria-label":`Fit`,onClick:()=>Q.fit(),children:(0,Y.jsx)(X,{name:`fit`})})]}),(0,Y.jsx)(`span`,{className:`spring`}),(0,Y.jsx)(lc,{}),(0,Y.jsxs)(`button`,{title:`Export the masks (Ctrl S)`,onClick:()=>O({dialog:`export`}),children:[(0,Y.jsx)(X,{name:`download`}),` Export`]}),(0,Y.jsx)(`button`,{title:`Show or hide the panels (\\)`,"aria-label":`Panels`,"aria-pressed":r,onClick:()=>{O({panels:!r}),V({panels:!r})},children:(0,Y.jsx)(X,{name:`panels`})}),(0,Y.jsx)(_s,{}),(0,Y.jsxs)(Ys,{label:`More`,button:(0,Y.jsx)(X,{name:`more`}),children:[(0,Y.jsxs)(`button`,{onClick:()=>O({dialog:`import`}),children:[(0,Y.jsx)(X,{name:`upload`}),` Import masks… `,(0,Y.jsx)(`kbd`,{children:`Ctrl O`})]}),(0,Y.jsxs)(`button`,{onClick:()=>O({dialog:`labelSet`}),children:[(0,Y.jsx)(X,{name:`label`}),` Labels…`]}),(0,Y.jsxs)(`button`,{onClick:()=>O({dialog:`shortcuts`}),children:[(0,Y.jsx)(X,{name:`help`}),` All keys `,(0,Y.jsx)(`kbd`,{children:`?`})]}),(0,Y.jsxs)(`button`,{onClick:()=>O({dialog:`delete`}),children:[(0,Y.jsx)(X,{name:`remove`}),` Delete session…`]})]})]})}function fc(){let e=E(e=>e.tool),t=E(e=>e.brush),n=E(e=>e.noOverlap),r=e===`brush`||e===`eraser`;return(0,Y.jsxs)(Y.Fragment,{children:[(0,Y.jsx)(`div`,{className:`group`,role:`radiogroup`,"aria-label":`Tool`,children:uc.map(t=>(0,Y.jsx)(`button`,{role:`radio`,"aria-checked":e===t.tool,"aria-label":t.label,title:`${t.label} (${t.key})`,onClick:()=>O({tool:t.tool}),children:(0,Y.jsx)(X,{name:t.tool})},t.tool))}),(0,Y.jsxs)(`label`,{className:`brush`,"data-used":r,title:`Radius of the brush in video pixels ([ and ])`,children:[(0,Y.jsx)(`span`,{children:`Size`}),(0,Y.jsx)(`input`,{type:`range`,min:ot.least,max:ot.most,disabled:!r,value:t,onChange:e=>O({brush:e.target.valueAsNumber})}),(0,Y.jsx)(`output`,{children:Math.round(t)})]}),(0,Y.jsxs)(Ys,{label:`Mask`,title:`What to do with the mask`,button:(0,Y.jsx)(Y.Fragment,{children:`Mask`}),children:[(0,Y.jsxs)(`button`,{onClick:()=>void ma(`holes`),children:[`Fill holes `,(0,Y.jsx)(`kbd`,{children:`Shift F`})]}),(0,Y.jsxs)(`button`,{onClick:()=>void ma(`specks`),children:[`Drop specks `,(0,Y.jsx)(`kbd`,{children:`Shift D`})]}),(0,Y.jsxs)(`label`,{title:`Masks that you draw leave out the other objects' masks on the frame`,children:[(0,Y.jsx)(`input`,{type:`checkbox`,checked:n,onChange:e=>{O({noOverlap:e.target.checked}),V({noOverlap:e.target.checked})}}),`No overlap between objects`]})]})]})}function pc(){let e=E(e=>e.view),[t,n]=(0,q.useState)(null),[r,i]=(0,q.useState)(!1),a=e=>{D().view===`annotate`&&(location.hash=``),ui(e,n)};return(0,Y.jsxs)(`div`,{className:`app`,"data-view":e,onDragOver:e=>{e.preventDefault(),i(e.dataTransfer.types.includes(`Files`))},onDragLeave:e=>e.relatedTarget===null&&i(!1),onDrop:e=>{e.preventDefault(),i(!1);let t=e.dataTransfer.files[0];t&&a(t)},children:[(0,Y.jsx)(hc,{}),e===`start`&&(0,Y.jsx)(Ts,{progress:t,upload:a}),e===`annotate`&&(0,Y.jsx)(mc,{}),e===`loading`&&(0,Y.jsx)(`p`,{className:`middle quiet`,children:`Loading…`}),e===`gone`&&(0,Y.jsx)(gc,{}),e===`changed`&&(0,Y.jsx)(_c,{}),e===`token`&&(0,Y.jsx)(vc,{}),r&&(0,Y.jsx)(`p`,{className:`dropping`,children:`Drop the video to upload it`})]})}function mc(){let e=E(e=>e.panels),t=E(e=>e.video);return(0,Y.jsxs)(Y.Fragment,{children:[(0,Y.jsx)(dc,{}),(0,Y.jsx)(ss,{},t?.path),e&&(0,Y.jsxs)(`div`,{className:`side`,children:[(0,Y.jsx)(za,{}),(0,Y.jsx)(Ea,{})]}),(0,Y.jsx)(cc,{}),(0,Y.jsx)(yo,{}),(0,Y.jsx)(wi,{}),(0,Y.jsx)(Ui,{}),(0,Y.jsx)(hi,{}),(0,Y.jsx)($i,{})]})}function hc(){return E(e=>e.connected)?null:(0,Y.jsx)(`p`,{className:`banner`,role:`alert`,children:`The server cannot be reached. Reconnecting; everything that it acknowledged is saved.`})}function gc(){let e=E(e=>e.video);return(0,Y.jsxs)(`main`,{className:`middle card`,children:[(0,Y.jsx)(fi,{}),(0,Y.jsx)(`h2`,{children:`This session is gone`}),(0,Y.jsx)(`p`,{children:`The server has no such session: it was deleted, or the server now uses another data directory.`}),(0,Y.jsxs)(`div`,{className:`group`,children:[e&&(0,Y.jsxs)(`button`,{className:`primary`,onClick:()=>Vr(e.path),children:[`Open `,z(e.path)]}),(0,Y.jsx)(`button`,{className:e?``:`primary`,onClick:()=>location.hash=``,children:`Choose a video`})]})]})}function _c(){let e=E(e=>e.videoChange),t=E(e=>e.sessionId);return!e||!t?null:(0,Y.jsxs)(`main`,{className:`middle card`,children:[(0,Y.jsx)(fi,{}),(0,Y.jsxs)(`h2`,{children:[z(e.path),` has changed`]}),(0,Y.jsx)(`p`,{children:e.after===0?`Its file is gone. Put it back to continue the session.`:e.same===0?`None of its frames is known to be the same as when the session was started. Put the old file back, or start a new session.`:`Of the ${e.before} frames when the session was started, the first ${e.same} are the same; now there are ${e.after}. The session can continue with their masks and prompts; those on other frames are deleted.`}),(0,Y.jsxs)(`div`,{className:`group`,children:[e.same>0&&(0,Y.jsxs)(`button`,{className:`primary`,onClick:()=>void Yr(t),children:[`Continue with the first `,e.same,` frames`]}),e.after>0&&(0,Y.jsx)(`button`,{onClick:()=>Vr(e.path),children:`Start a new session`}),(0,Y.jsx)(`button`,{onClick:()=>location.hash=``,children:`Choose a video`})]})]})}function vc(){let[e,t]=(0,q.useState)(``);return(0,Y.jsxs)(`form`,{className:`middle card`,onSubmit:t=>{t.preventDefault(),y(e),O({view:`loading`}),location.reload()},children:[(0,Y.jsx)(fi,{}),(0,Y.jsx)(`h2`,{children:`This server asks for a token`}),(0,Y.jsxs)(`label`,{children:[`Token `,(0,Y.jsx)(`input`,{type:`password`,autoFocus:!0,autoComplete:`off`,value:e,onChange:e=>t(e.target.value)})]}),(0,Y.jsx)(`button`,{className:`primary`,children:`Continue`})]})}function yc(){addEventListener(`keydown`,bc),addEventListener(`keyup`,e=>{e.key===` `&&Q.panning&&(Q.panning=!1,Q.panned||oi())}),addEventListener(`click`,e=>{let t=document.activeElement;e.detail>0&&t instanceof HTMLButtonElement&&!t.dataset.keepsFocus&&t.blur()})}function bc(e){let{view:t,dialog:n}=D();if(t!==`annotate`)return;let r=Sc(e);if(n&&r===`escape`)return xc(e);if(Cc(e.target))return;if(n)return r===`?`||r===`shift+?`?xc(e):void 0;if(r===` `){if(e.target instanceof HTMLButtonElement||e.target.closest(`summary`))return;e.preventDefault(),e.repeat||(Q.panned=!1),Q.panning=!0;return}if($a(e))return e.preventDefault();let i=oo(r);!i||r===`enter`&&e.target!==document.body||(e.preventDefault(),i(r))}function xc(e){e.preventDefault(),O({dialog:null})}function Sc(e){let t=[];return(e.ctrlKey||e.metaKey)&&t.push(`ctrl`),e.shiftKey&&t.push(`shift`),[...t,e.key.toLowerCase()].join(`+`)}function Cc(e){return e instanceof HTMLInputElement?e.type!==`range`&&e.type!==`radio`&&e.type!==`color`:e instanceof HTMLSelectElement||e instanceof HTMLTextAreaElement}hs(ms()),yc(),si(),xt(),Or(),vn(),(0,f.createRoot)(document.getElementById(`page`)).render((0,Y.jsx)(pc,{})),ei(),zr();