// What went wrong and what to do about it, in one sentence meant for the person who typed the command.

export class CannotStart extends Error {}
