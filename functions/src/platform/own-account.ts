// Each function has a service account of its own (CATALOGUE I-88), named after it: `sweepExpired` runs as `fn-sweep-expired`.

export const accountOf = (functionName: string): string =>
  `fn-${functionName.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
