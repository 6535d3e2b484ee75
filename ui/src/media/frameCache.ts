import { fetchImage } from "../api/http";

const CAPACITY_BYTES = 256 * 2 ** 20;
const MAX_REQUESTS = 4;
const AHEAD = 16;
const BEHIND = 6;

/** The decoded images of the frames around the playhead. Fetches the nearest first, evicts the farthest. */
export class FrameCache {
  #images = new Map<number, ImageBitmap>();
  #loading = new Map<number, AbortController>();
  #wanted: number[] = [];
  #playhead = 0;
  #capacity: number;
  #closed = false;

  constructor(
    /** The URL of a frame, with "{index}" in place of its index. */
    private readonly urlTemplate: string,
    private readonly frameCount: number,
    pixelsPerFrame: number,
    /** Called for each frame fetched (error null) or failed. */
    private readonly onFrame: (frame: number, error: string | null) => void,
  ) {
    this.#capacity = Math.max(AHEAD + BEHIND + 2, Math.floor(CAPACITY_BYTES / (pixelsPerFrame * 4)));
  }

  get(frame: number): ImageBitmap | undefined {
    return this.#images.get(frame);
  }

  /** Fetches a frame and its neighbors, more of them in the direction of travel; aborts requests for others. */
  prefetch(frame: number, direction: 1 | -1): void {
    this.#playhead = frame;
    const wanted = [frame];
    for (let step = 1; step <= AHEAD; step++) {
      wanted.push(frame + step * direction);
      if (step <= BEHIND) wanted.push(frame - step * direction);
    }
    this.#wanted = wanted.filter((each) => each >= 0 && each < this.frameCount && !this.#images.has(each));
    for (const [loading, controller] of this.#loading) {
      if (!this.#wanted.includes(loading)) controller.abort();
    }
    this.#startRequests();
  }

  close(): void {
    this.#closed = true;
    this.#wanted = [];
    for (const controller of this.#loading.values()) controller.abort();
    for (const image of this.#images.values()) image.close();
    this.#images.clear();
  }

  #startRequests(): void {
    for (const frame of this.#wanted) {
      if (this.#loading.size >= MAX_REQUESTS) return;
      if (!this.#loading.has(frame)) void this.#load(frame);
    }
  }

  async #load(frame: number): Promise<void> {
    const controller = new AbortController();
    this.#loading.set(frame, controller);
    let error: string | null = null;
    try {
      const image = await fetchImage(this.urlTemplate.replace("{index}", String(frame)), controller.signal);
      if (this.#closed) return image.close();
      this.#images.set(frame, image);
      this.#evict();
    } catch (reason) {
      error = reason instanceof Error ? reason.message : String(reason);
    }
    this.#loading.delete(frame);
    if (this.#closed) return;
    // An aborted frame may have been requested again in the meantime, so it stays wanted.
    if (!controller.signal.aborted) this.#wanted = this.#wanted.filter((wanted) => wanted !== frame);
    this.#startRequests();
    if (!controller.signal.aborted) this.onFrame(frame, error);
  }

  #evict(): void {
    if (this.#images.size <= this.#capacity) return;
    const distance = (frame: number) => Math.abs(frame - this.#playhead);
    const farthestFirst = [...this.#images.keys()].sort((a, b) => distance(b) - distance(a));
    for (const frame of farthestFirst.slice(0, this.#images.size - this.#capacity)) {
      this.#images.get(frame)?.close();
      this.#images.delete(frame);
    }
  }
}
