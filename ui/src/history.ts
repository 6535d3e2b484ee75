import type { SessionHistoryQuery } from "./api/generated/graphql";
import { keyOf, type Prompt } from "./store";

type Interaction = NonNullable<SessionHistoryQuery["session"]>["interactions"][number];

interface Standing {
  /** What is said on each frame, "object:frame", where all of it is points and boxes. */
  prompts: Map<string, Prompt[]>;
  corrected: Set<string>;
  taken: Set<string>;
}

/** What of a session's history still stands. */
export function standing(interactions: Interaction[]): Standing {
  const prompts = new Map<string, Prompt[] | null>();
  const corrected = new Set<string>();
  const taken = new Set<string>();
  const forget = (of: (key: string) => boolean) => {
    for (const kept of [prompts, corrected, taken]) for (const key of kept.keys()) if (of(key)) kept.delete(key);
  };
  for (const each of interactions) {
    const key = keyOf(each.objectId ?? 0, each.frameIndex ?? 0);
    if (each.kind === "CLEAR_VIDEO" || each.kind === "RESET_SESSION") forget(() => true);
    else if (each.kind === "REMOVE_OBJECT") forget((other) => other.startsWith(`${each.objectId}:`));
    else if (each.kind === "CLEAR_FRAME") forget((other) => other === key);
    if (each.kind === "PROMPT" || each.kind === "CORRECTION") prompts.set(key, after(prompts.get(key), each));
    if (each.kind === "CANDIDATE") prompts.set(key, null);
    if (each.kind === "CORRECTION" || each.kind === "CANDIDATE") {
      corrected.delete(key);
      taken.delete(key);
      (each.kind === "CORRECTION" ? corrected : taken).add(key);
    }
  }
  return { prompts: new Map([...prompts].filter((entry): entry is [string, Prompt[]] => entry[1] !== null)), corrected, taken };
}

/** Null where a mask is part of it, which the history is not asked for. */
function after(before: Prompt[] | null | undefined, { points, labels, clearOldPoints, box }: Interaction): Prompt[] | null {
  if (box) return [{ kind: "box", box: box as [number, number, number, number] }];
  if (!points || !labels || (before === null && !clearOldPoints)) return null;
  const given: Prompt = { kind: "points", points: points as [number, number][], labels };
  return clearOldPoints ? [given] : [...(before ?? []), given];
}
