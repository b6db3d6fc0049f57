/** Tells the person who waits what the build is doing. */
export type Progress = (doing: string) => void;

/** Lines on stderr: `server  12.3 s  compiling valkey 8.1.1`. */
export function startProgress(): Progress {
  const start = performance.now();
  return (doing) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
    console.error(`server ${seconds} s  ${doing}`);
  };
}
