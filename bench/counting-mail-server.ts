// A mail server in a process of its own that takes everything and counts it: as cheap as one can be, so that a benchmark
// measures the sender. Answers `count` on its IPC channel; `{ expect: n }` makes it say `{ reached: n }` when n came.
import { createServer } from 'node:net'

const END_OF_BODY = '\r\n.\r\n'

let count = 0
let expected = 0

function taken(): void {
  count += 1
  if (count === expected) process.send?.({ reached: count })
}

const server = createServer((socket) => {
  let rest = ''
  let inBody = false
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.on('error', () => {})
  socket.write('220 counting\r\n')
  socket.on('data', (chunk: string) => {
    rest += chunk
    for (;;) {
      const end = rest.indexOf(inBody ? END_OF_BODY : '\r\n')
      if (end < 0) return
      const line = inBody ? '' : rest.slice(0, end).toUpperCase()
      rest = rest.slice(end + (inBody ? END_OF_BODY.length : 2))
      if (inBody) {
        inBody = false
        taken()
        socket.write('250 2.0.0 taken\r\n')
      } else if (line === 'DATA') {
        inBody = true
        socket.write('354 go on\r\n')
      } else if (line.startsWith('EHLO')) socket.write('250-counting\r\n250-PIPELINING\r\n250 8BITMIME\r\n')
      else if (line === 'QUIT') socket.end('221 bye\r\n')
      else socket.write('250 2.1.0 fine\r\n')
    }
  })
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
})
process.on('message', (message: { expect: number }) => {
  count = 0
  expected = message.expect
  process.send?.({ ready: true })
})
process.on('disconnect', () => process.exit(0))
