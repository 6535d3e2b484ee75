/** Told apart on most pictures and by most eyes, neighbours most of all. */
const COLOURS = ["#3b9cff", "#ff8a3d", "#35c98a", "#e85bb0", "#f2c744", "#9a7bff", "#3fd2d6", "#f06a5f", "#a3d14b", "#c98fe8"];

export function colourOf(objectId: number): string {
  return COLOURS[(Math.max(objectId, 1) - 1) % COLOURS.length]!;
}
