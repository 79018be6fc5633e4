package web

import (
	"sync"
	"time"
)

// limiter holds one token bucket for each key and forgets those that are full
// when there are too many. It is safe for concurrent use.
type limiter struct {
	mu      sync.Mutex
	buckets map[string]bucket
	every   time.Duration // until one token is back
	burst   float64
	max     int
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(every time.Duration, burst int) *limiter {
	return &limiter{buckets: map[string]bucket{}, every: every, burst: float64(burst), max: 50_000}
}

// take takes a token, or says how long until there is one. What turns out not to
// count is given back: to look first and take afterwards would let everybody
// through who looks at the same moment.
func (l *limiter) take(key string, now time.Time) (ok bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[key]
	if !known {
		if len(l.buckets) >= l.max {
			l.forget(now)
		}
		b.tokens = l.burst
	}
	b = bucket{l.tokens(b, now), now}
	if ok = b.tokens >= 1; ok {
		b.tokens--
	} else {
		wait = time.Duration((1 - b.tokens) * float64(l.every))
	}
	l.buckets[key] = b
	return ok, wait
}

// giveBack undoes a take.
func (l *limiter) giveBack(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.buckets[key]; ok {
		b.tokens = min(l.burst, b.tokens+1)
		l.buckets[key] = b
	}
}

// tokens is what a bucket holds by now.
func (l *limiter) tokens(b bucket, now time.Time) float64 {
	if b.at.IsZero() {
		return b.tokens
	}
	return min(l.burst, b.tokens+float64(now.Sub(b.at))/float64(l.every))
}

// forget drops the buckets that are full again, and everything when that frees
// nothing: an attacker with a million addresses must not fill our memory.
func (l *limiter) forget(now time.Time) {
	for key, b := range l.buckets {
		if l.tokens(b, now) >= l.burst {
			delete(l.buckets, key)
		}
	}
	if len(l.buckets) >= l.max {
		clear(l.buckets)
	}
}
