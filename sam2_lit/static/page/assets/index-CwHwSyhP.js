import{n as e}from"./rolldown-runtime-WkwZ5CU-.js";import{a as t,c as n,d as r,i,l as a,n as o,o as s,r as c,s as l,t as u,u as d}from"./libraries-DOb0AUtx.js";(function(){let e=document.createElement(`link`).relList;if(e&&e.supports&&e.supports(`modulepreload`))return;for(let e of document.querySelectorAll(`link[rel="modulepreload"]`))n(e);new MutationObserver(e=>{for(let t of e)if(t.type===`childList`)for(let e of t.addedNodes)e.tagName===`LINK`&&e.rel===`modulepreload`&&n(e)}).observe(document,{childList:!0,subtree:!0});function t(e){let t={};return e.integrity&&(t.integrity=e.integrity),e.referrerPolicy&&(t.referrerPolicy=e.referrerPolicy),t.credentials=e.crossOrigin===`use-credentials`?`include`:e.crossOrigin===`anonymous`?`omit`:`same-origin`,t}function n(e){if(e.ep)return;e.ep=!0;let n=t(e);fetch(e.href,n)}})();var f=d(),p=`UNREACHABLE`,m=class extends Error{code;constructor(e,t){super(t),this.code=e}};function ee(e){let t=e instanceof Error?e.message:String(e);return(/^[a-z]+\s/.test(t)?t.charAt(0).toUpperCase()+t.slice(1):t)+(/[.!?]$/.test(t)?``:`.`)}var h=`sam2-lit:token`;function te(){return sessionStorage.getItem(h)}function ne(e){sessionStorage.setItem(h,e)}function g(){let e=te();return e?{Authorization:`Bearer ${e}`}:{}}var re=1e4,ie=2e4,ae=new Set,oe;function se(e){ae.add(e)}function ce(e){for(let t of ae)t(e)}var le=c({url:`${location.protocol===`https:`?`wss`:`ws`}://${location.host}/graphql`,connectionParams:g,retryAttempts:1/0,retryWait:e=>new Promise(t=>setTimeout(t,Math.min(500*2**e,5e3))),keepAlive:re,on:{connected:()=>ce(!0),closed:e=>{clearTimeout(oe),e.code!==1e3&&ce(!1)},ping:e=>{e||(oe=setTimeout(()=>le.terminate(),ie))},pong:e=>{e&&clearTimeout(oe)}}}),ue=new i({url:`/graphql`,preferGetMethod:!1,requestPolicy:`network-only`,fetchOptions:()=>({headers:{Accept:`application/graphql-response+json, application/json`,...g()}}),exchanges:[t,s({forwardSubscription:e=>({subscribe:t=>({unsubscribe:le.subscribe({query:e.query??``,variables:e.variables},t)})})})]});async function _(e,t){let n=e.toString(),r=await ue[n.trimStart().startsWith(`mutation`)?`mutation`:`query`](n,t).toPromise();if(r.error)throw pe(r.error);return r.data}function de(e,t,r,i){let o=!0,s=null,{unsubscribe:c}=n(ue.subscription(e.toString(),t),l(()=>{o&&i(s),o=!1}),a(e=>{o&&(e.error?s=pe(e.error):e.data&&r(e.data))}));return()=>{o=!1,c()}}async function fe(){try{return(await fetch(`/healthz`,{cache:`no-store`})).ok}catch{return!1}}function pe(e){let t=e.graphQLErrors[0];if(t)return new m(String(t.extensions?.code??`INTERNAL`),t.message);let n=e.response;return n?.status===401?new m(`UNAUTHENTICATED`,`The server asks for a token.`):n?.ok?new m(`INTERNAL`,`The server's answer was not understood: ${e.message}`):(ce(!1),new m(p,`The server cannot be reached: this was not done.`))}var v=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},me=new v(`
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
    `,{fragmentName:`MaskParts`}),he=new v(`
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
}`,{fragmentName:`FrameParts`}),ge=new v(`
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
    `,{fragmentName:`CandidateParts`}),_e={"\n  fragment FrameParts on RLEMaskListOnFrame {\n    frameIndex\n    rleMaskList {\n      ...MaskParts\n    }\n  }\n":he,"\n  fragment MaskParts on RLEMaskForObject {\n    objectId\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    source\n  }\n":me,"\n  fragment AdapterParts on LoraAdapter {\n    adapterId\n    objectId\n    rank\n    frameIndices\n    baselineIou\n    trainingIou\n    steps\n    seconds\n  }\n":new v(`
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
    `,{fragmentName:`AdapterParts`}),"\n  fragment CandidateParts on LoraCandidate {\n    adapterId\n    objectId\n    frameIndex\n    rleMask {\n      size\n      counts\n    }\n    predictedIou\n    objectScore\n    agreement\n  }\n":ge,"\n  fragment VideoParts on Video {\n    id\n    path\n    width\n    height\n    posterUrl\n    frameCount\n    fps\n    durationSec\n    frameUrlTemplate\n  }\n":new v(`
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
    `,{fragmentName:`VideoParts`}),"\n  fragment SessionParts on Session {\n    sessionId\n    loraMode\n    objects {\n      objectId\n      name\n      promptedFrames\n      adapters {\n        ...AdapterParts\n      }\n    }\n    video {\n      ...VideoParts\n    }\n  }\n":new v(`
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
}`,{fragmentName:`SessionParts`}),"\n  query Start {\n    videos {\n      edges {\n        node {\n          ...VideoParts\n        }\n      }\n    }\n    sessions {\n      sessionId\n      trackedFrameCount\n      createdAt\n      objects {\n        objectId\n      }\n      video {\n        path\n        frameCount\n      }\n    }\n    model {\n      name\n      device\n      parameterCount\n    }\n  }\n":new v(`
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
}`),"\n  query SessionState($sessionId: String!) {\n    session(sessionId: $sessionId) {\n      ...SessionParts\n    }\n  }\n":new v(`
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
}`),"\n  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {\n    session(sessionId: $sessionId) {\n      masks(startFrameIndex: $first, endFrameIndex: $last) {\n        ...FrameParts\n      }\n    }\n  }\n":new v(`
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
}`),"\n  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {\n    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {\n      ...CandidateParts\n    }\n  }\n":new v(`
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
}`),"\n  mutation StartSession($path: String!) {\n    startSession(input: { path: $path }) {\n      sessionId\n    }\n  }\n":new v(`
    mutation StartSession($path: String!) {
  startSession(input: {path: $path}) {
    sessionId
  }
}
    `),"\n  mutation CloseSession($sessionId: String!) {\n    closeSession(input: { sessionId: $sessionId }) {\n      success\n    }\n  }\n":new v(`
    mutation CloseSession($sessionId: String!) {
  closeSession(input: {sessionId: $sessionId}) {
    success
  }
}
    `),"\n  mutation AddPoints($input: AddPointsInput!) {\n    addPoints(input: $input) {\n      ...FrameParts\n    }\n  }\n":new v(`
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
}`),"\n  mutation AddBox($input: AddBoxInput!) {\n    addBox(input: $input) {\n      ...FrameParts\n    }\n  }\n":new v(`
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
}`),"\n  mutation AddMask($input: AddMaskInput!) {\n    addMask(input: $input) {\n      ...FrameParts\n    }\n  }\n":new v(`
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
}`),"\n  mutation AddCorrection($input: AddCorrectionInput!) {\n    addCorrection(input: $input) {\n      frame {\n        ...FrameParts\n      }\n    }\n  }\n":new v(`
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
}`),"\n  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {\n    clearPointsInFrame(input: $input) {\n      ...FrameParts\n    }\n  }\n":new v(`
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
}`),"\n  mutation TrainLora($input: TrainLoraInput!) {\n    trainLora(input: $input) {\n      ...AdapterParts\n    }\n  }\n":new v(`
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
}`),"\n  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {\n    applyLoraCandidate(input: $input) {\n      ...FrameParts\n    }\n  }\n":new v(`
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
}`),"\n  mutation SetLoraMode($input: SetLoraModeInput!) {\n    setLoraMode(input: $input) {\n      loraMode\n    }\n  }\n":new v(`
    mutation SetLoraMode($input: SetLoraModeInput!) {
  setLoraMode(input: $input) {
    loraMode
  }
}
    `),"\n  mutation ResetLora($sessionId: String!) {\n    resetLora(input: { sessionId: $sessionId }) {\n      ...SessionParts\n    }\n  }\n":new v(`
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
}`),"\n  mutation NameObject($input: NameObjectInput!) {\n    nameObject(input: $input) {\n      objectId\n      name\n    }\n  }\n":new v(`
    mutation NameObject($input: NameObjectInput!) {
  nameObject(input: $input) {
    objectId
    name
  }
}
    `),"\n  mutation RemoveObject($input: RemoveObjectInput!) {\n    removeObject(input: $input) {\n      frameIndex\n    }\n  }\n":new v(`
    mutation RemoveObject($input: RemoveObjectInput!) {
  removeObject(input: $input) {
    frameIndex
  }
}
    `),"\n  mutation ExportAnnotations($input: ExportAnnotationsInput!) {\n    exportAnnotations(input: $input) {\n      url\n      filename\n      byteSize\n    }\n  }\n":new v(`
    mutation ExportAnnotations($input: ExportAnnotationsInput!) {
  exportAnnotations(input: $input) {
    url
    filename
    byteSize
  }
}
    `),"\n  subscription Propagate($input: PropagateInVideoInput!) {\n    propagateInVideo(input: $input) {\n      frameIndex\n      rleMaskList {\n        ...MaskParts\n      }\n      completed\n      total\n      revision\n      suggestions {\n        objectId\n        adapterId\n      }\n    }\n  }\n":new v(`
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
}`),"\n  subscription Training($sessionId: String!) {\n    loraTraining(sessionId: $sessionId) {\n      objectId\n      frameIndex\n      step\n      steps\n      loss\n      iou\n      adapter {\n        ...AdapterParts\n      }\n    }\n  }\n":new v(`
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
}`)};function y(e){return _e[e]??{}}y(`
  fragment FrameParts on RLEMaskListOnFrame {
    frameIndex
    rleMaskList {
      ...MaskParts
    }
  }
`),y(`
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
`),y(`
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
`),y(`
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
`),y(`
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
`),y(`
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
`);var ve=y(`
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
`),ye=y(`
  query SessionState($sessionId: String!) {
    session(sessionId: $sessionId) {
      ...SessionParts
    }
  }
`),be=y(`
  query SessionMasks($sessionId: String!, $first: Int!, $last: Int!) {
    session(sessionId: $sessionId) {
      masks(startFrameIndex: $first, endFrameIndex: $last) {
        ...FrameParts
      }
    }
  }
`),xe=y(`
  query Candidates($sessionId: String!, $objectId: Int!, $frameIndex: Int!) {
    loraCandidates(sessionId: $sessionId, objectId: $objectId, frameIndex: $frameIndex) {
      ...CandidateParts
    }
  }
`),Se=y(`
  mutation StartSession($path: String!) {
    startSession(input: { path: $path }) {
      sessionId
    }
  }
`),Ce=y(`
  mutation CloseSession($sessionId: String!) {
    closeSession(input: { sessionId: $sessionId }) {
      success
    }
  }
`),we=y(`
  mutation AddPoints($input: AddPointsInput!) {
    addPoints(input: $input) {
      ...FrameParts
    }
  }
`),Te=y(`
  mutation AddBox($input: AddBoxInput!) {
    addBox(input: $input) {
      ...FrameParts
    }
  }
`),Ee=y(`
  mutation AddMask($input: AddMaskInput!) {
    addMask(input: $input) {
      ...FrameParts
    }
  }
`),De=y(`
  mutation AddCorrection($input: AddCorrectionInput!) {
    addCorrection(input: $input) {
      frame {
        ...FrameParts
      }
    }
  }
`),Oe=y(`
  mutation ClearPointsInFrame($input: ClearPointsInFrameInput!) {
    clearPointsInFrame(input: $input) {
      ...FrameParts
    }
  }
`),ke=y(`
  mutation TrainLora($input: TrainLoraInput!) {
    trainLora(input: $input) {
      ...AdapterParts
    }
  }
`),Ae=y(`
  mutation ApplyLoraCandidate($input: ApplyLoraCandidateInput!) {
    applyLoraCandidate(input: $input) {
      ...FrameParts
    }
  }
`),je=y(`
  mutation SetLoraMode($input: SetLoraModeInput!) {
    setLoraMode(input: $input) {
      loraMode
    }
  }
`),Me=y(`
  mutation ResetLora($sessionId: String!) {
    resetLora(input: { sessionId: $sessionId }) {
      ...SessionParts
    }
  }
`),Ne=y(`
  mutation NameObject($input: NameObjectInput!) {
    nameObject(input: $input) {
      objectId
      name
    }
  }
`),Pe=y(`
  mutation RemoveObject($input: RemoveObjectInput!) {
    removeObject(input: $input) {
      frameIndex
    }
  }
`),Fe=y(`
  mutation ExportAnnotations($input: ExportAnnotationsInput!) {
    exportAnnotations(input: $input) {
      url
      filename
      byteSize
    }
  }
`),Ie=y(`
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
`),Le=y(`
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
`);function Re(e,t,n){let r=new Uint8Array(t*n),i=0;return Be(e).forEach((e,a)=>{let o=Math.min(i+e,r.length);if(a%2==1){let e=Math.floor(i/n),a=i%n;for(let s=i;s<o;s++)r[a*t+e]=1,++a===n&&(a=0,e++)}i=o}),{width:t,height:n,data:r}}function ze({width:e,height:t,data:n}){let r=[],i=0,a=0;for(let o=0;o<e;o++)for(let s=0;s<t;s++)n[s*e+o]===i?a++:(r.push(a),i=1-i,a=1);return r.push(a),r.map((e,t)=>Ve(t>2?e-(r[t-2]??0):e)).join(``)}function Be(e){let t=[],n=0,r=0;for(let i=0;i<e.length;i++){let a=e.charCodeAt(i)-48;n|=(a&31)<<r,r+=5,a&32||(a&16&&(n|=-1<<r),t.push(n+(t.length>2?t[t.length-2]??0:0)),n=r=0)}return t}function Ve(e){let t=``;for(let n=e,r=!0;r;){let e=n&31;n>>=5,r=e&16?n!==-1:n!==0,t+=String.fromCharCode((r?e|32:e)+48)}return t}var He=[1,0,-1,0],Ue=[0,1,0,-1];function We({width:e,height:t,data:n}){let r=new Path2D,i=e+1,a=new Uint8Array(i*(t+1)),o=null,s=0;for(let r=0;r<t;r++)for(let c=0;c<e;c++){let l=r*e+c;if(!n[l])continue;s++,o??={x:c+.5,y:r};let u=r*i+c;r!==0&&n[l-e]||(a[u]|=1),c!==e-1&&n[l+1]||(a[u+1]|=2),r!==t-1&&n[l+e]||(a[u+i+1]|=4),c!==0&&n[l-1]||(a[u+i]|=8)}for(let e=0;e<a.length;e++)for(;a[e];)Ge(a,e,i,r);return{path:r,top:o,area:s}}function Ge(e,t,n,r){let i=t,a=Math.log2(e[t]&-e[t]),o=!0;do{let t=e[i];o||(a=[1,0,3].map(e=>(a+e)%4).find(e=>t&1<<e)??a),e[i]=t&~(1<<a);let s=i%n+He[a]/2,c=Math.floor(i/n)+Ue[a]/2;o?r.moveTo(s,c):r.lineTo(s,c),o=!1,i+=He[a]+Ue[a]*n}while(i!==t);r.closePath()}var Ke=0,qe=new WeakMap,Je=new WeakMap;function Ye(e,t){let[n=0,r=0]=e.rleMask.size;return{serial:++Ke,objectId:e.objectId,width:r,height:n,counts:e.rleMask.counts,predictedIou:e.predictedIou??null,objectScore:e.objectScore??null,source:e.source,reverse:t,stale:!1}}function Xe(e){return $e(qe,e,()=>Re(e.counts,e.width,e.height))}function Ze(e){return $e(Je,e,()=>We(Re(e.counts,e.width,e.height)))}function Qe(e){let[t=0,n=0]=e.rleMask.size;return $e(Je,e,()=>We(Re(e.rleMask.counts,n,t)))}function $e(e,t,n){let r=e.get(t);return r===void 0&&(r=n(),e.set(t,r)),r}var et=class{#e=new Map;get(e,t){return this.#e.get(e)?.get(t)}on(e){return[...this.#e.get(e)?.values()??[]]}framesOf(e){return[...this.#e].filter(([,t])=>t.has(e)).map(([e])=>e).sort((e,t)=>e-t)}replace(e,t){t.length?this.#e.set(e,new Map(t.map(e=>[e.objectId,e]))):this.#e.delete(e)}put(e,t){let n=this.#e.get(e)??new Map;this.#e.set(e,n.set(t.objectId,t))}remove(e,t){this.#e.get(e)?.delete(t)}removeObject(e){for(let t of this.#e.values())t.delete(e)}clear(){this.#e.clear()}markStale(e,t){for(let[n,r]of this.#e){let i=r.get(e);i&&i.source!==`PROMPT`&&!i.stale&&n!==t&&(i.reverse?t>n:t<n)&&r.set(e,{...i,stale:!0})}}staleFrames(e){return this.framesOf(e).filter(t=>this.get(t,e)?.stale)}},tt=[`#3b9cff`,`#ff8a3d`,`#35c98a`,`#e85bb0`,`#f2c744`,`#9a7bff`,`#3fd2d6`,`#f06a5f`,`#a3d14b`,`#c98fe8`];function nt(e){return tt[(Math.max(e,1)-1)%tt.length]}var rt=`mutation Upload($file: Upload!) { uploadVideo(file: $file) { path } }`;function it(e,t){let n=new XMLHttpRequest;return{done:new Promise((r,i)=>{let a=new FormData;a.append(`operations`,JSON.stringify({query:rt,variables:{file:null}})),a.append(`map`,JSON.stringify({0:[`variables.file`]})),a.append(`0`,e),n.upload.onprogress=e=>t(e.loaded/Math.max(e.total,1)),n.onerror=()=>i(new m(p,`The server broke the upload off or cannot be reached.`)),n.onabort=()=>i(new m(`CANCELLED`,`The upload was cancelled.`)),n.onload=()=>{let e=at(n.responseText),t=e.errors?.[0];e.data?r(e.data.uploadVideo.path):i(new m(t?.extensions?.code??`INTERNAL`,t?.message??`HTTP status ${n.status}`))},n.open(`POST`,`/graphql`);let o=te();o&&n.setRequestHeader(`Authorization`,`Bearer ${o}`),n.send(a)}),cancel:()=>n.abort()}}function at(e){try{return JSON.parse(e)}catch{return{}}}var ot=256*2**20,st=4,ct=16,lt=6,ut=class{template;count;arrived;#e=new Map;#t=new Map;#n=[];#r=0;#i;#a=!1;constructor(e,t,n,r){this.template=e,this.count=t,this.arrived=r,this.#i=Math.max(24,Math.floor(ot/(n*4)))}get(e){return this.#e.get(e)}around(e,t){this.#r=e;let n=[e];for(let r=1;r<=ct;r++)n.push(e+r*t),r<=lt&&n.push(e-r*t);this.#n=n.filter(e=>e>=0&&e<this.count&&!this.#e.has(e));for(let[e,t]of this.#t)this.#n.includes(e)||t.abort();this.#o()}close(){this.#a=!0,this.#n=[];for(let e of this.#t.values())e.abort();for(let e of this.#e.values())e.close();this.#e.clear()}#o(){for(let e of this.#n){if(this.#t.size>=st)return;this.#t.has(e)||this.#s(e)}}async#s(e){let t=new AbortController;this.#t.set(e,t);let n=null;try{let n=await pt(dt(this.template,e),t.signal);if(this.#a)return n.close();this.#e.set(e,n),this.#c()}catch(e){n=e instanceof Error?e.message:String(e)}this.#t.delete(e),this.#a||(t.signal.aborted||(this.#n=this.#n.filter(t=>t!==e)),this.#o(),t.signal.aborted||this.arrived(e,n))}#c(){if(this.#e.size<=this.#i)return;let e=[...this.#e.keys()].sort((e,t)=>Math.abs(t-this.#r)-Math.abs(e-this.#r));for(let t of e.slice(0,this.#e.size-this.#i))this.#e.get(t)?.close(),this.#e.delete(t)}};function dt(e,t){return ft(e.replace(`{index}`,String(t)))}function ft(e){return new URL(e,location.href).pathname}async function pt(e,t){let n=await fetch(e,{headers:g(),...t&&{signal:t}});if(!n.ok)throw Error(`HTTP status ${n.status}`);return createImageBitmap(await n.blob())}var mt={view:`loading`,connected:!0,sessionId:null,video:null,loraMode:`SUGGEST`,objects:[],selected:null,frame:0,playing:!1,following:!1,tool:`point`,brush:12,showMasks:!0,masksVersion:0,imagesVersion:0,tracking:null,pending:0,unanswered:[],crosshair:null,corner:null,training:null,lastRun:null,candidates:[],hovered:null,suggested:new Set,corrected:new Set,taken:new Set,prompts:new Map,past:[],future:[],notices:{},sheet:null,exporting:null},b=o(()=>mt),{getState:x,setState:S,subscribe:C}=b,w=new et,T={frames:null},E=(e,t)=>`${e}:${t}`;function D(e,t,n=`error`){S(r=>({notices:{...r.notices,[e]:t===null?void 0:{text:t,kind:n}}}))}function O(){S(e=>({masksVersion:e.masksVersion+1}))}function ht(e){return x().objects.find(t=>t.objectId===e)?.name||`Object ${e}`}function k(e,t){S(n=>({objects:n.objects.map(n=>n.objectId===e?{...n,...t}:n)}))}function A(e,t,n){let r=new Set(e);return n?r.add(t):r.delete(t),r}var gt={colours:{},hidden:[],stale:{},suggested:[],corrected:[],taken:[]},j=`sam2-lit:session:`,_t=20,vt;function yt(e){try{return{...gt,...JSON.parse(localStorage.getItem(j+e)??`{}`)}}catch{return gt}}function bt(e){localStorage.removeItem(j+e)}function xt(){C((e,t)=>{e.objects===t.objects&&e.masksVersion===t.masksVersion&&e.suggested===t.suggested&&e.corrected===t.corrected&&e.taken===t.taken||e.view!==`annotate`||(clearTimeout(vt),vt=setTimeout(St,300))}),addEventListener(`pagehide`,St)}function St(){let{sessionId:e,view:t,objects:n,suggested:r,corrected:i,taken:a}=x();if(!e||t!==`annotate`)return;let o={colours:Object.fromEntries(n.map(e=>[e.objectId,e.colour])),hidden:n.filter(e=>e.hidden).map(e=>e.objectId),stale:Object.fromEntries(n.map(e=>[e.objectId,w.staleFrames(e.objectId)])),suggested:[...r],corrected:[...i],taken:[...a]},s=j+e;localStorage.removeItem(s);try{localStorage.setItem(s,JSON.stringify(o))}catch{}let c=Object.keys(localStorage).filter(e=>e.startsWith(j)&&e!==s);for(let e of c.slice(0,Math.max(0,c.length-_t)))localStorage.removeItem(e)}function Ct(e){return new Set(Object.entries(e.stale).flatMap(([e,t])=>t.map(t=>E(Number(e),t))))}var wt=8,M=null;function Tt(e){let{frame:t}=x();N(),D(`track`,null),S({tracking:{reverse:e,completed:0,total:0,revision:0,framesPerSecond:null},following:!0,playing:!1});let n=!0;M=()=>n=!1,$t().then(()=>n&&Et(e,t))}function Et(e,t){let{sessionId:n,objects:r}=x();if(!r.some(e=>e.promptedFrames.length)){N(),D(`track`,`There is nothing to track yet: click an object on the picture first.`,`note`);return}let i=[];M=de(Ie,{input:{sessionId:n,startFrameIndex:e?t:Dt(),direction:e?`BACKWARD`:`FORWARD`}},({propagateInVideo:t})=>{i.push(performance.now()),i.length>wt&&i.shift();let n=(i.at(-1)-i[0])/1e3;At(t,e,n>0?(i.length-1)/n:null)},e=>{M=null,S({tracking:null}),e&&F(`track`,e)})}function N(){M?.(),M=null,x().tracking&&S({tracking:null})}function P(e){x().tracking?N():Tt(e)}function Dt(){let{video:e,frame:t}=x();return Ot(1)[0]??(t===(e?.frameCount??0)-1?kt():t)}function Ot(e=1/0){let t=x().objects.filter(e=>e.promptedFrames.length),n=[];for(let r=kt();t.length&&r<(x().video?.frameCount??0)&&n.length<e;r++)t.some(({objectId:e,promptedFrames:t})=>{let n=w.get(r,e);return r>t[0]&&(!n||n.stale)})&&n.push(r);return n}function kt(){return Math.min(...x().objects.flatMap(e=>e.promptedFrames[0]??[]))}function At(e,t,n){let{frameIndex:r,rleMaskList:i,completed:a,total:o,revision:s,suggestions:c}=e,l=i.map(e=>{let n=w.get(r,e.objectId),i=n&&e.source===`TRACKED`&&B(e.objectId,r),a=n&&!n.stale&&n.counts===e.rleMask.counts&&n.source===e.source;return i||a?n:Ye(e,t)});w.replace(r,l);let u=new Set(x().suggested);for(let{objectId:e}of i)u.delete(E(e,r));for(let{objectId:e}of c)u.add(E(e,r));S(e=>({suggested:u,tracking:{reverse:t,completed:a,total:o,revision:s,framesPerSecond:n},masksVersion:e.masksVersion+1,frame:e.following?r:e.frame}))}var jt=400,Mt=1500;async function Nt(){Kt(),addEventListener(`hashchange`,()=>void Pt()),await Pt()}async function Pt(){let e=new URLSearchParams(location.hash.slice(1)).get(`session`);(e!==x().sessionId||x().view!==`annotate`)&&(Ut(),e?await It(e):S({view:`start`}))}async function Ft(e){D(`start`,null);try{let{startSession:t}=await _(Se,{path:e});location.hash=`session=${t.sessionId}`}catch(e){F(`start`,e)}}async function It(e){S({view:`loading`});try{let{session:t}=await _(ye,{sessionId:e});if(!t)return S({view:`gone`,sessionId:e});let n=yt(e),{video:r}=t;T.frames?.close(),T.frames=new ut(r.frameUrlTemplate,r.frameCount,r.width*r.height,Gt);let i=Wt(t,n.colours,n.hidden);S({...mt,view:`annotate`,connected:x().connected,sessionId:e,video:r,loraMode:t.loraMode,objects:i,selected:i[0]?.objectId??null,suggested:new Set(n.suggested),corrected:new Set(n.corrected),taken:new Set(n.taken),brush:Math.max(3,Math.round(Math.min(r.width,r.height)/30)),notices:{}}),T.frames.around(0,1),Dn(e),await Lt(e,r.frameCount,Ct(n))}catch(e){F(x().view===`annotate`?`stage`:`start`,e),x().view===`loading`&&S({view:`start`})}}async function Lt(e,t,n){w.clear();for(let r=0;r<t;r+=jt){let i=Math.min(r+jt,t)-1,{session:a}=await _(be,{sessionId:e,first:r,last:i});if(x().sessionId!==e)return;for(let{frameIndex:e,rleMaskList:t}of a?.masks??[]){let r=t.map(t=>{let r=x().objects.find(e=>e.objectId===t.objectId)?.promptedFrames??[],i=Ye(t,e<(r[0]??0));return{...i,stale:i.source!==`PROMPT`&&n.has(E(t.objectId,e))}});w.replace(e,r)}O()}}async function Rt(){let{sessionId:e}=x();if(!e)return;let{session:t}=await _(ye,{sessionId:e});if(!t)return S({view:`gone`});zt(t)}function zt(e){if(x().sessionId!==e.sessionId)return;let t=x().objects,n=Wt(e,Object.fromEntries(t.map(e=>[e.objectId,e.colour])),t.filter(e=>e.hidden).map(e=>e.objectId)),r=t.filter(({objectId:e})=>!n.some(t=>t.objectId===e)),i=n.map(e=>({...e,name:e.name||(t.find(({objectId:t})=>t===e.objectId)?.name??``)})),a=r.map(e=>({...e,promptedFrames:[],adapters:[]}));S({loraMode:e.loraMode,objects:[...i,...a].sort((e,t)=>e.objectId-t.objectId)})}async function Bt(){let{sessionId:e}=x();if(e){try{await _(Ce,{sessionId:e})}catch(e){return F(`stage`,e)}location.hash=``,bt(e)}}function F(e,t){let n=t instanceof m?t.code:null;n===`SESSION_NOT_FOUND`?S({view:`gone`}):n===`UNAUTHENTICATED`?S({view:`token`}):n!==`CANCELLED`&&D(e,ee(t))}var I=null;async function Vt(e,t){D(`start`,null),I?.cancel(),t(0);let n=I=it(e,t);try{let e=await n.done;I===n&&await Ft(e)}catch(e){F(`start`,e)}finally{I===n&&(I=null,t(null))}}function Ht(){I?.cancel()}function Ut(){N(),Dn(null),T.frames?.close(),T.frames=null,w.clear(),S({...mt,connected:x().connected,notices:x().notices})}function Wt(e,t,n){return e.objects.map(({objectId:e,name:r,promptedFrames:i,adapters:a})=>({objectId:e,name:r??``,colour:t[e]??nt(e),hidden:n.includes(e),promptedFrames:i,adapters:a})).sort((e,t)=>e.objectId-t.objectId)}function Gt(e,t){t===null?S(e=>({imagesVersion:e.imagesVersion+1})):e===x().frame&&D(`stage`,`Frame ${e} could not be fetched (${t}).`)}function Kt(){se(e=>{e!==x().connected&&(S({connected:e}),e?Jt():(x().tracking&&D(`track`,`Tracking stopped: the connection was lost.`),N(),setTimeout(()=>void qt(),Mt)))})}async function qt(){x().connected||(await fe()?(S({connected:!0}),await Jt()):setTimeout(()=>void qt(),Mt))}async function Jt(){let{view:e,sessionId:t,frame:n,selected:r}=x();if(e!==`annotate`||!t)return Pt();try{let{session:e}=await _(ye,{sessionId:t});if(!e)return S({view:`gone`});zt(e),S({frame:n,selected:r});for(let e of[`stage`,`track`,`learn`,`objects`])D(e,null);T.frames?.around(n,1),await Lt(t,e.video.frameCount,Ct(yt(t)))}catch(e){e instanceof m&&e.code===`UNREACHABLE`||F(`stage`,e)}}function L(){let{objects:e}=x(),t=Math.max(0,...e.map(e=>e.objectId))+1,n={objectId:t,name:``,colour:nt(t),hidden:!1,promptedFrames:[],adapters:[]};return S({objects:[...e,n],selected:t}),t}async function Yt(e,t){let{sessionId:n,objects:r}=x(),i=r.find(t=>t.objectId===e);if(i&&i.name!==t.trim()&&(k(e,{name:t.trim()}),i.promptedFrames.length+i.adapters.length!==0))try{D(`objects`,null),await _(Ne,{input:{sessionId:n,objectId:e,name:t}})}catch(t){k(e,{name:i.name}),F(`objects`,t)}}async function Xt(e){let{sessionId:t,objects:n}=x(),r=n.find(t=>t.objectId===e);if(!r)return;try{D(`objects`,null),r.promptedFrames.length+r.adapters.length>0&&await _(Pe,{input:{sessionId:t,objectId:e}})}catch(e){return F(`objects`,e)}w.removeObject(e);let i=t=>t.startsWith(`${e}:`);S(t=>{let n=t.objects.filter(t=>t.objectId!==e);return{objects:n,selected:t.selected===e?n[0]?.objectId??null:t.selected,past:t.past.filter(t=>t.objectId!==e),future:t.future.filter(t=>t.objectId!==e),prompts:new Map([...t.prompts].filter(([e])=>!i(e))),suggested:new Set([...t.suggested].filter(e=>!i(e))),corrected:new Set([...t.corrected].filter(e=>!i(e))),taken:new Set([...t.taken].filter(e=>!i(e)))}}),O()}function Zt(e){let t=x().objects.find(t=>t.objectId===e);t&&k(e,{hidden:!t.hidden})}function Qt(e){let{objects:t,selected:n}=x();t.length!==0&&S({selected:t[(t.findIndex(e=>e.objectId===n)+e+t.length)%t.length].objectId})}var R=Promise.resolve();function z(e){let t=x().sessionId;return S(e=>({pending:e.pending+1,playing:!1,following:!1})),R=R.then(async()=>{if(x().sessionId===t)try{D(`stage`,null),await e()}catch(e){F(`stage`,e)}finally{S(e=>({pending:Math.max(0,e.pending-1)})),O()}}),R}function $t(){return R}function en(e,t){return V({kind:`points`,points:[e],labels:[t]})}function tn(e){return V({kind:`box`,box:e})}function nn(e){return V({kind:`mask`,counts:ze(e)})}function rn(e){let{adapterId:t,rleMask:n}=e;return S({hovered:null}),V({kind:`candidate`,adapterId:t,counts:n.counts})}function an(){let{selected:e,frame:t}=x();return e===null||!B(e,t)?Promise.resolve():z(async()=>{let n=un(e,t);await mn(e,t,n,[]),dn({objectId:e,frame:t,before:n,after:[],corrects:!1})})}function on(){return z(async()=>{let e=x().past.at(-1);e&&(pn(e.objectId,e.frame),await mn(e.objectId,e.frame,e.after,e.before),S(t=>({past:t.past.slice(0,-1),future:[...t.future,e]})))})}function sn(){return z(async()=>{let e=x().future.at(-1);e&&(pn(e.objectId,e.frame),await mn(e.objectId,e.frame,e.before,e.after),e.corrects&&ln(e.objectId,e.frame,e.after.at(-1)),S(t=>({future:t.future.slice(0,-1),past:[...t.past,e]})))})}function cn(e,t){let n=w.get(t,e);return n?!!(n.source===`TRACKED`||n.source===`LORA`&&!B(e,t)||x().corrected.has(E(e,t))||x().taken.has(E(e,t))):!1}function B(e,t){return x().objects.some(n=>n.objectId===e&&n.promptedFrames.includes(t))}function V(e){let t=x().selected??L(),{frame:n}=x(),r={objectId:t,frame:n,prompt:e};return k(t,{hidden:!1}),S({showMasks:!0}),S(e=>({unanswered:[...e.unanswered,r]})),z(async()=>{let r=un(t,n),i=cn(t,n);await gn(t,n,e,i,!1);let a=e.kind===`points`?[...r,e]:[e];dn({objectId:t,frame:n,before:r,after:a,corrects:i}),i&&ln(t,n,e),i&&e.kind!==`candidate`&&wn(t,n)}).finally(()=>S(e=>({unanswered:e.unanswered.filter(e=>e!==r)})))}function ln(e,t,n){let r=E(e,t),i=n.kind!==`candidate`;S(e=>({corrected:A(e.corrected,r,i),taken:A(e.taken,r,!i),suggested:A(e.suggested,r,!1)}))}function un(e,t){let n=x().prompts.get(E(e,t));if(n)return n;let r=w.get(t,e);return r&&B(e,t)?[{kind:`mask`,counts:r.counts}]:[]}function dn(e){S(t=>({past:[...t.past,e],future:[]})),fn(e.objectId,e.frame,e.after)}function fn(e,t,n){S(r=>({prompts:new Map(r.prompts).set(E(e,t),n)}))}function pn(e,t){S({frame:t,selected:e})}async function mn(e,t,n,r){let i=r.at(-1);if(i&&r.length===n.length+1)await gn(e,t,i,!1,!1);else{let n=x().objects.find(t=>t.objectId===e)?.promptedFrames.some(e=>e!==t),i=w.framesOf(e).every(e=>e===t);(r.length===0||n||i)&&await hn(e,t);for(let[n,i]of r.entries())await gn(e,t,i,!1,n===0)}fn(e,t,r);let a=E(e,t);r.length===0&&S(e=>({corrected:A(e.corrected,a,!1),taken:A(e.taken,a,!1)}))}async function hn(e,t){let{clearPointsInFrame:n}=await _(Oe,{input:{sessionId:x().sessionId,objectId:e,frameIndex:t}}),r=(x().objects.find(t=>t.objectId===e)?.promptedFrames??[]).filter(e=>e!==t);k(e,{promptedFrames:r}),r.length===0&&w.removeObject(e),_n(e,n)}async function gn(e,t,n,r,i){let{sessionId:a,video:o}=x(),s={sessionId:a,objectId:e,frameIndex:t},c=e=>({size:[o.height,o.width],counts:e}),l;if(n.kind===`candidate`)l=(await _(Ae,{input:{...s,adapterId:n.adapterId}})).applyLoraCandidate;else if(r){let e=n.kind===`points`?{points:n.points,labels:n.labels}:n.kind===`box`?{box:n.box}:{rleMask:c(n.counts)};l=(await _(De,{input:{...s,...e,trainLora:!1}})).addCorrection.frame}else l=n.kind===`points`?(await _(we,{input:{...s,points:n.points,labels:n.labels,clearOldPoints:i}})).addPoints:n.kind===`box`?(await _(Te,{input:{...s,box:n.box}})).addBox:(await _(Ee,{input:{...s,rleMask:c(n.counts)}})).addMask;let u=vn(e,t);_n(e,l),u&&await yn(e)}function _n(e,t){w.replace(t.frameIndex,t.rleMaskList.map(e=>{let n=w.get(t.frameIndex,e.objectId);return n&&n.counts===e.rleMask.counts&&n.source===e.source?n:Ye(e,n?.reverse??!1)})),w.markStale(e,t.frameIndex),O()}function vn(e,t){let n=x().objects.find(t=>t.objectId===e)?.promptedFrames??[];return n.includes(t)||k(e,{promptedFrames:[...n,t].sort((e,t)=>e-t)}),n.length===0}async function yn(e){let t=x().objects.find(t=>t.objectId===e)?.name;t&&await _(Ne,{input:{sessionId:x().sessionId,objectId:e,name:t}})}var bn=120,xn=new Set,Sn=new Set,H=new Map,Cn=null;function wn(e,t){let n=E(e,t);x().loraMode!==`OFF`&&(xn.has(n)?Sn.add(n):(xn.add(n),Tn(e,t).finally(()=>{xn.delete(n),Sn.delete(n)&&wn(e,t)})))}async function Tn(e,t){let{sessionId:n}=x();D(`learn`,null),H.delete(E(e,t)),S({training:{objectId:e,frame:t,ious:[],steps:0,adapter:null}});try{let{trainLora:r}=await _(ke,{input:{sessionId:n,objectId:e,frameIndex:t}});if(x().sessionId!==n)return;En({objectId:e,frame:t,ious:H.get(E(e,t))??[],steps:r.steps,adapter:r}),await Rt()}catch(n){S({training:null}),n instanceof m&&n.code===`FEATURES_NOT_CAPTURED`?D(`learn`,`The correction is kept. There is nothing to learn from frame ${t}: tracking ${ht(e)} starts there.`,`note`):F(`learn`,n)}}function En(e){S(({training:t})=>({lastRun:e,training:t?.objectId===e.objectId&&t.frame===e.frame?null:t}))}function Dn(e){Cn?.(),Cn=null,e!==null&&(Cn=de(Le,{sessionId:e},({loraTraining:{objectId:e,frameIndex:t,step:n,steps:r,iou:i,adapter:a}})=>{let o=E(e,t),s=n>1||a?H.get(o)??[]:[],c=a?s:[...s,i];H.set(o,c);let l={objectId:e,frame:t,ious:c,steps:r,adapter:a??null};if(!a)return S({training:l});En(l),Rt().catch(e=>F(`learn`,e))},t=>{t&&x().sessionId===e&&F(`learn`,t)}))}async function On(e){let{sessionId:t,loraMode:n}=x();S({loraMode:e});try{D(`learn`,null),await _(je,{input:{sessionId:t,mode:e}})}catch(e){S({loraMode:n}),F(`learn`,e)}}async function kn(){try{D(`learn`,null),zt((await _(Me,{sessionId:x().sessionId})).resetLora),S({lastRun:null,suggested:new Set})}catch(e){F(`learn`,e)}}var An,U=``;function jn(){C(({view:e,selected:t,frame:n,objects:r,loraMode:i,playing:a,tracking:o,following:s,pending:c,training:l})=>{if(e!==`annotate`)return;let u=t===null?void 0:w.get(n,t),d=r.find(e=>e.objectId===t)?.adapters??[],f=!a&&!(o&&s)&&c===0&&l===null&&u&&t!==null&&i!==`OFF`&&d.length>0&&!B(t,n),p=f?[t,n,u.serial,...d.map(e=>e.adapterId+e.trainingIou)].join():``;p!==U&&(U=p,clearTimeout(An),x().candidates.length&&S({candidates:[],hovered:null}),f&&(An=setTimeout(()=>void Mn(t,n,p),bn)))})}async function Mn(e,t,n){try{let{loraCandidates:r}=await _(xe,{sessionId:x().sessionId,objectId:e,frameIndex:t});U===n&&S({candidates:r.slice(0,9)})}catch(e){U===n&&!(e instanceof m&&e.code===`FEATURES_NOT_CAPTURED`)&&F(`learn`,e)}}var W=e(r(),1);function Nn(e,t,n,r,i){let{width:a,height:o,data:s}=e,c=Math.max(0,Math.floor(Math.min(t.x,n.x)-r)),l=Math.min(a-1,Math.ceil(Math.max(t.x,n.x)+r)),u=Math.max(0,Math.floor(Math.min(t.y,n.y)-r)),d=Math.min(o-1,Math.ceil(Math.max(t.y,n.y)+r)),[f,p]=[n.x-t.x,n.y-t.y],m=f*f+p*p;for(let e=u;e<=d;e++)for(let n=c;n<=l;n++){let[o,c]=[n+.5-t.x,e+.5-t.y],l=m?Math.max(0,Math.min(1,(o*f+c*p)/m)):0;(o-l*f)**2+(c-l*p)**2<=r*r&&(s[e*a+n]=i)}}function Pn(e){return e.predictedIou===null||e.objectScore===null?null:Math.max(0,Math.min(1,e.predictedIou))/(1+Math.exp(-e.objectScore))}var Fn=`#12a150`,In=`#e5484d`;function Ln(e,t,n,r){let i=e.getContext(`2d`),a=devicePixelRatio;i.setTransform(1,0,0,1,0,0),i.clearRect(0,0,e.width,e.height),i.setTransform(t.scale*a,0,0,t.scale*a,t.x*a,t.y*a),i.lineJoin=`round`;let o=T.frames?.get(n);if(!o)return[];i.imageSmoothingEnabled=t.scale*a<3,i.imageSmoothingQuality=t.scale*a<1?`medium`:`low`,i.drawImage(o,0,0);let{objects:s,selected:c,showMasks:l,candidates:u,hovered:d,unanswered:f}=x(),p=r.painted?.frame===n?r.painted:null,m=u.find(e=>e.adapterId===d&&e.frameIndex===n),ee=[];for(let e of s){let r=w.get(n,e.objectId);if(e.hidden||!l)continue;let a=e.objectId===c;p?.objectId===e.objectId?zn(i,We(p.bitmap).path,e.colour,a,t):m?.objectId===e.objectId?zn(i,Qe(m).path,e.colour,a,t):r&&(zn(i,Ze(r).path,e.colour,a,t,r.stale),ee.push(r))}for(let e of u){let r=s.find(t=>t.objectId===e.objectId);e.frameIndex===n&&r&&l&&!r.hidden&&Bn(i,Qe(e).path,t,e.adapterId===d)}let h=s.find(e=>e.objectId===c);if(h){let e=x().prompts.get(E(h.objectId,n))??[],r=f.filter(e=>e.objectId===h.objectId&&e.frame===n);for(let n of[...e,...r.map(e=>e.prompt)])Vn(i,n,o,h,t)}return r.box&&Un(i,r.box,t,`#fff`),Gn(i,o,t),r.pointer&&x().tool!==`point`&&Wn(i,r.pointer,t),ee}function Rn(e){let{objects:t}=x();return e.map(e=>{let n=Pn(e);return`${t.find(t=>t.objectId===e.objectId)?.name||`Object ${e.objectId}`}: ${n===null?`drawn by hand`:`confidence ${n.toFixed(2)}`}${e.source===`LORA`?`, by an adapter`:``}`}).join(`; `)}function zn(e,t,n,r,i,a=!1){e.fillStyle=n,e.globalAlpha=a?.18:r?.42:.32,e.fill(t,`evenodd`),e.globalAlpha=1,r&&(e.lineWidth=3.5/i.scale,e.strokeStyle=`rgba(0,0,0,.45)`,e.stroke(t)),e.lineWidth=(r?2:1.25)/i.scale,e.strokeStyle=n,e.setLineDash(a?[5/i.scale,4/i.scale]:[]),e.stroke(t),e.setLineDash([])}function Bn(e,t,n,r){e.lineWidth=(r?3:1.75)/n.scale,e.strokeStyle=`rgba(0,0,0,.7)`,e.stroke(t),e.setLineDash([6/n.scale,4/n.scale]),e.strokeStyle=`#fff`,e.stroke(t),e.setLineDash([])}function Vn(e,t,n,r,i){if(t.kind===`box`){let[a,o,s,c]=t.box;Un(e,[a*n.width,o*n.height,s*n.width,c*n.height],i,r.colour)}t.kind===`points`&&t.points.forEach(([r,a],o)=>Hn(e,r*n.width,a*n.height,t.labels[o]===1,i))}function Hn(e,t,n,r,i){let a=1/i.scale;e.beginPath(),e.arc(t,n,7*a,0,2*Math.PI),e.fillStyle=r?Fn:In,e.fill(),e.lineWidth=2*a,e.strokeStyle=`#fff`,e.stroke(),e.beginPath(),e.moveTo(t-3*a,n),e.lineTo(t+3*a,n),r&&(e.moveTo(t,n-3*a),e.lineTo(t,n+3*a)),e.stroke()}function Un(e,[t,n,r,i],a,o){e.lineWidth=3/a.scale,e.strokeStyle=`rgba(0,0,0,.6)`,e.strokeRect(t,n,r-t,i-n),e.lineWidth=1.5/a.scale,e.strokeStyle=o,e.strokeRect(t,n,r-t,i-n)}function Wn(e,{x:t,y:n},r){for(let[i,a]of[[3,`rgba(0,0,0,.6)`],[1.25,`#fff`]])e.beginPath(),e.arc(t,n,x().brush,0,2*Math.PI),e.lineWidth=i/r.scale,e.strokeStyle=a,e.stroke()}function Gn(e,t,n){let{crosshair:r,corner:i}=x();if(!r)return;let[a,o]=[r[0]*t.width,r[1]*t.height];i&&Un(e,[i[0]*t.width,i[1]*t.height,a,o],n,`#fff`);let s=14/n.scale;for(let[t,r]of[[4,`rgba(0,0,0,.7)`],[1.75,`#fff`]])e.beginPath(),e.moveTo(a-s,o),e.lineTo(a+s,o),e.moveTo(a,o-s),e.lineTo(a,o+s),e.lineWidth=t/n.scale,e.strokeStyle=r,e.stroke()}var G=u(),Kn={close:`M4 4l8 8M12 4l-8 8`,add:`M8 3v10M3 8h10`,point:`M8 2v4M8 10v4M2 8h4M10 8h4`,brush:`M13 2.5L7.5 8.5M6.5 8a2.4 2.4 0 0 1 1.8 3.4C7.5 13.2 5 13.5 2.5 13c1.2-.7 1.2-1.6 1.5-2.6A2.4 2.4 0 0 1 6.5 8z`,eraser:`M6 13h7M3.2 9.2l5.6-5.6a1.3 1.3 0 0 1 1.8 0l2 2a1.3 1.3 0 0 1 0 1.8L7 13H5L3.2 11a1.3 1.3 0 0 1 0-1.8zM6.2 6.2l3.8 3.8`,undo:`M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6`,redo:`M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3`,fit:`M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10`,zoomIn:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M7 5v4M5 7h4`,zoomOut:`M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4M5 7h4`,eye:`M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z`,eyeOff:`M2 2l12 12M6 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.6M4.2 5A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 3-.8`,remove:`M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5`,play:`M5 3l8 5-8 5z`,pause:`M5 3v10M11 3v10`,previous:`M10 3L5 8l5 5`,next:`M6 3l5 5-5 5`,stop:`M4 4h8v8H4z`,light:`M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7`,dark:`M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z`,system:`M2 3h12v8H2zM6 14h4M8 11v3`,help:`M5.8 6a2.2 2.2 0 1 1 3.4 1.8C8.4 8.4 8 8.8 8 9.8M8 12.3v.2`,video:`M2 3.5h12v9H2zM6.5 6l3.5 2-3.5 2z`,doubt:`M2 11l3-4 3 3 2-5 4 6M8 14v-.5`,download:`M8 3v8M5 8l3 3 3-3M3 13h10`,upload:`M8 11V3M5 6l3-3 3 3M3 13h10`};function K({name:e}){return(0,G.jsx)(`svg`,{className:`icon`,viewBox:`0 0 16 16`,"aria-hidden":`true`,children:(0,G.jsx)(`path`,{d:Kn[e]})})}function q({place:e}){let t=b(t=>t.notices[e]);return(0,G.jsx)(`div`,{className:`notices`,"data-place":e,"aria-live":`polite`,children:t&&(0,G.jsxs)(`p`,{className:`notice ${t.kind}`,role:t.kind===`error`?`alert`:`status`,children:[(0,G.jsx)(`span`,{children:t.text}),(0,G.jsx)(`button`,{className:`plain`,"aria-label":`Dismiss`,onClick:()=>D(e,null),children:(0,G.jsx)(K,{name:`close`})})]})})}var qn=40;function Jn(e,t,n,r){let i=Math.max(.01,Math.min((e-32)/n,(t-32)/r));return{scale:i,x:(e-n*i)/2,y:(t-r*i)/2}}function Yn(e,t,n,r){let i=Math.max(.05,Math.min(qn,e.scale*t)),a=i/e.scale;return{scale:i,x:n-(n-e.x)*a,y:r-(r-e.y)*a}}var J={fit:()=>{},zoom:e=>{},panning:!1,panned:!1},Xn=4;function Zn(){let e=b(e=>e.video),t=b(e=>e.tool),n=(0,W.useRef)(null),r=(0,W.useRef)(null),i=(0,W.useRef)(null),a=(0,W.useRef)(0),o=(0,W.useRef)({box:null,painted:null,pointer:null}),s=(0,W.useRef)(null),c=(0,W.useRef)(0),[l,u]=(0,W.useState)({scale:1,x:0,y:0}),d=(0,W.useRef)(()=>{cancelAnimationFrame(c.current),c.current=requestAnimationFrame(()=>{let e=r.current;if(!e||!i.current)return;T.frames?.get(x().frame)&&(a.current=x().frame);let t=Ln(e,i.current,a.current,o.current);e.dataset.frame=T.frames?.get(a.current)?String(a.current):``,e.dataset.masks=t.map(e=>`${e.objectId}:${e.serial}`).join(` `),e.setAttribute(`aria-label`,`Frame ${a.current}. ${Rn(t)||`No mask`}`)})}).current,f=(0,W.useRef)(e=>{i.current=e,u(e),d()}).current;(0,W.useLayoutEffect)(()=>{let t=r.current,a=n.current,o=!0,s=()=>{o=!0,f(Jn(a.clientWidth,a.clientHeight,e.width,e.height))},c=(e,t=a.clientWidth/2,n=a.clientHeight/2)=>{o=!1,f(Yn(i.current,e,t,n))},l=()=>{t.width=Math.round(a.clientWidth*devicePixelRatio),t.height=Math.round(a.clientHeight*devicePixelRatio),o||!i.current?s():d()},u=e=>{e.preventDefault();let{left:t,top:n}=a.getBoundingClientRect();c(Math.exp(-e.deltaY*(e.deltaMode===1?.05:.0015)),e.clientX-t,e.clientY-n)},p=new ResizeObserver(l);return p.observe(a),t.addEventListener(`wheel`,u,{passive:!1}),Object.assign(J,{fit:s,zoom:c}),()=>{p.disconnect(),t.removeEventListener(`wheel`,u)}},[e,f,d]),(0,W.useEffect)(()=>C((e,t)=>{o.current.painted&&e.pending===0&&t.pending>0&&s.current?.kind!==`paint`&&(o.current.painted=null),d()}),[d]);let p=e=>{let{left:t,top:r}=n.current.getBoundingClientRect(),{scale:a,x:o,y:s}=i.current;return{x:(e.clientX-t-o)/a,y:(e.clientY-r-s)/a}},m=({x:t,y:n})=>t>=0&&n>=0&&t<=e.width&&n<=e.height;return(0,G.jsxs)(`section`,{className:`stage`,"aria-label":`Picture`,children:[(0,G.jsxs)(`div`,{className:`holder`,ref:n,children:[(0,G.jsx)(`canvas`,{ref:r,role:`img`,"data-tool":t,onMouseDown:e=>{e.preventDefault(),document.activeElement instanceof HTMLElement&&document.activeElement.blur()},onPointerDown:n=>{let r=p(n);if(n.currentTarget.setPointerCapture(n.pointerId),n.button===1||J.panning)s.current={kind:`pan`,x:n.clientX,y:n.clientY},J.panned=!0;else if(a.current!==x().frame)D(`stage`,`Frame ${x().frame} is still on its way.`,`note`);else if(t!==`point`&&n.button===0){let i=x().selected??L(),c=o.current.painted?.bitmap??er(i,a.current,e.width,e.height);o.current.painted={objectId:i,frame:a.current,bitmap:c};let l=t===`brush`===n.altKey?0:1;s.current={kind:`paint`,...r,value:l},Nn(c,r,r,x().brush,l)}else m(r)&&(s.current={kind:`press`,...r,label:n.button===2||n.altKey?0:1});d()},onPointerMove:t=>{let n=p(t),r=s.current;if(o.current.pointer=n,r?.kind===`pan`){let{scale:e,x:n,y:a}=i.current;f({scale:e,x:n+t.clientX-r.x,y:a+t.clientY-r.y}),s.current={kind:`pan`,x:t.clientX,y:t.clientY}}else r?.kind===`paint`?(Nn(o.current.painted.bitmap,r,n,x().brush,r.value),s.current={...r,...n}):r?.kind===`press`&&r.label===1&&Math.hypot(n.x-r.x,n.y-r.y)*i.current.scale>Xn&&(s.current={kind:`box`,x:r.x,y:r.y});s.current?.kind===`box`&&(o.current.box=tr(s.current,n,e.width,e.height)),d()},onPointerUp:()=>{let t=s.current;if(s.current=null,t?.kind===`press`)en([nr(t.x/e.width),nr(t.y/e.height)],t.label);else if(t?.kind===`box`&&o.current.box){let[t,n,r,i]=o.current.box;r>t&&i>n&&tn([t/e.width,n/e.height,r/e.width,i/e.height])}else if(t?.kind===`paint`){let{bitmap:e}=o.current.painted;e.data.includes(1)?nn(e):(o.current.painted=null,D(`stage`,`A mask needs at least one pixel. To take it off this frame, press Backspace.`,`note`))}o.current.box=null,d()},onPointerCancel:()=>{s.current=null,o.current={box:null,painted:null,pointer:null},d()},onPointerLeave:()=>{o.current.pointer=null,d()},onContextMenu:e=>e.preventDefault()}),(0,G.jsx)(Qn,{view:l}),(0,G.jsx)($n,{})]}),(0,G.jsx)(q,{place:`stage`})]})}function Qn({view:e}){let t=b(e=>e.candidates),n=b(e=>e.frame),r=b(e=>e.hovered);return t.map((t,i)=>{let{top:a}=Qe(t);if(!a||t.frameIndex!==n)return null;let o={left:e.x+a.x*e.scale+i*26,top:e.y+a.y*e.scale};return(0,G.jsx)(`button`,{className:`badge`,style:o,"data-hovered":t.adapterId===r,title:`Take candidate ${i+1} (key ${i+1})`,"aria-label":`Take candidate ${i+1}`,onPointerEnter:()=>b.setState({hovered:t.adapterId}),onPointerLeave:()=>b.setState({hovered:null}),onClick:()=>void rn(t),children:i+1},t.adapterId)})}function $n(){let e=b(e=>e.objects.every(e=>e.promptedFrames.length===0)&&e.unanswered.length===0),t=b(e=>e.tool);return e?(0,G.jsxs)(`p`,{className:`hint`,children:[t===`point`?`Click an object, or drag a box around it`:`Paint over an object`,` · press `,(0,G.jsx)(`kbd`,{children:`?`}),` for all keys`]}):null}function er(e,t,n,r){let i=w.get(t,e);return{width:n,height:r,data:i?Xe(i).data.slice():new Uint8Array(n*r)}}function tr(e,t,n,r){let[i,a]=[e.x,t.x].map(e=>Math.max(0,Math.min(n,e))).sort((e,t)=>e-t),[o,s]=[e.y,t.y].map(e=>Math.max(0,Math.min(r,e))).sort((e,t)=>e-t);return[i,o,a,s]}function nr(e){return Math.max(0,Math.min(1,e))}function Y(e){let t=(x().video?.frameCount??1)-1;S({frame:Math.max(0,Math.min(t,Math.round(e))),playing:!1,following:!1})}function rr(e){Y(x().frame+e)}var ir=0;function ar(){let{playing:e,frame:t,video:n}=x();if(e)return S({playing:!1});S({playing:!0,following:!1,frame:t===(n?.frameCount??1)-1?0:t});let r=++ir,i=performance.now(),a=e=>{let{playing:t,frame:n,video:o}=x();if(!t||!o||r!==ir)return;let s=n+1;if(s>=o.frameCount)return S({playing:!1});e>=i&&T.frames?.get(s)&&(i=Math.max(i+1e3/o.fps,e-1e3/o.fps),S({frame:s})),requestAnimationFrame(a)};requestAnimationFrame(a)}function or(){C((e,t)=>{(e.frame!==t.frame||e.video!==t.video)&&T.frames?.around(e.frame,e.frame<t.frame?-1:1)})}var sr=new WeakSet;function cr(){let e=ur()??lr();e?(D(`track`,null),sr.add(e.mask),S({selected:e.mask.objectId}),Y(e.frame)):D(`track`,`No frame is in doubt: none has been tracked yet.`,`note`)}function lr(){return sr=new WeakSet,ur()}function ur(){let{objects:e,video:t}=x(),n=Math.max(2,Math.round((t?.frameCount??0)/40)),r=null;for(let{objectId:t,hidden:i,promptedFrames:a}of e){if(i)continue;let e=w.framesOf(t),o=e.filter(e=>sr.has(w.get(e,t)));for(let i of e){let e=w.get(i,t),s=Pn(e),c=[...o,...a].some(e=>Math.abs(e-i)<n);s!==null&&!c&&s<(r?.certainty??1/0)&&(r={frame:i,mask:e,certainty:s})}}return r}var dr=[`OFF`,`SUGGEST`,`AUTO`],fr=e=>()=>S({tool:e,crosshair:null,corner:null}),pr=e=>()=>S(({brush:t})=>({brush:Math.max(1,Math.min(200,t*e))})),mr=[{title:`Moving`,keys:[{keys:[`←`,`→`],does:`Frame back, on`,presses:[`arrowleft`,`arrowright`,`,`,`.`],run:e=>yr(e,1)},{keys:[`Shift ←`,`Shift →`],does:`Ten frames back, on`,presses:[`shift+arrowleft`,`shift+arrowright`],run:e=>yr(e,10)},{keys:[`Home`,`End`],does:`First, last frame`,presses:[`home`,`end`],run:e=>Y(e===`home`?0:1/0)},{keys:[`Space`],does:`Play, pause`,presses:[` `],run:ar},{keys:[`D`],does:`Next doubtful frame`,presses:[`d`],run:cr},{keys:[`+`,`−`,`0`],does:`Zoom in, out, to fit (or the wheel)`,presses:[`+`,`=`,`-`,`0`],run:xr},{keys:[`Space + drag`],does:`Move the picture`,presses:[],run:()=>{}}]},{title:`Objects`,keys:[{keys:[`N`],does:`New object`,presses:[`n`],run:()=>void L()},{keys:[`↑`,`↓`],does:`Object before, after`,presses:[`arrowup`,`arrowdown`],run:br},{keys:[`R`],does:`Rename`,presses:[`r`,`f2`],run:()=>Cr(`.object[aria-current=true] .name`)},{keys:[`H`],does:`Hide, show`,presses:[`h`],run:()=>x().selected!==null&&Zt(x().selected)},{keys:[`M`],does:`All masks off, on`,presses:[`m`],run:()=>S(({showMasks:e})=>({showMasks:!e}))},{keys:[`Delete`],does:`Remove the object`,presses:[`delete`],run:()=>Cr(`.object[aria-current=true] .remove`,!0)}]},{title:`Prompts`,keys:[{keys:[`Click`],does:`This belongs to the object`,presses:[],run:()=>{}},{keys:[`Right click`,`Alt click`],does:`This does not`,presses:[],run:()=>{}},{keys:[`Drag`],does:`Box`,presses:[],run:()=>{}},{keys:[`P`,`B`,`E`],does:`Points and boxes, brush, eraser`,presses:[`p`,`b`,`e`],run:e=>fr(e===`p`?`point`:e===`b`?`brush`:`eraser`)()},{keys:[`[`,`]`],does:`Brush smaller, larger`,presses:[`[`,`]`],run:e=>pr(e===`[`?.8:1.25)()},{keys:[`Ctrl Z`,`Ctrl Y`],does:`Undo, redo`,presses:[`ctrl+z`,`ctrl+y`,`ctrl+shift+z`],run:e=>void(e===`ctrl+z`?on():sn())},{keys:[`Backspace`],does:`Clear the object's prompts on this frame`,presses:[`backspace`],run:()=>void an()},{keys:[`C`],does:`Crosshair: arrows move it, Enter adds a point, Alt Enter a background point`,presses:[`c`],run:Tr},{keys:[`X`,`X`],does:`With the crosshair: one corner of a box, then the other`,presses:[`x`],run:Er}]},{title:`Tracking and learning`,keys:[{keys:[`T`],does:`Track on, stop`,presses:[`t`],run:()=>P(!1)},{keys:[`Shift T`],does:`Track back from here, stop`,presses:[`shift+t`],run:()=>P(!0)},{keys:[`F`],does:`Follow the frame being tracked`,presses:[`f`],run:()=>S(({following:e})=>({following:!e}))},{keys:[`1 – 9`],does:`Take a candidate`,presses:[`1`,`2`,`3`,`4`,`5`,`6`,`7`,`8`,`9`],run:Sr},{keys:[`L`],does:`Off, suggest, auto`,presses:[`l`],run:()=>void On(dr[(dr.indexOf(x().loraMode)+1)%3])},{keys:[`Ctrl S`],does:`Export`,presses:[`ctrl+s`],run:()=>S({sheet:`export`})},{keys:[`Esc`],does:`Stop, close, let go`,presses:[`escape`],run:wr},{keys:[`?`],does:`This sheet`,presses:[`?`,`shift+?`],run:()=>S({sheet:`keys`})}]}],hr=new Map(mr.flatMap(({keys:e})=>e).flatMap(e=>e.presses.map(t=>[t,e])));function gr(){addEventListener(`keydown`,e=>{if(x().view!==`annotate`||vr(e.target))return;let t=_r(e);if(x().sheet){(t===`?`||t===`shift+?`)&&S({sheet:null});return}if(t===` `){if(e.target instanceof HTMLButtonElement)return;e.preventDefault(),e.repeat||(J.panned=!1),J.panning=!0;return}if(x().crosshair&&Dr(e))return e.preventDefault();let n=hr.get(t);n&&(e.preventDefault(),n.run(t))}),addEventListener(`click`,e=>{let t=document.activeElement;e.detail>0&&t instanceof HTMLButtonElement&&!t.dataset.asks&&t.blur()}),addEventListener(`keyup`,e=>{e.key===` `&&J.panning&&(J.panning=!1,J.panned||ar())})}function _r(e){let t=[];return(e.ctrlKey||e.metaKey)&&t.push(`ctrl`),e.shiftKey&&t.push(`shift`),[...t,e.key.toLowerCase()].join(`+`)}function vr(e){return e instanceof HTMLInputElement?e.type!==`range`&&e.type!==`radio`&&e.type!==`color`:e instanceof HTMLSelectElement||e instanceof HTMLTextAreaElement}function yr(e,t){rr(e.endsWith(`arrowleft`)||e===`,`?-t:t)}function br(e){Qt(e===`arrowup`?-1:1)}function xr(e){e===`0`?J.fit():J.zoom(e===`-`?.8:1.25)}function Sr(e){let t=x().candidates[Number(e)-1];t&&rn(t)}function Cr(e,t=!1){let n=document.querySelector(e);n?.focus(),t&&n?.click()}function wr(){let{crosshair:e,tracking:t}=x();e?S({crosshair:null,corner:null}):t?N():S({playing:!1})}function Tr(){S(({crosshair:e})=>({crosshair:e?null:[.5,.5],corner:null,tool:`point`,playing:!1,following:!1}))}function Er(){let{crosshair:e,corner:t}=x();if(!e)return;if(!t)return S({corner:e});let[n,r]=[t[0],e[0]].sort((e,t)=>e-t),[i,a]=[t[1],e[1]].sort((e,t)=>e-t);S({corner:null}),n<r&&i<a&&tn([n,i,r,a])}function Dr(e){let t=x().crosshair;if(e.key===`Enter`)return en(t,+!e.altKey),!0;let n={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,-1],ArrowDown:[0,1]}[e.key];if(!n)return!1;let r=e.shiftKey?.05:.01;return S({crosshair:[Or(t[0]+n[0]*r),Or(t[1]+n[1]*r)]}),!0}function Or(e){return Math.max(0,Math.min(1,e))}async function kr(e){let{sessionId:t,objects:n,exporting:r}=x();if(!r){S({exporting:e}),D(`export`,null);try{let{exportAnnotations:r}=await _(Fe,{input:{sessionId:t,format:e,colours:n.map(({objectId:e,colour:t})=>({objectId:e,colour:t}))}});await Ar(r.url,r.filename),D(`export`,`${r.filename} is saved (${jr(r.byteSize)}).`,`note`)}catch(e){F(`export`,e)}finally{S({exporting:null})}}}async function Ar(e,t){let n;try{let t=await fetch(ft(e),{headers:g()});if(!t.ok)throw Error(`HTTP status ${t.status}`);n=await t.blob()}catch(e){throw new m(p,`${t} was made, but fetching it broke off (${String(e)}); export it again.`)}let r=document.createElement(`a`);r.href=URL.createObjectURL(n),r.download=t,r.click(),setTimeout(()=>URL.revokeObjectURL(r.href),6e4)}function jr(e){return e<2**20?`${Math.ceil(e/1024)} KiB`:`${(e/2**20).toFixed(1)} MiB`}function Mr(){let{objects:e}=x(),t=new Set(e.flatMap(({objectId:e})=>w.framesOf(e))),n=new Set(e.flatMap(({objectId:e})=>w.staleFrames(e)));return{annotated:t.size,stale:n.size}}function Nr({name:e,title:t,children:n}){let r=b(t=>t.sheet===e),i=(0,W.useRef)(null);(0,W.useEffect)(()=>{r?i.current?.showModal():i.current?.close()},[r]);let a=()=>S(({sheet:t})=>({sheet:t===e?null:t}));return(0,G.jsxs)(`dialog`,{ref:i,className:`sheet ${e}`,"aria-label":t,onClose:a,onClick:e=>e.target===e.currentTarget&&a(),children:[(0,G.jsxs)(`header`,{children:[(0,G.jsx)(`h2`,{children:t}),(0,G.jsx)(`button`,{className:`plain`,"aria-label":`Close`,onClick:a,children:(0,G.jsx)(K,{name:`close`})})]}),r&&n]})}var Pr=[{format:`COCO`,label:`COCO`,holds:`One JSON file: RLE masks, boxes and areas, with frames and object ids (CocoVID).`},{format:`DAVIS`,label:`DAVIS`,holds:`A zip of palette PNGs, one a frame, one value an object.`},{format:`YOUTUBE_VOS`,label:`YouTube-VOS`,holds:`A zip of palette PNGs with meta.json: names, and the frames that show each.`},{format:`OVERLAY_MP4`,label:`Overlay video`,holds:`An MP4 of the whole video with the masks on it, in the colours chosen here.`}];function Fr(){return(0,G.jsx)(Nr,{name:`export`,title:`Export`,children:(0,G.jsx)(Ir,{})})}function Ir(){let e=b(e=>e.exporting),t=b(e=>e.video.frameCount);b(e=>e.masksVersion);let{annotated:n,stale:r}=Mr();return(0,G.jsxs)(`div`,{className:`formats`,children:[(0,G.jsxs)(`p`,{children:[n,` of `,t,` frames have masks.`,r>0&&` On ${r} of them one is stale: track again first to have it follow your corrections.`]}),(0,G.jsx)(`ul`,{children:Pr.map(({format:t,label:r,holds:i})=>(0,G.jsx)(`li`,{children:(0,G.jsxs)(`button`,{"aria-disabled":e!==null||n===0,onClick:()=>n>0&&void kr(t),children:[(0,G.jsx)(`b`,{children:r}),(0,G.jsx)(`span`,{children:e===t?`The server is making it…`:i}),e===t&&(0,G.jsx)(`progress`,{"aria-label":`Making ${r}`})]})},t))}),(0,G.jsx)(q,{place:`export`})]})}function Lr(){return(0,G.jsx)(Nr,{name:`keys`,title:`All keys`,children:(0,G.jsx)(`div`,{className:`columns`,children:mr.map(({title:e,keys:t})=>(0,G.jsxs)(`section`,{children:[(0,G.jsx)(`h3`,{children:e}),(0,G.jsx)(`dl`,{children:t.map(({keys:e,does:t})=>(0,G.jsxs)(`div`,{children:[(0,G.jsx)(`dt`,{children:e.map((e,t)=>(0,G.jsx)(`kbd`,{children:e},t))}),(0,G.jsx)(`dd`,{children:t})]},t))})]},e))})})}var Rr=[{mode:`OFF`,label:`Off`,means:`Corrections train nothing; the base model tracks alone.`},{mode:`SUGGEST`,label:`Suggest`,means:`Corrections train adapters; their masks are offered.`},{mode:`AUTO`,label:`Auto`,means:`Adapters' masks are taken where the model rates them higher.`}];function zr(){let e=b(e=>e.loraMode),t=b(e=>e.corrected.size),n=b(e=>e.taken.size),r=b(e=>e.objects),i=r.reduce((e,t)=>e+t.adapters.length,0);return(0,G.jsxs)(`aside`,{className:`learn`,"aria-label":`Learning`,children:[(0,G.jsx)(`h2`,{children:`Learning`}),(0,G.jsx)(`div`,{className:`group modes`,role:`radiogroup`,"aria-label":`What adapters do`,children:Rr.map(t=>(0,G.jsx)(`button`,{role:`radio`,"aria-checked":e===t.mode,title:`${t.means} (L)`,onClick:()=>void On(t.mode),children:t.label},t.mode))}),(0,G.jsx)(`p`,{className:`quiet`,children:Rr.find(t=>t.mode===e)?.means}),(0,G.jsxs)(`dl`,{className:`counts`,children:[(0,G.jsx)(Br,{name:`Corrections made`,value:t}),(0,G.jsx)(Br,{name:`Corrections saved`,value:n,title:`Frames put right by taking a candidate`}),(0,G.jsx)(Br,{name:`Adapters`,value:i})]}),(0,G.jsx)(q,{place:`learn`}),(0,G.jsx)(Vr,{}),(0,G.jsx)(Kr,{}),i>0&&(0,G.jsxs)(`section`,{children:[(0,G.jsxs)(`h3`,{children:[`Adapters`,(0,G.jsx)(Yr,{})]}),r.filter(e=>e.adapters.length).map(e=>(0,G.jsx)(Jr,{object:e},e.objectId))]})]})}function Br({name:e,value:t,title:n}){return(0,G.jsxs)(`div`,{title:n,children:[(0,G.jsx)(`dt`,{children:e}),(0,G.jsx)(`dd`,{"data-count":e,children:t})]})}function Vr(){let e=b(e=>e.training),t=b(e=>e.lastRun),n=b(e=>e.objects),r=e??t;if(!r)return(0,G.jsx)(`p`,{className:`quiet teach`,children:`Track, then correct a frame that came out wrong: the model learns from it at once.`});let i=n.find(e=>e.objectId===r.objectId);return(0,G.jsxs)(`section`,{className:`run`,"data-state":e?`training`:`trained`,children:[(0,G.jsxs)(`h3`,{children:[(0,G.jsx)(`i`,{style:{background:i?.colour}}),e?`Learning`:`Learned`,` frame `,r.frame,(0,G.jsx)(`small`,{children:e?`step ${r.ious.length}${r.steps?` of at most ${r.steps}`:``}`:r.adapter&&`${r.adapter.seconds.toFixed(1)} s`})]}),(0,G.jsx)(Gr,{run:r,colour:i?.colour??`currentColor`}),r.adapter?(0,G.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,G.jsx)(`b`,{"data-iou":`before`,children:r.adapter.baselineIou.toFixed(2)}),` → `,(0,G.jsx)(`b`,{"data-iou":`after`,children:r.adapter.trainingIou.toFixed(2)}),(0,G.jsx)(`small`,{children:r.adapter.steps===1?`1 step`:`${r.adapter.steps} steps`})]}):(0,G.jsxs)(`p`,{className:`gain`,children:[`IoU `,(0,G.jsx)(`b`,{children:r.ious.at(-1)?.toFixed(2)??`…`})]})]})}var Hr=256,Ur=84,Wr=22;function Gr({run:e,colour:t}){let n=e.ious,r=Math.max(n.length-1,1),i=e.adapter?n.indexOf(Math.max(...n)):n.length-1,a=e=>Wr+e/r*230,o=e=>6+(1-e)*72,s=n.map((e,t)=>`${a(t).toFixed(1)},${o(e).toFixed(1)}`).join(` `);return(0,G.jsxs)(`svg`,{className:`curve`,viewBox:`0 0 ${Hr} ${Ur}`,role:`img`,"aria-label":`IoU over ${n.length} steps, now ${n.at(-1)?.toFixed(2)??`unknown`}`,children:[[0,.5,1].map(e=>(0,G.jsxs)(`g`,{children:[(0,G.jsx)(`line`,{className:`rule`,x1:Wr,x2:Hr,y1:o(e),y2:o(e)}),(0,G.jsx)(`text`,{x:17,y:o(e)+3,children:e})]},e)),e.adapter&&(0,G.jsx)(`line`,{className:`baseline`,x1:Wr,x2:Hr,y1:o(e.adapter.baselineIou),y2:o(e.adapter.baselineIou)}),(0,G.jsx)(`polyline`,{points:s,stroke:t}),n.length>0&&(0,G.jsx)(`circle`,{cx:a(i),cy:o(n[i]),r:`3`,fill:t})]})}function Kr(){let e=b(e=>e.candidates),t=b(e=>e.hovered);return e.length===0?null:(0,G.jsxs)(`section`,{className:`candidates`,children:[(0,G.jsxs)(`h3`,{children:[`Candidates `,(0,G.jsx)(`small`,{children:`point at one to compare it`})]}),e.map((e,n)=>(0,G.jsx)(qr,{candidate:e,number:n+1,hovered:t===e.adapterId},e.adapterId))]})}function qr({candidate:e,number:t,hovered:n}){let r=e=>()=>S({hovered:e});return(0,G.jsxs)(`button`,{className:`candidate`,"data-hovered":n,onPointerEnter:r(e.adapterId),onPointerLeave:r(null),onFocus:r(e.adapterId),onBlur:r(null),onClick:()=>void rn(e),"aria-label":`Take candidate ${t}, predicted IoU ${e.predictedIou.toFixed(2)}`,children:[(0,G.jsx)(`kbd`,{children:t}),(0,G.jsxs)(`span`,{children:[`predicted IoU `,(0,G.jsx)(`b`,{children:e.predictedIou.toFixed(2)})]}),(0,G.jsxs)(`small`,{children:[Math.round(e.agreement*100),` % as shown`]})]})}function Jr({object:e}){return(0,G.jsx)(`ul`,{className:`adapters`,children:e.adapters.map(t=>(0,G.jsxs)(`li`,{children:[(0,G.jsx)(`i`,{style:{background:e.colour}}),(0,G.jsxs)(`span`,{children:[`frame`,t.frameIndices.length>1?`s`:``,` `,t.frameIndices.join(`, `)]}),(0,G.jsxs)(`b`,{children:[t.baselineIou.toFixed(2),` → `,t.trainingIou.toFixed(2)]})]},t.adapterId))})}function Yr(){let[e,t]=(0,W.useState)(!1);return(0,G.jsx)(`button`,{"data-asks":`again`,className:e?`danger`:`plain`,title:`Forget every adapter; masks stay`,onBlur:()=>t(!1),onClick:()=>{e&&kn(),t(!e)},children:e?`Forget them?`:`Forget`})}function Xr(){let e=b(e=>e.objects),t=b(e=>e.selected);return(0,G.jsxs)(`aside`,{className:`objects`,"aria-label":`Objects`,children:[(0,G.jsxs)(`h2`,{children:[`Objects`,(0,G.jsx)(`button`,{className:`plain`,title:`New object (N)`,"aria-label":`New object`,onClick:()=>L(),children:(0,G.jsx)(K,{name:`add`})})]}),(0,G.jsx)(`ul`,{children:e.map(e=>(0,G.jsx)(Zr,{object:e,selected:e.objectId===t},e.objectId))}),e.length===0&&(0,G.jsx)(`p`,{className:`quiet`,children:`None yet. Your first click adds one.`}),(0,G.jsx)(q,{place:`objects`})]})}function Zr({object:e,selected:t}){let{objectId:n,name:r,colour:i,hidden:a,promptedFrames:o,adapters:s}=e,[c,l]=(0,W.useState)(!1),u=r||`Object ${n}`,d=[o.length===0?`no prompt yet`:`${o.length} prompt${o.length>1?`s`:``}`,...s.length?[`${s.length} adapter${s.length>1?`s`:``}`]:[]];return(0,G.jsxs)(`li`,{className:`object`,"aria-current":t,onClick:()=>S({selected:n}),children:[(0,G.jsx)(`input`,{type:`color`,value:i,"aria-label":`Colour of ${u}`,title:`Colour`,onChange:e=>k(n,{colour:e.target.value})}),(0,G.jsxs)(`div`,{className:`about`,children:[(0,G.jsx)(Qr,{objectId:n,name:r},r),(0,G.jsx)(`small`,{children:d.join(` · `)})]}),(0,G.jsx)(`button`,{className:`plain`,title:a?`Show (H)`:`Hide (H)`,"aria-label":`${a?`Show`:`Hide`} ${u}`,onClick:e=>{e.stopPropagation(),Zt(n)},children:(0,G.jsx)(K,{name:a?`eyeOff`:`eye`})}),(0,G.jsx)(`button`,{"data-asks":`again`,className:c?`remove danger`:`remove plain`,title:`Remove with its masks and adapters (Delete)`,"aria-label":`Remove ${u}`,onBlur:()=>l(!1),onClick:e=>{e.stopPropagation(),c?Xt(n):l(!0)},children:c?`Remove?`:(0,G.jsx)(K,{name:`remove`})})]})}function Qr({objectId:e,name:t}){let[n,r]=(0,W.useState)(t);return(0,G.jsx)(`input`,{className:`name`,value:n,maxLength:100,placeholder:`Object ${e}`,"aria-label":`Name of object ${e}`,onChange:e=>r(e.target.value),onBlur:()=>void Yt(e,n),onKeyDown:e=>{e.key===`Escape`&&r(t),(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}})}var $r=`sam2-lit:theme`,X=[`system`,`light`,`dark`];function ei(){let e=localStorage.getItem($r);return X.find(t=>t===e)??`system`}function ti(e=ei()){document.documentElement.dataset.theme=e,localStorage.setItem($r,e)}function ni(){let e=X[(X.indexOf(ei())+1)%X.length];return ti(e),e}var ri=[{tool:`point`,label:`Points and boxes`,key:`P`},{tool:`brush`,label:`Brush`,key:`B`},{tool:`eraser`,label:`Eraser`,key:`E`}];function ii(){let e=b(e=>e.video),t=b(e=>e.tool),n=b(e=>e.brush),r=b(e=>e.past.length>0),i=b(e=>e.future.length>0);return(0,G.jsxs)(`header`,{className:`toolbar`,children:[(0,G.jsx)(Z,{}),(0,G.jsxs)(`button`,{className:`video`,title:`Back to the videos; the session stays open`,onClick:()=>location.hash=``,children:[(0,G.jsx)(K,{name:`video`}),(0,G.jsx)(`span`,{children:e?.path.split(`/`).at(-1)})]}),(0,G.jsx)(`div`,{className:`group`,role:`radiogroup`,"aria-label":`Tool`,children:ri.map(e=>(0,G.jsxs)(`button`,{role:`radio`,"aria-checked":t===e.tool,title:`${e.label} (${e.key})`,onClick:()=>S({tool:e.tool}),children:[(0,G.jsx)(K,{name:e.tool}),(0,G.jsx)(`span`,{children:e.label})]},e.tool))}),t!==`point`&&(0,G.jsxs)(`label`,{className:`brush`,title:`Size of the brush in pixels of the video ([ and ])`,children:[(0,G.jsx)(`span`,{children:`Size`}),(0,G.jsx)(`input`,{type:`range`,min:1,max:100,value:n,onChange:e=>S({brush:e.target.valueAsNumber})}),(0,G.jsx)(`output`,{children:Math.round(n)})]}),(0,G.jsxs)(`div`,{className:`group`,children:[(0,G.jsx)(`button`,{title:`Undo (Ctrl Z)`,"aria-label":`Undo`,disabled:!r,onClick:()=>void on(),children:(0,G.jsx)(K,{name:`undo`})}),(0,G.jsx)(`button`,{title:`Redo (Ctrl Y)`,"aria-label":`Redo`,disabled:!i,onClick:()=>void sn(),children:(0,G.jsx)(K,{name:`redo`})})]}),(0,G.jsxs)(`div`,{className:`group`,children:[(0,G.jsx)(`button`,{title:`Zoom out (−)`,"aria-label":`Zoom out`,onClick:()=>J.zoom(.8),children:(0,G.jsx)(K,{name:`zoomOut`})}),(0,G.jsx)(`button`,{title:`Zoom in (+)`,"aria-label":`Zoom in`,onClick:()=>J.zoom(1.25),children:(0,G.jsx)(K,{name:`zoomIn`})}),(0,G.jsx)(`button`,{title:`Fit (0)`,"aria-label":`Fit`,onClick:()=>J.fit(),children:(0,G.jsx)(K,{name:`fit`})})]}),(0,G.jsx)(`span`,{className:`spring`}),(0,G.jsxs)(`button`,{title:`Export the masks (Ctrl S)`,onClick:()=>S({sheet:`export`}),children:[(0,G.jsx)(K,{name:`download`}),` Export`]}),(0,G.jsx)(oi,{}),(0,G.jsx)(ai,{}),(0,G.jsx)(`button`,{title:`All keys (?)`,"aria-label":`All keys`,onClick:()=>S({sheet:`keys`}),children:(0,G.jsx)(K,{name:`help`})})]})}function Z(){return(0,G.jsxs)(`span`,{className:`brand`,children:[`sam2`,(0,G.jsx)(`b`,{children:`lit`})]})}function ai(){let[e,t]=(0,W.useState)(ei);return(0,G.jsx)(`button`,{title:`Colours: ${e}`,"aria-label":`Colours: ${e}`,onClick:()=>t(ni()),children:(0,G.jsx)(K,{name:e})})}function oi(){let[e,t]=(0,W.useState)(!1);return(0,G.jsx)(`button`,{"data-asks":`again`,className:e?`danger`:``,title:`End the session: its masks and adapters go`,onClick:()=>e?void Bt():t(!0),onBlur:()=>t(!1),children:e?`Masks and adapters go. End?`:`End session`})}function si({sent:e,send:t}){let[n,r]=(0,W.useState)(null),i=b(e=>e.connected),a=(0,W.useRef)(null);return(0,W.useEffect)(()=>{i&&_(ve,{}).then(r,e=>F(`start`,e))},[i]),(0,G.jsxs)(`main`,{className:`start`,children:[(0,G.jsxs)(`header`,{children:[(0,G.jsx)(Z,{}),(0,G.jsx)(`p`,{children:`Track objects through a video. Every correction teaches the model while you work.`}),(0,G.jsx)(ai,{})]}),(0,G.jsx)(q,{place:`start`}),(0,G.jsx)(`section`,{className:`drop`,onClick:e=>e.target===e.currentTarget&&a.current?.click(),children:e===null?(0,G.jsxs)(G.Fragment,{children:[(0,G.jsx)(K,{name:`upload`}),(0,G.jsx)(`p`,{children:`Drop a video here, or`}),(0,G.jsx)(`button`,{className:`primary`,onClick:()=>a.current?.click(),children:`choose a file`}),(0,G.jsx)(`input`,{ref:a,type:`file`,accept:`video/*`,hidden:!0,onChange:e=>e.target.files?.[0]&&t(e.target.files[0])})]}):(0,G.jsxs)(G.Fragment,{children:[(0,G.jsx)(`p`,{children:e<1?`Sending, ${Math.round(e*100)} %`:`The server is reading the video…`}),(0,G.jsx)(`progress`,{max:1,value:e<1?e:void 0,"aria-label":`Upload`}),(0,G.jsx)(`button`,{onClick:Ht,children:`Cancel`})]})}),(0,G.jsx)(`h2`,{children:`Videos`}),(0,G.jsx)(`ul`,{className:`videos`,children:n?.videos.edges.map(({node:e})=>(0,G.jsx)(`li`,{children:(0,G.jsx)(ci,{video:e})},e.id))}),n&&n.sessions.length>0&&(0,G.jsxs)(G.Fragment,{children:[(0,G.jsx)(`h2`,{children:`Open sessions`}),(0,G.jsx)(`ul`,{className:`sessions`,children:n.sessions.map(e=>(0,G.jsx)(`li`,{children:(0,G.jsxs)(`a`,{href:`#session=${e.sessionId}`,children:[(0,G.jsx)(`b`,{children:e.video.path.split(`/`).at(-1)}),(0,G.jsxs)(`span`,{children:[e.objects.length,` object`,e.objects.length===1?``:`s`,` · `,e.trackedFrameCount,` of `,e.video.frameCount,` frames`]}),(0,G.jsx)(`time`,{dateTime:e.createdAt,children:new Date(e.createdAt).toLocaleString([],{dateStyle:`medium`,timeStyle:`short`})})]})},e.sessionId))})]}),n&&(0,G.jsxs)(`footer`,{children:[`Model `,n.model.name,` on `,n.model.device,`, `,(n.model.parameterCount/1e6).toFixed(1),` million parameters ·`,` `,(0,G.jsx)(`a`,{href:`/graphql`,children:`GraphQL`})]})]})}function ci({video:e}){let t=(0,W.useRef)(null),[n,r]=(0,W.useState)(!1),i=(0,W.useCallback)(async()=>{let n=await pt(ft(e.posterUrl)),r=t.current;r&&(r.width=n.width,r.height=n.height,r.getContext(`2d`).drawImage(n,0,0))},[e]);return(0,W.useEffect)(()=>{i().catch(()=>{})},[i]),(0,G.jsxs)(`button`,{className:`card`,disabled:n,onClick:()=>{r(!0),Ft(e.path).finally(()=>r(!1))},children:[(0,G.jsx)(`canvas`,{ref:t,"aria-hidden":`true`}),(0,G.jsx)(`b`,{children:e.path.split(`/`).at(-1)}),(0,G.jsxs)(`small`,{children:[e.width,` × `,e.height,` · `,e.frameCount,` frames · `,e.durationSec.toFixed(1),` s`]})]})}var Q=34,$=20,li=16;function ui(){return(0,G.jsxs)(`footer`,{className:`timeline`,"aria-label":`Timeline`,children:[(0,G.jsx)(di,{}),(0,G.jsx)(pi,{})]})}function di(){let{frame:e,video:t,playing:n,tracking:r,following:i,objects:a}=b(),o=t.frameCount,s=r?0:Ot().length,c=a.some(e=>e.promptedFrames.length);return(0,G.jsxs)(`div`,{className:`transport`,children:[(0,G.jsxs)(`div`,{className:`group`,children:[(0,G.jsx)(`button`,{title:`Frame back (←)`,"aria-label":`Frame back`,onClick:()=>rr(-1),children:(0,G.jsx)(K,{name:`previous`})}),(0,G.jsx)(`button`,{title:`Play, pause (Space)`,"aria-label":n?`Pause`:`Play`,onClick:ar,children:(0,G.jsx)(K,{name:n?`pause`:`play`})}),(0,G.jsx)(`button`,{title:`Frame on (→)`,"aria-label":`Frame on`,onClick:()=>rr(1),children:(0,G.jsx)(K,{name:`next`})})]}),(0,G.jsxs)(`label`,{className:`frame`,children:[(0,G.jsx)(`span`,{children:`Frame`}),(0,G.jsx)(`input`,{type:`number`,min:0,max:o-1,value:e,onChange:e=>e.target.value!==``&&Y(e.target.valueAsNumber),onKeyDown:e=>(e.key===`Enter`||e.key===`Escape`)&&e.currentTarget.blur()}),(0,G.jsxs)(`small`,{children:[`of `,o,` · `,(e/t.fps).toFixed(2),` s`]})]}),r?(0,G.jsxs)(`button`,{className:`primary stop`,title:`Stop (T)`,onClick:()=>P(!1),children:[(0,G.jsx)(K,{name:`stop`}),` Stop`]}):(0,G.jsxs)(`div`,{className:`group`,children:[(0,G.jsxs)(`button`,{className:`primary`,title:`Track on from the first frame that needs it (T)`,disabled:!c,onClick:()=>P(!1),children:[`Track`,s>0&&(0,G.jsxs)(`small`,{children:[s,` frames`]})]}),(0,G.jsx)(`button`,{title:`Track back from this frame (Shift T)`,disabled:!c||e===0,onClick:()=>P(!0),children:`Back`})]}),r&&(0,G.jsxs)(`span`,{className:`progress`,children:[(0,G.jsx)(`progress`,{max:Math.max(r.total,1),value:r.completed,"aria-label":`Frames tracked`}),(0,G.jsxs)(`output`,{children:[r.completed,` / `,r.total||`…`,r.framesPerSecond!==null&&` · ${r.framesPerSecond.toFixed(1)} frames/s`]}),(0,G.jsxs)(`label`,{children:[(0,G.jsx)(`input`,{type:`checkbox`,checked:i,onChange:e=>S({following:e.target.checked})}),` Follow`]})]}),(0,G.jsxs)(`button`,{title:`Go to the mask that the model is least sure of (D)`,onClick:cr,children:[(0,G.jsx)(K,{name:`doubt`}),` Next doubtful frame`]}),(0,G.jsx)(q,{place:`track`}),(0,G.jsx)(`span`,{className:`spring`}),(0,G.jsx)(fi,{})]})}function fi(){return(0,G.jsxs)(`ul`,{className:`legend`,"aria-label":`Legend`,children:[(0,G.jsxs)(`li`,{children:[(0,G.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,G.jsx)(`path`,{className:`prompted`,d:`M6 1l5 5-5 5-5-5z`})}),` prompt`]}),(0,G.jsxs)(`li`,{children:[(0,G.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,G.jsx)(`circle`,{className:`correction`,cx:`6`,cy:`6`,r:`4`})}),` correction`]}),(0,G.jsxs)(`li`,{children:[(0,G.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,G.jsx)(`rect`,{className:`adapter`,x:`1`,y:`4`,width:`10`,height:`4`})}),` by an adapter`]}),(0,G.jsxs)(`li`,{children:[(0,G.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,G.jsx)(`path`,{className:`suggested`,d:`M6 2l4 8H2z`})}),` suggestion`]}),(0,G.jsxs)(`li`,{children:[(0,G.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,G.jsx)(`path`,{className:`sure`,d:`M1 9l3-5 3 3 4-5`})}),` confidence`]}),(0,G.jsxs)(`li`,{children:[(0,G.jsx)(`svg`,{viewBox:`0 0 12 12`,children:(0,G.jsx)(`rect`,{className:`stale`,x:`1`,y:`2`,width:`10`,height:`8`})}),` stale`]})]})}function pi(){let e=b(e=>e.objects),t=b(e=>e.selected),n=b(e=>e.video.frameCount),r=b(e=>e.video.fps),i=b(e=>e.masksVersion),a=b(e=>e.corrected),o=b(e=>e.taken),s=b(e=>e.suggested),c=(0,W.useRef)(null),[l,u]=(0,W.useState)(600);(0,W.useLayoutEffect)(()=>{let e=new ResizeObserver(()=>u(c.current.clientWidth));return e.observe(c.current),()=>e.disconnect()},[]);let d=new mi(l,n),f=e=>{e.buttons===1&&(e.currentTarget.setPointerCapture(e.pointerId),Y(d.frameAt(e.clientX-e.currentTarget.getBoundingClientRect().left)))};return(0,G.jsxs)(`div`,{className:`tracks`,children:[(0,G.jsx)(`ul`,{className:`labels`,style:{paddingTop:$},children:e.map(({objectId:e,name:n,colour:r})=>(0,G.jsxs)(`li`,{style:{height:Q},"aria-current":e===t,onClick:()=>S({selected:e}),children:[(0,G.jsx)(`i`,{style:{background:r}}),(0,G.jsx)(`span`,{children:n||`Object ${e}`})]},e))}),(0,G.jsxs)(`div`,{className:`scrub`,ref:c,onPointerDown:f,onPointerMove:f,children:[(0,G.jsx)(hi,{scale:d,height:$+Math.max(e.length,1)*Q}),(0,G.jsxs)(`svg`,{width:l,height:$+Math.max(e.length,1)*Q,"aria-hidden":`true`,children:[(0,G.jsx)(`defs`,{children:(0,G.jsx)(`pattern`,{id:`stale`,width:`5`,height:`5`,patternUnits:`userSpaceOnUse`,patternTransform:`rotate(45)`,children:(0,G.jsx)(`rect`,{width:`2`,height:`5`})})}),(0,G.jsx)(gi,{scale:d,fps:r}),e.map((e,n)=>(0,G.jsxs)(`g`,{transform:`translate(0 ${$+n*Q})`,children:[(0,G.jsx)(`rect`,{className:`row`,"data-selected":e.objectId===t,width:l,height:33}),(0,G.jsx)(_i,{object:e,scale:d,width:l,version:i,corrected:a,taken:o,suggested:s})]},e.objectId))]})]})]})}var mi=class{count;step;constructor(e,t){this.count=t,this.step=(e-32)/Math.max(t,1)}x(e){return li+(e+.5)*this.step}frameAt(e){return Math.max(0,Math.min(this.count-1,Math.floor((e-li)/this.step)))}};function hi({scale:e,height:t}){let n=b(e=>e.frame);return(0,G.jsx)(`div`,{className:`playhead`,role:`slider`,tabIndex:0,"aria-label":`Frame`,"aria-valuemin":0,"aria-valuemax":e.count-1,"aria-valuenow":n,style:{left:e.x(n),height:t}})}function gi({scale:e,fps:t}){let n=[1,2,5,10,20,50,100,200,500,1e3,2e3,5e3,1e4].find(t=>t*e.step>=56)??2e4;return Array.from({length:Math.ceil(e.count/n)},(e,t)=>t*n).map(n=>(0,G.jsxs)(`g`,{className:`mark`,children:[(0,G.jsx)(`line`,{x1:e.x(n),x2:e.x(n),y1:15,y2:$}),(0,G.jsxs)(`text`,{x:e.x(n),y:12,textAnchor:`middle`,children:[n,(0,G.jsxs)(`title`,{children:[(n/t).toFixed(2),` s`]})]})]},n))}var _i=(0,W.memo)(function({object:e,scale:t,corrected:n,taken:r,suggested:i}){let{objectId:a,promptedFrames:o,colour:s}=e,c=w.framesOf(a),l=e=>c.filter(e),u=e=>w.get(e,a),d=new Set(o),f=e=>n.has(E(a,e))||r.has(E(a,e)),p=Q/2;return(0,G.jsxs)(`g`,{"data-row":a,children:[(0,G.jsx)(`path`,{className:`tracked`,d:vi(c,t,3,26),fill:s}),(0,G.jsx)(`path`,{className:`stale`,d:vi(l(e=>u(e).stale),t,3,26)}),(0,G.jsx)(`path`,{className:`adapter`,d:vi(l(e=>u(e).source===`LORA`),t,27,4),fill:s}),(0,G.jsx)(`path`,{className:`sure`,d:yi(c,t,a)}),c.filter(e=>i.has(E(a,e))).map(e=>(0,G.jsx)(`path`,{className:`suggested`,d:`M${t.x(e)} 2l3.5 6h-7z`},e)),o.map(e=>f(e)?(0,G.jsx)(`circle`,{className:`correction`,"data-correction":e,"data-taken":r.has(E(a,e)),cx:t.x(e),cy:p,r:`4.5`},e):(0,G.jsx)(`path`,{className:`prompted`,"data-prompted":e,d:`M${t.x(e)} 11.5l5.5 5.5-5.5 5.5-5.5-5.5z`},e)),(0,G.jsx)(`title`,{children:`${c.length-d.size} frames tracked`})]})},bi);function vi(e,t,n,r){let i=``;for(let a=0;a<e.length;){let o=a;for(;e[o+1]===e[o]+1;)o++;let s=t.x(e[a])-t.step/2;i+=`M${s.toFixed(1)} ${n}h${((o-a+1)*t.step).toFixed(1)}v${r}h${(-(o-a+1)*t.step).toFixed(1)}z`,a=o+1}return i}function yi(e,t,n){let r=``,i=-2;for(let a of e){let e=Pn(w.get(a,n));e!==null&&(r+=`${a===i+1?`L`:`M`}${t.x(a).toFixed(1)} ${(4+(1-e)*24).toFixed(1)}`,i=a)}return r}function bi(e,t){return e.object===t.object&&e.width===t.width&&e.scale.count===t.scale.count&&e.version===t.version&&e.corrected===t.corrected&&e.taken===t.taken&&e.suggested===t.suggested}function xi(){let e=b(e=>e.view),[t,n]=(0,W.useState)(null),[r,i]=(0,W.useState)(!1),a=e=>{x().view===`annotate`&&(location.hash=``),Vt(e,n)};return(0,G.jsxs)(`div`,{className:`app`,"data-view":e,onDragOver:e=>{e.preventDefault(),i(e.dataTransfer.types.includes(`Files`))},onDragLeave:e=>e.relatedTarget===null&&i(!1),onDrop:e=>{e.preventDefault(),i(!1);let t=e.dataTransfer.files[0];t&&a(t)},children:[(0,G.jsx)(Ci,{}),e===`start`&&(0,G.jsx)(si,{sent:t,send:a}),e===`annotate`&&(0,G.jsx)(Si,{}),e===`loading`&&(0,G.jsx)(`p`,{className:`middle quiet`,children:`Loading…`}),e===`gone`&&(0,G.jsx)(wi,{}),e===`token`&&(0,G.jsx)(Ti,{}),r&&(0,G.jsx)(`p`,{className:`dropping`,children:`Drop the video to upload it`})]})}function Si(){return(0,G.jsxs)(G.Fragment,{children:[(0,G.jsx)(ii,{}),(0,G.jsx)(Xr,{}),(0,G.jsx)(Zn,{}),(0,G.jsx)(zr,{}),(0,G.jsx)(ui,{}),(0,G.jsx)(Lr,{}),(0,G.jsx)(Fr,{})]})}function Ci(){return b(e=>e.connected)?null:(0,G.jsx)(`p`,{className:`banner`,role:`alert`,children:`The server cannot be reached. Trying again; what it has acknowledged is kept there.`})}function wi(){let e=b(e=>e.video);return(0,G.jsxs)(`main`,{className:`middle card`,children:[(0,G.jsx)(Z,{}),(0,G.jsx)(`h2`,{children:`This session is gone`}),(0,G.jsx)(`p`,{children:`The server does not know it: it was ended, or the server was started anew since.`}),(0,G.jsxs)(`div`,{className:`group`,children:[e&&(0,G.jsxs)(`button`,{className:`primary`,onClick:()=>void Ft(e.path),children:[`Start anew on `,e.path.split(`/`).at(-1)]}),(0,G.jsx)(`button`,{className:e?``:`primary`,onClick:()=>location.hash=``,children:`Choose a video`})]})]})}function Ti(){let[e,t]=(0,W.useState)(``);return(0,G.jsxs)(`form`,{className:`middle card`,onSubmit:t=>{t.preventDefault(),ne(e),S({view:`loading`}),location.reload()},children:[(0,G.jsx)(Z,{}),(0,G.jsx)(`h2`,{children:`This server asks for a token`}),(0,G.jsxs)(`label`,{children:[`Token `,(0,G.jsx)(`input`,{type:`password`,autoFocus:!0,autoComplete:`off`,value:e,onChange:e=>t(e.target.value)})]}),(0,G.jsx)(`button`,{className:`primary`,children:`Go on`})]})}ti(),gr(),or(),jn(),xt(),(0,f.createRoot)(document.getElementById(`page`)).render((0,G.jsx)(xi,{})),Nt();