// What a signing key is for, and nothing else: whatever a key of another purpose signed is refused (CATALOGUE I-77).

export const purposes = ['access', 'id', 'seal'] as const
export type Purpose = (typeof purposes)[number]
