/**
 * Set in the environment of every agent's CLI and inherited by its tools: by these marks all that a
 * turn, or a host that was killed, has left behind is found, in whatever session it hides.
 */
export const TURN_MARKER = "TT_RUN_ID";
export const HOST_MARKER = "TT_HOST";
