package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"

	"maieutic/tutor"
)

// Sign-in limits. A school sits behind one address, so the limit by address is
// wide; the limit by account and address is what stops guessing. Only failures
// count.
const (
	signedInFor     = 30 * 24 * time.Hour
	hashingAtOnce   = 4 // argon2id takes 19 MiB and a core each
	passwordLongest = 256
)

// passwordParams follow OWASP's advice for argon2id: 19 MiB, two passes, one lane.
var passwordParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// HashPassword returns the argon2id hash to store. Passwords of fewer than ten
// or more than 256 bytes are CodeInvalid.
func HashPassword(password string) (string, error) {
	if len(password) < 10 || len(password) > passwordLongest {
		return "", tutor.Errorf(tutor.CodeInvalid, "a password needs 10 to %d characters", passwordLongest)
	}
	hash, err := argon2id.CreateHash(password, passwordParams)
	return hash, tutor.WrapError(err, tutor.CodeInternal, "the password could not be stored")
}

// NewToken returns a fresh random token and the hash to store in its place.
func NewToken() (token string, hash []byte) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, HashToken(token)
}

// HashToken is what the store keeps of a token. A token has 256 random bits, so
// a plain hash is enough.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// gate checks passwords and limits guessing.
type gate struct {
	store     Store
	now       func() time.Time
	byAddress *limiter
	byPair    *limiter
	byEmail   *limiter
	hashing   chan struct{}
	dummy     string // hash checked for an unknown account, so that both take the same time
}

func newGate(store Store, now func() time.Time) (*gate, error) {
	dummy, err := argon2id.CreateHash("nobody has this password", passwordParams)
	if err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInternal, "password hashing does not work on this machine")
	}
	return &gate{
		store: store, now: now, dummy: dummy,
		byAddress: newLimiter(time.Second, 300),
		byPair:    newLimiter(20*time.Second, 8),
		byEmail:   newLimiter(10*time.Second, 60),
		hashing:   make(chan struct{}, hashingAtOnce),
	}, nil
}

// signIn returns the account, or an error that does not tell an unknown address
// from a wrong password.
func (g *gate) signIn(ctx context.Context, email, password, address string, local bool) (tutor.Account, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if email == "" || password == "" || len(email) > 320 || len(password) > passwordLongest {
		return tutor.Account{}, tutor.Errorf(tutor.CodeInvalid, "enter your e-mail address and your password")
	}
	refund, err := g.admit(email, address)
	if err != nil {
		return tutor.Account{}, err
	}
	account, err := g.check(ctx, email, password, local)
	if tutor.ErrorCode(err) != tutor.CodeUnauthorized {
		refund()
	}
	return account, err
}

// admit counts an attempt as failed before it is looked at, so that a thousand
// guesses at the same moment are a thousand too; refund takes that back.
func (g *gate) admit(email, address string) (refund func(), err error) {
	limits := []struct {
		*limiter
		key string
	}{{g.byPair, email + "\x00" + address}, {g.byEmail, email}, {g.byAddress, address}}
	taken := 0
	refund = func() {
		for _, l := range limits[:taken] {
			l.giveBack(l.key)
		}
	}
	for _, l := range limits {
		if ok, wait := l.take(l.key, g.now()); !ok {
			refund()
			return nil, tutor.Errorf(tutor.CodeRateLimited,
				"too many failed sign-ins; wait %d seconds and try again", int(wait.Seconds())+1)
		}
		taken++
	}
	return refund, nil
}

