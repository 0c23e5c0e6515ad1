/** One machine for everybody: a toy shell behind the terminal's protocol, and a gate in front of a web app. */
import { createServer } from 'node:http'

import { WebSocketServer } from 'ws'

import * as help from './help.mjs'
import { world } from './world.mjs'

/** One shell for everybody: a line buffer, a prompt, and the screen as it was written. */
let screen = ''
let line = ''
const applied = new Map()
const viewers = new Set()
const prompt = '\x1b[1;33mada@lab\x1b[0m:\x1b[1;36m~/shop\x1b[0m$ '
const words = {
  ls: 'README.md  \x1b[1;34msrc\x1b[0m  deploy.env\r\n',
  colours: `${[31, 32, 33, 34, 35, 36].map((c) => `\x1b[${c}mcolour ${c}\x1b[0m`).join(' ')}\r\n`,
  'git log --oneline | head':
    '\x1b[33m8c1e2f0\x1b[0m remove token\r\n\x1b[33m41d77aa\x1b[0m deploy script\r\n\x1b[33m0b9d3c1\x1b[0m first commit\r\n',
}

function show(text) {
  screen += text
  for (const viewer of viewers) viewer.send(Buffer.from(text))
}

function type(data) {
  for (const character of data.replace(/\x1b\[20[01]~/g, '')) {
    if (character === '\r') {
      const command = line.trim()
      line = ''
      const said = help.words[command]?.() ?? words[command] ?? `${command}: not in this toy\r\n`
      show(`\r\n${command ? said : ''}${prompt}`)
    } else if (character === '\x7f') {
      if (line) show('\b \b')
      line = line.slice(0, -1)
    } else if (character >= ' ') {
      line += character
      show(character)
    }
  }
}

/** Somebody who looks on from the room: may read, and after a while is let type. */
const LETS_TYPE_AFTER_MS = 6_000
function lookOn(socket, tell, { name }) {
  const say = (mode) => tell({ type: 'viewing', mode, watching: [name] })
  tell({ type: 'welcome', applied: 0, cols: 100, rows: 30, readonly: true, viewing: 'read' })
  socket.send(Buffer.from(screen || prompt))
  viewers.add(socket)
  say('read')
  const timer = setTimeout(() => say('write'), LETS_TYPE_AFTER_MS)
  socket.on('close', () => clearTimeout(timer))
}

/** Serves the terminal on the server of the mock. */
export function serveTerminal(server) {
  const sockets = new WebSocketServer({
    server,
    path: '/terminal',
    handleProtocols: () => 'brihaspati.terminal.v1',
  })
  sockets.on('connection', (socket) => {
    let client = null
    const tell = (message) => socket.send(JSON.stringify(message))
    const news = () => {
      tell(help.viewingMessage())
      tell(help.checksMessage())
    }
    socket.on('message', (raw) => {
      const message = JSON.parse(String(raw))
      if (message.type === 'hello' && message.viewer_secret) {
        if (message.viewer_secret !== 'viewer') return socket.close(4401)
        lookOn(socket, tell, message)
      } else if (message.type === 'hello') {
        if (!world.environments.some((e) => e.access?.secret === message.secret)) return socket.close(4401)
        client = message.client
        if (!screen)
          screen = `\x1b[2mWelcome. Words this toy knows: ${Object.keys({ ...words, ...help.words }).join(', ')}\x1b[0m\r\n\x1b[?2004h${prompt}`
        tell({
          type: 'welcome',
          applied: applied.get(client) ?? 0,
          cols: message.cols,
          rows: message.rows,
          readonly: false,
        })
        socket.send(Buffer.from(screen))
        viewers.add(socket)
        help.machine.listeners.add(news)
        news()
      } else if (message.type === 'input' && message.seq > (applied.get(client) ?? 0)) {
        applied.set(client, message.seq)
        type(message.data)
        tell({ type: 'ack', seq: message.seq })
      } else if (message.type === 'resize') {
        for (const viewer of viewers) viewer.send(JSON.stringify({ ...message, type: 'size' }))
      } else if (message.type === 'viewing') help.view(message.mode)
      else if (message.type === 'check') help.check(message.name)
      else if (message.type === 'ping') tell({ type: 'pong' })
    })
    socket.on('close', () => {
      viewers.delete(socket)
      help.machine.listeners.delete(news)
    })
  })
  return sockets
}

export const gate = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/.brihaspati/enter') {
    response.writeHead(303, { location: '/', 'set-cookie': 'brihaspati_tab=mock; HttpOnly; Path=/' }).end()
  } else {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<h1>Notes API</h1><p>Entered by ' + request.method + '.</p>')
  }
})
