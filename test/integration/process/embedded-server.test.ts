import { expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { compile } from "../../../scripts/build/compile.ts";
import { embeddedLicences, embeddedServerInfo } from "../../../src/process/embedded-server.ts";
import { BUILT_SERVER } from "../../support/managed-server-rig.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const FIXTURE = resolve(import.meta.dir, "../../fixtures/process/embedded.ts");

test("a compiled program holds the server, its description and its licences", async () => {
  await using directory = await temporaryDirectory();
  const outfile = join(directory.path, "program");
  const bin = join(directory.path, "bin");
  const names = ["valkey-server.zst", "server.json", "LICENSES.txt"];
  const embed = Object.fromEntries(names.map((name) => [name, join(BUILT_SERVER, "..", name)]));
  const staging = join(directory.path, "staging");
  await compile({ entry: FIXTURE, staging, outfile, embed, define: {} });
  const said = JSON.parse(await Bun.$`${outfile} ${bin}`.text());
  expect(said.compiled).toBe(true);
  expect(said.self).toEqual([outfile, "x"]);
  expect(said.info).toEqual(await Bun.file(join(BUILT_SERVER, "../server.json")).json());
  expect(said.licences).toContain("Redistribution and use in source and binary forms");
  const name = `${said.info.product}-server-${said.info.sha256.slice(0, 16)}`;
  expect(said.binary).toEqual({ path: join(bin, name), origin: "embedded" });
  const unpacked = await Bun.file(said.binary.path).bytes();
  expect(new Bun.CryptoHasher("sha256").update(unpacked).digest("hex")).toBe(said.info.sha256);
});

test("a program run from source has nothing embedded", async () => {
  expect(await embeddedServerInfo()).toBeUndefined();
  expect(await embeddedLicences()).toBeUndefined();
});
