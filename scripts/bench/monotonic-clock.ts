import { dlopen, FFIType, ptr } from "bun:ffi";

const CLOCK_MONOTONIC = process.platform === "darwin" ? 6 : 1;
const LIBRARIES =
  process.platform === "darwin"
    ? ["libSystem.B.dylib"]
    : ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];

/** A clock in µs that all processes of the machine share; Bun's own starts with each process. */
export function monotonicClock(): () => number {
  const time = new BigInt64Array(2);
  const address = ptr(time);
  const getTime = openLibrary();
  return () => {
    getTime(CLOCK_MONOTONIC, address);
    return Number(time[0]) * 1e6 + Number(time[1]) / 1e3;
  };
}

function openLibrary() {
  for (const library of LIBRARIES) {
    try {
      const { symbols } = dlopen(library, {
        clock_gettime: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
      });
      return symbols.clock_gettime;
    } catch {
      // The next name is another system's.
    }
  }
  throw new Error(`None of ${LIBRARIES.join(", ")} can be opened`);
}
