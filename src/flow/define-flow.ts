import type { ArgsSpec, FlowOptions } from "tinytown";

/** What `defineFlow` was given, as the host runs it. */
export interface FlowDefinition extends FlowOptions {
  readonly args?: ArgsSpec | undefined;
  readonly run: (context: {
    readonly args: Readonly<Record<string, unknown>>;
    readonly signal: AbortSignal;
  }) => unknown;
}

/** A module's default export that is to be run rather than printed. */
export class DefinedFlow {
  readonly definition: FlowDefinition;

  constructor(definition: FlowDefinition) {
    this.definition = definition;
  }
}
