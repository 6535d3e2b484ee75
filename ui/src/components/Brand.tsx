export function Brand() {
  return (
    <span className="brand">
      sam2<b>lit</b>
    </span>
  );
}
