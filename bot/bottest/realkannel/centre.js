// An SMPP centre for tests, on npm's smpp: it takes what Kannel submits, puts
// long messages together, sends delivery receipts and brings messages in. It
// is told what to do over HTTP, and never acknowledges what it did not keep.
const smpp = require('smpp'), http = require('http'), url = require('url');
const [smppPort, httpPort] = process.argv.slice(1).map(Number);

let session = null, nextID = 1, dropAfter = -1;
const heard = {};       // by number: whole texts
const pieces = {};      // by number and reference
const outbox = [];      // pdus to bring in
let underWay = [];      // those that are not acknowledged yet
let taken = 0, texts = 0, acknowledged = 0;
const most = 10;        // under way at once

function pump() {
  while (session && underWay.length < most && outbox.length > 0) {
    const s = session, pdu = outbox.shift();
    underWay.push(pdu);
    s.deliver_sm(Object.assign({}, pdu), resp => {
      if (s !== session || resp.command_status !== 0) return;
      underWay.splice(underWay.indexOf(pdu), 1);
      acknowledged++;
      pump();
    });
  }
}

// gone: what was not acknowledged is brought again.
function gone() {
  session = null;
  outbox.unshift(...underWay);
  underWay = [];
}

function bring(pdu) { outbox.push(pdu); pump(); }

function text(pdu) {
  const m = pdu.short_message;
  if (pdu.data_coding === 8 && Buffer.isBuffer(m.message)) {
    return Buffer.from(m.message).swap16().toString('utf16le');
  }
  return m.message.toString();
}

function keep(pdu) {
  const to = pdu.destination_addr, udh = pdu.short_message.udh;
  const list = heard[to] = heard[to] || [];
  const concat = (udh || []).find(e => e[0] === 0);
  if (!concat) { list.push(text(pdu)); texts++; return; }
  const [, , ref, total, seq] = concat, key = to + '/' + ref;
  const all = pieces[key] = pieces[key] || {};
  all[seq] = text(pdu);
  if (Object.keys(all).length < total) return;
  let whole = '';
  for (let i = 1; i <= total; i++) whole += all[i];
  delete pieces[key];
  list.push(whole);
  texts++;
}

function receipt(pdu, id) {
  const stat = pdu.destination_addr.endsWith('999') ? 'UNDELIV' : 'DELIVRD';
  const good = stat === 'DELIVRD' ? '001' : '000';
  bring({
    source_addr: pdu.destination_addr, source_addr_ton: 1, source_addr_npi: 1, destination_addr: pdu.source_addr, esm_class: 4,
    short_message: `id:${id} sub:001 dlvrd:${good} submit date:2611240900 done date:2611240900 stat:${stat} err:000 text:`,
  });
}

smpp.createServer(s => {
  s.on('error', () => {});
  s.on('bind_transceiver', pdu => { s.send(pdu.response()); session = s; pump(); });
  s.on('enquire_link', pdu => s.send(pdu.response()));
  s.on('unbind', pdu => { s.send(pdu.response()); s.close(); });
  s.on('close', () => { if (s === session) gone(); });
  s.on('submit_sm', pdu => {
    if (dropAfter === 0) { dropAfter = -1; gone(); s.socket.destroy(); return; }
    if (dropAfter > 0) dropAfter--;
    const id = String(nextID++);
    taken++;
    keep(pdu);
    s.send(pdu.response({message_id: id}));
    if (pdu.registered_delivery) receipt(pdu, id);
  });
}).listen(smppPort, '127.0.0.1');

const commands = {
  // say: a message from a number, whole or in parts given in any order
  say(q) {
    const base = {source_addr: q.from, source_addr_ton: 1, source_addr_npi: 1, destination_addr: q.to};
    if (!q.part) { bring(Object.assign(base, {short_message: q.text})); return {}; }
    const udh = Buffer.from([5, 0, 3, Number(q.ref), Number(q.total), Number(q.part)]);
    bring(Object.assign(base, {esm_class: 0x40, short_message: {udh: udh, message: q.text}}));
    return {};
  },
  heard(q) { const list = heard[q.number] || []; delete heard[q.number]; return list; },
  drop(q) { dropAfter = Number(q.after); return {}; },
  state() { return {bound: session !== null, taken: taken, texts: texts, acknowledged: acknowledged, waiting: outbox.length + underWay.length, pieces: Object.keys(pieces).length}; },
};

http.createServer((req, res) => {
  const u = url.parse(req.url, true), command = commands[u.pathname.slice(1)];
  if (!command) { res.statusCode = 404; res.end(); return; }
  res.end(JSON.stringify(command(u.query)));
}).listen(httpPort, '127.0.0.1', () => console.log('up'));
