import { call } from "../api/client";
import { SessionChangesMade, SessionHistory } from "../api/documents";
import type { SessionChangesMadeQuery, SessionHistoryQuery } from "../api/generated/graphql";
import { getPage, setPage } from "../store/store";
import { frameKey, isKeyOf, type Prompt } from "../store/types";

type Interaction = NonNullable<SessionHistoryQuery["session"]>["interactions"][number];
type Change = NonNullable<SessionChangesMadeQuery["session"]>["history"]["edges"][number]["node"];

const PAGE = 100;

/** Reads what can be undone and redone; with `prompts`, also which prompts there are and which of them correct. */
export async function loadHistory(sessionId: string, prompts: boolean): Promise<void> {
  if (!prompts) {
    const { session } = await call(SessionChangesMade, { sessionId, last: PAGE, first: null, after: null });
    if (session && getPage().sessionId === sessionId) setPage(undoable(session.history.edges.map(({ node }) => node)));
    return;
  }
  const changes = await allChanges(sessionId);
  const { session } = await call(SessionHistory, { sessionId });
  if (!session || getPage().sessionId !== sessionId) return;
  setPage({ ...undoable(changes), ...replayHistory(session.interactions, changes) });
}

async function allChanges(sessionId: string): Promise<Change[]> {
  const changes: Change[] = [];
  for (let after: string | null = null; ; ) {
    const { session }: SessionChangesMadeQuery = await call(SessionChangesMade, { sessionId, first: PAGE, after, last: null });
    if (!session) return changes;
    changes.push(...session.history.edges.map(({ node }) => node));
    if (!session.history.pageInfo.hasNextPage) return changes;
    after = session.history.pageInfo.endCursor ?? null;
  }
}

/** The kind of the change that would be redone next; null where there is none. */
export async function nextRedo(sessionId: string): Promise<Change["kind"] | null> {
  return (await allChanges(sessionId)).find(({ isUndone }) => isUndone)?.kind ?? null;
}

function undoable(changes: Change[]): { canUndo: boolean; canRedo: boolean } {
  return {
    canUndo: changes.some(({ isUndone, isKept }) => !isUndone && isKept),
    canRedo: changes.some(({ isUndone, isKept }) => isUndone && isKept),
  };
}

/** What is in force at the end of a session's history; everything by frame key. */
interface HistoryResult {
  /** Frames that have only points and boxes. */
  prompts: Map<string, Prompt[]>;
  corrected: Set<string>;
  accepted: Set<string>;
}

function replayHistory(interactions: Interaction[], changes: Change[]): HistoryResult {
  const prompts = new Map<string, Prompt[] | null>();
  const corrected = new Set<string>();
  const accepted = new Set<string>();
  const remove = (matches: (key: string) => boolean) => {
    for (const keys of [prompts, corrected, accepted]) for (const key of keys.keys()) if (matches(key)) keys.delete(key);
  };
  for (const each of interactions.filter(inForce(changes))) {
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

/** Whether an interaction is still a change that is not undone, or is older than the list of changes. */
function inForce(changes: Change[]): (interaction: Interaction) => boolean {
  const standing = new Set(changes.filter(({ isUndone }) => !isUndone).map(({ at }) => at));
  const begin = changes[0]?.at;
  return ({ at }) => standing.has(at) || (begin !== undefined ? at < begin : true);
}

/** A frame's prompts after an interaction; null where a mask is among them, which the history query leaves out. */
function promptsAfter(before: Prompt[] | null | undefined, { points, labels, clearOldPoints, box }: Interaction): Prompt[] | null {
  if (box) return [{ kind: "box", box: box as [number, number, number, number] }];
  if (!points || !labels || (before === null && !clearOldPoints)) return null;
  const added: Prompt = { kind: "points", points: points as [number, number][], labels };
  return clearOldPoints ? [added] : [...(before ?? []), added];
}
