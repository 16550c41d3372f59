// What is installed is what was tried: exact versions, and a lock file that works behind any registry.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const own = JSON.parse(read('package.json'))
const lock = JSON.parse(read('package-lock.json'))
const groups = ['dependencies', 'optionalDependencies', 'devDependencies'] as const

describe('packages', () => {
  it.each(groups)('in %s are pinned to one version', (group) => {
    const loose = Object.entries<string>(own[group]).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))

    expect(loose.map(([name, version]) => `${name} is "${version}": write one exact version.`)).toEqual([])
  })

  it('have no download address in package-lock.json, so that it works behind any registry', () => {
    const tied = Object.entries<{ resolved?: string }>(lock.packages).filter(
      ([, entry]) => entry.resolved !== undefined,
    )

    expect(tied.map(([path]) => `${path} has "resolved": run npm install --omit-lockfile-registry-resolved.`)).toEqual(
      [],
    )
  })

  it('are the same in package.json and package-lock.json', () => {
    for (const group of groups) expect(lock.packages[''][group]).toEqual(own[group])
  })
})