func (g *gate) check(ctx context.Context, email, password string, local bool) (tutor.Account, error) {
	wrong := tutor.Errorf(tutor.CodeUnauthorized, "this e-mail address and password do not belong together")
	account, hash, err := g.store.AccountByEmail(ctx, email)
	unknown := tutor.ErrorCode(err) == tutor.CodeNotFound
	if err != nil && !unknown {
		return tutor.Account{}, err
	}
	if unknown {
		hash = g.dummy
	}
	select {
	case g.hashing <- struct{}{}:
		defer func() { <-g.hashing }()
	case <-ctx.Done():
		return tutor.Account{}, tutor.Errorf(tutor.CodeUnavailable, "the server is busy; try again")
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	switch {
	case err != nil:
		return tutor.Account{}, tutor.WrapError(err, tutor.CodeInternal, "the stored password cannot be read; ask your administrator to set it anew")
	case unknown || !match:
		return tutor.Account{}, wrong
	case account.Demo && !local:
		return tutor.Account{}, tutor.Errorf(tutor.CodeForbidden, "demo accounts sign in from the machine that runs the server only")
	}
	return account, nil
}

// identity is what a request's middleware leaves in its context.
type identity struct {
	account tutor.Account
	token   []byte // hash
	cookie  bool   // by cookie rather than bearer
}

type identityKey struct{}

// identify finds out who asks. A request without a token has no identity; one
// with a token that is not valid is CodeUnauthorized.
func (s *Server) identify(r *http.Request) (*identity, error) {
	token, cookie := "", false
	if scheme, value, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(value)
	} else if c, err := r.Cookie(s.cookieName()); err == nil {
		token, cookie = c.Value, true
	}
	if token == "" || len(token) > 128 {
		return nil, nil
	}
	hash := HashToken(token)
	account, err := s.config.Store.AccountByToken(r.Context(), hash)
	if err != nil {
		return nil, err
	}
	if account.Demo && !s.isLocal(r) {
		return nil, tutor.Errorf(tutor.CodeUnauthorized, "demo accounts work on the machine that runs the server only")
	}
	return &identity{account: account, token: hash, cookie: cookie}, nil
}

// viewer returns the signed-in account, or CodeUnauthorized.
func viewer(r *http.Request) (tutor.Account, error) {
	if id, ok := r.Context().Value(identityKey{}).(*identity); ok && id != nil {
		return id.account, nil
	}
	return tutor.Account{}, tutor.Errorf(tutor.CodeUnauthorized, "sign in first")
}

// The __Host- prefix makes browsers refuse a cookie that another host or path
// has planted; it needs TLS.
func (s *Server) cookieName() string {
	if s.config.SecureCookies {
		return "__Host-maieutic"
	}
	return "maieutic"
}

func (s *Server) setCookie(w http.ResponseWriter, token string, expires time.Time) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(), Value: token, Path: "/", Expires: expires,
		HttpOnly: true, Secure: s.config.SecureCookies, SameSite: http.SameSiteLaxMode,
	})
}

// begin records a sign-in and sets its cookie.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, email, password string) (tutor.Account, error) {
	account, err := s.gate.signIn(r.Context(), email, password, s.clientAddress(r), s.isLocal(r))
	if err != nil {
		s.metrics.signIns.WithLabelValues(string(tutor.ErrorCode(err))).Inc()
		return tutor.Account{}, err
	}
	token, hash := NewToken()
	expires := s.config.Now().Add(signedInFor)
	if err := s.config.Store.Login(r.Context(), account, hash, expires); err != nil {
		return tutor.Account{}, err
	}
	s.metrics.signIns.WithLabelValues("ok").Inc()
	s.setCookie(w, token, expires)
	return account, nil
}

// end forgets the sign-in of this request.
func (s *Server) end(w http.ResponseWriter, r *http.Request) error {
	if id, ok := r.Context().Value(identityKey{}).(*identity); ok && id != nil {
		if err := s.config.Store.Logout(r.Context(), id.token); err != nil {
			return err
		}
	}
	s.setCookie(w, "", time.Unix(1, 0))
	return nil
}

// clientAddress is the peer's address, or the last one that a trusted proxy
// saw. IPv6 counts by /64: one household or attacker has all of it.
func (s *Server) clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if s.config.TrustProxy {
		if forwarded := r.Header.Values("X-Forwarded-For"); len(forwarded) > 0 {
			hops := strings.Split(forwarded[len(forwarded)-1], ",")
			host = strings.TrimSpace(hops[len(hops)-1])
		}
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if address = address.Unmap(); address.Is6() {
		if prefix, err := address.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return address.String()
}

// isLocal says whether the request comes from this machine and was meant for it.
// One that passed a proxy does not, whatever the proxy's address; nor does one
// for another host name, which is how a page elsewhere would reach a server on
// this machine by rebinding its own name.
func (s *Server) isLocal(r *http.Request) bool {
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && address.Addr().Unmap().IsLoopback() && isLoopbackName(r.Host)
}

func isLoopbackName(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && address.IsLoopback()
}
