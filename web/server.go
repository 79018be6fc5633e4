// Package web is the server that students and teachers meet: HTTP, the
// WebSocket protocol, the pages and their client.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"maieutic/tutor"
	"maieutic/web/locale"
	"maieutic/web/page"
	"maieutic/web/render"
)

// Config is what a Server is made of. Store, Tutor and Log are required.
type Config struct {
	Store Store
	Tutor Tutor
	Log   *slog.Logger
	// Ready reports why the server cannot take turns, nil when it can.
	Ready func(context.Context) error
	// Origins are further hosts whose pages may open a socket, besides the
	// request's own.
	Origins []string
	// SecureCookies is for a server that is reached by TLS, its own or a proxy's.
	SecureCookies bool
	// TrustProxy believes the last X-Forwarded-For hop.
	TrustProxy bool
	// Documents reads files that become drafts; nil when none can be read.
	Documents Documents
	// Rubrics reads and writes files of rubrics; without it the site takes none.
	Rubrics RubricFiles
	// Model is what an administrator is shown of the model server.
	Model tutor.ModelServer
	// Agree measures how well machine and people agree, by task and criterion; nil:
	// there is no such page.
	Agree func(pairs []tutor.RatedPair) []tutor.Agreement
	// Compare holds two drafts side by side; nil: there is no such page.
	Compare func(before, after string) []page.CompareRow
	Now     func() time.Time
}

const (
	maxBody   = 128 << 10
	pingEvery = 45 * time.Second
)

// Server serves the API, the socket and the pages. Make one with New, stop it
// with Drain. It is safe for concurrent use.
type Server struct {
	config                 Config
	log                    *slog.Logger
	gate                   *gate
	uploads, drafts, saves *limiter
	rooms                  *rooms
	metrics                *metrics
	render                 *render.Renderer
	pages                  *page.Renderer
	locale                 *locale.Bundle
	titles                 titles
	handler                http.Handler

	readers sync.WaitGroup // one for each socket
	writers sync.WaitGroup // one for each outbox with something to write
	turns   sync.WaitGroup
	pinger  sync.WaitGroup

	mu       sync.Mutex
	stopping bool
	quit     chan struct{}
}

// New makes a server and starts its pinger.
func New(config Config) (*Server, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	gate, err := newGate(config.Store, config.Now)
	if err != nil {
		return nil, err
	}
	renderer, err := render.New()
	if err != nil {
		return nil, err
	}
	bundle, err := locale.New()
	if err != nil {
		return nil, err
	}
	pages, err := page.New(bundle, renderer, config.Now)
	if err != nil {
		return nil, err
	}
	s := &Server{
		config: config, log: config.Log, gate: gate, uploads: newUploads(), drafts: newDrafts(), saves: newSaves(), metrics: newMetrics(),
		render: renderer, pages: pages, locale: bundle, quit: make(chan struct{}),
	}
	s.rooms = &rooms{server: s, byID: map[string]*room{}}
	s.handler = s.routes()
	s.pinger.Go(s.ping)
	return s, nil
}

// Handler returns the whole site.
func (s *Server) Handler() http.Handler { return s.handler }

func (s *Server) draining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// startTurn runs f in a goroutine that Drain waits for, and reports false when
// the server is draining. The context ends with nothing but the server.
func (s *Server) startTurn(f func(context.Context)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	s.turns.Go(func() {
		start := time.Now()
		s.metrics.running.Inc()
		defer func() {
			s.metrics.running.Dec()
			s.metrics.turns.Observe(since(start))
			if r := recover(); r != nil {
				s.log.Error("turn panicked", "panic", r, "stack", string(debug.Stack()))
			}
		}()
		f(context.Background())
	})
	return true
}

// startReader runs the reader of a socket, and reports false when the server is
// draining.
func (s *Server) startReader(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopping {
		s.readers.Go(f)
	}
	return !s.stopping
}

