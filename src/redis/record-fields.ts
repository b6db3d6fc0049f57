import { CorruptRecordError } from "../core/errors.ts";

type Fields = Readonly<Record<string, string>>;

/** Reads typed values out of a hash; what is not as it must be names the key. */
export class RecordFields {
  readonly #key: string;
  readonly #fields: Fields;

  constructor(key: string, fields: Fields) {
    this.#key = key;
    this.#fields = fields;
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (value === undefined) throw new CorruptRecordError(this.#key, `field "${name}" is missing`);
    return value;
  }

  optional(name: string): string | undefined {
    const value = this.#fields[name];
    return value === "" ? undefined : value;
  }

  count(name: string): number {
    const value = Number(this.#fields[name] ?? 0);
    if (!Number.isFinite(value)) throw new CorruptRecordError(this.#key, `"${name}" is no number`);
    return value;
  }

  optionalCount(name: string): number | undefined {
    return this.#fields[name] === undefined ? undefined : this.count(name);
  }

  date(name: string): Date {
    const date = new Date(this.text(name));
    if (Number.isNaN(date.getTime())) {
      throw new CorruptRecordError(this.#key, `"${name}" is no time`);
    }
    return date;
  }

  optionalDate(name: string): Date | undefined {
    return this.#fields[name] === undefined ? undefined : this.date(name);
  }

  /** tinytown 0.10 reads a word it does not know as the first state; so do we. */
  oneOf<T extends string>(name: string, words: readonly T[], fallback: T): T {
    return words.find((word) => word === this.#fields[name]) ?? fallback;
  }

  strings(name: string): readonly string[] {
    const value = this.#json(name, "[]");
    return Array.isArray(value) ? value.map(String) : [];
  }

  stringMap(name: string): Readonly<Record<string, string>> {
    const value = this.#json(name, "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, String(v)]));
  }

  #json(name: string, empty: string): unknown {
    try {
      return JSON.parse(this.#fields[name] ?? empty);
    } catch {
      throw new CorruptRecordError(this.#key, `"${name}" is no JSON`);
    }
  }
}
