/** One line about something the host did, for `.tt/logs/host.log` or the terminal. */
export type HostLog = (line: string) => void;
