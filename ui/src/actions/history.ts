import type { SessionHistoryQuery } from "../api/generated/graphql";
import { frameKey, isKeyOf, type Prompt } from "../store/types";

type Interaction = NonNullable<SessionHistoryQuery["session"]>["interactions"][number];

/** What is in force at the end of a session's history; everything by frame key. */
interface HistoryResult {
  /** Frames that have only points and boxes. */
  prompts: Map<string, Prompt[]>;
  corrected: Set<string>;
  accepted: Set<string>;
}

export function replayHistory(interactions: Interaction[]): HistoryResult {
  const prompts = new Map<string, Prompt[] | null>();
  const corrected = new Set<string>();
  const accepted = new Set<string>();
  const remove = (matches: (key: string) => boolean) => {
    for (const keys of [prompts, corrected, accepted]) for (const key of keys.keys()) if (matches(key)) keys.delete(key);
  };
  for (const each of interactions) {
    const key = frameKey(each.objectId ?? 0, each.frameIndex ?? 0);
    if (each.kind === "CLEAR_VIDEO" || each.kind === "RESET_SESSION") remove(() => true);
    else if (each.kind === "REMOVE_OBJECT") remove((other) => isKeyOf(other, each.objectId ?? 0));
    else if (each.kind === "CLEAR_FRAME") remove((other) => other === key);
    if (each.kind === "PROMPT" || each.kind === "CORRECTION") prompts.set(key, promptsAfter(prompts.get(key), each));
    if (each.kind === "CANDIDATE") prompts.set(key, null);
    if (each.kind === "CORRECTION" || each.kind === "CANDIDATE") {
      corrected.delete(key);
      accepted.delete(key);
      (each.kind === "CORRECTION" ? corrected : accepted).add(key);
    }
  }
  const known = [...prompts].filter((entry): entry is [string, Prompt[]] => entry[1] !== null);
  return { prompts: new Map(known), corrected, accepted };
}

/** A frame's prompts after an interaction; null where a mask is among them, which the history query leaves out. */
function promptsAfter(before: Prompt[] | null | undefined, { points, labels, clearOldPoints, box }: Interaction): Prompt[] | null {
  if (box) return [{ kind: "box", box: box as [number, number, number, number] }];
  if (!points || !labels || (before === null && !clearOldPoints)) return null;
  const added: Prompt = { kind: "points", points: points as [number, number][], labels };
  return clearOldPoints ? [added] : [...(before ?? []), added];
}
