// The runbook for a restore names what there is: every callable that has to be shut, and kinds of events that are written.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collectionsOf, type Door } from '../../functions/src/platform/store/collections.ts'
import { goldenManifestFile } from '../checks/functions-deploy.ts'
import { root } from '../root.ts'
import type { Judged } from './policies/plan.ts'

const runbook = readFileSync(join(root, 'docs', 'runbooks', 'restore-from-backup.md'), 'utf8')

test('F-38 shuts every callable', () => {
  const { endpoints } = JSON.parse(readFileSync(goldenManifestFile, 'utf8')) as Pick<Judged, 'endpoints'>
  const callables = Object.entries(endpoints).flatMap(([name, { callableTrigger }]) =>
    callableTrigger === undefined ? [] : [name.toLowerCase()],
  )
  const shut = /for name in ([a-z ]+); do/.exec(runbook)?.[1]?.split(' ') ?? []
  expect(shut).toEqual(callables.toSorted())
})

test('F-38 names kinds of events that are written, and options that the command has', () => {
  const sources = globSync(['core/src/**/*.ts', 'functions/src/**/*.ts'], { cwd: root })
  const text = sources.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  const asked = [...runbook.matchAll(/`([a-z]+\.[a-z]+_[a-z_]+)`/g)].map(([, name = '']) => name)
  expect(asked.length).toBeGreaterThan(1)
  expect(asked.filter((name) => !text.includes(`'${name}'`))).toEqual([])
  const command = readFileSync(join(root, 'dev', 'restore.ts'), 'utf8')
  const options = [...runbook.matchAll(/npm run restore -- ([^\n]*)/g)].flatMap(([, line = '']) =>
    line.match(/--[a-z-]+/g),
  )
  expect(options.length).toBeGreaterThan(6)
  expect(options.filter((option) => !command.includes(`${option} `))).toEqual([])
})

test('F-38 empties every collection that is written, and holds every queue back', () => {
  const doors: readonly Door[] = ['commit', 'project', 'operate', 'sweep', 'remind']
  const written = doors.flatMap(collectionsOf).map((path) => path.split('/').at(-1) ?? '')
  const emptied = /--collection-ids=([A-Za-z,]+)/.exec(runbook)?.[1]?.split(',') ?? []
  expect(emptied).toEqual([...new Set(written)].toSorted())
  const { endpoints } = JSON.parse(readFileSync(goldenManifestFile, 'utf8')) as Pick<Judged, 'endpoints'>
  const queues = Object.entries(endpoints).flatMap(([name, one]) => ('taskQueueTrigger' in one ? [name] : []))
  for (const verb of ['pause', 'resume'])
    expect([...runbook.matchAll(new RegExp(`tasks queues ${verb} (\\w+)`, 'g'))].map(([, name]) => name)).toEqual(
      queues,
    )
})
