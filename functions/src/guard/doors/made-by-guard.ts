// The mark of a function that the guard made: a test refuses every deployed export that does not carry it.

const mark: unique symbol = Symbol('made by the guard')

export const madeByGuard = <Made extends object>(made: Made): Made => Object.assign(made, { [mark]: true })

export const isMadeByGuard = (value: unknown): boolean => typeof value === 'function' && mark in value
