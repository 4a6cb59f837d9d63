// A catalogue of six permissions without problems, for tests to break in one place at a time.
import type { CatalogueDocument, PermissionEntry, RoleEntry, ScopeEntry } from './schema.ts'

export const permission = (
  number: number,
  name: string,
  levels: PermissionEntry['levels'],
  more: Partial<PermissionEntry> = {},
): PermissionEntry => ({ number, name, area: 'test', title: name, levels, worksOn: ['active'], ...more })

export const scope = (name: string, permissions: readonly string[], more: Partial<ScopeEntry> = {}): ScopeEntry => ({
  name,
  title: name,
  permissions,
  levels: ['account'],
  ...more,
})

export const role = (name: string, level: RoleEntry['level'], permissions: readonly string[]): RoleEntry => ({
  name,
  title: name,
  description: name,
  level,
  permissions,
})

export const small: CatalogueDocument = {
  version: '2030-01-01',
  permissions: [
    permission(1, 'iam.tenants.get', ['agency', 'account'], { worksOn: ['active', 'suspended'], ownerDefault: true }),
    permission(2, 'iam.jobs.run', ['platform'], { critical: true, machine: true }),
    permission(3, 'iam.apiKeys.create', ['agency', 'account'], { mints: true }),
    permission(4, 'notes.read', ['account']),
    permission(5, 'notes.write', ['account']),
    permission(6, 'notes/files.delete', ['account'], { critical: true }),
  ],
  scopes: [
    scope('notes.readonly', ['notes.read'], { aliases: ['memos.readonly'] }),
    scope('notes.write', ['notes.write', 'notes/files.delete']),
    scope('notes.all', ['notes.read', 'notes.write'], {
      deprecated: { from: '2029-01-01', until: '2031-01-01', replacedBy: 'notes.write' },
    }),
  ],
  roles: [
    role('platform.owner', 'platform', ['iam.tenants.get', 'iam.jobs.run', 'iam.apiKeys.create', 'notes.read']),
    role('agency.owner', 'agency', ['iam.tenants.get', 'iam.apiKeys.create', 'notes.read', 'notes.write']),
    role('account.owner', 'account', ['iam.tenants.get', 'notes.read', 'notes.write', 'notes/files.delete']),
    role('account.viewer', 'account', ['notes.read']),
  ],
}

/** The entry of that name with some of its fields replaced. */
export const withEntry = <Entry extends { readonly name: string }>(
  entries: readonly Entry[],
  name: string,
  change: Partial<Entry>,
): readonly Entry[] => entries.map((entry) => (entry.name === name ? { ...entry, ...change } : entry))
