import { describe, expect, test } from "bun:test";
import { redact } from "../../../src/services/server-address.ts";

describe("redact()", () => {
  test.each([
    ["redis://h:6379", "redis://h:6379"],
    ["redis://h:6379/2", "redis://h:6379/2"],
    ["redis://:secret@h:6379", "redis://***@h:6379"],
    ["rediss://user:secret@h:6379/2", "rediss://***@h:6379/2"],
    ["redis://:sec/ret@h:6379", "redis://***@h:6379"],
    ["redis://u:sec@ret@h", "redis://***@h"],
    ["redis://:sec#ret@h", "redis://***@h"],
    ["redis://:sec?ret@h", "redis://***"],
    ["redis://h:6379/2?password=secret", "redis://h:6379/2"],
    ["redis://h?password=sec@ret", "redis://***"],
    ["redis://u:secret@h/?password=secret", "redis://***@h/"],
    ["redis+unix:///run/a b.sock?password=secret", "redis+unix:///run/a b.sock"],
    ["u:secret@h:6379", "***@h:6379"],
    [":sec\nret@h", "***@h"],
    ["redis+unix:///run/redis.sock", "redis+unix:///run/redis.sock"],
    ["", ""],
  ])("%p is shown as %p", (url, shown) => {
    expect(redact(url)).toBe(shown);
  });
});
