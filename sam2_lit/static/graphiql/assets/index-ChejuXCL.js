import{ir as e,n as t,rr as n,t as r}from"./libraries-CX-w3-fv.js";(function(){let e=document.createElement(`link`).relList;if(e&&e.supports&&e.supports(`modulepreload`))return;for(let e of document.querySelectorAll(`link[rel="modulepreload"]`))n(e);new MutationObserver(e=>{for(let t of e)if(t.type===`childList`)for(let e of t.addedNodes)e.tagName===`LINK`&&e.rel===`modulepreload`&&n(e)}).observe(document,{childList:!0,subtree:!0});function t(e){let t={};return e.integrity&&(t.integrity=e.integrity),e.referrerPolicy&&(t.referrerPolicy=e.referrerPolicy),t.credentials=e.crossOrigin===`use-credentials`?`include`:e.crossOrigin===`anonymous`?`omit`:`same-origin`,t}function n(e){if(e.ep)return;e.ep=!0;let n=t(e);fetch(e.href,n)}})();var i=t(),a=`# A first session: run these tabs from left to right,
# each with Ctrl-Enter or the button next to the editor.
# The book in the sidebar documents the whole schema.
query ModelAndVideo {
  model {
    name
    device
    imageSize
    parameterCount
    loraTargets
  }
  defaultVideo {
    path
    width
    height
    frameCount
    fps
    posterUrl
  }
}
`,o=`# This page stores the sessionId of the response and
# sends it in place of "PASTE_SESSION_ID" in any tab's
# variables. To work on another session, paste its id
# there instead.
mutation StartSession($path: String!) {
  startSession(input: { path: $path }) {
    sessionId
  }
}
`,s=`# A click on frame 0. Points are [x, y] relative to the
# frame. Label 1 is the object, label 0 the background.
mutation ClickObject(
  $sessionId: String!
  $objectId: Int!
  $frameIndex: Int!
  $points: [[Float!]!]!
  $labels: [Int!]!
) {
  addPoints(
    input: {
      sessionId: $sessionId
      objectId: $objectId
      frameIndex: $frameIndex
      points: $points
      labels: $labels
      clearOldPoints: true
    }
  ) {
    frameIndex
    rleMaskList {
      objectId
      predictedIou
      source
      rleMask {
        size
        counts
        order
      }
    }
  }
}
`,c=`# One event for each frame as it is tracked; the latest
# one is shown. The button stops it, and so does leaving
# the tab: to correct during it, open this page in a
# second window. Without maxFrames it runs to the end of
# the video.
subscription Propagate(
  $sessionId: String!
  $maxFrames: Int
) {
  propagateInVideo(
    input: {
      sessionId: $sessionId
      startFrameIndex: 0
      direction: FORWARD
      maxFrames: $maxFrames
    }
  ) {
    frameIndex
    completed
    total
    revision
    rleMaskList {
      objectId
      predictedIou
      objectScore
      source
      rleMask {
        size
        counts
      }
    }
    suggestions {
      adapterId
      predictedIou
    }
  }
}
`,l=`# A box where the tracker went wrong: the fish has passed
# the kelp, and the mask covers both. It trains a
# LoRA adapter at once: compare baselineIou with
# trainingIou. The page stores the adapterId for
# "PASTE_ADAPTER_ID".
mutation Correct(
  $sessionId: String!
  $objectId: Int!
  $frameIndex: Int!
  $box: [Float!]!
) {
  addCorrection(
    input: {
      sessionId: $sessionId
      objectId: $objectId
      frameIndex: $frameIndex
      box: $box
      trainLora: true
    }
  ) {
    frame {
      frameIndex
      rleMaskList {
        objectId
        predictedIou
        source
      }
    }
    adapter {
      adapterId
      rank
      frameIndices
      baselineIou
      trainingIou
      steps
      seconds
    }
    skipped
  }
}
`,u=`# The masks that the object's adapters propose for a later
# frame, the adapter with the nearest correction first.
# This changes nothing in the session.
query Candidates(
  $sessionId: String!
  $objectId: Int!
  $frameIndex: Int!
) {
  loraCandidates(
    sessionId: $sessionId
    objectId: $objectId
    frameIndex: $frameIndex
  ) {
    adapterId
    frameIndex
    predictedIou
    objectScore
    agreement
    rleMask {
      size
      counts
    }
  }
}
`,d=`# Uses an adapter's mask as a prompt, as if it had been
# drawn by hand. Then propagate again.
mutation TakeCandidate(
  $sessionId: String!
  $objectId: Int!
  $frameIndex: Int!
  $adapterId: String!
) {
  applyLoraCandidate(
    input: {
      sessionId: $sessionId
      objectId: $objectId
      frameIndex: $frameIndex
      adapterId: $adapterId
    }
  ) {
    frameIndex
    rleMaskList {
      objectId
      predictedIou
      source
    }
  }
}
`,f=`# One event for each training step of the session. Leave
# it running here, and run Correct in a second window.
subscription WatchTraining($sessionId: String!) {
  loraTraining(sessionId: $sessionId) {
    objectId
    frameIndex
    step
    steps
    loss
    iou
    adapter {
      adapterId
      baselineIou
      trainingIou
    }
  }
}
`,p=`{
  "path": "sample/sample.mp4"
}
`,m=`{
  "sessionId": "PASTE_SESSION_ID",
  "objectId": 1,
  "frameIndex": 0,
  "points": [[0.163, 0.565]],
  "labels": [1]
}
`,h=`{
  "sessionId": "PASTE_SESSION_ID",
  "maxFrames": 90
}
`,g=`{
  "sessionId": "PASTE_SESSION_ID",
  "objectId": 1,
  "frameIndex": 80,
  "box": [0.473, 0.536, 0.688, 0.747]
}
`,_=`{
  "sessionId": "PASTE_SESSION_ID",
  "objectId": 1,
  "frameIndex": 81
}
`,v=`{
  "sessionId": "PASTE_SESSION_ID",
  "objectId": 1,
  "frameIndex": 81,
  "adapterId": "PASTE_ADAPTER_ID"
}
`,y=`{
  "sessionId": "PASTE_SESSION_ID"
}
`,b=Object.assign({"./examples/1-model-and-video.graphql":a,"./examples/2-start-session.graphql":o,"./examples/3-click-object.graphql":s,"./examples/4-propagate.graphql":c,"./examples/5-correct.graphql":l,"./examples/6-candidates.graphql":u,"./examples/7-take-candidate.graphql":d,"./examples/8-watch-training.graphql":f}),x=Object.assign({"./examples/2-start-session.json":p,"./examples/3-click-object.json":m,"./examples/4-propagate.json":h,"./examples/5-correct.json":g,"./examples/6-candidates.json":_,"./examples/7-take-candidate.json":v,"./examples/8-watch-training.json":y}),S=Object.keys(b).sort().map(e=>({query:b[e].trimEnd(),variables:x[e.replace(/\.graphql$/,`.json`)]?.trimEnd()})),C={PASTE_SESSION_ID:e=>e.startSession?.sessionId,PASTE_ADAPTER_ID:e=>e.addCorrection?.adapter?.adapterId??e.trainLora?.adapterId};function w(e){return async(t,n)=>{let r=await e({...t,variables:T(t.variables)},n);return`data`in r&&r.data&&D(r.data),r}}function T(e){return Object.fromEntries(Object.entries(e??{}).map(([e,t])=>[e,E(t)??t]))}function E(e){return typeof e==`string`&&Object.hasOwn(C,e)?localStorage.getItem(O(e)):null}function D(e){for(let[t,n]of Object.entries(C)){let r=n(e);typeof r==`string`&&localStorage.setItem(O(t),r)}}function O(e){return`sam2-lit:${e}`}var k=n(),A=new URL(location.pathname,location.origin),j=new URL(A);j.protocol=A.protocol===`https:`?`wss:`:`ws:`;var M=w(e({url:A.href,subscriptionUrl:j.href,enableIncrementalDelivery:!1}));(0,i.createRoot)(document.getElementById(`graphiql`)).render((0,k.jsx)(r,{fetcher:M,defaultTabs:S,defaultEditorToolsVisibility:`variables`,isHeadersEditorEnabled:!0,children:(0,k.jsx)(r.Logo,{children:`sam2-lit`})}));