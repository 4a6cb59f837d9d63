// `docs/reference/permissions.md`: which built-in role may call which operation, and what every permission and role means.
import document from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { accessOf, everyOperation, idOf } from './definitions.ts'

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const roles = document.roles.map(({ name }) => name)

const operationRows = async (): Promise<readonly string[]> =>
  (await everyOperation()).map((definition) => {
    const { permission, reason } = accessOf(definition)
    const holders = document.roles.map((role) =>
      permission !== undefined && role.permissions.includes(permission) ? '●' : '',
    )
    return row([
      `\`${idOf(definition)}\``,
      permission === undefined ? `signed in: ${reason}` : `\`${permission}\``,
      ...holders,
    ])
  })

const flagsOf = (permission: (typeof document.permissions)[number]): string =>
  (['critical', 'machine', 'mints', 'ownerDefault'] as const).filter((flag) => flag in permission).join(', ')

export const permissionMatrix = async (): Promise<string> =>
  [
    '# Permissions',
    '',
    `Generated from the definitions and catalogue ${document.version} by \`npm run generate\`.`,
    '',
    '## Who may call what',
    '',
    'A role counts where it is assigned: on that tenant, and as far as the assignment reaches.',
    '',
    row(['operation', 'needs', ...roles.map((name) => `\`${name}\``)]),
    row(['---', '---', ...roles.map(() => ':-:')]),
    ...(await operationRows()),
    '',
    '## Built-in roles',
    '',
    row(['role', 'level', 'permissions', 'for']),
    row(['---', '---', '--:', '---']),
    ...document.roles.map((role) =>
      row([`\`${role.name}\``, role.level, String(role.permissions.length), role.description]),
    ),
    '',
    '## Permissions',
    '',
    row(['no.', 'permission', 'means', 'held at', 'flags']),
    row(['--:', '---', '---', '---', '---']),
    ...document.permissions.map((one) =>
      row([String(one.number), `\`${one.name}\``, one.title, one.levels.join(', '), flagsOf(one)]),
    ),
    '',
    '## Scopes',
    '',
    row(['scope', 'means', 'permissions']),
    row(['---', '---', '---']),
    ...document.scopes.map((scope) =>
      row([`\`${scope.name}\``, scope.title, scope.permissions.map((name) => `\`${name}\``).join(' ')]),
    ),
    '',
  ].join('\n')
