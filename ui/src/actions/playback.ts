import { frameCache, getPage, onPageChange, setPage } from "../store/store";

/** Goes to a frame, or the nearest that the session works on. Playback stops, and the playhead no longer follows tracking. */
export function seek(frame: number): void {
  const { video, frameStep } = getPage();
  const last = Math.floor(((video?.frameCount ?? 1) - 1) / frameStep);
  const step = Math.max(0, Math.min(last, Math.round(frame / frameStep)));
  setPage({ frame: step * frameStep, playing: false, following: false });
}

export function stepBy(frames: number): void {
  seek(getPage().frame + frames * getPage().frameStep);
}

/** Goes to the next or the previous frame on which the selected object, or any where none is selected, has a prompt. */
export function stepToPrompt(step: 1 | -1): void {
  const { objects, selected, frame } = getPage();
  const frames = objects
    .filter(({ objectId }) => selected === null || objectId === selected)
    .flatMap(({ promptedFrames }) => promptedFrames)
    .filter((each) => (each - frame) * step > 0);
  if (frames.length) seek(step > 0 ? Math.min(...frames) : Math.max(...frames));
}

let playbacks = 0;

export function togglePlaying(): void {
  const { playing, frame, video } = getPage();
  if (playing) return setPage({ playing: false });
  const atEnd = frame === (video?.frameCount ?? 1) - 1;
  setPage({ playing: true, following: false, frame: atEnd ? 0 : frame });
  const playback = ++playbacks;
  let due = performance.now();
  const advance = (now: number) => {
    const { playing, frame, video, speed, frameStep } = getPage();
    if (!playing || !video || playback !== playbacks) return;
    const next = frame + frameStep;
    if (next >= video.frameCount) return setPage({ playing: false });
    // Waits for a frame that is not loaded yet rather than skipping it.
    if (now >= due && frameCache.current?.get(next)) {
      const duration = (1000 * frameStep) / (video.fps * speed);
      due = Math.max(due + duration, now - duration);
      setPage({ frame: next });
    }
    requestAnimationFrame(advance);
  };
  requestAnimationFrame(advance);
}

/** Prefetches the frames around the playhead whenever it moves. */
export function watchPlayhead(): void {
  onPageChange((now, before) => {
    if (now.frame === before.frame && now.video === before.video) return;
    frameCache.current?.prefetch(now.frame, now.frame < before.frame ? -1 : 1);
  });
}
