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
    `,{fragmentName:`RevertParts`}),be={"\n  fragment FrameParts on RLEMaskListOnFrame {\n    frameIndex\n    rleMaskList {\n      ...MaskParts\n    }\n  }\n":pe,"\n  fragment MaskParts on RLEMaskForObject {\n    objectId\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    source\n  }\n":fe,"\n  fragment AdapterParts on LoraAdapter {\n    adapterId\n    objectId\n    rank\n    frameIndices\n    baselineIou\n    trainingIou\n    steps\n    seconds\n  }\n":he,"\n  fragment CandidateParts on LoraCandidate {\n    adapterId\n    objectId\n    frameIndex\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    agreement\n  }\n":me,"\n  fragment VideoParts on Video {\n    id\n    path\n    width\n    height\n    posterUrl\n    frameCount\n    fps\n    durationSec\n    frameUrlTemplate\n  }\n":_e,"\n  fragment LabelParts on Label {\n    name\n    color\n    key\n    attributes {\n      name\n      values\n    }\n  }\n":ge,"\n  fragment SessionParts on Session {\n    sessionId\n    loraMode\n    objects {\n      objectId\n      name\n      label\n      attributes {\n        key\n        value\n      }\n      promptedFrames\n      absentRanges {\n        first\n        last\n      }\n      confirmedRanges {\n        first\n        last\n      }\n      staleRanges {\n        first\n        last\n      }\n      adapters {\n        ...AdapterParts\n      }\n    }\n    frameStep\n    labels {\n      ...LabelParts\n    }\n    video {\n      ...VideoParts\n    }\n  }\n":ve,"\n  query Start {\n    sessions {\n      sessionId\n      trackedFrameCount\n      frameStep\n      createdAt\n      user\n      private\n      objects {\n        objectId\n        absentRanges {\n          first\n          last\n        }\n        confirmedRanges {\n          first\n          last\n        }\n      }\n      video {\n        path\n        frameCount\n        posterUrl\n      }\n    }\n    viewer {\n      name\n    }\n    model {\n      name\n      device\n      parameterCount\n    }\n  }\n":new C(`
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
}`),"\n  fragment RevertParts on Revert {\n    change {\n      kind\n      objectIds\n      frames {\n        first\n        last\n      }\n    }\n  }\n":ye,"\n  mutation MarkAbsent($input: MarkAbsentInput!) {\n    markAbsent(input: $input) {\n      kept {\n        first\n        last\n      }\n    }\n  }\n":new C(`
    mutation MarkAbsent($input: MarkAbsentInput!) {
  markAbsent(input: $input) {
    kept {
      first
      last
    }
  }
}
    `),"\n  mutation RemoveMasks($input: RemoveMasksInput!) {\n    removeMasks(input: $input) {\n      kept {\n        first\n        last\n      }\n    }\n  }\n":new C(`
    mutation RemoveMasks($input: RemoveMasksInput!) {
  removeMasks(input: $input) {
    kept {
      first
      last
    }
  }
}
    `),"\n  mutation ConfirmFrames($input: ConfirmFramesInput!) {\n    confirmFrames(input: $input) {\n      objectId\n    }\n  }\n":new C(`
    mutation ConfirmFrames($input: ConfirmFramesInput!) {
  confirmFrames(input: $input) {
    objectId
  }
}
    `),"\n  mutation UnconfirmFrames($input: UnconfirmFramesInput!) {\n    unconfirmFrames(input: $input) {\n      objectId\n    }\n  }\n":new C(`
    mutation UnconfirmFrames($input: UnconfirmFramesInput!) {
  unconfirmFrames(input: $input) {
    objectId
  }
}
    `),"\n  mutation LabelObject($input: LabelObjectInput!) {\n    labelObject(input: $input) {\n      objectId\n    }\n  }\n":new C(`
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
    `),"\n  query AdapterSources($sessionId: String!, $objectId: Int!) {\n    adapterSources(sessionId: $sessionId, objectId: $objectId) {\n      sessionId\n      videoPath\n      objectId\n      name\n      adapters {\n        adapterId\n      }\n    }\n  }\n":new C(`
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
    `),"\n  mutation CopyAdapters($input: CopyAdaptersInput!) {\n    copyAdapters(input: $input) {\n      objectId\n    }\n  }\n":new C(`
    mutation CopyAdapters($input: CopyAdaptersInput!) {
  copyAdapters(input: $input) {
    objectId
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
`);var xe=w(`
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
  mutation MarkAbsent($input: MarkAbsentInput!) {
    markAbsent(input: $input) {
      kept {
        first
        last
      }
    }
  }
`),Pe=w(`
  mutation RemoveMasks($input: RemoveMasksInput!) {
    removeMasks(input: $input) {
      kept {
        first
        last
      }
    }
  }
`),Fe=w(`
  mutation ConfirmFrames($input: ConfirmFramesInput!) {
    confirmFrames(input: $input) {
      objectId
    }
  }
`),Ie=w(`
  mutation UnconfirmFrames($input: UnconfirmFramesInput!) {
    unconfirmFrames(input: $input) {
      objectId
    }
  }
`),Le=w(`
  mutation LabelObject($input: LabelObjectInput!) {
    labelObject(input: $input) {
      objectId
    }
  }
`),Re=w(`
  mutation SetLabels($input: SetLabelsInput!) {
    setLabels(input: $input) {
      labels {
        ...LabelParts
      }
    }
  }
`),ze=w(`
  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {
    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {
      ...CandidateParts
    }
  }
`),Be=w(`
  mutation Upload($file: Upload!) {
    uploadVideo(file: $file) {
      path
    }
  }
`),Ve=w(`
  mutation StartSession($path: String!, $frameStep: Int!) {
    startSession(input: { path: $path, frameStep: $frameStep }) {
      sessionId
    }
  }
`),He=w(`
  mutation CloseSession($sessionId: String!) {
    closeSession(input: { sessionId: $sessionId }) {
      success
    }
  }
`),Ue=w(`
  mutation AddPoints($input: AddPointsInput!) {
    addPoints(input: $input) {
      ...FrameParts
    }
  }
`),We=w(`
  mutation AddBox($input: AddBoxInput!) {
    addBox(input: $input) {
      ...FrameParts
    }
  }
`),Ge=w(`
  mutation AddMask($input: AddMaskInput!) {
    addMask(input: $input) {
      ...FrameParts
    }
  }
`),Ke=w(`
  mutation AddCorrection($input: AddCorrectionInput!) {
    addCorrection(input: $input) {
      frame {
        ...FrameParts
      }
    }
  }
`),qe=w(`
  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {
    clearPointsInFrame(input: $input) {
      ...FrameParts
    }
  }
`),Je=w(`
  mutation TrainLora($input: TrainLoraInput!) {
    trainLora(input: $input) {
      ...AdapterParts
    }
  }
`),Ye=w(`
  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {
    applyLoraCandidate(input: $input) {
      ...FrameParts
    }
  }
`),Xe=w(`
  mutation SetLoraMode($input: SetLoraModeInput!) {
    setLoraMode(input: $input) {
      loraMode
    }
  }
`),Ze=w(`
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
`),Qe=w(`
  mutation CopyAdapters($input: CopyAdaptersInput!) {
    copyAdapters(input: $input) {
      objectId
    }
  }
`),$e=w(`
  mutation ResetLora($sessionId: String!) {
    resetLora(input: { sessionId: $sessionId }) {
      ...SessionParts
    }
  }
`),et=w(`
  mutation NameObject($input: NameObjectInput!) {
    nameObject(input: $input) {
      objectId
      name
    }
  }
`),tt=w(`
  mutation RemoveObject($input: RemoveObjectInput!) {
    removeObject(input: $input) {
      frameIndex
    }
  }
`),nt=w(`
  mutation ExportAnnotations($input: ExportAnnotationsInput!) {
    exportAnnotations(input: $input) {
      url
      filename
      byteSize
      losses
    }
  }
`),rt=w(`
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
`),it=w(`
  mutation CancelExport($sessionId: String!) {
    cancelExport(input: { sessionId: $sessionId }) {
      success
    }
  }
`),at=w(`
  subscription Exporting($sessionId: String!) {
    exportProgress(sessionId: $sessionId) {
      completed
      total
    }
  }
`),ot=w(`
  subscription Importing($sessionId: String!) {
    importProgress(sessionId: $sessionId) {
      completed
      total
    }
  }
`),st=w(`
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
`),ct=w(`
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
`),lt=w(`
  subscription TrackingProgress($sessionId: String!) {
    trackingProgress(sessionId: $sessionId) {
      purpose
      completed
      total
    }
  }
`),ut=w(`
  mutation CancelTracking($sessionId: String!) {
    cancelPropagateInVideo(input: { sessionId: $sessionId }) {
      success
    }
  }
`),dt=class{#e=new Map;get(e,t){return this.#e.get(e)?.get(t)}framesOf(e){return[...this.#e].filter(([,t])=>t.has(e)).map(([e])=>e).sort((e,t)=>e-t)}staleFrames(e){return this.framesOf(e).filter(t=>this.get(t,e)?.stale)}replace(e,t){t.length?this.#e.set(e,new Map(t.map(e=>[e.objectId,e]))):this.#e.delete(e)}removeObject(e){for(let t of this.#e.values())t.delete(e)}clear(){this.#e.clear()}setStale(e,t){for(let[n,r]of this.#e){let i=r.get(e),a=t.some(({first:e,last:t})=>e<=n&&n<=t);i&&i.stale!==a&&r.set(e,{...i,stale:a})}}},ft={least:1,most:200},pt={view:`loading`,connected:!0,sessionId:null,video:null,videoChange:null,loraMode:`SUGGEST`,objects:[],selected:null,frame:0,playing:!1,following:!1,speed:1,tool:`point`,brush:12,renaming:null,range:null,noOverlap:!1,panels:!0,showMasks:!0,masksVersion:0,imagesVersion:0,tracking:null,trackingFirst:null,pending:0,pendingPrompts:[],crosshair:null,corner:null,training:null,lastRun:null,candidates:[],hovered:null,suggested:new Set,corrected:new Set,accepted:new Set,prompts:new Map,canUndo:!1,canRedo:!1,labels:[],frameStep:1,onlySelected:!1,review:null,notices:{},dialog:null,exporting:null},T=(e,t)=>`${e}:${t}`,mt=(e,t)=>e.startsWith(`${t}:`);function ht(e,t,n){let r=new Set(e);return n?r.add(t):r.delete(t),r}var E=o(()=>pt),{getState:D,setState:O,subscribe:k}=E,A=new dt,j={current:null};function gt(){O(e=>({masksVersion:e.masksVersion+1}))}function M(e,t){O(n=>({objects:n.objects.map(n=>n.objectId===e?{...n,...t}:n)}))}function N(e,t,n=`error`,r){O(i=>({notices:{...i.notices,[e]:{text:t,kind:n,...r&&{action:r}}}}))}function P(e){O(t=>({notices:{...t.notices,[e]:void 0}}))}function F(e,t){let n=t instanceof h?t.code:null,r=[`annotate`,`loading`].includes(D().view);if(n===`SESSION_NOT_FOUND`&&r)O({view:`gone`});else if(n===`SESSION_NOT_FOUND`&&e!==`start`)return;else n===`UNAUTHENTICATED`?O({view:`token`}):n!==`CANCELLED`&&N(e,g(t))}function I(e){return D().objects.find(t=>t.objectId===e)}function L({objectId:e,name:t}){return t||`Object ${e}`}function R(e){return e.split(`/`).at(-1).replace(e.startsWith(`uploads/`)?/-[0-9a-f]{12}(?=\.\w+$)/:``,``)}function _t(e,t){return I(e)?.promptedFrames.includes(t)??!1}function vt({promptedFrames:e,adapters:t}){return e.length+t.length>0}function yt(e,t){return e.some(({first:e,last:n})=>e<=t&&t<=n)}function bt(e,t){let n=A.get(t,e);if(!n)return!1;if(n.source===`TRACKED`||n.source===`LORA`&&!_t(e,t))return!0;let r=T(e,t);return D().corrected.has(r)||D().accepted.has(r)}function xt(){let{objects:e,selected:t,onlySelected:n}=D();return e.filter(({objectId:e,promptedFrames:r})=>r.length&&(!n||e===t))}function St(e=1/0){let{video:t,frameStep:n}=D(),r=xt(),i=[];for(let a=Ct();r.length&&a<(t?.frameCount??0)&&i.length<e;a+=n)r.some(e=>{let{objectId:t,promptedFrames:n}=e,r=A.get(a,t);return a>n[0]&&(!r||r.stale)&&!yt(e.absentRanges,a)})&&i.push(a);return i}function Ct(){return Math.min(...xt().flatMap(({promptedFrames:e})=>e[0]??[]))}function wt(){let{objects:e}=D(),t=new Set(e.flatMap(({objectId:e})=>A.framesOf(e))),n=new Set(e.flatMap(({objectId:e})=>A.staleFrames(e)));return{annotated:t.size,stale:n.size}}var Tt=120,Et=9,Dt=.95,Ot,kt=``;function At(){k(({view:e,selected:t,frame:n,loraMode:r,playing:i,tracking:a,following:o,pending:s,training:c})=>{if(e!==`annotate`)return;let l=t===null?void 0:A.get(n,t),u=I(t)?.adapters??[],d=!i&&!(a&&o)&&s===0&&c===null&&l&&t!==null&&r!==`OFF`&&u.length>0&&!_t(t,n),f=d?[t,n,l.serial,...u.map(e=>e.adapterId+e.trainingIou)].join():``;f!==kt&&(kt=f,clearTimeout(Ot),D().candidates.length&&O({candidates:[],hovered:null}),d&&(Ot=setTimeout(()=>void jt(t,n,f),Tt)))})}async function jt(e,t,n){try{let{loraCandidates:r}=await x(ze,{sessionId:D().sessionId,objectId:e,frameIndex:t}),i=r.filter(({agreement:e})=>e<=Dt);kt===n&&O({candidates:i.slice(0,Et)})}catch(e){let t=e instanceof h&&e.code===`FEATURES_NOT_CAPTURED`;kt===n&&!t&&F(`learn`,e)}}var Mt=[`#3b9cff`,`#ff8a3d`,`#35c98a`,`#e85bb0`,`#f2c744`,`#9a7bff`,`#3fd2d6`,`#f06a5f`,`#a3d14b`,`#c98fe8`];function Nt(e){return Mt[(Math.max(e,1)-1)%Mt.length]}var Pt=[1,0,-1,0],Ft=[0,1,0,-1];function It({width:e,height:t,data:n}){let r=new Path2D,i=e+1,a=new Uint8Array(i*(t+1)),o=null;for(let r=0;r<t;r++)for(let s=0;s<e;s++){let c=r*e+s;if(!n[c])continue;o??={x:s+.5,y:r};let l=r*i+s;r!==0&&n[c-e]||(a[l]|=1),s!==e-1&&n[c+1]||(a[l+1]|=2),r!==t-1&&n[c+e]||(a[l+i+1]|=4),s!==0&&n[c-1]||(a[l+i]|=8)}for(let e=0;e<a.length;e++)for(;a[e];)Lt(a,e,i,r);return{path:r,top:o}}function Lt(e,t,n,r){let i=t,a=Math.log2(e[t]&-e[t]),o=!0;do{let t=e[i];o||(a=[1,0,3].map(e=>(a+e)%4).find(e=>t&1<<e)??a),e[i]=t&~(1<<a);let s=i%n+Pt[a]/2,c=Math.floor(i/n)+Ft[a]/2;o?r.moveTo(s,c):r.lineTo(s,c),o=!1,i+=Pt[a]+Ft[a]*n}while(i!==t);r.closePath()}function Rt(e,t,n){let r=new Uint8Array(t*n),i=0;return Bt(e).forEach((e,a)=>{let o=Math.min(i+e,r.length);if(a%2==1){let e=Math.floor(i/n),a=i%n;for(let s=i;s<o;s++)r[a*t+e]=1,++a===n&&(a=0,e++)}i=o}),{width:t,height:n,data:r}}function zt({width:e,height:t,data:n}){let r=[],i=0,a=0;for(let o=0;o<e;o++)for(let s=0;s<t;s++)n[s*e+o]===i?a++:(r.push(a),i=1-i,a=1);return r.push(a),r.map((e,t)=>Vt(t>2?e-(r[t-2]??0):e)).join(``)}function Bt(e){let t=[],n=0,r=0;for(let i=0;i<e.length;i++){let a=e.charCodeAt(i)-48;n|=(a&31)<<r,r+=5,a&32||(a&16&&(n|=-1<<r),t.push(n+(t.length>2?t[t.length-2]??0:0)),n=r=0)}return t}function Vt(e){let t=``;for(let n=e,r=!0;r;){let e=n&31;n>>=5,r=e&16?n!==-1:n!==0,t+=String.fromCharCode((r?e|32:e)+48)}return t}var Ht=0,Ut=new WeakMap,Wt=new WeakMap,Gt=new WeakMap;function Kt({objectId:e,rleMask:t,predictedIou:n,objectScore:r,source:i},a){return{serial:++Ht,objectId:e,rle:t,predictedIou:n??null,objectScore:r??null,source:i,reverse:a,stale:!1}}function qt({predictedIou:e,source:t}){return t!==`TRACKED`||typeof e==`number`}function Jt(e,{rleMask:t,source:n}){return e.rle.counts===t.counts&&e.source===n}function Yt({predictedIou:e,objectScore:t}){return e===null||t===null?null:Math.max(0,Math.min(1,e))/(1+Math.exp(-t))}function z(e){return $t(Ut,e,()=>Qt(e))}function Xt(e){return $t(Wt,e,()=>It(Qt(e)))}function Zt(e,t){let n=Gt.get(t);if(n&&n.before===e)return n.difference;let{width:r,height:i,data:a}=z(t),o=e?z(e).data:new Uint8Array(a.length),s={added:It({width:r,height:i,data:a.map((e,t)=>e&~o[t]&1)}),removed:It({width:r,height:i,data:a.map((e,t)=>~e&o[t]&1)})};return Gt.set(t,{before:e,difference:s}),s}function Qt({size:[e=0,t=0],counts:n}){return Rt(n,t,e)}function $t(e,t,n){let r=e.get(t);return r===void 0&&(r=n(),e.set(t,r)),r}var en=400,tn=64,nn=400,rn=5;async function an(e,t){A.clear(),await on(e,0,t-1)}async function on(e,t,n){for(let r=t;r<=n;r+=en){let t=Math.min(r+en-1,n),{session:i}=await x(Ee,{sessionId:e,first:r,last:t});if(D().sessionId!==e)return;let a=new Map((i?.masks??[]).map(({frameIndex:e,rleMaskList:t})=>[e,t]));for(let e=r;e<=t;e++)A.replace(e,(a.get(e)??[]).map(t=>{let n=A.get(e,t.objectId),r=I(t.objectId)?.promptedFrames[0]??0;return n&&Jt(n,t)?n:Kt(t,e<r)}));sn()}}function sn(){for(let{objectId:e,staleRanges:t}of D().objects)A.setStale(e,t);gt()}async function cn(e,t,n){let r=D().video?.frameCount??0,i=n?Math.max(0,t-tn):t+1,a=n?t-1:Math.min(r-1,t+tn);if(i>a)return;let o=``;for(let t=0;t<rn;t++){await new Promise(e=>setTimeout(e,nn));let{session:t}=await x(Ee,{sessionId:e,first:i,last:a}),r=D();if(r.sessionId!==e||r.tracking||!t)return;for(let{frameIndex:e,rleMaskList:r}of t.masks)A.replace(e,r.map(t=>{let r=A.get(e,t.objectId);return r&&Jt(r,t)?r:Kt(t,n)}));gt();let s=t.masks.map(({frameIndex:e,rleMaskList:t})=>[e,...t.map(e=>e.rleMask.counts)]).join();if(s===o)return;o=s}}var ln={label:null,attributes:[],promptedFrames:[],absentRanges:[],confirmedRanges:[],staleRanges:[],adapters:[]},un=0,dn=0;function fn(){let{objects:e}=D(),t=Math.max(0,...e.map(e=>e.objectId))+1,n={objectId:t,name:``,color:Nt(t),hidden:!1,...ln};return O({objects:[...e,n],selected:t}),t}async function pn(e,t){let n=I(e);if(n&&n.name!==t.trim()&&(M(e,{name:t.trim()}),vt(n)))try{P(`objects`),await x(et,{input:{sessionId:D().sessionId,objectId:e,name:t}})}catch(t){M(e,{name:n.name}),F(`objects`,t)}}async function mn(e){let{name:t,label:n,attributes:r}=I(e)??{};(n||r?.length)&&await x(Le,{input:{sessionId:D().sessionId,objectId:e,label:n??null,attributes:r??null}}),t&&await x(et,{input:{sessionId:D().sessionId,objectId:e,name:t}})}async function hn(e){let t=I(e);if(!t)return;try{P(`objects`),vt(t)&&await x(tt,{input:{sessionId:D().sessionId,objectId:e}})}catch(e){return F(`objects`,e)}A.removeObject(e);let n=t=>!mt(t,e);O(r=>{let i=r.objects.filter(t=>t.objectId!==e);return{objects:i,selected:r.selected===e?i[0]?.objectId??null:r.selected,canUndo:r.canUndo||vt(t),prompts:new Map([...r.prompts].filter(([e])=>n(e))),suggested:new Set([...r.suggested].filter(n)),corrected:new Set([...r.corrected].filter(n)),accepted:new Set([...r.accepted].filter(n))}}),gt()}function gn(e){let t=I(e);t&&M(e,{hidden:!t.hidden})}function _n(e){let{objects:t,selected:n}=D();t.length!==0&&O({selected:t[(t.findIndex(({objectId:e})=>e===n)+e+t.length)%t.length].objectId})}async function B(){let{sessionId:e}=D();if(!e)return;let t=++un;for(;;){let n=dn,{session:r}=await x(Te,{sessionId:e});if(t!==un||D().sessionId!==e)return;if(!r)return O({view:`gone`});if(dn===n)return vn(r)}}function vn(e){if(D().sessionId!==e.sessionId)return;dn+=1;let t=D().objects,n=yn(e,Object.fromEntries(t.map(({objectId:e,color:t})=>[e,t])),t.filter(e=>e.hidden).map(({objectId:e})=>e)),r=t.filter(({objectId:e})=>!n.some(t=>t.objectId===e)).filter(e=>!vt(e));O(({selected:t})=>{let i=[...n,...r].sort((e,t)=>e.objectId-t.objectId),a=i.some(({objectId:e})=>e===t);return{loraMode:e.loraMode,labels:e.labels,objects:i,selected:a?t:i[0]?.objectId??null}});for(let{objectId:e}of t)I(e)||A.removeObject(e);sn()}function yn(e,t,n){return e.objects.map(({objectId:e,name:r,label:i,...a})=>({...a,objectId:e,name:r??``,label:i??null,color:t[e]??Nt(e),hidden:n.includes(e)})).sort((e,t)=>e.objectId-t.objectId)}var bn=100;async function V(e,t){if(!t){let{session:t}=await x(Oe,{sessionId:e,last:bn,first:null,after:null});t&&D().sessionId===e&&O(Cn(t.history.edges.map(({node:e})=>e)));return}let n=await xn(e),{session:r}=await x(De,{sessionId:e});r&&D().sessionId===e&&O({...Cn(n),...wn(r.interactions,n)})}async function xn(e){let t=[];for(let n=null;;){let{session:r}=await x(Oe,{sessionId:e,first:bn,after:n,last:null});if(!r||(t.push(...r.history.edges.map(({node:e})=>e)),!r.history.pageInfo.hasNextPage))return t;n=r.history.pageInfo.endCursor??null}}async function Sn(e){return(await xn(e)).find(({isUndone:e})=>e)?.kind??null}function Cn(e){return{canUndo:e.some(({isUndone:e,isKept:t})=>!e&&t),canRedo:e.some(({isUndone:e,isKept:t})=>e&&t)}}function wn(e,t){let n=new Map,r=new Set,i=new Set,a=e=>{for(let t of[n,r,i])for(let n of t.keys())e(n)&&t.delete(n)};for(let o of e.filter(Tn(t))){let e=T(o.objectId??0,o.frameIndex??0);o.kind===`CLEAR_VIDEO`||o.kind===`RESET_SESSION`?a(()=>!0):o.kind===`REMOVE_OBJECT`?a(e=>mt(e,o.objectId??0)):o.kind===`CLEAR_FRAME`&&a(t=>t===e),(o.kind===`PROMPT`||o.kind===`CORRECTION`)&&n.set(e,En(n.get(e),o)),o.kind===`CANDIDATE`&&n.set(e,null),(o.kind===`CORRECTION`||o.kind===`CANDIDATE`)&&(r.delete(e),i.delete(e),(o.kind===`CORRECTION`?r:i).add(e))}let o=[...n].filter(e=>e[1]!==null);return{prompts:new Map(o),corrected:r,accepted:i}}function Tn(e){let t=new Set(e.filter(({isUndone:e})=>!e).map(({at:e})=>e)),n=e[0]?.at;return({at:e})=>t.has(e)||n===void 0||e<n}function En(e,{points:t,labels:n,clearOldPoints:r,box:i}){if(i)return[{kind:`box`,box:i}];if(!t||!n||e===null&&!r)return null;let a={kind:`points`,points:t,labels:n};return r?[a]:[...e??[],a]}async function Dn(e,t){let n=await fetch(kn(e),{headers:b(),...t&&{signal:t}});if(!n.ok)throw Error(`HTTP status ${n.status}`);return n.blob()}async function On(e,t){return createImageBitmap(await Dn(e,t))}function kn(e){return new URL(e,location.href).pathname}var An=256*2**20,jn=4,Mn=16,Nn=6,Pn=class{urlTemplate;frameCount;onFrame;#e=new Map;#t=new Map;#n=[];#r=0;#i;#a=!1;constructor(e,t,n,r){this.urlTemplate=e,this.frameCount=t,this.onFrame=r,this.#i=Math.max(24,Math.floor(An/(n*4)))}get(e){return this.#e.get(e)}prefetch(e,t){this.#r=e;let n=[e];for(let r=1;r<=Mn;r++)n.push(e+r*t),r<=Nn&&n.push(e-r*t);this.#n=n.filter(e=>e>=0&&e<this.frameCount&&!this.#e.has(e));for(let[e,t]of this.#t)this.#n.includes(e)||t.abort();this.#o()}close(){this.#a=!0,this.#n=[];for(let e of this.#t.values())e.abort();for(let e of this.#e.values())e.close();this.#e.clear()}#o(){for(let e of this.#n){if(this.#t.size>=jn)return;this.#t.has(e)||this.#s(e)}}async#s(e){let t=new AbortController;this.#t.set(e,t);let n=null;try{let n=await On(this.urlTemplate.replace(`{index}`,String(e)),t.signal);if(this.#a)return n.close();this.#e.set(e,n),this.#c()}catch(e){n=e instanceof Error?e.message:String(e)}this.#t.delete(e),this.#a||(t.signal.aborted||(this.#n=this.#n.filter(t=>t!==e)),this.#o(),t.signal.aborted||this.onFrame(e,n))}#c(){if(this.#e.size<=this.#i)return;let e=e=>Math.abs(e-this.#r),t=[...this.#e.keys()].sort((t,n)=>e(n)-e(t));for(let e of t.slice(0,this.#e.size-this.#i))this.#e.get(e)?.close(),this.#e.delete(e)}},Fn={colors:{},hidden:[],suggested:[],frame:0,selected:null,tool:`point`,brush:null},In=`sam2-lit:session:`,Ln=20,Rn=300,zn;function Bn(e){try{return{...Fn,...JSON.parse(localStorage.getItem(In+e)??`{}`)}}catch{return Fn}}function Vn(e){localStorage.removeItem(In+e)}function Hn(){k((e,t)=>{e.objects===t.objects&&e.suggested===t.suggested&&e.frame===t.frame&&e.selected===t.selected&&e.tool===t.tool&&e.brush===t.brush||e.view!==`annotate`||(clearTimeout(zn),zn=setTimeout(Un,Rn))}),addEventListener(`pagehide`,Un)}function Un(){let{sessionId:e,view:t,objects:n,suggested:r,frame:i,selected:a,tool:o,brush:s}=D();if(!e||t!==`annotate`)return;let c={colors:Object.fromEntries(n.map(({objectId:e,color:t})=>[e,t])),hidden:n.filter(({hidden:e})=>e).map(({objectId:e})=>e),suggested:[...r],frame:i,selected:a,tool:o,brush:s},l=In+e;localStorage.removeItem(l);try{localStorage.setItem(l,JSON.stringify(c))}catch{}let u=Object.keys(localStorage).filter(e=>e.startsWith(In)&&e!==l);for(let e of u.slice(0,Math.max(0,u.length-Ln)))localStorage.removeItem(e)}var Wn=`sam2-lit:view`,Gn={panels:!0,hints:!0,noOverlap:!1,filmstrip:!1,timeline:null};function Kn(){try{return{...Gn,...JSON.parse(localStorage.getItem(Wn)??`{}`)}}catch{return Gn}}function H(e){localStorage.setItem(Wn,JSON.stringify({...Kn(),...e}))}function qn(){return!Kn().hints}function Jn(){H({hints:!1})}var Yn=150,Xn=[`SET_LABELS`,`UNDO`,`REDO`],Zn=null,Qn=[],$n;function er(e,t){Zn?.(),Zn=null,Qn=[],e!==null&&(Zn=S(Ae,{sessionId:e,since:t},({sessionChanges:t})=>{Qn.push(t),tr(e)},t=>{if(D().sessionId===e){if(t)return F(`stage`,t);B().catch(e=>{D().connected&&F(`stage`,e)})}}))}function tr(e){$n??=setTimeout(()=>{$n=void 0,D().sessionId===e&&nr(e)},Yn)}async function nr(e){let{tracking:t,pending:n}=D();if(t||n>0)return tr(e);let r=Qn;Qn=[];let i=r.filter(({client:e})=>e===p),a=r.filter(({client:e})=>e!==p);i.some(({kind:e})=>!Xn.includes(e))&&O({canUndo:!0,canRedo:!1});try{(a.length||i.some(({kind:e})=>e===`TRACKING`))&&await B();for(let{first:t,last:n}of a.filter(({parts:e})=>e.includes(`MASKS`)).flatMap(({frames:e})=>e))await on(e,t,n);a.length&&await V(e,!0)}catch(e){D().connected&&F(`stage`,e)}}var rr=null;function ir(){let{sessionId:e}=D();return e?Promise.resolve(e):(rr??=ar().finally(()=>rr=null),rr)}async function ar(){let{video:e,frameStep:t}=D(),{sessionId:n}=(await x(Ve,{path:e.path,frameStep:t})).startSession;return D().video===e&&(history.replaceState(null,``,`#session=${n}`),O({sessionId:n})),n}var or=Promise.resolve();function sr(e){let{video:t}=D();return O(e=>({pending:e.pending+1,playing:!1,following:!1})),or=or.then(async()=>{if(D().video===t)try{P(`stage`),await ir(),await e()}catch(e){F(`stage`,e)}finally{O(e=>({pending:Math.max(0,e.pending-1)})),gt()}}),or}function cr(){return or}var lr=8,U=null,W=null,ur={last:null,objectIds:null};function dr(e){hr({direction:e?`BACKWARD`:`FORWARD`,from:e?D().frame:null,...ur})}function fr(e){hr({direction:`FORWARD`,from:e,...ur})}function pr(){hr({direction:`BOTH`,from:D().frame,...ur})}function mr({first:e,last:t},n,r=null){let[i,a]=n?[t,e]:[e,t];hr({direction:n?`BACKWARD`:`FORWARD`,from:i,last:a,objectIds:r})}function hr(e){G(),P(`track`),gr(e)}function gr(e){let t=U={request:e,input:null,received:null,unsubscribe:()=>{}};Cr(e.direction===`BACKWARD`),cr().then(()=>U===t&&xr(t))}function G(){let e=U;if(_r(),W=null,e?.input&&e.received!==null){let{frame:t,reverse:n}=e.received;cn(e.input.sessionId,t,n).catch(e=>F(`track`,e))}}function _r(){U?.unsubscribe(),U=null,D().tracking&&O({tracking:null})}function vr(){return W=U??W,_r(),W!==null}function yr(){let e=W;if(W=null,e){if(!e.input)return gr(e.request);e.input.sessionId===D().sessionId&&(Cr(e.request.direction===`BACKWARD`),wr(U=e,e.input))}}function br(e){D().tracking?G():dr(e)}function xr(e){let{sessionId:t,frame:n,video:r}=D(),{direction:i,from:a,last:o}=e.request,s=e.request.objectIds??xt().map(({objectId:e})=>e);if(!t||s.length===0)_r(),N(`track`,`There is nothing to track yet: click an object on the picture first.`,`note`);else if(a===null&&i===`FORWARD`&&St(1).length===0){_r();let e=Sr();if(e)return N(`track`,`Every frame after the prompts is tracked; those before the first prompt are not.`,`note`,{label:e.label,run:()=>hr(e.request)});let t=n===(r?.frameCount??0)-1?Ct():n;N(`track`,`Nothing is left to track: every frame after the first prompt has a mask that follows your prompts.`,`note`,{label:`Track again from frame ${t}`,run:()=>fr(t)})}else wr(e,{sessionId:t,startFrameIndex:a,direction:i,lastFrameIndex:o,objectIds:s,skipCurrent:a===null})}function Sr(){let e=xt().filter(({objectId:e,promptedFrames:t,absentRanges:n})=>{let r=t[0]-D().frameStep;return r>=0&&!A.get(r,e)&&!yt(n,r)});if(e.length===0)return null;let t=[...new Set(e.map(({promptedFrames:e})=>e[0]))];return{label:t.length===1?`Track back from frame ${t[0]}`:`Track back from the first prompts`,request:{direction:`BACKWARD`,from:null,last:null,objectIds:e.map(({objectId:e})=>e)}}}function Cr(e){O({tracking:{reverse:e,completed:0,total:0,revision:0,framesPerSecond:null},following:!0,playing:!1})}function wr(e,t){let n=t.direction===`BACKWARD`,r=[];e.input=t,e.unsubscribe=S(st,{input:t},({propagateInVideo:i})=>{e.input={...t,propagationId:i.propagationId,fromSequence:i.sequence+1};let a=t.direction===`BOTH`&&i.frameIndex<(t.startFrameIndex??0);e.received={frame:i.frameIndex,reverse:n||a},r.push(performance.now()),r.length>lr&&r.shift();let o=(r.at(-1)-r[0])/1e3;Tr(i,e.received.reverse,o>0?(r.length-1)/o:null)},t=>{if(U===e){if(t?.code===`SEQUENCE_NOT_FOUND`)return xr(e);U=null,O({tracking:null}),t&&F(`track`,t)}})}function Tr(e,t,n){let{frameIndex:r,rleMaskList:i,completed:a,total:o,revision:s,suggestions:c}=e,l=i.map(e=>{let n=A.get(r,e.objectId),i=e.source===`TRACKED`&&_t(e.objectId,r);return n&&(i||!n.stale&&Jt(n,e))?n:Kt(e,t)});A.replace(r,l);let u=new Set(D().suggested);for(let{objectId:e}of i)u.delete(T(e,r));for(let{objectId:e}of c)u.add(T(e,r));O(e=>({suggested:u,tracking:{reverse:t,completed:a,total:o,revision:s,framesPerSecond:n},masksVersion:e.masksVersion+1,frame:e.following?r:e.frame}))}var Er=null,Dr=null;function Or(e){Er?.(),Er=Dr=null,e!==null&&(Er=S(lt,{sessionId:e},({trackingProgress:{purpose:e,completed:t,total:n}})=>{Dr!==null&&t>Dr||(Dr=null,O({trackingFirst:t<n?{purpose:e,completed:t,total:n}:null}))},t=>{O({trackingFirst:null}),t&&D().sessionId===e&&F(`track`,t)}))}async function kr(){try{await x(ut,{sessionId:D().sessionId}),Dr=D().trackingFirst?.completed??null,O({trackingFirst:null})}catch(e){F(`track`,e)}}var Ar=new Set,jr=new Set,Mr=1500,K=new Map,Nr=new Map,Pr=null;function Fr(e,t){let n=T(e,t);if(D().loraMode===`OFF`)return;clearTimeout(K.get(n)?.timer);let r=()=>{K.delete(n),zr(e,t)};K.set(n,{timer:setTimeout(r,Mr),run:r})}function Ir(){for(let{timer:e,run:t}of[...K.values()])clearTimeout(e),t()}function Lr(e,t){let n=T(e,t);clearTimeout(K.get(n)?.timer),K.delete(n),jr.delete(n)}function Rr(){k((e,t)=>{(e.frame!==t.frame||e.selected!==t.selected||e.tracking&&!t.tracking)&&K.size&&Ir()}),addEventListener(`pagehide`,Ir)}function zr(e,t){let n=T(e,t);Ar.has(n)?jr.add(n):(Ar.add(n),Br(e,t).finally(()=>{Ar.delete(n),jr.delete(n)&&zr(e,t)}))}async function Br(e,t){let{sessionId:n}=D();P(`learn`),Nr.delete(T(e,t)),O({training:{objectId:e,frame:t,ious:[],steps:0,adapter:null}});try{let{trainLora:r}=await x(Je,{input:{sessionId:n,objectId:e,frameIndex:t}});if(D().sessionId!==n)return;Vr({objectId:e,frame:t,ious:Nr.get(T(e,t))??[],steps:r.steps,adapter:r}),await B()}catch(n){O({training:null}),n instanceof h&&n.code===`FEATURES_NOT_CAPTURED`?N(`learn`,`The correction is saved, but there is nothing to learn from frame ${t}: tracking ${L(I(e)??{objectId:e,name:``})} starts there.`,`note`):F(`learn`,n)}}function Vr(e){O(({training:t})=>({lastRun:e,training:t?.objectId===e.objectId&&t.frame===e.frame?null:t}))}function Hr(e,t){O(({lastRun:n})=>n&&T(n.objectId,n.frame)===e?{lastRun:{...n,ious:t}}:{})}function Ur(e){Pr?.(),Pr=null,e!==null&&(Pr=S(ct,{sessionId:e},({loraTraining:{objectId:e,frameIndex:t,step:n,steps:r,iou:i,adapter:a,background:o}})=>{let s=T(e,t),c=n>1||a?Nr.get(s)??[]:[],l=a?c:[...c,i];if(Nr.set(s,l),o&&!a)return Hr(s,l);let u={objectId:e,frame:t,ious:l,steps:r,adapter:a??null};if(!a)return O({training:u});Vr(u),B().catch(e=>F(`learn`,e))},t=>{t&&D().sessionId===e&&F(`learn`,t)}))}async function Wr(e){let{loraMode:t}=D();O({loraMode:e});try{P(`learn`),await x(Xe,{input:{sessionId:await ir(),mode:e}}),await B()}catch(e){O({loraMode:t}),F(`learn`,e)}}async function Gr(){try{P(`learn`),vn((await x($e,{sessionId:D().sessionId})).resetLora),O({lastRun:null,suggested:new Set})}catch(e){F(`learn`,e)}}async function Kr(e){let{sessionId:t}=D();if(t===null)return[];try{return(await x(Ze,{sessionId:t,objectId:e})).adapterSources}catch{return[]}}async function qr(e,{sessionId:t,objectId:n}){try{P(`learn`),await x(Qe,{input:{sessionId:D().sessionId,objectId:e,sourceSessionId:t,sourceObjectId:n}}),await B()}catch(e){F(`learn`,e)}}var Jr=100,Yr=5e3,Xr=60;function Zr(){addEventListener(`hashchange`,()=>void Qr()),k((e,t)=>{e.sessionId!==null&&t.sessionId===null&&e.view===`annotate`&&t.view===`annotate`&&(oi(e.sessionId),li(e.sessionId,0))}),Qr()}async function Qr(){let e=new URLSearchParams(location.hash.slice(1)),[t,n]=[e.get(`session`),e.get(`video`)],r=D();r.view===`annotate`&&(t?t===r.sessionId:n&&!r.sessionId&&n===r.video?.path)||(ui(),t?await ii(t):n?await ti(n):O({view:`start`}))}function $r(){location.hash?location.hash=``:Qr()}function ei(e){P(`start`),location.hash=`video=${encodeURIComponent(e)}`}async function ti(e){O({view:`loading`});try{let t=await ni(e);if(!t)throw Error(`There is no video ${R(e)}`);new URLSearchParams(location.hash.slice(1)).get(`video`)===e&&ai(t,{})}catch(e){O({view:`start`}),F(`start`,e)}}async function ni(e){for(let t=null;;){let{videos:n}=await x(Se,{search:e,first:Jr,after:t}),r=n.edges.find(({node:t})=>t.path===e);if(r||!n.pageInfo.hasNextPage)return r?.node;t=n.pageInfo.endCursor??null}}async function ri(e=D().sessionId){let{view:t}=D();try{e&&await x(He,{sessionId:e})}catch(e){return F(t===`annotate`?`stage`:`start`,e)}e&&Vn(e),t===`annotate`&&$r()}async function ii(e){O({view:`loading`});try{let t=(await x(ke,{sessionId:e})).session?.changeCursor??null,{session:n}=await x(Te,{sessionId:e});if(new URLSearchParams(location.hash.slice(1)).get(`session`)!==e)return;if(!n)return O({view:`gone`,sessionId:e});if(await si(e))return;let r=Bn(e),{video:i}=n,a=yn(n,r.colors,r.hidden),o=a.some(({objectId:e})=>e===r.selected);ai(i,{sessionId:e,loraMode:n.loraMode,labels:n.labels,frameStep:n.frameStep,objects:a,selected:o?r.selected:a[0]?.objectId??null,frame:Math.min(r.frame,i.frameCount-1),tool:r.tool,...r.brush!==null&&{brush:r.brush},suggested:new Set(r.suggested)}),oi(e,t),await Promise.all([V(e,!0),an(e,i.frameCount)]),li(e,0)}catch(e){F(D().view===`annotate`?`stage`:`start`,e),D().view===`loading`&&O({view:`start`})}}function ai(e,t){j.current?.close(),j.current=new Pn(e.frameUrlTemplate,e.frameCount,e.width*e.height,di);let n=Math.max(3,Math.min(ft.most,Math.round(Math.min(e.width,e.height)/30))),{panels:r,noOverlap:i}=Kn();O({...pt,connected:D().connected,panels:r,noOverlap:i,view:`annotate`,video:e,brush:n,...t}),j.current.prefetch(D().frame,1)}function oi(e,t=null){Ur(e),Or(e),er(e,t)}async function si(e){let{session:t}=await x(Ce,{sessionId:e});if(!t?.videoChange)return!1;let{sameFrames:n,frameCount:r}=t.videoChange;return O({view:`changed`,sessionId:e,videoChange:{path:t.video.path,before:t.video.frameCount,after:r,same:n}}),!0}async function ci(e){O({view:`loading`});try{await x(we,{sessionId:e}),await ii(e)}catch(e){O({view:`start`}),F(`start`,e)}}async function li(e,t){if(D().sessionId!==e||t===Xr)return;let n=(await x(Ce,{sessionId:e}).catch(()=>null))?.session?.video.damage;n?n.length&&D().sessionId===e&&N(`stage`,`Frames that cannot be shown as they are: ${n.map(({first:e,last:t,reason:n})=>`${e===t?e:`${e}–${t}`} (${n})`).join(`, `)}.`,`note`):setTimeout(()=>void li(e,t+1),Yr)}function ui(){Ir(),G(),oi(null),j.current?.close(),j.current=null,A.clear(),O({...pt,connected:D().connected,notices:D().notices})}function di(e,t){t===null?O(e=>({imagesVersion:e.imagesVersion+1})):e===D().frame&&N(`stage`,`Frame ${e} could not be fetched (${t}).`)}var fi=1500;function pi(){oe(e=>{e!==D().connected&&(O({connected:e,trackingFirst:null}),e?hi():(vr()&&N(`track`,`The connection was lost. Tracking goes on when it is back.`,`note`),setTimeout(()=>void mi(),fi)))})}async function mi(){D().connected||(await ue()?(O({connected:!0}),await hi()):setTimeout(()=>void mi(),fi))}async function hi(){let{view:e,sessionId:t,frame:n,selected:r}=D();if(e!==`annotate`||!t)return Qr();try{let e=(await x(ke,{sessionId:t})).session?.changeCursor??null,{session:i}=await x(Te,{sessionId:t});if(D().sessionId!==t)return;if(!i)return O({view:`gone`});vn(i),O({frame:n,selected:r}),oi(t,e);for(let e of[`stage`,`track`,`learn`,`objects`])P(e);j.current?.prefetch(n,1),await Promise.all([V(t,!0),an(t,i.video.frameCount)]),yr()}catch(e){e instanceof h&&e.code===`UNREACHABLE`||F(`stage`,e)}}function q(e){let{video:t,frameStep:n}=D(),r=Math.floor(((t?.frameCount??1)-1)/n);O({frame:Math.max(0,Math.min(r,Math.round(e/n)))*n,playing:!1,following:!1})}function gi(e){q(D().frame+e*D().frameStep)}function _i(e){let{objects:t,selected:n,frame:r}=D(),i=t.filter(({objectId:e})=>n===null||e===n).flatMap(({promptedFrames:e})=>e).filter(t=>(t-r)*e>0);i.length&&q(e>0?Math.min(...i):Math.max(...i))}var vi=0;function yi(){let{playing:e,frame:t,video:n}=D();if(e)return O({playing:!1});O({playing:!0,following:!1,frame:t===(n?.frameCount??1)-1?0:t});let r=++vi,i=performance.now(),a=e=>{let{playing:t,frame:n,video:o,speed:s,frameStep:c}=D();if(!t||!o||r!==vi)return;let l=n+c;if(l>=o.frameCount)return O({playing:!1});if(e>=i&&j.current?.get(l)){let t=1e3*c/(o.fps*s);i=Math.max(i+t,e-t),O({frame:l})}requestAnimationFrame(a)};requestAnimationFrame(a)}function bi(){k((e,t)=>{(e.frame!==t.frame||e.video!==t.video)&&j.current?.prefetch(e.frame,e.frame<t.frame?-1:1)})}var J=e(r(),1);function xi(e,t,n,r,i){let a=new XMLHttpRequest;return{done:new Promise((o,s)=>{let c=new FormData;c.append(`operations`,JSON.stringify({query:e.toString(),variables:{...t,file:null}})),c.append(`map`,JSON.stringify({0:[`variables.file`]})),c.append(`0`,n,r),a.upload.onprogress=e=>i(e.loaded/Math.max(e.total,1)),a.onerror=()=>s(new h(m,`The upload failed: the server cannot be reached or closed the connection.`)),a.onabort=()=>s(new h(`CANCELLED`,`The upload was cancelled.`)),a.onload=()=>{let{data:e,errors:t}=Si(a.responseText),n=t?.[0];e&&!n?o(e):s(new h(n?.extensions?.code??`INTERNAL`,n?.message??`HTTP status ${a.status}`))},a.open(`POST`,`/graphql`);for(let[e,t]of Object.entries({"X-Client-Name":p,...b()}))a.setRequestHeader(e,t);a.send(c)}),cancel:()=>a.abort()}}function Si(e){try{return JSON.parse(e)}catch{return{}}}var Y=null;async function Ci(e,t){P(`start`),Y?.cancel(),t(0);let n=Y=xi(Be,{},e,e.name,t);try{let{uploadVideo:e}=await n.done;Y===n&&ei(e.path)}catch(e){F(`start`,e)}finally{Y===n&&(Y=null,t(null))}}function wi(){Y?.cancel()}var X=u();function Ti(){return(0,X.jsxs)(`span`,{className:`brand`,children:[`sam2`,(0,X.jsx)(`b`,{children:`lit`})]})}var Ei={close:`M4 4l8 8M12 4l-8 8`,add:`M8 3v10M3 8h10`,point:`M8 2v4M8 10v4M2 8h4M10 8h4`,brush:`M13 2.5L7.5 8.5M6.5 8a2.4 2.4 0 0 1 1.8 3.4C7.5 13.2 5 13.5 2.5 13c1.2-.7 1.2-1.6 1.5-2.6A2.4 2.4 0 0 1 6.5 8z`,eraser:`M6 13h7M3.2 9.2l5.6-5.6a1.3 1.3 0 0 1 1.8 0l2 2a1.3 1.3 0 0 1 0 1.8L7 13H5L3.2 11a1.3 1.3 0 0 1 0-1.8zM6.2 6.2l3.8 3.8`,polygon:`M8 2.5l5.5 4-2 6.5h-7l-2-6.5z`,lasso:`M8 3c3.3 0 5.5 1.6 5.5 3.7S11.3 10.5 8 10.5 2.5 8.9 2.5 6.7 4.7 3 8 3zM5 10c.8 1 .6 3-1.5 3.5`,label:`M2.5 2.5h5l6 6-5 5-6-6zM5.5 5.5h.01`,more:`M3 8h.01M8 8h.01M13 8h.01`,panels:`M2 3h12v10H2zM10 3v10`,review:`M2.5 8.5l3 3 3-6M9 11.5l1.5 1.5 3.5-7`,undo:`M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6`,redo:`M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3`,fit:`M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10`,zoomIn:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M7 5v4M5 7h4`,zoomOut:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M5 7h4`,eye:`M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z`,eyeOff:`M2 2l12 12M6 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.6M4.2 5A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 3-.8`,remove:`M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5`,play:`M5 3l8 5-8 5z`,pause:`M5 3v10M11 3v10`,previous:`M10 3L5 8l5 5`,next:`M6 3l5 5-5 5`,previousKey:`M12 3L7 8l5 5M4 6.5L5.5 8 4 9.5 2.5 8z`,nextKey:`M4 3l5 5-5 5M12 6.5L13.5 8 12 9.5 10.5 8z`,stop:`M4 4h8v8H4z`,light:`M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7`,dark:`M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z`,system:`M2 3h12v8H2zM6 14h4M8 11v3`,help:`M5.8 6a2.2 2.2 0 1 1 3.4 1.8C8.4 8.4 8 8.8 8 9.8M8 12.3v.2`,video:`M2 3.5h12v9H2zM6.5 6l3.5 2-3.5 2z`,doubt:`M2 11l3-4 3 3 2-5 4 6M8 14v-.5`,download:`M8 3v8M5 8l3 3 3-3M3 13h10`,upload:`M8 11V3M5 6l3-3 3 3M3 13h10`};function Z({name:e}){return(0,X.jsx)(`svg`,{className:`icon`,viewBox:`0 0 16 16`,"aria-hidden":`true`,children:(0,X.jsx)(`path`,{d:Ei[e]})})}function Di({name:e,title:t,children:n}){let r=E(t=>t.dialog===e),i=(0,J.useRef)(null);(0,J.useLayoutEffect)(()=>{r?i.current?.showModal():i.current?.close()},[r]);let a=()=>O(({dialog:t})=>({dialog:t===e?null:t}));return(0,X.jsxs)(`dialog`,{ref:i,className:`dialog ${e}`,"aria-label":t,onClose:()=>r&&!i.current?.open&&a(),onClick:e=>e.target===e.currentTarget&&a(),children:[(0,X.jsxs)(`header`,{children:[(0,X.jsx)(`h2`,{children:t}),(0,X.jsx)(`button`,{className:`plain`,"aria-label":`Close`,onClick:a,children:(0,X.jsx)(Z,{name:`close`})})]}),r&&n]})}function Oi(){return(0,X.jsx)(Di,{name:`delete`,title:`Delete this session?`,children:(0,X.jsx)(ki,{})})}function ki(){let e=E(e=>e.objects),t=E(e=>e.video);E(e=>e.masksVersion);let n=e.reduce((e,t)=>e+t.adapters.length,0),r=[Ai(e.length,`object`),`masks on ${Ai(wt().annotated,`frame`)}`,Ai(n,`adapter`)];return(0,X.jsxs)(`div`,{className:`formats`,children:[(0,X.jsxs)(`p`,{children:[`For good: `,r.join(`, `),`, and the history of this session. `,R(t.path),` itself stays.`]}),(0,X.jsxs)(`p`,{className:`choosers`,children:[(0,X.jsx)(`button`,{className:`danger`,onClick:()=>void ri(),children:`Delete`}),(0,X.jsx)(`button`,{onClick:()=>O({dialog:`export`}),children:`Export first`}),(0,X.jsx)(`button`,{autoFocus:!0,onClick:()=>O({dialog:null}),children:`Cancel`})]})]})}function Ai(e,t){return`${e} ${t}${e===1?``:`s`}`}async function ji(e,t,n){let{sessionId:r,objects:i,exporting:a,noOverlap:o}=D();if(a)return;O({exporting:e}),P(`export`);let s=S(at,{sessionId:r},({exportProgress:{completed:e,total:t}})=>n(e/Math.max(t,1)),()=>{});try{let{exportAnnotations:n}=await x(nt,{input:{sessionId:r,format:e,colors:i.map(({objectId:e,color:t})=>({objectId:e,color:t})),noOverlap:o,...t}});await Pi(n.url,n.filename),N(`export`,[`${n.filename} is saved (${Fi(n.byteSize)}).`,...n.losses].join(` Lost: `),`note`)}catch(e){F(`export`,e)}finally{s(),O({exporting:null})}}async function Mi(){let{sessionId:e}=D();e&&await x(it,{sessionId:e}).catch(e=>F(`export`,e))}var Ni=6e4;async function Pi(e,t){let n;try{n=await Dn(e)}catch(e){throw new h(m,`${t} was exported, but the download failed (${String(e)}); export it again.`)}let r=document.createElement(`a`);r.href=URL.createObjectURL(n),r.download=t,r.click(),setTimeout(()=>URL.revokeObjectURL(r.href),Ni)}function Fi(e){return e<2**20?`${Math.ceil(e/1024)} KiB`:`${(e/2**20).toFixed(1)} MiB`}function Ii(){let e=E(e=>e.noOverlap);return(0,X.jsxs)(`label`,{title:`Where masks overlap, the pixel is shown and exported as the object's that is listed first. What you draw leaves out the other objects' masks.`,children:[(0,X.jsx)(`input`,{type:`checkbox`,checked:e,onChange:e=>{O({noOverlap:e.target.checked}),H({noOverlap:e.target.checked})}}),`No overlap between objects`]})}function Q({place:e}){let t=E(t=>t.notices[e]);return(0,X.jsx)(`div`,{className:`notices`,"data-place":e,"aria-live":`polite`,children:t&&(0,X.jsxs)(`p`,{className:`notice ${t.kind}`,role:t.kind===`error`?`alert`:`status`,children:[(0,X.jsx)(`span`,{children:t.text}),t.action&&(0,X.jsx)(`button`,{className:`act`,onClick:()=>{P(e),t.action?.run()},children:t.action.label}),(0,X.jsx)(`button`,{className:`plain`,"aria-label":`Dismiss`,onClick:()=>P(e),children:(0,X.jsx)(Z,{name:`close`})})]})})}var Li=[{format:`COCO`,label:`COCO`,holds:`One JSON file: RLE masks, boxes and areas, with frames and object ids (CocoVID).`},{format:`COCO_POLYGONS`,label:`Polygons`,holds:`The same JSON with polygons along the edges of pixels.`},{format:`DAVIS`,label:`DAVIS`,holds:`A zip of palette PNGs, one per frame, one value per object.`},{format:`YOUTUBE_VOS`,label:`YouTube-VOS`,holds:`A zip of palette PNGs with meta.json: names, and the frames of each object.`},{format:`YOLO_SEGMENTATION`,label:`YOLO segmentation`,holds:`A zip in Ultralytics' layout: a polygon per object, classes by name.`},{format:`CVAT_IMAGES`,label:`CVAT for images`,holds:`A zip of XML with masks, one image per frame.`},{format:`CVAT_VIDEO`,label:`CVAT, frame by frame`,holds:`A zip of XML for a video task, each mask a track of one frame.`},{format:`LABEL_STUDIO`,label:`Label Studio`,holds:`Tasks with brush masks, one per frame.`},{format:`MOTS`,label:`MOTS`,holds:`A zip of 16-bit PNGs and text, as in KITTI MOTS.`},{format:`PNG`,label:`Black and white PNGs`,holds:`A zip, one PNG for each object and frame.`},{format:`NUMPY`,label:`NumPy`,holds:`Arrays of booleans, one for each object.`},{format:`OVERLAY_MP4`,label:`Overlay video`,holds:`An MP4 of the frames with the masks on them, in the colors chosen here, with sound.`}];function Ri(){return(0,X.jsx)(Di,{name:`export`,title:`Export`,children:(0,X.jsx)(zi,{})})}function zi(){let e=E(e=>e.exporting),t=E(e=>e.video.frameCount);E(e=>e.masksVersion);let{annotated:n,stale:r}=wt(),[i,a]=(0,J.useState)({objectIds:null,startFrameIndex:0,endFrameIndex:t-1,includePictures:!1}),[o,s]=(0,J.useState)(null),c=e=>{s(null),ji(e,i,s)},l=n===0||i.objectIds?.length===0;return(0,X.jsxs)(`div`,{className:`formats`,children:[(0,X.jsxs)(`p`,{children:[n,` of `,t,` frames have masks.`,r>0&&` On ${r} of them a mask is stale: track again first, so that it follows your corrections.`]}),(0,X.jsx)(Bi,{selection:i,change:e=>a({...i,...e})}),(0,X.jsx)(`ul`,{children:Li.map(({format:t,label:n,holds:r})=>(0,X.jsx)(`li`,{children:(0,X.jsxs)(`button`,{"aria-disabled":e!==null||l,onClick:()=>l||c(t),children:[(0,X.jsx)(`b`,{children:n}),(0,X.jsx)(`span`,{children:e===t?`The server is exporting…`:r}),e===t&&(0,X.jsx)(`progress`,{"aria-label":`Exporting ${n}`,value:o!==null&&o<1?o:void 0})]})},t))}),e!==null&&(0,X.jsx)(`p`,{className:`importing`,children:(0,X.jsx)(`button`,{onClick:()=>void Mi(),children:`Cancel`})}),(0,X.jsx)(Q,{place:`export`})]})}function Bi({selection:e,change:t}){let n=E(e=>e.objects),r=E(e=>e.video.frameCount),{objectIds:i,startFrameIndex:a,endFrameIndex:o,includePictures:s}=e,c=n.map(({objectId:e})=>e),l=(e,n)=>{let r=(i??c).filter(t=>t!==e).concat(n?[e]:[]);t({objectIds:r.length===c.length?null:r})};return(0,X.jsxs)(`fieldset`,{className:`selection`,children:[(0,X.jsx)(`legend`,{children:`What`}),n.map(e=>(0,X.jsxs)(`label`,{children:[(0,X.jsx)(`input`,{type:`checkbox`,checked:i?.includes(e.objectId)??!0,onChange:t=>l(e.objectId,t.target.checked)}),L(e)]},e.objectId)),(0,X.jsxs)(`label`,{children:[`From frame`,(0,X.jsx)(`input`,{type:`number`,min:0,max:o,value:a,onChange:e=>t({startFrameIndex:Vi(e.target.valueAsNumber,0,o)})})]}),(0,X.jsxs)(`label`,{children:[`to frame`,(0,X.jsx)(`input`,{type:`number`,min:a,max:r-1,value:o,onChange:e=>t({endFrameIndex:Vi(e.target.valueAsNumber,a,r-1)})})]}),(0,X.jsxs)(`label`,{children:[(0,X.jsx)(`input`,{type:`checkbox`,checked:s,onChange:e=>t({includePictures:e.target.checked})}),`Pictures of the frames`]}),(0,X.jsx)(Ii,{})]})}function Vi(e,t,n){return Number.isNaN(e)?t:Math.max(t,Math.min(n,Math.round(e)))}var Hi=Uint32Array.from({length:256},(e,t)=>{let n=t;for(let e=0;e<8;e++)n=n&1?n>>>1^3988292384:n>>>1;return n}),Ui=2048,Wi=67324752,Gi=33639248,Ki=101010256,qi=20,Ji=65535;async function Yi(e){if(e.length>Ji)throw Error(`The folder has more than ${Ji} files: zip it with another program.`);let t=[],n=[],r=0;for(let i of e){let e=new TextEncoder().encode(i.webkitRelativePath||i.name),a=Zi(new Uint8Array(await i.arrayBuffer())),o=[[2,qi],[2,Ui],[2,0],[2,0],[2,33],[4,a],[4,i.size],[4,i.size],[2,e.length],[2,0]],s=[...Xi([[4,Wi],...o]),...e];n.push(Uint8Array.from([...Xi([[4,Gi],[2,qi],...o,[2,0],[2,0],[2,0],[4,0],[4,r]]),...e])),t.push(Uint8Array.from(s),i),r+=s.length+i.size}let i=n.reduce((e,{length:t})=>e+t,0),a=Xi([[4,Ki],[2,0],[2,0],[2,e.length],[2,e.length],[4,i],[4,r],[2,0]]);return new Blob([...t,...n,Uint8Array.from(a)],{type:`application/zip`})}function Xi(e){return e.flatMap(([e,t])=>Array.from({length:e},(e,n)=>t>>>8*n&255))}function Zi(e){let t=4294967295;for(let n of e)t=Hi[(t^n)&255]^t>>>8;return(t^4294967295)>>>0}var Qi=null;async function $i(e,t,n){P(`import`),Qi?.cancel();let r=()=>{};try{let i=await ir();r=S(ot,{sessionId:i},({importProgress:{completed:e,total:t}})=>n(t?e/t:0),()=>{});let[a]=e;if(!a)return null;let o=e.length>1||a.webkitRelativePath!==``,s=o?await Yi(e):a,c=o?`${a.webkitRelativePath.split(`/`)[0]}.zip`:a.name,{importAnnotations:l}=await(Qi=xi(rt,{input:{sessionId:i,...t}},s,c,n)).done;return l.applied&&await ta(i,l),l}catch(e){return e instanceof h?F(`import`,e):N(`import`,`The folder cannot be read (${String(e)}).`),null}finally{Qi=null,r()}}function ea(){Qi?.cancel()}async function ta(e,{maskCount:t}){let{session:n}=await x(Te,{sessionId:e}),{video:r,objects:i}=D();if(!n||!r)return;let a={...Bn(e).colors,...Object.fromEntries(i.map(({objectId:e,color:t})=>[e,t]))},o=i.filter(e=>e.hidden).map(({objectId:e})=>e);O(e=>{let t=yn(n,a,o);return{objects:t,selected:e.selected??t[0]?.objectId??null}}),await an(e,r.frameCount),N(`import`,`${t} mask${t===1?` is`:`s are`} imported.`,`note`)}var na=[{value:`AUTO`,label:`by name, else by number`},{value:`NAME`,label:`by the names of files`},{value:`INDEX`,label:`by number`}];function ra(){return(0,X.jsx)(Di,{name:`import`,title:`Import`,children:(0,X.jsx)(ia,{})})}function ia(){let[e,t]=(0,J.useState)([]),[n,r]=(0,J.useState)({}),[i,a]=(0,J.useState)(null),[o,s]=(0,J.useState)(null),c=async(e,n,r)=>{s(0);let i=await $i(e,{...n,dryRun:r,ignoreMismatches:!0},s);s(null),a(i?.applied?null:i),i?.applied&&t([])};return(0,X.jsxs)(`div`,{className:`formats`,children:[(0,X.jsx)(`p`,{children:`COCO, DAVIS, YouTube-VOS, YOLO segmentation, CVAT, Label Studio, MOTS, or an export of this page. Nothing changes before you have seen what would.`}),(0,X.jsx)(aa,{disabled:o!==null,choose:e=>{let n=[...e??[]].filter(({name:e})=>!e.startsWith(`.`));n.length!==0&&(t(n),r({}),c(n,{},!0))}}),o!==null&&(0,X.jsxs)(`p`,{className:`importing`,children:[(0,X.jsx)(`progress`,{max:1,value:o<1?o:void 0,"aria-label":`Import`}),(0,X.jsx)(`button`,{onClick:ea,children:`Cancel`})]}),i&&o===null&&(0,X.jsx)(oa,{plan:i,options:n,change:t=>{r(t),c(e,t,!0)},apply:()=>void c(e,n,!1)}),(0,X.jsx)(Q,{place:`import`})]})}function aa({disabled:e,choose:t}){let n=(0,J.useRef)(null),r=(0,J.useRef)(null);return(0,X.jsxs)(`p`,{className:`choosers`,children:[(0,X.jsx)(`button`,{className:`primary`,disabled:e,onClick:()=>n.current?.click(),children:`Choose a file`}),(0,X.jsx)(`button`,{disabled:e,onClick:()=>r.current?.click(),children:`Choose a folder`}),(0,X.jsx)(`input`,{ref:n,type:`file`,hidden:!0,"aria-label":`File of masks`,onChange:e=>t(e.target.files)}),(0,X.jsx)(`input`,{ref:e=>{r.current=e,e&&(e.webkitdirectory=!0)},type:`file`,hidden:!0,"aria-label":`Folder of masks`,onChange:e=>t(e.target.files)})]})}function oa({plan:e,options:t,change:n,apply:r}){let i=(e,r)=>{let i=(t.objectMap??[]).filter(t=>t.source!==e);n({...t,objectMap:Number.isNaN(r)?i:[...i,{source:e,objectId:r}]})};return(0,X.jsxs)(`section`,{className:`plan`,"aria-label":`What would be imported`,children:[(0,X.jsxs)(`p`,{children:[(0,X.jsxs)(`b`,{children:[e.format,` · `,e.maskCount,` mask`,e.maskCount===1?``:`s`,` on `,e.frameCount,` frame`,e.frameCount===1?``:`s`]}),e.replacedMaskCount>0&&`, ${e.replacedMaskCount} of this session are replaced`]}),(0,X.jsxs)(`label`,{children:[`Frames match`,(0,X.jsx)(`select`,{value:t.frames??`AUTO`,onChange:e=>n({...t,frames:e.target.value}),children:na.map(({value:e,label:t})=>(0,X.jsx)(`option`,{value:e,children:t},e))})]}),(0,X.jsx)(`ul`,{children:e.objects.map(({source:e,objectId:t,name:n,isNew:r,frameCount:a})=>(0,X.jsxs)(`li`,{children:[(0,X.jsxs)(`span`,{children:[n??`Object ${e}`,` · `,a,` frame`,a===1?``:`s`,` →`]}),(0,X.jsxs)(`label`,{children:[`object`,(0,X.jsx)(`input`,{type:`number`,min:0,defaultValue:t,"aria-label":`Object for ${n??e}`,onBlur:n=>n.target.valueAsNumber!==t&&i(e,n.target.valueAsNumber)})]}),r&&(0,X.jsx)(`small`,{children:`new`})]},e))}),e.mismatches.length>0&&(0,X.jsx)(sa,{title:`Left out`,messages:e.mismatches.map(({message:e})=>e)}),e.losses.length>0&&(0,X.jsx)(sa,{title:`Not held`,messages:e.losses}),(0,X.jsxs)(`button`,{className:`primary`,disabled:e.maskCount===0,onClick:r,children:[`Import `,e.maskCount,` mask`,e.maskCount===1?``:`s`]})]})}function sa({title:e,messages:t}){return(0,X.jsxs)(`div`,{className:`mismatches`,role:`note`,"aria-label":e,children:[(0,X.jsx)(`b`,{children:e}),(0,X.jsx)(`ul`,{children:t.map(e=>(0,X.jsx)(`li`,{children:e},e))})]})}function ca(e){let{labels:t,selected:n}=D(),r=t.find(t=>t.key===e),i=I(n);r&&i&&la(i.objectId,i.label===r.name?``:r.name)}async function la(e,t){await da(e,{label:t||null},{label:t})}async function ua(e,t){await da(e,{attributes:t},{attributes:t})}async function da(e,t,n){let r=I(e);r&&(M(e,t),vt(r)&&await sr(async()=>{try{await x(Le,{input:{sessionId:D().sessionId,objectId:e,...n}})}catch(t){throw M(e,{label:r.label,attributes:r.attributes}),t}}))}async function fa(e){try{P(`labels`);let{setLabels:t}=await x(Re,{input:{sessionId:await ir(),labels:e}});return O({labels:t.labels}),!0}catch(e){return F(`labels`,e),!1}}function pa(){return(0,X.jsx)(Di,{name:`labelSet`,title:`Labels`,children:(0,X.jsx)(ha,{})})}var ma=[1,2,3,4,5,6,7,8,9];function ha(){let[e,t]=(0,J.useState)(E(e=>e.labels)),n=(n,r)=>t(e.map((e,t)=>t===n?{...e,...r}:e)),r=()=>{let n=ma.find(t=>!e.some(e=>e.key===t))??null;t([...e,{name:``,color:Nt(e.length+1),key:n,attributes:[]}])},i=async e=>{await fa(e?.filter(({name:e})=>e.trim())??null)&&O({dialog:null})};return(0,X.jsxs)(`form`,{className:`formats`,onSubmit:t=>{t.preventDefault(),i(e)},children:[(0,X.jsx)(`p`,{children:`What objects can be, in this video's folder. A number key labels the selected object, and all exports carry the label.`}),(0,X.jsx)(`ul`,{children:e.map((r,i)=>(0,X.jsxs)(`li`,{className:`label-row`,children:[(0,X.jsx)(`input`,{type:`color`,value:r.color,"aria-label":`Color of label ${i+1}`,onChange:e=>n(i,{color:e.target.value})}),(0,X.jsx)(`input`,{value:r.name,maxLength:100,placeholder:`Name`,"aria-label":`Name of label ${i+1}`,autoFocus:r.name===``,onChange:e=>n(i,{name:e.target.value})}),(0,X.jsxs)(`select`,{value:r.key??``,"aria-label":`Key of label ${i+1}`,onChange:e=>n(i,{key:Number(e.target.value)||null}),children:[(0,X.jsx)(`option`,{value:``,children:`no key`}),ma.map(e=>(0,X.jsx)(`option`,{children:e},e))]}),(0,X.jsx)(`button`,{type:`button`,className:`plain`,"aria-label":`Remove label ${i+1}`,onClick:()=>t(e.filter((e,t)=>t!==i)),children:(0,X.jsx)(Z,{name:`remove`})})]},i))}),(0,X.jsxs)(`p`,{className:`choosers`,children:[(0,X.jsxs)(`button`,{type:`button`,onClick:r,children:[(0,X.jsx)(Z,{name:`add`}),` Add label`]}),(0,X.jsx)(`button`,{className:`primary`,children:`Save`}),(0,X.jsx)(`button`,{type:`button`,title:`Those of labels.json or labels.yaml in the folder of the video, if there is one`,onClick:()=>void i(null),children:`From the folder's file`})]}),(0,X.jsx)(Q,{place:`labels`})]})}var ga=.1;function _a(e){let{width:t,height:n}=e,r=new Uint8Array(e.data.length).fill(1);for(let i of ba(e,0))if(i.some(e=>e%t===0||e%t===t-1||e<t||e>=t*(n-1)))for(let e of i)r[e]=0;return{width:t,height:n,data:r}}function va(e){let t=ba(e,1),n=t.reduce((e,{length:t})=>Math.max(e,t),0),r=new Uint8Array(e.data.length);for(let e of t.filter(({length:e})=>e>=ga*n))for(let t of e)r[t]=1;return{...e,data:r}}function ya({width:e,height:t,data:n}){let[r,i,a,o]=[e,t,0,0];for(let t=0;t<n.length;t++){if(!n[t])continue;let[s,c]=[t%e,Math.floor(t/e)];r=Math.min(r,s),a=Math.max(a,s+1),i=Math.min(i,c),o=Math.max(o,c+1)}return a>0?[r,i,a,o]:null}function ba({width:e,height:t,data:n},r){let i=new Uint8Array(n.length),a=[];for(let o=0;o<n.length;o++){if(i[o]||n[o]!==r)continue;let s=[o];i[o]=1;for(let a=0;a<s.length;a++){let o=s[a],[c,l]=[o%e,Math.floor(o/e)];for(let a=-1;a<=1;a++)for(let o=-1;o<=1;o++){if(r===0&&o&&a)continue;let[u,d]=[c+o,l+a],f=d*e+u;u<0||d<0||u>=e||d>=t||i[f]||n[f]!==r||(i[f]=1,s.push(f))}}a.push(s)}return a}async function xa(e,t,n,r){let{sessionId:i,video:a}=D(),o={sessionId:i,objectId:e,frameIndex:t},s=e=>({size:[a.height,a.width],counts:e}),c;if(n.kind===`candidate`)c=(await x(Ye,{input:{...o,adapterId:n.adapterId}})).applyLoraCandidate;else if(r){let e=n.kind===`points`?{points:n.points,labels:n.labels}:n.kind===`box`?{box:n.box}:{rleMask:s(n.counts)};c=(await x(Ke,{input:{...o,...e,trainLora:!1}})).addCorrection.frame}else c=n.kind===`points`?(await x(Ue,{input:{...o,points:n.points,labels:n.labels,clearOldPoints:!1}})).addPoints:n.kind===`box`?(await x(We,{input:{...o,box:n.box}})).addBox:(await x(Ge,{input:{...o,rleMask:s(n.counts)}})).addMask;let l=wa(e,t);Ca(c),l&&await mn(e)}async function Sa(e,t){let{clearPointsInFrame:n}=await x(qe,{input:{sessionId:D().sessionId,objectId:e,frameIndex:t}}),r=I(e)?.promptedFrames??[],i=r.filter(e=>e!==t);M(e,{promptedFrames:i}),r.length>0&&i.length===0&&A.removeObject(e),Ca(n)}function Ca({frameIndex:e,rleMaskList:t}){A.replace(e,t.filter(qt).map(t=>{let n=A.get(e,t.objectId);return n&&Jt(n,t)?n:Kt(t,n?.reverse??!1)})),gt(),B().catch(()=>{})}function wa(e,t){let n=I(e)?.promptedFrames??[];return n.includes(t)||M(e,{promptedFrames:[...n,t].sort((e,t)=>e-t)}),n.length===0}function Ta(e,t){return Fa({kind:`points`,points:[e],labels:[t]})}function Ea(e){return Fa({kind:`box`,box:e})}function Da(e){return Fa({kind:`mask`,counts:zt(e)})}function Oa(e){let{selected:t,frame:n}=D(),r=t===null?void 0:A.get(n,t);if(!r)return N(`stage`,`The selected object has no mask on this frame.`,`note`),Promise.resolve();let i=z(r.rle),a=e===`holes`?_a(i):va(i);return a.data.every((e,t)=>e===i.data[t])?(N(`stage`,`The mask has no ${e}.`,`note`),Promise.resolve()):Da(a)}function ka(e){let t=A.get(D().frame,e);return t?.source===`IMPORTED`?(O({selected:e}),Fa({kind:`mask`,counts:t.rle.counts})):Promise.resolve()}function Aa({adapterId:e,rleMask:t}){return O({hovered:null}),Fa({kind:`candidate`,adapterId:e,counts:t.counts})}function ja(){let{selected:e,frame:t}=D(),n=e!==null&&A.get(t,e)?.source===`ABSENT`;return e===null||!(n||_t(e,t))?Promise.resolve():sr(async()=>{Lr(e,t),await Sa(e,t);let n=T(e,t);O(e=>({prompts:new Map(e.prompts).set(n,[]),corrected:ht(e.corrected,n,!1),accepted:ht(e.accepted,n,!1),canUndo:!0,canRedo:!1}))})}function Ma(){let{selected:e,frame:t}=D();return e!==null&&Lr(e,t),Pa(async e=>{for(;;){let{change:t}=(await x(je,{sessionId:e})).undo;if(t?.kind!==`TRAINING`)return t??null}})}function Na(){return Pa(async e=>{let{change:t}=(await x(Me,{sessionId:e})).redo;for(;await Sn(e)===`TRAINING`;)await x(Me,{sessionId:e});return t??null})}function Pa(e){return D().sessionId?sr(async()=>{let{sessionId:t,video:n}=D();G();let r=await e(t);if(!r)return void await V(t,!1);let[i]=r.objectIds,[a]=r.frames;if(a&&r.frames.length===1&&a.first===a.last&&O({frame:a.first}),await B(),r.kind===`SET_LORA_MODE`)return void await V(t,!1);i!==void 0&&I(i)&&O({selected:i});let o={first:0,last:n.frameCount-1};for(let{first:e,last:n}of r.frames.length?r.frames:[o])await on(t,e,n);await V(t,!0)}):Promise.resolve()}function Fa(e){let t=D().selected??fn(),{frame:n}=D(),r={objectId:t,frame:n,prompt:e};return M(t,{hidden:!1}),O(e=>({showMasks:!0,pendingPrompts:[...e.pendingPrompts,r]})),sr(async()=>{let r=bt(t,n);await xa(t,n,e,r);let i=T(t,n),a=D().prompts.get(i)??[],o=e.kind===`points`?[...a,e]:[e];O(e=>({prompts:new Map(e.prompts).set(i,o),canUndo:!0,canRedo:!1})),r&&Ia(t,n,e);let s=A.get(n,t)?.source===`ABSENT`;r&&e.kind!==`candidate`&&!s&&Fr(t,n)}).finally(()=>O(e=>({pendingPrompts:e.pendingPrompts.filter(e=>e!==r)})))}function Ia(e,t,n){let r=T(e,t),i=n.kind!==`candidate`;O(e=>({corrected:ht(e.corrected,r,i),accepted:ht(e.accepted,r,!i),suggested:ht(e.suggested,r,!1)}))}function La({object:e}){let{objectId:t,label:n}=e,r=E(e=>e.sessionId),i=e.promptedFrames.length>0&&e.adapters.length===0,[a,o]=(0,J.useState)([]);return(0,J.useEffect)(()=>{let e=!1;return o([]),n&&i&&Kr(t).then(t=>e||o(t)),()=>{e=!0}},[r,t,n,i]),a.length===0?null:(0,X.jsxs)(`div`,{className:`carried`,children:[(0,X.jsxs)(`p`,{className:`quiet`,children:[`What was learned from another `,n,` may help here from the start:`]}),a.map(e=>(0,X.jsxs)(`button`,{title:e.videoPath,onClick:()=>void qr(t,e),children:[`Use `,e.adapters.length,` adapter`,e.adapters.length>1?`s`:``,` of `,e.name??`object ${e.objectId}`,` in `,e.videoPath.split(`/`).pop()]},`${e.sessionId} ${e.objectId}`))]})}function Ra({children:e,question:t,title:n,className:r=``,label:i,onConfirm:a}){let[o,s]=(0,J.useState)(!1);return(0,X.jsx)(`button`,{"data-keeps-focus":!0,className:`${r} ${o?`danger`:``}`,title:n,"aria-label":i,onBlur:()=>s(!1),onClick:e=>{e.stopPropagation(),s(!o),o&&a()},children:o?t:e})}function za({word:e,children:t}){return(0,X.jsxs)(`details`,{className:`explain`,children:[(0,X.jsx)(`summary`,{"aria-label":`What is ${e}?`,children:`?`}),(0,X.jsx)(`p`,{children:t})]})}var Ba=[{mode:`OFF`,label:`Off`,means:`Corrections train nothing; the model tracks alone.`},{mode:`SUGGEST`,label:`Suggest`,means:`Corrections train adapters; you choose among their masks.`},{mode:`AUTO`,label:`Auto`,means:`Near a correction, an adapter's mask is used where its shape is more like the frame before's.`}];function Va(){let e=E(e=>e.loraMode),t=E(e=>e.objects),n=E(e=>e.objects.find(t=>t.objectId===e.selected)),r=t.reduce((e,t)=>e+t.adapters.length,0);return(0,X.jsxs)(`aside`,{className:`learn`,"aria-label":`Learning`,children:[(0,X.jsx)(`h2`,{children:`Learning`}),(0,X.jsx)(`div`,{className:`group modes`,role:`radiogroup`,"aria-label":`What adapters do`,children:Ba.map(t=>(0,X.jsx)(`button`,{role:`radio`,"aria-checked":e===t.mode,title:`${t.means} (L)`,onClick:()=>void Wr(t.mode),children:t.label},t.mode))}),(0,X.jsx)(`p`,{className:`quiet`,children:Ba.find(t=>t.mode===e)?.means}),(0,X.jsx)(Ha,{}),(0,X.jsx)(Q,{place:`learn`}),(0,X.jsx)(Ua,{}),(0,X.jsx)(Ya,{}),(0,X.jsxs)(`section`,{children:[(0,X.jsxs)(`h3`,{children:[(0,X.jsx)(`span`,{"data-count":`adapters`,children:r}),` adapter`,r===1?``:`s`,(0,X.jsx)(za,{word:`an adapter`,children:`A few weights that were trained on your corrections of one object. On other frames they propose masks, the candidates. Without them, masks stay as they are.`}),r>0&&(0,X.jsx)(Ra,{className:`plain`,question:`Forget them?`,title:`Delete every adapter; masks stay`,onConfirm:()=>void Gr(),children:`Forget`})]}),t.filter(e=>e.adapters.length).map(e=>(0,X.jsx)(Za,{object:e},e.objectId)),n&&(0,X.jsx)(La,{object:n})]})]})}function Ha(){let e=E(e=>e.corrected.size),t=E(e=>e.accepted.size);return(0,X.jsxs)(`p`,{className:`effort`,title:`Frames that you corrected by hand, and frames where you accepted a candidate instead`,children:[`You corrected `,(0,X.jsx)(`b`,{"data-count":`corrected`,children:e}),` frame`,e===1?``:`s`,`. The model saved you`,` `,(0,X.jsx)(`b`,{"data-count":`saved`,children:t}),`.`]})}function Ua(){let e=E(e=>e.training),t=E(e=>e.lastRun),n=E(e=>e.objects),r=e??t;if(!r)return(0,X.jsx)(`p`,{className:`quiet teach`,children:`Track, then correct a frame that came out wrong: the model learns from it at once.`});let i=n.find(e=>e.objectId===r.objectId);return(0,X.jsxs)(`section`,{className:`run`,"data-state":e?`training`:`trained`,children:[(0,X.jsxs)(`h3`,{children:[(0,X.jsx)(`i`,{style:{background:i?.color}}),e?`Learning`:`Learned`,` frame `,r.frame,(0,X.jsx)(`small`,{children:e?`step ${r.ious.length}${r.steps?` of at most ${r.steps}`:``}`:r.adapter&&`${r.adapter.seconds.toFixed(1)} s`})]}),(0,X.jsx)(Ja,{run:r,color:i?.color??`currentColor`}),r.adapter?(0,X.jsx)(Wa,{adapter:r.adapter}):(0,X.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,X.jsx)(`b`,{children:r.ious.at(-1)?.toFixed(2)??`…`})]})]})}function Wa({adapter:e}){let t=(0,X.jsx)(`b`,{"data-iou":`before`,children:e.baselineIou.toFixed(2)}),n=(0,X.jsx)(`b`,{"data-iou":`after`,children:e.trainingIou.toFixed(2)}),r=e.trainingIou.toFixed(2)>e.baselineIou.toFixed(2);return(0,X.jsxs)(`div`,{className:`gain`,"data-gain":r,children:[(0,X.jsx)(`small`,{children:e.steps===1?`1 step`:`${e.steps} steps`}),r?(0,X.jsxs)(X.Fragment,{children:[`IoU `,t,` to `,n]}):(0,X.jsxs)(X.Fragment,{children:[`No better than before: IoU `,t,` before, `,n,` after`]}),(0,X.jsx)(za,{word:`IoU`,children:`What two masks both cover, divided by what either covers: 1 where they are the same. Here it compares the model's mask on this frame with your correction, before the training and after it.`})]})}var Ga=256,Ka=84,qa=22;function Ja({run:e,color:t}){let n=e.ious,r=Math.max(n.length-1,1),i=e.adapter?n.indexOf(Math.max(...n)):n.length-1,a=e=>qa+e/r*230,o=e=>6+(1-e)*72,s=n.map((e,t)=>`${a(t).toFixed(1)},${o(e).toFixed(1)}`).join(` `);return(0,X.jsxs)(`svg`,{className:`curve`,viewBox:`0 0 ${Ga} ${Ka}`,role:`img`,"aria-label":`IoU over ${n.length} steps, now ${n.at(-1)?.toFixed(2)??`unknown`}`,children:[[0,.5,1].map(e=>(0,X.jsxs)(`g`,{children:[(0,X.jsx)(`line`,{className:`rule`,x1:qa,x2:Ga,y1:o(e),y2:o(e)}),(0,X.jsx)(`text`,{x:17,y:o(e)+3,children:e})]},e)),e.adapter&&(0,X.jsx)(`line`,{className:`baseline`,x1:qa,x2:Ga,y1:o(e.adapter.baselineIou),y2:o(e.adapter.baselineIou)}),(0,X.jsx)(`polyline`,{points:s,stroke:t}),n.length>0&&(0,X.jsx)(`circle`,{cx:a(i),cy:o(n[i]),r:`3`,fill:t})]})}function Ya(){let e=E(e=>e.candidates),t=E(e=>e.hovered);return e.length===0?null:(0,X.jsxs)(`section`,{className:`candidates`,children:[(0,X.jsxs)(`h3`,{children:[`Candidates `,(0,X.jsx)(`small`,{children:e.length>1?`point at one to see it`:`on the picture`})]}),(0,X.jsxs)(`p`,{className:`quiet`,children:[(0,X.jsx)(`i`,{className:`added`}),` is added, `,(0,X.jsx)(`i`,{className:`removed`}),` is taken away.`]}),e.map((e,n)=>(0,X.jsx)(Xa,{candidate:e,number:n+1,hovered:t===e.adapterId},e.adapterId))]})}function Xa({candidate:e,number:t,hovered:n}){let r=e=>()=>O({hovered:e});E(e=>e.masksVersion);let i=A.get(e.frameIndex,e.objectId)?.predictedIou??null,a=`${i===null?``:`${i.toFixed(2)} to `}${e.predictedIou.toFixed(2)}`;return(0,X.jsxs)(`button`,{className:`candidate`,"data-hovered":n,onPointerEnter:r(e.adapterId),onPointerLeave:r(null),onFocus:r(e.adapterId),onBlur:r(null),onClick:()=>void Aa(e),"aria-label":`Accept candidate ${t}, predicted IoU ${a}`,title:`The model's own estimate of the IoU: of the mask shown, and of the candidate`,children:[(0,X.jsx)(`kbd`,{children:t}),(0,X.jsxs)(`span`,{children:[`predicted IoU `,(0,X.jsx)(`b`,{children:a})]})]})}function Za({object:e}){return(0,X.jsx)(`ul`,{className:`adapters`,children:e.adapters.map(t=>(0,X.jsxs)(`li`,{children:[(0,X.jsx)(`i`,{style:{background:e.color}}),(0,X.jsxs)(`span`,{children:[t.frameIndices.length===0&&`from another object`,t.frameIndices.length>0&&`frame${t.frameIndices.length>1?`s`:``} ${t.frameIndices.join(`, `)}`]}),(0,X.jsxs)(`b`,{children:[t.baselineIou.toFixed(2),` to `,t.trainingIou.toFixed(2)]})]},t.adapterId))})}function Qa({object:e}){let{objectId:t,label:n,attributes:r}=e,i=E(e=>e.labels),[a,o]=(0,J.useState)(``),s=i.find(({name:e})=>e===n)?.attributes??[],c=[...new Set([...s.map(({name:e})=>e),...r.map(e=>e.key)])],l=(e,n)=>{let i=r.filter(t=>t.key!==e);ua(t,n?[...i,{key:e,value:n}]:i)},u=i.map(({name:e})=>e);return(0,X.jsxs)(`div`,{className:`details`,children:[(0,X.jsxs)(`label`,{children:[`Label`,(0,X.jsxs)(`select`,{value:n??``,onChange:e=>void la(t,e.target.value),children:[(0,X.jsx)(`option`,{value:``,children:`none`}),(n&&!u.includes(n)?[n,...u]:u).map(e=>(0,X.jsx)(`option`,{children:e},e))]}),(0,X.jsx)(`button`,{className:`plain`,onClick:()=>O({dialog:`labelSet`}),children:`Edit…`})]}),c.map(e=>{let t=r.find(t=>t.key===e)?.value??``,n=s.find(({name:t})=>t===e)?.values??[];return(0,X.jsxs)(`label`,{children:[e,(0,X.jsx)($a,{name:e,value:t,values:n,set:t=>l(e,t)},t)]},e)}),(0,X.jsx)(`form`,{onSubmit:e=>{e.preventDefault();let[t,...n]=a.split(`=`);t?.trim()&&n.length&&l(t.trim(),n.join(`=`).trim()),o(``)},children:(0,X.jsx)(`input`,{value:a,placeholder:`attribute = value`,"aria-label":`New attribute`,onChange:e=>o(e.target.value)})})]})}function $a({name:e,value:t,values:n,set:r}){let[i,a]=(0,J.useState)(t);return n.length?(0,X.jsx)(`select`,{value:t,"aria-label":e,onChange:e=>r(e.target.value),children:[``,...new Set([t,...n].filter(Boolean))].map(e=>(0,X.jsx)(`option`,{children:e},e))}):(0,X.jsx)(`input`,{value:i,"aria-label":e,onChange:e=>a(e.target.value),onBlur:()=>i!==t&&r(i)})}function eo(){let e=E(e=>e.objects),t=E(e=>e.selected);return(0,X.jsxs)(`aside`,{className:`objects`,"aria-label":`Objects`,children:[(0,X.jsx)(`h2`,{children:`Objects`}),(0,X.jsx)(`ul`,{children:e.map(e=>(0,X.jsx)(to,{object:e,selected:e.objectId===t},e.objectId))}),e.length===0&&(0,X.jsx)(`p`,{className:`quiet`,children:`None yet. Your first click adds one.`}),e.length>0&&(0,X.jsxs)(`button`,{className:`add`,title:`New object (N)`,onClick:()=>fn(),children:[(0,X.jsx)(Z,{name:`add`}),` Add object `,(0,X.jsx)(`kbd`,{children:`N`})]}),(0,X.jsx)(Q,{place:`objects`})]})}function to({object:e,selected:t}){let{objectId:n,label:r,color:i,hidden:a,promptedFrames:o,adapters:s}=e,c=L(e),l=(0,J.useRef)(null);E(e=>e.masksVersion);let u=E(e=>e.frame),d=A.get(u,n)?.source===`IMPORTED`,f=[o.length===0?`no prompt yet`:`${o.length} prompt${o.length>1?`s`:``}`,...s.length?[`${s.length} adapter${s.length>1?`s`:``}`]:[]];return(0,J.useEffect)(()=>{t&&l.current?.scrollIntoView({block:`nearest`})},[t]),(0,X.jsxs)(`li`,{ref:l,className:`object`,"aria-current":t,onClick:()=>O({selected:n}),children:[(0,X.jsxs)(`div`,{className:`row-of`,children:[(0,X.jsx)(`input`,{type:`color`,value:i,"aria-label":`Color of ${c}`,title:`Color`,onChange:e=>M(n,{color:e.target.value})}),(0,X.jsxs)(`div`,{className:`about`,children:[(0,X.jsx)(ro,{object:e}),(0,X.jsxs)(`small`,{children:[r&&(0,X.jsx)(no,{name:r}),f.join(` · `)]})]}),d&&(0,X.jsx)(`button`,{className:`plain`,title:`Use the imported mask on this frame as a prompt`,"aria-label":`Use the imported mask of ${c}`,onClick:e=>{e.stopPropagation(),ka(n)},children:(0,X.jsx)(Z,{name:`point`})}),(0,X.jsx)(`button`,{className:`plain`,title:a?`Show (H)`:`Hide (H)`,"aria-label":`${a?`Show`:`Hide`} ${c}`,onClick:e=>{e.stopPropagation(),gn(n)},children:(0,X.jsx)(Z,{name:a?`eyeOff`:`eye`})}),(0,X.jsx)(Ra,{className:`remove plain`,question:`Remove?`,title:`Remove with its masks and adapters (Delete)`,label:`Remove ${c}`,onConfirm:()=>void hn(n),children:(0,X.jsx)(Z,{name:`remove`})})]}),t&&(0,X.jsx)(Qa,{object:e})]})}function no({name:e}){let t=E(t=>t.labels.find(t=>t.name===e)?.color);return(0,X.jsxs)(`span`,{className:`label-mark`,children:[(0,X.jsx)(`i`,{style:{background:t}}),` `,e,` ·`,` `]})}function ro({object:e}){let{objectId:t,name:n}=e;return E(e=>e.renaming===t)?(0,X.jsx)(io,{objectId:t,name:n}):(0,X.jsx)(`button`,{className:`name`,title:`${L(e)}\nDouble click or F2 renames`,"aria-label":`${L(e)}: select; F2 renames`,onDoubleClick:()=>O({renaming:t}),children:L(e)})}function io({objectId:e,name:t}){let[n,r]=(0,J.useState)(t),i=(0,J.useRef)(!1);return(0,X.jsx)(`input`,{className:`name`,value:n,maxLength:100,autoFocus:!0,placeholder:`Object ${e}`,"aria-label":`Name of object ${e}`,onFocus:e=>e.target.select(),onChange:e=>r(e.target.value),onBlur:()=>{O({renaming:null}),i.current||pn(e,n)},onKeyDown:e=>{i.current=e.key===`Escape`,(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}})}function ao(){let{range:e,frame:t}=D();return e??{first:t,last:t}}function oo(e=D().selected,t=ao()){let n=I(e);return n?.promptedFrames.length?fo(t,async e=>{let{markAbsent:r}=await x(Ne,{input:{sessionId:e,objectId:n.objectId,...t}});r.kept.length&&N(`stage`,`${L(n)} keeps its masks on ${po(r.kept)}: they are confirmed.`,`note`)}):(N(`stage`,`Select an object that has a prompt: only one that was seen can be gone.`,`note`),Promise.resolve())}function so(){let{selected:e}=D(),t=ao();return e===null?Promise.resolve():fo(t,async n=>{let[r]=(await x(Pe,{input:{sessionId:n,objectIds:[e],...t}})).removeMasks;r?.kept.length&&N(`stage`,`Masks stay on ${po(r.kept)}: they are prompts, or confirmed.`,`note`)})}function co(e,t){return fo(t,async n=>{await x(Fe,{input:{sessionId:n,objectIds:e,ranges:[t]}})})}function lo(e,t){return fo(t,async n=>{await x(Ie,{input:{sessionId:n,objectIds:e,ranges:[t]}})})}function uo(){let e=I(D().selected);if(!e)return Promise.resolve();let t=ao();return(e.confirmedRanges.some(({first:e,last:n})=>e<=t.first&&t.last<=n)?lo:co)([e.objectId],t)}function fo({first:e,last:t},n){return sr(async()=>{P(`stage`);let r=D().sessionId;await n(r),await on(r,e,t),await B()})}function po(e){let t=e.map(({first:e,last:t})=>e===t?`${e}`:`${e} to ${t}`);return`frame${t.length===1&&!t[0].includes(`to`)?``:`s`} ${t.join(`, `)}`}var mo=.75,ho=2,go=new WeakSet;function _o(){if(D().review)return So();let e=Do()??Eo();e?(P(`track`),go.add(e.mask),O({selected:e.mask.objectId}),q(e.frame)):N(`track`,`No frame is in doubt: none has been tracked yet.`,`note`)}function vo(){if(D().review)return yo();let e=To();e.length===0?N(`track`,`Nothing is to be reviewed: no mask is in doubt that is not confirmed.`,`note`):(P(`track`),wo(e,0))}function yo(){O({review:null,range:null})}async function bo(){let e=Co();e&&(await co([e.objectId],{first:e.first,last:e.last}),Co()===e&&So())}async function xo(){let e=Co();e&&(await oo(e.objectId,{first:e.first,last:e.last}),Co()===e&&So())}function So(){let{review:e}=D();if(e){if(e.current+1<e.ranges.length)return wo(e.ranges,e.current+1);yo(),N(`track`,`The review is done: every doubtful range was looked at.`,`note`)}}function Co(){let{review:e}=D();return e?.ranges[e.current]}function wo(e,t){let{objectId:n,first:r,last:i,worst:a}=e[t];O({review:{ranges:e,current:t},selected:n,range:{first:r,last:i}}),q(a)}function To(){let e=[];for(let{objectId:t,hidden:n,promptedFrames:r,confirmedRanges:i}of D().objects){if(n)continue;let a=null;for(let n of A.framesOf(t)){let o=Yt(A.get(n,t));o!==null&&o<mo&&!r.includes(n)&&!yt(i,n)&&((!a||n>a.last+ho)&&e.push(a={objectId:t,first:n,last:n,worst:n,certainty:o}),a.last=n,o<a.certainty&&Object.assign(a,{worst:n,certainty:o}))}}return e.sort((e,t)=>e.certainty-t.certainty)}function Eo(){return go=new WeakSet,Do()}function Do(){let{objects:e,video:t}=D(),n=Math.max(2,Math.round((t?.frameCount??0)/40)),r=null;for(let{objectId:t,hidden:i,promptedFrames:a,confirmedRanges:o}of e){if(i)continue;let e=A.framesOf(t),s=[...e.filter(e=>go.has(A.get(e,t))),...a];for(let i of e){let e=A.get(i,t),a=Yt(e),c=yt(o,i)||s.some(e=>Math.abs(e-i)<n);a!==null&&!c&&a<(r?.certainty??1/0)&&(r={frame:i,mask:e,certainty:a})}}return r}var $={fit:()=>{},zoom:e=>{},pan:(e,t)=>{},cancel:()=>!1,close:()=>!1,removeCorner:()=>!1,zoomTo:(e,t,n,r)=>{},dab:(e,t)=>{},panning:!1,panned:!1},Oo=.01,ko=.05,Ao={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,-1],ArrowDown:[0,1]};function jo(){O(({crosshair:e})=>({crosshair:e?null:[.5,.5],corner:null,playing:!1,following:!1}))}function Mo(){let{crosshair:e,corner:t,tool:n}=D();if(!e||n!==`point`)return;if(!t)return O({corner:e});O({corner:null});let[r,i]=[Math.min(t[0],e[0]),Math.max(t[0],e[0])],[a,o]=[Math.min(t[1],e[1]),Math.max(t[1],e[1])];r<i&&a<o&&Ea([r,a,i,o])}function No(e){let{crosshair:t,tool:n}=D();if(!t||e.ctrlKey||e.metaKey)return!1;if(e.key===`Enter`)return e.target instanceof HTMLButtonElement?!1:(n===`point`?Ta(t,+!e.altKey):$.dab(...t),!0);let r=Ao[e.key];if(!r)return!1;let i=e.shiftKey?ko:Oo;return O({crosshair:[Po(t[0]+r[0]*i),Po(t[1]+r[1]*i)]}),!0}function Po(e){return Math.max(0,Math.min(1,e))}var Fo=[`OFF`,`SUGGEST`,`AUTO`],Io=60,Lo={p:`point`,b:`brush`,e:`eraser`,o:`polygon`,a:`lasso`},Ro=[{title:`Moving`,shortcuts:[{shown:[`←`,`→`],does:`Previous, next frame`,keys:[`arrowleft`,`arrowright`,`,`,`.`],run:e=>Vo(e,1)},{shown:[`Shift ←`,`Shift →`],does:`Ten frames back, forward`,keys:[`shift+arrowleft`,`shift+arrowright`],run:e=>Vo(e,10)},{shown:[`G`],does:`Go to a frame by its number`,keys:[`g`],run:()=>Xo(`.frame input`)},{shown:[`Page Up`,`Page Down`],does:`Previous, next prompt of the object`,keys:[`pageup`,`pagedown`],run:e=>_i(e===`pageup`?-1:1)},{shown:[`Home`,`End`],does:`First, last frame`,keys:[`home`,`end`],run:e=>q(e===`home`?0:1/0)},{shown:[`Space`],does:`Play, pause`,keys:[` `],run:yi},{shown:[`D`],does:`Next doubtful frame`,keys:[`d`],run:_o},{shown:[`+`,`−`,`0`],does:`Zoom in, out, to fit (or the wheel)`,keys:[`+`,`=`,`-`,`0`],run:Ho},{shown:[`Z`],does:`Zoom to the object`,keys:[`z`],run:Uo},{shown:[`\\`],does:`Hide, show the panels`,keys:[`\\`],run:Wo},{shown:[`Space + drag`,`Ctrl ← → ↑ ↓`],does:`Move the picture`,keys:[`ctrl+arrowleft`,`ctrl+arrowright`,`ctrl+arrowup`,`ctrl+arrowdown`],run:Go}]},{title:`Objects`,shortcuts:[{shown:[`N`],does:`New object`,keys:[`n`],run:()=>void fn()},{shown:[`↑`,`↓`],does:`Previous, next object`,keys:[`arrowup`,`arrowdown`],run:e=>_n(e===`arrowup`?-1:1)},{shown:[`Click`],does:`On another object's mask: select it (Shift click: prompt)`,keys:[]},{shown:[`F2`,`R`],does:`Rename (or double click the name)`,keys:[`r`,`f2`],run:()=>O(({selected:e})=>({renaming:e,panels:!0}))},{shown:[`H`],does:`Hide, show`,keys:[`h`],run:Ko},{shown:[`M`],does:`All masks off, on`,keys:[`m`],run:()=>O(({showMasks:e})=>({showMasks:!e}))},{shown:[`Delete`],does:`Remove the object (then Enter)`,keys:[`delete`],run:()=>Xo(`.object[aria-current=true] .remove`,!0)}]},{title:`Prompts`,shortcuts:[{shown:[`Click`],does:`Part of the object`,keys:[]},{shown:[`Right click`,`Alt click`],does:`Not part of the object`,keys:[]},{shown:[`Drag`],does:`Box`,keys:[]},{shown:[`P`,`B`,`E`],does:`Points and boxes, brush, eraser`,keys:[`p`,`b`,`e`,`o`,`a`],run:e=>O({tool:Lo[e],corner:null})},{shown:[`O`,`A`],does:`Polygon (Enter closes it), lasso; Alt takes away`,keys:[`enter`],run:()=>void($.close()||bo())},{shown:[`[`,`]`],does:`Brush smaller, larger`,keys:[`[`,`]`],run:e=>qo(e===`[`?.8:1.25)},{shown:[`Ctrl Z`,`Ctrl Y`],does:`Undo, redo`,keys:[`ctrl+z`,`ctrl+y`,`ctrl+shift+z`],run:e=>void(e===`ctrl+z`?Ma():Na())},{shown:[`Backspace`],does:`Clear the object's prompts on this frame`,keys:[`backspace`],run:()=>void($.removeCorner()||ja())},{shown:[`Shift F`,`Shift D`],does:`Fill the mask's holes, drop its specks`,keys:[`shift+f`,`shift+d`],run:e=>void Oa(e===`shift+f`?`holes`:`specks`)},{shown:[`C`],does:`Crosshair: arrows move it, Enter adds a point or paints, Alt Enter adds a background point`,keys:[`c`],run:jo},{shown:[`X`,`X`],does:`With the crosshair: one corner of a box, then the other`,keys:[`x`],run:Mo}]},{title:`Tracking and learning`,shortcuts:[{shown:[`T`],does:`Track forward, stop`,keys:[`t`],run:()=>br(!1)},{shown:[`Shift + drag`],does:`On the timeline: mark frames to track`,keys:[]},{shown:[`Shift T`],does:`Track backward from here, stop`,keys:[`shift+t`],run:()=>br(!0)},{shown:[`F`],does:`Follow the frame being tracked`,keys:[`f`],run:()=>O(({following:e})=>({following:!e}))},{shown:[`V`],does:`Review all doubtful masks, end; Enter accepts, D goes on`,keys:[`v`],run:vo},{shown:[`Shift A`],does:`The object is not there: on this frame, or those marked`,keys:[`shift+a`],run:()=>void(D().review?xo():oo())},{shown:[`K`],does:`Confirm the masks, take back: tracking leaves them as they are`,keys:[`k`],run:()=>void uo()},{shown:[`1 – 9`],does:`Accept a candidate; where there is none, label the object`,keys:[`1`,`2`,`3`,`4`,`5`,`6`,`7`,`8`,`9`],run:Jo},{shown:[`L`],does:`Off, suggest, auto`,keys:[`l`],run:Yo},{shown:[`Ctrl O`],does:`Import masks`,keys:[`ctrl+o`],run:()=>O({dialog:`import`})},{shown:[`Ctrl S`],does:`Export`,keys:[`ctrl+s`],run:()=>O({dialog:`export`})},{shown:[`Esc`],does:`Stop, close, leave the crosshair`,keys:[`escape`],run:Zo},{shown:[`?`],does:`This list`,keys:[`?`,`shift+?`],run:()=>O({dialog:`shortcuts`})}]}],zo=new Map(Ro.flatMap(({shortcuts:e})=>e).flatMap(({keys:e,run:t})=>e.map(e=>[e,t])));function Bo(e){return zo.get(e)}function Vo(e,t){gi(e.endsWith(`arrowleft`)||e===`,`?-t:t)}function Ho(e){e===`0`?$.fit():$.zoom(e===`-`?.8:1.25)}function Uo(){let{selected:e,frame:t}=D(),n=e===null?void 0:A.get(t,e),r=n&&ya(z(n.rle));r&&$.zoomTo(...r)}function Wo(){let e=!D().panels;O({panels:e}),H({panels:e})}function Go(e){e===`ctrl+arrowleft`?$.pan(Io,0):e===`ctrl+arrowright`?$.pan(-60,0):e===`ctrl+arrowup`?$.pan(0,Io):$.pan(0,-60)}function Ko(){let{selected:e}=D();e!==null&&gn(e)}function qo(e){O(({brush:t})=>({brush:Math.max(ft.least,Math.min(ft.most,t*e))}))}function Jo(e){let{candidates:t}=D(),n=t[Number(e)-1];n?Aa(n):t.length===0&&ca(Number(e))}function Yo(){Wr(Fo[(Fo.indexOf(D().loraMode)+1)%Fo.length])}function Xo(e,t=!1){let n=document.querySelector(e);n?.focus(),t&&n?.click()}function Zo(){let{crosshair:e,tracking:t,range:n}=D();$.cancel()||(e?O({crosshair:null,corner:null}):t?G():O(n?{range:null}:{playing:!1}))}function Qo(){return(0,X.jsx)(Di,{name:`shortcuts`,title:`All keys`,children:(0,X.jsx)(`div`,{className:`columns`,children:Ro.map(({title:e,shortcuts:t})=>(0,X.jsxs)(`section`,{children:[(0,X.jsx)(`h3`,{children:e}),(0,X.jsx)(`dl`,{children:t.map(({shown:e,does:t})=>(0,X.jsxs)(`div`,{children:[(0,X.jsx)(`dt`,{children:e.map((e,t)=>(0,X.jsx)(`kbd`,{children:e},t))}),(0,X.jsx)(`dd`,{children:t})]},t))})]},e))})})}var $o=26,es=50;function ts({view:e}){let t=E(e=>e.candidates),n=E(e=>e.frame),r=E(e=>e.hovered);return t.map((t,i)=>{let{added:a,removed:o}=Zt(A.get(n,t.objectId)?.rle,t.rleMask),s=a.top??o.top;if(!s||t.frameIndex!==n)return null;let c={left:e.x+s.x*e.scale+i*$o,top:Math.max(es,e.y+s.y*e.scale)};return(0,X.jsx)(`button`,{className:`badge`,style:c,"data-hovered":t.adapterId===r,title:`Accept candidate ${i+1} (key ${i+1})`,"aria-label":`Accept candidate ${i+1}`,onPointerEnter:()=>O({hovered:t.adapterId}),onPointerLeave:()=>O({hovered:null}),onClick:()=>void Aa(t),children:i+1},t.adapterId)})}var ns=new WeakMap;function rs(e,t){let n=ns.get(e);if(n&&n.above.length===t.length&&n.above.every((e,n)=>e===t[n]))return n.outline;let{width:r,height:i,data:a}=z(e),o=a.slice();for(let e of t)z(e).data.forEach((e,t)=>e&&(o[t]=0));let s=It({width:r,height:i,data:o});return ns.set(e,{above:t,outline:s}),s}var is=`#12a150`,as=`#e5484d`,os=`#2f9bff`,ss=`#ffa51f`;function cs(e,t,n,r){let i=e.getContext(`2d`),a=devicePixelRatio;i.setTransform(1,0,0,1,0,0),i.clearRect(0,0,e.width,e.height),i.setTransform(t.scale*a,0,0,t.scale*a,t.x*a,t.y*a),i.lineJoin=`round`;let o=j.current?.get(n);if(!o)return[];i.imageSmoothingEnabled=t.scale*a<3,i.imageSmoothingQuality=t.scale*a<1?`medium`:`low`,i.drawImage(o,0,0);let{objects:s,selected:c,showMasks:l,candidates:u,hovered:d,pendingPrompts:f,noOverlap:p}=D(),m=r.painted?.frame===n?r.painted:null,h=[],g=[];for(let e of s){let r=A.get(n,e.objectId),a=p?[...g]:[];if(r&&g.push(r.rle),e.hidden||!l)continue;let o=e.objectId===c;if(m?.objectId===e.objectId)us(i,It(m.bitmap).path,e.color,o,t);else if(r&&r.source!==`ABSENT`){let{path:n}=a.length?rs(r.rle,a):Xt(r.rle);us(i,n,e.color,o,t,r.stale),h.push(r)}}let _=u.find(e=>e.adapterId===d)??u[0],v=s.find(e=>e.objectId===_?.objectId);if(_?.frameIndex===n&&v&&l&&!v.hidden&&!m){let{added:e,removed:r}=Zt(A.get(n,v.objectId)?.rle,_.rleMask);ds(i,e.path,os,t,[]),ds(i,r.path,ss,t,[6/t.scale,4/t.scale])}for(let e of h)ms(i,e,t);let y=s.find(e=>e.objectId===c);if(y){let e=D().prompts.get(T(y.objectId,n))??[],r=f.filter(e=>e.objectId===y.objectId&&e.frame===n);for(let n of[...e,...r.map(e=>e.prompt)])_s(i,n,o,y,t)}r.box&&ys(i,r.box,t,`#fff`),r.polygon&&gs(i,r.polygon.points,r.pointer,t),xs(i,o,t);let{crosshair:b,tool:ee}=D(),te=ee===`brush`||ee===`eraser`;return b&&te&&bs(i,{x:b[0]*o.width,y:b[1]*o.height},t),r.pointer&&te&&bs(i,r.pointer,t),h}function ls(e){return e.map(e=>{let t=Yt(e);return`${L(I(e.objectId)??{objectId:e.objectId,name:``})}: ${t===null?`made by hand`:`confidence ${t.toFixed(2)}`}${e.source===`LORA`?`, by an adapter`:``}`}).join(`; `)}function us(e,t,n,r,i,a=!1){e.fillStyle=n,e.globalAlpha=a?.18:r?.42:.32,e.fill(t,`evenodd`),e.globalAlpha=1,r&&(e.lineWidth=3.5/i.scale,e.strokeStyle=`rgba(0,0,0,.45)`,e.stroke(t)),e.lineWidth=(r?2:1.25)/i.scale,e.strokeStyle=n,e.setLineDash(a?[5/i.scale,4/i.scale]:[]),e.stroke(t),e.setLineDash([])}function ds(e,t,n,r,i){e.fillStyle=n,e.globalAlpha=.5,e.fill(t,`evenodd`),e.globalAlpha=1,e.lineWidth=3/r.scale,e.strokeStyle=`rgba(0,0,0,.7)`,e.stroke(t),e.lineWidth=1.5/r.scale,e.strokeStyle=n,e.setLineDash(i),e.stroke(t),e.setLineDash([])}var fs=12,ps=4;function ms(e,t,n){let r=I(t.objectId),{top:i}=Xt(t.rle);if(!i||!r||!r.name&&D().objects.length===1)return;let a=1/n.scale;e.font=`600 ${fs*a}px system-ui, sans-serif`;let o=L(r),s=e.measureText(o).width+8*a,c=17*a,[l,u]=[Math.max(0,i.x-s/2),Math.max(0,i.y-c-3*a)];e.fillStyle=r.color,e.beginPath(),e.roundRect(l,u,s,c,4*a),e.fill(),e.fillStyle=hs(r.color)?`#fff`:`#101318`,e.textBaseline=`middle`,e.fillText(o,l+ps*a,u+c/2)}function hs(e){let[t,n,r]=[1,3,5].map(t=>{let n=parseInt(e.slice(t,t+2),16)/255;return n<=.04045?n/12.92:((n+.055)/1.055)**2.4});return .2126*t+.7152*n+.0722*r<.179}function gs(e,t,n,r){let i=1/r.scale;for(let[r,a]of[[3.5,`rgba(0,0,0,.65)`],[1.5,`#fff`]]){e.beginPath();for(let{x:r,y:i}of n?[...t,n]:t)e.lineTo(r,i);e.lineWidth=r*i,e.strokeStyle=a,e.stroke()}let[a]=t;a&&(e.beginPath(),e.arc(a.x,a.y,5*i,0,2*Math.PI),e.fillStyle=`#fff`,e.fill())}function _s(e,t,n,r,i){if(t.kind===`box`){let[a,o,s,c]=t.box;ys(e,[a*n.width,o*n.height,s*n.width,c*n.height],i,r.color)}t.kind===`points`&&t.points.forEach(([r,a],o)=>vs(e,r*n.width,a*n.height,t.labels[o]===1,i))}function vs(e,t,n,r,i){let a=1/i.scale;e.beginPath(),e.arc(t,n,7*a,0,2*Math.PI),e.fillStyle=r?is:as,e.fill(),e.lineWidth=2*a,e.strokeStyle=`#fff`,e.stroke(),e.beginPath(),e.moveTo(t-3*a,n),e.lineTo(t+3*a,n),r&&(e.moveTo(t,n-3*a),e.lineTo(t,n+3*a)),e.stroke()}function ys(e,[t,n,r,i],a,o){e.lineWidth=3/a.scale,e.strokeStyle=`rgba(0,0,0,.6)`,e.strokeRect(t,n,r-t,i-n),e.lineWidth=1.5/a.scale,e.strokeStyle=o,e.strokeRect(t,n,r-t,i-n)}function bs(e,{x:t,y:n},r){for(let[i,a]of[[3,`rgba(0,0,0,.6)`],[1.25,`#fff`]])e.beginPath(),e.arc(t,n,D().brush,0,2*Math.PI),e.lineWidth=i/r.scale,e.strokeStyle=a,e.stroke()}function xs(e,t,n){let{crosshair:r,corner:i}=D();if(!r)return;let[a,o]=[r[0]*t.width,r[1]*t.height];i&&ys(e,[i[0]*t.width,i[1]*t.height,a,o],n,`#fff`);let s=14/n.scale;for(let[t,r]of[[4,`rgba(0,0,0,.7)`],[1.75,`#fff`]])e.beginPath(),e.moveTo(a-s,o),e.lineTo(a+s,o),e.moveTo(a,o-s),e.lineTo(a,o+s),e.lineWidth=t/n.scale,e.strokeStyle=r,e.stroke()}function Ss(e,t,n,r,i){let{width:a,height:o,data:s}=e,c=Math.max(0,Math.floor(Math.min(t.x,n.x)-r)),l=Math.min(a-1,Math.ceil(Math.max(t.x,n.x)+r)),u=Math.max(0,Math.floor(Math.min(t.y,n.y)-r)),d=Math.min(o-1,Math.ceil(Math.max(t.y,n.y)+r)),[f,p]=[n.x-t.x,n.y-t.y],m=f*f+p*p;for(let e=u;e<=d;e++)for(let n=c;n<=l;n++){let[o,c]=[n+.5-t.x,e+.5-t.y],l=m?Math.max(0,Math.min(1,(o*f+c*p)/m)):0;(o-l*f)**2+(c-l*p)**2<=r*r&&(s[e*a+n]=i)}}function Cs({width:e,height:t,data:n},r,i){for(let a=0;a<t;a++){let t=[];r.forEach((e,n)=>{let i=r[(n+1)%r.length];e.y<=a+.5!=i.y<=a+.5&&t.push(e.x+(a+.5-e.y)/(i.y-e.y)*(i.x-e.x))}),t.sort((e,t)=>e-t);for(let r=0;r+1<t.length;r+=2){let o=Math.max(0,Math.ceil(t[r]-.5)),s=Math.min(e-1,Math.ceil(t[r+1]-.5)-1);o<=s&&n.fill(i,a*e+o,a*e+s+1)}}}var ws=.05,Ts=40;function Es(e,t,n,r){let i=Math.max(.01,Math.min((e-16)/n,(t-16)/r));return{scale:i,x:(e-n*i)/2,y:(t-r*i)/2}}function Ds(e,t,n,r,i,a){let o=Math.max(ws,Math.min(Ts,e/(2*(i-n)),t/(2*(a-r))));return{scale:o,x:e/2-(n+i)/2*o,y:t/2-(r+a)/2*o}}function Os(e,t,n,r){let i=Math.max(ws,Math.min(Ts,e.scale*t)),a=i/e.scale;return{scale:i,x:n-(n-e.x)*a,y:r-(r-e.y)*a}}var ks=4,As=9,js=500,Ms=class{surface;draft={box:null,painted:null,pointer:null,polygon:null};#e=null;#t=new Map;constructor(e){this.surface=e}down(e,t){let n=this.#l(t),{tool:r}=D();if(e.pointerType===`touch`&&(this.#t.set(e.pointerId,t),this.#t.size>1))this.cancel(),this.#e={kind:`pinch`};else{if(e.button===1||$.panning)this.#e={kind:`pan`,at:t},$.panned=!0;else if(!this.#s())return;else if(r===`polygon`&&e.button===0)this.#r(n,+!e.altKey);else if(r===`lasso`&&e.button===0)this.draft.polygon={points:[n],value:+!e.altKey},this.#e={kind:`lasso`};else if((r===`brush`||r===`eraser`)&&e.button===0){let t=r===`brush`===e.altKey?0:1;this.#e={kind:`paint`,at:n,value:t},this.#a(n,t)}else if(r===`point`){let t=e.button===2||e.altKey?0:1;this.#e={kind:`press`,from:n,label:t,shift:e.shiftKey,began:e.timeStamp,touch:e.pointerType===`touch`}}this.#e?.kind!==`pan`&&O({following:!1,playing:!1}),this.surface.redraw()}}move(e,t){let n=this.#l(t),r=this.#e;if(this.draft.pointer=n,r?.kind===`pinch`)return this.#c(e.pointerId,t);if(e.pointerType===`touch`&&this.#t.set(e.pointerId,t),r?.kind===`pan`){let{scale:e,x:n,y:i}=this.surface.view();this.surface.showView({scale:e,x:n+t.x-r.at.x,y:i+t.y-r.at.y}),this.#e={kind:`pan`,at:t}}else r?.kind===`paint`?(Ss(this.draft.painted.bitmap,r.at,n,D().brush,r.value),this.#e={...r,at:n}):r?.kind===`lasso`?this.draft.polygon?.points.push(n):r?.kind===`press`&&r.label===1&&this.#u(r.from,n,ks)&&(this.#e={kind:`box`,from:r.from});this.#e?.kind===`box`&&(this.draft.box=this.#d(this.#e.from,n)),this.surface.redraw()}up(e){let t=this.#e;if(this.#t.delete(e.pointerId),!(t?.kind===`pinch`&&this.#t.size>0)){if(this.#e=null,t?.kind===`press`)this.#n(t.from,t.touch&&e.timeStamp-t.began>=js?0:t.label,t.shift);else if(t?.kind===`box`&&this.draft.box){let[e,t,n,r]=this.draft.box,{width:i,height:a}=this.surface;n>e&&r>t&&Ea([e/i,t/a,n/i,r/a])}else t?.kind===`lasso`?this.closePolygon():t?.kind===`paint`&&this.#o();this.draft.box=null,this.surface.redraw()}}leave(e){this.draft.pointer=null,e.type===`pointercancel`&&(this.#t.delete(e.pointerId),this.cancel()),this.surface.redraw()}cancel(){if(this.#e?.kind===`pan`||this.#e?.kind===`pinch`)return!1;let e=this.#e!==null||this.draft.polygon!==null,t=this.#e?.kind===`paint`;return this.#e=null,this.draft.box=this.draft.polygon=null,t&&(this.draft.painted=null),this.surface.redraw(),e}forgetPainted(){this.#e?.kind!==`paint`&&(this.draft.painted=null)}removeCorner(){let{polygon:e}=this.draft;return e?(e.points.pop(),e.points.length===0&&(this.draft.polygon=null),this.surface.redraw(),!0):!1}closePolygon(){let{polygon:e}=this.draft;return this.draft.polygon=null,e?(e.points.length>2&&(this.#i(),Cs(this.draft.painted.bitmap,e.points,e.value),this.#o()),this.surface.redraw(),!0):!1}dab(e){let{tool:t}=D();this.#s()&&(t===`polygon`||t===`lasso`?this.#r(e,1):(this.#a(e,t===`eraser`?0:1),this.#o()),this.surface.redraw())}otherObjectAt(e){let{x:t,y:n}=this.#l(e),{tool:r,selected:i,showMasks:a,objects:o,noOverlap:s}=D(),{width:c,height:l}=this.surface;if(r!==`point`||!a||i===null||t<0||n<0||t>=c||n>=l||!I(i)?.promptedFrames.length)return null;let u=e=>{let r=A.get(this.surface.frame(),e);return r&&z(r.rle).data[Math.floor(n)*c+Math.floor(t)]===1};if(u(i))return null;let d=({objectId:e,hidden:t})=>!t&&u(e);return(s?o.find(d):o.findLast(d))?.objectId??null}#n(e,t,n){let{width:r,height:i}=this.surface;if(e.x<0||e.y<0||e.x>r||e.y>i)return;let{scale:a,x:o,y:s}=this.surface.view(),c=t===1&&!n?this.otherObjectAt({x:e.x*a+o,y:e.y*a+s}):null;if(c!==null)return O({selected:c});Ta([e.x/r,e.y/i],t)}#r(e,t){let{polygon:n}=this.draft;n?n.points.length>2&&!this.#u(n.points[0],e,As)?this.closePolygon():n.points.push(e):this.draft.polygon={points:[e],value:t}}#i(){let e=D().selected??fn(),t=this.surface.frame(),{width:n,height:r}=this.surface,{painted:i}=this.draft,a=i?.objectId===e&&i.frame===t?i.bitmap:Ps(e,t,n,r);this.draft.painted={objectId:e,frame:t,bitmap:a}}#a(e,t){this.#i(),Ss(this.draft.painted.bitmap,e,e,D().brush,t)}#o(){let{bitmap:e,objectId:t,frame:n}=this.draft.painted;D().noOverlap&&Fs(e,t,n);let r=I(t)?.promptedFrames[0]??n;if(e.data.includes(1)||r!==n)return void Da(e);this.draft.painted=null,N(`stage`,`An object's first mask needs at least one pixel. Backspace takes back its prompts on this frame.`,`note`)}#s(){return this.surface.frame()===D().frame||(N(`stage`,`Frame ${D().frame} is still loading.`,`note`,{label:`Dismiss`,run:()=>P(`stage`)}),!1)}#c(e,t){let[n,r]=[...this.#t.values()];this.#t.set(e,t);let[i,a]=[...this.#t.values()];if(!n||!r||!i||!a)return;let[o,s]=[Ns(n,r),Ns(i,a)],c=this.surface.view(),l=Math.hypot(i.x-a.x,i.y-a.y)/Math.max(1,Math.hypot(n.x-r.x,n.y-r.y));this.surface.showView(Os({...c,x:c.x+s.x-o.x,y:c.y+s.y-o.y},l,s.x,s.y))}#l(e){let{scale:t,x:n,y:r}=this.surface.view();return{x:(e.x-n)/t,y:(e.y-r)/t}}#u(e,t,n){return Math.hypot(t.x-e.x,t.y-e.y)*this.surface.view().scale>n}#d(e,t){let{width:n,height:r}=this.surface,[i,a]=[e.x,t.x].map(e=>Math.max(0,Math.min(n,e))).sort((e,t)=>e-t),[o,s]=[e.y,t.y].map(e=>Math.max(0,Math.min(r,e))).sort((e,t)=>e-t);return[i,o,a,s]}};function Ns(e,t){return{x:(e.x+t.x)/2,y:(e.y+t.y)/2}}function Ps(e,t,n,r){let i=A.get(t,e);return{width:n,height:r,data:i?z(i.rle).data.slice():new Uint8Array(n*r)}}function Fs(e,t,n){for(let r of D().objects){let i=r.objectId===t?void 0:A.get(n,r.objectId);i&&z(i.rle).data.forEach((t,n)=>t&&(e.data[n]=0))}}function Is(){let[e,t]=(0,J.useState)(qn),n=Ls();return e||!n?null:(0,X.jsxs)(`div`,{className:`hint`,role:`note`,"aria-label":`Hint`,children:[n,(0,X.jsx)(`button`,{className:`plain`,title:`No more hints`,"aria-label":`No more hints`,onClick:()=>{Jn(),t(!0)},children:(0,X.jsx)(Z,{name:`close`})})]})}function Ls(){let e=E(e=>e.tool),t=E(e=>e.objects),n=E(e=>e.tracking!==null),r=E(e=>e.training!==null),i=E(e=>e.lastRun!==null||e.objects.some(e=>e.adapters.length)),a=E(e=>e.corrected.size+e.accepted.size),o=E(e=>e.review!==null),s=E(e=>e.pendingPrompts.length>0);E(e=>e.masksVersion);let c=t.filter(({promptedFrames:e})=>e.length).length;return n||r||s||o?null:c===0?(0,X.jsxs)(`span`,{children:[e===`point`?`Click an object, or drag a box around it`:`Draw over an object`,` · `,(0,X.jsx)(`kbd`,{children:`?`}),` lists all keys`]}):!(wt().annotated>Math.max(...t.map(({promptedFrames:e})=>e.length)))&&a===0?c<t.length?(0,X.jsx)(`span`,{children:`Click the new object`}):(0,X.jsxs)(`span`,{children:[`Wrong? Click what is missing, right click what is too much. Then`,` `,(0,X.jsxs)(`button`,{onClick:()=>fn(),children:[`add the next object `,(0,X.jsx)(`kbd`,{children:`N`})]}),` `,`or`,` `,(0,X.jsxs)(`button`,{onClick:()=>dr(!1),children:[`track `,(0,X.jsx)(`kbd`,{children:`T`})]})]}):a===1&&wt().stale>0?(0,X.jsxs)(`span`,{children:[i?`The model has learned from your correction: see Learning`:`Your correction is saved`,`. Now`,` `,(0,X.jsxs)(`button`,{onClick:()=>dr(!1),children:[`track `,(0,X.jsx)(`kbd`,{children:`T`})]}),` `,`on, so that later masks follow it`]}):i||a>0?null:(0,X.jsxs)(`span`,{children:[`Look at the frame`,` `,(0,X.jsxs)(`button`,{onClick:_o,children:[`most in doubt `,(0,X.jsx)(`kbd`,{children:`D`})]}),`. Where a mask is wrong, correct it with a click: the model learns from it`]})}function Rs(){let e=E(e=>e.review),t=E(e=>e.objects);if(!e)return null;let{objectId:n,first:r,last:i,certainty:a}=e.ranges[e.current],o=t.find(e=>e.objectId===n),s=Math.round(100*e.current/e.ranges.length);return(0,X.jsxs)(`section`,{className:`review`,"aria-label":`Review`,children:[(0,X.jsx)(`progress`,{max:e.ranges.length,value:e.current,"aria-label":`Reviewed`}),(0,X.jsxs)(`b`,{children:[s,` %`]}),(0,X.jsxs)(`span`,{children:[o?L(o):`A removed object`,`, `,r===i?`frame ${r}`:`frames ${r} to ${i}`,`, confidence `,a.toFixed(2)]}),(0,X.jsxs)(`button`,{className:`primary`,title:`The masks are right: confirm them (Enter)`,onClick:()=>void bo(),children:[`Accept `,(0,X.jsx)(`kbd`,{children:`Enter`})]}),(0,X.jsxs)(`button`,{title:`The object is not there on these frames (Shift A)`,onClick:()=>void xo(),children:[`Absent `,(0,X.jsx)(`kbd`,{children:`Shift A`})]}),(0,X.jsx)(`button`,{title:`After a correction on one of the frames: track them again`,onClick:()=>mr({first:r,last:i},!1,[n]),children:`Track again`}),(0,X.jsxs)(`button`,{title:`Leave the range as it is (D)`,onClick:So,children:[`Next `,(0,X.jsx)(`kbd`,{children:`D`})]}),(0,X.jsx)(`button`,{className:`plain`,title:`End the review (V)`,onClick:yo,children:`End`})]})}var zs=300,Bs={x:0,y:0};addEventListener(`pointermove`,e=>Object.assign(Bs,{x:e.clientX,y:e.clientY}),{passive:!0});function Vs(){let e=E(e=>e.pending>0),[t,n]=(0,J.useState)(null);return(0,J.useEffect)(()=>{if(!e)return;let t=()=>n({...Bs}),r=setTimeout(()=>{t(),addEventListener(`pointermove`,t,{passive:!0})},zs);return()=>{clearTimeout(r),removeEventListener(`pointermove`,t),n(null)}},[e]),t?(0,X.jsx)(`span`,{className:`spinner`,role:`status`,style:{left:t.x,top:t.y},children:(0,X.jsx)(`span`,{className:`unseen`,children:`The server is working`})}):null}var Hs={PROPAGATE_TO_FRAME:`Tracking to a frame`,PROMPT:`Tracking before the prompt`,CORRECTION:`Tracking before the correction`,TRAINING:`Tracking before the training`,CANDIDATES:`Tracking before the candidates`};function Us(){let e=E(e=>e.trackingFirst);return e?(0,X.jsxs)(`p`,{className:`notice progress first`,role:`status`,children:[Hs[e.purpose],(0,X.jsx)(`progress`,{max:e.total,value:e.completed,"aria-label":`Frames tracked first`}),(0,X.jsxs)(`output`,{children:[e.completed,` / `,e.total]}),(0,X.jsx)(`button`,{title:`Frames that are tracked already stay; nothing else changes`,onClick:()=>void kr(),children:`Cancel`})]}):null}function Ws(){let e=E(e=>e.video),t=E(e=>e.tool),n=(0,J.useRef)(null),r=(0,J.useRef)(null),i=(0,J.useRef)(null),a=(0,J.useRef)(0),o=(0,J.useRef)(0),[s,c]=(0,J.useState)({scale:1,x:0,y:0}),l=(0,J.useRef)(()=>{cancelAnimationFrame(o.current),o.current=requestAnimationFrame(()=>{let e=r.current;if(!e||!i.current)return;j.current?.get(D().frame)&&(a.current=D().frame);let t=cs(e,i.current,a.current,d.draft);e.dataset.frame=j.current?.get(a.current)?String(a.current):``,e.dataset.masks=t.map(e=>`${e.objectId}:${e.serial}`).join(` `),e.setAttribute(`aria-label`,`Frame ${a.current}. ${ls(t)||`No mask`}`)})}).current,u=(0,J.useRef)(e=>{i.current=e,c(e),l()}).current,[d]=(0,J.useState)(()=>new Ms({width:e.width,height:e.height,view:()=>i.current,showView:u,frame:()=>a.current,redraw:l}));(0,J.useLayoutEffect)(()=>{let t=r.current,a=n.current,o=!0,s=()=>{o=!0,u(Es(a.clientWidth,a.clientHeight,e.width,e.height))},c=(e,t=a.clientWidth/2,n=a.clientHeight/2)=>{o=!1,u(Os(i.current,e,t,n))},f=()=>{t.width=Math.round(a.clientWidth*devicePixelRatio),t.height=Math.round(a.clientHeight*devicePixelRatio),o||!i.current?s():l()},p=e=>{e.preventDefault();let{left:t,top:n}=a.getBoundingClientRect();c(Math.exp(-e.deltaY*(e.deltaMode===1?.05:.0015)),e.clientX-t,e.clientY-n)},m=new ResizeObserver(f);m.observe(a),t.addEventListener(`wheel`,p,{passive:!1});let h=(e,t)=>{o=!1,u({...i.current,x:i.current.x+e,y:i.current.y+t})},g=(e,t,n,r)=>{o=!1,u(Ds(a.clientWidth,a.clientHeight,e,t,n,r))},_=(t,n)=>d.dab({x:t*e.width,y:n*e.height}),[v,y,b]=[()=>d.cancel(),()=>d.closePolygon(),()=>d.removeCorner()];return Object.assign($,{fit:s,zoom:c,pan:h,zoomTo:g,dab:_,cancel:v,close:y,removeCorner:b}),()=>{m.disconnect(),t.removeEventListener(`wheel`,p)}},[e,d,u,l]),(0,J.useEffect)(()=>k((e,t)=>{e.pending===0&&t.pending>0&&d.forgetPainted(),(e.tool!==t.tool||e.frame!==t.frame)&&d.cancel(),l()}),[d,l]);let f=e=>{let{left:t,top:r}=n.current.getBoundingClientRect();return{x:e.clientX-t,y:e.clientY-r}};return(0,X.jsxs)(`section`,{className:`stage`,"aria-label":`Picture`,children:[(0,X.jsxs)(`div`,{className:`holder`,ref:n,children:[(0,X.jsx)(`canvas`,{ref:r,role:`img`,"data-tool":t,onMouseDown:e=>{e.preventDefault(),document.activeElement instanceof HTMLElement&&document.activeElement.blur()},onPointerDown:e=>{e.currentTarget.setPointerCapture(e.pointerId),d.down(e.nativeEvent,f(e))},onPointerMove:e=>{d.move(e.nativeEvent,f(e));let t=e.buttons?null:d.otherObjectAt(f(e));e.currentTarget.dataset.over=String(t??``)},onPointerUp:e=>d.up(e.nativeEvent),onPointerCancel:e=>d.leave(e.nativeEvent),onPointerLeave:e=>d.leave(e.nativeEvent),onDoubleClick:()=>d.closePolygon(),onContextMenu:e=>e.preventDefault()}),(0,X.jsx)(ts,{view:s}),(0,X.jsx)(Is,{})]}),(0,X.jsxs)(`div`,{className:`overlay`,children:[(0,X.jsx)(Rs,{}),(0,X.jsx)(Us,{}),(0,X.jsx)(Q,{place:`stage`}),(0,X.jsx)(Q,{place:`track`})]}),(0,X.jsx)(Vs,{})]})}function Gs({url:e}){let t=(0,J.useRef)(null);return(0,J.useEffect)(()=>{let n=new AbortController;return On(e,n.signal).then(e=>{let n=t.current;n&&(n.width=e.width,n.height=e.height,n.getContext(`2d`).drawImage(e,0,0))}).catch(()=>{}),()=>n.abort()},[e]),(0,X.jsx)(`canvas`,{ref:t,"aria-hidden":`true`})}function Ks({trackedFrameCount:e,frameStep:t,video:n,objects:r}){let i=Math.ceil(n.frameCount/t);return r.length>0&&r.every(({confirmedRanges:e,absentRanges:n})=>{let r=new Set;for(let{first:i,last:a}of[...e,...n])for(let e=Math.ceil(i/t)*t;e<=a;e+=t)r.add(e);return r.size>=i})?`done`:e>=i?`to review`:e>0?`in work`:`new`}function qs(e,t){let n=e.findLast(e=>e.video.path===t);return n?Ks(n):`new`}var Js=6;function Ys({sessions:e,viewer:t,reload:n}){let[r,i]=(0,J.useState)(!1),[a,o]=(0,J.useState)(``);if(e.length===0)return null;let s=[...new Set(e.map(e=>e.user).filter(e=>e!==null))].sort(),c=e.filter(e=>a===``||e.user===a),l=c.toReversed().sort((e,n)=>Number(n.user===t)-Number(e.user===t));return(0,X.jsxs)(X.Fragment,{children:[(0,X.jsxs)(`div`,{className:`heading`,children:[(0,X.jsx)(`h2`,{children:`Go on`}),t&&(0,X.jsxs)(`select`,{"aria-label":`User`,value:a,onChange:e=>o(e.target.value),children:[(0,X.jsx)(`option`,{value:``,children:`of everyone`}),s.map(e=>(0,X.jsx)(`option`,{value:e,children:e===t?`mine (${e})`:e},e))]})]}),(0,X.jsx)(`ul`,{className:`sessions`,children:l.slice(0,r?void 0:Js).map(e=>(0,X.jsx)(`li`,{children:(0,X.jsx)(Xs,{session:e,viewer:t,reload:n})},e.sessionId))}),!r&&c.length>Js&&(0,X.jsxs)(`button`,{onClick:()=>i(!0),children:[`Show all `,c.length,` sessions`]})]})}function Xs({session:e,viewer:t,reload:n}){let{sessionId:r,video:i,objects:a,trackedFrameCount:o,createdAt:s,user:c}=e,l=R(i.path);return(0,X.jsxs)(X.Fragment,{children:[(0,X.jsxs)(`a`,{href:`#session=${r}`,title:l,children:[(0,X.jsx)(Gs,{url:i.posterUrl}),(0,X.jsxs)(`span`,{className:`about`,children:[(0,X.jsx)(`b`,{children:l}),(0,X.jsxs)(`small`,{children:[a.length,` object`,a.length===1?``:`s`,` ·`,` `,(0,X.jsx)(`time`,{dateTime:s,children:new Date(s).toLocaleString([],{dateStyle:`medium`,timeStyle:`short`})}),t&&c&&c!==t&&` · by ${c}`,e.private&&` · private`]}),(0,X.jsxs)(`small`,{className:`done`,children:[(0,X.jsx)(`progress`,{max:i.frameCount,value:o,"aria-label":`Frames with masks`}),o,` of `,i.frameCount,` frames · `,Ks(e)]})]})]}),(0,X.jsx)(Ra,{className:`plain`,question:`Delete its masks?`,title:`Delete the session with its masks and adapters; the video stays`,label:`Delete the session on ${l}`,onConfirm:()=>void ri(r).then(n),children:(0,X.jsx)(Z,{name:`remove`})})]})}var Zs=`sam2-lit:theme`,Qs=[`system`,`light`,`dark`];function $s(){let e=localStorage.getItem(Zs);return Qs.find(t=>t===e)??`system`}function ec(e){document.documentElement.dataset.theme=e,localStorage.setItem(Zs,e)}function tc(){let e=Qs[(Qs.indexOf($s())+1)%Qs.length];return ec(e),e}function nc(){let[e,t]=(0,J.useState)($s);return(0,X.jsx)(`button`,{title:`Theme: ${e}`,"aria-label":`Theme: ${e}`,onClick:()=>t(tc()),children:(0,X.jsx)(Z,{name:e})})}var rc=[`new`,`in work`,`to review`,`done`],ic=24,ac=1e3,oc=250;function sc({sessions:e}){let t=E(e=>e.connected),[n,r]=(0,J.useState)(``),[i,a]=(0,J.useState)(ic),[o,s]=(0,J.useState)(``),[c,l]=(0,J.useState)(null),u=(0,J.useRef)(0),d=(0,J.useCallback)(async()=>{let e=++u.current;try{let t=await cc(n,i);e===u.current&&l(t)}catch(t){e===u.current&&F(`start`,t)}},[n,i]);(0,J.useEffect)(()=>{if(!t)return;let e=setTimeout(()=>void d(),n?oc:0);return()=>clearTimeout(e)},[t,d,n]);let f=t&&!!c?.preparing.length;(0,J.useEffect)(()=>{if(!f)return;let e=setInterval(()=>void d(),ac);return()=>clearInterval(e)},[f,d]);let p=(c?.edges??[]).map(({node:t})=>({node:t,status:qs(e,t.path)})),m=p.filter(({status:e})=>o===``||e===o);return(0,X.jsxs)(X.Fragment,{children:[(0,X.jsxs)(`div`,{className:`heading`,children:[(0,X.jsx)(`h2`,{children:`Videos`}),(0,X.jsxs)(`select`,{"aria-label":`Status of the work`,value:o,onChange:e=>s(e.target.value),children:[(0,X.jsxs)(`option`,{value:``,children:[`all (`,p.length,`)`]}),rc.map(e=>(0,X.jsxs)(`option`,{value:e,children:[e,` (`,p.filter(({status:t})=>t===e).length,`)`]},e))]}),c&&(n||c.totalCount>c.edges.length)&&(0,X.jsx)(`input`,{type:`search`,"aria-label":`Search videos`,placeholder:`Search ${c.totalCount}`,value:n,onChange:e=>{r(e.target.value),a(ic)}})]}),(0,X.jsx)(`ul`,{className:`videos`,children:m.map(({node:e,status:t})=>(0,X.jsx)(`li`,{children:(0,X.jsx)(lc,{video:e,status:t})},e.id))}),c?.pageInfo.hasNextPage&&(0,X.jsx)(`button`,{onClick:()=>a(i+ic),children:`Show more videos`}),c?.preparing.map(e=>(0,X.jsxs)(`p`,{className:`preparing`,children:[e.path,`: its frames are put in order, `,Math.round(e.progress*100),` %`,` `,(0,X.jsx)(`progress`,{max:1,value:e.progress,"aria-label":e.path})]},e.path)),!!c?.unusable.length&&(0,X.jsxs)(`details`,{className:`unusable`,children:[(0,X.jsxs)(`summary`,{children:[c.unusable.length,` file`,c.unusable.length===1?``:`s`,` cannot be used`]}),(0,X.jsx)(`ul`,{children:c.unusable.map((e,t)=>(0,X.jsxs)(`li`,{children:[(0,X.jsx)(`b`,{children:e.path}),` `,e.reason]},t))})]})]})}async function cc(e,t){let{videos:n}=await x(Se,{search:e,first:ic,after:null});for(;n.edges.length<t&&n.pageInfo.hasNextPage;){let{videos:t}=await x(Se,{search:e,first:ic,after:n.pageInfo.endCursor});n={...t,edges:[...n.edges,...t.edges],unusable:[...n.unusable,...t.unusable],preparing:[...n.preparing,...t.preparing]}}return n}function lc({video:e,status:t}){return(0,X.jsxs)(`button`,{className:`card`,title:R(e.path),onClick:()=>ei(e.path),children:[(0,X.jsx)(Gs,{url:e.posterUrl}),(0,X.jsx)(`b`,{children:R(e.path)}),(0,X.jsxs)(`small`,{children:[e.width,` × `,e.height,` · `,e.frameCount,` frames · `,e.durationSec.toFixed(1),` s · `,t]})]})}var uc=`sam2.1_hiera_small`;function dc({progress:e,upload:t}){let[n,r]=(0,J.useState)(null),i=E(e=>e.connected),a=(0,J.useRef)(null),o=(0,J.useCallback)(()=>void x(xe,{}).then(r,e=>F(`start`,e)),[]);return(0,J.useEffect)(()=>{i&&o()},[i,o]),(0,X.jsxs)(`main`,{className:`start`,children:[(0,X.jsxs)(`header`,{children:[(0,X.jsx)(Ti,{}),(0,X.jsx)(`p`,{children:`Track objects through a video. Every correction teaches the model while you work.`}),n?.viewer&&(0,X.jsxs)(`span`,{className:`quiet`,children:[`Signed in as `,n.viewer.name]}),(0,X.jsx)(nc,{})]}),(0,X.jsx)(Q,{place:`start`}),n&&(0,X.jsx)(Ys,{sessions:n.sessions,viewer:n.viewer?.name??null,reload:o}),(0,X.jsx)(`section`,{className:`drop`,onClick:e=>e.target===e.currentTarget&&a.current?.click(),children:e===null?(0,X.jsxs)(X.Fragment,{children:[(0,X.jsx)(Z,{name:`upload`}),(0,X.jsx)(`p`,{children:`Drop a video or a ZIP of frames here, or`}),(0,X.jsx)(`button`,{className:`primary`,onClick:()=>a.current?.click(),children:`choose a file`}),(0,X.jsx)(`input`,{ref:a,type:`file`,accept:`video/*,.mkv,.ts,.mts,.m2ts,.gif,.zip`,hidden:!0,onChange:e=>e.target.files?.[0]&&t(e.target.files[0])})]}):(0,X.jsxs)(X.Fragment,{children:[(0,X.jsx)(`p`,{children:e<1?`Uploading, ${Math.round(e*100)} %`:`The server is reading the video…`}),(0,X.jsx)(`progress`,{max:1,value:e<1?e:void 0,"aria-label":`Upload`}),(0,X.jsx)(`button`,{onClick:wi,children:`Cancel`})]})}),(0,X.jsx)(sc,{sessions:n?.sessions??[]}),n?.model.name===`pocket`&&(0,X.jsx)(`p`,{className:`notice`,role:`note`,"aria-label":`About the model`,children:(0,X.jsxs)(`span`,{children:[`The model here, pocket, is small: it is for trying the page out. For real work stop the server, then`,` `,(0,X.jsxs)(`code`,{children:[`.venv/bin/sam2-lit download `,uc]}),` and `,(0,X.jsxs)(`code`,{children:[`scripts/serve --model `,uc]}),`.`]})}),n&&(0,X.jsxs)(`footer`,{children:[`Model `,n.model.name,` on `,n.model.device,`, `,(n.model.parameterCount/1e6).toFixed(1),` million parameters ·`,` `,(0,X.jsx)(`a`,{href:`/graphql`,children:`GraphQL`})]})]})}var fc=40,pc=400,mc=null,hc=new Map,gc=Promise.resolve();function _c(e,t,n){mc!==e&&hc.clear(),mc=e;let r=hc.get(t);if(r)return Promise.resolve(r);let i=gc.then(async()=>{if(!n()||mc!==e)return null;let r=await On(e.frameUrlTemplate.replace(`{index}`,String(t))),i=await createImageBitmap(r,{resizeHeight:80,resizeQuality:`medium`});return r.close(),hc.size>=pc&&hc.delete(hc.keys().next().value),hc.set(t,i),i});return gc=i.catch(()=>{}),i}function vc({scale:e,scroller:t}){let n=E(e=>e.video),[r,i]=(0,J.useState)(0);(0,J.useEffect)(()=>{let e=t.current,n=()=>i(e.scrollLeft);return e.addEventListener(`scroll`,n,{passive:!0}),()=>e.removeEventListener(`scroll`,n)},[t]);let a=fc*n.width/n.height,o=Math.max(1,Math.ceil(a/e.step)),s=Math.max(0,Math.floor(e.frameAt(r)/o)*o),c=e.frameAt(r+(t.current?.clientWidth??0)),l=[];for(let e=s;e<=c;e+=o)l.push(e);return(0,X.jsx)(`div`,{className:`film`,style:{height:fc},"aria-label":`Filmstrip`,role:`group`,children:l.map(t=>(0,X.jsx)(yc,{video:n,frame:t,x:e.x(t)-e.step/2,width:a},t))})}function yc({video:e,frame:t,x:n,width:r}){let i=(0,J.useRef)(null);return(0,J.useEffect)(()=>{let n=!0;return _c(e,t,()=>n).then(e=>{let t=i.current;e&&t&&(t.width=e.width,t.height=e.height,t.getContext(`2d`).drawImage(e,0,0),t.dataset.shown=`true`)}).catch(()=>{}),()=>void(n=!1)},[e,t]),(0,X.jsx)(`canvas`,{ref:i,"data-thumbnail":t,style:{left:n,width:r,height:fc},onClick:()=>q(t)})}var bc=12,xc=class{width;count;step;constructor(e,t){this.width=e,this.count=t,this.step=(e-24)/Math.max(t,1)}x(e){return bc+(e+.5)*this.step}frameAt(e){return Math.max(0,Math.min(this.count-1,Math.floor((e-bc)/this.step)))}bands(e,t,n){let r=``;for(let i=0;i<e.length;){let a=i;for(;e[a+1]===e[a]+1;)a++;let o=this.x(e[i])-this.step/2,s=(a-i+1)*this.step;r+=`M${o.toFixed(1)} ${t}h${s.toFixed(1)}v${n}h${(-s).toFixed(1)}z`,i=a+1}return r}},Sc=[.9,.75,.5,.25,0];function Cc(e){return Sc.findIndex(t=>e>=t)}var wc=2,Tc=15,Ec={top:18,height:8},Dc=(0,J.memo)(function({object:e,scale:t,corrected:n,accepted:r,suggested:i}){let{objectId:a,promptedFrames:o,absentRanges:s,confirmedRanges:c,color:l}=e,u=A.framesOf(a),d=e=>u.filter(e),f=e=>A.get(e,a),p=e=>n.has(T(a,e))||r.has(T(a,e)),m=Sc.map(()=>[]);for(let e of u){let t=Yt(f(e));t!==null&&m[Cc(t)].push(e)}return(0,X.jsxs)(`g`,{"data-row":a,children:[(0,X.jsx)(`path`,{className:`tracked`,d:t.bands(d(e=>f(e).source!==`ABSENT`),wc,Tc),fill:l}),(0,X.jsx)(`path`,{className:`absent`,"data-absent":a,d:Oc(s,t,8.5,2),fill:l}),(0,X.jsx)(`path`,{className:`confirmed`,"data-confirmed":a,d:Oc(c,t,0,3)}),(0,X.jsx)(`path`,{className:`stale`,d:t.bands(d(e=>f(e).stale),wc,Tc)}),(0,X.jsx)(`path`,{className:`adapter`,d:t.bands(d(e=>f(e).source===`LORA`),13,4)}),m.map((e,n)=>(0,X.jsx)(`path`,{className:`doubt`,"data-step":n,d:t.bands(e,Ec.top,Ec.height)},n)),d(e=>i.has(T(a,e))).map(e=>(0,X.jsx)(`path`,{className:`suggested`,d:`M${t.x(e)} ${wc}l3.5 6h-7z`},e)),o.map(e=>p(e)?(0,X.jsx)(`circle`,{className:`correction`,"data-correction":e,"data-accepted":r.has(T(a,e)),cx:t.x(e),cy:9.5,r:`4.5`},e):(0,X.jsx)(`path`,{className:`prompted`,"data-prompted":e,d:`M${t.x(e)} 4l5.5 5.5-5.5 5.5-5.5-5.5z`},e)),(0,X.jsx)(`rect`,{className:`row-edge`,y:29,width:t.width,height:`1`})]})},kc);function Oc(e,t,n,r){return e.map(({first:e,last:i})=>{let[a,o]=[t.x(e)-t.step/2,(i-e+1)*t.step];return`M${a.toFixed(1)} ${n}h${o.toFixed(1)}v${r}h${(-o).toFixed(1)}z`}).join(``)}function kc(e,t){return e.object===t.object&&e.scale.width===t.scale.width&&e.scale.count===t.scale.count&&e.version===t.version&&e.corrected===t.corrected&&e.accepted===t.accepted&&e.suggested===t.suggested}var Ac=132;function jc({zoom:e,setZoom:t,filmstrip:n,height:r}){let i=E(e=>e.objects),a=E(e=>e.selected),o=E(e=>e.video.frameCount),s=E(e=>e.video.fps),c=E(e=>e.masksVersion),l=E(e=>e.corrected),u=E(e=>e.accepted),d=E(e=>e.suggested),f=E(e=>e.range),p=(0,J.useRef)(null),[m,h]=(0,J.useState)(600);(0,J.useLayoutEffect)(()=>{let e=new ResizeObserver(()=>h(p.current.clientWidth-Ac));return e.observe(p.current),()=>e.disconnect()},[]);let g=Math.max(1,o*32/m),_=new xc(m*Math.min(e,g),o);Mc(p,e,g,t);let v=(0,J.useRef)(0),y=e=>{if(e.buttons!==1)return;e.currentTarget.setPointerCapture(e.pointerId);let t=_.frameAt(e.clientX-e.currentTarget.getBoundingClientRect().left);e.type===`pointerdown`&&(v.current=t),e.shiftKey?O({range:{first:Math.min(v.current,t),last:Math.max(v.current,t)}}):q(t)},b=Math.max(i.length,1)*30;return(0,X.jsxs)(`div`,{className:`tracks`,ref:p,style:{gridTemplateColumns:`${Ac}px ${_.width}px`,...r!==null&&{height:r,maxHeight:`none`}},children:[(0,X.jsx)(`div`,{className:`corner`}),(0,X.jsxs)(`div`,{className:`ruler`,onPointerDown:y,onPointerMove:y,children:[(0,X.jsx)(`svg`,{width:_.width,height:20,"aria-hidden":`true`,children:(0,X.jsx)(Ic,{scale:_,fps:s})}),(0,X.jsx)(Pc,{scale:_,scroller:p})]}),n&&(0,X.jsxs)(X.Fragment,{children:[(0,X.jsx)(`div`,{className:`corner film`}),(0,X.jsx)(vc,{scale:_,scroller:p})]}),(0,X.jsx)(`ul`,{className:`labels`,children:i.map(({objectId:e,name:t,color:n})=>(0,X.jsx)(Nc,{name:L({objectId:e,name:t}),color:n,selected:e===a,select:()=>O({selected:e})},e))}),(0,X.jsxs)(`div`,{className:`scrub`,onPointerDown:y,onPointerMove:y,children:[(0,X.jsxs)(`svg`,{width:_.width,height:b,"aria-hidden":`true`,children:[(0,X.jsx)(`defs`,{children:(0,X.jsx)(`pattern`,{id:`stale`,width:`5`,height:`5`,patternUnits:`userSpaceOnUse`,patternTransform:`rotate(45)`,children:(0,X.jsx)(`rect`,{width:`2.5`,height:`5`})})}),i.map((e,t)=>(0,X.jsxs)(`g`,{transform:`translate(0 ${t*30})`,children:[(0,X.jsx)(`rect`,{className:`row`,"data-selected":e.objectId===a,width:_.width,height:29}),(0,X.jsx)(Dc,{object:e,scale:_,version:c,corrected:l,accepted:u,suggested:d})]},e.objectId)),f&&(0,X.jsx)(`path`,{className:`range`,d:`M${_.x(f.first)-_.step/2} 0H${_.x(f.last)+_.step/2}V${b}H${_.x(f.first)-_.step/2}z`})]}),(0,X.jsx)(Fc,{scale:_})]})]})}function Mc(e,t,n,r){(0,J.useLayoutEffect)(()=>{let i=e.current,a=e=>{if(!e.ctrlKey&&!e.metaKey)return;e.preventDefault();let a=Math.max(1,Math.min(n,t*Math.exp(-e.deltaY*.003))),o=e.clientX-i.getBoundingClientRect().left-Ac;r(a),requestAnimationFrame(()=>i.scrollLeft=(i.scrollLeft+o)*a/t-o)};return i.addEventListener(`wheel`,a,{passive:!1}),()=>i.removeEventListener(`wheel`,a)},[e,t,n,r])}function Nc({name:e,color:t,selected:n,select:r}){let i=(0,J.useRef)(null);return(0,J.useEffect)(()=>{n&&i.current?.scrollIntoView({block:`nearest`,inline:`nearest`})},[n]),(0,X.jsxs)(`li`,{ref:i,style:{height:30},"aria-current":n,title:e,onClick:r,children:[(0,X.jsx)(`i`,{style:{background:t}}),(0,X.jsx)(`span`,{children:e})]})}function Pc({scale:e,scroller:t}){let n=E(e=>e.frame),r=e.x(n);return(0,J.useLayoutEffect)(()=>{let e=t.current;if(!e)return;let n=e.clientWidth-Ac;(r<e.scrollLeft||r>e.scrollLeft+n)&&(e.scrollLeft=r-n/2)},[r,t]),(0,X.jsx)(`div`,{className:`playhead`,role:`slider`,tabIndex:0,"aria-label":`Frame`,"aria-valuemin":0,"aria-valuemax":e.count-1,"aria-valuenow":n,style:{left:r}})}function Fc({scale:e}){let t=E(e=>e.frame);return(0,X.jsx)(`div`,{className:`line`,style:{left:e.x(t)}})}function Ic({scale:e,fps:t}){let n=[1,2,5,10,20,50,100,200,500,1e3,2e3,5e3,1e4].find(t=>t*e.step>=56)??2e4;return Array.from({length:Math.ceil(e.count/n)},(e,t)=>t*n).map(n=>(0,X.jsxs)(`g`,{className:`mark`,children:[(0,X.jsx)(`line`,{x1:e.x(n),x2:e.x(n),y1:15,y2:20}),(0,X.jsxs)(`text`,{x:e.x(n),y:12,textAnchor:`middle`,children:[n,(0,X.jsxs)(`title`,{children:[(n/t).toFixed(2),` s`]})]})]},n))}function Lc({label:e,title:t,button:n,children:r}){let[i,a]=(0,J.useState)(!1),o=(0,J.useRef)(null);return(0,J.useEffect)(()=>{if(!i)return;let e=e=>o.current?.contains(e.target)||a(!1),t=e=>{e.key===`Escape`&&(e.stopPropagation(),a(!1))};return addEventListener(`pointerdown`,e),addEventListener(`keydown`,t,{capture:!0}),()=>{removeEventListener(`pointerdown`,e),removeEventListener(`keydown`,t,{capture:!0})}},[i]),(0,X.jsxs)(`div`,{className:`menu`,ref:o,children:[(0,X.jsx)(`button`,{"aria-expanded":i,"aria-label":e,title:t??e,onClick:()=>a(!i),children:n}),i&&(0,X.jsx)(`div`,{className:`choices`,onClick:e=>e.target.closest(`button`)&&a(!1),children:r})]})}function Rc(){return(0,X.jsx)(Lc,{label:`Legend`,title:`What the timeline's colors and marks mean`,button:(0,X.jsx)(X.Fragment,{children:`Legend`}),children:(0,X.jsxs)(`ul`,{className:`legend`,children:[(0,X.jsxs)(`li`,{children:[(0,X.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,X.jsx)(`path`,{className:`prompted`,d:`M6 1l5 5-5 5-5-5z`})}),` prompt`]}),(0,X.jsxs)(`li`,{children:[(0,X.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,X.jsx)(`circle`,{className:`correction`,cx:`6`,cy:`6`,r:`4`})}),` correction`]}),(0,X.jsxs)(`li`,{children:[(0,X.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,X.jsx)(`rect`,{className:`adapter`,x:`0`,y:`4`,width:`12`,height:`4`})}),` mask by an adapter`]}),(0,X.jsxs)(`li`,{children:[(0,X.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,X.jsx)(`path`,{className:`suggested`,d:`M6 2l4 8H2z`})}),` an adapter suggests a mask`]}),(0,X.jsxs)(`li`,{children:[(0,X.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,X.jsx)(`rect`,{className:`confirmed`,x:`0`,y:`4`,width:`12`,height:`4`})}),` confirmed: tracking leaves it`]}),(0,X.jsxs)(`li`,{children:[(0,X.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,X.jsx)(`rect`,{className:`absent`,x:`0`,y:`5`,width:`12`,height:`2`})}),` not there`]}),(0,X.jsxs)(`li`,{children:[(0,X.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,X.jsx)(`rect`,{className:`stale`,x:`1`,y:`2`,width:`10`,height:`8`})}),` stale: track again`]}),(0,X.jsxs)(`li`,{className:`scale`,children:[(0,X.jsx)(`span`,{children:`Doubt, by the model's confidence (predicted IoU times the probability that the object is in view):`}),(0,X.jsx)(zc,{numbers:!0})]})]})})}function zc({numbers:e=!1}){return(0,X.jsxs)(`span`,{className:`doubts`,title:`The lower strip of each object: how sure the model is`,children:[e?`1`:`sure`,Sc.map((t,n)=>(0,X.jsxs)(`span`,{children:[(0,X.jsx)(`svg`,{viewBox:`0 0 12 8`,children:(0,X.jsx)(`rect`,{className:`doubt`,"data-step":n,width:`12`,height:`8`})}),e&&t]},n)),e?``:`in doubt`]})}var Bc=[.25,.5,1,2,4];function Vc({zoom:e,setZoom:t,filmstrip:n,toggleFilmstrip:r}){let i=E(e=>e.playing),a=E(e=>e.speed);return(0,X.jsxs)(`div`,{className:`transport`,children:[(0,X.jsxs)(`div`,{className:`group`,children:[(0,X.jsx)(`button`,{title:`Previous prompt of the object (Page Up)`,"aria-label":`Previous prompt`,onClick:()=>_i(-1),children:(0,X.jsx)(Z,{name:`previousKey`})}),(0,X.jsx)(`button`,{title:`Previous frame (←)`,"aria-label":`Previous frame`,onClick:()=>gi(-1),children:(0,X.jsx)(Z,{name:`previous`})}),(0,X.jsx)(`button`,{title:`Play, pause (Space)`,"aria-label":i?`Pause`:`Play`,onClick:yi,children:(0,X.jsx)(Z,{name:i?`pause`:`play`})}),(0,X.jsx)(`button`,{title:`Next frame (→)`,"aria-label":`Next frame`,onClick:()=>gi(1),children:(0,X.jsx)(Z,{name:`next`})}),(0,X.jsx)(`button`,{title:`Next prompt of the object (Page Down)`,"aria-label":`Next prompt`,onClick:()=>_i(1),children:(0,X.jsx)(Z,{name:`nextKey`})})]}),(0,X.jsx)(Hc,{}),(0,X.jsx)(`select`,{"aria-label":`Playback speed`,title:`Playback speed`,value:a,onChange:e=>O({speed:Number(e.target.value)}),children:Bc.map(e=>(0,X.jsxs)(`option`,{value:e,children:[e,`×`]},e))}),(0,X.jsx)(Wc,{}),(0,X.jsx)(Kc,{}),(0,X.jsxs)(`button`,{title:`Go to the mask that the model is least sure of (D)`,onClick:_o,children:[(0,X.jsx)(Z,{name:`doubt`}),` Next doubtful`]}),(0,X.jsx)(qc,{}),(0,X.jsx)(Jc,{}),(0,X.jsx)(Yc,{}),(0,X.jsx)(`span`,{className:`spring`}),(0,X.jsx)(zc,{}),(0,X.jsx)(Rc,{}),(0,X.jsxs)(`div`,{className:`group`,children:[(0,X.jsx)(`button`,{title:`Pictures along the timeline`,"aria-label":`Filmstrip`,"aria-pressed":n,onClick:r,children:(0,X.jsx)(Z,{name:`video`})}),(0,X.jsx)(`button`,{title:`Timeline: zoom out (Ctrl and the wheel)`,"aria-label":`Timeline: zoom out`,disabled:e<=1,onClick:()=>t(Math.max(1,e/1.6)),children:(0,X.jsx)(Z,{name:`zoomOut`})}),(0,X.jsx)(`button`,{title:`Timeline: zoom in (Ctrl and the wheel)`,"aria-label":`Timeline: zoom in`,onClick:()=>t(e*1.6),children:(0,X.jsx)(Z,{name:`zoomIn`})})]})]})}function Hc(){let e=E(e=>e.frame),t=E(e=>e.video),[n,r]=(0,J.useState)(null);return(0,X.jsxs)(`label`,{className:`frame`,title:`Go to a frame (G)`,children:[(0,X.jsx)(`span`,{children:`Frame`}),(0,X.jsx)(`input`,{type:`number`,"aria-label":`Frame`,min:0,max:t.frameCount-1,value:n??e,onFocus:t=>{r(String(e)),t.target.select()},onBlur:()=>r(null),onChange:e=>{r(e.target.value),e.target.value!==``&&q(e.target.valueAsNumber)},onKeyDown:e=>(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}),(0,X.jsxs)(`small`,{children:[`of `,t.frameCount,` · `,(e/t.fps).toFixed(2),` s`]})]})}var Uc=[1,2,3,4,5,6,8,10,12,15,20,25,30,60];function Wc(){let e=E(e=>e.frameStep),t=E(e=>e.sessionId!==null),n=E(e=>e.video.fps);return t&&e===1?null:(0,X.jsx)(`select`,{"aria-label":`Frames to work on`,title:`${Gc(n,e)} frames a second. ${t?`The session works on these frames`:`Which frames to work on; this stays as it is from the first change on`}`,disabled:t,value:e,onChange:e=>O({frameStep:Number(e.target.value),frame:0}),children:[...new Set([...Uc,e])].map(e=>(0,X.jsx)(`option`,{value:e,children:e===1?`every frame`:`every ${e}${e===2?`nd`:e===3?`rd`:`th`} frame (${Gc(n,e)}/s)`},e))})}function Gc(e,t){let n=e=>Number(e.toFixed(e<1?2:1));return t===1?String(n(e)):`${n(e/t)} of ${n(e)}`}function Kc(){let e=E(e=>e.tracking),t=E(e=>e.objects.some(e=>e.promptedFrames.length)),n=E(e=>e.onlySelected);E(e=>e.masksVersion),E(e=>e.objects),E(e=>e.selected);let r=e?0:St().length;return e?(0,X.jsxs)(`button`,{className:`primary stop`,title:`Stop (T)`,onClick:G,children:[(0,X.jsx)(Z,{name:`stop`}),` Stop`]}):(0,X.jsxs)(`div`,{className:`group`,children:[(0,X.jsxs)(`button`,{className:`primary`,title:`Track forward from the first frame that needs it (T)`,disabled:!t,onClick:()=>br(!1),children:[`Track`,r>0&&(0,X.jsxs)(`small`,{children:[r,` frames`]})]}),(0,X.jsxs)(Lc,{label:`More ways to track`,button:(0,X.jsx)(Z,{name:`more`}),children:[(0,X.jsxs)(`button`,{disabled:!t,onClick:()=>dr(!0),children:[`Back from this frame `,(0,X.jsx)(`kbd`,{children:`Shift T`})]}),(0,X.jsx)(`button`,{disabled:!t,onClick:pr,children:`Both ways from this frame`}),(0,X.jsxs)(`label`,{children:[(0,X.jsx)(`input`,{type:`checkbox`,checked:n,onChange:e=>O({onlySelected:e.target.checked})}),`Selected object only`]}),(0,X.jsx)(`p`,{className:`quiet`,children:`Shift and drag on the timeline marks frames to track.`})]})]})}function qc(){let e=E(e=>e.review!==null);return(0,X.jsxs)(`button`,{title:`Walk through all doubtful masks, worst first (V)`,"aria-pressed":e,onClick:vo,children:[(0,X.jsx)(Z,{name:`review`}),` Review`]})}function Jc(){let e=E(e=>e.review?null:e.range),t=E(e=>e.objects.some(e=>e.promptedFrames.length));return e?(0,X.jsxs)(`span`,{className:`progress marked`,children:[`Frames `,e.first,` to `,e.last,(0,X.jsx)(`button`,{disabled:!t,title:`Track these frames forward`,onClick:()=>mr(e,!1),children:`Track`}),(0,X.jsx)(`button`,{disabled:!t,title:`Track these frames backward`,onClick:()=>mr(e,!0),children:`Back`}),(0,X.jsx)(`button`,{title:`The selected object is not there on these frames (Shift A)`,onClick:()=>void oo(),children:`Absent`}),(0,X.jsx)(`button`,{title:`Confirm the selected object's masks there (K)`,onClick:()=>void uo(),children:`Confirm`}),(0,X.jsx)(`button`,{title:`Remove the selected object's masks there; prompts stay`,onClick:()=>void so(),children:`Remove`}),(0,X.jsx)(`button`,{className:`plain`,"aria-label":`Unmark the frames`,onClick:()=>O({range:null}),children:(0,X.jsx)(Z,{name:`close`})})]}):null}function Yc(){let e=E(e=>e.tracking),t=E(e=>e.following);return e?(0,X.jsxs)(`span`,{className:`progress`,children:[(0,X.jsx)(`progress`,{max:Math.max(e.total,1),value:e.completed,"aria-label":`Frames tracked`}),(0,X.jsxs)(`output`,{children:[e.completed,` / `,e.total||`…`,e.framesPerSecond!==null&&` · ${e.framesPerSecond.toFixed(1)} frames/s`]}),(0,X.jsxs)(`label`,{children:[(0,X.jsx)(`input`,{type:`checkbox`,checked:t,onChange:e=>O({following:e.target.checked})}),` Follow`]})]}):null}var Xc=56,Zc=20;function Qc(){let[e,t]=(0,J.useState)(1),[n,r]=(0,J.useState)(()=>Kn().filmstrip),[i,a]=(0,J.useState)(()=>Kn().timeline),o=e=>{let t=innerHeight/2,n=Math.round(Math.max(Xc,Math.min(t,e)));a(n),H({timeline:n})},s=()=>document.querySelector(`.tracks`).clientHeight;return(0,X.jsxs)(`footer`,{className:`timeline`,"aria-label":`Timeline`,children:[(0,X.jsx)(`div`,{className:`splitter`,role:`separator`,"aria-orientation":`horizontal`,"aria-label":`Height of the timeline`,"aria-valuenow":i??0,tabIndex:0,title:`Drag to change the height; double click fits the objects`,onPointerMove:e=>{e.buttons===1&&(e.currentTarget.setPointerCapture(e.pointerId),o(document.querySelector(`.tracks`).getBoundingClientRect().bottom-e.clientY-document.querySelector(`.transport`).offsetHeight))},onDoubleClick:()=>{a(null),H({timeline:null})},onKeyDown:e=>{(e.key===`ArrowUp`||e.key===`ArrowDown`)&&(e.stopPropagation(),o(s()+(e.key===`ArrowUp`?Zc:-20)))}}),(0,X.jsx)(Vc,{zoom:e,setZoom:t,filmstrip:n,toggleFilmstrip:()=>{r(!n),H({filmstrip:!n})}}),(0,X.jsx)(jc,{zoom:e,setZoom:t,filmstrip:n,height:i})]})}function $c(){let e=E(e=>e.pending>0),t=E(e=>e.connected),n=E(e=>e.sessionId===null),r=t?e?`Saving…`:n?`Nothing to save yet`:`Saved`:`Not connected`;return(0,X.jsx)(`span`,{className:`saved`,role:`status`,"data-saved":r===`Saved`,title:`The server saves every change when it answers`,children:r})}var el=[{tool:`point`,label:`Points and boxes`,key:`P`},{tool:`brush`,label:`Brush`,key:`B`},{tool:`eraser`,label:`Eraser`,key:`E`},{tool:`polygon`,label:`Polygon`,key:`O`},{tool:`lasso`,label:`Lasso`,key:`A`}];function tl(){let e=E(e=>e.video),t=E(e=>e.canUndo),n=E(e=>e.canRedo),r=E(e=>e.panels);return(0,X.jsxs)(`header`,{className:`toolbar`,children:[(0,X.jsx)(Ti,{}),(0,X.jsxs)(`button`,{className:`video`,title:`${R(e.path)}\nBack to the videos; the session stays`,onClick:$r,children:[(0,X.jsx)(Z,{name:`video`}),(0,X.jsx)(`span`,{children:R(e.path)})]}),(0,X.jsx)(nl,{}),(0,X.jsxs)(`div`,{className:`group`,children:[(0,X.jsx)(`button`,{title:`Undo (Ctrl Z)`,"aria-label":`Undo`,disabled:!t,onClick:()=>void Ma(),children:(0,X.jsx)(Z,{name:`undo`})}),(0,X.jsx)(`button`,{title:`Redo (Ctrl Y)`,"aria-label":`Redo`,disabled:!n,onClick:()=>void Na(),children:(0,X.jsx)(Z,{name:`redo`})})]}),(0,X.jsxs)(`div`,{className:`group`,children:[(0,X.jsx)(`button`,{title:`Zoom out (−)`,"aria-label":`Zoom out`,onClick:()=>$.zoom(.8),children:(0,X.jsx)(Z,{name:`zoomOut`})}),(0,X.jsx)(`button`,{title:`Zoom in (+)`,"aria-label":`Zoom in`,onClick:()=>$.zoom(1.25),children:(0,X.jsx)(Z,{name:`zoomIn`})}),(0,X.jsx)(`button`,{title:`Fit (0); Z shows the object`,"aria-label":`Fit`,onClick:()=>$.fit(),children:(0,X.jsx)(Z,{name:`fit`})})]}),(0,X.jsx)(`span`,{className:`spring`}),(0,X.jsx)($c,{}),(0,X.jsxs)(`button`,{title:`Export the masks (Ctrl S)`,onClick:()=>O({dialog:`export`}),children:[(0,X.jsx)(Z,{name:`download`}),` Export`]}),(0,X.jsx)(`button`,{title:`Show or hide the panels (\\)`,"aria-label":`Panels`,"aria-pressed":r,onClick:()=>{O({panels:!r}),H({panels:!r})},children:(0,X.jsx)(Z,{name:`panels`})}),(0,X.jsx)(nc,{}),(0,X.jsxs)(Lc,{label:`More`,button:(0,X.jsx)(Z,{name:`more`}),children:[(0,X.jsxs)(`button`,{onClick:()=>O({dialog:`import`}),children:[(0,X.jsx)(Z,{name:`upload`}),` Import masks… `,(0,X.jsx)(`kbd`,{children:`Ctrl O`})]}),(0,X.jsxs)(`button`,{onClick:()=>O({dialog:`labelSet`}),children:[(0,X.jsx)(Z,{name:`label`}),` Labels…`]}),(0,X.jsxs)(`button`,{onClick:()=>O({dialog:`shortcuts`}),children:[(0,X.jsx)(Z,{name:`help`}),` All keys `,(0,X.jsx)(`kbd`,{children:`?`})]}),(0,X.jsxs)(`button`,{onClick:()=>O({dialog:`delete`}),children:[(0,X.jsx)(Z,{name:`remove`}),` Delete session…`]})]})]})}function nl(){let e=E(e=>e.tool),t=E(e=>e.brush),n=e===`brush`||e===`eraser`;return(0,X.jsxs)(X.Fragment,{children:[(0,X.jsx)(`div`,{className:`group`,role:`radiogroup`,"aria-label":`Tool`,children:el.map(t=>(0,X.jsx)(`button`,{role:`radio`,"aria-checked":e===t.tool,"aria-label":t.label,title:`${t.label} (${t.key})`,onClick:()=>O({tool:t.tool}),children:(0,X.jsx)(Z,{name:t.tool})},t.tool))}),(0,X.jsxs)(`label`,{className:`brush`,"data-used":n,title:`Radius of the brush in video pixels ([ and ])`,children:[(0,X.jsx)(`span`,{children:`Size`}),(0,X.jsx)(`input`,{type:`range`,min:ft.least,max:ft.most,disabled:!n,value:t,onChange:e=>O({brush:e.target.valueAsNumber})}),(0,X.jsx)(`output`,{children:Math.round(t)})]}),(0,X.jsxs)(Lc,{label:`Mask`,title:`What to do with the mask`,button:(0,X.jsx)(X.Fragment,{children:`Mask`}),children:[(0,X.jsxs)(`button`,{onClick:()=>void oo(),children:[`Not there (absent) `,(0,X.jsx)(`kbd`,{children:`Shift A`})]}),(0,X.jsxs)(`button`,{onClick:()=>void uo(),children:[`Confirm, take back `,(0,X.jsx)(`kbd`,{children:`K`})]}),(0,X.jsxs)(`button`,{onClick:()=>void Oa(`holes`),children:[`Fill holes `,(0,X.jsx)(`kbd`,{children:`Shift F`})]}),(0,X.jsxs)(`button`,{onClick:()=>void Oa(`specks`),children:[`Drop specks `,(0,X.jsx)(`kbd`,{children:`Shift D`})]}),(0,X.jsx)(Ii,{})]})]})}function rl(){let e=E(e=>e.view),[t,n]=(0,J.useState)(null),[r,i]=(0,J.useState)(!1),a=e=>{D().view===`annotate`&&$r(),Ci(e,n)};return(0,X.jsxs)(`div`,{className:`app`,"data-view":e,onDragOver:e=>{e.preventDefault(),i(e.dataTransfer.types.includes(`Files`))},onDragLeave:e=>e.relatedTarget===null&&i(!1),onDrop:e=>{e.preventDefault(),i(!1);let t=e.dataTransfer.files[0];t&&a(t)},children:[(0,X.jsx)(al,{}),e===`start`&&(0,X.jsx)(dc,{progress:t,upload:a}),e===`annotate`&&(0,X.jsx)(il,{}),e===`loading`&&(0,X.jsx)(`p`,{className:`middle quiet`,children:`Loading…`}),e===`gone`&&(0,X.jsx)(ol,{}),e===`changed`&&(0,X.jsx)(sl,{}),e===`token`&&(0,X.jsx)(cl,{}),r&&(0,X.jsx)(`p`,{className:`dropping`,children:`Drop the video to upload it`})]})}function il(){let e=E(e=>e.panels),t=E(e=>e.video);return(0,X.jsxs)(X.Fragment,{children:[(0,X.jsx)(tl,{}),(0,X.jsx)(Ws,{},t?.path),e&&(0,X.jsxs)(`div`,{className:`side`,children:[(0,X.jsx)(eo,{}),(0,X.jsx)(Va,{})]}),(0,X.jsx)(Qc,{}),(0,X.jsx)(Qo,{}),(0,X.jsx)(Ri,{}),(0,X.jsx)(ra,{}),(0,X.jsx)(Oi,{}),(0,X.jsx)(pa,{})]})}function al(){return E(e=>e.connected)?null:(0,X.jsx)(`p`,{className:`banner`,role:`alert`,children:`The server cannot be reached. Reconnecting; everything that it acknowledged is saved.`})}function ol(){let e=E(e=>e.video);return(0,X.jsxs)(`main`,{className:`middle card`,children:[(0,X.jsx)(Ti,{}),(0,X.jsx)(`h2`,{children:`This session is gone`}),(0,X.jsx)(`p`,{children:`The server has no such session: it was deleted, or the server now uses another data directory.`}),(0,X.jsxs)(`div`,{className:`group`,children:[e&&(0,X.jsxs)(`button`,{className:`primary`,onClick:()=>ei(e.path),children:[`Open `,R(e.path)]}),(0,X.jsx)(`button`,{className:e?``:`primary`,onClick:$r,children:`Choose a video`})]})]})}function sl(){let e=E(e=>e.videoChange),t=E(e=>e.sessionId);return!e||!t?null:(0,X.jsxs)(`main`,{className:`middle card`,children:[(0,X.jsx)(Ti,{}),(0,X.jsxs)(`h2`,{children:[R(e.path),` has changed`]}),(0,X.jsx)(`p`,{children:e.after===0?`Its file is gone. Put it back to continue the session.`:e.same===0?`None of its frames is known to be the same as when the session was started. Put the old file back, or start a new session.`:`Of the ${e.before} frames when the session was started, the first ${e.same} are the same; now there are ${e.after}. The session can continue with their masks and prompts; those on other frames are deleted.`}),(0,X.jsxs)(`div`,{className:`group`,children:[e.same>0&&(0,X.jsxs)(`button`,{className:`primary`,onClick:()=>void ci(t),children:[`Continue with the first `,e.same,` frames`]}),e.after>0&&(0,X.jsx)(`button`,{onClick:()=>ei(e.path),children:`Start a new session`}),(0,X.jsx)(`button`,{onClick:$r,children:`Choose a video`})]})]})}function cl(){let[e,t]=(0,J.useState)(``);return(0,X.jsxs)(`form`,{className:`middle card`,onSubmit:t=>{t.preventDefault(),y(e),O({view:`loading`}),location.reload()},children:[(0,X.jsx)(Ti,{}),(0,X.jsx)(`h2`,{children:`This server asks for a token`}),(0,X.jsxs)(`label`,{children:[`Token `,(0,X.jsx)(`input`,{type:`password`,autoFocus:!0,autoComplete:`off`,value:e,onChange:e=>t(e.target.value)})]}),(0,X.jsx)(`button`,{className:`primary`,children:`Continue`})]})}function ll(){addEventListener(`keydown`,ul),addEventListener(`keyup`,e=>{e.key===` `&&$.panning&&($.panning=!1,$.panned||yi())}),addEventListener(`click`,e=>{let t=document.activeElement;e.detail>0&&t instanceof HTMLButtonElement&&!t.dataset.keepsFocus&&t.blur()})}function ul(e){let{view:t,dialog:n}=D();if(t!==`annotate`)return;let r=fl(e);if(n&&r===`escape`)return dl(e);if(pl(e.target))return;if(n)return r===`?`||r===`shift+?`?dl(e):void 0;if(r===` `){if(e.target instanceof HTMLButtonElement||e.target.closest(`summary`))return;e.preventDefault(),e.repeat||($.panned=!1),$.panning=!0;return}if(No(e))return e.preventDefault();let i=Bo(r);!i||r===`enter`&&e.target!==document.body||(e.preventDefault(),i(r))}function dl(e){e.preventDefault(),O({dialog:null})}function fl(e){let t=[];return(e.ctrlKey||e.metaKey)&&t.push(`ctrl`),e.shiftKey&&t.push(`shift`),[...t,e.key.toLowerCase()].join(`+`)}function pl(e){return e instanceof HTMLInputElement?e.type!==`range`&&e.type!==`radio`&&e.type!==`color`:e instanceof HTMLSelectElement||e instanceof HTMLTextAreaElement}ec($s()),ll(),bi(),At(),Rr(),Hn(),(0,f.createRoot)(document.getElementById(`page`)).render((0,X.jsx)(rl,{})),pi(),Zr();