import { frameCache, getPage, onPageChange, setPage } from "../store/store";

/** Goes to a frame. Playback stops, and the playhead no longer follows tracking. */
export function seek(frame: number): void {
  const last = (getPage().video?.frameCount ?? 1) - 1;
  setPage({ frame: Math.max(0, Math.min(last, Math.round(frame))), playing: false, following: false });
}

export function stepBy(frames: number): void {
  seek(getPage().frame + frames);
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
    const { playing, frame, video } = getPage();
    if (!playing || !video || playback !== playbacks) return;
    const next = frame + 1;
    if (next >= video.frameCount) return setPage({ playing: false });
    // Waits for a frame that is not loaded yet rather than skipping it.
    if (now >= due && frameCache.current?.get(next)) {
      due = Math.max(due + 1000 / video.fps, now - 1000 / video.fps);
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
