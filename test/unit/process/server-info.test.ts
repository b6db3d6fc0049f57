import { expect, test } from "bun:test";
import { decodeServerInfo } from "../../../src/process/server-info.ts";

test("decodeServerInfo() reads a built server", () => {
  const json = '{"embedded":true,"recipe":"r","arch":"x64","sha256":"abc","product":"valkey"}';
  expect(decodeServerInfo(json)).toMatchObject({ embedded: true, product: "valkey" });
});

test("decodeServerInfo() reads the record of a build without a server", () => {
  const json = '{"embedded":false,"recipe":"r","arch":"x64","reasons":["offline"],"retryAt":5}';
  expect(decodeServerInfo(json)).toMatchObject({ embedded: false, reasons: ["offline"] });
});

test.each(["", "null", "{", "[]", '{"recipe":"r"}', '{"embedded":true,"recipe":"r","arch":"x64"}'])(
  "decodeServerInfo() takes %p for damaged",
  (json) => {
    expect(decodeServerInfo(json)).toBeUndefined();
  },
);
