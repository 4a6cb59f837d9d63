// A provider `google` that knows its schema and nothing else: Terraform checks our files against it without the network, and no cloud is ever asked.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadPackageDefinition, Server, ServerCredentials, type ServiceClientConstructor } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { BlockSchema, NestedBlock, ProviderSchema } from './schema.ts'

const here = import.meta.dirname
const schema = JSON.parse(readFileSync(join(here, 'google.schema.json'), 'utf8')) as ProviderSchema
const typeOf = (type: unknown): Buffer => Buffer.from(JSON.stringify(type))

const [single, list] = [1, 2]

/** What may be left out may also be filled in by the cloud, so that it can be referred to. */
const blockOf = ({ attributes, blocks }: BlockSchema, isTop: boolean): object => ({
  attributes: Object.entries(attributes).map(([name, [type, need]]) => ({
    name,
    type: typeOf(type),
    required: need === 'r',
    optional: need === 'o',
    computed: need === 'c' || (isTop && need === 'o'),
  })),
  block_types: Object.entries(blocks).map(([name, block]) => nestedOf(name, block)),
})

const nestedOf = (name: string, block: NestedBlock): object => {
  const isTimeouts = name === 'timeouts'
  return {
    type_name: name,
    block: blockOf(block, false),
    nesting: isTimeouts ? single : list,
    min_items: block.required ? 1 : 0,
    max_items: isTimeouts || block.many ? 0 : 1,
  }
}

const settings = ['project', 'region', 'zone', 'billing_project', 'user_project_override']
const provider = {
  block: {
    attributes: settings.map((name) => ({
      name,
      type: typeOf(name === 'user_project_override' ? 'bool' : 'string'),
      optional: true,
    })),
  },
}

type Call = { readonly request: { readonly config?: unknown; readonly raw_state?: { readonly json: Buffer } } }
type Answer = (error: null, value: object) => void
const nothing = (_call: Call, answer: Answer): void => answer(null, {})
const goodbye = (_call: Call, answer: Answer): void => {
  answer(null, {})
  setTimeout(() => process.exit(0), 10)
}

const load = (file: string): Record<string, Record<string, ServiceClientConstructor>> =>
  // Cast: what comes out of a file is known to whoever wrote the file.
  loadPackageDefinition(loadSync(join(here, file), { keepCase: true, defaults: true })) as never

const server = new Server()
const service = load('plugin.proto')['tfplugin5']?.['Provider']?.service
const controller = load('controller.proto')['plugin']?.['GRPCController']?.service
if (service === undefined || controller === undefined) throw new Error('The protocol has no such service.')
server.addService(service, {
  GetSchema: (_call: Call, answer: Answer) =>
    answer(null, {
      provider,
      resource_schemas: Object.fromEntries(
        Object.entries(schema.resources).map(([name, block]) => [name, { version: 0, block: blockOf(block, true) }]),
      ),
      data_source_schemas: {},
    }),
  PrepareProviderConfig: ({ request }: Call, answer: Answer) => answer(null, { prepared_config: request.config }),
  ValidateResourceTypeConfig: nothing,
  ValidateDataSourceConfig: nothing,
  Configure: nothing,
  UpgradeResourceState: ({ request }: Call, answer: Answer) =>
    answer(null, { upgraded_state: { json: request.raw_state?.json } }),
  Stop: goodbye,
})
server.addService(controller, { Shutdown: goodbye })
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error
  process.stdout.write(`1|5|tcp|127.0.0.1:${port}|grpc\n`)
})
