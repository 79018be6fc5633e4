package web

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Bounds of one connection's outbox. A reader that falls further behind is
// closed and resumes: nothing is lost, because everything durable is in the
// record.
const (
	maxQueued      = 256
	maxQueuedBytes = 1 << 20
	writeTimeout   = 10 * time.Second
	pingTimeout    = 20 * time.Second
)

// outbox writes to one socket. There is a goroutine only while there is
// something to write. It is safe for concurrent use.
type outbox struct {
	conn *websocket.Conn
	wait *sync.WaitGroup // of the server; counts writers

	mu      sync.Mutex
	queue   []outgoing
	ahead   []outgoing // while held: what was queued before
	count   int        // of what is queued, without what is of the record
	bytes   int        // of the same
	writing bool
	held    bool // catch-up under way: keep live messages back
	closed  bool
	code    websocket.StatusCode // how to close once the queue is empty
	reason  string
}

// outgoing is a message on its way. A delta stays open so that what is already
// waiting can be merged into it.
type outgoing struct {
	data   []byte
	delta  *deltaMessage
	record bool // read from the record for a hello: outside the bounds
}

// send queues a message.
func (o *outbox) send(data []byte) { o.add(outgoing{data: data}) }

// sendDelta queues a delta, merged with the one that waits before it when both
// belong to the same attempt. Nothing ever waits on a timer.
func (o *outbox) sendDelta(d deltaMessage) { o.add(outgoing{delta: &d}) }

func (o *outbox) add(m outgoing) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.code != 0 {
		return
	}
	if !o.merge(m) {
		o.queue = append(o.queue, m)
		o.count++
	}
	o.bytes += m.size()
	if o.count > maxQueued || o.bytes > maxQueuedBytes {
		o.drop()
		o.code, o.reason = websocket.StatusTryAgainLater, "reading too slowly; connect again to go on"
	}
	o.start()
}

// merge adds a delta to the one that waits at the end. The sum bears the number
// of its last piece, so that numbers grow for the reader.
func (o *outbox) merge(m outgoing) bool {
	if m.delta == nil || len(o.queue) == 0 || o.queue[len(o.queue)-1].delta == nil {
		return false
	}
	last, d := o.queue[len(o.queue)-1].delta, m.delta
	if last.Turn != d.Turn || last.Attempt != d.Attempt {
		return false
	}
	last.Text += d.Text
	last.HTML += d.HTML
	last.N = d.N
	return true
}

// forgetDeltas drops the deltas that wait: what follows has them merged.
func (o *outbox) forgetDeltas() {
	o.mu.Lock()
	defer o.mu.Unlock()
	isDelta := func(m outgoing) bool {
		if m.delta != nil {
			o.count--
			o.bytes -= m.size()
		}
		return m.delta != nil
	}
	o.ahead = slices.DeleteFunc(o.ahead, isDelta)
	o.queue = slices.DeleteFunc(o.queue, isDelta)
}

// drop forgets what is queued. The caller holds the lock.
func (o *outbox) drop() { o.queue, o.ahead, o.count, o.bytes = nil, nil, 0, 0 }

func (m outgoing) size() int {
	if m.delta != nil {
		return len(m.delta.Text) + len(m.delta.HTML)
	}
	return len(m.data)
}

// hold keeps everything back until release, which puts the backlog in front of
// what has come meanwhile.
func (o *outbox) hold() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = true
	o.ahead, o.queue = append(o.ahead, o.queue...), nil
}

// release goes on. The backlog may be longer than the bounds: it is the record,
// read once.
func (o *outbox) release(backlog [][]byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	queue := o.ahead
	for _, data := range backlog {
		queue = append(queue, outgoing{data: data, record: true})
	}
	o.queue, o.ahead, o.held = append(queue, o.queue...), nil, false
	o.start()
}

// probe asks the peer for a sign of life and drops the connection without one.
// It runs beside the writer: a pong that is late must not hold up a reply.
func (o *outbox) probe() {
	o.wait.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
		defer cancel()
		if err := o.conn.Ping(ctx); err != nil {
			o.abandon()
			_ = o.conn.CloseNow()
		}
	})
}

// close ends the connection after what is queued has been written.
func (o *outbox) close(code websocket.StatusCode, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.code == 0 {
		o.code, o.reason = code, reason
	}
	o.queue, o.ahead, o.held = append(o.ahead, o.queue...), nil, false
	o.start()
}

// abandon drops everything: the connection is gone.
func (o *outbox) abandon() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.drop()
}

func (o *outbox) start() {
	if o.writing || o.held || o.closed {
		return
	}
	o.writing = true
	o.wait.Go(o.write)
}

// next takes the next thing to do: a message or, once there is none, the close.
func (o *outbox) next() (m outgoing, code websocket.StatusCode, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed || o.held: // what waits, waits for release
	case len(o.queue) > 0:
		m = o.queue[0]
		o.queue = o.queue[1:]
		if !m.record {
			o.count--
			o.bytes -= m.size()
		}
		return m, 0, true
	case o.code != 0:
		o.closed = true
		return m, o.code, true
	}
	if len(o.queue) == 0 {
		o.queue = nil // an idle connection keeps no buffer
	}
	o.writing = false
	return m, 0, false
}

func (o *outbox) write() {
	for {
		m, code, more := o.next()
		if !more {
			return
		}
		if code != 0 {
			_ = o.conn.Close(code, o.reason)
			return
		}
		if err := o.writeOne(m); err != nil {
			o.abandon()
			_ = o.conn.CloseNow()
			return
		}
	}
}

func (o *outbox) writeOne(m outgoing) error {
	if m.delta != nil {
		data, err := json.Marshal(m.delta)
		if err != nil {
			return err
		}
		m.data = data
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	return o.conn.Write(ctx, websocket.MessageText, m.data)
}
