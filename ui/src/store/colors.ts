/** Default object colors, easy to tell apart on most videos, consecutive ones above all. */
const COLORS = ["#3b9cff", "#ff8a3d", "#35c98a", "#e85bb0", "#f2c744", "#9a7bff", "#3fd2d6", "#f06a5f", "#a3d14b", "#c98fe8"];

export function defaultColor(objectId: number): string {
  return COLORS[(Math.max(objectId, 1) - 1) % COLORS.length]!;
}
