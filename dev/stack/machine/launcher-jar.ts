// Writes the tiny jar through which `java -jar` starts the Cloud SDK's Firestore emulator, whose own jar names no main class.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { crc32 } from 'node:zlib'

const mainClass = 'com.google.cloud.datastore.emulator.firestore.CloudFirestore'

export function writeLauncherJar(file: string, emulatorJar: string): void {
  const lines = ['Manifest-Version: 1.0', `Main-Class: ${mainClass}`, `Class-Path: ${pathToFileURL(emulatorJar).href}`]
  writeFileSync(file, zipOfOne('META-INF/MANIFEST.MF', Buffer.from(`${lines.map(foldLine).join('\r\n')}\r\n\r\n`)))
}

/** The JAR specification allows 72 bytes a line, its end included; the rest continues after one space. */
export function foldLine(line: string): string {
  const first = line.slice(0, 70)
  const rest = line.slice(70).match(/.{1,69}/g) ?? []
  return [first, ...rest.map((part) => ` ${part}`)].join('\r\n')
}

function zipOfOne(name: string, content: Buffer): Buffer {
  const shared = Buffer.alloc(26) // from "version needed" to "extra length": the same in both headers
  shared.writeUInt16LE(20, 0)
  shared.writeUInt16LE(0x21, 8) // 1980-01-01: the earliest date a zip can say
  shared.writeUInt32LE(crc32(content), 10)
  shared.writeUInt32LE(content.length, 14)
  shared.writeUInt32LE(content.length, 18)
  shared.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, Buffer.from(name), content])
  const made = Buffer.from([20, 0])
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02', 'latin1'),
    made,
    shared,
    Buffer.alloc(14),
    Buffer.from(name),
  ])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}
