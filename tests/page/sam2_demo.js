// A client like the SAM 2 demo's front end: the same requests with the same credentials mode, and a parser of the
// multipart stream that is as strict as its own.

async function operation(endpoint, query, variables) {
  const response = await fetch(`${endpoint}/graphql`, {
    method: "POST",
    credentials: "include",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

async function upload(endpoint, query, file) {
  const form = new FormData();
  form.append("operations", JSON.stringify({ query, variables: { file: {} } }));
  form.append("map", JSON.stringify({ file: ["variables.file"] }));
  form.append("file", file);
  const response = await fetch(`${endpoint}/graphql`, { method: "POST", credentials: "include", body: form });
  return (await response.json()).data;
}

async function propagate(endpoint, sessionId, startFrameIndex, most = Infinity) {
  const response = await fetch(`${endpoint}/propagate_in_video`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ session_id: sessionId, start_frame_index: startFrameIndex }),
  });
  const type = response.headers.get("Content-Type");
  if (!type.startsWith("multipart/x-savi-stream;")) throw new Error(`the media type is ${type}`);
  const reader = response.body.getReader();
  const frames = [];
  for await (const { headers, body } of partsOf(type, reader)) {
    if (!headers.get("Content-Type").startsWith("application/json")) throw new Error("a part that is not JSON");
    const { frame_index: frameIndex, results } = JSON.parse(new TextDecoder().decode(body));
    const masks = results.map(({ object_id: objectId, mask }) => ({ objectId, size: mask.size, counts: mask.counts }));
    frames.push({ frameIndex, masks });
    if (frames.length >= most) break;
  }
  reader.releaseLock();
  return frames;
}

// Each part starts with the boundary line, its headers are "Name: value" and include Content-Length, and the stream
// ends between two parts.
async function* partsOf(type, reader) {
  const boundary = `--${type.slice(type.indexOf("; boundary=") + "; boundary=".length)}\r\n`;
  let bytes = new Uint8Array();
  let ended = false;
  const more = async () => {
    const { done, value } = await reader.read();
    ended = done;
    if (!done) bytes = new Uint8Array([...bytes, ...value]);
    return !done;
  };
  const read = async (count) => {
    while (bytes.length < count) if (!(await more())) throw new Error("the stream ended within a part");
    const chunk = bytes.slice(0, count);
    bytes = bytes.slice(count);
    return chunk;
  };
  const line = async () => {
    let end;
    while ((end = bytes.indexOf(13)) === -1 || end + 1 === bytes.length) {
      if (!(await more())) throw new Error("the stream ended within a line");
    }
    const text = new TextDecoder().decode(await read(end + 2));
    if (!text.endsWith("\r\n")) throw new Error("a line does not end with CRLF");
    return text;
  };
  while (bytes.length || (!ended && (await more()))) {
    const first = await line();
    if (first === "\r\n") continue;
    if (first !== boundary) throw new Error(`${first} is not the boundary`);
    const headers = new Headers();
    for (let text; (text = await line()) !== "\r\n"; ) {
      const colon = text.indexOf(":");
      if (text[colon + 1] !== " ") throw new Error(`${text} is not a header`);
      headers.append(text.slice(0, colon), text.slice(colon + 2, -2));
    }
    const length = parseInt(headers.get("Content-Length"), 10);
    if (Number.isNaN(length)) throw new Error("a part has no Content-Length");
    yield { headers, body: await read(length) };
  }
}

// Decodes an MP4 with WebCodecs, given its sample table as an MP4 parser would return it. Returns the frames in
// presentation order, each scaled down to a row of gray values.
async function decode(url, { codec, description, samples }, side) {
  const response = await fetch(url, { credentials: "same-origin", cache: "no-store" });
  const file = await response.arrayBuffer();
  const pictures = [];
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const decoder = new VideoDecoder({
    output: (frame) => {
      context.drawImage(frame, 0, 0, side, side);
      const { data } = context.getImageData(0, 0, side, side);
      pictures.push({ timestamp: frame.timestamp, gray: [...data].filter((_, index) => index % 4 === 1) });
      frame.close();
    },
    error: (error) => { throw error; },
  });
  const configuration = { codec, description: Uint8Array.from(atob(description), (each) => each.charCodeAt(0)) };
  if (!(await VideoDecoder.isConfigSupported(configuration)).supported) throw new Error(`${codec} is not supported`);
  decoder.configure(configuration);
  for (const { key, timestamp, offset, size } of samples) {
    const data = new Uint8Array(file, offset, size);
    decoder.decode(new EncodedVideoChunk({ type: key ? "key" : "delta", timestamp, data }));
  }
  await decoder.flush();
  return {
    length: response.headers.get("Content-Length"),
    pictures: pictures.sort((a, b) => a.timestamp - b.timestamp).map(({ gray }) => gray),
  };
}
