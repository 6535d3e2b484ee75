import { authorization } from "./api/token";

const BYTES = 256 * 2 ** 20;
const AT_ONCE = 4;
const AHEAD = 16;
const BEHIND = 6;

/**
 * The frames around the playhead as decoded images. What is asked for first comes first; what lies farthest from the
 * playhead makes room.
 */
export class Frames {
  #images = new Map<number, ImageBitmap>();
  #loading = new Map<number, AbortController>();
  #wanted: number[] = [];
  #centre = 0;
  #capacity: number;
  #closed = false;

  constructor(
    private readonly template: string,
    private readonly count: number,
    pixels: number,
    /** Called with a frame that has come, or with null and the reason why none comes. */
    private readonly arrived: (frame: number, error: string | null) => void,
  ) {
    this.#capacity = Math.max(AHEAD + BEHIND + 2, Math.floor(BYTES / (pixels * 4)));
  }

  get(frame: number): ImageBitmap | undefined {
    return this.#images.get(frame);
  }

  /** Asks for a frame and its neighbours, more of them in the direction of travel. */
  around(frame: number, direction: 1 | -1): void {
    this.#centre = frame;
    const wanted = [frame];
    for (let step = 1; step <= AHEAD; step++) {
      wanted.push(frame + step * direction);
      if (step <= BEHIND) wanted.push(frame - step * direction);
    }
    this.#wanted = wanted.filter((each) => each >= 0 && each < this.count && !this.#images.has(each));
    for (const [each, controller] of this.#loading) {
      if (!this.#wanted.includes(each)) controller.abort();
    }
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#wanted = [];
    for (const controller of this.#loading.values()) controller.abort();
    for (const image of this.#images.values()) image.close();
    this.#images.clear();
  }

  #pump(): void {
    for (const frame of this.#wanted) {
      if (this.#loading.size >= AT_ONCE) return;
      if (!this.#loading.has(frame)) void this.#load(frame);
    }
  }

  async #load(frame: number): Promise<void> {
    const controller = new AbortController();
    this.#loading.set(frame, controller);
    let error: string | null = null;
    try {
      const image = await fetchImage(frameUrl(this.template, frame), controller.signal);
      if (this.#closed) return image.close();
      this.#images.set(frame, image);
      this.#makeRoom();
    } catch (reason) {
      error = reason instanceof Error ? reason.message : String(reason);
    }
    this.#loading.delete(frame);
    if (this.#closed) return;
    // What was broken off may be wanted again by now.
    if (!controller.signal.aborted) this.#wanted = this.#wanted.filter((each) => each !== frame);
    this.#pump();
    if (!controller.signal.aborted) this.arrived(frame, error);
  }

  #makeRoom(): void {
    if (this.#images.size <= this.#capacity) return;
    const byDistance = [...this.#images.keys()].sort((a, b) => Math.abs(b - this.#centre) - Math.abs(a - this.#centre));
    for (const frame of byDistance.slice(0, this.#images.size - this.#capacity)) {
      this.#images.get(frame)?.close();
      this.#images.delete(frame);
    }
  }
}

/** The path of a frame on the host that this page came from, whatever name the server goes by elsewhere. */
function frameUrl(template: string, frame: number): string {
  return localUrl(template.replace("{index}", String(frame)));
}

export function localUrl(url: string): string {
  return new URL(url, location.href).pathname;
}

export async function fetchImage(url: string, signal?: AbortSignal): Promise<ImageBitmap> {
  const response = await fetch(url, { headers: authorization(), ...(signal && { signal }) });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return createImageBitmap(await response.blob());
}
