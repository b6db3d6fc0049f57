/** Makes a switch over a union exhaustive: compiles only when every case is handled. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected value: ${String(value)}`);
}