// Drain stops taking turns, lets those under way finish, closes the sockets so
// that their clients connect again elsewhere, and waits for every goroutine.
// When ctx ends first, sockets are cut and the error says so; what is acked is
// in the record and will be answered by the next server.
func (s *Server) Drain(ctx context.Context) error {
	s.mu.Lock()
	if !s.stopping {
		s.stopping = true
		close(s.quit)
	}
	s.mu.Unlock()
	err := waitFor(ctx, &s.turns)
	for _, p := range s.rooms.all() {
		p.out.close(websocket.StatusServiceRestart, "the server is restarting")
	}
	// A peer that does not answer the closing handshake is not waited for.
	grace, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if waitFor(grace, &s.readers) != nil {
		for _, p := range s.rooms.all() {
			p.out.abandon()
			_ = p.conn.CloseNow()
		}
	}
	return errors.Join(err, waitFor(ctx, &s.pinger), waitFor(ctx, &s.readers), waitFor(ctx, &s.writers))
}

func waitFor(ctx context.Context, group *sync.WaitGroup) error {
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return tutor.WrapError(ctx.Err(), tutor.CodeUnavailable, "not everything ended in time")
	}
}

// ping asks every socket for a sign of life, spread over the interval, so that
// a phone that lost its network does not hold a place for hours.
func (s *Server) ping() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-ticker.C:
		}
		peers := s.rooms.all()
		for i, p := range peers {
			p.out.probe()
			if i%100 == 99 && !s.pause(10*time.Millisecond) {
				return
			}
		}
	}
}

func (s *Server) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-s.quit:
		return false
	case <-timer.C:
		return true
	}
}

// endpoint is a handler that returns what went wrong.
type endpoint func(http.ResponseWriter, *http.Request) error

// routes is the whole site in one place.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	api := func(pattern string, h endpoint) { mux.Handle(pattern, s.endpoint(pattern, h, s.apiFault)) }
	api("POST /v1/login", s.apiLogin)
	api("POST /v1/logout", s.apiLogout)
	api("GET /v1/me", s.apiMe)
	api("GET /v1/courses", s.apiCourses)
	api("POST /v1/sessions", s.apiStart)
	api("GET /v1/sessions", s.apiSessions)
	api("GET /v1/sessions/{id}", s.apiSession)
	api("GET /v1/sessions/{id}/socket", s.socket)
	api("GET /v1/learners/{id}/skills", s.apiSkills)
	api("GET /v1/learners/{id}/skills/{skill}", s.apiTrail)
	api("PUT /v1/scores/{id}", s.apiOverride)
	api("DELETE /v1/scores/{id}/override", s.apiUndo)
	api("POST /v1/assignments", s.apiAssign)
	api("POST /v1/documents", s.apiDocument)
	s.essayAPI(api)
	s.reviewRoutes(func(pattern string, h endpoint) { mux.Handle(pattern, s.endpoint(pattern, h, s.pageFault)) }, api)
	s.rubricRoutes(func(pattern string, h endpoint) { mux.Handle(pattern, s.endpoint(pattern, h, s.pageFault)) }, api)
	api("/v1/", func(http.ResponseWriter, *http.Request) error {
		return tutor.Errorf(tutor.CodeNotFound, "there is nothing here; see the protocol for the paths")
	})
	api("GET /livez", s.live)
	api("GET /readyz", s.ready)
	api("GET /metrics", s.serveMetrics)
	s.pageRoutes(mux)

	protection := http.NewCrossOriginProtection()
	for _, origin := range s.config.Origins {
		// Config has checked them; a wrong one is a fault of ours.
		if err := protection.AddTrustedOrigin("https://" + origin); err != nil {
			s.log.Warn("origin not trusted", "origin", origin)
		}
	}
	protection.SetDenyHandler(s.endpoint("denied", func(http.ResponseWriter, *http.Request) error {
		return tutor.Errorf(tutor.CodeForbidden, "this request came from another site")
	}, s.apiFault))
	return s.secure(protection.Handler(mux))
}

