import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{a as t,c as n,d as r,i,l as a,n as o,o as s,r as c,s as l,t as u,u as d}from"./libraries-DOb0AUtx.js";(function(){let e=document.createElement(`link`).relList;if(e&&e.supports&&e.supports(`modulepreload`))return;for(let e of document.querySelectorAll(`link[rel="modulepreload"]`))n(e);new MutationObserver(e=>{for(let t of e)if(t.type===`childList`)for(let e of t.addedNodes)e.tagName===`LINK`&&e.rel===`modulepreload`&&n(e)}).observe(document,{childList:!0,subtree:!0});function t(e){let t={};return e.integrity&&(t.integrity=e.integrity),e.referrerPolicy&&(t.referrerPolicy=e.referrerPolicy),t.credentials=e.crossOrigin===`use-credentials`?`include`:e.crossOrigin===`anonymous`?`omit`:`same-origin`,t}function n(e){if(e.ep)return;e.ep=!0;let n=t(e);fetch(e.href,n)}})();var f=d(),p=`UNREACHABLE`,m=class extends Error{code;constructor(e,t){super(t),this.code=e}};function h(e){let t=e instanceof Error?e.message:String(e);return(/^[a-z]+\s/.test(t)?t.charAt(0).toUpperCase()+t.slice(1):t)+(/[.!?]$/.test(t)?``:`.`)}var g=`sam2-lit:token`;function _(){return sessionStorage.getItem(g)}function ee(e){sessionStorage.setItem(g,e)}function te(){let e=_();return e?{Authorization:`Bearer ${e}`}:{}}var ne=1e4,re=2e4,ie=new Set,ae;function oe(e){ie.add(e)}function se(e){for(let t of ie)t(e)}var ce=c({url:`${location.protocol===`https:`?`wss`:`ws`}://${location.host}/graphql`,connectionParams:te,retryAttempts:1/0,retryWait:e=>new Promise(t=>setTimeout(t,Math.min(500*2**e,5e3))),keepAlive:ne,on:{connected:()=>se(!0),closed:e=>{clearTimeout(ae),e.code!==1e3&&se(!1)},ping:e=>{e||(ae=setTimeout(()=>ce.terminate(),re))},pong:e=>{e&&clearTimeout(ae)}}}),le=new i({url:`/graphql`,preferGetMethod:!1,requestPolicy:`network-only`,fetchOptions:()=>({headers:{Accept:`application/graphql-response+json, application/json`,...te()}}),exchanges:[t,s({forwardSubscription:e=>({subscribe:t=>({unsubscribe:ce.subscribe({query:e.query??``,variables:e.variables},t)})})})]});async function v(e,t){let n=e.toString(),r=await le[n.trimStart().startsWith(`mutation`)?`mutation`:`query`](n,t).toPromise();if(r.error)throw fe(r.error);return r.data}function ue(e,t,r,i){let o=!0,s=null,{unsubscribe:c}=n(le.subscription(e.toString(),t),l(()=>{o&&i(s),o=!1}),a(e=>{o&&(e.error?s=fe(e.error):e.data&&r(e.data))}));return()=>{o=!1,c()}}async function de(){try{return(await fetch(`/healthz`,{cache:`no-store`})).ok}catch{return!1}}function fe(e){let t=e.graphQLErrors[0];if(t)return new m(String(t.extensions?.code??`INTERNAL`),t.message);let n=e.response;return n?.status===401?new m(`UNAUTHENTICATED`,`The server asks for a token.`):n?.ok?new m(`INTERNAL`,`The server's answer was not understood: ${e.message}`):(se(!1),new m(p,`The server cannot be reached: this was not done.`))}var y=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},pe=new y(`
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
    `,{fragmentName:`MaskParts`}),me=new y(`
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
}`,{fragmentName:`FrameParts`}),he=new y(`
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
    `,{fragmentName:`CandidateParts`}),ge={"\n  fragment FrameParts on RLEMaskListOnFrame {\n    frameIndex\n    rleMaskList {\n      ...MaskParts\n    }\n  }\n":me,"\n  fragment MaskParts on RLEMaskForObject {\n    objectId\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    source\n  }\n":pe,"\n  fragment AdapterParts on LoraAdapter {\n    adapterId\n    objectId\n    rank\n    frameIndices\n    baselineIou\n    trainingIou\n    steps\n    seconds\n  }\n":new y(`
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
    `,{fragmentName:`AdapterParts`}),"\n  fragment CandidateParts on LoraCandidate {\n    adapterId\n    objectId\n    frameIndex\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    agreement\n  }\n":he,"\n  fragment VideoParts on Video {\n    id\n    path\n    width\n    height\n    posterUrl\n    frameCount\n    fps\n    durationSec\n    frameUrlTemplate\n  }\n":new y(`
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
    `,{fragmentName:`VideoParts`}),"\n  fragment SessionParts on Session {\n    sessionId\n    loraMode\n    objects {\n      objectId\n      name\n      promptedFrames\n      adapters {\n        ...AdapterParts\n      }\n    }\n    video {\n      ...VideoParts\n    }\n  }\n":new y(`
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
}`,{fragmentName:`SessionParts`}),"\n  query Start {\n    videos {\n      edges {\n        node {\n          ...VideoParts\n        }\n      }\n    }\n    sessions {\n      sessionId\n      trackedFrameCount\n      createdAt\n      objects {\n        objectId\n      }\n      video {\n        path\n        frameCount\n      }\n    }\n    model {\n      name\n      device\n      parameterCount\n    }\n  }\n":new y(`
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
}`),"\n  query SessionState($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      ...SessionParts\n    }\n  }\n":new y(`
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
}`),"\n  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {\n    session(sessionId: $sessionId) {\n      masks(startFrameIndex: $first, endFrameIndex: $last) {\n        ...FrameParts\n      }\n    }\n  }\n":new y(`
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
}`),"\n  query SessionHistory($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      interactions {\n        kind\n        objectId\n        frameIndex\n        points\n        labels\n        clearOldPoints\n        box\n      }\n    }\n  }\n":new y(`
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
    `),"\n  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {\n    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {\n      ...CandidateParts\n    }\n  }\n":new y(`
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
}`),"\n  mutation StartSession($path: String!) {\n    startSession(input: { path: $path }) {\n      sessionId\n    }\n  }\n":new y(`
    mutation StartSession($path: String!) {
  startSession(input: {path: $path}) {
    sessionId
  }
}
    `),"\n  mutation CloseSession($sessionId: String!) {\n    closeSession(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new y(`
    mutation CloseSession($sessionId: String!) {
  closeSession(input: {sessionId: $sessionId}) {
    success
  }
}
    `),"\n  mutation AddPoints($input: AddPointsInput!) {\n    addPoints(input: $input) {\n      ...FrameParts\n    }\n  }\n":new y(`
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
}`),"\n  mutation AddBox($input: AddBoxInput!) {\n    addBox(input: $input) {\n      ...FrameParts\n    }\n  }\n":new y(`
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
}`),"\n  mutation AddMask($input: AddMaskInput!) {\n    addMask(input: $input) {\n      ...FrameParts\n    }\n  }\n":new y(`
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
}`),"\n  mutation AddCorrection($input: AddCorrectionInput!) {\n    addCorrection(input: $input) {\n      frame {\n        ...FrameParts\n      }\n    }\n  }\n":new y(`
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
}`),"\n  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {\n    clearPointsInFrame(input: $input) {\n      ...FrameParts\n    }\n  }\n":new y(`
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
}`),"\n  mutation TrainLora($input: TrainLoraInput!) {\n    trainLora(input: $input) {\n      ...AdapterParts\n    }\n  }\n":new y(`
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
}`),"\n  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {\n    applyLoraCandidate(input: $input) {\n      ...FrameParts\n    }\n  }\n":new y(`
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
}`),"\n  mutation SetLoraMode($input: SetLoraModeInput!) {\n    setLoraMode(input: $input) {\n      loraMode\n    }\n  }\n":new y(`
    mutation SetLoraMode($input: SetLoraModeInput!) {
  setLoraMode(input: $input) {
    loraMode
  }
}
    `),"\n  mutation ResetLora($sessionId: String!) {\n    resetLora(input: { sessionId: $sessionId }) {\n      ...SessionParts\n    }\n  }\n":new y(`
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
}`),"\n  mutation NameObject($input: NameObjectInput!) {\n    nameObject(input: $input) {\n      objectId\n      name\n    }\n  }\n":new y(`
    mutation NameObject($input: NameObjectInput!) {
  nameObject(input: $input) {
    objectId
    name
  }
}
    `),"\n  mutation RemoveObject($input: RemoveObjectInput!) {\n    removeObject(input: $input) {\n      frameIndex\n    }\n  }\n":new y(`
    mutation RemoveObject($input: RemoveObjectInput!) {
  removeObject(input: $input) {
    frameIndex
  }
}
    `),"\n  mutation ExportAnnotations($input: ExportAnnotationsInput!) {\n    exportAnnotations(input: $input) {\n      url\n      filename\n      byteSize\n    }\n  }\n":new y(`
    mutation ExportAnnotations($input: ExportAnnotationsInput!) {
  exportAnnotations(input: $input) {
    url
    filename
    byteSize
  }
}
    `),"\n  subscription Propagate($input: PropagateInVideoInput!) {\n    propagateInVideo(input: $input) {\n      frameIndex\n      rleMaskList {\n        ...MaskParts\n      }\n      completed\n      total\n      revision\n      suggestions {\n        objectId\n        adapterId\n      }\n    }\n  }\n":new y(`
    subscription Propagate($input: PropagateInVideoInput!) {
  propagateInVideo(input: $input) {
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
}`),"\n  subscription Training($sessionId: String!) {\n    loraTraining(sessionId: $sessionId) {\n      objectId\n      frameIndex\n      step\n      steps\n      loss\n      iou\n      adapter {\n        ...AdapterParts\n      }\n    }\n  }\n":new y(`
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
}`)};function b(e){return ge[e]??{}}b(`
  fragment FrameParts on RLEMaskListOnFrame {
    frameIndex
    rleMaskList {
      ...MaskParts
    }
  }
`),b(`
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
`),b(`
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
`),b(`
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
`),b(`
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
`),b(`
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
`);var _e=b(`
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
`),ve=b(`
  query SessionState($sessionId: String!) {
    session(sessionId: $sessionId) {
      ...SessionParts
    }
  }
`),ye=b(`
  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {
    session(sessionId: $sessionId) {
      masks(startFrameIndex: $first, endFrameIndex: $last) {
        ...FrameParts
      }
    }
  }
`),be=b(`
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
`),xe=b(`
  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {
    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {
      ...CandidateParts
    }
  }
`),Se=b(`
  mutation StartSession($path: String!) {
    startSession(input: { path: $path }) {
      sessionId
    }
  }
`),Ce=b(`
  mutation CloseSession($sessionId: String!) {
    closeSession(input: { sessionId: $sessionId }) {
      success
    }
  }
`),we=b(`
  mutation AddPoints($input: AddPointsInput!) {
    addPoints(input: $input) {
      ...FrameParts
    }
  }
`),Te=b(`
  mutation AddBox($input: AddBoxInput!) {
    addBox(input: $input) {
      ...FrameParts
    }
  }
`),Ee=b(`
  mutation AddMask($input: AddMaskInput!) {
    addMask(input: $input) {
      ...FrameParts
    }
  }
`),De=b(`
  mutation AddCorrection($input: AddCorrectionInput!) {
    addCorrection(input: $input) {
      frame {
        ...FrameParts
      }
    }
  }
`),Oe=b(`
  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {
    clearPointsInFrame(input: $input) {
      ...FrameParts
    }
  }
`),ke=b(`
  mutation TrainLora($input: TrainLoraInput!) {
    trainLora(input: $input) {
      ...AdapterParts
    }
  }
`),Ae=b(`
  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {
    applyLoraCandidate(input: $input) {
      ...FrameParts
    }
  }
`),je=b(`
  mutation SetLoraMode($input: SetLoraModeInput!) {
    setLoraMode(input: $input) {
      loraMode
    }
  }
`),Me=b(`
  mutation ResetLora($sessionId: String!) {
    resetLora(input: { sessionId: $sessionId }) {
      ...SessionParts
    }
  }
`),Ne=b(`
  mutation NameObject($input: NameObjectInput!) {
    nameObject(input: $input) {
      objectId
      name
    }
  }
`),Pe=b(`
  mutation RemoveObject($input: RemoveObjectInput!) {
    removeObject(input: $input) {
      frameIndex
    }
  }
`),Fe=b(`
  mutation ExportAnnotations($input: ExportAnnotationsInput!) {
    exportAnnotations(input: $input) {
      url
      filename
      byteSize
    }
  }
