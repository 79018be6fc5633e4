package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter holds one token bucket for each key and forgets the keys that have
// been quiet longest when there are too many. It is safe for concurrent use.
type limiter struct {
	mu      sync.Mutex
	buckets map[string]*bucket
	rate    rate.Limit
	burst   int
	max     int
}

type bucket struct {
	*rate.Limiter
	used time.Time
}

func newLimiter(every time.Duration, burst int) *limiter {
	return &limiter{buckets: map[string]*bucket{}, rate: rate.Every(every), burst: burst, max: 50_000}
}

func (l *limiter) bucket(key string, now time.Time) *bucket {
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= l.max {
			l.forget(now)
		}
		b = &bucket{Limiter: rate.NewLimiter(l.rate, l.burst)}
		l.buckets[key] = b
	}
	b.used = now
	return b
}

// forget drops the buckets that are full again, and everything when that frees
// nothing: an attacker with a million addresses must not fill our memory.
func (l *limiter) forget(now time.Time) {
	for key, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, key)
		}
	}
	if len(l.buckets) >= l.max {
		clear(l.buckets)
	}
}

// allow takes a token, or says how long until there is one.
func (l *limiter) allow(key string, now time.Time) (ok bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(key, now)
	if b.AllowN(now, 1) {
		return true, 0
	}
	return false, time.Duration((1 - b.TokensAt(now)) / float64(l.rate) * float64(time.Second))
}

// blocked says whether the key has no token left, without taking one.
func (l *limiter) blocked(key string, now time.Time) (bool, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tokens := l.bucket(key, now).TokensAt(now)
	if tokens >= 1 {
		return false, 0
	}
	return true, time.Duration((1 - tokens) / float64(l.rate) * float64(time.Second))
}