// secure sets the headers that every answer carries.
func (s *Server) secure(next http.Handler) http.Handler {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
		if s.config.SecureCookies {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit(r.URL.Path))
		next.ServeHTTP(w, r)
	})
}

// bodyLimit is what the body of a request may weigh.
func bodyLimit(path string) int64 {
	if strings.HasSuffix(path, "/drafts") || strings.HasSuffix(path, "/saved") {
		return maxDraftBody
	}
	if path == uploadPath {
		return maxUpload + uploadWrapper
	}
	if strings.HasPrefix(path, "/rubrics") || path == "/v1/rubrics" {
		return maxRubricBody
	}
	return maxBody
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// endpoint identifies the caller, runs h and lets fault answer its error.
func (s *Server) endpoint(pattern string, h endpoint, fault func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		start := time.Now()
		w := &statusWriter{ResponseWriter: rw}
		err := s.run(w, r, h, func(r *http.Request, err error) { fault(w, r, err) })
		if w.status == 0 {
			w.status = http.StatusOK
		}
		s.metrics.requests.WithLabelValues(pattern, strconv.Itoa(w.status)).Observe(since(start))
		level := slog.LevelDebug
		// Whoever has hung up did not wait for the answer; that is no fault of ours.
		if w.status >= http.StatusInternalServerError && r.Context().Err() == nil {
			level = slog.LevelError
		}
		s.log.Log(r.Context(), level, "request", "route", pattern, "status", w.status,
			"ms", time.Since(start).Milliseconds(), "code", tutor.ErrorCode(err), "cause", causeOf(err))
	})
}

func (s *Server) run(w http.ResponseWriter, r *http.Request, h endpoint, fault func(*http.Request, error)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.log.Error("handler panicked", "panic", p, "stack", string(debug.Stack()))
			err = tutor.Errorf(tutor.CodeInternal, "%s", tutor.ErrorMessage(errors.New("panic")))
			fault(r, err)
		}
	}()
	id, err := s.identify(r)
	if err != nil && tutor.ErrorCode(err) != tutor.CodeUnauthorized {
		fault(r, err)
		return err
	}
	r = r.WithContext(context.WithValue(r.Context(), identityKey{}, id))
	if err := h(w, r); err != nil {
		fault(r, err)
		return err
	}
	return nil
}

// causeOf is what the log may know of an error: the cause, never the message,
// which may hold what somebody typed.
func causeOf(err error) string {
	var coded *tutor.Error
	if errors.As(err, &coded) {
		if coded.Err != nil {
			return coded.Err.Error()
		}
		return ""
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func (s *Server) apiFault(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	if tutor.ErrorCode(err) == tutor.CodeConflict && r.Header.Get("If-Match") != "" {
		status = http.StatusPreconditionFailed
	}
	writeProblem(w, err, status)
}

func (s *Server) live(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
	return nil
}

func (s *Server) ready(w http.ResponseWriter, r *http.Request) error {
	if s.draining() {
		return tutor.Errorf(tutor.CodeUnavailable, "the server is shutting down")
	}
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if s.config.Ready != nil {
		if err := s.config.Ready(ctx); err != nil {
			return tutor.Errorf(tutor.CodeUnavailable, "%s", tutor.ErrorMessage(err))
		}
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
	return nil
}

// serveMetrics answers this machine and administrators.
func (s *Server) serveMetrics(w http.ResponseWriter, r *http.Request) error {
	if account, err := viewer(r); !s.isLocal(r) && (err != nil || account.Role != tutor.RoleAdmin) {
		return tutor.Errorf(tutor.CodeForbidden, "metrics are for this machine, or an administrator's token")
	}
	s.metrics.handler().ServeHTTP(w, r)
	return nil
}
