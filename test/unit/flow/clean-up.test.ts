import { expect, test } from "bun:test";
import { DeferStack } from "../../../src/flow/clean-up.ts";

async function run(stack: DeferStack, budgetMs = 1_000): Promise<unknown[]> {
  const errors: unknown[] = [];
  await stack.run({ budgetMs, call: (fn) => fn(), onError: (error) => errors.push(error) });
  return errors;
}

test("DeferStack runs the last first, one after the other, and those added meanwhile", async () => {
  const stack = new DeferStack();
  const order: string[] = [];
  stack.push(() => void order.push("first"));
  stack.push(async () => {
    stack.push(() => void order.push("added"));
    await Promise.resolve();
    order.push("last");
  });
  expect(await run(stack)).toEqual([]);
  expect(order).toEqual(["last", "added", "first"]);
});

test("DeferStack goes on after one that throws or rejects", async () => {
  const stack = new DeferStack();
  const order: string[] = [];
  stack.push(() => void order.push("ran"));
  stack.push(() => {
    throw new Error("thrown");
  });
  stack.push(() => Promise.reject(new Error("rejected")));
  expect((await run(stack)).map(String)).toEqual(["Error: rejected", "Error: thrown"]);
  expect(order).toEqual(["ran"]);
});

test("DeferStack leaves behind what does not end within the budget", async () => {
  const stack = new DeferStack();
  stack.push(() => undefined);
  stack.push(() => new Promise<void>(() => undefined));
  expect((await run(stack, 20)).map(String)).toEqual([
    "Error: defer: 2 not finished within 0.02 s",
  ]);
});
