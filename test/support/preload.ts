import { afterAll } from "bun:test";
import { stopTestServer } from "./redis.ts";

afterAll(stopTestServer);
