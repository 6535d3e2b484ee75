const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
const UTF_8 = 0x800;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const MAX_FILES = 65_535;

/** A zip of a folder's files, not compressed. At most 65,535 files of 4 GiB in all. */
export async function zipFolder(files: File[]): Promise<Blob> {
  if (files.length > MAX_FILES) throw new Error(`The folder has more than ${MAX_FILES} files: zip it with another program.`);
  const parts: (Blob | Uint8Array<ArrayBuffer>)[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const file of files) {
    const name = new TextEncoder().encode(file.webkitRelativePath || file.name);
    const crc = crc32(new Uint8Array(await file.arrayBuffer()));
    // Version, flags, method, time, date; then checksum, sizes and the length of the name.
    const about = [[2, VERSION], [2, UTF_8], [2, 0], [2, 0], [2, 0x21], [4, crc], [4, file.size], [4, file.size], [2, name.length], [2, 0]];
    const header = [...record([[4, LOCAL], ...about]), ...name];
    directory.push(Uint8Array.from([...record([[4, CENTRAL], [2, VERSION], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), ...name]));
    parts.push(Uint8Array.from(header), file);
    offset += header.length + file.size;
  }
  const size = directory.reduce((total, { length }) => total + length, 0);
  const end = record([[4, END], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, offset], [2, 0]]);
  return new Blob([...parts, ...directory, Uint8Array.from(end)], { type: "application/zip" });
}

/** Little-endian numbers of given sizes in bytes. */
function record(fields: number[][]): number[] {
  return fields.flatMap(([size, value]) => Array.from({ length: size! }, (_, byte) => (value! >>> (8 * byte)) & 0xff));
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
