import { type KeyOptions, type TownKeys, townKeys } from "./keys.ts";
import type { LuaScript } from "./lua-script.ts";
import type { RedisArgument, RedisPort, RedisReply } from "./port.ts";
import { refusalError, serverRefusal } from "./refusal.ts";
import { type ScriptName, townScript } from "./scripts.ts";

/** One town's data behind one connection. */
export class TownStore implements AsyncDisposable {
  readonly keys: TownKeys;
  readonly port: RedisPort;
  readonly #scripts = new Map<ScriptName, LuaScript>();

  constructor(port: RedisPort, town: string, options?: KeyOptions) {
    this.port = port;
    this.keys = townKeys(town, options);
  }

  /** Runs a script; a negative status becomes the error that `action` ("Cannot …") could not do. */
  async run(
    name: ScriptName,
    action: string,
    args: readonly RedisArgument[],
  ): Promise<readonly RedisReply[]> {
    const reply = await this.#send(name, action, args);
    if (!Array.isArray(reply)) throw new Error(`${name}: unexpected reply ${String(reply)}`);
    if (Number(reply[0]) < 0) throw refusalError(action, reply);
    return reply;
  }

  /** A command that no script is needed for; it cannot do what `action` ("Cannot …") says. */
  async command(action: string, name: string, args: readonly RedisArgument[]): Promise<RedisReply> {
    try {
      return await this.port.command(name, args);
    } catch (error) {
      throw serverRefusal(action, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.port.close();
  }

  async #send(name: ScriptName, action: string, args: readonly RedisArgument[]) {
    try {
      return await this.port.script(this.#script(name), [this.keys.prefix, ...args]);
    } catch (error) {
      throw serverRefusal(action, error);
    }
  }

  #script(name: ScriptName): LuaScript {
    const known = this.#scripts.get(name);
    if (known) return known;
    const script = townScript(name);
    this.#scripts.set(name, script);
    return script;
  }
}
