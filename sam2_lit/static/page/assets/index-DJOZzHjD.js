import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{a as t,c as n,d as r,i,l as a,n as o,o as s,r as c,s as l,t as u,u as d}from"./libraries-DOb0AUtx.js";(function(){let e=document.createElement(`link`).relList;if(e&&e.supports&&e.supports(`modulepreload`))return;for(let e of document.querySelectorAll(`link[rel="modulepreload"]`))n(e);new MutationObserver(e=>{for(let t of e)if(t.type===`childList`)for(let e of t.addedNodes)e.tagName===`LINK`&&e.rel===`modulepreload`&&n(e)}).observe(document,{childList:!0,subtree:!0});function t(e){let t={};return e.integrity&&(t.integrity=e.integrity),e.referrerPolicy&&(t.referrerPolicy=e.referrerPolicy),t.credentials=e.crossOrigin===`use-credentials`?`include`:e.crossOrigin===`anonymous`?`omit`:`same-origin`,t}function n(e){if(e.ep)return;e.ep=!0;let n=t(e);fetch(e.href,n)}})();var f=d(),p=`UNREACHABLE`,m=class extends Error{code;constructor(e,t){super(t),this.code=e}};function h(e){let t=e instanceof Error?e.message:String(e);return(/^[a-z]+\s/.test(t)?t.charAt(0).toUpperCase()+t.slice(1):t)+(/[.!?]$/.test(t)?``:`.`)}var g=`sam2-lit:token`;function _(){return sessionStorage.getItem(g)}function ee(e){sessionStorage.setItem(g,e)}function v(){let e=_();return e?{Authorization:`Bearer ${e}`}:{}}var te=1e4,ne=2e4,re=new Set,ie;function ae(e){re.add(e)}function oe(e){for(let t of re)t(e)}var se=c({url:`${location.protocol===`https:`?`wss`:`ws`}://${location.host}/graphql`,connectionParams:v,retryAttempts:1/0,retryWait:e=>new Promise(t=>setTimeout(t,Math.min(500*2**e,5e3))),keepAlive:te,on:{connected:()=>oe(!0),closed:e=>{clearTimeout(ie),e.code!==1e3&&oe(!1)},ping:e=>{e||(ie=setTimeout(()=>se.terminate(),ne))},pong:e=>{e&&clearTimeout(ie)}}}),ce=new i({url:`/graphql`,preferGetMethod:!1,requestPolicy:`network-only`,fetchOptions:()=>({headers:{Accept:`application/graphql-response+json, application/json`,...v()}}),exchanges:[t,s({forwardSubscription:e=>({subscribe:t=>({unsubscribe:se.subscribe({query:e.query??``,variables:e.variables},t)})})})]});async function y(e,t){let n=e.toString(),r=await ce[n.trimStart().startsWith(`mutation`)?`mutation`:`query`](n,t).toPromise();if(r.error)throw de(r.error);return r.data}function le(e,t,r,i){let o=!0,s=null,{unsubscribe:c}=n(ce.subscription(e.toString(),t),l(()=>{o&&i(s),o=!1}),a(e=>{o&&(e.error?s=de(e.error):e.data&&r(e.data))}));return()=>{o=!1,c()}}async function ue(){try{return(await fetch(`/healthz`,{cache:`no-store`})).ok}catch{return!1}}function de(e){let t=e.graphQLErrors[0];if(t)return new m(String(t.extensions?.code??`INTERNAL`),t.message);let n=e.response;return n?.status===401?new m(`UNAUTHENTICATED`,`The server asks for a token.`):n?.ok?new m(`INTERNAL`,`The server's response is not valid GraphQL: ${e.message}`):(oe(!1),new m(p,`The server cannot be reached: this was not done.`))}var b=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},fe=new b(`
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
}`,{fragmentName:`SessionParts`}),"\n  query Start {\n    videos {\n      edges {\n        node {\n          ...VideoParts\n        }\n      }\n    }\n    sessions {\n      sessionId\n      trackedFrameCount\n      createdAt\n      objects {\n        objectId\n      }\n      video {\n        path\n        frameCount\n      }\n    }\n    model {\n      name\n      device\n      parameterCount\n    }\n  }\n":new b(`
    query Start {
  videos {
    edges {
      node {
        ...VideoParts
      }
    }
  }
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
}`),"\n  query SessionState($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      ...SessionParts\n    }\n  }\n":new b(`
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
    `),"\n  mutation ExportAnnotations($input: ExportAnnotationsInput!) {\n    exportAnnotations(input: $input) {\n      url\n      filename\n      byteSize\n    }\n  }\n":new b(`
    mutation ExportAnnotations($input: ExportAnnotationsInput!) {
  exportAnnotations(input: $input) {
    url
    filename
    byteSize
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
}`),"\n  subscription Training($sessionId: String!) {\n    loraTraining(sessionId: $sessionId) {\n      objectId\n      frameIndex\n      step\n      steps\n      loss\n      iou\n      adapter {\n        ...AdapterParts\n      }\n    }\n  }\n":new b(`
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
}`)};function x(e){return he[e]??{}}x(`
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
    videos {
      edges {
        node {
          ...VideoParts
        }
      }
    }
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
  query SessionState($sessionId: String!) {
    session(sessionId: $sessionId) {
      ...SessionParts
    }
  }
`),ve=x(`
  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {
    session(sessionId: $sessionId) {
      masks(startFrameIndex: $first, endFrameIndex: $last) {
        ...FrameParts
      }
    }
  }
`),ye=x(`
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
`),be=x(`
  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {
    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {
      ...CandidateParts
    }
  }
`),xe=x(`
  mutation Upload($file: Upload!) {
    uploadVideo(file: $file) {
      path
    }
  }
`),Se=x(`
  mutation StartSession($path: String!) {
    startSession(input: { path: $path }) {
      sessionId
    }
  }
`),Ce=x(`
  mutation CloseSession($sessionId: String!) {
    closeSession(input: { sessionId: $sessionId }) {
      success
    }
  }
`),we=x(`
  mutation AddPoints($input: AddPointsInput!) {
    addPoints(input: $input) {
      ...FrameParts
    }
  }
`),Te=x(`
  mutation AddBox($input: AddBoxInput!) {
    addBox(input: $input) {
      ...FrameParts
    }
  }
`),Ee=x(`
  mutation AddMask($input: AddMaskInput!) {
    addMask(input: $input) {
      ...FrameParts
    }
  }
`),De=x(`
  mutation AddCorrection($input: AddCorrectionInput!) {
    addCorrection(input: $input) {
      frame {
        ...FrameParts
      }
    }
  }
`),Oe=x(`
  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {
    clearPointsInFrame(input: $input) {
      ...FrameParts
    }
  }
`),ke=x(`
  mutation TrainLora($input: TrainLoraInput!) {
    trainLora(input: $input) {
      ...AdapterParts
    }
  }
`),Ae=x(`
  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {
    applyLoraCandidate(input: $input) {
      ...FrameParts
    }
  }
`),je=x(`
  mutation SetLoraMode($input: SetLoraModeInput!) {
    setLoraMode(input: $input) {
      loraMode
    }
  }
`),Me=x(`
  mutation ResetLora($sessionId: String!) {
    resetLora(input: { sessionId: $sessionId }) {
      ...SessionParts
    }
  }
`),Ne=x(`
  mutation NameObject($input: NameObjectInput!) {
    nameObject(input: $input) {
      objectId
      name
    }
  }
`),Pe=x(`
  mutation RemoveObject($input: RemoveObjectInput!) {
    removeObject(input: $input) {
      frameIndex
    }
  }
`),Fe=x(`
  mutation ExportAnnotations($input: ExportAnnotationsInput!) {
    exportAnnotations(input: $input) {
      url
      filename
      byteSize
    }
  }
`),Ie=x(`
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
`),Le=x(`
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
    }
  }
`),Re=class{#e=new Map;get(e,t){return this.#e.get(e)?.get(t)}framesOf(e){return[...this.#e].filter(([,t])=>t.has(e)).map(([e])=>e).sort((e,t)=>e-t)}staleFrames(e){return this.framesOf(e).filter(t=>this.get(t,e)?.stale)}replace(e,t){t.length?this.#e.set(e,new Map(t.map(e=>[e.objectId,e]))):this.#e.delete(e)}removeObject(e){for(let t of this.#e.values())t.delete(e)}clear(){this.#e.clear()}markStale(e,t){for(let[n,r]of this.#e){let i=r.get(e);i&&i.source!==`PROMPT`&&!i.stale&&n!==t&&(i.reverse?t>n:t<n)&&r.set(e,{...i,stale:!0})}}},ze={view:`loading`,connected:!0,sessionId:null,video:null,loraMode:`SUGGEST`,objects:[],selected:null,frame:0,playing:!1,following:!1,tool:`point`,brush:12,showMasks:!0,masksVersion:0,imagesVersion:0,tracking:null,pending:0,pendingPrompts:[],crosshair:null,corner:null,training:null,lastRun:null,candidates:[],hovered:null,suggested:new Set,corrected:new Set,accepted:new Set,prompts:new Map,undoStack:[],redoStack:[],notices:{},dialog:null,exporting:null},S=(e,t)=>`${e}:${t}`,Be=(e,t)=>e.startsWith(`${t}:`);function C(e,t,n){let r=new Set(e);return n?r.add(t):r.delete(t),r}var w=o(()=>ze),{getState:T,setState:E,subscribe:D}=w,O=new Re,k={current:null};function Ve(){E(e=>({masksVersion:e.masksVersion+1}))}function A(e,t){E(n=>({objects:n.objects.map(n=>n.objectId===e?{...n,...t}:n)}))}function j(e,t,n=`error`){E(r=>({notices:{...r.notices,[e]:{text:t,kind:n}}}))}function M(e){E(t=>({notices:{...t.notices,[e]:void 0}}))}function N(e,t){let n=t instanceof m?t.code:null;n===`SESSION_NOT_FOUND`?E({view:`gone`}):n===`UNAUTHENTICATED`?E({view:`token`}):n!==`CANCELLED`&&j(e,h(t))}function P(e){return T().objects.find(t=>t.objectId===e)}function He({objectId:e,name:t}){return t||`Object ${e}`}function Ue(e){return e.split(`/`).at(-1).replace(e.startsWith(`uploads/`)?/-[0-9a-f]{12}(?=\.\w+$)/:``,``)}function F(e,t){return P(e)?.promptedFrames.includes(t)??!1}function We(e,t){let n=O.get(t,e);if(!n)return!1;if(n.source===`TRACKED`||n.source===`LORA`&&!F(e,t))return!0;let r=S(e,t);return T().corrected.has(r)||T().accepted.has(r)}function Ge(){let{video:e,frame:t}=T();return Ke(1)[0]??(t===(e?.frameCount??0)-1?qe():t)}function Ke(e=1/0){let{objects:t,video:n}=T(),r=t.filter(({promptedFrames:e})=>e.length),i=[];for(let t=qe();r.length&&t<(n?.frameCount??0)&&i.length<e;t++)r.some(({objectId:e,promptedFrames:n})=>{let r=O.get(t,e);return t>n[0]&&(!r||r.stale)})&&i.push(t);return i}function qe(){return Math.min(...T().objects.flatMap(({promptedFrames:e})=>e[0]??[]))}function Je(){let{objects:e}=T(),t=new Set(e.flatMap(({objectId:e})=>O.framesOf(e))),n=new Set(e.flatMap(({objectId:e})=>O.staleFrames(e)));return{annotated:t.size,stale:n.size}}var Ye=120,Xe=9,Ze,Qe=``;function $e(){D(({view:e,selected:t,frame:n,loraMode:r,playing:i,tracking:a,following:o,pending:s,training:c})=>{if(e!==`annotate`)return;let l=t===null?void 0:O.get(n,t),u=P(t)?.adapters??[],d=!i&&!(a&&o)&&s===0&&c===null&&l&&t!==null&&r!==`OFF`&&u.length>0&&!F(t,n),f=d?[t,n,l.serial,...u.map(e=>e.adapterId+e.trainingIou)].join():``;f!==Qe&&(Qe=f,clearTimeout(Ze),T().candidates.length&&E({candidates:[],hovered:null}),d&&(Ze=setTimeout(()=>void et(t,n,f),Ye)))})}async function et(e,t,n){try{let{loraCandidates:r}=await y(be,{sessionId:T().sessionId,objectId:e,frameIndex:t});Qe===n&&E({candidates:r.slice(0,Xe)})}catch(e){let t=e instanceof m&&e.code===`FEATURES_NOT_CAPTURED`;Qe===n&&!t&&N(`learn`,e)}}var tt=[`#3b9cff`,`#ff8a3d`,`#35c98a`,`#e85bb0`,`#f2c744`,`#9a7bff`,`#3fd2d6`,`#f06a5f`,`#a3d14b`,`#c98fe8`];function nt(e){return tt[(Math.max(e,1)-1)%tt.length]}function rt(){let{objects:e}=T(),t=Math.max(0,...e.map(e=>e.objectId))+1,n={objectId:t,name:``,color:nt(t),hidden:!1,promptedFrames:[],adapters:[]};return E({objects:[...e,n],selected:t}),t}async function it(e,t){let n=P(e);if(n&&n.name!==t.trim()&&(A(e,{name:t.trim()}),ft(n)))try{M(`objects`),await y(Ne,{input:{sessionId:T().sessionId,objectId:e,name:t}})}catch(t){A(e,{name:n.name}),N(`objects`,t)}}async function at(e){let t=P(e)?.name;t&&await y(Ne,{input:{sessionId:T().sessionId,objectId:e,name:t}})}async function ot(e){let t=P(e);if(!t)return;try{M(`objects`),ft(t)&&await y(Pe,{input:{sessionId:T().sessionId,objectId:e}})}catch(e){return N(`objects`,e)}O.removeObject(e);let n=t=>!Be(t,e);E(t=>{let r=t.objects.filter(t=>t.objectId!==e);return{objects:r,selected:t.selected===e?r[0]?.objectId??null:t.selected,undoStack:t.undoStack.filter(t=>t.objectId!==e),redoStack:t.redoStack.filter(t=>t.objectId!==e),prompts:new Map([...t.prompts].filter(([e])=>n(e))),suggested:new Set([...t.suggested].filter(n)),corrected:new Set([...t.corrected].filter(n)),accepted:new Set([...t.accepted].filter(n))}}),Ve()}function st(e){let t=P(e);t&&A(e,{hidden:!t.hidden})}function ct(e){let{objects:t,selected:n}=T();t.length!==0&&E({selected:t[(t.findIndex(({objectId:e})=>e===n)+e+t.length)%t.length].objectId})}async function lt(){let{sessionId:e}=T();if(!e)return;let{session:t}=await y(_e,{sessionId:e});if(!t)return E({view:`gone`});ut(t)}function ut(e){if(T().sessionId!==e.sessionId)return;let t=T().objects,n=dt(e,Object.fromEntries(t.map(({objectId:e,color:t})=>[e,t])),t.filter(e=>e.hidden).map(({objectId:e})=>e)).map(e=>({...e,name:e.name||(P(e.objectId)?.name??``)})),r=t.filter(({objectId:e})=>!n.some(t=>t.objectId===e)).map(e=>({...e,promptedFrames:[],adapters:[]}));E({loraMode:e.loraMode,objects:[...n,...r].sort((e,t)=>e.objectId-t.objectId)})}function dt(e,t,n){return e.objects.map(({objectId:e,name:r,promptedFrames:i,adapters:a})=>({objectId:e,name:r??``,color:t[e]??nt(e),hidden:n.includes(e),promptedFrames:i,adapters:a})).sort((e,t)=>e.objectId-t.objectId)}function ft({promptedFrames:e,adapters:t}){return e.length+t.length>0}var pt=[1,0,-1,0],mt=[0,1,0,-1];function ht({width:e,height:t,data:n}){let r=new Path2D,i=e+1,a=new Uint8Array(i*(t+1)),o=null;for(let r=0;r<t;r++)for(let s=0;s<e;s++){let c=r*e+s;if(!n[c])continue;o??={x:s+.5,y:r};let l=r*i+s;r!==0&&n[c-e]||(a[l]|=1),s!==e-1&&n[c+1]||(a[l+1]|=2),r!==t-1&&n[c+e]||(a[l+i+1]|=4),s!==0&&n[c-1]||(a[l+i]|=8)}for(let e=0;e<a.length;e++)for(;a[e];)gt(a,e,i,r);return{path:r,top:o}}function gt(e,t,n,r){let i=t,a=Math.log2(e[t]&-e[t]),o=!0;do{let t=e[i];o||(a=[1,0,3].map(e=>(a+e)%4).find(e=>t&1<<e)??a),e[i]=t&~(1<<a);let s=i%n+pt[a]/2,c=Math.floor(i/n)+mt[a]/2;o?r.moveTo(s,c):r.lineTo(s,c),o=!1,i+=pt[a]+mt[a]*n}while(i!==t);r.closePath()}function _t(e,t,n){let r=new Uint8Array(t*n),i=0;return yt(e).forEach((e,a)=>{let o=Math.min(i+e,r.length);if(a%2==1){let e=Math.floor(i/n),a=i%n;for(let s=i;s<o;s++)r[a*t+e]=1,++a===n&&(a=0,e++)}i=o}),{width:t,height:n,data:r}}function vt({width:e,height:t,data:n}){let r=[],i=0,a=0;for(let o=0;o<e;o++)for(let s=0;s<t;s++)n[s*e+o]===i?a++:(r.push(a),i=1-i,a=1);return r.push(a),r.map((e,t)=>bt(t>2?e-(r[t-2]??0):e)).join(``)}function yt(e){let t=[],n=0,r=0;for(let i=0;i<e.length;i++){let a=e.charCodeAt(i)-48;n|=(a&31)<<r,r+=5,a&32||(a&16&&(n|=-1<<r),t.push(n+(t.length>2?t[t.length-2]??0:0)),n=r=0)}return t}function bt(e){let t=``;for(let n=e,r=!0;r;){let e=n&31;n>>=5,r=e&16?n!==-1:n!==0,t+=String.fromCharCode((r?e|32:e)+48)}return t}var xt=0,St=new WeakMap,Ct=new WeakMap;function wt({objectId:e,rleMask:t,predictedIou:n,objectScore:r,source:i},a){return{serial:++xt,objectId:e,rle:t,predictedIou:n??null,objectScore:r??null,source:i,reverse:a,stale:!1}}function Tt({predictedIou:e,source:t}){return t!==`TRACKED`||typeof e==`number`}function Et(e,{rleMask:t,source:n}){return e.rle.counts===t.counts&&e.source===n}function Dt({predictedIou:e,objectScore:t}){return e===null||t===null?null:Math.max(0,Math.min(1,e))/(1+Math.exp(-t))}function Ot(e){return jt(St,e,()=>At(e))}function kt(e){return jt(Ct,e,()=>ht(At(e)))}function At({size:[e=0,t=0],counts:n}){return _t(n,t,e)}function jt(e,t,n){let r=e.get(t);return r===void 0&&(r=n(),e.set(t,r)),r}async function Mt(e,t){let n=await fetch(Pt(e),{headers:v(),...t&&{signal:t}});if(!n.ok)throw Error(`HTTP status ${n.status}`);return n.blob()}async function Nt(e,t){return createImageBitmap(await Mt(e,t))}function Pt(e){return new URL(e,location.href).pathname}var Ft=256*2**20,It=4,Lt=16,Rt=6,zt=class{urlTemplate;frameCount;onFrame;#e=new Map;#t=new Map;#n=[];#r=0;#i;#a=!1;constructor(e,t,n,r){this.urlTemplate=e,this.frameCount=t,this.onFrame=r,this.#i=Math.max(24,Math.floor(Ft/(n*4)))}get(e){return this.#e.get(e)}prefetch(e,t){this.#r=e;let n=[e];for(let r=1;r<=Lt;r++)n.push(e+r*t),r<=Rt&&n.push(e-r*t);this.#n=n.filter(e=>e>=0&&e<this.frameCount&&!this.#e.has(e));for(let[e,t]of this.#t)this.#n.includes(e)||t.abort();this.#o()}close(){this.#a=!0,this.#n=[];for(let e of this.#t.values())e.abort();for(let e of this.#e.values())e.close();this.#e.clear()}#o(){for(let e of this.#n){if(this.#t.size>=It)return;this.#t.has(e)||this.#s(e)}}async#s(e){let t=new AbortController;this.#t.set(e,t);let n=null;try{let n=await Nt(this.urlTemplate.replace(`{index}`,String(e)),t.signal);if(this.#a)return n.close();this.#e.set(e,n),this.#c()}catch(e){n=e instanceof Error?e.message:String(e)}this.#t.delete(e),this.#a||(t.signal.aborted||(this.#n=this.#n.filter(t=>t!==e)),this.#o(),t.signal.aborted||this.onFrame(e,n))}#c(){if(this.#e.size<=this.#i)return;let e=e=>Math.abs(e-this.#r),t=[...this.#e.keys()].sort((t,n)=>e(n)-e(t));for(let e of t.slice(0,this.#e.size-this.#i))this.#e.get(e)?.close(),this.#e.delete(e)}},Bt={colors:{},hidden:[],stale:{},suggested:[],corrected:[],accepted:[]},I=`sam2-lit:session:`,Vt=20,Ht=300,Ut;function Wt(e){try{return{...Bt,...JSON.parse(localStorage.getItem(I+e)??`{}`)}}catch{return Bt}}function Gt(e){return localStorage.getItem(I+e)!==null}function Kt(e){localStorage.removeItem(I+e)}function qt(){D((e,t)=>{e.objects===t.objects&&e.masksVersion===t.masksVersion&&e.suggested===t.suggested&&e.corrected===t.corrected&&e.accepted===t.accepted||e.view!==`annotate`||(clearTimeout(Ut),Ut=setTimeout(Jt,Ht))}),addEventListener(`pagehide`,Jt)}function Jt(){let{sessionId:e,view:t,objects:n,suggested:r,corrected:i,accepted:a}=T();if(!e||t!==`annotate`)return;let o={colors:Object.fromEntries(n.map(({objectId:e,color:t})=>[e,t])),hidden:n.filter(({hidden:e})=>e).map(({objectId:e})=>e),stale:Object.fromEntries(n.map(({objectId:e})=>[e,O.staleFrames(e)])),suggested:[...r],corrected:[...i],accepted:[...a]},s=I+e;localStorage.removeItem(s);try{localStorage.setItem(s,JSON.stringify(o))}catch{}let c=Object.keys(localStorage).filter(e=>e.startsWith(I)&&e!==s);for(let e of c.slice(0,Math.max(0,c.length-Vt)))localStorage.removeItem(e)}function Yt({stale:e}){return new Set(Object.entries(e).flatMap(([e,t])=>t.map(t=>S(Number(e),t))))}function Xt(e){let t=new Map,n=new Set,r=new Set,i=e=>{for(let i of[t,n,r])for(let t of i.keys())e(t)&&i.delete(t)};for(let a of e){let e=S(a.objectId??0,a.frameIndex??0);a.kind===`CLEAR_VIDEO`||a.kind===`RESET_SESSION`?i(()=>!0):a.kind===`REMOVE_OBJECT`?i(e=>Be(e,a.objectId??0)):a.kind===`CLEAR_FRAME`&&i(t=>t===e),(a.kind===`PROMPT`||a.kind===`CORRECTION`)&&t.set(e,Zt(t.get(e),a)),a.kind===`CANDIDATE`&&t.set(e,null),(a.kind===`CORRECTION`||a.kind===`CANDIDATE`)&&(n.delete(e),r.delete(e),(a.kind===`CORRECTION`?n:r).add(e))}let a=[...t].filter(e=>e[1]!==null);return{prompts:new Map(a),corrected:n,accepted:r}}function Zt(e,{points:t,labels:n,clearOldPoints:r,box:i}){if(i)return[{kind:`box`,box:i}];if(!t||!n||e===null&&!r)return null;let a={kind:`points`,points:t,labels:n};return r?[a]:[...e??[],a]}var L=Promise.resolve();function R(e){let{sessionId:t}=T();return E(e=>({pending:e.pending+1,playing:!1,following:!1})),L=L.then(async()=>{if(T().sessionId===t)try{M(`stage`),await e()}catch(e){N(`stage`,e)}finally{E(e=>({pending:Math.max(0,e.pending-1)})),Ve()}}),L}function Qt(){return L}var $t=8,z=null,B=null,V=null;function en(e){let{frame:t}=T();H(),M(`track`),an(e);let n=!0;z=()=>n=!1,Qt().then(()=>n&&rn(e,t))}function H(){z?.(),z=B=V=null,T().tracking&&E({tracking:null})}function tn(){let e=B??V;return H(),V=e,V!==null}function nn(){if(!V||V.sessionId!==T().sessionId)return;let e=V;V=null,an(e.direction===`BACKWARD`),on(e)}function U(e){T().tracking?H():en(e)}function rn(e,t){let{sessionId:n,objects:r}=T();r.some(({promptedFrames:e})=>e.length)?on({sessionId:n,startFrameIndex:e?t:Ge(),direction:e?`BACKWARD`:`FORWARD`}):(H(),j(`track`,`There is nothing to track yet: click an object on the picture first.`,`note`))}function an(e){E({tracking:{reverse:e,completed:0,total:0,revision:0,framesPerSecond:null},following:!0,playing:!1})}function on(e){let t=e.direction===`BACKWARD`,n=[];B=e,z=le(Ie,{input:e},({propagateInVideo:r})=>{B={...e,propagationId:r.propagationId,fromSequence:r.sequence+1},n.push(performance.now()),n.length>$t&&n.shift();let i=(n.at(-1)-n[0])/1e3;sn(r,t,i>0?(n.length-1)/i:null)},n=>{if(z=B=null,n?.code===`SEQUENCE_NOT_FOUND`)return rn(t,e.startFrameIndex??0);E({tracking:null}),n&&N(`track`,n)})}function sn(e,t,n){let{frameIndex:r,rleMaskList:i,completed:a,total:o,revision:s,suggestions:c}=e,l=i.map(e=>{let n=O.get(r,e.objectId),i=e.source===`TRACKED`&&F(e.objectId,r);return n&&(i||!n.stale&&Et(n,e))?n:wt(e,t)});O.replace(r,l);let u=new Set(T().suggested);for(let{objectId:e}of i)u.delete(S(e,r));for(let{objectId:e}of c)u.add(S(e,r));E(e=>({suggested:u,tracking:{reverse:t,completed:a,total:o,revision:s,framesPerSecond:n},masksVersion:e.masksVersion+1,frame:e.following?r:e.frame}))}var cn=new Set,ln=new Set,W=new Map,un=null;function dn(e,t){let n=S(e,t);T().loraMode!==`OFF`&&(cn.has(n)?ln.add(n):(cn.add(n),fn(e,t).finally(()=>{cn.delete(n),ln.delete(n)&&dn(e,t)})))}async function fn(e,t){let{sessionId:n}=T();M(`learn`),W.delete(S(e,t)),E({training:{objectId:e,frame:t,ious:[],steps:0,adapter:null}});try{let{trainLora:r}=await y(ke,{input:{sessionId:n,objectId:e,frameIndex:t}});if(T().sessionId!==n)return;pn({objectId:e,frame:t,ious:W.get(S(e,t))??[],steps:r.steps,adapter:r}),await lt()}catch(n){E({training:null}),n instanceof m&&n.code===`FEATURES_NOT_CAPTURED`?j(`learn`,`The correction is saved, but there is nothing to learn from frame ${t}: tracking ${He(P(e)??{objectId:e,name:``})} starts there.`,`note`):N(`learn`,n)}}function pn(e){E(({training:t})=>({lastRun:e,training:t?.objectId===e.objectId&&t.frame===e.frame?null:t}))}function mn(e){un?.(),un=null,e!==null&&(un=le(Le,{sessionId:e},({loraTraining:{objectId:e,frameIndex:t,step:n,steps:r,iou:i,adapter:a}})=>{let o=S(e,t),s=n>1||a?W.get(o)??[]:[],c=a?s:[...s,i];W.set(o,c);let l={objectId:e,frame:t,ious:c,steps:r,adapter:a??null};if(!a)return E({training:l});pn(l),lt().catch(e=>N(`learn`,e))},t=>{t&&T().sessionId===e&&N(`learn`,t)}))}async function hn(e){let{sessionId:t,loraMode:n}=T();E({loraMode:e});try{M(`learn`),await y(je,{input:{sessionId:t,mode:e}})}catch(e){E({loraMode:n}),N(`learn`,e)}}async function gn(){try{M(`learn`),ut((await y(Me,{sessionId:T().sessionId})).resetLora),E({lastRun:null,suggested:new Set})}catch(e){N(`learn`,e)}}var _n=400;function vn(){addEventListener(`hashchange`,()=>void yn()),yn()}async function yn(){let e=new URLSearchParams(location.hash.slice(1)).get(`session`);(e!==T().sessionId||T().view!==`annotate`)&&(wn(),e?await Sn(e):E({view:`start`}))}async function bn(e){M(`start`);try{let{startSession:t}=await y(Se,{path:e});location.hash=`session=${t.sessionId}`}catch(e){N(`start`,e)}}async function xn(){let{sessionId:e}=T();if(e){try{await y(Ce,{sessionId:e})}catch(e){return N(`stage`,e)}location.hash=``,Kt(e)}}async function Sn(e){E({view:`loading`});try{let{session:t}=await y(_e,{sessionId:e});if(!t)return E({view:`gone`,sessionId:e});let{prompts:n,...r}=Xt((await y(ye,{sessionId:e})).session?.interactions??[]),i=Wt(e),{corrected:a,accepted:o}=Gt(e)?i:r,{video:s}=t;k.current?.close(),k.current=new zt(s.frameUrlTemplate,s.frameCount,s.width*s.height,Tn);let c=dt(t,i.colors,i.hidden);E({...ze,view:`annotate`,connected:T().connected,sessionId:e,video:s,loraMode:t.loraMode,objects:c,selected:c[0]?.objectId??null,suggested:new Set(i.suggested),corrected:new Set(a),accepted:new Set(o),prompts:n,brush:Math.max(3,Math.round(Math.min(s.width,s.height)/30)),notices:{}}),k.current.prefetch(0,1),mn(e),await Cn(e,s.frameCount)}catch(e){N(T().view===`annotate`?`stage`:`start`,e),T().view===`loading`&&E({view:`start`})}}async function Cn(e,t){let n=Yt(Wt(e));O.clear();for(let r=0;r<t;r+=_n){let i=Math.min(r+_n,t)-1,{session:a}=await y(ve,{sessionId:e,first:r,last:i});if(T().sessionId!==e)return;for(let{frameIndex:e,rleMaskList:t}of a?.masks??[]){let r=t.map(t=>{let r=P(t.objectId)?.promptedFrames[0]??0,i=wt(t,e<r);return{...i,stale:i.source!==`PROMPT`&&n.has(S(t.objectId,e))}});O.replace(e,r)}Ve()}}function wn(){H(),mn(null),k.current?.close(),k.current=null,O.clear(),E({...ze,connected:T().connected,notices:T().notices})}function Tn(e,t){t===null?E(e=>({imagesVersion:e.imagesVersion+1})):e===T().frame&&j(`stage`,`Frame ${e} could not be fetched (${t}).`)}var En=1500;function Dn(){ae(e=>{e!==T().connected&&(E({connected:e}),e?kn():(tn()&&j(`track`,`Tracking is interrupted: the connection was lost.`),setTimeout(()=>void On(),En)))})}async function On(){T().connected||(await ue()?(E({connected:!0}),await kn()):setTimeout(()=>void On(),En))}async function kn(){let{view:e,sessionId:t,frame:n,selected:r}=T();if(e!==`annotate`||!t)return yn();try{let{session:e}=await y(_e,{sessionId:t});if(!e)return E({view:`gone`});ut(e),E({frame:n,selected:r});for(let e of[`stage`,`track`,`learn`,`objects`])M(e);k.current?.prefetch(n,1),await Cn(t,e.video.frameCount),nn()}catch(e){e instanceof m&&e.code===`UNREACHABLE`||N(`stage`,e)}}function G(e){let t=(T().video?.frameCount??1)-1;E({frame:Math.max(0,Math.min(t,Math.round(e))),playing:!1,following:!1})}function An(e){G(T().frame+e)}var jn=0;function Mn(){let{playing:e,frame:t,video:n}=T();if(e)return E({playing:!1});E({playing:!0,following:!1,frame:t===(n?.frameCount??1)-1?0:t});let r=++jn,i=performance.now(),a=e=>{let{playing:t,frame:n,video:o}=T();if(!t||!o||r!==jn)return;let s=n+1;if(s>=o.frameCount)return E({playing:!1});e>=i&&k.current?.get(s)&&(i=Math.max(i+1e3/o.fps,e-1e3/o.fps),E({frame:s})),requestAnimationFrame(a)};requestAnimationFrame(a)}function Nn(){D((e,t)=>{(e.frame!==t.frame||e.video!==t.video)&&k.current?.prefetch(e.frame,e.frame<t.frame?-1:1)})}var K=e(r(),1);function Pn(e,t){let n=new XMLHttpRequest;return{done:new Promise((r,i)=>{let a=new FormData;a.append(`operations`,JSON.stringify({query:xe.toString(),variables:{file:null}})),a.append(`map`,JSON.stringify({0:[`variables.file`]})),a.append(`0`,e),n.upload.onprogress=e=>t(e.loaded/Math.max(e.total,1)),n.onerror=()=>i(new m(p,`The upload failed: the server cannot be reached or closed the connection.`)),n.onabort=()=>i(new m(`CANCELLED`,`The upload was cancelled.`)),n.onload=()=>{let{data:e,errors:t}=Fn(n.responseText),a=t?.[0];e?r(e.uploadVideo.path):i(new m(a?.extensions?.code??`INTERNAL`,a?.message??`HTTP status ${n.status}`))},n.open(`POST`,`/graphql`);for(let[e,t]of Object.entries(v()))n.setRequestHeader(e,t);n.send(a)}),cancel:()=>n.abort()}}function Fn(e){try{return JSON.parse(e)}catch{return{}}}var q=null;async function In(e,t){M(`start`),q?.cancel(),t(0);let n=q=Pn(e,t);try{let e=await n.done;q===n&&await bn(e)}catch(e){N(`start`,e)}finally{q===n&&(q=null,t(null))}}function Ln(){q?.cancel()}var J=u();function Rn(){return(0,J.jsxs)(`span`,{className:`brand`,children:[`sam2`,(0,J.jsx)(`b`,{children:`lit`})]})}async function zn(e){let{sessionId:t,objects:n,exporting:r}=T();if(!r){E({exporting:e}),M(`export`);try{let{exportAnnotations:r}=await y(Fe,{input:{sessionId:t,format:e,colors:n.map(({objectId:e,color:t})=>({objectId:e,color:t}))}});await Vn(r.url,r.filename),j(`export`,`${r.filename} is saved (${Hn(r.byteSize)}).`,`note`)}catch(e){N(`export`,e)}finally{E({exporting:null})}}}var Bn=6e4;async function Vn(e,t){let n;try{n=await Mt(e)}catch(e){throw new m(p,`${t} was exported, but the download failed (${String(e)}); export it again.`)}let r=document.createElement(`a`);r.href=URL.createObjectURL(n),r.download=t,r.click(),setTimeout(()=>URL.revokeObjectURL(r.href),Bn)}function Hn(e){return e<2**20?`${Math.ceil(e/1024)} KiB`:`${(e/2**20).toFixed(1)} MiB`}var Un={close:`M4 4l8 8M12 4l-8 8`,add:`M8 3v10M3 8h10`,point:`M8 2v4M8 10v4M2 8h4M10 8h4`,brush:`M13 2.5L7.5 8.5M6.5 8a2.4 2.4 0 0 1 1.8 3.4C7.5 13.2 5 13.5 2.5 13c1.2-.7 1.2-1.6 1.5-2.6A2.4 2.4 0 0 1 6.5 8z`,eraser:`M6 13h7M3.2 9.2l5.6-5.6a1.3 1.3 0 0 1 1.8 0l2 2a1.3 1.3 0 0 1 0 1.8L7 13H5L3.2 11a1.3 1.3 0 0 1 0-1.8zM6.2 6.2l3.8 3.8`,undo:`M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6`,redo:`M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3`,fit:`M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10`,zoomIn:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M7 5v4M5 7h4`,zoomOut:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M5 7h4`,eye:`M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z`,eyeOff:`M2 2l12 12M6 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.6M4.2 5A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 3-.8`,remove:`M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5`,play:`M5 3l8 5-8 5z`,pause:`M5 3v10M11 3v10`,previous:`M10 3L5 8l5 5`,next:`M6 3l5 5-5 5`,stop:`M4 4h8v8H4z`,light:`M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7`,dark:`M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z`,system:`M2 3h12v8H2zM6 14h4M8 11v3`,help:`M5.8 6a2.2 2.2 0 1 1 3.4 1.8C8.4 8.4 8 8.8 8 9.8M8 12.3v.2`,video:`M2 3.5h12v9H2zM6.5 6l3.5 2-3.5 2z`,doubt:`M2 11l3-4 3 3 2-5 4 6M8 14v-.5`,download:`M8 3v8M5 8l3 3 3-3M3 13h10`,upload:`M8 11V3M5 6l3-3 3 3M3 13h10`};function Y({name:e}){return(0,J.jsx)(`svg`,{className:`icon`,viewBox:`0 0 16 16`,"aria-hidden":`true`,children:(0,J.jsx)(`path`,{d:Un[e]})})}function Wn({name:e,title:t,children:n}){let r=w(t=>t.dialog===e),i=(0,K.useRef)(null);(0,K.useLayoutEffect)(()=>{r?i.current?.showModal():i.current?.close()},[r]);let a=()=>E(({dialog:t})=>({dialog:t===e?null:t}));return(0,J.jsxs)(`dialog`,{ref:i,className:`dialog ${e}`,"aria-label":t,onClose:()=>r&&!i.current?.open&&a(),onClick:e=>e.target===e.currentTarget&&a(),children:[(0,J.jsxs)(`header`,{children:[(0,J.jsx)(`h2`,{children:t}),(0,J.jsx)(`button`,{className:`plain`,"aria-label":`Close`,onClick:a,children:(0,J.jsx)(Y,{name:`close`})})]}),r&&n]})}function X({place:e}){let t=w(t=>t.notices[e]);return(0,J.jsx)(`div`,{className:`notices`,"data-place":e,"aria-live":`polite`,children:t&&(0,J.jsxs)(`p`,{className:`notice ${t.kind}`,role:t.kind===`error`?`alert`:`status`,children:[(0,J.jsx)(`span`,{children:t.text}),(0,J.jsx)(`button`,{className:`plain`,"aria-label":`Dismiss`,onClick:()=>M(e),children:(0,J.jsx)(Y,{name:`close`})})]})})}var Gn=[{format:`COCO`,label:`COCO`,holds:`One JSON file: RLE masks, boxes and areas, with frames and object ids (CocoVID).`},{format:`DAVIS`,label:`DAVIS`,holds:`A zip of palette PNGs, one per frame, one value per object.`},{format:`YOUTUBE_VOS`,label:`YouTube-VOS`,holds:`A zip of palette PNGs with meta.json: names, and the frames of each object.`},{format:`OVERLAY_MP4`,label:`Overlay video`,holds:`An MP4 of the whole video with the masks on it, in the colors chosen here.`}];function Kn(){return(0,J.jsx)(Wn,{name:`export`,title:`Export`,children:(0,J.jsx)(qn,{})})}function qn(){let e=w(e=>e.exporting),t=w(e=>e.video.frameCount);w(e=>e.masksVersion);let{annotated:n,stale:r}=Je();return(0,J.jsxs)(`div`,{className:`formats`,children:[(0,J.jsxs)(`p`,{children:[n,` of `,t,` frames have masks.`,r>0&&` On ${r} of them a mask is stale: track again first, so that it follows your corrections.`]}),(0,J.jsx)(`ul`,{children:Gn.map(({format:t,label:r,holds:i})=>(0,J.jsx)(`li`,{children:(0,J.jsxs)(`button`,{"aria-disabled":e!==null||n===0,onClick:()=>n>0&&void zn(t),children:[(0,J.jsx)(`b`,{children:r}),(0,J.jsx)(`span`,{children:e===t?`The server is exporting…`:i}),e===t&&(0,J.jsx)(`progress`,{"aria-label":`Exporting ${r}`})]})},t))}),(0,J.jsx)(X,{place:`export`})]})}async function Jn(e,t,n,{corrects:r=!1,clearOldPoints:i=!1}={}){let{sessionId:a,video:o}=T(),s={sessionId:a,objectId:e,frameIndex:t},c=e=>({size:[o.height,o.width],counts:e}),l;if(n.kind===`candidate`)l=(await y(Ae,{input:{...s,adapterId:n.adapterId}})).applyLoraCandidate;else if(r){let e=n.kind===`points`?{points:n.points,labels:n.labels}:n.kind===`box`?{box:n.box}:{rleMask:c(n.counts)};l=(await y(De,{input:{...s,...e,trainLora:!1}})).addCorrection.frame}else l=n.kind===`points`?(await y(we,{input:{...s,points:n.points,labels:n.labels,clearOldPoints:i}})).addPoints:n.kind===`box`?(await y(Te,{input:{...s,box:n.box}})).addBox:(await y(Ee,{input:{...s,rleMask:c(n.counts)}})).addMask;let u=Zn(e,t);Xn(e,l),u&&await at(e)}async function Yn(e,t){let{clearPointsInFrame:n}=await y(Oe,{input:{sessionId:T().sessionId,objectId:e,frameIndex:t}}),r=(P(e)?.promptedFrames??[]).filter(e=>e!==t);A(e,{promptedFrames:r}),r.length===0&&O.removeObject(e),Xn(e,n)}function Xn(e,{frameIndex:t,rleMaskList:n}){O.replace(t,n.filter(Tt).map(e=>{let n=O.get(t,e.objectId);return n&&Et(n,e)?n:wt(e,n?.reverse??!1)})),O.markStale(e,t),Ve()}function Zn(e,t){let n=P(e)?.promptedFrames??[];return n.includes(t)||A(e,{promptedFrames:[...n,t].sort((e,t)=>e-t)}),n.length===0}function Qn(e,t){return ar({kind:`points`,points:[e],labels:[t]})}function $n(e){return ar({kind:`box`,box:e})}function er(e){return ar({kind:`mask`,counts:vt(e)})}function tr({adapterId:e,rleMask:t}){return E({hovered:null}),ar({kind:`candidate`,adapterId:e,counts:t.counts})}function nr(){let{selected:e,frame:t}=T();return e===null||!F(e,t)?Promise.resolve():R(async()=>{let n=sr(e,t);await ur(e,t,n,[]),cr({objectId:e,frame:t,before:n,after:[],corrects:!1})})}function rr(){return R(async()=>{let e=T().undoStack.at(-1);e&&(E({frame:e.frame,selected:e.objectId}),await ur(e.objectId,e.frame,e.after,e.before),E(t=>({undoStack:t.undoStack.slice(0,-1),redoStack:[...t.redoStack,e]})))})}function ir(){return R(async()=>{let e=T().redoStack.at(-1);e&&(E({frame:e.frame,selected:e.objectId}),await ur(e.objectId,e.frame,e.before,e.after),e.corrects&&or(e.objectId,e.frame,e.after.at(-1)),E(t=>({redoStack:t.redoStack.slice(0,-1),undoStack:[...t.undoStack,e]})))})}function ar(e){let t=T().selected??rt(),{frame:n}=T(),r={objectId:t,frame:n,prompt:e};return A(t,{hidden:!1}),E(e=>({showMasks:!0,pendingPrompts:[...e.pendingPrompts,r]})),R(async()=>{let r=sr(t,n),i=We(t,n);await Jn(t,n,e,{corrects:i});let a=e.kind===`points`?[...r,e]:[e];cr({objectId:t,frame:n,before:r,after:a,corrects:i}),i&&or(t,n,e),i&&e.kind!==`candidate`&&dn(t,n)}).finally(()=>E(e=>({pendingPrompts:e.pendingPrompts.filter(e=>e!==r)})))}function or(e,t,n){let r=S(e,t),i=n.kind!==`candidate`;E(e=>({corrected:C(e.corrected,r,i),accepted:C(e.accepted,r,!i),suggested:C(e.suggested,r,!1)}))}function sr(e,t){let n=T().prompts.get(S(e,t));if(n)return n;let r=O.get(t,e);return r&&F(e,t)?[{kind:`mask`,counts:r.rle.counts}]:[]}function cr(e){E(t=>({undoStack:[...t.undoStack,e],redoStack:[]})),lr(e.objectId,e.frame,e.after)}function lr(e,t,n){E(r=>({prompts:new Map(r.prompts).set(S(e,t),n)}))}async function ur(e,t,n,r){let i=r.at(-1);if(i&&r.length===n.length+1)await Jn(e,t,i);else{let n=P(e)?.promptedFrames.some(e=>e!==t),i=O.framesOf(e).every(e=>e===t);(r.length===0||n||i)&&await Yn(e,t);for(let[n,i]of r.entries())await Jn(e,t,i,{clearOldPoints:n===0})}lr(e,t,r);let a=S(e,t);r.length===0&&E(e=>({corrected:C(e.corrected,a,!1),accepted:C(e.accepted,a,!1)}))}function dr({children:e,question:t,title:n,className:r=``,label:i,onConfirm:a}){let[o,s]=(0,K.useState)(!1);return(0,J.jsx)(`button`,{"data-keeps-focus":!0,className:`${r} ${o?`danger`:``}`,title:n,"aria-label":i,onBlur:()=>s(!1),onClick:e=>{e.stopPropagation(),s(!o),o&&a()},children:o?t:e})}var fr=[{mode:`OFF`,label:`Off`,means:`Corrections train nothing; the model tracks alone.`},{mode:`SUGGEST`,label:`Suggest`,means:`Corrections train adapters; you choose among their masks.`},{mode:`AUTO`,label:`Auto`,means:`Near a correction, an adapter's mask is used where its shape is more like the frame before's.`}];function pr(){let e=w(e=>e.loraMode),t=w(e=>e.corrected.size),n=w(e=>e.accepted.size),r=w(e=>e.objects),i=r.reduce((e,t)=>e+t.adapters.length,0);return(0,J.jsxs)(`aside`,{className:`learn`,"aria-label":`Learning`,children:[(0,J.jsx)(`h2`,{children:`Learning`}),(0,J.jsx)(`div`,{className:`group modes`,role:`radiogroup`,"aria-label":`What adapters do`,children:fr.map(t=>(0,J.jsx)(`button`,{role:`radio`,"aria-checked":e===t.mode,title:`${t.means} (L)`,onClick:()=>void hn(t.mode),children:t.label},t.mode))}),(0,J.jsx)(`p`,{className:`quiet`,children:fr.find(t=>t.mode===e)?.means}),(0,J.jsxs)(`dl`,{className:`counts`,children:[(0,J.jsx)(mr,{name:`Corrections made`,value:t}),(0,J.jsx)(mr,{name:`Corrections saved`,value:n,title:`Frames corrected by accepting a candidate`}),(0,J.jsx)(mr,{name:`Adapters`,value:i})]}),(0,J.jsx)(X,{place:`learn`}),(0,J.jsx)(hr,{}),(0,J.jsx)(br,{}),i>0&&(0,J.jsxs)(`section`,{children:[(0,J.jsxs)(`h3`,{children:[`Adapters`,(0,J.jsx)(dr,{className:`plain`,question:`Forget them?`,title:`Delete every adapter; masks stay`,onConfirm:()=>void gn(),children:`Forget`})]}),r.filter(e=>e.adapters.length).map(e=>(0,J.jsx)(Sr,{object:e},e.objectId))]})]})}function mr({name:e,value:t,title:n}){return(0,J.jsxs)(`div`,{title:n,children:[(0,J.jsx)(`dt`,{children:e}),(0,J.jsx)(`dd`,{"data-count":e,children:t})]})}function hr(){let e=w(e=>e.training),t=w(e=>e.lastRun),n=w(e=>e.objects),r=e??t;if(!r)return(0,J.jsx)(`p`,{className:`quiet teach`,children:`Track, then correct a frame that came out wrong: the model learns from it at once.`});let i=n.find(e=>e.objectId===r.objectId);return(0,J.jsxs)(`section`,{className:`run`,"data-state":e?`training`:`trained`,children:[(0,J.jsxs)(`h3`,{children:[(0,J.jsx)(`i`,{style:{background:i?.color}}),e?`Learning`:`Learned`,` frame `,r.frame,(0,J.jsx)(`small`,{children:e?`step ${r.ious.length}${r.steps?` of at most ${r.steps}`:``}`:r.adapter&&`${r.adapter.seconds.toFixed(1)} s`})]}),(0,J.jsx)(yr,{run:r,color:i?.color??`currentColor`}),r.adapter?(0,J.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,J.jsx)(`b`,{"data-iou":`before`,children:r.adapter.baselineIou.toFixed(2)}),` → `,(0,J.jsx)(`b`,{"data-iou":`after`,children:r.adapter.trainingIou.toFixed(2)}),(0,J.jsx)(`small`,{children:r.adapter.steps===1?`1 step`:`${r.adapter.steps} steps`})]}):(0,J.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,J.jsx)(`b`,{children:r.ious.at(-1)?.toFixed(2)??`…`})]})]})}var gr=256,_r=84,vr=22;function yr({run:e,color:t}){let n=e.ious,r=Math.max(n.length-1,1),i=e.adapter?n.indexOf(Math.max(...n)):n.length-1,a=e=>vr+e/r*230,o=e=>6+(1-e)*72,s=n.map((e,t)=>`${a(t).toFixed(1)},${o(e).toFixed(1)}`).join(` `);return(0,J.jsxs)(`svg`,{className:`curve`,viewBox:`0 0 ${gr} ${_r}`,role:`img`,"aria-label":`IoU over ${n.length} steps, now ${n.at(-1)?.toFixed(2)??`unknown`}`,children:[[0,.5,1].map(e=>(0,J.jsxs)(`g`,{children:[(0,J.jsx)(`line`,{className:`rule`,x1:vr,x2:gr,y1:o(e),y2:o(e)}),(0,J.jsx)(`text`,{x:17,y:o(e)+3,children:e})]},e)),e.adapter&&(0,J.jsx)(`line`,{className:`baseline`,x1:vr,x2:gr,y1:o(e.adapter.baselineIou),y2:o(e.adapter.baselineIou)}),(0,J.jsx)(`polyline`,{points:s,stroke:t}),n.length>0&&(0,J.jsx)(`circle`,{cx:a(i),cy:o(n[i]),r:`3`,fill:t})]})}function br(){let e=w(e=>e.candidates),t=w(e=>e.hovered);return e.length===0?null:(0,J.jsxs)(`section`,{className:`candidates`,children:[(0,J.jsxs)(`h3`,{children:[`Candidates `,(0,J.jsx)(`small`,{children:`point at one to compare it`})]}),e.map((e,n)=>(0,J.jsx)(xr,{candidate:e,number:n+1,hovered:t===e.adapterId},e.adapterId))]})}function xr({candidate:e,number:t,hovered:n}){let r=e=>()=>E({hovered:e});return(0,J.jsxs)(`button`,{className:`candidate`,"data-hovered":n,onPointerEnter:r(e.adapterId),onPointerLeave:r(null),onFocus:r(e.adapterId),onBlur:r(null),onClick:()=>void tr(e),"aria-label":`Accept candidate ${t}, predicted IoU ${e.predictedIou.toFixed(2)}`,children:[(0,J.jsx)(`kbd`,{children:t}),(0,J.jsxs)(`span`,{children:[`predicted IoU `,(0,J.jsx)(`b`,{children:e.predictedIou.toFixed(2)})]}),(0,J.jsxs)(`small`,{title:`IoU with the mask shown`,children:[Math.round(e.agreement*100),` % overlap`]})]})}function Sr({object:e}){return(0,J.jsx)(`ul`,{className:`adapters`,children:e.adapters.map(t=>(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`i`,{style:{background:e.color}}),(0,J.jsxs)(`span`,{children:[`frame`,t.frameIndices.length>1?`s`:``,` `,t.frameIndices.join(`, `)]}),(0,J.jsxs)(`b`,{children:[t.baselineIou.toFixed(2),` → `,t.trainingIou.toFixed(2)]})]},t.adapterId))})}function Cr(){let e=w(e=>e.objects),t=w(e=>e.selected);return(0,J.jsxs)(`aside`,{className:`objects`,"aria-label":`Objects`,children:[(0,J.jsxs)(`h2`,{children:[`Objects`,(0,J.jsx)(`button`,{className:`plain`,title:`New object (N)`,"aria-label":`New object`,onClick:()=>rt(),children:(0,J.jsx)(Y,{name:`add`})})]}),(0,J.jsx)(`ul`,{children:e.map(e=>(0,J.jsx)(wr,{object:e,selected:e.objectId===t},e.objectId))}),e.length===0&&(0,J.jsx)(`p`,{className:`quiet`,children:`None yet. Your first click adds one.`}),(0,J.jsx)(X,{place:`objects`})]})}function wr({object:e,selected:t}){let{objectId:n,name:r,color:i,hidden:a,promptedFrames:o,adapters:s}=e,c=He(e),l=[o.length===0?`no prompt yet`:`${o.length} prompt${o.length>1?`s`:``}`,...s.length?[`${s.length} adapter${s.length>1?`s`:``}`]:[]];return(0,J.jsxs)(`li`,{className:`object`,"aria-current":t,onClick:()=>E({selected:n}),children:[(0,J.jsx)(`input`,{type:`color`,value:i,"aria-label":`Color of ${c}`,title:`Color`,onChange:e=>A(n,{color:e.target.value})}),(0,J.jsxs)(`div`,{className:`about`,children:[(0,J.jsx)(Tr,{objectId:n,name:r},r),(0,J.jsx)(`small`,{children:l.join(` · `)})]}),(0,J.jsx)(`button`,{className:`plain`,title:a?`Show (H)`:`Hide (H)`,"aria-label":`${a?`Show`:`Hide`} ${c}`,onClick:e=>{e.stopPropagation(),st(n)},children:(0,J.jsx)(Y,{name:a?`eyeOff`:`eye`})}),(0,J.jsx)(dr,{className:`remove plain`,question:`Remove?`,title:`Remove with its masks and adapters (Delete)`,label:`Remove ${c}`,onConfirm:()=>void ot(n),children:(0,J.jsx)(Y,{name:`remove`})})]})}function Tr({objectId:e,name:t}){let[n,r]=(0,K.useState)(t);return(0,J.jsx)(`input`,{className:`name`,value:n,maxLength:100,placeholder:`Object ${e}`,"aria-label":`Name of object ${e}`,onChange:e=>r(e.target.value),onBlur:()=>void it(e,n),onKeyDown:e=>{e.key===`Escape`&&r(t),(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}})}var Er=new WeakSet;function Dr(){let e=kr()??Or();e?(M(`track`),Er.add(e.mask),E({selected:e.mask.objectId}),G(e.frame)):j(`track`,`No frame is in doubt: none has been tracked yet.`,`note`)}function Or(){return Er=new WeakSet,kr()}function kr(){let{objects:e,video:t}=T(),n=Math.max(2,Math.round((t?.frameCount??0)/40)),r=null;for(let{objectId:t,hidden:i,promptedFrames:a}of e){if(i)continue;let e=O.framesOf(t),o=[...e.filter(e=>Er.has(O.get(e,t))),...a];for(let i of e){let e=O.get(i,t),a=Dt(e),s=o.some(e=>Math.abs(e-i)<n);a!==null&&!s&&a<(r?.certainty??1/0)&&(r={frame:i,mask:e,certainty:a})}}return r}var Z={fit:()=>{},zoom:e=>{},pan:(e,t)=>{},dab:(e,t)=>{},panning:!1,panned:!1},Ar=.01,jr=.05,Mr={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,-1],ArrowDown:[0,1]};function Nr(){E(({crosshair:e})=>({crosshair:e?null:[.5,.5],corner:null,playing:!1,following:!1}))}function Pr(){let{crosshair:e,corner:t,tool:n}=T();if(!e||n!==`point`)return;if(!t)return E({corner:e});E({corner:null});let[r,i]=[Math.min(t[0],e[0]),Math.max(t[0],e[0])],[a,o]=[Math.min(t[1],e[1]),Math.max(t[1],e[1])];r<i&&a<o&&$n([r,a,i,o])}function Fr(e){let{crosshair:t,tool:n}=T();if(!t||e.ctrlKey||e.metaKey)return!1;if(e.key===`Enter`)return e.target instanceof HTMLButtonElement?!1:(n===`point`?Qn(t,+!e.altKey):Z.dab(...t),!0);let r=Mr[e.key];if(!r)return!1;let i=e.shiftKey?jr:Ar;return E({crosshair:[Ir(t[0]+r[0]*i),Ir(t[1]+r[1]*i)]}),!0}function Ir(e){return Math.max(0,Math.min(1,e))}var Lr=[`OFF`,`SUGGEST`,`AUTO`],Rr=60,zr=[{title:`Moving`,shortcuts:[{shown:[`←`,`→`],does:`Previous, next frame`,keys:[`arrowleft`,`arrowright`,`,`,`.`],run:e=>Hr(e,1)},{shown:[`Shift ←`,`Shift →`],does:`Ten frames back, forward`,keys:[`shift+arrowleft`,`shift+arrowright`],run:e=>Hr(e,10)},{shown:[`Home`,`End`],does:`First, last frame`,keys:[`home`,`end`],run:e=>G(e===`home`?0:1/0)},{shown:[`Space`],does:`Play, pause`,keys:[` `],run:Mn},{shown:[`D`],does:`Next doubtful frame`,keys:[`d`],run:Dr},{shown:[`+`,`−`,`0`],does:`Zoom in, out, to fit (or the wheel)`,keys:[`+`,`=`,`-`,`0`],run:Ur},{shown:[`Space + drag`,`Ctrl ← → ↑ ↓`],does:`Move the picture`,keys:[`ctrl+arrowleft`,`ctrl+arrowright`,`ctrl+arrowup`,`ctrl+arrowdown`],run:Wr}]},{title:`Objects`,shortcuts:[{shown:[`N`],does:`New object`,keys:[`n`],run:()=>void rt()},{shown:[`↑`,`↓`],does:`Previous, next object`,keys:[`arrowup`,`arrowdown`],run:e=>ct(e===`arrowup`?-1:1)},{shown:[`R`],does:`Rename`,keys:[`r`,`f2`],run:()=>Yr(`.object[aria-current=true] .name`)},{shown:[`H`],does:`Hide, show`,keys:[`h`],run:Gr},{shown:[`M`],does:`All masks off, on`,keys:[`m`],run:()=>E(({showMasks:e})=>({showMasks:!e}))},{shown:[`Delete`],does:`Remove the object (then Enter)`,keys:[`delete`],run:()=>Yr(`.object[aria-current=true] .remove`,!0)}]},{title:`Prompts`,shortcuts:[{shown:[`Click`],does:`Part of the object`,keys:[]},{shown:[`Right click`,`Alt click`],does:`Not part of the object`,keys:[]},{shown:[`Drag`],does:`Box`,keys:[]},{shown:[`P`,`B`,`E`],does:`Points and boxes, brush, eraser`,keys:[`p`,`b`,`e`],run:e=>E({tool:e===`p`?`point`:e===`b`?`brush`:`eraser`,corner:null})},{shown:[`[`,`]`],does:`Brush smaller, larger`,keys:[`[`,`]`],run:e=>Kr(e===`[`?.8:1.25)},{shown:[`Ctrl Z`,`Ctrl Y`],does:`Undo, redo`,keys:[`ctrl+z`,`ctrl+y`,`ctrl+shift+z`],run:e=>void(e===`ctrl+z`?rr():ir())},{shown:[`Backspace`],does:`Clear the object's prompts on this frame`,keys:[`backspace`],run:()=>void nr()},{shown:[`C`],does:`Crosshair: arrows move it, Enter adds a point or paints, Alt Enter adds a background point`,keys:[`c`],run:Nr},{shown:[`X`,`X`],does:`With the crosshair: one corner of a box, then the other`,keys:[`x`],run:Pr}]},{title:`Tracking and learning`,shortcuts:[{shown:[`T`],does:`Track forward, stop`,keys:[`t`],run:()=>U(!1)},{shown:[`Shift T`],does:`Track backward from here, stop`,keys:[`shift+t`],run:()=>U(!0)},{shown:[`F`],does:`Follow the frame being tracked`,keys:[`f`],run:()=>E(({following:e})=>({following:!e}))},{shown:[`1 – 9`],does:`Accept a candidate`,keys:[`1`,`2`,`3`,`4`,`5`,`6`,`7`,`8`,`9`],run:qr},{shown:[`L`],does:`Off, suggest, auto`,keys:[`l`],run:Jr},{shown:[`Ctrl S`],does:`Export`,keys:[`ctrl+s`],run:()=>E({dialog:`export`})},{shown:[`Esc`],does:`Stop, close, leave the crosshair`,keys:[`escape`],run:Xr},{shown:[`?`],does:`This list`,keys:[`?`,`shift+?`],run:()=>E({dialog:`shortcuts`})}]}],Br=new Map(zr.flatMap(({shortcuts:e})=>e).flatMap(({keys:e,run:t})=>e.map(e=>[e,t])));function Vr(e){return Br.get(e)}function Hr(e,t){An(e.endsWith(`arrowleft`)||e===`,`?-t:t)}function Ur(e){e===`0`?Z.fit():Z.zoom(e===`-`?.8:1.25)}function Wr(e){e===`ctrl+arrowleft`?Z.pan(Rr,0):e===`ctrl+arrowright`?Z.pan(-60,0):e===`ctrl+arrowup`?Z.pan(0,Rr):Z.pan(0,-60)}function Gr(){let{selected:e}=T();e!==null&&st(e)}function Kr(e){E(({brush:t})=>({brush:Math.max(1,Math.min(200,t*e))}))}function qr(e){let t=T().candidates[Number(e)-1];t&&tr(t)}function Jr(){hn(Lr[(Lr.indexOf(T().loraMode)+1)%Lr.length])}function Yr(e,t=!1){let n=document.querySelector(e);n?.focus(),t&&n?.click()}function Xr(){let{crosshair:e,tracking:t}=T();e?E({crosshair:null,corner:null}):t?H():E({playing:!1})}function Zr(){return(0,J.jsx)(Wn,{name:`shortcuts`,title:`All keys`,children:(0,J.jsx)(`div`,{className:`columns`,children:zr.map(({title:e,shortcuts:t})=>(0,J.jsxs)(`section`,{children:[(0,J.jsx)(`h3`,{children:e}),(0,J.jsx)(`dl`,{children:t.map(({shown:e,does:t})=>(0,J.jsxs)(`div`,{children:[(0,J.jsx)(`dt`,{children:e.map((e,t)=>(0,J.jsx)(`kbd`,{children:e},t))}),(0,J.jsx)(`dd`,{children:t})]},t))})]},e))})})}function Qr(e,t,n,r,i){let{width:a,height:o,data:s}=e,c=Math.max(0,Math.floor(Math.min(t.x,n.x)-r)),l=Math.min(a-1,Math.ceil(Math.max(t.x,n.x)+r)),u=Math.max(0,Math.floor(Math.min(t.y,n.y)-r)),d=Math.min(o-1,Math.ceil(Math.max(t.y,n.y)+r)),[f,p]=[n.x-t.x,n.y-t.y],m=f*f+p*p;for(let e=u;e<=d;e++)for(let n=c;n<=l;n++){let[o,c]=[n+.5-t.x,e+.5-t.y],l=m?Math.max(0,Math.min(1,(o*f+c*p)/m)):0;(o-l*f)**2+(c-l*p)**2<=r*r&&(s[e*a+n]=i)}}var $r=26;function ei({view:e}){let t=w(e=>e.candidates),n=w(e=>e.frame),r=w(e=>e.hovered);return t.map((t,i)=>{let{top:a}=kt(t.rleMask);if(!a||t.frameIndex!==n)return null;let o={left:e.x+a.x*e.scale+i*$r,top:e.y+a.y*e.scale};return(0,J.jsx)(`button`,{className:`badge`,style:o,"data-hovered":t.adapterId===r,title:`Accept candidate ${i+1} (key ${i+1})`,"aria-label":`Accept candidate ${i+1}`,onPointerEnter:()=>E({hovered:t.adapterId}),onPointerLeave:()=>E({hovered:null}),onClick:()=>void tr(t),children:i+1},t.adapterId)})}var ti=`#12a150`,ni=`#e5484d`;function ri(e,t,n,r){let i=e.getContext(`2d`),a=devicePixelRatio;i.setTransform(1,0,0,1,0,0),i.clearRect(0,0,e.width,e.height),i.setTransform(t.scale*a,0,0,t.scale*a,t.x*a,t.y*a),i.lineJoin=`round`;let o=k.current?.get(n);if(!o)return[];i.imageSmoothingEnabled=t.scale*a<3,i.imageSmoothingQuality=t.scale*a<1?`medium`:`low`,i.drawImage(o,0,0);let{objects:s,selected:c,showMasks:l,candidates:u,hovered:d,pendingPrompts:f}=T(),p=r.painted?.frame===n?r.painted:null,m=u.find(e=>e.adapterId===d&&e.frameIndex===n),h=[];for(let e of s){let r=O.get(n,e.objectId);if(e.hidden||!l)continue;let a=e.objectId===c;p?.objectId===e.objectId?ai(i,ht(p.bitmap).path,e.color,a,t):m?.objectId===e.objectId?ai(i,kt(m.rleMask).path,e.color,a,t):r&&(ai(i,kt(r.rle).path,e.color,a,t,r.stale),h.push(r))}for(let e of u){let r=s.find(t=>t.objectId===e.objectId);e.frameIndex===n&&r&&l&&!r.hidden&&oi(i,kt(e.rleMask).path,t,e.adapterId===d)}let g=s.find(e=>e.objectId===c);if(g){let e=T().prompts.get(S(g.objectId,n))??[],r=f.filter(e=>e.objectId===g.objectId&&e.frame===n);for(let n of[...e,...r.map(e=>e.prompt)])si(i,n,o,g,t)}r.box&&li(i,r.box,t,`#fff`),di(i,o,t);let{crosshair:_,tool:ee}=T();return _&&ee!==`point`&&ui(i,{x:_[0]*o.width,y:_[1]*o.height},t),r.pointer&&T().tool!==`point`&&ui(i,r.pointer,t),h}function ii(e){return e.map(e=>{let t=Dt(e);return`${He(P(e.objectId)??{objectId:e.objectId,name:``})}: ${t===null?`drawn by hand`:`confidence ${t.toFixed(2)}`}${e.source===`LORA`?`, by an adapter`:``}`}).join(`; `)}function ai(e,t,n,r,i,a=!1){e.fillStyle=n,e.globalAlpha=a?.18:r?.42:.32,e.fill(t,`evenodd`),e.globalAlpha=1,r&&(e.lineWidth=3.5/i.scale,e.strokeStyle=`rgba(0,0,0,.45)`,e.stroke(t)),e.lineWidth=(r?2:1.25)/i.scale,e.strokeStyle=n,e.setLineDash(a?[5/i.scale,4/i.scale]:[]),e.stroke(t),e.setLineDash([])}function oi(e,t,n,r){e.lineWidth=(r?3:1.75)/n.scale,e.strokeStyle=`rgba(0,0,0,.7)`,e.stroke(t),e.setLineDash([6/n.scale,4/n.scale]),e.strokeStyle=`#fff`,e.stroke(t),e.setLineDash([])}function si(e,t,n,r,i){if(t.kind===`box`){let[a,o,s,c]=t.box;li(e,[a*n.width,o*n.height,s*n.width,c*n.height],i,r.color)}t.kind===`points`&&t.points.forEach(([r,a],o)=>ci(e,r*n.width,a*n.height,t.labels[o]===1,i))}function ci(e,t,n,r,i){let a=1/i.scale;e.beginPath(),e.arc(t,n,7*a,0,2*Math.PI),e.fillStyle=r?ti:ni,e.fill(),e.lineWidth=2*a,e.strokeStyle=`#fff`,e.stroke(),e.beginPath(),e.moveTo(t-3*a,n),e.lineTo(t+3*a,n),r&&(e.moveTo(t,n-3*a),e.lineTo(t,n+3*a)),e.stroke()}function li(e,[t,n,r,i],a,o){e.lineWidth=3/a.scale,e.strokeStyle=`rgba(0,0,0,.6)`,e.strokeRect(t,n,r-t,i-n),e.lineWidth=1.5/a.scale,e.strokeStyle=o,e.strokeRect(t,n,r-t,i-n)}function ui(e,{x:t,y:n},r){for(let[i,a]of[[3,`rgba(0,0,0,.6)`],[1.25,`#fff`]])e.beginPath(),e.arc(t,n,T().brush,0,2*Math.PI),e.lineWidth=i/r.scale,e.strokeStyle=a,e.stroke()}function di(e,t,n){let{crosshair:r,corner:i}=T();if(!r)return;let[a,o]=[r[0]*t.width,r[1]*t.height];i&&li(e,[i[0]*t.width,i[1]*t.height,a,o],n,`#fff`);let s=14/n.scale;for(let[t,r]of[[4,`rgba(0,0,0,.7)`],[1.75,`#fff`]])e.beginPath(),e.moveTo(a-s,o),e.lineTo(a+s,o),e.moveTo(a,o-s),e.lineTo(a,o+s),e.lineWidth=t/n.scale,e.strokeStyle=r,e.stroke()}var fi=.05,pi=40;function mi(e,t,n,r){let i=Math.max(.01,Math.min((e-32)/n,(t-32)/r));return{scale:i,x:(e-n*i)/2,y:(t-r*i)/2}}function hi(e,t,n,r){let i=Math.max(fi,Math.min(pi,e.scale*t)),a=i/e.scale;return{scale:i,x:n-(n-e.x)*a,y:r-(r-e.y)*a}}var gi=4;function _i(){let e=w(e=>e.video),t=w(e=>e.tool),n=(0,K.useRef)(null),r=(0,K.useRef)(null),i=(0,K.useRef)(null),a=(0,K.useRef)(0),o=(0,K.useRef)({box:null,painted:null,pointer:null}),s=(0,K.useRef)(null),c=(0,K.useRef)(0),[l,u]=(0,K.useState)({scale:1,x:0,y:0}),d=(0,K.useRef)(()=>{cancelAnimationFrame(c.current),c.current=requestAnimationFrame(()=>{let e=r.current;if(!e||!i.current)return;k.current?.get(T().frame)&&(a.current=T().frame);let t=ri(e,i.current,a.current,o.current);e.dataset.frame=k.current?.get(a.current)?String(a.current):``,e.dataset.masks=t.map(e=>`${e.objectId}:${e.serial}`).join(` `),e.setAttribute(`aria-label`,`Frame ${a.current}. ${ii(t)||`No mask`}`)})}).current,f=(0,K.useRef)(e=>{i.current=e,u(e),d()}).current;(0,K.useLayoutEffect)(()=>{let t=r.current,a=n.current,o=!0,s=()=>{o=!0,f(mi(a.clientWidth,a.clientHeight,e.width,e.height))},c=(e,t=a.clientWidth/2,n=a.clientHeight/2)=>{o=!1,f(hi(i.current,e,t,n))},l=()=>{t.width=Math.round(a.clientWidth*devicePixelRatio),t.height=Math.round(a.clientHeight*devicePixelRatio),o||!i.current?s():d()},u=e=>{e.preventDefault();let{left:t,top:n}=a.getBoundingClientRect();c(Math.exp(-e.deltaY*(e.deltaMode===1?.05:.0015)),e.clientX-t,e.clientY-n)},p=new ResizeObserver(l);return p.observe(a),t.addEventListener(`wheel`,u,{passive:!1}),Object.assign(Z,{fit:s,zoom:c,pan:(e,t)=>{o=!1,f({...i.current,x:i.current.x+e,y:i.current.y+t})}}),()=>{p.disconnect(),t.removeEventListener(`wheel`,u)}},[e,f,d]),(0,K.useEffect)(()=>D((e,t)=>{o.current.painted&&e.pending===0&&t.pending>0&&s.current?.kind!==`paint`&&(o.current.painted=null),d()}),[d]);let p=e=>{let{left:t,top:r}=n.current.getBoundingClientRect(),{scale:a,x:o,y:s}=i.current;return{x:(e.clientX-t-o)/a,y:(e.clientY-r-s)/a}},m=({x:t,y:n})=>t>=0&&n>=0&&t<=e.width&&n<=e.height,h=(t,n)=>{let r=T().selected??rt(),i=o.current.painted?.bitmap??yi(r,a.current,e.width,e.height);o.current.painted={objectId:r,frame:a.current,bitmap:i},Qr(i,t,t,T().brush,n)},g=()=>{let{bitmap:e}=o.current.painted;if(e.data.includes(1))return void er(e);o.current.painted=null,j(`stage`,`A mask needs at least one pixel. To remove it from this frame, press Backspace.`,`note`)},_=()=>a.current===T().frame||(j(`stage`,`Frame ${T().frame} is still loading.`,`note`),!1);return Z.dab=(n,r)=>{_()&&(h({x:n*e.width,y:r*e.height},+(t===`brush`)),g(),d())},(0,J.jsxs)(`section`,{className:`stage`,"aria-label":`Picture`,children:[(0,J.jsxs)(`div`,{className:`holder`,ref:n,children:[(0,J.jsx)(`canvas`,{ref:r,role:`img`,"data-tool":t,onMouseDown:e=>{e.preventDefault(),document.activeElement instanceof HTMLElement&&document.activeElement.blur()},onPointerDown:e=>{let n=p(e);if(e.currentTarget.setPointerCapture(e.pointerId),e.button===1||Z.panning)s.current={kind:`pan`,x:e.clientX,y:e.clientY},Z.panned=!0;else if(!_())return;else if(t!==`point`&&e.button===0){let r=t===`brush`===e.altKey?0:1;s.current={kind:`paint`,...n,value:r},h(n,r)}else m(n)&&(s.current={kind:`press`,...n,label:e.button===2||e.altKey?0:1});d()},onPointerMove:t=>{let n=p(t),r=s.current;if(o.current.pointer=n,r?.kind===`pan`){let{scale:e,x:n,y:a}=i.current;f({scale:e,x:n+t.clientX-r.x,y:a+t.clientY-r.y}),s.current={kind:`pan`,x:t.clientX,y:t.clientY}}else r?.kind===`paint`?(Qr(o.current.painted.bitmap,r,n,T().brush,r.value),s.current={...r,...n}):r?.kind===`press`&&r.label===1&&Math.hypot(n.x-r.x,n.y-r.y)*i.current.scale>gi&&(s.current={kind:`box`,x:r.x,y:r.y});s.current?.kind===`box`&&(o.current.box=bi(s.current,n,e.width,e.height)),d()},onPointerUp:()=>{let t=s.current;if(s.current=null,t?.kind===`press`)Qn([xi(t.x/e.width),xi(t.y/e.height)],t.label);else if(t?.kind===`box`&&o.current.box){let[t,n,r,i]=o.current.box;r>t&&i>n&&$n([t/e.width,n/e.height,r/e.width,i/e.height])}else t?.kind===`paint`&&g();o.current.box=null,d()},onPointerCancel:()=>{s.current=null,o.current={box:null,painted:null,pointer:null},d()},onPointerLeave:()=>{o.current.pointer=null,d()},onContextMenu:e=>e.preventDefault()}),(0,J.jsx)(ei,{view:l}),(0,J.jsx)(vi,{})]}),(0,J.jsx)(X,{place:`stage`})]})}function vi(){let e=w(e=>e.objects.every(e=>e.promptedFrames.length===0)&&e.pendingPrompts.length===0),t=w(e=>e.tool);return e?(0,J.jsxs)(`p`,{className:`hint`,children:[t===`point`?`Click an object, or drag a box around it`:`Paint over an object`,` · press `,(0,J.jsx)(`kbd`,{children:`?`}),` for all keys`]}):null}function yi(e,t,n,r){let i=O.get(t,e);return{width:n,height:r,data:i?Ot(i.rle).data.slice():new Uint8Array(n*r)}}function bi(e,t,n,r){let[i,a]=[e.x,t.x].map(e=>Math.max(0,Math.min(n,e))).sort((e,t)=>e-t),[o,s]=[e.y,t.y].map(e=>Math.max(0,Math.min(r,e))).sort((e,t)=>e-t);return[i,o,a,s]}function xi(e){return Math.max(0,Math.min(1,e))}var Si=`sam2-lit:theme`,Ci=[`system`,`light`,`dark`];function wi(){let e=localStorage.getItem(Si);return Ci.find(t=>t===e)??`system`}function Ti(e){document.documentElement.dataset.theme=e,localStorage.setItem(Si,e)}function Ei(){let e=Ci[(Ci.indexOf(wi())+1)%Ci.length];return Ti(e),e}function Di(){let[e,t]=(0,K.useState)(wi);return(0,J.jsx)(`button`,{title:`Theme: ${e}`,"aria-label":`Theme: ${e}`,onClick:()=>t(Ei()),children:(0,J.jsx)(Y,{name:e})})}function Oi({progress:e,upload:t}){let[n,r]=(0,K.useState)(null),i=w(e=>e.connected),a=(0,K.useRef)(null);return(0,K.useEffect)(()=>{i&&y(ge,{}).then(r,e=>N(`start`,e))},[i]),(0,J.jsxs)(`main`,{className:`start`,children:[(0,J.jsxs)(`header`,{children:[(0,J.jsx)(Rn,{}),(0,J.jsx)(`p`,{children:`Track objects through a video. Every correction teaches the model while you work.`}),(0,J.jsx)(Di,{})]}),(0,J.jsx)(X,{place:`start`}),(0,J.jsx)(`section`,{className:`drop`,onClick:e=>e.target===e.currentTarget&&a.current?.click(),children:e===null?(0,J.jsxs)(J.Fragment,{children:[(0,J.jsx)(Y,{name:`upload`}),(0,J.jsx)(`p`,{children:`Drop a video here, or`}),(0,J.jsx)(`button`,{className:`primary`,onClick:()=>a.current?.click(),children:`choose a file`}),(0,J.jsx)(`input`,{ref:a,type:`file`,accept:`video/*`,hidden:!0,onChange:e=>e.target.files?.[0]&&t(e.target.files[0])})]}):(0,J.jsxs)(J.Fragment,{children:[(0,J.jsx)(`p`,{children:e<1?`Uploading, ${Math.round(e*100)} %`:`The server is reading the video…`}),(0,J.jsx)(`progress`,{max:1,value:e<1?e:void 0,"aria-label":`Upload`}),(0,J.jsx)(`button`,{onClick:Ln,children:`Cancel`})]})}),(0,J.jsx)(`h2`,{children:`Videos`}),(0,J.jsx)(`ul`,{className:`videos`,children:n?.videos.edges.map(({node:e})=>(0,J.jsx)(`li`,{children:(0,J.jsx)(ki,{video:e})},e.id))}),n&&n.sessions.length>0&&(0,J.jsxs)(J.Fragment,{children:[(0,J.jsx)(`h2`,{children:`Open sessions`}),(0,J.jsx)(`ul`,{className:`sessions`,children:n.sessions.map(e=>(0,J.jsx)(`li`,{children:(0,J.jsxs)(`a`,{href:`#session=${e.sessionId}`,children:[(0,J.jsx)(`b`,{children:Ue(e.video.path)}),(0,J.jsxs)(`span`,{children:[e.objects.length,` object`,e.objects.length===1?``:`s`,` · `,e.trackedFrameCount,` of `,e.video.frameCount,` frames`]}),(0,J.jsx)(`time`,{dateTime:e.createdAt,children:new Date(e.createdAt).toLocaleString([],{dateStyle:`medium`,timeStyle:`short`})})]})},e.sessionId))})]}),n&&(0,J.jsxs)(`footer`,{children:[`Model `,n.model.name,` on `,n.model.device,`, `,(n.model.parameterCount/1e6).toFixed(1),` million parameters ·`,` `,(0,J.jsx)(`a`,{href:`/graphql`,children:`GraphQL`})]})]})}function ki({video:e}){let t=(0,K.useRef)(null),[n,r]=(0,K.useState)(!1),i=(0,K.useCallback)(async()=>{let n=await Nt(e.posterUrl),r=t.current;r&&(r.width=n.width,r.height=n.height,r.getContext(`2d`).drawImage(n,0,0))},[e]);return(0,K.useEffect)(()=>{i().catch(()=>{})},[i]),(0,J.jsxs)(`button`,{className:`card`,disabled:n,onClick:()=>{r(!0),bn(e.path).finally(()=>r(!1))},children:[(0,J.jsx)(`canvas`,{ref:t,"aria-hidden":`true`}),(0,J.jsx)(`b`,{children:Ue(e.path)}),(0,J.jsxs)(`small`,{children:[e.width,` × `,e.height,` · `,e.frameCount,` frames · `,e.durationSec.toFixed(1),` s`]})]})}var Q=34,$=20,Ai=16;function ji(){return(0,J.jsxs)(`footer`,{className:`timeline`,"aria-label":`Timeline`,children:[(0,J.jsx)(Mi,{}),(0,J.jsx)(Pi,{})]})}function Mi(){let{frame:e,video:t,playing:n,tracking:r,following:i,objects:a}=w(),o=t.frameCount,s=r?0:Ke().length,c=a.some(e=>e.promptedFrames.length);return(0,J.jsxs)(`div`,{className:`transport`,children:[(0,J.jsxs)(`div`,{className:`group`,children:[(0,J.jsx)(`button`,{title:`Previous frame (←)`,"aria-label":`Previous frame`,onClick:()=>An(-1),children:(0,J.jsx)(Y,{name:`previous`})}),(0,J.jsx)(`button`,{title:`Play, pause (Space)`,"aria-label":n?`Pause`:`Play`,onClick:Mn,children:(0,J.jsx)(Y,{name:n?`pause`:`play`})}),(0,J.jsx)(`button`,{title:`Next frame (→)`,"aria-label":`Next frame`,onClick:()=>An(1),children:(0,J.jsx)(Y,{name:`next`})})]}),(0,J.jsxs)(`label`,{className:`frame`,children:[(0,J.jsx)(`span`,{children:`Frame`}),(0,J.jsx)(`input`,{type:`number`,min:0,max:o-1,value:e,onChange:e=>e.target.value!==``&&G(e.target.valueAsNumber),onKeyDown:e=>(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}),(0,J.jsxs)(`small`,{children:[`of `,o,` · `,(e/t.fps).toFixed(2),` s`]})]}),r?(0,J.jsxs)(`button`,{className:`primary stop`,title:`Stop (T)`,onClick:()=>U(!1),children:[(0,J.jsx)(Y,{name:`stop`}),` Stop`]}):(0,J.jsxs)(`div`,{className:`group`,children:[(0,J.jsxs)(`button`,{className:`primary`,title:`Track forward from the first frame that needs it (T)`,disabled:!c,onClick:()=>U(!1),children:[`Track`,s>0&&(0,J.jsxs)(`small`,{children:[s,` frames`]})]}),(0,J.jsx)(`button`,{title:`Track backward from this frame (Shift T)`,disabled:!c||e===0,onClick:()=>U(!0),children:`Back`})]}),r&&(0,J.jsxs)(`span`,{className:`progress`,children:[(0,J.jsx)(`progress`,{max:Math.max(r.total,1),value:r.completed,"aria-label":`Frames tracked`}),(0,J.jsxs)(`output`,{children:[r.completed,` / `,r.total||`…`,r.framesPerSecond!==null&&` · ${r.framesPerSecond.toFixed(1)} frames/s`]}),(0,J.jsxs)(`label`,{children:[(0,J.jsx)(`input`,{type:`checkbox`,checked:i,onChange:e=>E({following:e.target.checked})}),` Follow`]})]}),(0,J.jsxs)(`button`,{title:`Go to the mask that the model is least sure of (D)`,onClick:Dr,children:[(0,J.jsx)(Y,{name:`doubt`}),` Next doubtful frame`]}),(0,J.jsx)(X,{place:`track`}),(0,J.jsx)(`span`,{className:`spring`}),(0,J.jsx)(Ni,{})]})}function Ni(){return(0,J.jsxs)(`ul`,{className:`legend`,"aria-label":`Legend`,children:[(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`path`,{className:`prompted`,d:`M6 1l5 5-5 5-5-5z`})}),` prompt`]}),(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`circle`,{className:`correction`,cx:`6`,cy:`6`,r:`4`})}),` correction`]}),(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`rect`,{className:`adapter`,x:`1`,y:`4`,width:`10`,height:`4`})}),` by an adapter`]}),(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`path`,{className:`suggested`,d:`M6 2l4 8H2z`})}),` suggestion`]}),(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`path`,{className:`sure`,d:`M1 9l3-5 3 3 4-5`})}),` confidence`]}),(0,J.jsxs)(`li`,{children:[(0,J.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,J.jsx)(`rect`,{className:`stale`,x:`1`,y:`2`,width:`10`,height:`8`})}),` stale`]})]})}function Pi(){let e=w(e=>e.objects),t=w(e=>e.selected),n=w(e=>e.video.frameCount),r=w(e=>e.video.fps),i=w(e=>e.masksVersion),a=w(e=>e.corrected),o=w(e=>e.accepted),s=w(e=>e.suggested),c=(0,K.useRef)(null),[l,u]=(0,K.useState)(600);(0,K.useLayoutEffect)(()=>{let e=new ResizeObserver(()=>u(c.current.clientWidth));return e.observe(c.current),()=>e.disconnect()},[]);let d=new Fi(l,n),f=e=>{e.buttons===1&&(e.currentTarget.setPointerCapture(e.pointerId),G(d.frameAt(e.clientX-e.currentTarget.getBoundingClientRect().left)))};return(0,J.jsxs)(`div`,{className:`tracks`,children:[(0,J.jsx)(`ul`,{className:`labels`,style:{paddingTop:$},children:e.map(({objectId:e,name:n,color:r})=>(0,J.jsxs)(`li`,{style:{height:Q},"aria-current":e===t,onClick:()=>E({selected:e}),children:[(0,J.jsx)(`i`,{style:{background:r}}),(0,J.jsx)(`span`,{children:He({objectId:e,name:n})})]},e))}),(0,J.jsxs)(`div`,{className:`scrub`,ref:c,onPointerDown:f,onPointerMove:f,children:[(0,J.jsx)(Ii,{scale:d,height:$+Math.max(e.length,1)*Q}),(0,J.jsxs)(`svg`,{width:l,height:$+Math.max(e.length,1)*Q,"aria-hidden":`true`,children:[(0,J.jsx)(`defs`,{children:(0,J.jsx)(`pattern`,{id:`stale`,width:`5`,height:`5`,patternUnits:`userSpaceOnUse`,patternTransform:`rotate(45)`,children:(0,J.jsx)(`rect`,{width:`2`,height:`5`})})}),(0,J.jsx)(Li,{scale:d,fps:r}),e.map((e,n)=>(0,J.jsxs)(`g`,{transform:`translate(0 ${$+n*Q})`,children:[(0,J.jsx)(`rect`,{className:`row`,"data-selected":e.objectId===t,width:l,height:33}),(0,J.jsx)(Ri,{object:e,scale:d,width:l,version:i,corrected:a,accepted:o,suggested:s})]},e.objectId))]})]})]})}var Fi=class{count;step;constructor(e,t){this.count=t,this.step=(e-32)/Math.max(t,1)}x(e){return Ai+(e+.5)*this.step}frameAt(e){return Math.max(0,Math.min(this.count-1,Math.floor((e-Ai)/this.step)))}};function Ii({scale:e,height:t}){let n=w(e=>e.frame);return(0,J.jsx)(`div`,{className:`playhead`,role:`slider`,tabIndex:0,"aria-label":`Frame`,"aria-valuemin":0,"aria-valuemax":e.count-1,"aria-valuenow":n,style:{left:e.x(n),height:t}})}function Li({scale:e,fps:t}){let n=[1,2,5,10,20,50,100,200,500,1e3,2e3,5e3,1e4].find(t=>t*e.step>=56)??2e4;return Array.from({length:Math.ceil(e.count/n)},(e,t)=>t*n).map(n=>(0,J.jsxs)(`g`,{className:`mark`,children:[(0,J.jsx)(`line`,{x1:e.x(n),x2:e.x(n),y1:15,y2:$}),(0,J.jsxs)(`text`,{x:e.x(n),y:12,textAnchor:`middle`,children:[n,(0,J.jsxs)(`title`,{children:[(n/t).toFixed(2),` s`]})]})]},n))}var Ri=(0,K.memo)(function({object:e,scale:t,corrected:n,accepted:r,suggested:i}){let{objectId:a,promptedFrames:o,color:s}=e,c=O.framesOf(a),l=e=>c.filter(e),u=e=>O.get(e,a),d=new Set(o),f=e=>n.has(S(a,e))||r.has(S(a,e)),p=Q/2;return(0,J.jsxs)(`g`,{"data-row":a,children:[(0,J.jsx)(`path`,{className:`tracked`,d:zi(c,t,3,26),fill:s}),(0,J.jsx)(`path`,{className:`stale`,d:zi(l(e=>u(e).stale),t,3,26)}),(0,J.jsx)(`path`,{className:`adapter`,d:zi(l(e=>u(e).source===`LORA`),t,27,4),fill:s}),(0,J.jsx)(`path`,{className:`doubt`,d:Vi(c,t,a,!0)}),(0,J.jsx)(`path`,{className:`sure`,d:Vi(c,t,a,!1)}),l(e=>i.has(S(a,e))).map(e=>(0,J.jsx)(`path`,{className:`suggested`,d:`M${t.x(e)} 2l3.5 6h-7z`},e)),o.map(e=>f(e)?(0,J.jsx)(`circle`,{className:`correction`,"data-correction":e,"data-accepted":r.has(S(a,e)),cx:t.x(e),cy:p,r:`4.5`},e):(0,J.jsx)(`path`,{className:`prompted`,"data-prompted":e,d:`M${t.x(e)} 11.5l5.5 5.5-5.5 5.5-5.5-5.5z`},e)),(0,J.jsx)(`title`,{children:`${c.length-d.size} frames tracked`})]})},Hi);function zi(e,t,n,r){let i=``;for(let a=0;a<e.length;){let o=a;for(;e[o+1]===e[o]+1;)o++;let s=t.x(e[a])-t.step/2;i+=`M${s.toFixed(1)} ${n}h${((o-a+1)*t.step).toFixed(1)}v${r}h${(-(o-a+1)*t.step).toFixed(1)}z`,a=o+1}return i}var Bi=4;function Vi(e,t,n,r){let i=``,a=-2;for(let o of e){let e=Dt(O.get(o,n));if(e===null)continue;let s=o===a+1,[c,l]=[t.x(o).toFixed(1),(Bi+(1-e)*24).toFixed(1)];r&&!s&&(i+=`${i&&`V${Bi}Z`}M${c} ${Bi}`),i+=`${s||r?`L`:`M`}${c} ${l}`,a=o}return r&&i?`${i}V${Bi}Z`:i}function Hi(e,t){return e.object===t.object&&e.width===t.width&&e.scale.count===t.scale.count&&e.version===t.version&&e.corrected===t.corrected&&e.accepted===t.accepted&&e.suggested===t.suggested}var Ui=[{tool:`point`,label:`Points and boxes`,key:`P`},{tool:`brush`,label:`Brush`,key:`B`},{tool:`eraser`,label:`Eraser`,key:`E`}];function Wi(){let e=w(e=>e.video),t=w(e=>e.tool),n=w(e=>e.brush),r=w(e=>e.undoStack.length>0),i=w(e=>e.redoStack.length>0);return(0,J.jsxs)(`header`,{className:`toolbar`,children:[(0,J.jsx)(Rn,{}),(0,J.jsxs)(`button`,{className:`video`,title:`Back to the videos; the session stays open`,onClick:()=>location.hash=``,children:[(0,J.jsx)(Y,{name:`video`}),(0,J.jsx)(`span`,{children:e&&Ue(e.path)})]}),(0,J.jsx)(`div`,{className:`group`,role:`radiogroup`,"aria-label":`Tool`,children:Ui.map(e=>(0,J.jsxs)(`button`,{role:`radio`,"aria-checked":t===e.tool,title:`${e.label} (${e.key})`,onClick:()=>E({tool:e.tool}),children:[(0,J.jsx)(Y,{name:e.tool}),(0,J.jsx)(`span`,{children:e.label})]},e.tool))}),t!==`point`&&(0,J.jsxs)(`label`,{className:`brush`,title:`Radius of the brush in video pixels ([ and ])`,children:[(0,J.jsx)(`span`,{children:`Size`}),(0,J.jsx)(`input`,{type:`range`,min:1,max:100,value:n,onChange:e=>E({brush:e.target.valueAsNumber})}),(0,J.jsx)(`output`,{children:Math.round(n)})]}),(0,J.jsxs)(`div`,{className:`group`,children:[(0,J.jsx)(`button`,{title:`Undo (Ctrl Z)`,"aria-label":`Undo`,disabled:!r,onClick:()=>void rr(),children:(0,J.jsx)(Y,{name:`undo`})}),(0,J.jsx)(`button`,{title:`Redo (Ctrl Y)`,"aria-label":`Redo`,disabled:!i,onClick:()=>void ir(),children:(0,J.jsx)(Y,{name:`redo`})})]}),(0,J.jsxs)(`div`,{className:`group`,children:[(0,J.jsx)(`button`,{title:`Zoom out (−)`,"aria-label":`Zoom out`,onClick:()=>Z.zoom(.8),children:(0,J.jsx)(Y,{name:`zoomOut`})}),(0,J.jsx)(`button`,{title:`Zoom in (+)`,"aria-label":`Zoom in`,onClick:()=>Z.zoom(1.25),children:(0,J.jsx)(Y,{name:`zoomIn`})}),(0,J.jsx)(`button`,{title:`Fit (0)`,"aria-label":`Fit`,onClick:()=>Z.fit(),children:(0,J.jsx)(Y,{name:`fit`})})]}),(0,J.jsx)(`span`,{className:`spring`}),(0,J.jsxs)(`button`,{title:`Export the masks (Ctrl S)`,onClick:()=>E({dialog:`export`}),children:[(0,J.jsx)(Y,{name:`download`}),` Export`]}),(0,J.jsx)(dr,{question:`Delete masks and adapters?`,title:`End the session and delete its masks and adapters`,onConfirm:()=>void xn(),children:`End session`}),(0,J.jsx)(Di,{}),(0,J.jsx)(`button`,{title:`All keys (?)`,"aria-label":`All keys`,onClick:()=>E({dialog:`shortcuts`}),children:(0,J.jsx)(Y,{name:`help`})})]})}function Gi(){let e=w(e=>e.view),[t,n]=(0,K.useState)(null),[r,i]=(0,K.useState)(!1),a=e=>{T().view===`annotate`&&(location.hash=``),In(e,n)};return(0,J.jsxs)(`div`,{className:`app`,"data-view":e,onDragOver:e=>{e.preventDefault(),i(e.dataTransfer.types.includes(`Files`))},onDragLeave:e=>e.relatedTarget===null&&i(!1),onDrop:e=>{e.preventDefault(),i(!1);let t=e.dataTransfer.files[0];t&&a(t)},children:[(0,J.jsx)(qi,{}),e===`start`&&(0,J.jsx)(Oi,{progress:t,upload:a}),e===`annotate`&&(0,J.jsx)(Ki,{}),e===`loading`&&(0,J.jsx)(`p`,{className:`middle quiet`,children:`Loading…`}),e===`gone`&&(0,J.jsx)(Ji,{}),e===`token`&&(0,J.jsx)(Yi,{}),r&&(0,J.jsx)(`p`,{className:`dropping`,children:`Drop the video to upload it`})]})}function Ki(){return(0,J.jsxs)(J.Fragment,{children:[(0,J.jsx)(Wi,{}),(0,J.jsx)(Cr,{}),(0,J.jsx)(_i,{}),(0,J.jsx)(pr,{}),(0,J.jsx)(ji,{}),(0,J.jsx)(Zr,{}),(0,J.jsx)(Kn,{})]})}function qi(){return w(e=>e.connected)?null:(0,J.jsx)(`p`,{className:`banner`,role:`alert`,children:`The server cannot be reached. Reconnecting; everything that it acknowledged is saved.`})}function Ji(){let e=w(e=>e.video);return(0,J.jsxs)(`main`,{className:`middle card`,children:[(0,J.jsx)(Rn,{}),(0,J.jsx)(`h2`,{children:`This session is gone`}),(0,J.jsx)(`p`,{children:`The server has no such session: it was ended, or the server now uses another data directory.`}),(0,J.jsxs)(`div`,{className:`group`,children:[e&&(0,J.jsxs)(`button`,{className:`primary`,onClick:()=>void bn(e.path),children:[`Start a new session on `,Ue(e.path)]}),(0,J.jsx)(`button`,{className:e?``:`primary`,onClick:()=>location.hash=``,children:`Choose a video`})]})]})}function Yi(){let[e,t]=(0,K.useState)(``);return(0,J.jsxs)(`form`,{className:`middle card`,onSubmit:t=>{t.preventDefault(),ee(e),E({view:`loading`}),location.reload()},children:[(0,J.jsx)(Rn,{}),(0,J.jsx)(`h2`,{children:`This server asks for a token`}),(0,J.jsxs)(`label`,{children:[`Token `,(0,J.jsx)(`input`,{type:`password`,autoFocus:!0,autoComplete:`off`,value:e,onChange:e=>t(e.target.value)})]}),(0,J.jsx)(`button`,{className:`primary`,children:`Continue`})]})}function Xi(){addEventListener(`keydown`,Zi),addEventListener(`keyup`,e=>{e.key===` `&&Z.panning&&(Z.panning=!1,Z.panned||Mn())}),addEventListener(`click`,e=>{let t=document.activeElement;e.detail>0&&t instanceof HTMLButtonElement&&!t.dataset.keepsFocus&&t.blur()})}function Zi(e){let{view:t,dialog:n}=T();if(t!==`annotate`)return;let r=$i(e);if(n&&r===`escape`)return Qi(e);if(ea(e.target))return;if(n)return r===`?`||r===`shift+?`?Qi(e):void 0;if(r===` `){if(e.target instanceof HTMLButtonElement)return;e.preventDefault(),e.repeat||(Z.panned=!1),Z.panning=!0;return}if(Fr(e))return e.preventDefault();let i=Vr(r);i&&(e.preventDefault(),i(r))}function Qi(e){e.preventDefault(),E({dialog:null})}function $i(e){let t=[];return(e.ctrlKey||e.metaKey)&&t.push(`ctrl`),e.shiftKey&&t.push(`shift`),[...t,e.key.toLowerCase()].join(`+`)}function ea(e){return e instanceof HTMLInputElement?e.type!==`range`&&e.type!==`radio`&&e.type!==`color`:e instanceof HTMLSelectElement||e instanceof HTMLTextAreaElement}Ti(wi()),Xi(),Nn(),$e(),qt(),(0,f.createRoot)(document.getElementById(`page`)).render((0,J.jsx)(Gi,{})),Dn(),vn();