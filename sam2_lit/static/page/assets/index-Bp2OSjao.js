import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{a as t,c as n,d as r,i,l as a,n as o,o as s,r as c,s as l,t as u,u as d}from"./libraries-DOb0AUtx.js";(function(){let e=document.createElement(`link`).relList;if(e&&e.supports&&e.supports(`modulepreload`))return;for(let e of document.querySelectorAll(`link[rel="modulepreload"]`))n(e);new MutationObserver(e=>{for(let t of e)if(t.type===`childList`)for(let e of t.addedNodes)e.tagName===`LINK`&&e.rel===`modulepreload`&&n(e)}).observe(document,{childList:!0,subtree:!0});function t(e){let t={};return e.integrity&&(t.integrity=e.integrity),e.referrerPolicy&&(t.referrerPolicy=e.referrerPolicy),t.credentials=e.crossOrigin===`use-credentials`?`include`:e.crossOrigin===`anonymous`?`omit`:`same-origin`,t}function n(e){if(e.ep)return;e.ep=!0;let n=t(e);fetch(e.href,n)}})();var f=d(),p=`UNREACHABLE`,m=class extends Error{code;constructor(e,t){super(t),this.code=e}};function ee(e){let t=e instanceof Error?e.message:String(e);return(/^[a-z]+\s/.test(t)?t.charAt(0).toUpperCase()+t.slice(1):t)+(/[.!?]$/.test(t)?``:`.`)}var h=`sam2-lit:token`;function te(){return sessionStorage.getItem(h)}function ne(e){sessionStorage.setItem(h,e)}function re(){let e=te();return e?{Authorization:`Bearer ${e}`}:{}}var ie=1e4,ae=2e4,oe=new Set,se;function ce(e){oe.add(e)}function le(e){for(let t of oe)t(e)}var ue=c({url:`${location.protocol===`https:`?`wss`:`ws`}://${location.host}/graphql`,connectionParams:re,retryAttempts:1/0,retryWait:e=>new Promise(t=>setTimeout(t,Math.min(500*2**e,5e3))),keepAlive:ie,on:{connected:()=>le(!0),closed:e=>{clearTimeout(se),e.code!==1e3&&le(!1)},ping:e=>{e||(se=setTimeout(()=>ue.terminate(),ae))},pong:e=>{e&&clearTimeout(se)}}}),de=new i({url:`/graphql`,preferGetMethod:!1,requestPolicy:`network-only`,fetchOptions:()=>({headers:{Accept:`application/graphql-response+json, application/json`,...re()}}),exchanges:[t,s({forwardSubscription:e=>({subscribe:t=>({unsubscribe:ue.subscribe({query:e.query??``,variables:e.variables},t)})})})]});async function g(e,t){let n=e.toString(),r=await de[n.trimStart().startsWith(`mutation`)?`mutation`:`query`](n,t).toPromise();if(r.error)throw me(r.error);return r.data}function fe(e,t,r,i){let o=!0,s=null,{unsubscribe:c}=n(de.subscription(e.toString(),t),l(()=>{o&&i(s),o=!1}),a(e=>{o&&(e.error?s=me(e.error):e.data&&r(e.data))}));return()=>{o=!1,c()}}async function pe(){try{return(await fetch(`/healthz`,{cache:`no-store`})).ok}catch{return!1}}function me(e){let t=e.graphQLErrors[0];if(t)return new m(String(t.extensions?.code??`INTERNAL`),t.message);let n=e.response;return n?.status===401?new m(`UNAUTHENTICATED`,`The server asks for a token.`):n?.ok?new m(`INTERNAL`,`The server's answer was not understood: ${e.message}`):(le(!1),new m(p,`The server cannot be reached: this was not done.`))}var _=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},he=new _(`
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
    `,{fragmentName:`MaskParts`}),ge=new _(`
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
}`,{fragmentName:`FrameParts`}),_e=new _(`
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
    `,{fragmentName:`CandidateParts`}),ve={"\n  fragment FrameParts on RLEMaskListOnFrame {\n    frameIndex\n    rleMaskList {\n      ...MaskParts\n    }\n  }\n":ge,"\n  fragment MaskParts on RLEMaskForObject {\n    objectId\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    source\n  }\n":he,"\n  fragment AdapterParts on LoraAdapter {\n    adapterId\n    objectId\n    rank\n    frameIndices\n    baselineIou\n    trainingIou\n    steps\n    seconds\n  }\n":new _(`
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
    `,{fragmentName:`AdapterParts`}),"\n  fragment CandidateParts on LoraCandidate {\n    adapterId\n    objectId\n    frameIndex\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    agreement\n  }\n":_e,"\n  fragment VideoParts on Video {\n    id\n    path\n    width\n    height\n    posterUrl\n    frameCount\n    fps\n    durationSec\n    frameUrlTemplate\n  }\n":new _(`
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
    `,{fragmentName:`VideoParts`}),"\n  fragment SessionParts on Session {\n    sessionId\n    loraMode\n    objects {\n      objectId\n      name\n      promptedFrames\n      adapters {\n        ...AdapterParts\n      }\n    }\n    video {\n      ...VideoParts\n    }\n  }\n":new _(`
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
}`,{fragmentName:`SessionParts`}),"\n  query Start {\n    videos {\n      edges {\n        node {\n          ...VideoParts\n        }\n      }\n    }\n    sessions {\n      sessionId\n      trackedFrameCount\n      createdAt\n      objects {\n        objectId\n      }\n      video {\n        path\n        frameCount\n      }\n    }\n    model {\n      name\n      device\n      parameterCount\n    }\n  }\n":new _(`
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
}`),"\n  query SessionState($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      ...SessionParts\n    }\n  }\n":new _(`
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
}`),"\n  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {\n    session(sessionId: $sessionId) {\n      masks(startFrameIndex: $first, endFrameIndex: $last) {\n        ...FrameParts\n      }\n    }\n  }\n":new _(`
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
}`),"\n  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {\n    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {\n      ...CandidateParts\n    }\n  }\n":new _(`
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
}`),"\n  mutation StartSession($path: String!) {\n    startSession(input: { path: $path }) {\n      sessionId\n    }\n  }\n":new _(`
    mutation StartSession($path: String!) {
  startSession(input: {path: $path}) {
    sessionId
  }
}
    `),"\n  mutation CloseSession($sessionId: String!) {\n    closeSession(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new _(`
    mutation CloseSession($sessionId: String!) {
  closeSession(input: {sessionId: $sessionId}) {
    success
  }
}
    `),"\n  mutation AddPoints($input: AddPointsInput!) {\n    addPoints(input: $input) {\n      ...FrameParts\n    }\n  }\n":new _(`
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
}`),"\n  mutation AddBox($input: AddBoxInput!) {\n    addBox(input: $input) {\n      ...FrameParts\n    }\n  }\n":new _(`
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
}`),"\n  mutation AddMask($input: AddMaskInput!) {\n    addMask(input: $input) {\n      ...FrameParts\n    }\n  }\n":new _(`
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
}`),"\n  mutation AddCorrection($input: AddCorrectionInput!) {\n    addCorrection(input: $input) {\n      frame {\n        ...FrameParts\n      }\n    }\n  }\n":new _(`
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
}`),"\n  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {\n    clearPointsInFrame(input: $input) {\n      ...FrameParts\n    }\n  }\n":new _(`
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
}`),"\n  mutation TrainLora($input: TrainLoraInput!) {\n    trainLora(input: $input) {\n      ...AdapterParts\n    }\n  }\n":new _(`
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
}`),"\n  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {\n    applyLoraCandidate(input: $input) {\n      ...FrameParts\n    }\n  }\n":new _(`
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
}`),"\n  mutation SetLoraMode($input: SetLoraModeInput!) {\n    setLoraMode(input: $input) {\n      loraMode\n    }\n  }\n":new _(`
    mutation SetLoraMode($input: SetLoraModeInput!) {
  setLoraMode(input: $input) {
    loraMode
  }
}
    `),"\n  mutation ResetLora($sessionId: String!) {\n    resetLora(input: { sessionId: $sessionId }) {\n      ...SessionParts\n    }\n  }\n":new _(`
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
}`),"\n  mutation NameObject($input: NameObjectInput!) {\n    nameObject(input: $input) {\n      objectId\n      name\n    }\n  }\n":new _(`
    mutation NameObject($input: NameObjectInput!) {
  nameObject(input: $input) {
    objectId
    name
  }
}
    `),"\n  mutation RemoveObject($input: RemoveObjectInput!) {\n    removeObject(input: $input) {\n      frameIndex\n    }\n  }\n":new _(`
    mutation RemoveObject($input: RemoveObjectInput!) {
  removeObject(input: $input) {
    frameIndex
  }
}
    `),"\n  subscription Propagate($input: PropagateInVideoInput!) {\n    propagateInVideo(input: $input) {\n      frameIndex\n      rleMaskList {\n        ...MaskParts\n      }\n      completed\n      total\n      revision\n      suggestions {\n        objectId\n        adapterId\n      }\n    }\n  }\n":new _(`
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
}`),"\n  subscription Training($sessionId: String!) {\n    loraTraining(sessionId: $sessionId) {\n      objectId\n      frameIndex\n      step\n      steps\n      loss\n      iou\n      adapter {\n        ...AdapterParts\n      }\n    }\n  }\n":new _(`
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
}`)};function v(e){return ve[e]??{}}v(`
  fragment FrameParts on RLEMaskListOnFrame {
    frameIndex
    rleMaskList {
      ...MaskParts
    }
  }
`),v(`
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
`),v(`
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
`),v(`
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
`),v(`
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
`),v(`
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
`);var ye=v(`
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
`),be=v(`
  query SessionState($sessionId: String!) {
    session(sessionId: $sessionId) {
      ...SessionParts
    }
  }
`),xe=v(`
  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {
    session(sessionId: $sessionId) {
      masks(startFrameIndex: $first, endFrameIndex: $last) {
        ...FrameParts
      }
    }
  }
`),Se=v(`
  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {
    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {
      ...CandidateParts
    }
  }
`),Ce=v(`
  mutation StartSession($path: String!) {
    startSession(input: { path: $path }) {
      sessionId
    }
  }
`),we=v(`
  mutation CloseSession($sessionId: String!) {
    closeSession(input: { sessionId: $sessionId }) {
      success
    }
  }
`),Te=v(`
  mutation AddPoints($input: AddPointsInput!) {
    addPoints(input: $input) {
      ...FrameParts
    }
  }
`),Ee=v(`
  mutation AddBox($input: AddBoxInput!) {
    addBox(input: $input) {
      ...FrameParts
    }
  }
`),De=v(`
  mutation AddMask($input: AddMaskInput!) {
    addMask(input: $input) {
      ...FrameParts
    }
  }
`),Oe=v(`
  mutation AddCorrection($input: AddCorrectionInput!) {
    addCorrection(input: $input) {
      frame {
        ...FrameParts
      }
    }
  }
`),ke=v(`
  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {
    clearPointsInFrame(input: $input) {
      ...FrameParts
    }
  }
`),Ae=v(`
  mutation TrainLora($input: TrainLoraInput!) {
    trainLora(input: $input) {
      ...AdapterParts
    }
  }
`),je=v(`
  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {
    applyLoraCandidate(input: $input) {
      ...FrameParts
    }
  }
`),Me=v(`
  mutation SetLoraMode($input: SetLoraModeInput!) {
    setLoraMode(input: $input) {
      loraMode
    }
  }
`),Ne=v(`
  mutation ResetLora($sessionId: String!) {
    resetLora(input: { sessionId: $sessionId }) {
      ...SessionParts
    }
  }
`),Pe=v(`
  mutation NameObject($input: NameObjectInput!) {
    nameObject(input: $input) {
      objectId
      name
    }
  }
`),Fe=v(`
  mutation RemoveObject($input: RemoveObjectInput!) {
    removeObject(input: $input) {
      frameIndex
    }
  }
