import type { StartQuery } from "../api/generated/graphql";

type Session = StartQuery["sessions"][number];

/** How far the work on a video is. */
export type WorkStatus = "new" | "in work" | "to review" | "done";

/** Done where every frame of every object is confirmed or known to be without it; to review where every frame has masks. */
export function statusOf({ trackedFrameCount, frameStep, video, objects }: Session): WorkStatus {
  const frames = Math.ceil(video.frameCount / frameStep);
  const isConfirmed = objects.length > 0 && objects.every(({ confirmedRanges, absentRanges }) => {
    const settled = new Set<number>();
    for (const { first, last } of [...confirmedRanges, ...absentRanges]) {
      for (let frame = Math.ceil(first / frameStep) * frameStep; frame <= last; frame += frameStep) settled.add(frame);
    }
    return settled.size >= frames;
  });
  if (isConfirmed) return "done";
  return trackedFrameCount >= frames ? "to review" : trackedFrameCount > 0 ? "in work" : "new";
}

/** The status of a video: that of its newest session. */
export function statusOfVideo(sessions: Session[], path: string): WorkStatus {
  const newest = sessions.findLast((each) => each.video.path === path);
  return newest ? statusOf(newest) : "new";
}
