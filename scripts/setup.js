// Brings in what a fresh clone lacks: packages, the generated database client, and for tests a browser.
// Plain JavaScript without dependencies: npm runs it before start, test and bench, on any Node from 20 on.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate, isGenerated } from './generate.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const wantsBrowser = process.argv.includes('--browser')
const quiet = process.argv.includes('--quiet')

/** Whether node_modules holds what package-lock.json asks for; packages for development count where tests need them. */
function packagesAreInstalled() {
  const installedList = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedList)) return false
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedList, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true
    const found = installed[path]
    if (found) return found.version === entry.version
    // Packages of other platforms are never there; those for development may be left out by who only runs it.
    return Boolean(entry.optional || entry.devOptional || entry.peer || (entry.dev && !wantsBrowser))
  })
}

function installPackages() {
  console.log('Installing the packages that package-lock.json names (npm ci). This takes a minute …')
  const npm = process.env.npm_execpath
  // The Node that npm itself runs on: the one in node_modules is about to be replaced.
  const node = process.env.npm_node_execpath ?? process.execPath
  const flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const windows = process.platform === 'win32'
  const run = npm
    ? spawnSync(node, [npm, ...flags], { cwd: root, encoding: 'utf8' })
    : spawnSync('npm', flags, { cwd: root, encoding: 'utf8', shell: windows })
  if (run.status === 0) return
  console.error(run.error ? run.error.message : withoutStack(`${run.stdout}${run.stderr}`))
  console.error(
    '\nThe packages could not be installed. Check that this computer reaches the npm registry, then try again.',
  )
  process.exit(1)
}

/** What npm says, without the lines that only its authors need. */
function withoutStack(text) {
  const lines = text.trim().split('\n')
  return lines.filter((line) => !/^npm error( +at | {3}\w+: |\s*}?$)/.test(line)).join('\n')
}

function browserIsInstalled() {
  const named = process.env.CHROMIUM_PATH
  if (named) return existsSync(named)
  const folders = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome']
  const names = [
    'chromium-headless-shell',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'chrome',
  ]
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name))))
}

function installBrowser() {
  const skipped = 'Browser tests are skipped: there is no Chromium here. Install it, or name it in CHROMIUM_PATH.'
  if (process.env.CHROMIUM_PATH || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log(skipped)
    return
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], { encoding: 'utf8', env })
  apt('update')
  let run
  // The shell is the same engine without windows: the tests take half the time of the processor in it.
  for (const name of ['chromium-headless-shell', 'chromium']) {
    console.log(`Installing Chromium for the browser tests (apt-get install ${name}). This takes a minute …`)
    run = apt('install', '-y', '--no-install-recommends', name)
    if (run.status === 0 && browserIsInstalled()) return
  }
  console.log(`Chromium could not be installed (${(run.stderr || String(run.error ?? '')).trim().split('\n').pop()}).`)
  console.log(skipped)
}

let worked = false
if (!packagesAreInstalled()) {
  installPackages()
  worked = true
}
if (!isGenerated()) {
  const problem = generate()
  if (problem) {
    console.error(`The database client could not be generated:\n${problem}`)
    process.exit(1)
  }
  worked = true
}
if (wantsBrowser && !browserIsInstalled()) installBrowser()
if (worked && !quiet) console.log('Everything that Usher needs is in place.')
