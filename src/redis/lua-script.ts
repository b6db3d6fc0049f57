import prelude from "./scripts/prelude.lua" with { type: "text" };

/** A Lua script as the server knows it. */
export interface LuaScript {
  readonly name: string;
  readonly source: string;
  readonly sha1: string;
}

/**
 * Puts the shared prelude before a script's body. The shebang makes the server run it without
 * replication of undeclared effects in doubt, and `allow-oom` lets work be taken and finished
 * while memory is full; only what adds work refuses then.
 */
export function luaScript(
  name: string,
  body: string,
  options?: { readonly addsWork: true },
): LuaScript {
  const flags = options?.addsWork ? "" : " flags=allow-oom";
  const source = `#!lua${flags}\n${prelude}\n${body}`;
  return { name, source, sha1: new Bun.CryptoHasher("sha1").update(source).digest("hex") };
}