`),Ie=b(`
  subscription Propagate($input: PropagateInVideoInput!) {
    propagateInVideo(input: $input) {
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
`),Le=b(`
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
`);function Re(e,t,n){let r=new Uint8Array(t*n),i=0;return Be(e).forEach((e,a)=>{let o=Math.min(i+e,r.length);if(a%2==1){let e=Math.floor(i/n),a=i%n;for(let s=i;s<o;s++)r[a*t+e]=1,++a===n&&(a=0,e++)}i=o}),{width:t,height:n,data:r}}function ze({width:e,height:t,data:n}){let r=[],i=0,a=0;for(let o=0;o<e;o++)for(let s=0;s<t;s++)n[s*e+o]===i?a++:(r.push(a),i=1-i,a=1);return r.push(a),r.map((e,t)=>Ve(t>2?e-(r[t-2]??0):e)).join(``)}function Be(e){let t=[],n=0,r=0;for(let i=0;i<e.length;i++){let a=e.charCodeAt(i)-48;n|=(a&31)<<r,r+=5,a&32||(a&16&&(n|=-1<<r),t.push(n+(t.length>2?t[t.length-2]??0:0)),n=r=0)}return t}function Ve(e){let t=``;for(let n=e,r=!0;r;){let e=n&31;n>>=5,r=e&16?n!==-1:n!==0,t+=String.fromCharCode((r?e|32:e)+48)}return t}var He=[1,0,-1,0],Ue=[0,1,0,-1];function We({width:e,height:t,data:n}){let r=new Path2D,i=e+1,a=new Uint8Array(i*(t+1)),o=null,s=0;for(let r=0;r<t;r++)for(let c=0;c<e;c++){let l=r*e+c;if(!n[l])continue;s++,o??={x:c+.5,y:r};let u=r*i+c;r!==0&&n[l-e]||(a[u]|=1),c!==e-1&&n[l+1]||(a[u+1]|=2),r!==t-1&&n[l+e]||(a[u+i+1]|=4),c!==0&&n[l-1]||(a[u+i]|=8)}for(let e=0;e<a.length;e++)for(;a[e];)Ge(a,e,i,r);return{path:r,top:o,area:s}}function Ge(e,t,n,r){let i=t,a=Math.log2(e[t]&-e[t]),o=!0;do{let t=e[i];o||(a=[1,0,3].map(e=>(a+e)%4).find(e=>t&1<<e)??a),e[i]=t&~(1<<a);let s=i%n+He[a]/2,c=Math.floor(i/n)+Ue[a]/2;o?r.moveTo(s,c):r.lineTo(s,c),o=!1,i+=He[a]+Ue[a]*n}while(i!==t);r.closePath()}var Ke=0,qe=new WeakMap,Je=new WeakMap;function Ye(e,t){let[n=0,r=0]=e.rleMask.size;return{serial:++Ke,objectId:e.objectId,width:r,height:n,counts:e.rleMask.counts,predictedIou:e.predictedIou??null,objectScore:e.objectScore??null,source:e.source,reverse:t,stale:!1}}function Xe(e){return $e(qe,e,()=>Re(e.counts,e.width,e.height))}function Ze(e){return $e(Je,e,()=>We(Re(e.counts,e.width,e.height)))}function Qe(e){let[t=0,n=0]=e.rleMask.size;return $e(Je,e,()=>We(Re(e.rleMask.counts,n,t)))}function $e(e,t,n){let r=e.get(t);return r===void 0&&(r=n(),e.set(t,r)),r}var et=class{#e=new Map;get(e,t){return this.#e.get(e)?.get(t)}on(e){return[...this.#e.get(e)?.values()??[]]}framesOf(e){return[...this.#e].filter(([,t])=>t.has(e)).map(([e])=>e).sort((e,t)=>e-t)}replace(e,t){t.length?this.#e.set(e,new Map(t.map(e=>[e.objectId,e]))):this.#e.delete(e)}put(e,t){let n=this.#e.get(e)??new Map;this.#e.set(e,n.set(t.objectId,t))}remove(e,t){this.#e.get(e)?.delete(t)}removeObject(e){for(let t of this.#e.values())t.delete(e)}clear(){this.#e.clear()}markStale(e,t){for(let[n,r]of this.#e){let i=r.get(e);i&&i.source!==`PROMPT`&&!i.stale&&n!==t&&(i.reverse?t>n:t<n)&&r.set(e,{...i,stale:!0})}}staleFrames(e){return this.framesOf(e).filter(t=>this.get(t,e)?.stale)}},tt=[`#3b9cff`,`#ff8a3d`,`#35c98a`,`#e85bb0`,`#f2c744`,`#9a7bff`,`#3fd2d6`,`#f06a5f`,`#a3d14b`,`#c98fe8`];function nt(e){return tt[(Math.max(e,1)-1)%tt.length]}var rt=`mutation Upload($file: Upload!) { uploadVideo(file: $file) { path } }`;function it(e,t){let n=new XMLHttpRequest;return{done:new Promise((r,i)=>{let a=new FormData;a.append(`operations`,JSON.stringify({query:rt,variables:{file:null}})),a.append(`map`,JSON.stringify({0:[`variables.file`]})),a.append(`0`,e),n.upload.onprogress=e=>t(e.loaded/Math.max(e.total,1)),n.onerror=()=>i(new m(p,`The server broke the upload off or cannot be reached.`)),n.onabort=()=>i(new m(`CANCELLED`,`The upload was cancelled.`)),n.onload=()=>{let e=at(n.responseText),t=e.errors?.[0];e.data?r(e.data.uploadVideo.path):i(new m(t?.extensions?.code??`INTERNAL`,t?.message??`HTTP status ${n.status}`))},n.open(`POST`,`/graphql`);let o=_();o&&n.setRequestHeader(`Authorization`,`Bearer ${o}`),n.send(a)}),cancel:()=>n.abort()}}function at(e){try{return JSON.parse(e)}catch{return{}}}var ot=256*2**20,st=4,ct=16,lt=6,ut=class{template;count;arrived;#e=new Map;#t=new Map;#n=[];#r=0;#i;#a=!1;constructor(e,t,n,r){this.template=e,this.count=t,this.arrived=r,this.#i=Math.max(24,Math.floor(ot/(n*4)))}get(e){return this.#e.get(e)}around(e,t){this.#r=e;let n=[e];for(let r=1;r<=ct;r++)n.push(e+r*t),r<=lt&&n.push(e-r*t);this.#n=n.filter(e=>e>=0&&e<this.count&&!this.#e.has(e));for(let[e,t]of this.#t)this.#n.includes(e)||t.abort();this.#o()}close(){this.#a=!0,this.#n=[];for(let e of this.#t.values())e.abort();for(let e of this.#e.values())e.close();this.#e.clear()}#o(){for(let e of this.#n){if(this.#t.size>=st)return;this.#t.has(e)||this.#s(e)}}async#s(e){let t=new AbortController;this.#t.set(e,t);let n=null;try{let n=await pt(dt(this.template,e),t.signal);if(this.#a)return n.close();this.#e.set(e,n),this.#c()}catch(e){n=e instanceof Error?e.message:String(e)}this.#t.delete(e),this.#a||(t.signal.aborted||(this.#n=this.#n.filter(t=>t!==e)),this.#o(),t.signal.aborted||this.arrived(e,n))}#c(){if(this.#e.size<=this.#i)return;let e=[...this.#e.keys()].sort((e,t)=>Math.abs(t-this.#r)-Math.abs(e-this.#r));for(let t of e.slice(0,this.#e.size-this.#i))this.#e.get(t)?.close(),this.#e.delete(t)}};function dt(e,t){return ft(e.replace(`{index}`,String(t)))}function ft(e){return new URL(e,location.href).pathname}async function pt(e,t){let n=await fetch(e,{headers:te(),...t&&{signal:t}});if(!n.ok)throw Error(`HTTP status ${n.status}`);return createImageBitmap(await n.blob())}var mt={view:`loading`,connected:!0,sessionId:null,video:null,loraMode:`SUGGEST`,objects:[],selected:null,frame:0,playing:!1,following:!1,tool:`point`,brush:12,showMasks:!0,masksVersion:0,imagesVersion:0,tracking:null,pending:0,unanswered:[],crosshair:null,corner:null,training:null,lastRun:null,candidates:[],hovered:null,suggested:new Set,corrected:new Set,taken:new Set,prompts:new Map,past:[],future:[],notices:{},sheet:null,exporting:null},x=o(()=>mt),{getState:S,setState:C,subscribe:w}=x,T=new et,E={frames:null},D=(e,t)=>`${e}:${t}`;function O(e,t,n=`error`){C(r=>({notices:{...r.notices,[e]:t===null?void 0:{text:t,kind:n}}}))}function ht(){C(e=>({masksVersion:e.masksVersion+1}))}function k(e){return e.split(`/`).at(-1).replace(e.startsWith(`uploads/`)?/-[0-9a-f]{12}(?=\.\w+$)/:``,``)}function gt(e){return S().objects.find(t=>t.objectId===e)?.name||`Object ${e}`}function A(e,t){C(n=>({objects:n.objects.map(n=>n.objectId===e?{...n,...t}:n)}))}function j(e,t,n){let r=new Set(e);return n?r.add(t):r.delete(t),r}function _t(e){let t=new Map,n=new Set,r=new Set,i=e=>{for(let i of[t,n,r])for(let t of i.keys())e(t)&&i.delete(t)};for(let a of e){let e=D(a.objectId??0,a.frameIndex??0);a.kind===`CLEAR_VIDEO`||a.kind===`RESET_SESSION`?i(()=>!0):a.kind===`REMOVE_OBJECT`?i(e=>e.startsWith(`${a.objectId}:`)):a.kind===`CLEAR_FRAME`&&i(t=>t===e),(a.kind===`PROMPT`||a.kind===`CORRECTION`)&&t.set(e,vt(t.get(e),a)),a.kind===`CANDIDATE`&&t.set(e,null),(a.kind===`CORRECTION`||a.kind===`CANDIDATE`)&&(n.delete(e),r.delete(e),(a.kind===`CORRECTION`?n:r).add(e))}return{prompts:new Map([...t].filter(e=>e[1]!==null)),corrected:n,taken:r}}function vt(e,{points:t,labels:n,clearOldPoints:r,box:i}){if(i)return[{kind:`box`,box:i}];if(!t||!n||e===null&&!r)return null;let a={kind:`points`,points:t,labels:n};return r?[a]:[...e??[],a]}var yt={colours:{},hidden:[],stale:{},suggested:[],corrected:[],taken:[]},M=`sam2-lit:session:`,bt=20,xt;function St(e){try{return{...yt,...JSON.parse(localStorage.getItem(M+e)??`{}`)}}catch{return yt}}function Ct(e){return localStorage.getItem(M+e)!==null}function wt(e){localStorage.removeItem(M+e)}function Tt(){w((e,t)=>{e.objects===t.objects&&e.masksVersion===t.masksVersion&&e.suggested===t.suggested&&e.corrected===t.corrected&&e.taken===t.taken||e.view!==`annotate`||(clearTimeout(xt),xt=setTimeout(Et,300))}),addEventListener(`pagehide`,Et)}function Et(){let{sessionId:e,view:t,objects:n,suggested:r,corrected:i,taken:a}=S();if(!e||t!==`annotate`)return;let o={colours:Object.fromEntries(n.map(e=>[e.objectId,e.colour])),hidden:n.filter(e=>e.hidden).map(e=>e.objectId),stale:Object.fromEntries(n.map(e=>[e.objectId,T.staleFrames(e.objectId)])),suggested:[...r],corrected:[...i],taken:[...a]},s=M+e;localStorage.removeItem(s);try{localStorage.setItem(s,JSON.stringify(o))}catch{}let c=Object.keys(localStorage).filter(e=>e.startsWith(M)&&e!==s);for(let e of c.slice(0,Math.max(0,c.length-bt)))localStorage.removeItem(e)}function Dt(e){return new Set(Object.entries(e.stale).flatMap(([e,t])=>t.map(t=>D(Number(e),t))))}var Ot=8,N=null;function kt(e){let{frame:t}=S();P(),O(`track`,null),C({tracking:{reverse:e,completed:0,total:0,revision:0,framesPerSecond:null},following:!0,playing:!1});let n=!0;N=()=>n=!1,rn().then(()=>n&&At(e,t))}function At(e,t){let{sessionId:n,objects:r}=S();if(!r.some(e=>e.promptedFrames.length)){P(),O(`track`,`There is nothing to track yet: click an object on the picture first.`,`note`);return}let i=[];N=ue(Ie,{input:{sessionId:n,startFrameIndex:e?t:jt(),direction:e?`BACKWARD`:`FORWARD`}},({propagateInVideo:t})=>{i.push(performance.now()),i.length>Ot&&i.shift();let n=(i.at(-1)-i[0])/1e3;Pt(t,e,n>0?(i.length-1)/n:null)},e=>{N=null,C({tracking:null}),e&&I(`track`,e)})}function P(){N?.(),N=null,S().tracking&&C({tracking:null})}function F(e){S().tracking?P():kt(e)}function jt(){let{video:e,frame:t}=S();return Mt(1)[0]??(t===(e?.frameCount??0)-1?Nt():t)}function Mt(e=1/0){let t=S().objects.filter(e=>e.promptedFrames.length),n=[];for(let r=Nt();t.length&&r<(S().video?.frameCount??0)&&n.length<e;r++)t.some(({objectId:e,promptedFrames:t})=>{let n=T.get(r,e);return r>t[0]&&(!n||n.stale)})&&n.push(r);return n}function Nt(){return Math.min(...S().objects.flatMap(e=>e.promptedFrames[0]??[]))}function Pt(e,t,n){let{frameIndex:r,rleMaskList:i,completed:a,total:o,revision:s,suggestions:c}=e,l=i.map(e=>{let n=T.get(r,e.objectId),i=n&&e.source===`TRACKED`&&V(e.objectId,r),a=n&&!n.stale&&n.counts===e.rleMask.counts&&n.source===e.source;return i||a?n:Ye(e,t)});T.replace(r,l);let u=new Set(S().suggested);for(let{objectId:e}of i)u.delete(D(e,r));for(let{objectId:e}of c)u.add(D(e,r));C(e=>({suggested:u,tracking:{reverse:t,completed:a,total:o,revision:s,framesPerSecond:n},masksVersion:e.masksVersion+1,frame:e.following?r:e.frame}))}var Ft=400,It=1500;async function Lt(){Xt(),addEventListener(`hashchange`,()=>void Rt()),await Rt()}async function Rt(){let e=new URLSearchParams(location.hash.slice(1)).get(`session`);(e!==S().sessionId||S().view!==`annotate`)&&(qt(),e?await Bt(e):C({view:`start`}))}async function zt(e){O(`start`,null);try{let{startSession:t}=await v(Se,{path:e});location.hash=`session=${t.sessionId}`}catch(e){I(`start`,e)}}async function Bt(e){C({view:`loading`});try{let{session:t}=await v(ve,{sessionId:e});if(!t)return C({view:`gone`,sessionId:e});let{prompts:n,...r}=_t((await v(be,{sessionId:e})).session?.interactions??[]),i=St(e),{corrected:a,taken:o}=Ct(e)?i:r,{video:s}=t;E.frames?.close(),E.frames=new ut(s.frameUrlTemplate,s.frameCount,s.width*s.height,Yt);let c=Jt(t,i.colours,i.hidden);C({...mt,view:`annotate`,connected:S().connected,sessionId:e,video:s,loraMode:t.loraMode,objects:c,selected:c[0]?.objectId??null,suggested:new Set(i.suggested),corrected:new Set(a),taken:new Set(o),prompts:n,brush:Math.max(3,Math.round(Math.min(s.width,s.height)/30)),notices:{}}),E.frames.around(0,1),jn(e),await Vt(e,s.frameCount,Dt(i))}catch(e){I(S().view===`annotate`?`stage`:`start`,e),S().view===`loading`&&C({view:`start`})}}async function Vt(e,t,n){T.clear();for(let r=0;r<t;r+=Ft){let i=Math.min(r+Ft,t)-1,{session:a}=await v(ye,{sessionId:e,first:r,last:i});if(S().sessionId!==e)return;for(let{frameIndex:e,rleMaskList:t}of a?.masks??[]){let r=t.map(t=>{let r=S().objects.find(e=>e.objectId===t.objectId)?.promptedFrames??[],i=Ye(t,e<(r[0]??0));return{...i,stale:i.source!==`PROMPT`&&n.has(D(t.objectId,e))}});T.replace(e,r)}ht()}}async function Ht(){let{sessionId:e}=S();if(!e)return;let{session:t}=await v(ve,{sessionId:e});if(!t)return C({view:`gone`});Ut(t)}function Ut(e){if(S().sessionId!==e.sessionId)return;let t=S().objects,n=Jt(e,Object.fromEntries(t.map(e=>[e.objectId,e.colour])),t.filter(e=>e.hidden).map(e=>e.objectId)),r=t.filter(({objectId:e})=>!n.some(t=>t.objectId===e)),i=n.map(e=>({...e,name:e.name||(t.find(({objectId:t})=>t===e.objectId)?.name??``)})),a=r.map(e=>({...e,promptedFrames:[],adapters:[]}));C({loraMode:e.loraMode,objects:[...i,...a].sort((e,t)=>e.objectId-t.objectId)})}async function Wt(){let{sessionId:e}=S();if(e){try{await v(Ce,{sessionId:e})}catch(e){return I(`stage`,e)}location.hash=``,wt(e)}}function I(e,t){let n=t instanceof m?t.code:null;n===`SESSION_NOT_FOUND`?C({view:`gone`}):n===`UNAUTHENTICATED`?C({view:`token`}):n!==`CANCELLED`&&O(e,h(t))}var L=null;async function Gt(e,t){O(`start`,null),L?.cancel(),t(0);let n=L=it(e,t);try{let e=await n.done;L===n&&await zt(e)}catch(e){I(`start`,e)}finally{L===n&&(L=null,t(null))}}function Kt(){L?.cancel()}function qt(){P(),jn(null),E.frames?.close(),E.frames=null,T.clear(),C({...mt,connected:S().connected,notices:S().notices})}function Jt(e,t,n){return e.objects.map(({objectId:e,name:r,promptedFrames:i,adapters:a})=>({objectId:e,name:r??``,colour:t[e]??nt(e),hidden:n.includes(e),promptedFrames:i,adapters:a})).sort((e,t)=>e.objectId-t.objectId)}function Yt(e,t){t===null?C(e=>({imagesVersion:e.imagesVersion+1})):e===S().frame&&O(`stage`,`Frame ${e} could not be fetched (${t}).`)}function Xt(){oe(e=>{e!==S().connected&&(C({connected:e}),e?Qt():(S().tracking&&O(`track`,`Tracking stopped: the connection was lost.`),P(),setTimeout(()=>void Zt(),It)))})}async function Zt(){S().connected||(await de()?(C({connected:!0}),await Qt()):setTimeout(()=>void Zt(),It))}async function Qt(){let{view:e,sessionId:t,frame:n,selected:r}=S();if(e!==`annotate`||!t)return Rt();try{let{session:e}=await v(ve,{sessionId:t});if(!e)return C({view:`gone`});Ut(e),C({frame:n,selected:r});for(let e of[`stage`,`track`,`learn`,`objects`])O(e,null);E.frames?.around(n,1),await Vt(t,e.video.frameCount,Dt(St(t)))}catch(e){e instanceof m&&e.code===`UNREACHABLE`||I(`stage`,e)}}function R(){let{objects:e}=S(),t=Math.max(0,...e.map(e=>e.objectId))+1,n={objectId:t,name:``,colour:nt(t),hidden:!1,promptedFrames:[],adapters:[]};return C({objects:[...e,n],selected:t}),t}async function $t(e,t){let{sessionId:n,objects:r}=S(),i=r.find(t=>t.objectId===e);if(i&&i.name!==t.trim()&&(A(e,{name:t.trim()}),i.promptedFrames.length+i.adapters.length!==0))try{O(`objects`,null),await v(Ne,{input:{sessionId:n,objectId:e,name:t}})}catch(t){A(e,{name:i.name}),I(`objects`,t)}}async function en(e){let{sessionId:t,objects:n}=S(),r=n.find(t=>t.objectId===e);if(!r)return;try{O(`objects`,null),r.promptedFrames.length+r.adapters.length>0&&await v(Pe,{input:{sessionId:t,objectId:e}})}catch(e){return I(`objects`,e)}T.removeObject(e);let i=t=>t.startsWith(`${e}:`);C(t=>{let n=t.objects.filter(t=>t.objectId!==e);return{objects:n,selected:t.selected===e?n[0]?.objectId??null:t.selected,past:t.past.filter(t=>t.objectId!==e),future:t.future.filter(t=>t.objectId!==e),prompts:new Map([...t.prompts].filter(([e])=>!i(e))),suggested:new Set([...t.suggested].filter(e=>!i(e))),corrected:new Set([...t.corrected].filter(e=>!i(e))),taken:new Set([...t.taken].filter(e=>!i(e)))}}),ht()}function tn(e){let t=S().objects.find(t=>t.objectId===e);t&&A(e,{hidden:!t.hidden})}function nn(e){let{objects:t,selected:n}=S();t.length!==0&&C({selected:t[(t.findIndex(e=>e.objectId===n)+e+t.length)%t.length].objectId})}var z=Promise.resolve();function B(e){let t=S().sessionId;return C(e=>({pending:e.pending+1,playing:!1,following:!1})),z=z.then(async()=>{if(S().sessionId===t)try{O(`stage`,null),await e()}catch(e){I(`stage`,e)}finally{C(e=>({pending:Math.max(0,e.pending-1)})),ht()}}),z}function rn(){return z}function an(e,t){return H({kind:`points`,points:[e],labels:[t]})}function on(e){return H({kind:`box`,box:e})}function sn(e){return H({kind:`mask`,counts:ze(e)})}function cn(e){let{adapterId:t,rleMask:n}=e;return C({hovered:null}),H({kind:`candidate`,adapterId:t,counts:n.counts})}function ln(){let{selected:e,frame:t}=S();return e===null||!V(e,t)?Promise.resolve():B(async()=>{let n=mn(e,t);await vn(e,t,n,[]),hn({objectId:e,frame:t,before:n,after:[],corrects:!1})})}function un(){return B(async()=>{let e=S().past.at(-1);e&&(_n(e.objectId,e.frame),await vn(e.objectId,e.frame,e.after,e.before),C(t=>({past:t.past.slice(0,-1),future:[...t.future,e]})))})}function dn(){return B(async()=>{let e=S().future.at(-1);e&&(_n(e.objectId,e.frame),await vn(e.objectId,e.frame,e.before,e.after),e.corrects&&pn(e.objectId,e.frame,e.after.at(-1)),C(t=>({future:t.future.slice(0,-1),past:[...t.past,e]})))})}function fn(e,t){let n=T.get(t,e);return n?!!(n.source===`TRACKED`||n.source===`LORA`&&!V(e,t)||S().corrected.has(D(e,t))||S().taken.has(D(e,t))):!1}function V(e,t){return S().objects.some(n=>n.objectId===e&&n.promptedFrames.includes(t))}function H(e){let t=S().selected??R(),{frame:n}=S(),r={objectId:t,frame:n,prompt:e};return A(t,{hidden:!1}),C({showMasks:!0}),C(e=>({unanswered:[...e.unanswered,r]})),B(async()=>{let r=mn(t,n),i=fn(t,n);await bn(t,n,e,i,!1);let a=e.kind===`points`?[...r,e]:[e];hn({objectId:t,frame:n,before:r,after:a,corrects:i}),i&&pn(t,n,e),i&&e.kind!==`candidate`&&On(t,n)}).finally(()=>C(e=>({unanswered:e.unanswered.filter(e=>e!==r)})))}function pn(e,t,n){let r=D(e,t),i=n.kind!==`candidate`;C(e=>({corrected:j(e.corrected,r,i),taken:j(e.taken,r,!i),suggested:j(e.suggested,r,!1)}))}function mn(e,t){let n=S().prompts.get(D(e,t));if(n)return n;let r=T.get(t,e);return r&&V(e,t)?[{kind:`mask`,counts:r.counts}]:[]}function hn(e){C(t=>({past:[...t.past,e],future:[]})),gn(e.objectId,e.frame,e.after)}function gn(e,t,n){C(r=>({prompts:new Map(r.prompts).set(D(e,t),n)}))}function _n(e,t){C({frame:t,selected:e})}async function vn(e,t,n,r){let i=r.at(-1);if(i&&r.length===n.length+1)await bn(e,t,i,!1,!1);else{let n=S().objects.find(t=>t.objectId===e)?.promptedFrames.some(e=>e!==t),i=T.framesOf(e).every(e=>e===t);(r.length===0||n||i)&&await yn(e,t);for(let[n,i]of r.entries())await bn(e,t,i,!1,n===0)}gn(e,t,r);let a=D(e,t);r.length===0&&C(e=>({corrected:j(e.corrected,a,!1),taken:j(e.taken,a,!1)}))}async function yn(e,t){let{clearPointsInFrame:n}=await v(Oe,{input:{sessionId:S().sessionId,objectId:e,frameIndex:t}}),r=(S().objects.find(t=>t.objectId===e)?.promptedFrames??[]).filter(e=>e!==t);A(e,{promptedFrames:r}),r.length===0&&T.removeObject(e),xn(e,n)}async function bn(e,t,n,r,i){let{sessionId:a,video:o}=S(),s={sessionId:a,objectId:e,frameIndex:t},c=e=>({size:[o.height,o.width],counts:e}),l;if(n.kind===`candidate`)l=(await v(Ae,{input:{...s,adapterId:n.adapterId}})).applyLoraCandidate;else if(r){let e=n.kind===`points`?{points:n.points,labels:n.labels}:n.kind===`box`?{box:n.box}:{rleMask:c(n.counts)};l=(await v(De,{input:{...s,...e,trainLora:!1}})).addCorrection.frame}else l=n.kind===`points`?(await v(we,{input:{...s,points:n.points,labels:n.labels,clearOldPoints:i}})).addPoints:n.kind===`box`?(await v(Te,{input:{...s,box:n.box}})).addBox:(await v(Ee,{input:{...s,rleMask:c(n.counts)}})).addMask;let u=Sn(e,t);xn(e,l),u&&await Cn(e)}function xn(e,t){T.replace(t.frameIndex,t.rleMaskList.map(e=>{let n=T.get(t.frameIndex,e.objectId);return n&&n.counts===e.rleMask.counts&&n.source===e.source?n:Ye(e,n?.reverse??!1)})),T.markStale(e,t.frameIndex),ht()}function Sn(e,t){let n=S().objects.find(t=>t.objectId===e)?.promptedFrames??[];return n.includes(t)||A(e,{promptedFrames:[...n,t].sort((e,t)=>e-t)}),n.length===0}async function Cn(e){let t=S().objects.find(t=>t.objectId===e)?.name;t&&await v(Ne,{input:{sessionId:S().sessionId,objectId:e,name:t}})}var wn=120,Tn=new Set,En=new Set,U=new Map,Dn=null;function On(e,t){let n=D(e,t);S().loraMode!==`OFF`&&(Tn.has(n)?En.add(n):(Tn.add(n),kn(e,t).finally(()=>{Tn.delete(n),En.delete(n)&&On(e,t)})))}async function kn(e,t){let{sessionId:n}=S();O(`learn`,null),U.delete(D(e,t)),C({training:{objectId:e,frame:t,ious:[],steps:0,adapter:null}});try{let{trainLora:r}=await v(ke,{input:{sessionId:n,objectId:e,frameIndex:t}});if(S().sessionId!==n)return;An({objectId:e,frame:t,ious:U.get(D(e,t))??[],steps:r.steps,adapter:r}),await Ht()}catch(n){C({training:null}),n instanceof m&&n.code===`FEATURES_NOT_CAPTURED`?O(`learn`,`The correction is kept. There is nothing to learn from frame ${t}: tracking ${gt(e)} starts there.`,`note`):I(`learn`,n)}}function An(e){C(({training:t})=>({lastRun:e,training:t?.objectId===e.objectId&&t.frame===e.frame?null:t}))}function jn(e){Dn?.(),Dn=null,e!==null&&(Dn=ue(Le,{sessionId:e},({loraTraining:{objectId:e,frameIndex:t,step:n,steps:r,iou:i,adapter:a}})=>{let o=D(e,t),s=n>1||a?U.get(o)??[]:[],c=a?s:[...s,i];U.set(o,c);let l={objectId:e,frame:t,ious:c,steps:r,adapter:a??null};if(!a)return C({training:l});An(l),Ht().catch(e=>I(`learn`,e))},t=>{t&&S().sessionId===e&&I(`learn`,t)}))}async function Mn(e){let{sessionId:t,loraMode:n}=S();C({loraMode:e});try{O(`learn`,null),await v(je,{input:{sessionId:t,mode:e}})}catch(e){C({loraMode:n}),I(`learn`,e)}}async function Nn(){try{O(`learn`,null),Ut((await v(Me,{sessionId:S().sessionId})).resetLora),C({lastRun:null,suggested:new Set})}catch(e){I(`learn`,e)}}var Pn,W=``;function Fn(){w(({view:e,selected:t,frame:n,objects:r,loraMode:i,playing:a,tracking:o,following:s,pending:c,training:l})=>{if(e!==`annotate`)return;let u=t===null?void 0:T.get(n,t),d=r.find(e=>e.objectId===t)?.adapters??[],f=!a&&!(o&&s)&&c===0&&l===null&&u&&t!==null&&i!==`OFF`&&d.length>0&&!V(t,n),p=f?[t,n,u.serial,...d.map(e=>e.adapterId+e.trainingIou)].join():``;p!==W&&(W=p,clearTimeout(Pn),S().candidates.length&&C({candidates:[],hovered:null}),f&&(Pn=setTimeout(()=>void In(t,n,p),wn)))})}async function In(e,t,n){try{let{loraCandidates:r}=await v(xe,{sessionId:S().sessionId,objectId:e,frameIndex:t});W===n&&C({candidates:r.slice(0,9)})}catch(e){W===n&&!(e instanceof m&&e.code===`FEATURES_NOT_CAPTURED`)&&I(`learn`,e)}}var G=e(r(),1);function Ln(e,t,n,r,i){let{width:a,height:o,data:s}=e,c=Math.max(0,Math.floor(Math.min(t.x,n.x)-r)),l=Math.min(a-1,Math.ceil(Math.max(t.x,n.x)+r)),u=Math.max(0,Math.floor(Math.min(t.y,n.y)-r)),d=Math.min(o-1,Math.ceil(Math.max(t.y,n.y)+r)),[f,p]=[n.x-t.x,n.y-t.y],m=f*f+p*p;for(let e=u;e<=d;e++)for(let n=c;n<=l;n++){let[o,c]=[n+.5-t.x,e+.5-t.y],l=m?Math.max(0,Math.min(1,(o*f+c*p)/m)):0;(o-l*f)**2+(c-l*p)**2<=r*r&&(s[e*a+n]=i)}}function Rn(e){return e.predictedIou===null||e.objectScore===null?null:Math.max(0,Math.min(1,e.predictedIou))/(1+Math.exp(-e.objectScore))}var zn=`#12a150`,Bn=`#e5484d`;function Vn(e,t,n,r){let i=e.getContext(`2d`),a=devicePixelRatio;i.setTransform(1,0,0,1,0,0),i.clearRect(0,0,e.width,e.height),i.setTransform(t.scale*a,0,0,t.scale*a,t.x*a,t.y*a),i.lineJoin=`round`;let o=E.frames?.get(n);if(!o)return[];i.imageSmoothingEnabled=t.scale*a<3,i.imageSmoothingQuality=t.scale*a<1?`medium`:`low`,i.drawImage(o,0,0);let{objects:s,selected:c,showMasks:l,candidates:u,hovered:d,unanswered:f}=S(),p=r.painted?.frame===n?r.painted:null,m=u.find(e=>e.adapterId===d&&e.frameIndex===n),h=[];for(let e of s){let r=T.get(n,e.objectId);if(e.hidden||!l)continue;let a=e.objectId===c;p?.objectId===e.objectId?Un(i,We(p.bitmap).path,e.colour,a,t):m?.objectId===e.objectId?Un(i,Qe(m).path,e.colour,a,t):r&&(Un(i,Ze(r).path,e.colour,a,t,r.stale),h.push(r))}for(let e of u){let r=s.find(t=>t.objectId===e.objectId);e.frameIndex===n&&r&&l&&!r.hidden&&Wn(i,Qe(e).path,t,e.adapterId===d)}let g=s.find(e=>e.objectId===c);if(g){let e=S().prompts.get(D(g.objectId,n))??[],r=f.filter(e=>e.objectId===g.objectId&&e.frame===n);for(let n of[...e,...r.map(e=>e.prompt)])Gn(i,n,o,g,t)}r.box&&qn(i,r.box,t,`#fff`),Yn(i,o,t);let{crosshair:_,tool:ee}=S();return _&&ee!==`point`&&Jn(i,{x:_[0]*o.width,y:_[1]*o.height},t),r.pointer&&S().tool!==`point`&&Jn(i,r.pointer,t),h}function Hn(e){let{objects:t}=S();return e.map(e=>{let n=Rn(e);return`${t.find(t=>t.objectId===e.objectId)?.name||`Object ${e.objectId}`}: ${n===null?`drawn by hand`:`confidence ${n.toFixed(2)}`}${e.source===`LORA`?`, by an adapter`:``}`}).join(`; `)}function Un(e,t,n,r,i,a=!1){e.fillStyle=n,e.globalAlpha=a?.18:r?.42:.32,e.fill(t,`evenodd`),e.globalAlpha=1,r&&(e.lineWidth=3.5/i.scale,e.strokeStyle=`rgba(0,0,0,.45)`,e.stroke(t)),e.lineWidth=(r?2:1.25)/i.scale,e.strokeStyle=n,e.setLineDash(a?[5/i.scale,4/i.scale]:[]),e.stroke(t),e.setLineDash([])}function Wn(e,t,n,r){e.lineWidth=(r?3:1.75)/n.scale,e.strokeStyle=`rgba(0,0,0,.7)`,e.stroke(t),e.setLineDash([6/n.scale,4/n.scale]),e.strokeStyle=`#fff`,e.stroke(t),e.setLineDash([])}function Gn(e,t,n,r,i){if(t.kind===`box`){let[a,o,s,c]=t.box;qn(e,[a*n.width,o*n.height,s*n.width,c*n.height],i,r.colour)}t.kind===`points`&&t.points.forEach(([r,a],o)=>Kn(e,r*n.width,a*n.height,t.labels[o]===1,i))}function Kn(e,t,n,r,i){let a=1/i.scale;e.beginPath(),e.arc(t,n,7*a,0,2*Math.PI),e.fillStyle=r?zn:Bn,e.fill(),e.lineWidth=2*a,e.strokeStyle=`#fff`,e.stroke(),e.beginPath(),e.moveTo(t-3*a,n),e.lineTo(t+3*a,n),r&&(e.moveTo(t,n-3*a),e.lineTo(t,n+3*a)),e.stroke()}function qn(e,[t,n,r,i],a,o){e.lineWidth=3/a.scale,e.strokeStyle=`rgba(0,0,0,.6)`,e.strokeRect(t,n,r-t,i-n),e.lineWidth=1.5/a.scale,e.strokeStyle=o,e.strokeRect(t,n,r-t,i-n)}function Jn(e,{x:t,y:n},r){for(let[i,a]of[[3,`rgba(0,0,0,.6)`],[1.25,`#fff`]])e.beginPath(),e.arc(t,n,S().brush,0,2*Math.PI),e.lineWidth=i/r.scale,e.strokeStyle=a,e.stroke()}function Yn(e,t,n){let{crosshair:r,corner:i}=S();if(!r)return;let[a,o]=[r[0]*t.width,r[1]*t.height];i&&qn(e,[i[0]*t.width,i[1]*t.height,a,o],n,`#fff`);let s=14/n.scale;for(let[t,r]of[[4,`rgba(0,0,0,.7)`],[1.75,`#fff`]])e.beginPath(),e.moveTo(a-s,o),e.lineTo(a+s,o),e.moveTo(a,o-s),e.lineTo(a,o+s),e.lineWidth=t/n.scale,e.strokeStyle=r,e.stroke()}var K=u(),Xn={close:`M4 4l8 8M12 4l-8 8`,add:`M8 3v10M3 8h10`,point:`M8 2v4M8 10v4M2 8h4M10 8h4`,brush:`M13 2.5L7.5 8.5M6.5 8a2.4 2.4 0 0 1 1.8 3.4C7.5 13.2 5 13.5 2.5 13c1.2-.7 1.2-1.6 1.5-2.6A2.4 2.4 0 0 1 6.5 8z`,eraser:`M6 13h7M3.2 9.2l5.6-5.6a1.3 1.3 0 0 1 1.8 0l2 2a1.3 1.3 0 0 1 0 1.8L7 13H5L3.2 11a1.3 1.3 0 0 1 0-1.8zM6.2 6.2l3.8 3.8`,undo:`M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6`,redo:`M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3`,fit:`M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10`,zoomIn:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M7 5v4M5 7h4`,zoomOut:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M5 7h4`,eye:`M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z`,eyeOff:`M2 2l12 12M6 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.6M4.2 5A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 3-.8`,remove:`M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5`,play:`M5 3l8 5-8 5z`,pause:`M5 3v10M11 3v10`,previous:`M10 3L5 8l5 5`,next:`M6 3l5 5-5 5`,stop:`M4 4h8v8H4z`,light:`M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7`,dark:`M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z`,system:`M2 3h12v8H2zM6 14h4M8 11v3`,help:`M5.8 6a2.2 2.2 0 1 1 3.4 1.8C8.4 8.4 8 8.8 8 9.8M8 12.3v.2`,video:`M2 3.5h12v9H2zM6.5 6l3.5 2-3.5 2z`,doubt:`M2 11l3-4 3 3 2-5 4 6M8 14v-.5`,download:`M8 3v8M5 8l3 3 3-3M3 13h10`,upload:`M8 11V3M5 6l3-3 3 3M3 13h10`};function q({name:e}){return(0,K.jsx)(`svg`,{className:`icon`,viewBox:`0 0 16 16`,"aria-hidden":`true`,children:(0,K.jsx)(`path`,{d:Xn[e]})})}function J({place:e}){let t=x(t=>t.notices[e]);return(0,K.jsx)(`div`,{className:`notices`,"data-place":e,"aria-live":`polite`,children:t&&(0,K.jsxs)(`p`,{className:`notice ${t.kind}`,role:t.kind===`error`?`alert`:`status`,children:[(0,K.jsx)(`span`,{children:t.text}),(0,K.jsx)(`button`,{className:`plain`,"aria-label":`Dismiss`,onClick:()=>O(e,null),children:(0,K.jsx)(q,{name:`close`})})]})})}var Zn=40;function Qn(e,t,n,r){let i=Math.max(.01,Math.min((e-32)/n,(t-32)/r));return{scale:i,x:(e-n*i)/2,y:(t-r*i)/2}}function $n(e,t,n,r){let i=Math.max(.05,Math.min(Zn,e.scale*t)),a=i/e.scale;return{scale:i,x:n-(n-e.x)*a,y:r-(r-e.y)*a}}var Y={fit:()=>{},zoom:e=>{},move:(e,t)=>{},dab:(e,t)=>{},panning:!1,panned:!1},er=4;function tr(){let e=x(e=>e.video),t=x(e=>e.tool),n=(0,G.useRef)(null),r=(0,G.useRef)(null),i=(0,G.useRef)(null),a=(0,G.useRef)(0),o=(0,G.useRef)({box:null,painted:null,pointer:null}),s=(0,G.useRef)(null),c=(0,G.useRef)(0),[l,u]=(0,G.useState)({scale:1,x:0,y:0}),d=(0,G.useRef)(()=>{cancelAnimationFrame(c.current),c.current=requestAnimationFrame(()=>{let e=r.current;if(!e||!i.current)return;E.frames?.get(S().frame)&&(a.current=S().frame);let t=Vn(e,i.current,a.current,o.current);e.dataset.frame=E.frames?.get(a.current)?String(a.current):``,e.dataset.masks=t.map(e=>`${e.objectId}:${e.serial}`).join(` `),e.setAttribute(`aria-label`,`Frame ${a.current}. ${Hn(t)||`No mask`}`)})}).current,f=(0,G.useRef)(e=>{i.current=e,u(e),d()}).current;(0,G.useLayoutEffect)(()=>{let t=r.current,a=n.current,o=!0,s=()=>{o=!0,f(Qn(a.clientWidth,a.clientHeight,e.width,e.height))},c=(e,t=a.clientWidth/2,n=a.clientHeight/2)=>{o=!1,f($n(i.current,e,t,n))},l=()=>{t.width=Math.round(a.clientWidth*devicePixelRatio),t.height=Math.round(a.clientHeight*devicePixelRatio),o||!i.current?s():d()},u=e=>{e.preventDefault();let{left:t,top:n}=a.getBoundingClientRect();c(Math.exp(-e.deltaY*(e.deltaMode===1?.05:.0015)),e.clientX-t,e.clientY-n)},p=new ResizeObserver(l);return p.observe(a),t.addEventListener(`wheel`,u,{passive:!1}),Object.assign(Y,{fit:s,zoom:c,move:(e,t)=>{o=!1,f({...i.current,x:i.current.x+e,y:i.current.y+t})}}),()=>{p.disconnect(),t.removeEventListener(`wheel`,u)}},[e,f,d]),(0,G.useEffect)(()=>w((e,t)=>{o.current.painted&&e.pending===0&&t.pending>0&&s.current?.kind!==`paint`&&(o.current.painted=null),d()}),[d]);let p=e=>{let{left:t,top:r}=n.current.getBoundingClientRect(),{scale:a,x:o,y:s}=i.current;return{x:(e.clientX-t-o)/a,y:(e.clientY-r-s)/a}},m=({x:t,y:n})=>t>=0&&n>=0&&t<=e.width&&n<=e.height,h=(t,n)=>{let r=S().selected??R(),i=o.current.painted?.bitmap??ir(r,a.current,e.width,e.height);o.current.painted={objectId:r,frame:a.current,bitmap:i},Ln(i,t,t,S().brush,n)},g=()=>{let{bitmap:e}=o.current.painted;if(e.data.includes(1))return void sn(e);o.current.painted=null,O(`stage`,`A mask needs at least one pixel. To take it off this frame, press Backspace.`,`note`)},_=()=>a.current===S().frame||(O(`stage`,`Frame ${S().frame} is still on its way.`,`note`),!1);return Y.dab=(n,r)=>{_()&&(h({x:n*e.width,y:r*e.height},+(t===`brush`)),g(),d())},(0,K.jsxs)(`section`,{className:`stage`,"aria-label":`Picture`,children:[(0,K.jsxs)(`div`,{className:`holder`,ref:n,children:[(0,K.jsx)(`canvas`,{ref:r,role:`img`,"data-tool":t,onMouseDown:e=>{e.preventDefault(),document.activeElement instanceof HTMLElement&&document.activeElement.blur()},onPointerDown:e=>{let n=p(e);if(e.currentTarget.setPointerCapture(e.pointerId),e.button===1||Y.panning)s.current={kind:`pan`,x:e.clientX,y:e.clientY},Y.panned=!0;else if(!_())return;else if(t!==`point`&&e.button===0){let r=t===`brush`===e.altKey?0:1;s.current={kind:`paint`,...n,value:r},h(n,r)}else m(n)&&(s.current={kind:`press`,...n,label:e.button===2||e.altKey?0:1});d()},onPointerMove:t=>{let n=p(t),r=s.current;if(o.current.pointer=n,r?.kind===`pan`){let{scale:e,x:n,y:a}=i.current;f({scale:e,x:n+t.clientX-r.x,y:a+t.clientY-r.y}),s.current={kind:`pan`,x:t.clientX,y:t.clientY}}else r?.kind===`paint`?(Ln(o.current.painted.bitmap,r,n,S().brush,r.value),s.current={...r,...n}):r?.kind===`press`&&r.label===1&&Math.hypot(n.x-r.x,n.y-r.y)*i.current.scale>er&&(s.current={kind:`box`,x:r.x,y:r.y});s.current?.kind===`box`&&(o.current.box=ar(s.current,n,e.width,e.height)),d()},onPointerUp:()=>{let t=s.current;if(s.current=null,t?.kind===`press`)an([or(t.x/e.width),or(t.y/e.height)],t.label);else if(t?.kind===`box`&&o.current.box){let[t,n,r,i]=o.current.box;r>t&&i>n&&on([t/e.width,n/e.height,r/e.width,i/e.height])}else t?.kind===`paint`&&g();o.current.box=null,d()},onPointerCancel:()=>{s.current=null,o.current={box:null,painted:null,pointer:null},d()},onPointerLeave:()=>{o.current.pointer=null,d()},onContextMenu:e=>e.preventDefault()}),(0,K.jsx)(nr,{view:l}),(0,K.jsx)(rr,{})]}),(0,K.jsx)(J,{place:`stage`})]})}function nr({view:e}){let t=x(e=>e.candidates),n=x(e=>e.frame),r=x(e=>e.hovered);return t.map((t,i)=>{let{top:a}=Qe(t);if(!a||t.frameIndex!==n)return null;let o={left:e.x+a.x*e.scale+i*26,top:e.y+a.y*e.scale};return(0,K.jsx)(`button`,{className:`badge`,style:o,"data-hovered":t.adapterId===r,title:`Take candidate ${i+1} (key ${i+1})`,"aria-label":`Take candidate ${i+1}`,onPointerEnter:()=>x.setState({hovered:t.adapterId}),onPointerLeave:()=>x.setState({hovered:null}),onClick:()=>void cn(t),children:i+1},t.adapterId)})}function rr(){let e=x(e=>e.objects.every(e=>e.promptedFrames.length===0)&&e.unanswered.length===0),t=x(e=>e.tool);return e?(0,K.jsxs)(`p`,{className:`hint`,children:[t===`point`?`Click an object, or drag a box around it`:`Paint over an object`,` · press `,(0,K.jsx)(`kbd`,{children:`?`}),` for all keys`]}):null}function ir(e,t,n,r){let i=T.get(t,e);return{width:n,height:r,data:i?Xe(i).data.slice():new Uint8Array(n*r)}}function ar(e,t,n,r){let[i,a]=[e.x,t.x].map(e=>Math.max(0,Math.min(n,e))).sort((e,t)=>e-t),[o,s]=[e.y,t.y].map(e=>Math.max(0,Math.min(r,e))).sort((e,t)=>e-t);return[i,o,a,s]}function or(e){return Math.max(0,Math.min(1,e))}function X(e){let t=(S().video?.frameCount??1)-1;C({frame:Math.max(0,Math.min(t,Math.round(e))),playing:!1,following:!1})}function sr(e){X(S().frame+e)}var cr=0;function lr(){let{playing:e,frame:t,video:n}=S();if(e)return C({playing:!1});C({playing:!0,following:!1,frame:t===(n?.frameCount??1)-1?0:t});let r=++cr,i=performance.now(),a=e=>{let{playing:t,frame:n,video:o}=S();if(!t||!o||r!==cr)return;let s=n+1;if(s>=o.frameCount)return C({playing:!1});e>=i&&E.frames?.get(s)&&(i=Math.max(i+1e3/o.fps,e-1e3/o.fps),C({frame:s})),requestAnimationFrame(a)};requestAnimationFrame(a)}function ur(){w((e,t)=>{(e.frame!==t.frame||e.video!==t.video)&&E.frames?.around(e.frame,e.frame<t.frame?-1:1)})}var dr=new WeakSet;function fr(){let e=mr()??pr();e?(O(`track`,null),dr.add(e.mask),C({selected:e.mask.objectId}),X(e.frame)):O(`track`,`No frame is in doubt: none has been tracked yet.`,`note`)}function pr(){return dr=new WeakSet,mr()}function mr(){let{objects:e,video:t}=S(),n=Math.max(2,Math.round((t?.frameCount??0)/40)),r=null;for(let{objectId:t,hidden:i,promptedFrames:a}of e){if(i)continue;let e=T.framesOf(t),o=e.filter(e=>dr.has(T.get(e,t)));for(let i of e){let e=T.get(i,t),s=Rn(e),c=[...o,...a].some(e=>Math.abs(e-i)<n);s!==null&&!c&&s<(r?.certainty??1/0)&&(r={frame:i,mask:e,certainty:s})}}return r}var hr=[`OFF`,`SUGGEST`,`AUTO`],gr=e=>()=>C({tool:e,corner:null}),_r=e=>()=>C(({brush:t})=>({brush:Math.max(1,Math.min(200,t*e))})),vr=[{title:`Moving`,keys:[{keys:[`←`,`→`],does:`Frame back, on`,presses:[`arrowleft`,`arrowright`,`,`,`.`],run:e=>wr(e,1)},{keys:[`Shift ←`,`Shift →`],does:`Ten frames back, on`,presses:[`shift+arrowleft`,`shift+arrowright`],run:e=>wr(e,10)},{keys:[`Home`,`End`],does:`First, last frame`,presses:[`home`,`end`],run:e=>X(e===`home`?0:1/0)},{keys:[`Space`],does:`Play, pause`,presses:[` `],run:lr},{keys:[`D`],does:`Next doubtful frame`,presses:[`d`],run:fr},{keys:[`+`,`−`,`0`],does:`Zoom in, out, to fit (or the wheel)`,presses:[`+`,`=`,`-`,`0`],run:Er},{keys:[`Space + drag`,`Ctrl ← → ↑ ↓`],does:`Move the picture`,presses:[`ctrl+arrowleft`,`ctrl+arrowright`,`ctrl+arrowup`,`ctrl+arrowdown`],run:Dr}]},{title:`Objects`,keys:[{keys:[`N`],does:`New object`,presses:[`n`],run:()=>void R()},{keys:[`↑`,`↓`],does:`Object before, after`,presses:[`arrowup`,`arrowdown`],run:Tr},{keys:[`R`],does:`Rename`,presses:[`r`,`f2`],run:()=>kr(`.object[aria-current=true] .name`)},{keys:[`H`],does:`Hide, show`,presses:[`h`],run:()=>S().selected!==null&&tn(S().selected)},{keys:[`M`],does:`All masks off, on`,presses:[`m`],run:()=>C(({showMasks:e})=>({showMasks:!e}))},{keys:[`Delete`],does:`Remove the object (then Enter)`,presses:[`delete`],run:()=>kr(`.object[aria-current=true] .remove`,!0)}]},{title:`Prompts`,keys:[{keys:[`Click`],does:`This belongs to the object`,presses:[],run:()=>{}},{keys:[`Right click`,`Alt click`],does:`This does not`,presses:[],run:()=>{}},{keys:[`Drag`],does:`Box`,presses:[],run:()=>{}},{keys:[`P`,`B`,`E`],does:`Points and boxes, brush, eraser`,presses:[`p`,`b`,`e`],run:e=>gr(e===`p`?`point`:e===`b`?`brush`:`eraser`)()},{keys:[`[`,`]`],does:`Brush smaller, larger`,presses:[`[`,`]`],run:e=>_r(e===`[`?.8:1.25)()},{keys:[`Ctrl Z`,`Ctrl Y`],does:`Undo, redo`,presses:[`ctrl+z`,`ctrl+y`,`ctrl+shift+z`],run:e=>void(e===`ctrl+z`?un():dn())},{keys:[`Backspace`],does:`Clear the object's prompts on this frame`,presses:[`backspace`],run:()=>void ln()},{keys:[`C`],does:`Crosshair: arrows move it, Enter adds a point or paints, Alt Enter adds a background point`,presses:[`c`],run:jr},{keys:[`X`,`X`],does:`With the crosshair: one corner of a box, then the other`,presses:[`x`],run:Mr}]},{title:`Tracking and learning`,keys:[{keys:[`T`],does:`Track on, stop`,presses:[`t`],run:()=>F(!1)},{keys:[`Shift T`],does:`Track back from here, stop`,presses:[`shift+t`],run:()=>F(!0)},{keys:[`F`],does:`Follow the frame being tracked`,presses:[`f`],run:()=>C(({following:e})=>({following:!e}))},{keys:[`1 – 9`],does:`Take a candidate`,presses:[`1`,`2`,`3`,`4`,`5`,`6`,`7`,`8`,`9`],run:Or},{keys:[`L`],does:`Off, suggest, auto`,presses:[`l`],run:()=>void Mn(hr[(hr.indexOf(S().loraMode)+1)%3])},{keys:[`Ctrl S`],does:`Export`,presses:[`ctrl+s`],run:()=>C({sheet:`export`})},{keys:[`Esc`],does:`Stop, close, let go`,presses:[`escape`],run:Ar},{keys:[`?`],does:`This sheet`,presses:[`?`,`shift+?`],run:()=>C({sheet:`keys`})}]}],yr=new Map(vr.flatMap(({keys:e})=>e).flatMap(e=>e.presses.map(t=>[t,e])));function br(){addEventListener(`keydown`,e=>{if(S().view!==`annotate`)return;let t=Sr(e),{sheet:n}=S();if(n&&t===`escape`)return xr(e);if(Cr(e.target))return;if(n)return t===`?`||t===`shift+?`?xr(e):void 0;if(t===` `){if(e.target instanceof HTMLButtonElement)return;e.preventDefault(),e.repeat||(Y.panned=!1),Y.panning=!0;return}if(S().crosshair&&Nr(e))return e.preventDefault();let r=yr.get(t);r&&(e.preventDefault(),r.run(t))}),addEventListener(`click`,e=>{let t=document.activeElement;e.detail>0&&t instanceof HTMLButtonElement&&!t.dataset.asks&&t.blur()}),addEventListener(`keyup`,e=>{e.key===` `&&Y.panning&&(Y.panning=!1,Y.panned||lr())})}function xr(e){e.preventDefault(),C({sheet:null})}function Sr(e){let t=[];return(e.ctrlKey||e.metaKey)&&t.push(`ctrl`),e.shiftKey&&t.push(`shift`),[...t,e.key.toLowerCase()].join(`+`)}function Cr(e){return e instanceof HTMLInputElement?e.type!==`range`&&e.type!==`radio`&&e.type!==`color`:e instanceof HTMLSelectElement||e instanceof HTMLTextAreaElement}function wr(e,t){sr(e.endsWith(`arrowleft`)||e===`,`?-t:t)}function Tr(e){nn(e===`arrowup`?-1:1)}function Er(e){e===`0`?Y.fit():Y.zoom(e===`-`?.8:1.25)}function Dr(e){let[t,n]={left:[60,0],right:[-60,0],up:[0,60],down:[0,-60]}[e.slice(10)];Y.move(t,n)}function Or(e){let t=S().candidates[Number(e)-1];t&&cn(t)}function kr(e,t=!1){let n=document.querySelector(e);n?.focus(),t&&n?.click()}function Ar(){let{crosshair:e,tracking:t}=S();e?C({crosshair:null,corner:null}):t?P():C({playing:!1})}function jr(){C(({crosshair:e})=>({crosshair:e?null:[.5,.5],corner:null,playing:!1,following:!1}))}function Mr(){let{crosshair:e,corner:t,tool:n}=S();if(!e||n!==`point`)return;if(!t)return C({corner:e});let[r,i]=[t[0],e[0]].sort((e,t)=>e-t),[a,o]=[t[1],e[1]].sort((e,t)=>e-t);C({corner:null}),r<i&&a<o&&on([r,a,i,o])}function Nr(e){let t=S().crosshair;if(e.ctrlKey||e.metaKey)return!1;if(e.key===`Enter`)return e.target instanceof HTMLButtonElement?!1:(S().tool===`point`?an(t,+!e.altKey):Y.dab(...t),!0);let n={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,-1],ArrowDown:[0,1]}[e.key];if(!n)return!1;let r=e.shiftKey?.05:.01;return C({crosshair:[Pr(t[0]+n[0]*r),Pr(t[1]+n[1]*r)]}),!0}function Pr(e){return Math.max(0,Math.min(1,e))}async function Fr(e){let{sessionId:t,objects:n,exporting:r}=S();if(!r){C({exporting:e}),O(`export`,null);try{let{exportAnnotations:r}=await v(Fe,{input:{sessionId:t,format:e,colours:n.map(({objectId:e,colour:t})=>({objectId:e,colour:t}))}});await Ir(r.url,r.filename),O(`export`,`${r.filename} is saved (${Lr(r.byteSize)}).`,`note`)}catch(e){I(`export`,e)}finally{C({exporting:null})}}}async function Ir(e,t){let n;try{let t=await fetch(ft(e),{headers:te()});if(!t.ok)throw Error(`HTTP status ${t.status}`);n=await t.blob()}catch(e){throw new m(p,`${t} was made, but fetching it broke off (${String(e)}); export it again.`)}let r=document.createElement(`a`);r.href=URL.createObjectURL(n),r.download=t,r.click(),setTimeout(()=>URL.revokeObjectURL(r.href),6e4)}function Lr(e){return e<2**20?`${Math.ceil(e/1024)} KiB`:`${(e/2**20).toFixed(1)} MiB`}function Rr(){let{objects:e}=S(),t=new Set(e.flatMap(({objectId:e})=>T.framesOf(e))),n=new Set(e.flatMap(({objectId:e})=>T.staleFrames(e)));return{annotated:t.size,stale:n.size}}function zr({name:e,title:t,children:n}){let r=x(t=>t.sheet===e),i=(0,G.useRef)(null);(0,G.useLayoutEffect)(()=>{r?i.current?.showModal():i.current?.close()},[r]);let a=()=>C(({sheet:t})=>({sheet:t===e?null:t}));return(0,K.jsxs)(`dialog`,{ref:i,className:`sheet ${e}`,"aria-label":t,onClose:()=>r&&!i.current?.open&&a(),onClick:e=>e.target===e.currentTarget&&a(),children:[(0,K.jsxs)(`header`,{children:[(0,K.jsx)(`h2`,{children:t}),(0,K.jsx)(`button`,{className:`plain`,"aria-label":`Close`,onClick:a,children:(0,K.jsx)(q,{name:`close`})})]}),r&&n]})}var Br=[{format:`COCO`,label:`COCO`,holds:`One JSON file: RLE masks, boxes and areas, with frames and object ids (CocoVID).`},{format:`DAVIS`,label:`DAVIS`,holds:`A zip of palette PNGs, one a frame, one value an object.`},{format:`YOUTUBE_VOS`,label:`YouTube-VOS`,holds:`A zip of palette PNGs with meta.json: names, and the frames that show each.`},{format:`OVERLAY_MP4`,label:`Overlay video`,holds:`An MP4 of the whole video with the masks on it, in the colours chosen here.`}];function Vr(){return(0,K.jsx)(zr,{name:`export`,title:`Export`,children:(0,K.jsx)(Hr,{})})}function Hr(){let e=x(e=>e.exporting),t=x(e=>e.video.frameCount);x(e=>e.masksVersion);let{annotated:n,stale:r}=Rr();return(0,K.jsxs)(`div`,{className:`formats`,children:[(0,K.jsxs)(`p`,{children:[n,` of `,t,` frames have masks.`,r>0&&` On ${r} of them one is stale: track again first to have it follow your corrections.`]}),(0,K.jsx)(`ul`,{children:Br.map(({format:t,label:r,holds:i})=>(0,K.jsx)(`li`,{children:(0,K.jsxs)(`button`,{"aria-disabled":e!==null||n===0,onClick:()=>n>0&&void Fr(t),children:[(0,K.jsx)(`b`,{children:r}),(0,K.jsx)(`span`,{children:e===t?`The server is making it…`:i}),e===t&&(0,K.jsx)(`progress`,{"aria-label":`Making ${r}`})]})},t))}),(0,K.jsx)(J,{place:`export`})]})}function Ur(){return(0,K.jsx)(zr,{name:`keys`,title:`All keys`,children:(0,K.jsx)(`div`,{className:`columns`,children:vr.map(({title:e,keys:t})=>(0,K.jsxs)(`section`,{children:[(0,K.jsx)(`h3`,{children:e}),(0,K.jsx)(`dl`,{children:t.map(({keys:e,does:t})=>(0,K.jsxs)(`div`,{children:[(0,K.jsx)(`dt`,{children:e.map((e,t)=>(0,K.jsx)(`kbd`,{children:e},t))}),(0,K.jsx)(`dd`,{children:t})]},t))})]},e))})})}var Wr=[{mode:`OFF`,label:`Off`,means:`Corrections train nothing; the base model tracks alone.`},{mode:`SUGGEST`,label:`Suggest`,means:`Corrections train adapters; their masks are offered.`},{mode:`AUTO`,label:`Auto`,means:`Near a correction, an adapter's mask is taken where it looks better.`}];function Gr(){let e=x(e=>e.loraMode),t=x(e=>e.corrected.size),n=x(e=>e.taken.size),r=x(e=>e.objects),i=r.reduce((e,t)=>e+t.adapters.length,0);return(0,K.jsxs)(`aside`,{className:`learn`,"aria-label":`Learning`,children:[(0,K.jsx)(`h2`,{children:`Learning`}),(0,K.jsx)(`div`,{className:`group modes`,role:`radiogroup`,"aria-label":`What adapters do`,children:Wr.map(t=>(0,K.jsx)(`button`,{role:`radio`,"aria-checked":e===t.mode,title:`${t.means} (L)`,onClick:()=>void Mn(t.mode),children:t.label},t.mode))}),(0,K.jsx)(`p`,{className:`quiet`,children:Wr.find(t=>t.mode===e)?.means}),(0,K.jsxs)(`dl`,{className:`counts`,children:[(0,K.jsx)(Kr,{name:`Corrections made`,value:t}),(0,K.jsx)(Kr,{name:`Corrections saved`,value:n,title:`Frames put right by taking a candidate`}),(0,K.jsx)(Kr,{name:`Adapters`,value:i})]}),(0,K.jsx)(J,{place:`learn`}),(0,K.jsx)(qr,{}),(0,K.jsx)(Qr,{}),i>0&&(0,K.jsxs)(`section`,{children:[(0,K.jsxs)(`h3`,{children:[`Adapters`,(0,K.jsx)(ti,{})]}),r.filter(e=>e.adapters.length).map(e=>(0,K.jsx)(ei,{object:e},e.objectId))]})]})}function Kr({name:e,value:t,title:n}){return(0,K.jsxs)(`div`,{title:n,children:[(0,K.jsx)(`dt`,{children:e}),(0,K.jsx)(`dd`,{"data-count":e,children:t})]})}function qr(){let e=x(e=>e.training),t=x(e=>e.lastRun),n=x(e=>e.objects),r=e??t;if(!r)return(0,K.jsx)(`p`,{className:`quiet teach`,children:`Track, then correct a frame that came out wrong: the model learns from it at once.`});let i=n.find(e=>e.objectId===r.objectId);return(0,K.jsxs)(`section`,{className:`run`,"data-state":e?`training`:`trained`,children:[(0,K.jsxs)(`h3`,{children:[(0,K.jsx)(`i`,{style:{background:i?.colour}}),e?`Learning`:`Learned`,` frame `,r.frame,(0,K.jsx)(`small`,{children:e?`step ${r.ious.length}${r.steps?` of at most ${r.steps}`:``}`:r.adapter&&`${r.adapter.seconds.toFixed(1)} s`})]}),(0,K.jsx)(Zr,{run:r,colour:i?.colour??`currentColor`}),r.adapter?(0,K.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,K.jsx)(`b`,{"data-iou":`before`,children:r.adapter.baselineIou.toFixed(2)}),` → `,(0,K.jsx)(`b`,{"data-iou":`after`,children:r.adapter.trainingIou.toFixed(2)}),(0,K.jsx)(`small`,{children:r.adapter.steps===1?`1 step`:`${r.adapter.steps} steps`})]}):(0,K.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,K.jsx)(`b`,{children:r.ious.at(-1)?.toFixed(2)??`…`})]})]})}var Jr=256,Yr=84,Xr=22;function Zr({run:e,colour:t}){let n=e.ious,r=Math.max(n.length-1,1),i=e.adapter?n.indexOf(Math.max(...n)):n.length-1,a=e=>Xr+e/r*230,o=e=>6+(1-e)*72,s=n.map((e,t)=>`${a(t).toFixed(1)},${o(e).toFixed(1)}`).join(` `);return(0,K.jsxs)(`svg`,{className:`curve`,viewBox:`0 0 ${Jr} ${Yr}`,role:`img`,"aria-label":`IoU over ${n.length} steps, now ${n.at(-1)?.toFixed(2)??`unknown`}`,children:[[0,.5,1].map(e=>(0,K.jsxs)(`g`,{children:[(0,K.jsx)(`line`,{className:`rule`,x1:Xr,x2:Jr,y1:o(e),y2:o(e)}),(0,K.jsx)(`text`,{x:17,y:o(e)+3,children:e})]},e)),e.adapter&&(0,K.jsx)(`line`,{className:`baseline`,x1:Xr,x2:Jr,y1:o(e.adapter.baselineIou),y2:o(e.adapter.baselineIou)}),(0,K.jsx)(`polyline`,{points:s,stroke:t}),n.length>0&&(0,K.jsx)(`circle`,{cx:a(i),cy:o(n[i]),r:`3`,fill:t})]})}function Qr(){let e=x(e=>e.candidates),t=x(e=>e.hovered);return e.length===0?null:(0,K.jsxs)(`section`,{className:`candidates`,children:[(0,K.jsxs)(`h3`,{children:[`Candidates `,(0,K.jsx)(`small`,{children:`point at one to compare it`})]}),e.map((e,n)=>(0,K.jsx)($r,{candidate:e,number:n+1,hovered:t===e.adapterId},e.adapterId))]})}function $r({candidate:e,number:t,hovered:n}){let r=e=>()=>C({hovered:e});return(0,K.jsxs)(`button`,{className:`candidate`,"data-hovered":n,onPointerEnter:r(e.adapterId),onPointerLeave:r(null),onFocus:r(e.adapterId),onBlur:r(null),onClick:()=>void cn(e),"aria-label":`Take candidate ${t}, predicted IoU ${e.predictedIou.toFixed(2)}`,children:[(0,K.jsx)(`kbd`,{children:t}),(0,K.jsxs)(`span`,{children:[`predicted IoU `,(0,K.jsx)(`b`,{children:e.predictedIou.toFixed(2)})]}),(0,K.jsxs)(`small`,{children:[Math.round(e.agreement*100),` % as shown`]})]})}function ei({object:e}){return(0,K.jsx)(`ul`,{className:`adapters`,children:e.adapters.map(t=>(0,K.jsxs)(`li`,{children:[(0,K.jsx)(`i`,{style:{background:e.colour}}),(0,K.jsxs)(`span`,{children:[`frame`,t.frameIndices.length>1?`s`:``,` `,t.frameIndices.join(`, `)]}),(0,K.jsxs)(`b`,{children:[t.baselineIou.toFixed(2),` → `,t.trainingIou.toFixed(2)]})]},t.adapterId))})}function ti(){let[e,t]=(0,G.useState)(!1);return(0,K.jsx)(`button`,{"data-asks":`again`,className:e?`danger`:`plain`,title:`Forget every adapter; masks stay`,onBlur:()=>t(!1),onClick:()=>{e&&Nn(),t(!e)},children:e?`Forget them?`:`Forget`})}function ni(){let e=x(e=>e.objects),t=x(e=>e.selected);return(0,K.jsxs)(`aside`,{className:`objects`,"aria-label":`Objects`,children:[(0,K.jsxs)(`h2`,{children:[`Objects`,(0,K.jsx)(`button`,{className:`plain`,title:`New object (N)`,"aria-label":`New object`,onClick:()=>R(),children:(0,K.jsx)(q,{name:`add`})})]}),(0,K.jsx)(`ul`,{children:e.map(e=>(0,K.jsx)(ri,{object:e,selected:e.objectId===t},e.objectId))}),e.length===0&&(0,K.jsx)(`p`,{className:`quiet`,children:`None yet. Your first click adds one.`}),(0,K.jsx)(J,{place:`objects`})]})}function ri({object:e,selected:t}){let{objectId:n,name:r,colour:i,hidden:a,promptedFrames:o,adapters:s}=e,[c,l]=(0,G.useState)(!1),u=r||`Object ${n}`,d=[o.length===0?`no prompt yet`:`${o.length} prompt${o.length>1?`s`:``}`,...s.length?[`${s.length} adapter${s.length>1?`s`:``}`]:[]];return(0,K.jsxs)(`li`,{className:`object`,"aria-current":t,onClick:()=>C({selected:n}),children:[(0,K.jsx)(`input`,{type:`color`,value:i,"aria-label":`Colour of ${u}`,title:`Colour`,onChange:e=>A(n,{colour:e.target.value})}),(0,K.jsxs)(`div`,{className:`about`,children:[(0,K.jsx)(ii,{objectId:n,name:r},r),(0,K.jsx)(`small`,{children:d.join(` · `)})]}),(0,K.jsx)(`button`,{className:`plain`,title:a?`Show (H)`:`Hide (H)`,"aria-label":`${a?`Show`:`Hide`} ${u}`,onClick:e=>{e.stopPropagation(),tn(n)},children:(0,K.jsx)(q,{name:a?`eyeOff`:`eye`})}),(0,K.jsx)(`button`,{"data-asks":`again`,className:c?`remove danger`:`remove plain`,title:`Remove with its masks and adapters (Delete)`,"aria-label":`Remove ${u}`,onBlur:()=>l(!1),onClick:e=>{e.stopPropagation(),c?en(n):l(!0)},children:c?`Remove?`:(0,K.jsx)(q,{name:`remove`})})]})}function ii({objectId:e,name:t}){let[n,r]=(0,G.useState)(t);return(0,K.jsx)(`input`,{className:`name`,value:n,maxLength:100,placeholder:`Object ${e}`,"aria-label":`Name of object ${e}`,onChange:e=>r(e.target.value),onBlur:()=>void $t(e,n),onKeyDown:e=>{e.key===`Escape`&&r(t),(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}})}var ai=`sam2-lit:theme`,oi=[`system`,`light`,`dark`];function si(){let e=localStorage.getItem(ai);return oi.find(t=>t===e)??`system`}function ci(e=si()){document.documentElement.dataset.theme=e,localStorage.setItem(ai,e)}function li(){let e=oi[(oi.indexOf(si())+1)%oi.length];return ci(e),e}var ui=[{tool:`point`,label:`Points and boxes`,key:`P`},{tool:`brush`,label:`Brush`,key:`B`},{tool:`eraser`,label:`Eraser`,key:`E`}];function di(){let e=x(e=>e.video),t=x(e=>e.tool),n=x(e=>e.brush),r=x(e=>e.past.length>0),i=x(e=>e.future.length>0);return(0,K.jsxs)(`header`,{className:`toolbar`,children:[(0,K.jsx)(fi,{}),(0,K.jsxs)(`button`,{className:`video`,title:`Back to the videos; the session stays open`,onClick:()=>location.hash=``,children:[(0,K.jsx)(q,{name:`video`}),(0,K.jsx)(`span`,{children:e&&k(e.path)})]}),(0,K.jsx)(`div`,{className:`group`,role:`radiogroup`,"aria-label":`Tool`,children:ui.map(e=>(0,K.jsxs)(`button`,{role:`radio`,"aria-checked":t===e.tool,title:`${e.label} (${e.key})`,onClick:()=>C({tool:e.tool}),children:[(0,K.jsx)(q,{name:e.tool}),(0,K.jsx)(`span`,{children:e.label})]},e.tool))}),t!==`point`&&(0,K.jsxs)(`label`,{className:`brush`,title:`Size of the brush in pixels of the video ([ and ])`,children:[(0,K.jsx)(`span`,{children:`Size`}),(0,K.jsx)(`input`,{type:`range`,min:1,max:100,value:n,onChange:e=>C({brush:e.target.valueAsNumber})}),(0,K.jsx)(`output`,{children:Math.round(n)})]}),(0,K.jsxs)(`div`,{className:`group`,children:[(0,K.jsx)(`button`,{title:`Undo (Ctrl Z)`,"aria-label":`Undo`,disabled:!r,onClick:()=>void un(),children:(0,K.jsx)(q,{name:`undo`})}),(0,K.jsx)(`button`,{title:`Redo (Ctrl Y)`,"aria-label":`Redo`,disabled:!i,onClick:()=>void dn(),children:(0,K.jsx)(q,{name:`redo`})})]}),(0,K.jsxs)(`div`,{className:`group`,children:[(0,K.jsx)(`button`,{title:`Zoom out (−)`,"aria-label":`Zoom out`,onClick:()=>Y.zoom(.8),children:(0,K.jsx)(q,{name:`zoomOut`})}),(0,K.jsx)(`button`,{title:`Zoom in (+)`,"aria-label":`Zoom in`,onClick:()=>Y.zoom(1.25),children:(0,K.jsx)(q,{name:`zoomIn`})}),(0,K.jsx)(`button`,{title:`Fit (0)`,"aria-label":`Fit`,onClick:()=>Y.fit(),children:(0,K.jsx)(q,{name:`fit`})})]}),(0,K.jsx)(`span`,{className:`spring`}),(0,K.jsxs)(`button`,{title:`Export the masks (Ctrl S)`,onClick:()=>C({sheet:`export`}),children:[(0,K.jsx)(q,{name:`download`}),` Export`]}),(0,K.jsx)(mi,{}),(0,K.jsx)(pi,{}),(0,K.jsx)(`button`,{title:`All keys (?)`,"aria-label":`All keys`,onClick:()=>C({sheet:`keys`}),children:(0,K.jsx)(q,{name:`help`})})]})}function fi(){return(0,K.jsxs)(`span`,{className:`brand`,children:[`sam2`,(0,K.jsx)(`b`,{children:`lit`})]})}function pi(){let[e,t]=(0,G.useState)(si);return(0,K.jsx)(`button`,{title:`Colours: ${e}`,"aria-label":`Colours: ${e}`,onClick:()=>t(li()),children:(0,K.jsx)(q,{name:e})})}function mi(){let[e,t]=(0,G.useState)(!1);return(0,K.jsx)(`button`,{"data-asks":`again`,className:e?`danger`:``,title:`End the session: its masks and adapters go`,onClick:()=>e?void Wt():t(!0),onBlur:()=>t(!1),children:e?`Masks and adapters go. End?`:`End session`})}function hi({sent:e,send:t}){let[n,r]=(0,G.useState)(null),i=x(e=>e.connected),a=(0,G.useRef)(null);return(0,G.useEffect)(()=>{i&&v(_e,{}).then(r,e=>I(`start`,e))},[i]),(0,K.jsxs)(`main`,{className:`start`,children:[(0,K.jsxs)(`header`,{children:[(0,K.jsx)(fi,{}),(0,K.jsx)(`p`,{children:`Track objects through a video. Every correction teaches the model while you work.`}),(0,K.jsx)(pi,{})]}),(0,K.jsx)(J,{place:`start`}),(0,K.jsx)(`section`,{className:`drop`,onClick:e=>e.target===e.currentTarget&&a.current?.click(),children:e===null?(0,K.jsxs)(K.Fragment,{children:[(0,K.jsx)(q,{name:`upload`}),(0,K.jsx)(`p`,{children:`Drop a video here, or`}),(0,K.jsx)(`button`,{className:`primary`,onClick:()=>a.current?.click(),children:`choose a file`}),(0,K.jsx)(`input`,{ref:a,type:`file`,accept:`video/*`,hidden:!0,onChange:e=>e.target.files?.[0]&&t(e.target.files[0])})]}):(0,K.jsxs)(K.Fragment,{children:[(0,K.jsx)(`p`,{children:e<1?`Sending, ${Math.round(e*100)} %`:`The server is reading the video…`}),(0,K.jsx)(`progress`,{max:1,value:e<1?e:void 0,"aria-label":`Upload`}),(0,K.jsx)(`button`,{onClick:Kt,children:`Cancel`})]})}),(0,K.jsx)(`h2`,{children:`Videos`}),(0,K.jsx)(`ul`,{className:`videos`,children:n?.videos.edges.map(({node:e})=>(0,K.jsx)(`li`,{children:(0,K.jsx)(gi,{video:e})},e.id))}),n&&n.sessions.length>0&&(0,K.jsxs)(K.Fragment,{children:[(0,K.jsx)(`h2`,{children:`Open sessions`}),(0,K.jsx)(`ul`,{className:`sessions`,children:n.sessions.map(e=>(0,K.jsx)(`li`,{children:(0,K.jsxs)(`a`,{href:`#session=${e.sessionId}`,children:[(0,K.jsx)(`b`,{children:k(e.video.path)}),(0,K.jsxs)(`span`,{children:[e.objects.length,` object`,e.objects.length===1?``:`s`,` · `,e.trackedFrameCount,` of `,e.video.frameCount,` frames`]}),(0,K.jsx)(`time`,{dateTime:e.createdAt,children:new Date(e.createdAt).toLocaleString([],{dateStyle:`medium`,timeStyle:`short`})})]})},e.sessionId))})]}),n&&(0,K.jsxs)(`footer`,{children:[`Model `,n.model.name,` on `,n.model.device,`, `,(n.model.parameterCount/1e6).toFixed(1),` million parameters ·`,` `,(0,K.jsx)(`a`,{href:`/graphql`,children:`GraphQL`})]})]})}function gi({video:e}){let t=(0,G.useRef)(null),[n,r]=(0,G.useState)(!1),i=(0,G.useCallback)(async()=>{let n=await pt(ft(e.posterUrl)),r=t.current;r&&(r.width=n.width,r.height=n.height,r.getContext(`2d`).drawImage(n,0,0))},[e]);return(0,G.useEffect)(()=>{i().catch(()=>{})},[i]),(0,K.jsxs)(`button`,{className:`card`,disabled:n,onClick:()=>{r(!0),zt(e.path).finally(()=>r(!1))},children:[(0,K.jsx)(`canvas`,{ref:t,"aria-hidden":`true`}),(0,K.jsx)(`b`,{children:k(e.path)}),(0,K.jsxs)(`small`,{children:[e.width,` × `,e.height,` · `,e.frameCount,` frames · `,e.durationSec.toFixed(1),` s`]})]})}var Z=34,Q=20,_i=16;function vi(){return(0,K.jsxs)(`footer`,{className:`timeline`,"aria-label":`Timeline`,children:[(0,K.jsx)(yi,{}),(0,K.jsx)(xi,{})]})}function yi(){let{frame:e,video:t,playing:n,tracking:r,following:i,objects:a}=x(),o=t.frameCount,s=r?0:Mt().length,c=a.some(e=>e.promptedFrames.length);return(0,K.jsxs)(`div`,{className:`transport`,children:[(0,K.jsxs)(`div`,{className:`group`,children:[(0,K.jsx)(`button`,{title:`Frame back (←)`,"aria-label":`Frame back`,onClick:()=>sr(-1),children:(0,K.jsx)(q,{name:`previous`})}),(0,K.jsx)(`button`,{title:`Play, pause (Space)`,"aria-label":n?`Pause`:`Play`,onClick:lr,children:(0,K.jsx)(q,{name:n?`pause`:`play`})}),(0,K.jsx)(`button`,{title:`Frame on (→)`,"aria-label":`Frame on`,onClick:()=>sr(1),children:(0,K.jsx)(q,{name:`next`})})]}),(0,K.jsxs)(`label`,{className:`frame`,children:[(0,K.jsx)(`span`,{children:`Frame`}),(0,K.jsx)(`input`,{type:`number`,min:0,max:o-1,value:e,onChange:e=>e.target.value!==``&&X(e.target.valueAsNumber),onKeyDown:e=>(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}),(0,K.jsxs)(`small`,{children:[`of `,o,` · `,(e/t.fps).toFixed(2),` s`]})]}),r?(0,K.jsxs)(`button`,{className:`primary stop`,title:`Stop (T)`,onClick:()=>F(!1),children:[(0,K.jsx)(q,{name:`stop`}),` Stop`]}):(0,K.jsxs)(`div`,{className:`group`,children:[(0,K.jsxs)(`button`,{className:`primary`,title:`Track on from the first frame that needs it (T)`,disabled:!c,onClick:()=>F(!1),children:[`Track`,s>0&&(0,K.jsxs)(`small`,{children:[s,` frames`]})]}),(0,K.jsx)(`button`,{title:`Track back from this frame (Shift T)`,disabled:!c||e===0,onClick:()=>F(!0),children:`Back`})]}),r&&(0,K.jsxs)(`span`,{className:`progress`,children:[(0,K.jsx)(`progress`,{max:Math.max(r.total,1),value:r.completed,"aria-label":`Frames tracked`}),(0,K.jsxs)(`output`,{children:[r.completed,` / `,r.total||`…`,r.framesPerSecond!==null&&` · ${r.framesPerSecond.toFixed(1)} frames/s`]}),(0,K.jsxs)(`label`,{children:[(0,K.jsx)(`input`,{type:`checkbox`,checked:i,onChange:e=>C({following:e.target.checked})}),` Follow`]})]}),(0,K.jsxs)(`button`,{title:`Go to the mask that the model is least sure of (D)`,onClick:fr,children:[(0,K.jsx)(q,{name:`doubt`}),` Next doubtful frame`]}),(0,K.jsx)(J,{place:`track`}),(0,K.jsx)(`span`,{className:`spring`}),(0,K.jsx)(bi,{})]})}function bi(){return(0,K.jsxs)(`ul`,{className:`legend`,"aria-label":`Legend`,children:[(0,K.jsxs)(`li`,{children:[(0,K.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,K.jsx)(`path`,{className:`prompted`,d:`M6 1l5 5-5 5-5-5z`})}),` prompt`]}),(0,K.jsxs)(`li`,{children:[(0,K.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,K.jsx)(`circle`,{className:`correction`,cx:`6`,cy:`6`,r:`4`})}),` correction`]}),(0,K.jsxs)(`li`,{children:[(0,K.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,K.jsx)(`rect`,{className:`adapter`,x:`1`,y:`4`,width:`10`,height:`4`})}),` by an adapter`]}),(0,K.jsxs)(`li`,{children:[(0,K.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,K.jsx)(`path`,{className:`suggested`,d:`M6 2l4 8H2z`})}),` suggestion`]}),(0,K.jsxs)(`li`,{children:[(0,K.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,K.jsx)(`path`,{className:`sure`,d:`M1 9l3-5 3 3 4-5`})}),` confidence`]}),(0,K.jsxs)(`li`,{children:[(0,K.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,K.jsx)(`rect`,{className:`stale`,x:`1`,y:`2`,width:`10`,height:`8`})}),` stale`]})]})}function xi(){let e=x(e=>e.objects),t=x(e=>e.selected),n=x(e=>e.video.frameCount),r=x(e=>e.video.fps),i=x(e=>e.masksVersion),a=x(e=>e.corrected),o=x(e=>e.taken),s=x(e=>e.suggested),c=(0,G.useRef)(null),[l,u]=(0,G.useState)(600);(0,G.useLayoutEffect)(()=>{let e=new ResizeObserver(()=>u(c.current.clientWidth));return e.observe(c.current),()=>e.disconnect()},[]);let d=new Si(l,n),f=e=>{e.buttons===1&&(e.currentTarget.setPointerCapture(e.pointerId),X(d.frameAt(e.clientX-e.currentTarget.getBoundingClientRect().left)))};return(0,K.jsxs)(`div`,{className:`tracks`,children:[(0,K.jsx)(`ul`,{className:`labels`,style:{paddingTop:Q},children:e.map(({objectId:e,name:n,colour:r})=>(0,K.jsxs)(`li`,{style:{height:Z},"aria-current":e===t,onClick:()=>C({selected:e}),children:[(0,K.jsx)(`i`,{style:{background:r}}),(0,K.jsx)(`span`,{children:n||`Object ${e}`})]},e))}),(0,K.jsxs)(`div`,{className:`scrub`,ref:c,onPointerDown:f,onPointerMove:f,children:[(0,K.jsx)(Ci,{scale:d,height:Q+Math.max(e.length,1)*Z}),(0,K.jsxs)(`svg`,{width:l,height:Q+Math.max(e.length,1)*Z,"aria-hidden":`true`,children:[(0,K.jsx)(`defs`,{children:(0,K.jsx)(`pattern`,{id:`stale`,width:`5`,height:`5`,patternUnits:`userSpaceOnUse`,patternTransform:`rotate(45)`,children:(0,K.jsx)(`rect`,{width:`2`,height:`5`})})}),(0,K.jsx)(wi,{scale:d,fps:r}),e.map((e,n)=>(0,K.jsxs)(`g`,{transform:`translate(0 ${Q+n*Z})`,children:[(0,K.jsx)(`rect`,{className:`row`,"data-selected":e.objectId===t,width:l,height:33}),(0,K.jsx)(Ti,{object:e,scale:d,width:l,version:i,corrected:a,taken:o,suggested:s})]},e.objectId))]})]})]})}var Si=class{count;step;constructor(e,t){this.count=t,this.step=(e-32)/Math.max(t,1)}x(e){return _i+(e+.5)*this.step}frameAt(e){return Math.max(0,Math.min(this.count-1,Math.floor((e-_i)/this.step)))}};function Ci({scale:e,height:t}){let n=x(e=>e.frame);return(0,K.jsx)(`div`,{className:`playhead`,role:`slider`,tabIndex:0,"aria-label":`Frame`,"aria-valuemin":0,"aria-valuemax":e.count-1,"aria-valuenow":n,style:{left:e.x(n),height:t}})}function wi({scale:e,fps:t}){let n=[1,2,5,10,20,50,100,200,500,1e3,2e3,5e3,1e4].find(t=>t*e.step>=56)??2e4;return Array.from({length:Math.ceil(e.count/n)},(e,t)=>t*n).map(n=>(0,K.jsxs)(`g`,{className:`mark`,children:[(0,K.jsx)(`line`,{x1:e.x(n),x2:e.x(n),y1:15,y2:Q}),(0,K.jsxs)(`text`,{x:e.x(n),y:12,textAnchor:`middle`,children:[n,(0,K.jsxs)(`title`,{children:[(n/t).toFixed(2),` s`]})]})]},n))}var Ti=(0,G.memo)(function({object:e,scale:t,corrected:n,taken:r,suggested:i}){let{objectId:a,promptedFrames:o,colour:s}=e,c=T.framesOf(a),l=e=>c.filter(e),u=e=>T.get(e,a),d=new Set(o),f=e=>n.has(D(a,e))||r.has(D(a,e)),p=Z/2;return(0,K.jsxs)(`g`,{"data-row":a,children:[(0,K.jsx)(`path`,{className:`tracked`,d:Ei(c,t,3,26),fill:s}),(0,K.jsx)(`path`,{className:`stale`,d:Ei(l(e=>u(e).stale),t,3,26)}),(0,K.jsx)(`path`,{className:`adapter`,d:Ei(l(e=>u(e).source===`LORA`),t,27,4),fill:s}),(0,K.jsx)(`path`,{className:`doubt`,d:Di(c,t,a,!0)}),(0,K.jsx)(`path`,{className:`sure`,d:Di(c,t,a,!1)}),c.filter(e=>i.has(D(a,e))).map(e=>(0,K.jsx)(`path`,{className:`suggested`,d:`M${t.x(e)} 2l3.5 6h-7z`},e)),o.map(e=>f(e)?(0,K.jsx)(`circle`,{className:`correction`,"data-correction":e,"data-taken":r.has(D(a,e)),cx:t.x(e),cy:p,r:`4.5`},e):(0,K.jsx)(`path`,{className:`prompted`,"data-prompted":e,d:`M${t.x(e)} 11.5l5.5 5.5-5.5 5.5-5.5-5.5z`},e)),(0,K.jsx)(`title`,{children:`${c.length-d.size} frames tracked`})]})},Oi);function Ei(e,t,n,r){let i=``;for(let a=0;a<e.length;){let o=a;for(;e[o+1]===e[o]+1;)o++;let s=t.x(e[a])-t.step/2;i+=`M${s.toFixed(1)} ${n}h${((o-a+1)*t.step).toFixed(1)}v${r}h${(-(o-a+1)*t.step).toFixed(1)}z`,a=o+1}return i}var $=4;function Di(e,t,n,r){let i=``,a=-2;for(let o of e){let e=Rn(T.get(o,n));if(e===null)continue;let s=o===a+1,[c,l]=[t.x(o).toFixed(1),($+(1-e)*24).toFixed(1)];r&&!s&&(i+=`${i&&`V${$}Z`}M${c} ${$}`),i+=`${s||r?`L`:`M`}${c} ${l}`,a=o}return r&&i?`${i}V${$}Z`:i}function Oi(e,t){return e.object===t.object&&e.width===t.width&&e.scale.count===t.scale.count&&e.version===t.version&&e.corrected===t.corrected&&e.taken===t.taken&&e.suggested===t.suggested}function ki(){let e=x(e=>e.view),[t,n]=(0,G.useState)(null),[r,i]=(0,G.useState)(!1),a=e=>{S().view===`annotate`&&(location.hash=``),Gt(e,n)};return(0,K.jsxs)(`div`,{className:`app`,"data-view":e,onDragOver:e=>{e.preventDefault(),i(e.dataTransfer.types.includes(`Files`))},onDragLeave:e=>e.relatedTarget===null&&i(!1),onDrop:e=>{e.preventDefault(),i(!1);let t=e.dataTransfer.files[0];t&&a(t)},children:[(0,K.jsx)(ji,{}),e===`start`&&(0,K.jsx)(hi,{sent:t,send:a}),e===`annotate`&&(0,K.jsx)(Ai,{}),e===`loading`&&(0,K.jsx)(`p`,{className:`middle quiet`,children:`Loading…`}),e===`gone`&&(0,K.jsx)(Mi,{}),e===`token`&&(0,K.jsx)(Ni,{}),r&&(0,K.jsx)(`p`,{className:`dropping`,children:`Drop the video to upload it`})]})}function Ai(){return(0,K.jsxs)(K.Fragment,{children:[(0,K.jsx)(di,{}),(0,K.jsx)(ni,{}),(0,K.jsx)(tr,{}),(0,K.jsx)(Gr,{}),(0,K.jsx)(vi,{}),(0,K.jsx)(Ur,{}),(0,K.jsx)(Vr,{})]})}function ji(){return x(e=>e.connected)?null:(0,K.jsx)(`p`,{className:`banner`,role:`alert`,children:`The server cannot be reached. Trying again; what it has acknowledged is kept there.`})}function Mi(){let e=x(e=>e.video);return(0,K.jsxs)(`main`,{className:`middle card`,children:[(0,K.jsx)(fi,{}),(0,K.jsx)(`h2`,{children:`This session is gone`}),(0,K.jsx)(`p`,{children:`The server does not know it: it was ended, or its data directory is another.`}),(0,K.jsxs)(`div`,{className:`group`,children:[e&&(0,K.jsxs)(`button`,{className:`primary`,onClick:()=>void zt(e.path),children:[`Start anew on `,k(e.path)]}),(0,K.jsx)(`button`,{className:e?``:`primary`,onClick:()=>location.hash=``,children:`Choose a video`})]})]})}function Ni(){let[e,t]=(0,G.useState)(``);return(0,K.jsxs)(`form`,{className:`middle card`,onSubmit:t=>{t.preventDefault(),ee(e),C({view:`loading`}),location.reload()},children:[(0,K.jsx)(fi,{}),(0,K.jsx)(`h2`,{children:`This server asks for a token`}),(0,K.jsxs)(`label`,{children:[`Token `,(0,K.jsx)(`input`,{type:`password`,autoFocus:!0,autoComplete:`off`,value:e,onChange:e=>t(e.target.value)})]}),(0,K.jsx)(`button`,{className:`primary`,children:`Go on`})]})}ci(),br(),ur(),Fn(),Tt(),(0,f.createRoot)(document.getElementById(`page`)).render((0,K.jsx)(ki,{})),Lt();