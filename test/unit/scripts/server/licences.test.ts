import { expect, test } from "bun:test";
import { licenceSummary, renderLicences } from "../../../../scripts/server/licences.ts";

const COPYRIGHT = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2006-2020 Someone <someone@example.org>
License: BSD-3-clause

Files: src/valkey-benchmark.c
       deps/hiredis/*
Copyright: 2009 Someone
License: BSD-3-clause

Files: deps/lua/*
Copyright: 1994 Someone
License: Expat

Files: deps/lua/src/lua_cjson.c
Copyright: 2010 Someone
License: Expat

License: Expat
 The text.
`;

test("licenceSummary() names the server, each bundled library and the C library once", () => {
  expect(licenceSummary("valkey", COPYRIGHT)).toEqual([
    { component: "valkey", licence: "BSD-3-Clause" },
    { component: "hiredis", licence: "BSD-3-Clause" },
    { component: "lua", licence: "MIT" },
    { component: "musl", licence: "MIT" },
  ]);
});

test("renderLicences() holds every text under its title", () => {
  const text = renderLicences({
    product: "redis",
    version: "7.0.15",
    copying: "first\n",
    copyright: "second\n",
    muslCopyright: "third\n",
  });
  expect(text).toStartWith("redis 7.0.15\n============\n\nfirst\n");
  expect(text).toContain("\n\nsecond\n");
  expect(text).toEndWith("\n\nthird\n");
});