`),Ie=v(`
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
`),Le=v(`
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
`);function Re(e,t,n){let r=new Uint8Array(t*n),i=0;return Be(e).forEach((e,a)=>{let o=Math.min(i+e,r.length);if(a%2==1){let e=Math.floor(i/n),a=i%n;for(let s=i;s<o;s++)r[a*t+e]=1,++a===n&&(a=0,e++)}i=o}),{width:t,height:n,data:r}}function ze({width:e,height:t,data:n}){let r=[],i=0,a=0;for(let o=0;o<e;o++)for(let s=0;s<t;s++)n[s*e+o]===i?a++:(r.push(a),i=1-i,a=1);return r.push(a),r.map((e,t)=>Ve(t>2?e-(r[t-2]??0):e)).join(``)}function Be(e){let t=[],n=0,r=0;for(let i=0;i<e.length;i++){let a=e.charCodeAt(i)-48;n|=(a&31)<<r,r+=5,a&32||(a&16&&(n|=-1<<r),t.push(n+(t.length>2?t[t.length-2]??0:0)),n=r=0)}return t}function Ve(e){let t=``;for(let n=e,r=!0;r;){let e=n&31;n>>=5,r=e&16?n!==-1:n!==0,t+=String.fromCharCode((r?e|32:e)+48)}return t}var He=[1,0,-1,0],Ue=[0,1,0,-1];function We({width:e,height:t,data:n}){let r=new Path2D,i=e+1,a=new Uint8Array(i*(t+1)),o=null,s=0;for(let r=0;r<t;r++)for(let c=0;c<e;c++){let l=r*e+c;if(!n[l])continue;s++,o??={x:c+.5,y:r};let u=r*i+c;r!==0&&n[l-e]||(a[u]|=1),c!==e-1&&n[l+1]||(a[u+1]|=2),r!==t-1&&n[l+e]||(a[u+i+1]|=4),c!==0&&n[l-1]||(a[u+i]|=8)}for(let e=0;e<a.length;e++)for(;a[e];)Ge(a,e,i,r);return{path:r,top:o,area:s}}function Ge(e,t,n,r){let i=t,a=Math.log2(e[t]&-e[t]),o=!0;do{let t=e[i];o||(a=[1,0,3].map(e=>(a+e)%4).find(e=>t&1<<e)??a),e[i]=t&~(1<<a);let s=i%n+He[a]/2,c=Math.floor(i/n)+Ue[a]/2;o?r.moveTo(s,c):r.lineTo(s,c),o=!1,i+=He[a]+Ue[a]*n}while(i!==t);r.closePath()}var Ke=0,qe=new WeakMap,Je=new WeakMap;function Ye(e,t){let[n=0,r=0]=e.rleMask.size;return{serial:++Ke,objectId:e.objectId,width:r,height:n,counts:e.rleMask.counts,predictedIou:e.predictedIou??null,objectScore:e.objectScore??null,source:e.source,reverse:t,stale:!1}}function Xe(e){return $e(qe,e,()=>Re(e.counts,e.width,e.height))}function Ze(e){return $e(Je,e,()=>We(Re(e.counts,e.width,e.height)))}function Qe(e){let[t=0,n=0]=e.rleMask.size;return $e(Je,e,()=>We(Re(e.rleMask.counts,n,t)))}function $e(e,t,n){let r=e.get(t);return r===void 0&&(r=n(),e.set(t,r)),r}var et=class{#e=new Map;get(e,t){return this.#e.get(e)?.get(t)}on(e){return[...this.#e.get(e)?.values()??[]]}framesOf(e){return[...this.#e].filter(([,t])=>t.has(e)).map(([e])=>e).sort((e,t)=>e-t)}replace(e,t){t.length?this.#e.set(e,new Map(t.map(e=>[e.objectId,e]))):this.#e.delete(e)}put(e,t){let n=this.#e.get(e)??new Map;this.#e.set(e,n.set(t.objectId,t))}remove(e,t){this.#e.get(e)?.delete(t)}removeObject(e){for(let t of this.#e.values())t.delete(e)}clear(){this.#e.clear()}markStale(e,t){for(let[n,r]of this.#e){let i=r.get(e);i&&i.source!==`PROMPT`&&!i.stale&&n!==t&&(i.reverse?t>n:t<n)&&r.set(e,{...i,stale:!0})}}staleFrames(e){return this.framesOf(e).filter(t=>this.get(t,e)?.stale)}},tt=[`#3b9cff`,`#ff8a3d`,`#35c98a`,`#e85bb0`,`#f2c744`,`#9a7bff`,`#3fd2d6`,`#f06a5f`,`#a3d14b`,`#c98fe8`];function nt(e){return tt[(Math.max(e,1)-1)%tt.length]}var rt=`mutation Upload($file: Upload!) { uploadVideo(file: $file) { path } }`;function it(e,t){let n=new XMLHttpRequest;return{done:new Promise((r,i)=>{let a=new FormData;a.append(`operations`,JSON.stringify({query:rt,variables:{file:null}})),a.append(`map`,JSON.stringify({0:[`variables.file`]})),a.append(`0`,e),n.upload.onprogress=e=>t(e.loaded/Math.max(e.total,1)),n.onerror=()=>i(new m(p,`The server broke the upload off or cannot be reached.`)),n.onabort=()=>i(new m(`CANCELLED`,`The upload was cancelled.`)),n.onload=()=>{let e=at(n.responseText),t=e.errors?.[0];e.data?r(e.data.uploadVideo.path):i(new m(t?.extensions?.code??`INTERNAL`,t?.message??`HTTP status ${n.status}`))},n.open(`POST`,`/graphql`);let o=te();o&&n.setRequestHeader(`Authorization`,`Bearer ${o}`),n.send(a)}),cancel:()=>n.abort()}}function at(e){try{return JSON.parse(e)}catch{return{}}}var ot=256*2**20,st=4,ct=16,lt=6,ut=class{template;count;arrived;#e=new Map;#t=new Map;#n=[];#r=0;#i;#a=!1;constructor(e,t,n,r){this.template=e,this.count=t,this.arrived=r,this.#i=Math.max(24,Math.floor(ot/(n*4)))}get(e){return this.#e.get(e)}around(e,t){this.#r=e;let n=[e];for(let r=1;r<=ct;r++)n.push(e+r*t),r<=lt&&n.push(e-r*t);this.#n=n.filter(e=>e>=0&&e<this.count&&!this.#e.has(e));for(let[e,t]of this.#t)this.#n.includes(e)||t.abort();this.#o()}close(){this.#a=!0,this.#n=[];for(let e of this.#t.values())e.abort();for(let e of this.#e.values())e.close();this.#e.clear()}#o(){for(let e of this.#n){if(this.#t.size>=st)return;this.#t.has(e)||this.#s(e)}}async#s(e){let t=new AbortController;this.#t.set(e,t);let n=null;try{let n=await pt(dt(this.template,e),t.signal);if(this.#a)return n.close();this.#e.set(e,n),this.#c()}catch(e){n=e instanceof Error?e.message:String(e)}this.#t.delete(e),this.#a||(t.signal.aborted||(this.#n=this.#n.filter(t=>t!==e)),this.#o(),t.signal.aborted||this.arrived(e,n))}#c(){if(this.#e.size<=this.#i)return;let e=[...this.#e.keys()].sort((e,t)=>Math.abs(t-this.#r)-Math.abs(e-this.#r));for(let t of e.slice(0,this.#e.size-this.#i))this.#e.get(t)?.close(),this.#e.delete(t)}};function dt(e,t){return ft(e.replace(`{index}`,String(t)))}function ft(e){return new URL(e,location.href).pathname}async function pt(e,t){let n=await fetch(e,{headers:re(),...t&&{signal:t}});if(!n.ok)throw Error(`HTTP status ${n.status}`);return createImageBitmap(await n.blob())}var mt={view:`loading`,connected:!0,sessionId:null,video:null,loraMode:`SUGGEST`,objects:[],selected:null,frame:0,playing:!1,following:!1,tool:`point`,brush:12,showMasks:!0,masksVersion:0,imagesVersion:0,tracking:null,pending:0,unanswered:[],crosshair:null,corner:null,training:null,lastRun:null,candidates:[],hovered:null,suggested:new Set,corrected:new Set,taken:new Set,prompts:new Map,past:[],future:[],notices:{},helping:!1},y=o(()=>mt),{getState:b,setState:x,subscribe:S}=y,C=new et,w={frames:null},T=(e,t)=>`${e}:${t}`;function E(e,t,n=`error`){x(r=>({notices:{...r.notices,[e]:t===null?void 0:{text:t,kind:n}}}))}function D(){x(e=>({masksVersion:e.masksVersion+1}))}function ht(e){return b().objects.find(t=>t.objectId===e)?.name||`Object ${e}`}function O(e,t){x(n=>({objects:n.objects.map(n=>n.objectId===e?{...n,...t}:n)}))}function k(e,t,n){let r=new Set(e);return n?r.add(t):r.delete(t),r}var gt={colours:{},hidden:[],stale:{},suggested:[],corrected:[],taken:[]},A=`sam2-lit:session:`,_t=20,vt;function yt(e){try{return{...gt,...JSON.parse(localStorage.getItem(A+e)??`{}`)}}catch{return gt}}function bt(e){localStorage.removeItem(A+e)}function xt(){S((e,t)=>{e.objects===t.objects&&e.masksVersion===t.masksVersion&&e.suggested===t.suggested&&e.corrected===t.corrected&&e.taken===t.taken||e.view!==`annotate`||(clearTimeout(vt),vt=setTimeout(St,300))}),addEventListener(`pagehide`,St)}function St(){let{sessionId:e,view:t,objects:n,suggested:r,corrected:i,taken:a}=b();if(!e||t!==`annotate`)return;let o={colours:Object.fromEntries(n.map(e=>[e.objectId,e.colour])),hidden:n.filter(e=>e.hidden).map(e=>e.objectId),stale:Object.fromEntries(n.map(e=>[e.objectId,C.staleFrames(e.objectId)])),suggested:[...r],corrected:[...i],taken:[...a]},s=A+e;localStorage.removeItem(s);try{localStorage.setItem(s,JSON.stringify(o))}catch{}let c=Object.keys(localStorage).filter(e=>e.startsWith(A)&&e!==s);for(let e of c.slice(0,Math.max(0,c.length-_t)))localStorage.removeItem(e)}function Ct(e){return new Set(Object.entries(e.stale).flatMap(([e,t])=>t.map(t=>T(Number(e),t))))}var wt=8,j=null;function Tt(e){let{sessionId:t,objects:n,frame:r}=b();if(M(),E(`track`,null),!n.some(e=>e.promptedFrames.length)){E(`track`,`There is nothing to track yet: click an object on the picture first.`,`note`);return}let i=[],a=e?r:Et();x({tracking:{reverse:e,completed:0,total:0,revision:0,framesPerSecond:null},following:!0,playing:!1}),j=fe(Ie,{input:{sessionId:t,startFrameIndex:a,direction:e?`BACKWARD`:`FORWARD`}},({propagateInVideo:t})=>{i.push(performance.now()),i.length>wt&&i.shift();let n=(i.at(-1)-i[0])/1e3;kt(t,e,n>0?(i.length-1)/n:null)},e=>{j=null,x({tracking:null}),e&&P(`track`,e)})}function M(){j?.(),j=null,b().tracking&&x({tracking:null})}function N(e){b().tracking?M():Tt(e)}function Et(){let{video:e,frame:t}=b();return Dt(1)[0]??(t===(e?.frameCount??0)-1?Ot():t)}function Dt(e=1/0){let t=b().objects.filter(e=>e.promptedFrames.length),n=[];for(let r=Ot();t.length&&r<(b().video?.frameCount??0)&&n.length<e;r++)t.some(({objectId:e,promptedFrames:t})=>{let n=C.get(r,e);return r>t[0]&&(!n||n.stale)})&&n.push(r);return n}function Ot(){return Math.min(...b().objects.flatMap(e=>e.promptedFrames[0]??[]))}function kt(e,t,n){let{frameIndex:r,rleMaskList:i,completed:a,total:o,revision:s,suggestions:c}=e,l=i.map(e=>{let n=C.get(r,e.objectId),i=n&&e.source===`TRACKED`&&R(e.objectId,r),a=n&&!n.stale&&n.counts===e.rleMask.counts&&n.source===e.source;return i||a?n:Ye(e,t)});C.replace(r,l);let u=new Set(b().suggested);for(let{objectId:e}of i)u.delete(T(e,r));for(let{objectId:e}of c)u.add(T(e,r));x(e=>({suggested:u,tracking:{reverse:t,completed:a,total:o,revision:s,framesPerSecond:n},masksVersion:e.masksVersion+1,frame:e.following?r:e.frame}))}var At=400,jt=1500;async function Mt(){Gt(),addEventListener(`hashchange`,()=>void Nt()),await Nt()}async function Nt(){let e=new URLSearchParams(location.hash.slice(1)).get(`session`);(e!==b().sessionId||b().view!==`annotate`)&&(Ht(),e?await Ft(e):x({view:`start`}))}async function Pt(e){E(`start`,null);try{let{startSession:t}=await g(Ce,{path:e});location.hash=`session=${t.sessionId}`}catch(e){P(`start`,e)}}async function Ft(e){x({view:`loading`});try{let{session:t}=await g(be,{sessionId:e});if(!t)return x({view:`gone`,sessionId:e});let n=yt(e),{video:r}=t;w.frames?.close(),w.frames=new ut(r.frameUrlTemplate,r.frameCount,r.width*r.height,Wt);let i=Ut(t,n.colours,n.hidden);x({...mt,view:`annotate`,connected:b().connected,sessionId:e,video:r,loraMode:t.loraMode,objects:i,selected:i[0]?.objectId??null,suggested:new Set(n.suggested),corrected:new Set(n.corrected),taken:new Set(n.taken),brush:Math.max(3,Math.round(Math.min(r.width,r.height)/30)),notices:{}}),w.frames.around(0,1),En(e),await It(e,r.frameCount,Ct(n))}catch(e){P(b().view===`annotate`?`stage`:`start`,e),b().view===`loading`&&x({view:`start`})}}async function It(e,t,n){C.clear();for(let r=0;r<t;r+=At){let i=Math.min(r+At,t)-1,{session:a}=await g(xe,{sessionId:e,first:r,last:i});if(b().sessionId!==e)return;for(let{frameIndex:e,rleMaskList:t}of a?.masks??[]){let r=t.map(t=>{let r=b().objects.find(e=>e.objectId===t.objectId)?.promptedFrames??[],i=Ye(t,e<(r[0]??0));return{...i,stale:i.source!==`PROMPT`&&n.has(T(t.objectId,e))}});C.replace(e,r)}D()}}async function Lt(){let{sessionId:e}=b();if(!e)return;let{session:t}=await g(be,{sessionId:e});if(!t)return x({view:`gone`});Rt(t)}function Rt(e){if(b().sessionId!==e.sessionId)return;let t=b().objects,n=Ut(e,Object.fromEntries(t.map(e=>[e.objectId,e.colour])),t.filter(e=>e.hidden).map(e=>e.objectId)),r=t.filter(({objectId:e})=>!n.some(t=>t.objectId===e)),i=n.map(e=>({...e,name:e.name||(t.find(({objectId:t})=>t===e.objectId)?.name??``)})),a=r.map(e=>({...e,promptedFrames:[],adapters:[]}));x({loraMode:e.loraMode,objects:[...i,...a].sort((e,t)=>e.objectId-t.objectId)})}async function zt(){let{sessionId:e}=b();if(e){try{await g(we,{sessionId:e})}catch(e){return P(`stage`,e)}location.hash=``,bt(e)}}function P(e,t){let n=t instanceof m?t.code:null;n===`SESSION_NOT_FOUND`?x({view:`gone`}):n===`UNAUTHENTICATED`?x({view:`token`}):n!==`CANCELLED`&&E(e,ee(t))}var F=null;async function Bt(e,t){E(`start`,null),F?.cancel(),t(0);let n=F=it(e,t);try{let e=await n.done;F===n&&await Pt(e)}catch(e){P(`start`,e)}finally{F===n&&(F=null,t(null))}}function Vt(){F?.cancel()}function Ht(){M(),En(null),w.frames?.close(),w.frames=null,C.clear(),x({...mt,connected:b().connected,notices:b().notices})}function Ut(e,t,n){return e.objects.map(({objectId:e,name:r,promptedFrames:i,adapters:a})=>({objectId:e,name:r??``,colour:t[e]??nt(e),hidden:n.includes(e),promptedFrames:i,adapters:a})).sort((e,t)=>e.objectId-t.objectId)}function Wt(e,t){t===null?x(e=>({imagesVersion:e.imagesVersion+1})):e===b().frame&&E(`stage`,`Frame ${e} could not be fetched (${t}).`)}function Gt(){ce(e=>{e!==b().connected&&(x({connected:e}),e?qt():(b().tracking&&E(`track`,`Tracking stopped: the connection was lost.`),M(),setTimeout(()=>void Kt(),jt)))})}async function Kt(){b().connected||(await pe()?(x({connected:!0}),await qt()):setTimeout(()=>void Kt(),jt))}async function qt(){let{view:e,sessionId:t,frame:n,selected:r}=b();if(e!==`annotate`||!t)return Nt();try{let{session:e}=await g(be,{sessionId:t});if(!e)return x({view:`gone`});Rt(e),x({frame:n,selected:r});for(let e of[`stage`,`track`,`learn`,`objects`])E(e,null);w.frames?.around(n,1),await It(t,e.video.frameCount,Ct(yt(t)))}catch(e){e instanceof m&&e.code===`UNREACHABLE`||P(`stage`,e)}}function I(){let{objects:e}=b(),t=Math.max(0,...e.map(e=>e.objectId))+1,n={objectId:t,name:``,colour:nt(t),hidden:!1,promptedFrames:[],adapters:[]};return x({objects:[...e,n],selected:t}),t}async function Jt(e,t){let{sessionId:n,objects:r}=b(),i=r.find(t=>t.objectId===e);if(i&&i.name!==t.trim()&&(O(e,{name:t.trim()}),i.promptedFrames.length+i.adapters.length!==0))try{E(`objects`,null),await g(Pe,{input:{sessionId:n,objectId:e,name:t}})}catch(t){O(e,{name:i.name}),P(`objects`,t)}}async function Yt(e){let{sessionId:t,objects:n}=b(),r=n.find(t=>t.objectId===e);if(!r)return;try{E(`objects`,null),r.promptedFrames.length+r.adapters.length>0&&await g(Fe,{input:{sessionId:t,objectId:e}})}catch(e){return P(`objects`,e)}C.removeObject(e);let i=t=>t.startsWith(`${e}:`);x(t=>{let n=t.objects.filter(t=>t.objectId!==e);return{objects:n,selected:t.selected===e?n[0]?.objectId??null:t.selected,past:t.past.filter(t=>t.objectId!==e),future:t.future.filter(t=>t.objectId!==e),prompts:new Map([...t.prompts].filter(([e])=>!i(e))),suggested:new Set([...t.suggested].filter(e=>!i(e))),corrected:new Set([...t.corrected].filter(e=>!i(e))),taken:new Set([...t.taken].filter(e=>!i(e)))}}),D()}function Xt(e){let t=b().objects.find(t=>t.objectId===e);t&&O(e,{hidden:!t.hidden})}function Zt(e){let{objects:t,selected:n}=b();t.length!==0&&x({selected:t[(t.findIndex(e=>e.objectId===n)+e+t.length)%t.length].objectId})}var Qt=Promise.resolve();function L(e){let t=b().sessionId;return x(e=>({pending:e.pending+1,playing:!1,following:!1})),Qt=Qt.then(async()=>{if(b().sessionId===t)try{E(`stage`,null),await e()}catch(e){P(`stage`,e)}finally{x(e=>({pending:Math.max(0,e.pending-1)})),D()}}),Qt}function $t(e,t){return z({kind:`points`,points:[e],labels:[t]})}function en(e){return z({kind:`box`,box:e})}function tn(e){return z({kind:`mask`,counts:ze(e)})}function nn(e){let{adapterId:t,rleMask:n}=e;return x({hovered:null}),z({kind:`candidate`,adapterId:t,counts:n.counts})}function rn(){let{selected:e,frame:t}=b();return e===null||!R(e,t)?Promise.resolve():L(async()=>{let n=ln(e,t);await pn(e,t,n,[]),un({objectId:e,frame:t,before:n,after:[],corrects:!1})})}function an(){return L(async()=>{let e=b().past.at(-1);e&&(fn(e.objectId,e.frame),await pn(e.objectId,e.frame,e.after,e.before),x(t=>({past:t.past.slice(0,-1),future:[...t.future,e]})))})}function on(){return L(async()=>{let e=b().future.at(-1);e&&(fn(e.objectId,e.frame),await pn(e.objectId,e.frame,e.before,e.after),e.corrects&&cn(e.objectId,e.frame,e.after.at(-1)),x(t=>({future:t.future.slice(0,-1),past:[...t.past,e]})))})}function sn(e,t){let n=C.get(t,e);return n?!!(n.source===`TRACKED`||n.source===`LORA`&&!R(e,t)||b().corrected.has(T(e,t))||b().taken.has(T(e,t))):!1}function R(e,t){return b().objects.some(n=>n.objectId===e&&n.promptedFrames.includes(t))}function z(e){let t=b().selected??I(),{frame:n}=b(),r={objectId:t,frame:n,prompt:e};return O(t,{hidden:!1}),x({showMasks:!0}),x(e=>({unanswered:[...e.unanswered,r]})),L(async()=>{let r=ln(t,n),i=sn(t,n);await hn(t,n,e,i,!1);let a=e.kind===`points`?[...r,e]:[e];un({objectId:t,frame:n,before:r,after:a,corrects:i}),i&&cn(t,n,e),i&&e.kind!==`candidate`&&Cn(t,n)}).finally(()=>x(e=>({unanswered:e.unanswered.filter(e=>e!==r)})))}function cn(e,t,n){let r=T(e,t),i=n.kind!==`candidate`;x(e=>({corrected:k(e.corrected,r,i),taken:k(e.taken,r,!i),suggested:k(e.suggested,r,!1)}))}function ln(e,t){let n=b().prompts.get(T(e,t));if(n)return n;let r=C.get(t,e);return r&&R(e,t)?[{kind:`mask`,counts:r.counts}]:[]}function un(e){x(t=>({past:[...t.past,e],future:[]})),dn(e.objectId,e.frame,e.after)}function dn(e,t,n){x(r=>({prompts:new Map(r.prompts).set(T(e,t),n)}))}function fn(e,t){x({frame:t,selected:e})}async function pn(e,t,n,r){let i=r.at(-1);if(i&&r.length===n.length+1)await hn(e,t,i,!1,!1);else{let n=b().objects.find(t=>t.objectId===e)?.promptedFrames.some(e=>e!==t),i=C.framesOf(e).every(e=>e===t);(r.length===0||n||i)&&await mn(e,t);for(let[n,i]of r.entries())await hn(e,t,i,!1,n===0)}dn(e,t,r);let a=T(e,t);r.length===0&&x(e=>({corrected:k(e.corrected,a,!1),taken:k(e.taken,a,!1)}))}async function mn(e,t){let{clearPointsInFrame:n}=await g(ke,{input:{sessionId:b().sessionId,objectId:e,frameIndex:t}}),r=(b().objects.find(t=>t.objectId===e)?.promptedFrames??[]).filter(e=>e!==t);O(e,{promptedFrames:r}),r.length===0&&C.removeObject(e),gn(e,n)}async function hn(e,t,n,r,i){let{sessionId:a,video:o}=b(),s={sessionId:a,objectId:e,frameIndex:t},c=e=>({size:[o.height,o.width],counts:e}),l;if(n.kind===`candidate`)l=(await g(je,{input:{...s,adapterId:n.adapterId}})).applyLoraCandidate;else if(r){let e=n.kind===`points`?{points:n.points,labels:n.labels}:n.kind===`box`?{box:n.box}:{rleMask:c(n.counts)};l=(await g(Oe,{input:{...s,...e,trainLora:!1}})).addCorrection.frame}else l=n.kind===`points`?(await g(Te,{input:{...s,points:n.points,labels:n.labels,clearOldPoints:i}})).addPoints:n.kind===`box`?(await g(Ee,{input:{...s,box:n.box}})).addBox:(await g(De,{input:{...s,rleMask:c(n.counts)}})).addMask;let u=_n(e,t);gn(e,l),u&&await vn(e)}function gn(e,t){C.replace(t.frameIndex,t.rleMaskList.map(e=>{let n=C.get(t.frameIndex,e.objectId);return n&&n.counts===e.rleMask.counts&&n.source===e.source?n:Ye(e,n?.reverse??!1)})),C.markStale(e,t.frameIndex),D()}function _n(e,t){let n=b().objects.find(t=>t.objectId===e)?.promptedFrames??[];return n.includes(t)||O(e,{promptedFrames:[...n,t].sort((e,t)=>e-t)}),n.length===0}async function vn(e){let t=b().objects.find(t=>t.objectId===e)?.name;t&&await g(Pe,{input:{sessionId:b().sessionId,objectId:e,name:t}})}var yn=120,bn=new Set,xn=new Set,B=new Map,Sn=null;function Cn(e,t){let n=T(e,t);b().loraMode!==`OFF`&&(bn.has(n)?xn.add(n):(bn.add(n),wn(e,t).finally(()=>{bn.delete(n),xn.delete(n)&&Cn(e,t)})))}async function wn(e,t){let{sessionId:n}=b();E(`learn`,null),B.delete(T(e,t)),x({training:{objectId:e,frame:t,ious:[],steps:0,adapter:null}});try{let{trainLora:r}=await g(Ae,{input:{sessionId:n,objectId:e,frameIndex:t}});if(b().sessionId!==n)return;Tn({objectId:e,frame:t,ious:B.get(T(e,t))??[],steps:r.steps,adapter:r}),await Lt()}catch(n){x({training:null}),n instanceof m&&n.code===`FEATURES_NOT_CAPTURED`?E(`learn`,`The correction is kept. There is nothing to learn from frame ${t}: tracking ${ht(e)} starts there.`,`note`):P(`learn`,n)}}function Tn(e){x(({training:t})=>({lastRun:e,training:t?.objectId===e.objectId&&t.frame===e.frame?null:t}))}function En(e){Sn?.(),Sn=null,e!==null&&(Sn=fe(Le,{sessionId:e},({loraTraining:{objectId:e,frameIndex:t,step:n,steps:r,iou:i,adapter:a}})=>{let o=T(e,t),s=n>1||a?B.get(o)??[]:[],c=a?s:[...s,i];B.set(o,c);let l={objectId:e,frame:t,ious:c,steps:r,adapter:a??null};if(!a)return x({training:l});Tn(l),Lt().catch(e=>P(`learn`,e))},t=>{t&&b().sessionId===e&&P(`learn`,t)}))}async function Dn(e){let{sessionId:t,loraMode:n}=b();x({loraMode:e});try{E(`learn`,null),await g(Me,{input:{sessionId:t,mode:e}})}catch(e){x({loraMode:n}),P(`learn`,e)}}async function On(){try{E(`learn`,null),Rt((await g(Ne,{sessionId:b().sessionId})).resetLora),x({lastRun:null,suggested:new Set})}catch(e){P(`learn`,e)}}var kn,V=``;function An(){S(({view:e,selected:t,frame:n,objects:r,loraMode:i,playing:a,tracking:o,following:s,pending:c,training:l})=>{if(e!==`annotate`)return;let u=t===null?void 0:C.get(n,t),d=r.find(e=>e.objectId===t)?.adapters??[],f=!a&&!(o&&s)&&c===0&&l===null&&u&&t!==null&&i!==`OFF`&&d.length>0&&!R(t,n),p=f?[t,n,u.serial,...d.map(e=>e.adapterId+e.trainingIou)].join():``;p!==V&&(V=p,clearTimeout(kn),b().candidates.length&&x({candidates:[],hovered:null}),f&&(kn=setTimeout(()=>void jn(t,n,p),yn)))})}async function jn(e,t,n){try{let{loraCandidates:r}=await g(Se,{sessionId:b().sessionId,objectId:e,frameIndex:t});V===n&&x({candidates:r.slice(0,9)})}catch(e){V===n&&!(e instanceof m&&e.code===`FEATURES_NOT_CAPTURED`)&&P(`learn`,e)}}var H=e(r(),1);function Mn(e,t,n,r,i){let{width:a,height:o,data:s}=e,c=Math.max(0,Math.floor(Math.min(t.x,n.x)-r)),l=Math.min(a-1,Math.ceil(Math.max(t.x,n.x)+r)),u=Math.max(0,Math.floor(Math.min(t.y,n.y)-r)),d=Math.min(o-1,Math.ceil(Math.max(t.y,n.y)+r)),[f,p]=[n.x-t.x,n.y-t.y],m=f*f+p*p;for(let e=u;e<=d;e++)for(let n=c;n<=l;n++){let[o,c]=[n+.5-t.x,e+.5-t.y],l=m?Math.max(0,Math.min(1,(o*f+c*p)/m)):0;(o-l*f)**2+(c-l*p)**2<=r*r&&(s[e*a+n]=i)}}function Nn(e){return e.predictedIou===null||e.objectScore===null?null:Math.max(0,Math.min(1,e.predictedIou))/(1+Math.exp(-e.objectScore))}var Pn=`#12a150`,Fn=`#e5484d`;function In(e,t,n,r){let i=e.getContext(`2d`),a=devicePixelRatio;i.setTransform(1,0,0,1,0,0),i.clearRect(0,0,e.width,e.height),i.setTransform(t.scale*a,0,0,t.scale*a,t.x*a,t.y*a),i.lineJoin=`round`;let o=w.frames?.get(n);if(!o)return[];i.imageSmoothingEnabled=t.scale*a<3,i.imageSmoothingQuality=t.scale*a<1?`medium`:`low`,i.drawImage(o,0,0);let{objects:s,selected:c,showMasks:l,candidates:u,hovered:d,unanswered:f}=b(),p=r.painted?.frame===n?r.painted:null,m=u.find(e=>e.adapterId===d&&e.frameIndex===n),ee=[];for(let e of s){let r=C.get(n,e.objectId);if(e.hidden||!l)continue;let a=e.objectId===c;p?.objectId===e.objectId?Rn(i,We(p.bitmap).path,e.colour,a,t):m?.objectId===e.objectId?Rn(i,Qe(m).path,e.colour,a,t):r&&(Rn(i,Ze(r).path,e.colour,a,t,r.stale),ee.push(r))}for(let e of u){let r=s.find(t=>t.objectId===e.objectId);e.frameIndex===n&&r&&l&&!r.hidden&&zn(i,Qe(e).path,t,e.adapterId===d)}let h=s.find(e=>e.objectId===c);if(h){let e=b().prompts.get(T(h.objectId,n))??[],r=f.filter(e=>e.objectId===h.objectId&&e.frame===n);for(let n of[...e,...r.map(e=>e.prompt)])Bn(i,n,o,h,t)}return r.box&&Hn(i,r.box,t,`#fff`),Wn(i,o,t),r.pointer&&b().tool!==`point`&&Un(i,r.pointer,t),ee}function Ln(e){let{objects:t}=b();return e.map(e=>{let n=Nn(e);return`${t.find(t=>t.objectId===e.objectId)?.name||`Object ${e.objectId}`}: ${n===null?`drawn by hand`:`confidence ${n.toFixed(2)}`}`}).join(`; `)}function Rn(e,t,n,r,i,a=!1){e.fillStyle=n,e.globalAlpha=a?.18:r?.42:.32,e.fill(t,`evenodd`),e.globalAlpha=1,r&&(e.lineWidth=3.5/i.scale,e.strokeStyle=`rgba(0,0,0,.45)`,e.stroke(t)),e.lineWidth=(r?2:1.25)/i.scale,e.strokeStyle=n,e.setLineDash(a?[5/i.scale,4/i.scale]:[]),e.stroke(t),e.setLineDash([])}function zn(e,t,n,r){e.lineWidth=(r?3:1.75)/n.scale,e.strokeStyle=`rgba(0,0,0,.7)`,e.stroke(t),e.setLineDash([6/n.scale,4/n.scale]),e.strokeStyle=`#fff`,e.stroke(t),e.setLineDash([])}function Bn(e,t,n,r,i){if(t.kind===`box`){let[a,o,s,c]=t.box;Hn(e,[a*n.width,o*n.height,s*n.width,c*n.height],i,r.colour)}t.kind===`points`&&t.points.forEach(([r,a],o)=>Vn(e,r*n.width,a*n.height,t.labels[o]===1,i))}function Vn(e,t,n,r,i){let a=1/i.scale;e.beginPath(),e.arc(t,n,7*a,0,2*Math.PI),e.fillStyle=r?Pn:Fn,e.fill(),e.lineWidth=2*a,e.strokeStyle=`#fff`,e.stroke(),e.beginPath(),e.moveTo(t-3*a,n),e.lineTo(t+3*a,n),r&&(e.moveTo(t,n-3*a),e.lineTo(t,n+3*a)),e.stroke()}function Hn(e,[t,n,r,i],a,o){e.lineWidth=3/a.scale,e.strokeStyle=`rgba(0,0,0,.6)`,e.strokeRect(t,n,r-t,i-n),e.lineWidth=1.5/a.scale,e.strokeStyle=o,e.strokeRect(t,n,r-t,i-n)}function Un(e,{x:t,y:n},r){for(let[i,a]of[[3,`rgba(0,0,0,.6)`],[1.25,`#fff`]])e.beginPath(),e.arc(t,n,b().brush,0,2*Math.PI),e.lineWidth=i/r.scale,e.strokeStyle=a,e.stroke()}function Wn(e,t,n){let{crosshair:r,corner:i}=b();if(!r)return;let[a,o]=[r[0]*t.width,r[1]*t.height];i&&Hn(e,[i[0]*t.width,i[1]*t.height,a,o],n,`#fff`);let s=14/n.scale;for(let[t,r]of[[4,`rgba(0,0,0,.7)`],[1.75,`#fff`]])e.beginPath(),e.moveTo(a-s,o),e.lineTo(a+s,o),e.moveTo(a,o-s),e.lineTo(a,o+s),e.lineWidth=t/n.scale,e.strokeStyle=r,e.stroke()}var U=u(),Gn={close:`M4 4l8 8M12 4l-8 8`,add:`M8 3v10M3 8h10`,point:`M8 2v4M8 10v4M2 8h4M10 8h4`,brush:`M13 2.5L7.5 8.5M6.5 8a2.4 2.4 0 0 1 1.8 3.4C7.5 13.2 5 13.5 2.5 13c1.2-.7 1.2-1.6 1.5-2.6A2.4 2.4 0 0 1 6.5 8z`,eraser:`M6 13h7M3.2 9.2l5.6-5.6a1.3 1.3 0 0 1 1.8 0l2 2a1.3 1.3 0 0 1 0 1.8L7 13H5L3.2 11a1.3 1.3 0 0 1 0-1.8zM6.2 6.2l3.8 3.8`,undo:`M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6`,redo:`M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3`,fit:`M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10`,zoomIn:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M7 5v4M5 7h4`,zoomOut:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M5 7h4`,eye:`M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z`,eyeOff:`M2 2l12 12M6 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.6M4.2 5A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 3-.8`,remove:`M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5`,play:`M5 3l8 5-8 5z`,pause:`M5 3v10M11 3v10`,previous:`M10 3L5 8l5 5`,next:`M6 3l5 5-5 5`,stop:`M4 4h8v8H4z`,light:`M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7`,dark:`M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z`,system:`M2 3h12v8H2zM6 14h4M8 11v3`,help:`M5.8 6a2.2 2.2 0 1 1 3.4 1.8C8.4 8.4 8 8.8 8 9.8M8 12.3v.2`,video:`M2 3.5h12v9H2zM6.5 6l3.5 2-3.5 2z`,doubt:`M2 11l3-4 3 3 2-5 4 6M8 14v-.5`,upload:`M8 11V3M5 6l3-3 3 3M3 13h10`};function W({name:e}){return(0,U.jsx)(`svg`,{className:`icon`,viewBox:`0 0 16 16`,"aria-hidden":`true`,children:(0,U.jsx)(`path`,{d:Gn[e]})})}function G({place:e}){let t=y(t=>t.notices[e]);return(0,U.jsx)(`div`,{className:`notices`,"data-place":e,"aria-live":`polite`,children:t&&(0,U.jsxs)(`p`,{className:`notice ${t.kind}`,role:t.kind===`error`?`alert`:`status`,children:[(0,U.jsx)(`span`,{children:t.text}),(0,U.jsx)(`button`,{className:`plain`,"aria-label":`Dismiss`,onClick:()=>E(e,null),children:(0,U.jsx)(W,{name:`close`})})]})})}var Kn=40;function qn(e,t,n,r){let i=Math.max(.01,Math.min((e-32)/n,(t-32)/r));return{scale:i,x:(e-n*i)/2,y:(t-r*i)/2}}function Jn(e,t,n,r){let i=Math.max(.05,Math.min(Kn,e.scale*t)),a=i/e.scale;return{scale:i,x:n-(n-e.x)*a,y:r-(r-e.y)*a}}var K={fit:()=>{},zoom:e=>{},panning:!1},Yn=4;function Xn(){let e=y(e=>e.video),t=y(e=>e.tool),n=(0,H.useRef)(null),r=(0,H.useRef)(null),i=(0,H.useRef)(null),a=(0,H.useRef)(0),o=(0,H.useRef)({box:null,painted:null,pointer:null}),s=(0,H.useRef)(null),c=(0,H.useRef)(0),[l,u]=(0,H.useState)({scale:1,x:0,y:0}),d=(0,H.useRef)(()=>{cancelAnimationFrame(c.current),c.current=requestAnimationFrame(()=>{let e=r.current;if(!e||!i.current)return;w.frames?.get(b().frame)&&(a.current=b().frame);let t=In(e,i.current,a.current,o.current);e.dataset.frame=w.frames?.get(a.current)?String(a.current):``,e.dataset.masks=t.map(e=>`${e.objectId}:${e.serial}`).join(` `),e.setAttribute(`aria-label`,`Frame ${a.current}. ${Ln(t)||`No mask`}`)})}).current,f=(0,H.useRef)(e=>{i.current=e,u(e),d()}).current;(0,H.useLayoutEffect)(()=>{let t=r.current,a=n.current,o=!0,s=()=>{o=!0,f(qn(a.clientWidth,a.clientHeight,e.width,e.height))},c=(e,t=a.clientWidth/2,n=a.clientHeight/2)=>{o=!1,f(Jn(i.current,e,t,n))},l=()=>{t.width=Math.round(a.clientWidth*devicePixelRatio),t.height=Math.round(a.clientHeight*devicePixelRatio),o||!i.current?s():d()},u=e=>{e.preventDefault();let{left:t,top:n}=a.getBoundingClientRect();c(Math.exp(-e.deltaY*(e.deltaMode===1?.05:.0015)),e.clientX-t,e.clientY-n)},p=new ResizeObserver(l);return p.observe(a),t.addEventListener(`wheel`,u,{passive:!1}),Object.assign(K,{fit:s,zoom:c}),()=>{p.disconnect(),t.removeEventListener(`wheel`,u)}},[e,f,d]),(0,H.useEffect)(()=>S((e,t)=>{o.current.painted&&e.pending===0&&t.pending>0&&s.current?.kind!==`paint`&&(o.current.painted=null),d()}),[d]);let p=e=>{let{left:t,top:r}=n.current.getBoundingClientRect(),{scale:a,x:o,y:s}=i.current;return{x:(e.clientX-t-o)/a,y:(e.clientY-r-s)/a}},m=({x:t,y:n})=>t>=0&&n>=0&&t<=e.width&&n<=e.height;return(0,U.jsxs)(`section`,{className:`stage`,"aria-label":`Picture`,children:[(0,U.jsxs)(`div`,{className:`holder`,ref:n,children:[(0,U.jsx)(`canvas`,{ref:r,role:`img`,"data-tool":t,onMouseDown:e=>{e.preventDefault(),document.activeElement instanceof HTMLElement&&document.activeElement.blur()},onPointerDown:n=>{let r=p(n);if(n.currentTarget.setPointerCapture(n.pointerId),n.button===1||K.panning)s.current={kind:`pan`,x:n.clientX,y:n.clientY};else if(a.current!==b().frame)E(`stage`,`Frame ${b().frame} is still on its way.`,`note`);else if(t!==`point`&&n.button===0){let i=b().selected??I(),c=o.current.painted?.bitmap??$n(i,a.current,e.width,e.height);o.current.painted={objectId:i,frame:a.current,bitmap:c};let l=t===`brush`===n.altKey?0:1;s.current={kind:`paint`,...r,value:l},Mn(c,r,r,b().brush,l)}else m(r)&&(s.current={kind:`press`,...r,label:n.button===2||n.altKey?0:1});d()},onPointerMove:t=>{let n=p(t),r=s.current;if(o.current.pointer=n,r?.kind===`pan`){let{scale:e,x:n,y:a}=i.current;f({scale:e,x:n+t.clientX-r.x,y:a+t.clientY-r.y}),s.current={kind:`pan`,x:t.clientX,y:t.clientY}}else r?.kind===`paint`?(Mn(o.current.painted.bitmap,r,n,b().brush,r.value),s.current={...r,...n}):r?.kind===`press`&&r.label===1&&Math.hypot(n.x-r.x,n.y-r.y)*i.current.scale>Yn&&(s.current={kind:`box`,x:r.x,y:r.y});s.current?.kind===`box`&&(o.current.box=er(s.current,n,e.width,e.height)),d()},onPointerUp:()=>{let t=s.current;if(s.current=null,t?.kind===`press`)$t([tr(t.x/e.width),tr(t.y/e.height)],t.label);else if(t?.kind===`box`&&o.current.box){let[t,n,r,i]=o.current.box;r>t&&i>n&&en([t/e.width,n/e.height,r/e.width,i/e.height])}else if(t?.kind===`paint`){let{bitmap:e}=o.current.painted;e.data.includes(1)?tn(e):(o.current.painted=null,E(`stage`,`A mask needs at least one pixel. To take it off this frame, press Backspace.`,`note`))}o.current.box=null,d()},onPointerCancel:()=>{s.current=null,o.current={box:null,painted:null,pointer:null},d()},onPointerLeave:()=>{o.current.pointer=null,d()},onContextMenu:e=>e.preventDefault()}),(0,U.jsx)(Zn,{view:l}),(0,U.jsx)(Qn,{})]}),(0,U.jsx)(G,{place:`stage`})]})}function Zn({view:e}){let t=y(e=>e.candidates),n=y(e=>e.frame),r=y(e=>e.hovered);return t.map((t,i)=>{let{top:a}=Qe(t);if(!a||t.frameIndex!==n)return null;let o={left:e.x+a.x*e.scale+i*26,top:e.y+a.y*e.scale};return(0,U.jsx)(`button`,{className:`badge`,style:o,"data-hovered":t.adapterId===r,title:`Take candidate ${i+1} (key ${i+1})`,"aria-label":`Take candidate ${i+1}`,onPointerEnter:()=>y.setState({hovered:t.adapterId}),onPointerLeave:()=>y.setState({hovered:null}),onClick:()=>void nn(t),children:i+1},t.adapterId)})}function Qn(){let e=y(e=>e.objects.every(e=>e.promptedFrames.length===0)&&e.unanswered.length===0),t=y(e=>e.tool);return e?(0,U.jsxs)(`p`,{className:`hint`,children:[t===`point`?`Click an object, or drag a box around it`:`Paint over an object`,` · press `,(0,U.jsx)(`kbd`,{children:`?`}),` for all keys`]}):null}function $n(e,t,n,r){let i=C.get(t,e);return{width:n,height:r,data:i?Xe(i).data.slice():new Uint8Array(n*r)}}function er(e,t,n,r){let[i,a]=[e.x,t.x].map(e=>Math.max(0,Math.min(n,e))).sort((e,t)=>e-t),[o,s]=[e.y,t.y].map(e=>Math.max(0,Math.min(r,e))).sort((e,t)=>e-t);return[i,o,a,s]}function tr(e){return Math.max(0,Math.min(1,e))}function q(e){let t=(b().video?.frameCount??1)-1;x({frame:Math.max(0,Math.min(t,Math.round(e))),playing:!1,following:!1})}function nr(e){q(b().frame+e)}var rr=0;function ir(){let{playing:e,frame:t,video:n}=b();if(e)return x({playing:!1});x({playing:!0,following:!1,frame:t===(n?.frameCount??1)-1?0:t});let r=++rr,i=performance.now(),a=e=>{let{playing:t,frame:n,video:o}=b();if(!t||!o||r!==rr)return;let s=n+1;if(s>=o.frameCount)return x({playing:!1});e>=i&&w.frames?.get(s)&&(i=Math.max(i+1e3/o.fps,e-1e3/o.fps),x({frame:s})),requestAnimationFrame(a)};requestAnimationFrame(a)}function ar(){S((e,t)=>{(e.frame!==t.frame||e.video!==t.video)&&w.frames?.around(e.frame,e.frame<t.frame?-1:1)})}var or=new WeakSet;function sr(){let e=lr()??cr();e?(E(`track`,null),or.add(e.mask),x({selected:e.mask.objectId}),q(e.frame)):E(`track`,`No frame is in doubt: none has been tracked yet.`,`note`)}function cr(){return or=new WeakSet,lr()}function lr(){let{objects:e,video:t}=b(),n=Math.max(2,Math.round((t?.frameCount??0)/40)),r=null;for(let{objectId:t,hidden:i,promptedFrames:a}of e){if(i)continue;let e=C.framesOf(t),o=e.filter(e=>or.has(C.get(e,t)));for(let i of e){let e=C.get(i,t),s=Nn(e),c=[...o,...a].some(e=>Math.abs(e-i)<n);s!==null&&!c&&s<(r?.certainty??1/0)&&(r={frame:i,mask:e,certainty:s})}}return r}var ur=[`OFF`,`SUGGEST`,`AUTO`],dr=e=>()=>x({tool:e,crosshair:null,corner:null}),fr=e=>()=>x(({brush:t})=>({brush:Math.max(1,Math.min(200,t*e))})),pr=[{title:`Moving`,keys:[{keys:[`←`,`→`],does:`Frame back, on`,presses:[`arrowleft`,`arrowright`,`,`,`.`],run:e=>yr(e,1)},{keys:[`Shift ←`,`Shift →`],does:`Ten frames back, on`,presses:[`shift+arrowleft`,`shift+arrowright`],run:e=>yr(e,10)},{keys:[`Home`,`End`],does:`First, last frame`,presses:[`home`,`end`],run:e=>q(e===`home`?0:1/0)},{keys:[`Space`],does:`Play, pause`,presses:[` `],run:ir},{keys:[`D`],does:`Next doubtful frame`,presses:[`d`],run:sr},{keys:[`+`,`−`,`0`],does:`Zoom in, out, to fit (or the wheel)`,presses:[`+`,`=`,`-`,`0`],run:xr},{keys:[`Space + drag`],does:`Move the picture`,presses:[],run:()=>{}}]},{title:`Objects`,keys:[{keys:[`N`],does:`New object`,presses:[`n`],run:()=>void I()},{keys:[`↑`,`↓`],does:`Object before, after`,presses:[`arrowup`,`arrowdown`],run:br},{keys:[`R`],does:`Rename`,presses:[`r`,`f2`],run:()=>Cr(`.object[aria-current=true] .name`)},{keys:[`H`],does:`Hide, show`,presses:[`h`],run:()=>b().selected!==null&&Xt(b().selected)},{keys:[`M`],does:`All masks off, on`,presses:[`m`],run:()=>x(({showMasks:e})=>({showMasks:!e}))},{keys:[`Delete`],does:`Remove the object`,presses:[`delete`],run:()=>Cr(`.object[aria-current=true] .remove`,!0)}]},{title:`Prompts`,keys:[{keys:[`Click`],does:`This belongs to the object`,presses:[],run:()=>{}},{keys:[`Right click`,`Alt click`],does:`This does not`,presses:[],run:()=>{}},{keys:[`Drag`],does:`Box`,presses:[],run:()=>{}},{keys:[`P`,`B`,`E`],does:`Points and boxes, brush, eraser`,presses:[`p`,`b`,`e`],run:e=>dr(e===`p`?`point`:e===`b`?`brush`:`eraser`)()},{keys:[`[`,`]`],does:`Brush smaller, larger`,presses:[`[`,`]`],run:e=>fr(e===`[`?.8:1.25)()},{keys:[`Ctrl Z`,`Ctrl Y`],does:`Undo, redo`,presses:[`ctrl+z`,`ctrl+y`,`ctrl+shift+z`],run:e=>void(e===`ctrl+z`?an():on())},{keys:[`Backspace`],does:`Clear the object's prompts on this frame`,presses:[`backspace`],run:()=>void rn()},{keys:[`C`],does:`Crosshair: arrows move it, Enter adds a point, Alt Enter a background point`,presses:[`c`],run:Tr},{keys:[`X`,`X`],does:`With the crosshair: one corner of a box, then the other`,presses:[`x`],run:Er}]},{title:`Tracking and learning`,keys:[{keys:[`T`],does:`Track on, stop`,presses:[`t`],run:()=>N(!1)},{keys:[`Shift T`],does:`Track back from here, stop`,presses:[`shift+t`],run:()=>N(!0)},{keys:[`F`],does:`Follow the frame being tracked`,presses:[`f`],run:()=>x(({following:e})=>({following:!e}))},{keys:[`1 – 9`],does:`Take a candidate`,presses:[`1`,`2`,`3`,`4`,`5`,`6`,`7`,`8`,`9`],run:Sr},{keys:[`L`],does:`Off, suggest, auto`,presses:[`l`],run:()=>void Dn(ur[(ur.indexOf(b().loraMode)+1)%3])},{keys:[`Esc`],does:`Stop, close, let go`,presses:[`escape`],run:wr},{keys:[`?`],does:`This sheet`,presses:[`?`,`shift+?`],run:()=>x(({helping:e})=>({helping:!e}))}]}],mr=new Map(pr.flatMap(({keys:e})=>e).flatMap(e=>e.presses.map(t=>[t,e]))),hr=0;function gr(){addEventListener(`keydown`,e=>{if(b().view!==`annotate`||vr(e.target))return;let t=_r(e);if(b().helping&&t!==`escape`&&t!==`?`&&t!==`shift+?`)return;if(t===` `){if(e.target instanceof HTMLButtonElement)return;e.preventDefault(),e.repeat||(hr=performance.now()),K.panning=!0;return}if(b().crosshair&&Dr(e))return e.preventDefault();let n=mr.get(t);n&&(e.preventDefault(),n.run(t))}),addEventListener(`click`,e=>{let t=document.activeElement;e.detail>0&&t instanceof HTMLButtonElement&&!t.dataset.asks&&t.blur()}),addEventListener(`keyup`,e=>{e.key===` `&&K.panning&&(K.panning=!1,performance.now()-hr<300&&ir())})}function _r(e){let t=[];return(e.ctrlKey||e.metaKey)&&t.push(`ctrl`),e.shiftKey&&t.push(`shift`),[...t,e.key.toLowerCase()].join(`+`)}function vr(e){return e instanceof HTMLInputElement?e.type!==`range`&&e.type!==`radio`&&e.type!==`color`:e instanceof HTMLSelectElement||e instanceof HTMLTextAreaElement}function yr(e,t){nr(e.endsWith(`arrowleft`)||e===`,`?-t:t)}function br(e){Zt(e===`arrowup`?-1:1)}function xr(e){e===`0`?K.fit():K.zoom(e===`-`?.8:1.25)}function Sr(e){let t=b().candidates[Number(e)-1];t&&nn(t)}function Cr(e,t=!1){let n=document.querySelector(e);n?.focus(),t&&n?.click()}function wr(){let{helping:e,crosshair:t,tracking:n}=b();e?x({helping:!1}):t?x({crosshair:null,corner:null}):n?M():x({playing:!1})}function Tr(){x(({crosshair:e})=>({crosshair:e?null:[.5,.5],corner:null,tool:`point`,playing:!1,following:!1}))}function Er(){let{crosshair:e,corner:t}=b();if(!e)return;if(!t)return x({corner:e});let[n,r]=[t[0],e[0]].sort((e,t)=>e-t),[i,a]=[t[1],e[1]].sort((e,t)=>e-t);x({corner:null}),n<r&&i<a&&en([n,i,r,a])}function Dr(e){let t=b().crosshair;if(e.key===`Enter`)return $t(t,+!e.altKey),!0;let n={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,-1],ArrowDown:[0,1]}[e.key];if(!n)return!1;let r=e.shiftKey?.05:.01;return x({crosshair:[Or(t[0]+n[0]*r),Or(t[1]+n[1]*r)]}),!0}function Or(e){return Math.max(0,Math.min(1,e))}function kr(){let e=y(e=>e.helping),t=(0,H.useRef)(null);return(0,H.useEffect)(()=>{e?t.current?.showModal():t.current?.close()},[e]),(0,U.jsxs)(`dialog`,{ref:t,className:`help`,"aria-label":`All keys`,onClose:()=>x({helping:!1}),children:[(0,U.jsxs)(`header`,{children:[(0,U.jsx)(`h2`,{children:`All keys`}),(0,U.jsx)(`button`,{className:`plain`,"aria-label":`Close`,onClick:()=>x({helping:!1}),children:(0,U.jsx)(W,{name:`close`})})]}),(0,U.jsx)(`div`,{children:pr.map(({title:e,keys:t})=>(0,U.jsxs)(`section`,{children:[(0,U.jsx)(`h3`,{children:e}),(0,U.jsx)(`dl`,{children:t.map(({keys:e,does:t})=>(0,U.jsxs)(`div`,{children:[(0,U.jsx)(`dt`,{children:e.map((e,t)=>(0,U.jsx)(`kbd`,{children:e},t))}),(0,U.jsx)(`dd`,{children:t})]},t))})]},e))})]})}var Ar=[{mode:`OFF`,label:`Off`,means:`Corrections train nothing; the base model tracks alone.`},{mode:`SUGGEST`,label:`Suggest`,means:`Corrections train adapters; their masks are offered.`},{mode:`AUTO`,label:`Auto`,means:`Adapters' masks are taken where the model rates them higher.`}];function jr(){let e=y(e=>e.loraMode),t=y(e=>e.corrected.size),n=y(e=>e.taken.size),r=y(e=>e.objects),i=r.reduce((e,t)=>e+t.adapters.length,0);return(0,U.jsxs)(`aside`,{className:`learn`,"aria-label":`Learning`,children:[(0,U.jsx)(`h2`,{children:`Learning`}),(0,U.jsx)(`div`,{className:`group modes`,role:`radiogroup`,"aria-label":`What adapters do`,children:Ar.map(t=>(0,U.jsx)(`button`,{role:`radio`,"aria-checked":e===t.mode,title:`${t.means} (L)`,onClick:()=>void Dn(t.mode),children:t.label},t.mode))}),(0,U.jsx)(`p`,{className:`quiet`,children:Ar.find(t=>t.mode===e)?.means}),(0,U.jsxs)(`dl`,{className:`counts`,children:[(0,U.jsx)(Mr,{name:`Corrections made`,value:t}),(0,U.jsx)(Mr,{name:`Corrections saved`,value:n,title:`Frames put right by taking a candidate`}),(0,U.jsx)(Mr,{name:`Adapters`,value:i})]}),(0,U.jsx)(G,{place:`learn`}),(0,U.jsx)(Nr,{}),(0,U.jsx)(Lr,{}),i>0&&(0,U.jsxs)(`section`,{children:[(0,U.jsxs)(`h3`,{children:[`Adapters`,(0,U.jsx)(Br,{})]}),r.filter(e=>e.adapters.length).map(e=>(0,U.jsx)(zr,{object:e},e.objectId))]})]})}function Mr({name:e,value:t,title:n}){return(0,U.jsxs)(`div`,{title:n,children:[(0,U.jsx)(`dt`,{children:e}),(0,U.jsx)(`dd`,{"data-count":e,children:t})]})}function Nr(){let e=y(e=>e.training),t=y(e=>e.lastRun),n=y(e=>e.objects),r=e??t;if(!r)return(0,U.jsx)(`p`,{className:`quiet teach`,children:`Track, then correct a frame that came out wrong: the model learns from it at once.`});let i=n.find(e=>e.objectId===r.objectId);return(0,U.jsxs)(`section`,{className:`run`,"data-state":e?`training`:`trained`,children:[(0,U.jsxs)(`h3`,{children:[(0,U.jsx)(`i`,{style:{background:i?.colour}}),e?`Learning`:`Learned`,` frame `,r.frame,(0,U.jsx)(`small`,{children:e?`step ${r.ious.length}${r.steps?` of at most ${r.steps}`:``}`:r.adapter&&`${r.adapter.seconds.toFixed(1)} s`})]}),(0,U.jsx)(Ir,{run:r,colour:i?.colour??`currentColor`}),r.adapter?(0,U.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,U.jsx)(`b`,{"data-iou":`before`,children:r.adapter.baselineIou.toFixed(2)}),` → `,(0,U.jsx)(`b`,{"data-iou":`after`,children:r.adapter.trainingIou.toFixed(2)}),(0,U.jsx)(`small`,{children:r.adapter.steps===1?`1 step`:`${r.adapter.steps} steps`})]}):(0,U.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,U.jsx)(`b`,{children:r.ious.at(-1)?.toFixed(2)??`…`})]})]})}var Pr=256,Fr=84,J=22;function Ir({run:e,colour:t}){let n=e.ious,r=Math.max(n.length-1,1),i=e.adapter?n.indexOf(Math.max(...n)):n.length-1,a=e=>J+e/r*230,o=e=>6+(1-e)*72,s=n.map((e,t)=>`${a(t).toFixed(1)},${o(e).toFixed(1)}`).join(` `);return(0,U.jsxs)(`svg`,{className:`curve`,viewBox:`0 0 ${Pr} ${Fr}`,role:`img`,"aria-label":`IoU over ${n.length} steps, now ${n.at(-1)?.toFixed(2)??`unknown`}`,children:[[0,.5,1].map(e=>(0,U.jsxs)(`g`,{children:[(0,U.jsx)(`line`,{className:`rule`,x1:J,x2:Pr,y1:o(e),y2:o(e)}),(0,U.jsx)(`text`,{x:17,y:o(e)+3,children:e})]},e)),e.adapter&&(0,U.jsx)(`line`,{className:`baseline`,x1:J,x2:Pr,y1:o(e.adapter.baselineIou),y2:o(e.adapter.baselineIou)}),(0,U.jsx)(`polyline`,{points:s,stroke:t}),n.length>0&&(0,U.jsx)(`circle`,{cx:a(i),cy:o(n[i]),r:`3`,fill:t})]})}function Lr(){let e=y(e=>e.candidates),t=y(e=>e.hovered);return e.length===0?null:(0,U.jsxs)(`section`,{className:`candidates`,children:[(0,U.jsxs)(`h3`,{children:[`Candidates `,(0,U.jsx)(`small`,{children:`point at one to compare it`})]}),e.map((e,n)=>(0,U.jsx)(Rr,{candidate:e,number:n+1,hovered:t===e.adapterId},e.adapterId))]})}function Rr({candidate:e,number:t,hovered:n}){let r=e=>()=>x({hovered:e});return(0,U.jsxs)(`button`,{className:`candidate`,"data-hovered":n,onPointerEnter:r(e.adapterId),onPointerLeave:r(null),onFocus:r(e.adapterId),onBlur:r(null),onClick:()=>void nn(e),"aria-label":`Take candidate ${t}, predicted IoU ${e.predictedIou.toFixed(2)}`,children:[(0,U.jsx)(`kbd`,{children:t}),(0,U.jsxs)(`span`,{children:[`predicted IoU `,(0,U.jsx)(`b`,{children:e.predictedIou.toFixed(2)})]}),(0,U.jsxs)(`small`,{children:[Math.round(e.agreement*100),` % as shown`]})]})}function zr({object:e}){return(0,U.jsx)(`ul`,{className:`adapters`,children:e.adapters.map(t=>(0,U.jsxs)(`li`,{children:[(0,U.jsx)(`i`,{style:{background:e.colour}}),(0,U.jsxs)(`span`,{children:[`frame`,t.frameIndices.length>1?`s`:``,` `,t.frameIndices.join(`, `)]}),(0,U.jsxs)(`b`,{children:[t.baselineIou.toFixed(2),` → `,t.trainingIou.toFixed(2)]})]},t.adapterId))})}function Br(){let[e,t]=(0,H.useState)(!1);return(0,U.jsx)(`button`,{"data-asks":`again`,className:e?`danger`:`plain`,title:`Forget every adapter; masks stay`,onBlur:()=>t(!1),onClick:()=>{e&&On(),t(!e)},children:e?`Forget them?`:`Forget`})}function Vr(){let e=y(e=>e.objects),t=y(e=>e.selected);return(0,U.jsxs)(`aside`,{className:`objects`,"aria-label":`Objects`,children:[(0,U.jsxs)(`h2`,{children:[`Objects`,(0,U.jsx)(`button`,{className:`plain`,title:`New object (N)`,"aria-label":`New object`,onClick:()=>I(),children:(0,U.jsx)(W,{name:`add`})})]}),(0,U.jsx)(`ul`,{children:e.map(e=>(0,U.jsx)(Hr,{object:e,selected:e.objectId===t},e.objectId))}),e.length===0&&(0,U.jsx)(`p`,{className:`quiet`,children:`None yet. Your first click adds one.`}),(0,U.jsx)(G,{place:`objects`})]})}function Hr({object:e,selected:t}){let{objectId:n,name:r,colour:i,hidden:a,promptedFrames:o,adapters:s}=e,[c,l]=(0,H.useState)(!1),u=r||`Object ${n}`,d=[o.length===0?`no prompt yet`:`${o.length} prompt${o.length>1?`s`:``}`,...s.length?[`${s.length} adapter${s.length>1?`s`:``}`]:[]];return(0,U.jsxs)(`li`,{className:`object`,"aria-current":t,onClick:()=>x({selected:n}),children:[(0,U.jsx)(`input`,{type:`color`,value:i,"aria-label":`Colour of ${u}`,title:`Colour`,onChange:e=>O(n,{colour:e.target.value})}),(0,U.jsxs)(`div`,{className:`about`,children:[(0,U.jsx)(Ur,{objectId:n,name:r},r),(0,U.jsx)(`small`,{children:d.join(` · `)})]}),(0,U.jsx)(`button`,{className:`plain`,title:a?`Show (H)`:`Hide (H)`,"aria-label":`${a?`Show`:`Hide`} ${u}`,onClick:e=>{e.stopPropagation(),Xt(n)},children:(0,U.jsx)(W,{name:a?`eyeOff`:`eye`})}),(0,U.jsx)(`button`,{"data-asks":`again`,className:c?`remove danger`:`remove plain`,title:`Remove with its masks and adapters (Delete)`,"aria-label":`Remove ${u}`,onBlur:()=>l(!1),onClick:e=>{e.stopPropagation(),c?Yt(n):l(!0)},children:c?`Remove?`:(0,U.jsx)(W,{name:`remove`})})]})}function Ur({objectId:e,name:t}){let[n,r]=(0,H.useState)(t);return(0,U.jsx)(`input`,{className:`name`,value:n,maxLength:100,placeholder:`Object ${e}`,"aria-label":`Name of object ${e}`,onChange:e=>r(e.target.value),onBlur:()=>void Jt(e,n),onKeyDown:e=>{e.key===`Escape`&&r(t),(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}})}var Wr=`sam2-lit:theme`,Y=[`system`,`light`,`dark`];function Gr(){let e=localStorage.getItem(Wr);return Y.find(t=>t===e)??`system`}function Kr(e=Gr()){document.documentElement.dataset.theme=e,localStorage.setItem(Wr,e)}function qr(){let e=Y[(Y.indexOf(Gr())+1)%Y.length];return Kr(e),e}var Jr=[{tool:`point`,label:`Points and boxes`,key:`P`},{tool:`brush`,label:`Brush`,key:`B`},{tool:`eraser`,label:`Eraser`,key:`E`}];function Yr(){let e=y(e=>e.video),t=y(e=>e.tool),n=y(e=>e.brush),r=y(e=>e.past.length>0),i=y(e=>e.future.length>0);return(0,U.jsxs)(`header`,{className:`toolbar`,children:[(0,U.jsx)(X,{}),(0,U.jsxs)(`button`,{className:`video`,title:`Back to the videos; the session stays open`,onClick:()=>location.hash=``,children:[(0,U.jsx)(W,{name:`video`}),(0,U.jsx)(`span`,{children:e?.path.split(`/`).at(-1)})]}),(0,U.jsx)(`div`,{className:`group`,role:`radiogroup`,"aria-label":`Tool`,children:Jr.map(e=>(0,U.jsxs)(`button`,{role:`radio`,"aria-checked":t===e.tool,title:`${e.label} (${e.key})`,onClick:()=>x({tool:e.tool}),children:[(0,U.jsx)(W,{name:e.tool}),(0,U.jsx)(`span`,{children:e.label})]},e.tool))}),t!==`point`&&(0,U.jsxs)(`label`,{className:`brush`,title:`Size of the brush in pixels of the video ([ and ])`,children:[(0,U.jsx)(`span`,{children:`Size`}),(0,U.jsx)(`input`,{type:`range`,min:1,max:100,value:n,onChange:e=>x({brush:e.target.valueAsNumber})}),(0,U.jsx)(`output`,{children:Math.round(n)})]}),(0,U.jsxs)(`div`,{className:`group`,children:[(0,U.jsx)(`button`,{title:`Undo (Ctrl Z)`,"aria-label":`Undo`,disabled:!r,onClick:()=>void an(),children:(0,U.jsx)(W,{name:`undo`})}),(0,U.jsx)(`button`,{title:`Redo (Ctrl Y)`,"aria-label":`Redo`,disabled:!i,onClick:()=>void on(),children:(0,U.jsx)(W,{name:`redo`})})]}),(0,U.jsxs)(`div`,{className:`group`,children:[(0,U.jsx)(`button`,{title:`Zoom out (−)`,"aria-label":`Zoom out`,onClick:()=>K.zoom(.8),children:(0,U.jsx)(W,{name:`zoomOut`})}),(0,U.jsx)(`button`,{title:`Zoom in (+)`,"aria-label":`Zoom in`,onClick:()=>K.zoom(1.25),children:(0,U.jsx)(W,{name:`zoomIn`})}),(0,U.jsx)(`button`,{title:`Fit (0)`,"aria-label":`Fit`,onClick:()=>K.fit(),children:(0,U.jsx)(W,{name:`fit`})})]}),(0,U.jsx)(`span`,{className:`spring`}),(0,U.jsx)(Zr,{}),(0,U.jsx)(Xr,{}),(0,U.jsx)(`button`,{title:`All keys (?)`,"aria-label":`All keys`,onClick:()=>x({helping:!0}),children:(0,U.jsx)(W,{name:`help`})})]})}function X(){return(0,U.jsxs)(`span`,{className:`brand`,children:[`sam2`,(0,U.jsx)(`b`,{children:`lit`})]})}function Xr(){let[e,t]=(0,H.useState)(Gr);return(0,U.jsx)(`button`,{title:`Colours: ${e}`,"aria-label":`Colours: ${e}`,onClick:()=>t(qr()),children:(0,U.jsx)(W,{name:e})})}function Zr(){let[e,t]=(0,H.useState)(!1);return(0,U.jsx)(`button`,{"data-asks":`again`,className:e?`danger`:``,title:`End the session: its masks and adapters go`,onClick:()=>e?void zt():t(!0),onBlur:()=>t(!1),children:e?`Masks and adapters go. End?`:`End session`})}function Qr({sent:e,send:t}){let[n,r]=(0,H.useState)(null),i=y(e=>e.connected),a=(0,H.useRef)(null);return(0,H.useEffect)(()=>{i&&g(ye,{}).then(r,e=>P(`start`,e))},[i]),(0,U.jsxs)(`main`,{className:`start`,children:[(0,U.jsxs)(`header`,{children:[(0,U.jsx)(X,{}),(0,U.jsx)(`p`,{children:`Track objects through a video. Every correction teaches the model while you work.`}),(0,U.jsx)(Xr,{})]}),(0,U.jsx)(G,{place:`start`}),(0,U.jsx)(`section`,{className:`drop`,onClick:e=>e.target===e.currentTarget&&a.current?.click(),children:e===null?(0,U.jsxs)(U.Fragment,{children:[(0,U.jsx)(W,{name:`upload`}),(0,U.jsx)(`p`,{children:`Drop a video here, or`}),(0,U.jsx)(`button`,{className:`primary`,onClick:()=>a.current?.click(),children:`choose a file`}),(0,U.jsx)(`input`,{ref:a,type:`file`,accept:`video/*`,hidden:!0,onChange:e=>e.target.files?.[0]&&t(e.target.files[0])})]}):(0,U.jsxs)(U.Fragment,{children:[(0,U.jsx)(`p`,{children:e<1?`Sending, ${Math.round(e*100)} %`:`The server is reading the video…`}),(0,U.jsx)(`progress`,{max:1,value:e<1?e:void 0,"aria-label":`Upload`}),(0,U.jsx)(`button`,{onClick:Vt,children:`Cancel`})]})}),(0,U.jsx)(`h2`,{children:`Videos`}),(0,U.jsx)(`ul`,{className:`videos`,children:n?.videos.edges.map(({node:e})=>(0,U.jsx)(`li`,{children:(0,U.jsx)($r,{video:e})},e.id))}),n&&n.sessions.length>0&&(0,U.jsxs)(U.Fragment,{children:[(0,U.jsx)(`h2`,{children:`Open sessions`}),(0,U.jsx)(`ul`,{className:`sessions`,children:n.sessions.map(e=>(0,U.jsx)(`li`,{children:(0,U.jsxs)(`a`,{href:`#session=${e.sessionId}`,children:[(0,U.jsx)(`b`,{children:e.video.path.split(`/`).at(-1)}),(0,U.jsxs)(`span`,{children:[e.objects.length,` object`,e.objects.length===1?``:`s`,` · `,e.trackedFrameCount,` of `,e.video.frameCount,` frames`]}),(0,U.jsx)(`time`,{dateTime:e.createdAt,children:new Date(e.createdAt).toLocaleString([],{dateStyle:`medium`,timeStyle:`short`})})]})},e.sessionId))})]}),n&&(0,U.jsxs)(`footer`,{children:[`Model `,n.model.name,` on `,n.model.device,`, `,(n.model.parameterCount/1e6).toFixed(1),` million parameters ·`,` `,(0,U.jsx)(`a`,{href:`/graphql`,children:`GraphQL`})]})]})}function $r({video:e}){let t=(0,H.useRef)(null),[n,r]=(0,H.useState)(!1),i=(0,H.useCallback)(async()=>{let n=await pt(ft(e.posterUrl)),r=t.current;r&&(r.width=n.width,r.height=n.height,r.getContext(`2d`).drawImage(n,0,0))},[e]);return(0,H.useEffect)(()=>{i().catch(()=>{})},[i]),(0,U.jsxs)(`button`,{className:`card`,disabled:n,onClick:()=>{r(!0),Pt(e.path).finally(()=>r(!1))},children:[(0,U.jsx)(`canvas`,{ref:t,"aria-hidden":`true`}),(0,U.jsx)(`b`,{children:e.path.split(`/`).at(-1)}),(0,U.jsxs)(`small`,{children:[e.width,` × `,e.height,` · `,e.frameCount,` frames · `,e.durationSec.toFixed(1),` s`]})]})}var Z=34,Q=20,ei=16;function ti(){return(0,U.jsxs)(`footer`,{className:`timeline`,"aria-label":`Timeline`,children:[(0,U.jsx)(ni,{}),(0,U.jsx)(ii,{})]})}function ni(){let{frame:e,video:t,playing:n,tracking:r,following:i,objects:a}=y(),o=t.frameCount,s=r?0:Dt().length,c=a.some(e=>e.promptedFrames.length);return(0,U.jsxs)(`div`,{className:`transport`,children:[(0,U.jsxs)(`div`,{className:`group`,children:[(0,U.jsx)(`button`,{title:`Frame back (←)`,"aria-label":`Frame back`,onClick:()=>nr(-1),children:(0,U.jsx)(W,{name:`previous`})}),(0,U.jsx)(`button`,{title:`Play, pause (Space)`,"aria-label":n?`Pause`:`Play`,onClick:ir,children:(0,U.jsx)(W,{name:n?`pause`:`play`})}),(0,U.jsx)(`button`,{title:`Frame on (→)`,"aria-label":`Frame on`,onClick:()=>nr(1),children:(0,U.jsx)(W,{name:`next`})})]}),(0,U.jsxs)(`label`,{className:`frame`,children:[(0,U.jsx)(`span`,{children:`Frame`}),(0,U.jsx)(`input`,{type:`number`,min:0,max:o-1,value:e,onChange:e=>e.target.value!==``&&q(e.target.valueAsNumber),onKeyDown:e=>(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}),(0,U.jsxs)(`small`,{children:[`of `,o,` · `,(e/t.fps).toFixed(2),` s`]})]}),r?(0,U.jsxs)(`button`,{className:`primary stop`,title:`Stop (T)`,onClick:()=>N(!1),children:[(0,U.jsx)(W,{name:`stop`}),` Stop`]}):(0,U.jsxs)(`div`,{className:`group`,children:[(0,U.jsxs)(`button`,{className:`primary`,title:`Track on from the first frame that needs it (T)`,disabled:!c,onClick:()=>N(!1),children:[`Track`,s>0&&(0,U.jsxs)(`small`,{children:[s,` frames`]})]}),(0,U.jsx)(`button`,{title:`Track back from this frame (Shift T)`,disabled:!c||e===0,onClick:()=>N(!0),children:`Back`})]}),r&&(0,U.jsxs)(`span`,{className:`progress`,children:[(0,U.jsx)(`progress`,{max:Math.max(r.total,1),value:r.completed,"aria-label":`Frames tracked`}),(0,U.jsxs)(`output`,{children:[r.completed,` / `,r.total||`…`,r.framesPerSecond!==null&&` · ${r.framesPerSecond.toFixed(1)} frames/s`]}),(0,U.jsxs)(`label`,{children:[(0,U.jsx)(`input`,{type:`checkbox`,checked:i,onChange:e=>x({following:e.target.checked})}),` Follow`]})]}),(0,U.jsxs)(`button`,{title:`Go to the mask that the model is least sure of (D)`,onClick:sr,children:[(0,U.jsx)(W,{name:`doubt`}),` Next doubtful frame`]}),(0,U.jsx)(G,{place:`track`}),(0,U.jsx)(`span`,{className:`spring`}),(0,U.jsx)(ri,{})]})}function ri(){return(0,U.jsxs)(`ul`,{className:`legend`,"aria-label":`Legend`,children:[(0,U.jsxs)(`li`,{children:[(0,U.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,U.jsx)(`path`,{className:`prompted`,d:`M6 1l5 5-5 5-5-5z`})}),` prompt`]}),(0,U.jsxs)(`li`,{children:[(0,U.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,U.jsx)(`circle`,{className:`correction`,cx:`6`,cy:`6`,r:`4`})}),` correction`]}),(0,U.jsxs)(`li`,{children:[(0,U.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,U.jsx)(`rect`,{className:`adapter`,x:`1`,y:`4`,width:`10`,height:`4`})}),` by an adapter`]}),(0,U.jsxs)(`li`,{children:[(0,U.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,U.jsx)(`path`,{className:`suggested`,d:`M6 2l4 8H2z`})}),` suggestion`]}),(0,U.jsxs)(`li`,{children:[(0,U.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,U.jsx)(`path`,{className:`sure`,d:`M1 9l3-5 3 3 4-5`})}),` confidence`]}),(0,U.jsxs)(`li`,{children:[(0,U.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,U.jsx)(`rect`,{className:`stale`,x:`1`,y:`2`,width:`10`,height:`8`})}),` stale`]})]})}function ii(){let e=y(e=>e.objects),t=y(e=>e.selected),n=y(e=>e.video.frameCount),r=y(e=>e.video.fps),i=y(e=>e.masksVersion),a=y(e=>e.corrected),o=y(e=>e.taken),s=y(e=>e.suggested),c=(0,H.useRef)(null),[l,u]=(0,H.useState)(600);(0,H.useLayoutEffect)(()=>{let e=new ResizeObserver(()=>u(c.current.clientWidth));return e.observe(c.current),()=>e.disconnect()},[]);let d=new ai(l,n),f=e=>{e.buttons===1&&(e.currentTarget.setPointerCapture(e.pointerId),q(d.frameAt(e.clientX-e.currentTarget.getBoundingClientRect().left)))};return(0,U.jsxs)(`div`,{className:`tracks`,children:[(0,U.jsx)(`ul`,{className:`labels`,style:{paddingTop:Q},children:e.map(({objectId:e,name:n,colour:r})=>(0,U.jsxs)(`li`,{style:{height:Z},"aria-current":e===t,onClick:()=>x({selected:e}),children:[(0,U.jsx)(`i`,{style:{background:r}}),(0,U.jsx)(`span`,{children:n||`Object ${e}`})]},e))}),(0,U.jsxs)(`div`,{className:`scrub`,ref:c,onPointerDown:f,onPointerMove:f,children:[(0,U.jsx)(oi,{scale:d,height:Q+Math.max(e.length,1)*Z}),(0,U.jsxs)(`svg`,{width:l,height:Q+Math.max(e.length,1)*Z,"aria-hidden":`true`,children:[(0,U.jsx)(`defs`,{children:(0,U.jsx)(`pattern`,{id:`stale`,width:`5`,height:`5`,patternUnits:`userSpaceOnUse`,patternTransform:`rotate(45)`,children:(0,U.jsx)(`rect`,{width:`2`,height:`5`})})}),(0,U.jsx)(si,{scale:d,fps:r}),e.map((e,n)=>(0,U.jsxs)(`g`,{transform:`translate(0 ${Q+n*Z})`,children:[(0,U.jsx)(`rect`,{className:`row`,"data-selected":e.objectId===t,width:l,height:33}),(0,U.jsx)(ci,{object:e,scale:d,width:l,version:i,corrected:a,taken:o,suggested:s})]},e.objectId))]})]})]})}var ai=class{count;step;constructor(e,t){this.count=t,this.step=(e-32)/Math.max(t,1)}x(e){return ei+(e+.5)*this.step}frameAt(e){return Math.max(0,Math.min(this.count-1,Math.floor((e-ei)/this.step)))}};function oi({scale:e,height:t}){let n=y(e=>e.frame);return(0,U.jsx)(`div`,{className:`playhead`,role:`slider`,tabIndex:0,"aria-label":`Frame`,"aria-valuemin":0,"aria-valuemax":e.count-1,"aria-valuenow":n,style:{left:e.x(n),height:t}})}function si({scale:e,fps:t}){let n=[1,2,5,10,20,50,100,200,500,1e3,2e3,5e3,1e4].find(t=>t*e.step>=56)??2e4;return Array.from({length:Math.ceil(e.count/n)},(e,t)=>t*n).map(n=>(0,U.jsxs)(`g`,{className:`mark`,children:[(0,U.jsx)(`line`,{x1:e.x(n),x2:e.x(n),y1:15,y2:Q}),(0,U.jsxs)(`text`,{x:e.x(n),y:12,textAnchor:`middle`,children:[n,(0,U.jsxs)(`title`,{children:[(n/t).toFixed(2),` s`]})]})]},n))}var ci=(0,H.memo)(function({object:e,scale:t,corrected:n,taken:r,suggested:i}){let{objectId:a,promptedFrames:o,colour:s}=e,c=C.framesOf(a),l=e=>c.filter(e),u=e=>C.get(e,a),d=new Set(o),f=e=>n.has(T(a,e))||r.has(T(a,e)),p=Z/2;return(0,U.jsxs)(`g`,{"data-row":a,children:[(0,U.jsx)(`path`,{className:`tracked`,d:$(c,t,3,26),fill:s}),(0,U.jsx)(`path`,{className:`stale`,d:$(l(e=>u(e).stale),t,3,26)}),(0,U.jsx)(`path`,{className:`adapter`,d:$(l(e=>u(e).source===`LORA`),t,27,4),fill:s}),(0,U.jsx)(`path`,{className:`sure`,d:li(c,t,a)}),c.filter(e=>i.has(T(a,e))).map(e=>(0,U.jsx)(`path`,{className:`suggested`,d:`M${t.x(e)} 2l3.5 6h-7z`},e)),o.map(e=>f(e)?(0,U.jsx)(`circle`,{className:`correction`,"data-correction":e,"data-taken":r.has(T(a,e)),cx:t.x(e),cy:p,r:`4.5`},e):(0,U.jsx)(`path`,{className:`prompted`,"data-prompted":e,d:`M${t.x(e)} 11.5l5.5 5.5-5.5 5.5-5.5-5.5z`},e)),(0,U.jsx)(`title`,{children:`${c.length-d.size} frames tracked`})]})},ui);function $(e,t,n,r){let i=``;for(let a=0;a<e.length;){let o=a;for(;e[o+1]===e[o]+1;)o++;let s=t.x(e[a])-t.step/2;i+=`M${s.toFixed(1)} ${n}h${((o-a+1)*t.step).toFixed(1)}v${r}h${(-(o-a+1)*t.step).toFixed(1)}z`,a=o+1}return i}function li(e,t,n){let r=``,i=-2;for(let a of e){let e=Nn(C.get(a,n));e!==null&&(r+=`${a===i+1?`L`:`M`}${t.x(a).toFixed(1)} ${(4+(1-e)*24).toFixed(1)}`,i=a)}return r}function ui(e,t){return e.object===t.object&&e.width===t.width&&e.scale.count===t.scale.count&&e.version===t.version&&e.corrected===t.corrected&&e.taken===t.taken&&e.suggested===t.suggested}function di(){let e=y(e=>e.view),[t,n]=(0,H.useState)(null),[r,i]=(0,H.useState)(!1),a=e=>{b().view===`annotate`&&(location.hash=``),Bt(e,n)};return(0,U.jsxs)(`div`,{className:`app`,"data-view":e,onDragOver:e=>{e.preventDefault(),i(e.dataTransfer.types.includes(`Files`))},onDragLeave:e=>e.relatedTarget===null&&i(!1),onDrop:e=>{e.preventDefault(),i(!1);let t=e.dataTransfer.files[0];t&&a(t)},children:[(0,U.jsx)(pi,{}),e===`start`&&(0,U.jsx)(Qr,{sent:t,send:a}),e===`annotate`&&(0,U.jsx)(fi,{}),e===`loading`&&(0,U.jsx)(`p`,{className:`middle quiet`,children:`Loading…`}),e===`gone`&&(0,U.jsx)(mi,{}),e===`token`&&(0,U.jsx)(hi,{}),r&&(0,U.jsx)(`p`,{className:`dropping`,children:`Drop the video to upload it`})]})}function fi(){return(0,U.jsxs)(U.Fragment,{children:[(0,U.jsx)(Yr,{}),(0,U.jsx)(Vr,{}),(0,U.jsx)(Xn,{}),(0,U.jsx)(jr,{}),(0,U.jsx)(ti,{}),(0,U.jsx)(kr,{})]})}function pi(){return y(e=>e.connected)?null:(0,U.jsx)(`p`,{className:`banner`,role:`alert`,children:`The server cannot be reached. Trying again; what it has acknowledged is kept there.`})}function mi(){let e=y(e=>e.video);return(0,U.jsxs)(`main`,{className:`middle card`,children:[(0,U.jsx)(X,{}),(0,U.jsx)(`h2`,{children:`This session is gone`}),(0,U.jsx)(`p`,{children:`The server does not know it: it was ended, or the server was started anew since.`}),(0,U.jsxs)(`div`,{className:`group`,children:[e&&(0,U.jsxs)(`button`,{className:`primary`,onClick:()=>void Pt(e.path),children:[`Start anew on `,e.path.split(`/`).at(-1)]}),(0,U.jsx)(`button`,{className:e?``:`primary`,onClick:()=>location.hash=``,children:`Choose a video`})]})]})}function hi(){let[e,t]=(0,H.useState)(``);return(0,U.jsxs)(`form`,{className:`middle card`,onSubmit:t=>{t.preventDefault(),ne(e),x({view:`loading`}),location.reload()},children:[(0,U.jsx)(X,{}),(0,U.jsx)(`h2`,{children:`This server asks for a token`}),(0,U.jsxs)(`label`,{children:[`Token `,(0,U.jsx)(`input`,{type:`password`,autoFocus:!0,autoComplete:`off`,value:e,onChange:e=>t(e.target.value)})]}),(0,U.jsx)(`button`,{className:`primary`,children:`Go on`})]})}Kr(),gr(),ar(),An(),xt(),(0,f.createRoot)(document.getElementById(`page`)).render((0,U.jsx)(di,{})),Mt();